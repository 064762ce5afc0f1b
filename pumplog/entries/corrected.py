"""An earlier entry was wrong: it stays visible, and this says what holds instead."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pumplog.entries.alarm import (
    AlarmClosed,
    AlarmHeard,
    AlarmInterrogated,
    AlarmSnoozed,
    AlarmTakenOn,
    Imaged,
    ReplacementPlanned,
    SnoozeCancelled,
)
from pumplog.entries.base import PumpEntry, Words, serial_key
from pumplog.entries.calls import Booked, BookingChanged, Contacted, TransferConfirmed
from pumplog.entries.deferred import Deferred
from pumplog.entries.diary import DiaryDay
from pumplog.entries.medicines import MedicinesListed, RiskFlagsChanged
from pumplog.entries.near_miss import NearMissExplained
from pumplog.entries.plan import PlanEnded, PlanMade
from pumplog.entries.ratio import RatioAccepted
from pumplog.entries.refilled import Refilled
from pumplog.entries.registered import Registered
from pumplog.entries.reprogrammed import Reprogrammed
from pumplog.entries.retired import Retired
from pumplog.entries.scored import Scored
from pumplog.entries.waste import Wasted

CorrectableEntry = (
    Registered
    | Refilled
    | Reprogrammed
    | Deferred
    | AlarmHeard
    | AlarmTakenOn
    | AlarmInterrogated
    | AlarmSnoozed
    | SnoozeCancelled
    | AlarmClosed
    | Imaged
    | ReplacementPlanned
    | Retired
    | Contacted
    | Booked
    | BookingChanged
    | TransferConfirmed
    | NearMissExplained
    | Scored
    | DiaryDay
    | MedicinesListed
    | RiskFlagsChanged
    | PlanMade
    | PlanEnded
    | Wasted
    | RatioAccepted
)
Correctable = Annotated[CorrectableEntry, Field(discriminator="kind")]


class Corrected(PumpEntry):
    """An entry is taken as entered in error, or replaced by another; the reason is required."""

    kind: Literal["corrected"] = "corrected"
    target_event_id: Words
    how: Literal["entered_in_error", "replaced"]
    reason: Words
    replacement: Correctable | None = None

    @model_validator(mode="after")
    def _replacement_fits(self) -> Self:
        if self.how == "replaced" and self.replacement is None:
            raise ValueError("A replaced entry needs what replaces it: give the replacement.")
        if self.how == "entered_in_error" and self.replacement is not None:
            raise ValueError("An entry entered in error has no replacement: choose replaced, or leave it out.")
        if self.replacement is not None and serial_key(self.replacement.pump_serial) != serial_key(self.pump_serial):
            raise ValueError("The replacement is about another pump: correct each pump by itself.")
        return self
