"""What was said about the clinic's own days, as it holds now: closures, and days with room of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from pumplog.entries import CapacitySet, ClosureLifted, ClosureSet


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the clinic is closed, both ends in, with who said so and when."""

    event_id: str
    first_on: date
    last_on: date
    reason: str
    set_by: str
    set_at_utc: datetime

    def covers(self, day: date) -> bool:
        """Whether the clinic is closed on a day because of this."""
        return self.first_on <= day <= self.last_on


@dataclass(frozen=True, slots=True)
class ClinicDays:
    """The closures in force by their first day, and the days with another number of visits than usual."""

    closures: tuple[Closure, ...] = ()
    visits: Mapping[date, int] = field(default_factory=lambda: MappingProxyType({}))


ORDINARY_DAYS = ClinicDays()


@dataclass
class DaysFolding:
    """What is known of the clinic's days so far, while its entries go by."""

    closures: dict[str, Closure] = field(default_factory=dict)
    visits: dict[date, int] = field(default_factory=dict)

    def closure_set(self, event_id: str, entry: ClosureSet, recorded_by: str) -> None:
        """Close the clinic for some days."""
        self.closures[event_id] = Closure(
            event_id, entry.first_on, entry.last_on, entry.reason, recorded_by, entry.happened_at
        )

    def closure_lifted(self, entry: ClosureLifted) -> None:
        """Take a closure away."""
        self.closures.pop(entry.closure_event_id, None)

    def capacity_set(self, entry: CapacitySet) -> None:
        """Give a day room of its own, or what its weekday has again."""
        if entry.visits_count is None:
            self.visits.pop(entry.day_date, None)
        else:
            self.visits[entry.day_date] = entry.visits_count

    def done(self) -> ClinicDays:
        """What holds in the end."""
        if not self.closures and not self.visits:
            return ORDINARY_DAYS
        ordered = sorted(self.closures.values(), key=lambda one: (one.first_on, one.last_on, one.event_id))
        return ClinicDays(tuple(ordered), MappingProxyType(dict(sorted(self.visits.items()))))
