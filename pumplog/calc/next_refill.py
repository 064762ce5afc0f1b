"""When a pump must be refilled: from what is in it and what leaves it to the dates on the board.

`NEXT_REFILL` answers for a steady flow, as a value and as a column. `pumplog.calc.course` answers for a
course that changes on the way (a bridge, a weekly pattern) and runs the same formulas from the days on.
"""

from datetime import date
from fractions import Fraction

from pumplog.calc.carriers import Carrier, day_after, earlier, name_of_earlier, quotient
from pumplog.calc.formula import As, Calculation, Requirement, formula

ALARM, STABILITY = "alarm", "stability"
LONGEST_ANSWER_DAYS = 36_500
LONGEST_MARGIN_DAYS = 365
FIRST_FILL_DAY = date(1980, 1, 1).toordinal()
LAST_FILL_DAY = date(2199, 12, 31).toordinal()


@formula(written="volume_after_fill_ml − alarm_volume_ml", source_key="arithmetic")
def usable_volume_ml(volume_after_fill_ml: Carrier, alarm_volume_ml: Carrier) -> Carrier:
    """Volume that may leave the reservoir before the low-reservoir alarm.

    The pump's beep is a back-up, not a scheduler, so the plan is made for the alarm and not for empty.

    Parameters: volume_after_fill_ml [mL] above the alarm volume; alarm_volume_ml [mL] 0 or more.
    Returns: usable volume [mL].
    Limits: takes both volumes as typed; what is left beside the pump is not seen here.
    References: arithmetic.

    >>> usable_volume_ml(20, 2)
    18
    """
    return volume_after_fill_ml - alarm_volume_ml


@formula(written="dose_mcg_per_day + max_patient_bolus_mcg_per_day", source_key="manufacturer_data")
def planned_dose_mcg_per_day(dose_mcg_per_day: Carrier, max_patient_bolus_mcg_per_day: Carrier) -> Carrier:
    """Drug that may leave the pump in a day when every allotted patient bolus is used.

    Planning with fewer boluses than allotted would claim days that a patient in need takes away.

    Parameters: dose_mcg_per_day [mcg/day] above 0; max_patient_bolus_mcg_per_day [mcg/day] 0 or more.
    Returns: planned dose [mcg/day].
    Limits: single boluses and bridges are subtracted from the volume, not added here.
    References: manufacturer_data (the rule of planning with every allotted bolus).

    >>> planned_dose_mcg_per_day(300, 60)
    360
    """
    return dose_mcg_per_day + max_patient_bolus_mcg_per_day


@formula(written="planned_dose_mcg_per_day ÷ concentration_mcg_per_ml", source_key="arithmetic")
def flow_ml_per_day(planned_dose_mcg_per_day: Carrier, concentration_mcg_per_ml: Carrier) -> Carrier:
    """Volume that leaves the reservoir in a day.

    Shown for the reader; no date is worked out from it, since it may not end in decimals.

    Parameters: planned_dose_mcg_per_day [mcg/day] above 0; concentration_mcg_per_ml [mcg/mL] above 0.
    Returns: flow [mL/day].
    Limits: nominal flow; one refill may lie 15 % beside it (flow_accuracy_2023).
    References: arithmetic.

    >>> flow_ml_per_day(300, 2000)
    Fraction(3, 20)
    """
    return quotient(planned_dose_mcg_per_day, concentration_mcg_per_ml)


@formula(
    written="usable_volume_ml × concentration_mcg_per_ml ÷ planned_dose_mcg_per_day, whole days",
    source_key="arithmetic",
)
def days_to_alarm(
    usable_volume_ml: Carrier, concentration_mcg_per_ml: Carrier, planned_dose_mcg_per_day: Carrier
) -> Carrier:
    """Whole days from the fill to the low-reservoir alarm.

    Multiplied first, divided once, rounded down: a day that is not covered is never claimed.

    Parameters: usable_volume_ml [mL]; concentration_mcg_per_ml [mcg/mL]; planned_dose_mcg_per_day [mcg/day].
    Returns: days to alarm [days].
    Limits: a steady flow from the fill on.
    References: arithmetic.

    >>> days_to_alarm(18, 2000, 300)
    120
    """
    return usable_volume_ml * concentration_mcg_per_ml // planned_dose_mcg_per_day


@formula(
    written="volume_after_fill_ml × concentration_mcg_per_ml ÷ planned_dose_mcg_per_day, whole days",
    source_key="arithmetic",
)
def days_to_empty(
    volume_after_fill_ml: Carrier, concentration_mcg_per_ml: Carrier, planned_dose_mcg_per_day: Carrier
) -> Carrier:
    """Whole days from the fill until no volume is left.

    Parameters: volume_after_fill_ml [mL]; concentration_mcg_per_ml [mcg/mL]; planned_dose_mcg_per_day [mcg/day].
    Returns: days to empty [days].
    Limits: a steady flow from the fill on.
    References: arithmetic.

    >>> days_to_empty(20, 2000, 300)
    133
    """
    return volume_after_fill_ml * concentration_mcg_per_ml // planned_dose_mcg_per_day


@formula(
    written=(
        "usable_volume_ml × concentration_mcg_per_ml × nominal_flow_ratio"
        " ÷ (planned_dose_mcg_per_day × fast_flow_ratio), whole days"
    ),
    source_key="flow_accuracy_2023",
)
def days_to_early_alarm(
    usable_volume_ml: Carrier,
    concentration_mcg_per_ml: Carrier,
    nominal_flow_ratio: Carrier,
    planned_dose_mcg_per_day: Carrier,
    fast_flow_ratio: Carrier,
) -> Carrier:
    """Whole days to the alarm when the pump runs as fast as the band allows.

    Parameters: usable_volume_ml [mL]; concentration_mcg_per_ml [mcg/mL]; nominal_flow_ratio is 1;
    planned_dose_mcg_per_day [mcg/day]; fast_flow_ratio 1 or more, 1.15 unless a person accepted the pump's own.
    Returns: days to early alarm [days].
    Limits: the 95 % interval of one refill, not the worst that can happen.
    References: flow_accuracy_2023.

    >>> from fractions import Fraction
    >>> days_to_early_alarm(18, 2000, 1, 300, Fraction(115, 100))
    104
    """
    return (
        usable_volume_ml
        * concentration_mcg_per_ml
        * nominal_flow_ratio
        // (planned_dose_mcg_per_day * fast_flow_ratio)
    )


@formula(
    written=(
        "usable_volume_ml × concentration_mcg_per_ml × nominal_flow_ratio"
        " ÷ (planned_dose_mcg_per_day × slow_flow_ratio), whole days"
    ),
    source_key="flow_accuracy_2023",
)
def days_to_late_alarm(
    usable_volume_ml: Carrier,
    concentration_mcg_per_ml: Carrier,
    nominal_flow_ratio: Carrier,
    planned_dose_mcg_per_day: Carrier,
    slow_flow_ratio: Carrier,
) -> Carrier:
    """Whole days to the alarm when the pump runs as slowly as the band allows.

    Parameters: as for the early alarm; slow_flow_ratio above 0, 0.85 unless a person accepted the pump's own.
    Returns: days to late alarm [days].
    Limits: shown beside the nominal date, never planned with.
    References: flow_accuracy_2023.

    >>> from fractions import Fraction
    >>> days_to_late_alarm(18, 2000, 1, 300, Fraction(85, 100))
    141
    """
    return (
        usable_volume_ml
        * concentration_mcg_per_ml
        * nominal_flow_ratio
        // (planned_dose_mcg_per_day * slow_flow_ratio)
    )


@formula(written="filled_on + days_to_alarm", source_key="arithmetic")
def alarm_date(filled_on: Carrier, days_to_alarm: Carrier) -> Carrier:
    """Date by which the low-reservoir alarm is due.

    Parameters: filled_on, the date of the fill in the clinic's calendar; days_to_alarm [days].
    Returns: a date. Limits: nominal flow. References: arithmetic.

    >>> alarm_date(100, 120)
    220
    """
    return filled_on + days_to_alarm


@formula(written="filled_on + days_to_empty", source_key="arithmetic")
def empty_date(filled_on: Carrier, days_to_empty: Carrier) -> Carrier:
    """Date on which no volume is left.

    Parameters: filled_on, a date; days_to_empty [days].
    Returns: a date. Limits: nominal flow; takes all the volume as accessible. References: arithmetic.

    >>> empty_date(100, 133)
    233
    """
    return filled_on + days_to_empty


@formula(written="empty_date − alarm_date", source_key="arithmetic")
def days_of_grace(empty_date: Carrier, alarm_date: Carrier) -> Carrier:
    """Days between the alarm and an empty pump.

    2 mL last 10 days at 0.2 mL/day but 2.5 at 0.8, so an alarm is not equally urgent in every patient.

    Parameters: empty_date, alarm_date. Returns: days of grace [days]. References: arithmetic.

    >>> days_of_grace(233, 220)
    13
    """
    return empty_date - alarm_date


@formula(written="filled_on + days_to_early_alarm", source_key="flow_accuracy_2023")
def early_alarm_date(filled_on: Carrier, days_to_early_alarm: Carrier) -> Carrier:
    """Date from which the alarm may sound already, at the fast end of the band.

    Parameters: filled_on, a date; days_to_early_alarm [days]. Returns: a date. References: flow_accuracy_2023.

    >>> early_alarm_date(100, 104)
    204
    """
    return filled_on + days_to_early_alarm


@formula(written="filled_on + days_to_late_alarm", source_key="flow_accuracy_2023")
def late_alarm_date(filled_on: Carrier, days_to_late_alarm: Carrier) -> Carrier:
    """Date of the alarm at the slow end of the band.

    Parameters: filled_on, a date; days_to_late_alarm [days]. Returns: a date. References: flow_accuracy_2023.

    >>> late_alarm_date(100, 141)
    241
    """
    return filled_on + days_to_late_alarm


@formula(written="drug_filled_on + stability_limit_days", source_key="arithmetic")
def stability_date(drug_filled_on: Carrier, stability_limit_days: Carrier) -> Carrier:
    """Last date for which the drug in the reservoir is good.

    The limit is the shortest of the drugs' own in the pump and of the pharmacy's beyond-use dates.

    Parameters: drug_filled_on, the date of the fill that brought the drug; stability_limit_days [days] or not given.
    Returns: a date, or not given. References: arithmetic; the limits carry their own source.

    >>> stability_date(100, 180)
    280
    """
    return day_after(drug_filled_on, stability_limit_days)


@formula(written="alarm_date − margin_days", source_key="house_policy")
def alarm_less_margin_date(alarm_date: Carrier, margin_days: Carrier) -> Carrier:
    """Alarm date less the clinic's margin.

    Sources disagree on the margin, so it is house policy; it is taken from the alarm date only.

    Parameters: alarm_date; margin_days [days] 0 or more. Returns: a date. References: house_policy.

    >>> alarm_less_margin_date(220, 7)
    213
    """
    return alarm_date - margin_days


@formula(written="the earlier of alarm_less_margin_date and stability_date", source_key="house_policy")
def refill_by(alarm_less_margin_date: Carrier, stability_date: Carrier) -> Carrier:
    """Last date on which the refill may be done.

    Parameters: alarm_less_margin_date; stability_date, or not given. Returns: a date.
    Limits: takes no account of closed days; the planner does. References: house_policy.

    >>> refill_by(213, 280)
    213
    """
    return earlier(alarm_less_margin_date, stability_date)


@formula(
    written="which of alarm_less_margin_date and stability_date comes first, the alarm on a tie",
    source_key="house_policy",
)
def limited_by(alarm_less_margin_date: Carrier, stability_date: Carrier) -> Carrier:
    """What decided the refill date.

    Parameters: alarm_less_margin_date; stability_date, or not given. Returns: alarm or stability.
    References: house_policy.

    >>> limited_by(213, 280)
    'alarm'
    """
    return name_of_earlier(alarm_less_margin_date, ALARM, stability_date, STABILITY)


FROM_THE_FILL = (
    Requirement(
        ("filled_on",),
        lambda day: (day >= FIRST_FILL_DAY) & (day <= LAST_FILL_DAY),
        "The fill date lies before 1980 or after 2199: check the year.",
    ),
    Requirement(
        ("volume_after_fill_ml",),
        lambda volume: volume > 0,
        "The volume after fill is 0 mL or less: nothing to project from; type the volume in the reservoir.",
    ),
    Requirement(
        ("alarm_volume_ml",),
        lambda alarm: alarm >= 0,
        "The alarm volume is below 0 mL: type the volume at which the pump's alarm is set.",
    ),
    Requirement(
        ("volume_after_fill_ml", "alarm_volume_ml"),
        lambda volume, alarm: volume > alarm,
        "The volume after fill is at or below the alarm volume: the alarm would sound at once; check both volumes.",
    ),
    Requirement(
        ("concentration_mcg_per_ml",),
        lambda concentration: concentration > 0,
        "The concentration is 0 mcg/mL or less: type it from the label of what was filled.",
    ),
    Requirement(
        ("max_patient_bolus_mcg_per_day",),
        lambda bolus: bolus >= 0,
        "The largest allotted patient boluses per day are below 0 mcg/day: type 0 when none are allotted.",
    ),
    Requirement(
        ("stability_limit_days",),
        lambda limit: (limit > 0) & (limit <= LONGEST_ANSWER_DAYS) & (limit % 1 == 0),
        "The stability limit is not a whole number of days from 1 to 36,500: type for how many days "
        "the drug is good in the pump, or leave it out.",
    ),
    Requirement(
        ("margin_days",),
        lambda margin: (margin >= 0) & (margin <= LONGEST_MARGIN_DAYS) & (margin % 1 == 0),
        "The margin is not a whole number of days from 0 to 365: type how many days "
        "before the alarm the clinic refills.",
    ),
)

STEADY = (
    Requirement(
        ("dose_mcg_per_day",),
        lambda dose: dose > 0,
        "The dose per day is 0 mcg/day or less: a stopped pump has no alarm date; type the programmed dose.",
    ),
    Requirement(
        (
            "volume_after_fill_ml",
            "concentration_mcg_per_ml",
            "dose_mcg_per_day",
            "max_patient_bolus_mcg_per_day",
        ),
        lambda volume, concentration, dose, bolus: dose + bolus <= 24 * volume * concentration,
        "The dose per day would empty the reservoir within an hour: check the dose and its unit, mcg or mg.",
    ),
    Requirement(
        ("volume_after_fill_ml", "concentration_mcg_per_ml", "dose_mcg_per_day"),
        lambda volume, concentration, dose: (dose <= 0) | (volume * concentration <= LONGEST_ANSWER_DAYS * dose),
        "The dose per day is so small that the reservoir would last over 100 years: check the dose and its unit.",
    ),
)

BAND = tuple(
    Requirement(
        (name,),
        lambda ratio: (ratio > 0) & (ratio <= 10),
        f"The {name.split('_')[0]} flow ratio is not between 0 and 10: type measured ÷ programmed flow.",
    )
    for name in ("fast_flow_ratio", "slow_flow_ratio")
)

DEFAULTS = {
    "max_patient_bolus_mcg_per_day": 0,
    "stability_limit_days": None,
    "margin_days": 7,
    "drug_filled_on": As("filled_on"),
    "nominal_flow_ratio": Fraction(1),
    "fast_flow_ratio": Fraction(115, 100),
    "slow_flow_ratio": Fraction(85, 100),
}

DATES = (
    alarm_date,
    empty_date,
    days_of_grace,
    early_alarm_date,
    late_alarm_date,
    stability_date,
    alarm_less_margin_date,
    refill_by,
    limited_by,
)

NEXT_REFILL = Calculation(
    title="Next refill",
    in_whole_numbers=True,
    inputs=(
        "filled_on",
        "volume_after_fill_ml",
        "alarm_volume_ml",
        "concentration_mcg_per_ml",
        "dose_mcg_per_day",
        *DEFAULTS,
    ),
    optional=DEFAULTS,
    requirements=(*FROM_THE_FILL, *STEADY, *BAND),
    formulas=(
        usable_volume_ml,
        planned_dose_mcg_per_day,
        flow_ml_per_day,
        days_to_alarm,
        days_to_empty,
        days_to_early_alarm,
        days_to_late_alarm,
        *DATES,
    ),
)
