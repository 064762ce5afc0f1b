"""What a pump needs of a plan: by when, how badly, and how much drug would be left in it on which day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from pumplog.calc.course import Course, volume_taken_ml
from pumplog.clinic_days import ClinicCalendar
from pumplog.outlook import Outlook

MICROLITRES_IN_ML = 1_000
"""A plan compares whole microlitres: what is left over is a cost, never a dose and never a date."""


@dataclass(frozen=True)
class Left:
    """The drug left in a reservoir from the day of its last volume on: at one flow, or along a course."""

    since: date
    volume_ml: Fraction
    flow_ml_per_day: Fraction | None
    course: Course | None = None

    def on_ml(self, day: date) -> Fraction:
        """The volume left on a day [mL], exact, never below 0."""
        elapsed_days = Fraction((day - self.since).days)
        if self.course is not None:
            taken_ml = volume_taken_ml(self.course, elapsed_days)
        else:
            taken_ml = (self.flow_ml_per_day or Fraction(0)) * elapsed_days
        return max(Fraction(0), self.volume_ml - taken_ml)

    def on_days(self, days: Sequence[date]) -> list[int]:
        """The volume left on each day, in whole microlitres."""
        if self.course is not None:
            return [floor(self.on_ml(day) * MICROLITRES_IN_ML) for day in days]
        volume = self.volume_ml * MICROLITRES_IN_ML
        flow = (self.flow_ml_per_day or Fraction(0)) * MICROLITRES_IN_ML
        denominator = volume.denominator * flow.denominator
        whole, a_day = int(volume * denominator), int(flow * denominator)
        return [max(0, (whole - a_day * (day - self.since).days) // denominator) for day in days]


@dataclass(frozen=True)
class Need:
    """One pump in a plan. `urgent` is every pump in a red tier; `rank` is its place on the board, 0 the worst.

    `harm_rank` is what an interruption of its drug does, 0 the worst. `booked_on` is its first visit ahead on an open
    day; further ones take up room as well.
    """

    pump_id: str
    rank: int
    urgent: bool
    harm_rank: int
    refill_by: date | None
    booked_on: date | None
    left: Left | None
    also_booked_on: tuple[date, ...] = ()


def needs_of(rows: Iterable[Outlook], calendar: ClinicCalendar) -> list[Need]:
    """What each pump of the board needs, in the order of the board, with the visits that are booked for it."""
    needs = []
    for rank, row in enumerate(rows):
        ahead = [one.visit_on for one in row.calling.booked_ahead]
        first = next((day for day in ahead if calendar.is_open(day)), ahead[0] if ahead else None)
        if first is not None:
            ahead.remove(first)
        needs.append(_need(rank, row, first, tuple(ahead)))
    return needs


def _need(rank: int, row: Outlook, booked_on: date | None, also: tuple[date, ...]) -> Need:
    return Need(
        pump_id=row.pump_id,
        rank=rank,
        urgent=row.tier.is_red,
        harm_rank=row.interruption.board_rank if row.interruption else 0,
        refill_by=row.refill_by,
        booked_on=booked_on,
        left=left_of(row),
        also_booked_on=also,
    )


def left_of(row: Outlook) -> Left | None:
    """The drug left in a pump from its projection; None when nobody can tell."""
    projection = row.projection
    known, flow = projection.known, projection.values.get("flow_ml_per_day")
    if flow is None:
        return None
    since, volume_ml = known["filled_on"], Fraction(known["volume_after_fill_ml"])
    course = known.get("course")
    if isinstance(course, Course):
        return Left(since, volume_ml, None, course)
    return Left(since, volume_ml, Fraction(flow))
