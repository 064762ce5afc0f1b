"""What cannot be said about the clinic's days."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from pumplog.entries import CapacitySet, ClinicEntry, ClosureLifted, ClosureSet
from pumplog.errors import EntryRefused, Fault
from pumplog.state import ClinicDays

LONGEST_CLOSURE: Final = timedelta(days=366)


def refuse_impossible_days(entry: ClinicEntry, said: ClinicDays, today: date) -> None:
    """Raise EntryRefused with every fault of an entry about the clinic's days."""
    faults = list(_faults(entry, said, today))
    if faults:
        raise EntryRefused(*faults)


def _faults(entry: ClinicEntry, said: ClinicDays, today: date) -> Iterator[Fault]:
    match entry:
        case ClosureSet():
            yield from _faults_of_closure(entry, said, today)
        case ClosureLifted():
            if all(one.event_id != entry.closure_event_id for one in said.closures):
                yield Fault("closure_event_id", "This closure does not hold any more: look at the list again.")
        case CapacitySet():
            if entry.day_date < today:
                yield Fault("day_date", "This day has passed: choose today or a day to come.")
            if entry.visits_count is None and entry.day_date not in said.visits:
                yield Fault("day_date", "This day has no room of its own that could be taken back: choose another.")


def _faults_of_closure(entry: ClosureSet, said: ClinicDays, today: date) -> Iterator[Fault]:
    if entry.last_on < today:
        yield Fault("last_on", "This closure is over already: check the year.")
    if entry.last_on - entry.first_on > LONGEST_CLOSURE:
        yield Fault("last_on", "This closure is longer than a year: check the year.")
    if any((one.first_on, one.last_on) == (entry.first_on, entry.last_on) for one in said.closures):
        yield Fault("first_on", "A closure of exactly these days is on record: lift that one first.")
