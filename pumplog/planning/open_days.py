"""The open days of a plan, with what is booked on each and what its free places cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from pumplog.clinic_days import ClinicCalendar
from pumplog.planning.needs import MICROLITRES_IN_ML, Need


@dataclass(frozen=True)
class OpenDays:
    """The open days of a plan, the visits booked on each, and the prices of the places that are free."""

    days: tuple[date, ...]
    capacity: tuple[int, ...]
    taken: tuple[int, ...]
    spread_ul: int

    def prices(self, place: int) -> list[int]:
        """What each free place of a day costs [µL]: the fuller the day, the dearer."""
        capacity = self.capacity[place]
        return [self.spread_ul * number // capacity for number in range(self.taken[place], capacity)]

    def over_booked(self, day: date) -> int:
        """How many more visits are booked on a day than fit into it."""
        if day not in self.days:
            return 0
        place = self.days.index(day)
        return max(0, self.taken[place] - self.capacity[place])

    def with_taken(self, more: Mapping[int, int]) -> "OpenDays":
        """The same days with more visits on some."""
        return replace(self, taken=tuple(count + more.get(place, 0) for place, count in enumerate(self.taken)))

    def in_time(self, need: Need) -> list[int]:
        """The days on or before a pump's refill-by date."""
        return [place for place, day in enumerate(self.days) if need.refill_by is None or day <= need.refill_by]


def open_days_of(calendar: ClinicCalendar, today: date, last: date, booked: Mapping[date, int]) -> OpenDays:
    """The clinic's open days from one day to another, both included; `booked` are the visits on each that stand."""
    days = calendar.open_days(today, last)
    spread_ul = int(calendar.reference.policy.spread_ml.value * MICROLITRES_IN_ML)
    capacity = tuple(calendar.capacity(day) for day in days)
    return OpenDays(tuple(days), capacity, tuple(booked.get(day, 0) for day in days), spread_ul)
