"""What calls and bookings add up to: who was reached, which visit is booked, what nobody has followed up.

Nothing here knows a tier, and no tier knows anything of this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from pumplog.entries import Booked, BookedVisit, BookingChanged, Contacted, NearMissExplained, TransferConfirmed


class BookingStatus(StrEnum):
    """What people said of a booked visit; whether it was kept or passed without a visit is worked out by the day."""

    OPEN = "open"
    CANCELLED = "cancelled"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Booking:
    """One booked visit as it stands: `event_id` is that of the entry that booked it, however often it was moved.

    `said_at_utc` is when it was last booked, moved, cancelled or marked as missed; `changes_count` how often changed.
    """

    event_id: str
    visit: BookedVisit
    status: BookingStatus
    said_at_utc: datetime
    said_by: str
    changes_count: int = 0
    change_reason: str | None = None
    typed_at_visit: bool = False

    @property
    def visit_on(self) -> date:
        """The day of the visit."""
        return self.visit.visit_on


@dataclass(frozen=True, slots=True)
class Contact:
    """One call and what came of it; `at` is in the clinic's zone."""

    event_id: str
    at: datetime
    said: Contacted
    recorded_by: str

    @property
    def called_by(self) -> str:
        """Who called: as said, else whoever wrote it down."""
        return self.said.called_by or self.recorded_by

    @property
    def asks_again_on(self) -> date | None:
        """The day on which this asks for another call; a call that nobody answered asks at once."""
        if self.said.remind_on is not None:
            return self.said.remind_on
        return self.at.date() if self.said.outcome == "no_answer" else None


@dataclass(frozen=True)
class Calls:
    """Every call and booking of one pump, in the order in which they happened, and the days on which it was seen."""

    zone: ZoneInfo
    contacts: tuple[Contact, ...] = ()
    bookings: tuple[Booking, ...] = ()
    explained: Mapping[str, NearMissExplained] = field(default_factory=lambda: MappingProxyType({}))
    transfer: TransferConfirmed | None = None
    visits_at_utc: tuple[datetime, ...] = ()

    @property
    def last_contact(self) -> Contact | None:
        """The newest call."""
        return self.contacts[-1] if self.contacts else None

    def was_seen_on(self, day: date) -> bool:
        """Whether a visit was recorded on a day of the clinic's calendar."""
        return any(at.astimezone(self.zone).date() == day for at in reversed(self.visits_at_utc))

    def booked_ahead(self, today: date) -> tuple[Booking, ...]:
        """The open bookings from a day on, the next one first; one whose visit has been recorded is over."""
        ahead = (
            one
            for one in self.bookings
            if one.status is BookingStatus.OPEN and one.visit_on >= today and not self.was_seen_on(one.visit_on)
        )
        return tuple(sorted(ahead, key=lambda one: (one.visit_on, one.visit.visit_time or time(), one.event_id)))

    def has_passed(self, booking: Booking, today: date) -> bool:
        """Whether the day of an open booking is over and no visit was recorded on it."""
        over = booking.status is BookingStatus.OPEN and booking.visit_on < today
        return over and not self.was_seen_on(booking.visit_on)

    def not_followed_up(self, today: date) -> tuple[Booking, ...]:
        """Bookings that were missed, or passed without a visit, after which nothing has been done, oldest first.

        A visit, a new or moved booking, or a call that somebody answered follows it up.
        """
        lapsed = [one for one in self.bookings if one.status is BookingStatus.MISSED or self.has_passed(one, today)]
        return tuple(
            sorted(
                (one for one in lapsed if not self._something_since(self._lapsed_at_utc(one), answered=True)),
                key=lambda one: (one.visit_on, one.event_id),
            )
        )

    def _lapsed_at_utc(self, booking: Booking) -> datetime:
        """From when on something done follows it up: when it was marked as missed, else the end of its day."""
        if booking.status is BookingStatus.MISSED:
            return booking.said_at_utc
        midnight = datetime.combine(booking.visit_on + timedelta(days=1), time(), tzinfo=self.zone)
        return midnight.astimezone(UTC) - timedelta(microseconds=1)

    def reminder(self) -> Contact | None:
        """The newest call, while it asks for another and nothing since has settled it."""
        last = self.last_contact
        if last is None or last.asks_again_on is None:
            return None
        return None if self._something_since(last.said.happened_at, answered=False) else last

    def _something_since(self, moment: datetime, *, answered: bool) -> bool:
        """Whether there was a visit or a booking after a moment; with `answered` also a call somebody answered."""
        return (
            any(at > moment for at in self.visits_at_utc)
            or any(one.said_at_utc > moment and one.status is BookingStatus.OPEN for one in self.bookings)
            or (
                answered
                and any(
                    one.said.happened_at > moment and one.said.outcome != "no_answer"
                    for one in reversed(self.contacts)
                )
            )
        )


@dataclass
class CallsSoFar:
    """Calls and bookings, while the entries about them go by in the order in which they happened."""

    zone: ZoneInfo
    contacts: list[Contact] = field(default_factory=list)
    bookings: dict[str, Booking] = field(default_factory=dict)
    explained: dict[str, NearMissExplained] = field(default_factory=dict)
    transfer: TransferConfirmed | None = None

    def typed_at_visit(self, event_id: str, visit_on: date, at: datetime, by: str) -> None:
        """The day of the next visit as typed at a refill counts as a booking of that day."""
        self.bookings[event_id] = Booking(
            event_id, BookedVisit(visit_on=visit_on), BookingStatus.OPEN, at, by, typed_at_visit=True
        )

    def contacted(self, event_id: str, entry: Contacted, by: str) -> None:
        """Take a call, and the visit that was booked on it."""
        self.contacts.append(Contact(event_id, entry.happened_at.astimezone(self.zone), entry, by))
        if entry.booking is not None:
            self._book(event_id, entry.booking, entry.happened_at, by)

    def booked(self, event_id: str, entry: Booked, by: str) -> None:
        """Take a booking."""
        self._book(event_id, entry.booking, entry.happened_at, by)

    def _book(self, event_id: str, visit: BookedVisit, at: datetime, by: str) -> None:
        """A booking of the day that was typed at the last visit is that visit, said in full."""
        same = [
            one.event_id for one in self.bookings.values() if one.typed_at_visit and one.visit_on == visit.visit_on
        ]
        for known in same:
            del self.bookings[known]
        self.bookings[event_id] = Booking(event_id, visit, BookingStatus.OPEN, at, by)

    def changed(self, entry: BookingChanged, by: str) -> None:
        """Take what became of a booking; of one that is not known here it says nothing."""
        known = self.bookings.get(entry.booking_event_id)
        if known is None:
            return
        status = BookingStatus.OPEN if entry.booking is not None else BookingStatus(entry.change)
        self.bookings[known.event_id] = replace(
            known,
            visit=entry.booking or known.visit,
            status=status,
            said_at_utc=entry.happened_at,
            said_by=by,
            changes_count=known.changes_count + 1,
            change_reason=entry.reason,
            typed_at_visit=False,
        )

    def done(self, visits_at_utc: Sequence[datetime]) -> Calls:
        """What they add up to, with the instants of the visits."""
        return Calls(
            zone=self.zone,
            contacts=tuple(self.contacts),
            bookings=tuple(self.bookings.values()),
            explained=MappingProxyType(dict(self.explained)),
            transfer=self.transfer,
            visits_at_utc=tuple(visits_at_utc),
        )
