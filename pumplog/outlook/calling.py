"""Who has to be called and why: worked out from calls, bookings and dates. No tier ever asks this."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pumplog.entries import Registered
from pumplog.quantities import show_date
from pumplog.state import Booking, BookingStatus, Calls, Contact, PumpState


class Asking(StrEnum):
    """Why somebody has to call, the most pressing first."""

    NOT_FOLLOWED_UP = "not_followed_up"
    CALL_AGAIN = "call_again"
    BOOKED_TOO_LATE = "booked_too_late"
    NOTHING_BOOKED = "nothing_booked"


@dataclass(frozen=True, slots=True)
class CallTask:
    """One reason to call, in a sentence; `since_on` is the day from which it has stood."""

    asking: Asking
    says: str
    since_on: date | None


@dataclass(frozen=True)
class Calling:
    """What the diary and the telephone list say of one pump on one day; `booked_ahead` has the next visit first."""

    booked_ahead: tuple[Booking, ...]
    last_contact: Contact | None
    remind_on: date | None
    tasks: tuple[CallTask, ...]

    @property
    def next_booking(self) -> Booking | None:
        """The next visit that is booked."""
        return self.booked_ahead[0] if self.booked_ahead else None

    def asks(self, asking: Asking) -> bool:
        """Whether this is one of the reasons to call."""
        return any(task.asking is asking for task in self.tasks)


def calling_of(calls: Calls, today: date, refill_by: date | None) -> Calling:
    """What has to be done by telephone about one active pump on a day."""
    ahead = calls.booked_ahead(today)
    reminder = calls.reminder()
    remind_on = reminder.asks_again_on if reminder else None
    tasks = [_lapsed(one) for one in calls.not_followed_up(today)]
    if reminder is not None and remind_on is not None and remind_on <= today:
        nobody = "Nobody answered" if reminder.said.outcome == "no_answer" else "Asked to call again"
        tasks.append(CallTask(Asking.CALL_AGAIN, f"{nobody}: call again from {show_date(remind_on)}.", remind_on))
    if not ahead:
        tasks.append(CallTask(Asking.NOTHING_BOOKED, "No visit is booked.", None))
    elif refill_by is not None and ahead[0].visit_on > refill_by:
        booked, by = show_date(ahead[0].visit_on), show_date(refill_by)
        says = f"The next visit, {booked}, is after the refill-by date, {by}."
        tasks.append(CallTask(Asking.BOOKED_TOO_LATE, says, None))
    return Calling(ahead, calls.last_contact, remind_on, tuple(tasks))


def _lapsed(booking: Booking) -> CallTask:
    day = show_date(booking.visit_on)
    missed = booking.status is BookingStatus.MISSED
    says = f"The visit of {day} was missed" if missed else f"The visit of {day} passed without a visit"
    return CallTask(Asking.NOT_FOLLOWED_UP, f"{says}: nobody has followed it up.", booking.visit_on)


@dataclass(frozen=True)
class OpenTransfer:
    """A pump that left for another clinic, which has not confirmed it yet."""

    pump_id: str
    pump_serial: str
    patient_id: str
    patient_name: str
    phone: str | None
    to_clinic: str
    left_on: date
    last_contact: Contact | None


def open_transfer_of(state: PumpState, registered: Registered | None) -> OpenTransfer | None:
    """The transfer of a pump, for as long as the receiving clinic has not confirmed it."""
    left = state.retired
    if left is None or left.reason != "transferred" or registered is None or state.calls.transfer is not None:
        return None
    return OpenTransfer(
        pump_id=state.pump_id,
        pump_serial=registered.pump_serial,
        patient_id=registered.patient.patient_id,
        patient_name=registered.patient.name,
        phone=registered.patient.phone,
        to_clinic=left.to_clinic or "",
        left_on=left.happened_at.astimezone(state.calls.zone).date(),
        last_contact=state.calls.last_contact,
    )
