"""A closure tried out before it is said: who passes which date in it, worst first, and the last safe day for each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from pumplog.clinic_days import BookOn, ClinicCalendar
from pumplog.outlook import Outlook
from pumplog.state import Closure

EMPTY, UNKNOWN, ALARM, REFILL_BY, BOOKED = "empty", "unknown", "alarm", "refill_by", "booked"
PASSES: Final = (EMPTY, UNKNOWN, ALARM, REFILL_BY, BOOKED)
"""What happens to a pump in a closure, worst first."""


@dataclass(frozen=True)
class Caught:
    """A pump that a closure would catch: the worst that happens in it, and the last open day before it."""

    row: Outlook
    passes: str
    last_safe: BookOn


@dataclass(frozen=True)
class Closing:
    """A closure tried out: the day the clinic would open again, and every pump it would catch, worst first."""

    first_on: date
    last_on: date
    opens_on: date | None
    caught: tuple[Caught, ...]


def caught_by_closure(
    rows: Iterable[Outlook], calendar: ClinicCalendar, first: date, last: date, today: date
) -> Closing:
    """Who would pass empty, alarm or refill-by, or lose a booking, from the first day until the clinic opens again.

    A pump of which nobody knows the dates is caught by every closure.
    """
    tried = with_closure(calendar, first, last)
    opens_on = tried.first_open_on_or_after(max(last, today))
    caught = []
    for row in rows:
        passes = _passes(row, first, opens_on, last)
        if passes is not None:
            caught.append(Caught(row, passes, tried.book_on(today, row.refill_by)))
    return Closing(first, last, opens_on, tuple(sorted(caught, key=lambda one: PASSES.index(one.passes))))


def with_closure(calendar: ClinicCalendar, first: date, last: date) -> ClinicCalendar:
    """The calendar as it would be with one closure more."""
    tried = Closure("tried", first, last, "the closure tried out", "", datetime.min.replace(tzinfo=UTC))
    said = replace(calendar.said, closures=(*calendar.said.closures, tried))
    return ClinicCalendar(calendar.reference, said, calendar.latest)


def _passes(row: Outlook, first: date, opens_on: date | None, last: date) -> str | None:
    """The worst that happens to a pump from the first day of a closure until the clinic is open again."""
    until = opens_on or last + timedelta(days=1)
    if row.empty_date is not None and first <= row.empty_date < until:
        return EMPTY
    if row.refill_by is None:
        return UNKNOWN
    for day, passes in ((row.alarm_date, ALARM), (row.refill_by, REFILL_BY)):
        if day is not None and first <= day < until:
            return passes
    return BOOKED if any(first <= one.visit_on <= last for one in row.calling.booked_ahead) else None
