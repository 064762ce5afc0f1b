"""A pump that has no alarm: the calendar alone decides."""

from pumplog.calc.carriers import Carrier, earlier, name_of_earlier
from pumplog.calc.course import COURSE_RUNS, RESTARTED, days_to_empty, flow_ml_per_day
from pumplog.calc.formula import Calculation, formula
from pumplog.calc.next_refill import DEFAULTS, STABILITY, empty_date, stability_date

EMPTY = "empty"


@formula(written="empty_date − margin_days", source_key="house_policy")
def empty_less_margin_date(empty_date: Carrier, margin_days: Carrier) -> Carrier:
    """Empty date less the clinic's margin.

    A pump without an alarm has no alarm date to take the margin from, so it is taken from the empty date.

    Parameters: empty_date; margin_days [days] 0 or more. Returns: a date. References: house_policy.

    >>> empty_less_margin_date(233, 7)
    226
    """
    return empty_date - margin_days


@formula(written="the earlier of empty_less_margin_date and stability_date", source_key="house_policy")
def refill_by(empty_less_margin_date: Carrier, stability_date: Carrier) -> Carrier:
    """Last date on which the refill of a pump without an alarm may be done.

    Parameters: empty_less_margin_date; stability_date, or not given. Returns: a date. References: house_policy.

    >>> refill_by(226, 280)
    226
    """
    return earlier(empty_less_margin_date, stability_date)


@formula(
    written="which of empty_less_margin_date and stability_date comes first, empty on a tie",
    source_key="house_policy",
)
def limited_by(empty_less_margin_date: Carrier, stability_date: Carrier) -> Carrier:
    """What decided the refill date of a pump without an alarm.

    Parameters: empty_less_margin_date; stability_date, or not given. Returns: empty or stability.
    References: house_policy.

    >>> limited_by(226, 200)
    'stability'
    """
    return name_of_earlier(empty_less_margin_date, EMPTY, stability_date, STABILITY)


_ASKED = ("stability_limit_days", "margin_days", "drug_filled_on")

NEXT_REFILL_WITHOUT_ALARM = Calculation(
    title="Next refill of a pump without an alarm",
    inputs=("filled_on", "volume_after_fill_ml", "course", *_ASKED),
    optional={name: DEFAULTS[name] for name in _ASKED},
    requirements=(*(one for one in RESTARTED if "alarm_volume_ml" not in one.needs), *COURSE_RUNS),
    formulas=(
        flow_ml_per_day,
        days_to_empty,
        empty_date,
        stability_date,
        empty_less_margin_date,
        refill_by,
        limited_by,
    ),
)
