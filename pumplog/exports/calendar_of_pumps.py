"""What of a pump belongs into a calendar: booked visits, the last clinic day for its refill, the refill-by day."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from pumplog.exports.calendar_file import Dated, Purpose
from pumplog.outlook import Outlook
from pumplog.state import Booking, BookingStatus, PumpState

PAST_KEPT_DAYS: Final = 31
"""A visit stays in the calendar for so long after its day."""


def dated_of(state: PumpState, row: Outlook) -> Iterator[Dated]:
    """The entries of one pump on the day of its row; those of a retired pump are all cancelled.

    Whatever is written about a pump raises the SEQUENCE of all its entries: a newer file always wins.
    """
    bookings = [one for one in state.calls.bookings if one.visit_on >= row.today - timedelta(days=PAST_KEPT_DAYS)]
    for booking in sorted(bookings, key=lambda one: (one.visit_on, one.event_id)):
        yield booked(state, booking)
    for purpose, day in ((Purpose.BOOK_ON, row.book_on), (Purpose.REFILL_BY, row.refill_by)):
        if day is not None:
            yield by_day(state, purpose, day)


def booked(state: PumpState, booking: Booking) -> Dated:
    """A booked visit: an hour when one was agreed, else a day."""
    visit = booking.visit
    starts_at = (
        datetime.combine(visit.visit_on, visit.visit_time, tzinfo=state.calls.zone) if visit.visit_time else None
    )
    return Dated(
        purpose=Purpose.BOOKING,
        pump_id=state.pump_id,
        about=booking.event_id,
        day_on=visit.visit_on,
        changes_count=len(state.log),
        changed_at_utc=_changed_at(state),
        starts_at=starts_at,
        cancelled=state.retired is not None or booking.status is BookingStatus.CANCELLED,
        site=visit.site or (state.registered.clinic_site if state.registered else None),
    )


def by_day(state: PumpState, purpose: Purpose, day: date) -> Dated:
    """A day on or by which the pump is to be refilled."""
    return Dated(
        purpose=purpose,
        pump_id=state.pump_id,
        about=state.pump_id,
        day_on=day,
        changes_count=len(state.log),
        changed_at_utc=_changed_at(state),
        cancelled=state.retired is not None,
        site=state.registered.clinic_site if state.registered else None,
    )


def _changed_at(state: PumpState) -> datetime:
    return max(line.said.recorded_at_utc for line in state.log)
