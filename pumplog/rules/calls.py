"""Calls and bookings, judged: days that cannot be, bookings nobody knows, and a visit booked too late."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pumplog.entries import (
    AnyEntry,
    Booked,
    BookedVisit,
    BookingChanged,
    Contacted,
    NearMissExplained,
    TransferConfirmed,
)
from pumplog.errors import Fault
from pumplog.outlook import project
from pumplog.quantities import show_date
from pumplog.reference import Reference
from pumplog.rules.findings import Finding, Weight
from pumplog.state import Booking, BookingStatus, PumpState

AFTER_RETIREMENT = (TransferConfirmed, NearMissExplained)
"""What is said about a pump that has left the list."""
CallEntry = Contacted | Booked | BookingChanged | TransferConfirmed | NearMissExplained


def may_follow_retirement(entry: AnyEntry, state: PumpState) -> bool:
    """Whether an entry may be about a pump that has left: of one that another clinic takes over, calls as well."""
    transferred = state.retired is not None and state.retired.reason == "transferred"
    return isinstance(entry, AFTER_RETIREMENT) or (transferred and isinstance(entry, Contacted))


def faults_of_call(entry: CallEntry, state: PumpState, zone: ZoneInfo) -> Iterator[Fault]:
    """Days before the call itself, bookings that are not open, and what was never transferred or refilled."""
    day = _day(entry.happened_at, zone)
    match entry:
        case Contacted():
            if entry.remind_on is not None and entry.remind_on < day:
                yield Fault("remind_on", "The day to call again lies before this call: check both.")
            yield from _faults_of_day(entry.booking, day)
        case Booked():
            yield from _faults_of_day(entry.booking, day)
        case BookingChanged():
            yield from _faults_of_change(entry, state, day)
        case TransferConfirmed():
            if state.retired is None or state.retired.reason != "transferred":
                says = "This pump has not left for another clinic: record that it leaves, and where to, first."
                yield Fault("pump_serial", says)
            elif state.calls.transfer is not None:
                yield Fault("pump_serial", "This transfer is confirmed already: correct that entry instead.")
        case NearMissExplained():
            if entry.visit_event_id not in _refill_ids(state):
                yield Fault("visit_event_id", "This pump has no such refill: choose one of its refills.")


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _refill_ids(state: PumpState) -> frozenset[str]:
    return frozenset(visit.event_id for visit in state.visits if visit.entry.kind == "refilled")


def _faults_of_day(booking: BookedVisit | None, day: date) -> Iterator[Fault]:
    if booking is not None and booking.visit_on < day:
        yield Fault("booking.visit_on", "The booked day lies before the day on which it was booked: check both.")


def _faults_of_change(entry: BookingChanged, state: PumpState, day: date) -> Iterator[Fault]:
    known = next((one for one in state.calls.bookings if one.event_id == entry.booking_event_id), None)
    if known is None:
        yield Fault("booking_event_id", "This pump has no such booking: choose one of its bookings.")
        return
    if known.status is BookingStatus.CANCELLED:
        yield Fault("booking_event_id", "This booking is cancelled already: book the visit anew.")
    elif state.calls.was_seen_on(known.visit_on):
        yield Fault("booking_event_id", "A visit was recorded on that day: this booking was kept.")
    elif entry.change == "missed" and known.status is BookingStatus.MISSED:
        yield Fault("booking_event_id", "This booking is marked as missed already.")
    elif entry.change == "missed" and day < known.visit_on:
        yield Fault("change", f"The visit is booked for {show_date(known.visit_on)}: it cannot be missed yet.")
    elif entry.change == "cancelled" and day > known.visit_on:
        yield Fault("change", "The booked day is over: mark the visit as missed, so that somebody follows it up.")
    yield from _faults_of_day(entry.booking, day)


def findings_of_call(entry: AnyEntry, after: PumpState, reference: Reference) -> Iterator[Finding]:
    """A visit booked after refill-by asks for a reason; another open booking is told."""
    booking = entry.booking if isinstance(entry, Contacted | Booked | BookingChanged) else None
    if booking is None or after.retired is not None:
        return
    refill_by = project(after, reference).day("refill_by")
    if refill_by is not None and refill_by < _day(entry.happened_at, after.calls.zone):
        says = f"The refill-by date, {show_date(refill_by)}, is past: book the first free day."
        yield Finding(Weight.NOTE, "booked_after_refill_by", says, "booking.visit_on", "house_policy")
    elif refill_by is not None and booking.visit_on > refill_by:
        says = f"The visit is booked after the refill-by date, {show_date(refill_by)}: book an earlier day."
        yield Finding(Weight.CONFIRM, "booked_after_refill_by", says, "booking.visit_on", "house_policy")
    own = entry.booking_event_id if isinstance(entry, BookingChanged) else None
    others = [one for one in _others(after, entry) if one.event_id != own and one.visit != booking]
    if others:
        days = ", ".join(show_date(one.visit_on) for one in others)
        says = f"Another visit is booked for {days}: cancel it if this one takes its place."
        yield Finding(Weight.NOTE, "booked_already", says, "booking.visit_on", "house_policy")


def _others(after: PumpState, entry: AnyEntry) -> tuple[Booking, ...]:
    return after.calls.booked_ahead(entry.happened_at.astimezone(after.calls.zone).date())
