"""The open days of a plan, with what is booked on each and what its free places cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pumplog.clinic_days import ClinicCalendar
from pumplog.planning.needs import MICROLITRES_IN_ML, Need


@dataclass(frozen=True)
class OpenDays:
    """The open days of a plan, the visits booked on each, and the prices of the places that are free."""

    days_on: tuple[date, ...]
    capacity_count: tuple[int, ...]
    taken_count: tuple[int, ...]
    spread_ml: Decimal

    @property
    def spread_ul(self) -> int:
        """What the last free place of a day costs [µL], in whole numbers as the solver counts."""
        return int(self.spread_ml * MICROLITRES_IN_ML)

    def prices(self, place: int) -> list[int]:
        """What each free place of a day costs [µL]: the fuller the day, the dearer."""
        capacity = self.capacity_count[place]
        spread_ul = self.spread_ul
        return [spread_ul * number // capacity for number in range(self.taken_count[place], capacity)]

    def over_booked(self, day: date) -> int:
        """How many more visits are booked on a day than fit into it."""
        if day not in self.days_on:
            return 0
        place = self.days_on.index(day)
        return max(0, self.taken_count[place] - self.capacity_count[place])

    def with_taken(self, more: Mapping[int, int]) -> "OpenDays":
        """The same days with more visits on some."""
        return replace(
            self, taken_count=tuple(count + more.get(place, 0) for place, count in enumerate(self.taken_count))
        )

    def in_time(self, need: Need) -> list[int]:
        """The days on or before a pump's refill-by date."""
        return [place for place, day in enumerate(self.days_on) if need.refill_by is None or day <= need.refill_by]


def open_days_of(calendar: ClinicCalendar, today: date, last: date, booked: Mapping[date, int]) -> OpenDays:
    """The clinic's open days from one day to another, both included; `booked` are the visits on each that stand."""
    days = calendar.open_days(today, last)
    spread_ml = calendar.reference.policy.spread_ml.value
    capacity = tuple(calendar.capacity(day) for day in days)
    return OpenDays(tuple(days), capacity, tuple(booked.get(day, 0) for day in days), spread_ml)
