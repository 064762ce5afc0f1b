"""A course that changes on the way: a bridge first, then a programme, perhaps another dose on Sundays.

A course is a tuple of legs in the order in which they run. A leg has a length in days and the volume it
takes per day; the last one may go on for ever, or repeat a week.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor

from pumplog.calc.carriers import Carrier
from pumplog.calc.formula import Calculation, Requirement, formula
from pumplog.calc.next_refill import (
    BAND,
    DATES,
    DEFAULTS,
    FROM_THE_FILL,
    LONGEST_ANSWER_DAYS,
    usable_volume_ml,
)


@dataclass(frozen=True)
class Leg:
    """A stretch of time at one flow."""

    length_days: Fraction
    flow_ml_per_day: Fraction


@dataclass(frozen=True)
class Course:
    """Volume taken at once, then the legs that run once, then the round that repeats for ever."""

    at_once_ml: Fraction
    first: tuple[Leg, ...]
    round: tuple[Leg, ...]

    @cached_property
    def round_ml(self) -> Fraction:
        """Volume that one round takes; a flex week has 168 legs, and each answer asks for it several times."""
        return sum((leg.length_days * leg.flow_ml_per_day for leg in self.round), Fraction(0))

    @cached_property
    def round_days(self) -> Fraction:
        """The length of one round."""
        return sum((leg.length_days for leg in self.round), Fraction(0))

    def __str__(self) -> str:
        return f"{len(self.first)} leg(s) once, then {len(self.round)} repeating"


def volume_taken_ml(course: Course, elapsed_days: Fraction) -> Fraction:
    """Volume that a course takes from the reservoir in so many days, exact.

    A programme that repeats is counted by whole rounds first, so ten years cost no more than a week.

    >>> volume_taken_ml(steady_course(Fraction(3, 20)), Fraction(10))
    Fraction(3, 2)
    """
    taken, left = course.at_once_ml, elapsed_days
    for leg in course.first:
        span = min(left, leg.length_days)
        taken += span * leg.flow_ml_per_day
        left -= span
    if left <= 0 or course.round_days == 0:
        return taken
    rounds = left // course.round_days
    taken += rounds * course.round_ml
    left -= rounds * course.round_days
    for leg in course.round:
        span = min(left, leg.length_days)
        taken += span * leg.flow_ml_per_day
        left -= span
    return taken


def days_until_taken(course: Course, volume_ml: Fraction, flow_ratio: Fraction = Fraction(1)) -> Fraction:
    """Days until a course has taken so much volume, at so many times its programmed flow.

    Asks for a course whose repeating round takes something (see `runs_out`).

    >>> days_until_taken(steady_course(Fraction(3, 20)), Fraction(18))
    Fraction(120, 1)
    """
    needed = volume_ml - course.at_once_ml
    days = Fraction(0)
    if needed <= 0:
        return days
    for leg in course.first:
        takes = leg.length_days * leg.flow_ml_per_day * flow_ratio
        if takes >= needed:
            return days + needed / (leg.flow_ml_per_day * flow_ratio)
        needed -= takes
        days += leg.length_days
    a_round = course.round_ml * flow_ratio
    rounds = max(0, -(-needed // a_round) - 1)
    needed -= rounds * a_round
    days += rounds * course.round_days
    for leg in course.round:
        takes = leg.length_days * leg.flow_ml_per_day * flow_ratio
        if takes >= needed:
            return days + needed / (leg.flow_ml_per_day * flow_ratio)
        needed -= takes
        days += leg.length_days
    return days


def steady_course(flow_ml_per_day: Fraction) -> Course:
    """One flow for ever.

    >>> steady_course(Fraction(1)).round[0].flow_ml_per_day
    Fraction(1, 1)
    """
    return Course(Fraction(0), (), (Leg(Fraction(1), flow_ml_per_day),))


def runs_out(course: Course) -> bool:
    """Whether the repeating round takes anything: a stopped pump has no alarm date."""
    return course.round_ml > 0


@formula(written="the mean of the repeating programme: volume of a round ÷ its days", source_key="arithmetic")
def flow_ml_per_day(course: Course) -> Fraction:
    """Mean volume that leaves the reservoir in a day once any bridge is over.

    Parameters: course. Returns: flow [mL/day]. Limits: a mean; the days ahead are walked one by one.
    References: arithmetic.

    >>> flow_ml_per_day(steady_course(Fraction(3, 20)))
    Fraction(3, 20)
    """
    return course.round_ml / course.round_days


@formula(written="days until the course has taken usable_volume_ml, whole days", source_key="arithmetic")
def days_to_alarm(usable_volume_ml: Fraction, course: Course) -> int:
    """Whole days to the low-reservoir alarm, walking the course leg by leg.

    Parameters: usable_volume_ml [mL]; course. Returns: days to alarm [days].
    Limits: the pump's clock is taken to run with real hours. References: arithmetic.

    >>> days_to_alarm(Fraction(18), steady_course(Fraction(3, 20)))
    120
    """
    return floor(days_until_taken(course, Fraction(usable_volume_ml)))


@formula(written="days until the course has taken volume_after_fill_ml, whole days", source_key="arithmetic")
def days_to_empty(volume_after_fill_ml: Fraction, course: Course) -> int:
    """Whole days until no volume is left, walking the course leg by leg.

    >>> days_to_empty(Fraction(20), steady_course(Fraction(3, 20)))
    133
    """
    return floor(days_until_taken(course, Fraction(volume_after_fill_ml)))


@formula(
    written="days until the course, run fast_flow_ratio times as fast, has taken usable_volume_ml, whole days",
    source_key="flow_accuracy_2023",
)
def days_to_early_alarm(usable_volume_ml: Fraction, course: Course, fast_flow_ratio: Fraction) -> int:
    """Whole days to the alarm at the fast end of the band, walking the course leg by leg.

    >>> days_to_early_alarm(Fraction(18), steady_course(Fraction(3, 20)), Fraction(115, 100))
    104
    """
    return floor(days_until_taken(course, Fraction(usable_volume_ml), Fraction(fast_flow_ratio)))


@formula(
    written="days until the course, run slow_flow_ratio times as fast, has taken usable_volume_ml, whole days",
    source_key="flow_accuracy_2023",
)
def days_to_late_alarm(usable_volume_ml: Fraction, course: Course, slow_flow_ratio: Fraction) -> int:
    """Whole days to the alarm at the slow end of the band, walking the course leg by leg.

    >>> days_to_late_alarm(Fraction(18), steady_course(Fraction(3, 20)), Fraction(85, 100))
    141
    """
    return floor(days_until_taken(course, Fraction(usable_volume_ml), Fraction(slow_flow_ratio)))


def _lasts_a_century(volume_ml: Carrier, course: Course) -> bool:
    return runs_out(course) and volume_ml > LONGEST_ANSWER_DAYS * flow_ml_per_day(course)


COURSE_RUNS = (
    Requirement(("course",), runs_out, "The pump is stopped: a stopped pump has no alarm date."),
    Requirement(
        ("volume_after_fill_ml", "course"),
        lambda volume, course: not _lasts_a_century(volume, course),
        "The dose per day is so small that the reservoir would last over 100 years: check the dose and its unit.",
    ),
)

RESTARTED = (
    Requirement(
        ("volume_after_fill_ml",),
        lambda volume: volume >= 0,
        "The volume in the reservoir is below 0 mL: type what was left or returned.",
    ),
    *(
        requirement
        for requirement in FROM_THE_FILL
        if not {"volume_after_fill_ml", "concentration_mcg_per_ml", "max_patient_bolus_mcg_per_day"}
        & set(requirement.needs)
    ),
)
"""What must hold when the volume is one that was left, and may lie at or below the alarm volume already."""

_WITHOUT_A_DOSE = {name: value for name, value in DEFAULTS.items() if name != "max_patient_bolus_mcg_per_day"}

NEXT_REFILL_IN_LEGS = Calculation(
    title="Next refill of a course that changes on the way",
    inputs=("filled_on", "volume_after_fill_ml", "alarm_volume_ml", "course", *_WITHOUT_A_DOSE),
    optional=_WITHOUT_A_DOSE,
    requirements=(*RESTARTED, *COURSE_RUNS, *BAND),
    formulas=(
        usable_volume_ml,
        flow_ml_per_day,
        days_to_alarm,
        days_to_empty,
        days_to_early_alarm,
        days_to_late_alarm,
        *DATES,
    ),
)
