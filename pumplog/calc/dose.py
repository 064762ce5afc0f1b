"""The dose a programme delivers in a day, mode by mode."""

from collections.abc import Sequence
from fractions import Fraction

from pumplog.calc.carriers import Carrier, quotient
from pumplog.calc.formula import Calculation, Requirement, formula

MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY


@formula(written="the sum of rate × hours over the steps of the day", source_key="arithmetic")
def flex_day_dose_mcg(
    step_hours: Sequence[Fraction | int], step_rates_mcg_per_hour: Sequence[Fraction | int]
) -> Fraction:
    """Dose that a flex programme delivers in one day of its steps.

    Parameters: step_hours [h], lengths that fill the day; step_rates_mcg_per_hour [mcg/h], one for each.
    Returns: dose of that day [mcg]. Limits: up to 13 steps a day. References: arithmetic.

    >>> flex_day_dose_mcg([8, 8, 8], [10, 20, 30])
    Fraction(480, 1)
    """
    pairs = zip(step_hours, step_rates_mcg_per_hour, strict=True)
    return sum((Fraction(hours) * Fraction(rate) for hours, rate in pairs), Fraction(0))


@formula(written="the sum of the seven days' doses ÷ 7", source_key="arithmetic")
def mean_dose_mcg_per_day(weekday_doses_mcg: Sequence[Fraction | int]) -> Fraction:
    """Mean daily dose of a whole week.

    For showing only: over a part of a week the days actually ahead are used, by weekday.

    Parameters: weekday_doses_mcg [mcg], seven of them. Returns: mean dose [mcg/day]. References: arithmetic.

    >>> mean_dose_mcg_per_day([400] * 5 + [340] * 2)
    Fraction(2680, 7)
    """
    return sum((Fraction(dose) for dose in weekday_doses_mcg), Fraction(0)) / 7


@formula(written="background_mcg_per_day + bolus_mcg × 24 h ÷ every_hours", source_key="arithmetic")
def periodic_bolus_dose_mcg_per_day(
    background_mcg_per_day: Carrier, bolus_mcg: Carrier, every_hours: Carrier
) -> Carrier:
    """Dose per day of a periodic bolus programme.

    Parameters: background_mcg_per_day [mcg/day] 0 or more; bolus_mcg [mcg]; every_hours [h] above 0.
    Returns: dose [mcg/day]. Limits: a part of an interval counts in proportion. References: arithmetic.

    >>> periodic_bolus_dose_mcg_per_day(24, 50, 6)
    Fraction(224, 1)
    """
    return background_mcg_per_day + quotient(bolus_mcg * 24, every_hours)


@formula(written="programmed_flow_ml_per_day × concentration_mcg_per_ml", source_key="arithmetic")
def flow_dose_mcg_per_day(programmed_flow_ml_per_day: Carrier, concentration_mcg_per_ml: Carrier) -> Carrier:
    """Dose per day of a pump of known flow: minimum rate, or a fixed-flow pump.

    In a fixed-flow pump the dose changes by concentration only.

    Parameters: programmed_flow_ml_per_day [mL/day]; concentration_mcg_per_ml [mcg/mL].
    Returns: dose [mcg/day]. References: arithmetic.

    >>> flow_dose_mcg_per_day(Fraction(1, 2), 2000)
    Fraction(1000, 1)
    """
    return programmed_flow_ml_per_day * concentration_mcg_per_ml


@formula(written="volume_ml ÷ programmed_flow_ml_per_day", source_key="arithmetic")
def lasting_days(volume_ml: Carrier, programmed_flow_ml_per_day: Carrier) -> Carrier:
    """Days that a volume lasts at a flow; not rounded.

    0.5 mL/h typed where 0.5 mL/day was meant empties 20 mL in 1.67 days: short answers are asked about.

    Parameters: volume_ml [mL]; programmed_flow_ml_per_day [mL/day] above 0. Returns: days [days].
    References: arithmetic.

    >>> lasting_days(20, 12)
    Fraction(5, 3)
    """
    return quotient(volume_ml, programmed_flow_ml_per_day)


PERIODIC_BOLUS = Calculation(
    title="Dose of a periodic bolus programme",
    inputs=("background_mcg_per_day", "bolus_mcg", "every_hours"),
    requirements=(
        Requirement(("every_hours",), lambda hours: hours > 0, "The bolus interval is 0 h or less: type it."),
    ),
    formulas=(periodic_bolus_dose_mcg_per_day,),
)
FLOW_DOSE = Calculation(
    title="Dose at a known flow",
    inputs=("programmed_flow_ml_per_day", "concentration_mcg_per_ml"),
    formulas=(flow_dose_mcg_per_day,),
)
