"""The clinic's calendar: settings, public holidays and what was said of single days, asked day by day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from pumplog.quantities import show_date
from pumplog.reference import WEEKDAY_NAMES, Reference, public_holidays
from pumplog.state import ORDINARY_DAYS, ClinicDays

_DAY: Final = timedelta(days=1)
LONGEST_LOOK_DAYS: Final = 731
"""Nobody books further ahead than two years, and nobody looks further back for an open day."""
_NAMED_AT_MOST_COUNT: Final = 3


@dataclass(frozen=True, slots=True)
class BookOn:
    """The last open day on or before a refill-by date, and that in words: when there is none, why, and what then.

    `first_open_on` is the first day from today on that is open.
    """

    on: date | None
    says: str
    first_open_on: date | None


@dataclass(frozen=True)
class ClinicCalendar:
    """Which days are open and how many visits fit. `latest` is the sequence of what was last said of the clinic."""

    reference: Reference = field(repr=False)
    said: ClinicDays = ORDINARY_DAYS
    latest: int = 0
    _known: dict[date, str | None] = field(default_factory=dict, repr=False, compare=False)
    _answered: dict[tuple[date, date | None], BookOn] = field(default_factory=dict, repr=False, compare=False)

    def closed_because(self, day: date) -> str | None:
        """Why the clinic is closed on a day, in words; None when it is open."""
        if day not in self._known:
            self._known[day] = self._closed_because(day)
        return self._known[day]

    def _closed_because(self, day: date) -> str | None:
        for closure in self.said.closures:
            if closure.covers(day):
                return f"closed: {closure.reason}"
        if day in self.said.visits:
            return None if self.said.visits[day] > 0 else "no visits on this day"
        holiday = self.holiday(day)
        if holiday is not None:
            return f"public holiday: {holiday}"
        weekday = WEEKDAY_NAMES[day.weekday()]
        return None if weekday in self.reference.calendar.open_weekdays else f"closed on a {weekday.capitalize()}"

    def holiday(self, day: date) -> str | None:
        """The public holiday on a day, where the clinic has named its country."""
        settings = self.reference.calendar
        if settings.country is None:
            return None
        return public_holidays(settings.country, settings.region, day.year).get(day)

    def is_open(self, day: date) -> bool:
        """Whether the clinic is open on a day."""
        return self.closed_because(day) is None

    def capacity(self, day: date) -> int:
        """How many refill visits fit into a day; 0 when the clinic is closed."""
        if not self.is_open(day):
            return 0
        usual = self.reference.policy.visits_per_day_count.value
        by_weekday = self.reference.calendar.visits.get(WEEKDAY_NAMES[day.weekday()], usual)
        return self.said.visits.get(day, by_weekday)

    def open_days(self, first: date, last: date) -> list[date]:
        """The open days from a first to a last one, both in it."""
        return [day for day in days_between(first, last) if self.is_open(day)]

    def first_open_on_or_after(self, day: date) -> date | None:
        """The next day on which the clinic is open; None when there is none within two years."""
        last = day + LONGEST_LOOK_DAYS * _DAY
        return next((one for one in days_between(day, last) if self.is_open(one)), None)

    def last_open_on_or_before(self, day: date, *, not_before: date) -> date | None:
        """The last open day up to a day, and from another on; None when there is none."""
        one = day
        while one >= not_before:
            if self.is_open(one):
                return one
            one -= _DAY
        return None

    def book_on(self, today: date, refill_by: date | None) -> BookOn:
        """The last day, from today on, that is open on or before the refill-by date; else why there is none.

        The one answer that board, story, command line and exports show.
        """
        asked = (today, refill_by)
        if asked not in self._answered:
            self._answered[asked] = self._book_on(today, refill_by)
        return self._answered[asked]

    def _book_on(self, today: date, refill_by: date | None) -> BookOn:
        first_open = self.first_open_on_or_after(today)
        then = _day_words(first_open) if first_open else "none within two years: check the clinic's calendar"
        if refill_by is None:
            says = f"No day to book by, as there is no refill-by date; the first open day is {then}."
            return BookOn(None, says, first_open)
        if refill_by < today:
            return BookOn(None, f"Refill-by has passed: book the first open day, {then}.", first_open)
        last = self.last_open_on_or_before(refill_by, not_before=today)
        if last is None:
            why = self._why_closed(today, refill_by)
            says = f"No open day from today to refill-by ({why}); the first open day, after it, is {then}."
            return BookOn(None, says, first_open)
        if last == refill_by:
            return BookOn(last, f"Book on or before {_day_words(last)}.", first_open)
        why = self._why_closed(last + _DAY, refill_by)
        return BookOn(
            last, f"Book on or before {_day_words(last)}, the last open day by refill-by ({why}).", first_open
        )

    def _why_closed(self, first: date, last: date) -> str:
        """Why the clinic is closed from one day to another: each reason once, in order."""
        reasons = [self.closed_because(day) for day in days_between(first, last)]
        named = list(dict.fromkeys(reason for reason in reasons if reason))
        shown = ", ".join(named[:_NAMED_AT_MOST_COUNT])
        return shown if len(named) <= _NAMED_AT_MOST_COUNT else f"{shown} and more"


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from a first to a last one, both in it."""
    for number in range((last - first).days + 1):
        yield first + number * _DAY


def _day_words(day: date) -> str:
    return f"{day:%A} {show_date(day)}"
