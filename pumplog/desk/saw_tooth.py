"""The points of the reservoir's saw-tooth: what was and what is projected, with band and crossings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil

from pumplog.calc.course import Course, Leg, days_until_taken, runs_out, volume_taken_ml
from pumplog.calc.next_refill import LONGEST_ANSWER_DAYS
from pumplog.outlook import Outlook
from pumplog.reference import Policy
from pumplog.state import PumpState, Standing
from pumplog.state.course import course_of, elapsed_days

EXPECTED, PROJECTED, EARLY, LATE, DRAWN = "expected", "projected", "early", "late", "drawn"
AT_ALARM, AT_EMPTY = "at alarm volume", "at empty"
LONGEST_DRAWN_DAYS = 400
FEWEST_STEPS_COUNT = 12

Band = tuple[Fraction, Fraction]
"""The flow ratios at the fast and at the slow end."""


@dataclass(frozen=True)
class Level:
    """One point of the saw-tooth: when, and how much was or will be in the reservoir [mL]."""

    at: datetime
    volume_ml: Fraction
    part: str


def levels_of(state: PumpState, row: Outlook, as_of: datetime, policy: Policy) -> tuple[Level, ...]:
    """Every point: the expected level from visit to visit, the drawn residuals, and the projection; with the band.

    Expected runs to `as_of`, or to the retirement of the pump: a pump that has left the list is not projected.
    What is past keeps the band that held then; the last standing has the one of its dates.
    """
    points: list[Level] = []
    until = min(as_of, state.retired.happened_at) if state.retired else as_of
    visits = state.visits
    for place, visit in enumerate(visits):
        standing = visit.standing
        is_last = place + 1 == len(visits)
        end = max(until, standing.since) if is_last else visits[place + 1].at
        points += _walk(standing, course_of(standing), standing.since, end, EXPECTED)
        ahead = _projected(standing, row, as_of) if is_last and state.retired is None else []
        if ahead:
            points += ahead
        else:
            points += _banded(standing, _band_at(end, state, row, policy), end)
        points += _crossings(state, standing, end + timedelta(days=LONGEST_DRAWN_DAYS) if ahead else end)
        drawn = getattr(visit.entry, "drawn_ml", None)
        if drawn is not None:
            points.append(Level(visit.at, Fraction(drawn), DRAWN))
    return tuple(points)


def _band_at(end: datetime, state: PumpState, row: Outlook, policy: Policy) -> Band:
    """The band of a piece that ended then: the pump's own only where a person had accepted it before."""
    own = state.own_ratio
    known = row.projection.known
    if own is not None and own.said.happened_at < end and "fast_flow_ratio" in known:
        return Fraction(known["fast_flow_ratio"]), Fraction(known["slow_flow_ratio"])
    return Fraction(policy.band_fast_ratio.value), Fraction(policy.band_slow_ratio.value)


def _banded(standing: Standing, band: Band, end: datetime) -> list[Level]:
    """Either end of the band from a standing to the moment at which the next one began."""
    course = course_of(standing)
    points: list[Level] = []
    for ratio, part in zip(band, (EARLY, LATE), strict=True):
        points += _walk(standing, at_ratio(course, ratio), standing.since, end, part)
    return points


def _projected(standing: Standing, row: Outlook, as_of: datetime) -> list[Level]:
    """From now on at the programmed flow, and from the standing on at either end of the band, each until empty.

    Nothing where no empty date is known, or where the pump takes nothing.
    """
    course = course_of(standing)
    if row.empty_date is None or not runs_out(course):
        return []
    start = max(as_of, standing.since)
    longest = start + timedelta(days=LONGEST_DRAWN_DAYS)
    points = _walk(standing, course, start, min(longest, _reaches(standing, course)), PROJECTED)
    for name, part in (("fast_flow_ratio", EARLY), ("slow_flow_ratio", LATE)):
        ratio = row.projection.known.get(name)
        if ratio is not None:
            bent = at_ratio(course, Fraction(ratio))
            points += _walk(standing, bent, standing.since, min(longest, _reaches(standing, bent)), part)
    return points


def _crossings(state: PumpState, standing: Standing, end: datetime) -> Iterator[Level]:
    """Where the expected level comes down to the alarm volume and to empty, before `end`.

    A fill that lies at or below it from the start does not cross it.
    """
    course = course_of(standing)
    if not runs_out(course):
        return
    has_alarm = state.registered is None or state.registered.pump.has_alarm
    marked = [(Fraction(standing.alarm_volume_ml), AT_ALARM)] if has_alarm else []
    for volume_ml, part in (*marked, (Fraction(0), AT_EMPTY)):
        if standing.volume_ml > volume_ml:
            at = _reaches(standing, course, volume_ml)
            if at < end:
                yield Level(at.astimezone(standing.since.tzinfo), volume_ml, part)


def _reaches(standing: Standing, course: Course, volume_ml: Fraction = Fraction(0)) -> datetime:
    """The moment at which a course that runs out has left so much, 0 mL unless told otherwise; within 100 years."""
    days = min(Fraction(LONGEST_ANSWER_DAYS), days_until_taken(course, standing.volume_ml - volume_ml))
    return standing.since.astimezone(UTC) + timedelta(microseconds=int(days * 86_400_000_000))


def at_ratio(course: Course, ratio: Fraction) -> Course:
    """The same course at so many times its programmed flow."""
    return Course(
        course.at_once_ml,
        tuple(Leg(leg.length_days, leg.flow_ml_per_day * ratio) for leg in course.first),
        tuple(Leg(leg.length_days, leg.flow_ml_per_day * ratio) for leg in course.round),
    )


def _walk(standing: Standing, course: Course, start: datetime, end: datetime, part: str) -> list[Level]:
    """Points from start to end: both ends, and enough between them to show a pattern; never below 0 mL.

    Counted in real time: a night in which the clocks change has 23 hours or 25.
    """
    start, end, zone = start.astimezone(UTC), end.astimezone(UTC), standing.since.tzinfo
    span = end - start
    if span <= timedelta(0):
        return [Level(start.astimezone(zone), _level(standing, course, start), part)]
    steady = not course.first and len({leg.flow_ml_per_day for leg in course.round}) == 1
    steps = 1 if steady else max(FEWEST_STEPS_COUNT, min(LONGEST_DRAWN_DAYS, ceil(span / timedelta(days=1))))
    moments = {start + span * step / steps for step in range(steps + 1)}
    if runs_out(course) and start < (empty := _reaches(standing, course)) < end:
        moments.add(empty)  # the level stops at 0 mL: a line drawn past that day would lie above the true one
    return [Level(moment.astimezone(zone), _level(standing, course, moment), part) for moment in sorted(moments)]


def _level(standing: Standing, course: Course, at: datetime) -> Fraction:
    taken = volume_taken_ml(course, elapsed_days(standing.since, at))
    return max(Fraction(0), standing.volume_ml - taken)
