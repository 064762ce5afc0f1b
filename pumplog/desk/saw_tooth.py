"""The points of the reservoir's saw-tooth: what was, and what is projected with its band."""

from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from math import ceil

from pumplog.calc.course import Course, Leg, runs_out, volume_taken_ml
from pumplog.desk.shapes import Level
from pumplog.outlook import Outlook
from pumplog.state import PumpState, Standing
from pumplog.state.course import course_of, elapsed_days

EXPECTED, PROJECTED, EARLY, LATE, DRAWN = "expected", "projected", "early", "late", "drawn"
LONGEST_DRAWN_DAYS = 400
FEWEST_STEPS_COUNT = 12


def levels_of(state: PumpState, row: Outlook, now: datetime) -> tuple[Level, ...]:
    """Every point: the expected level from visit to visit, the drawn residuals, and the projection with its band."""
    points: list[Level] = []
    visits = state.visits
    for place, visit in enumerate(visits):
        standing = visit.standing
        is_last = place + 1 == len(visits)
        end = max(now, standing.since) if is_last else visits[place + 1].at
        points += _walk(standing, course_of(standing), standing.since, end, EXPECTED)
        drawn = getattr(visit.entry, "drawn_ml", None)
        if drawn is not None:
            points.append(Level(visit.at, Fraction(drawn), DRAWN))
    if visits and row.empty_date is not None:
        points += _projected(visits[-1].standing, row, now)
    return tuple(points)


def _projected(standing: Standing, row: Outlook, now: datetime) -> list[Level]:
    course = course_of(standing)
    if not runs_out(course) or row.empty_date is None:
        return []
    start = max(now, standing.since)
    last = datetime.combine(row.empty_date, time(), tzinfo=standing.since.tzinfo) + timedelta(days=1)
    end = min(last, start + timedelta(days=LONGEST_DRAWN_DAYS))
    known = row.projection.known
    points = _walk(standing, course, start, end, PROJECTED)
    for name, part in (("fast_flow_ratio", EARLY), ("slow_flow_ratio", LATE)):
        ratio = known.get(name)
        if ratio is not None:
            points += _walk(standing, at_ratio(course, Fraction(ratio)), standing.since, end, part)
    return points


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
    moments = [start + span * step / steps for step in range(steps + 1)]
    return [Level(moment.astimezone(zone), _level(standing, course, moment), part) for moment in moments]


def _level(standing: Standing, course: Course, at: datetime) -> Fraction:
    taken = volume_taken_ml(course, elapsed_days(standing.since, at))
    return max(Fraction(0), standing.volume_ml - taken)
