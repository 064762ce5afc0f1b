"""Calls and bookings: who was rung and what came of it, which visit is booked, and what became of it."""

from datetime import date, time
from typing import Literal, Self

from pydantic import model_validator

from pumplog.entries.base import Part, PumpEntry, Words

ContactOutcome = Literal["booked", "call_again", "no_answer", "refused", "moved", "in_hospital_elsewhere", "other"]
BookingChange = Literal["moved", "cancelled", "missed"]


class BookedVisit(Part):
    """A visit that is booked: its day and, if it was agreed, the time on the clinic's clock."""

    visit_on: date
    visit_time: time | None = None
    site: Words | None = None
    clinician: Words | None = None
    reason: Words | None = None


class Contacted(PumpEntry):
    """Somebody was called, or called in. No outcome of a call ever makes a pump less urgent."""

    kind: Literal["contacted"] = "contacted"
    outcome: ContactOutcome
    outcome_text: Words | None = None
    remind_on: date | None = None
    called_by: Words | None = None
    spoke_with: Words | None = None
    booking: BookedVisit | None = None

    @model_validator(mode="after")
    def _outcome_is_whole(self) -> Self:
        if (self.outcome == "booked") != (self.booking is not None):
            raise ValueError("The outcome booked goes with the visit that was booked: type its day, or say another.")
        if self.outcome == "call_again" and self.remind_on is None:
            raise ValueError("To call again needs the day: choose when to call again.")
        if self.outcome == "other" and self.outcome_text is None:
            raise ValueError("Another outcome is said in words: type what came of the call.")
        return self


class Booked(PumpEntry):
    """A visit is booked, whoever asked for it; the next one at the end of a visit, or a first one."""

    kind: Literal["booked"] = "booked"
    booking: BookedVisit


class BookingChanged(PumpEntry):
    """A booked visit is moved, cancelled, or was missed; `booking_event_id` is the entry that booked it."""

    kind: Literal["booking_changed"] = "booking_changed"
    booking_event_id: Words
    change: BookingChange
    reason: Words | None = None
    booking: BookedVisit | None = None

    @model_validator(mode="after")
    def _moved_says_where(self) -> Self:
        if (self.change == "moved") != (self.booking is not None):
            raise ValueError("A moved visit goes with its new day: type it, or say cancelled or missed.")
        return self


class TransferConfirmed(PumpEntry):
    """The receiving clinic says that it has the pump on its own list."""

    kind: Literal["transfer_confirmed"] = "transfer_confirmed"
    receiving_clinic: Words
    confirmed_by: Words
