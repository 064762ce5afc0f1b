"""A pump and its patient come under the clinic's care."""

from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints

from pumplog.entries.base import Centimetres, Millilitres, MillilitresPerCm, Part, PumpEntry, Words

RiskFlag = Literal["lesion_t6_or_above", "previous_withdrawal", "cannot_communicate", "pregnancy"]


class Patient(Part):
    """Who carries the pump."""

    patient_id: Words
    name: Words
    date_of_birth: date | None = None
    phone: Words | None = None


class Pump(Part):
    """The pump as it was implanted; volumes as typed and confirmed, never taken from a list unseen.

    `gtin` is the device identifier of its UDI, where that is one of GS1: 14 digits, the same for all of a model.
    """

    model: Words
    gtin: Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$")] | None = None
    capacity_ml: Millilitres
    alarm_volume_ml: Millilitres
    has_alarm: bool = True
    tubing_volume_ml: Millilitres | None = None
    catheter_cm: Centimetres | None = None
    catheter_ml_per_cm: MillilitresPerCm | None = None
    implanted_on: date | None = None
    eri_on: date | None = None


class Registered(PumpEntry):
    """A pump is put on the list. `confirmed_unverified` names the fields a person checked on the printout.

    `replaces` is the serial of the pump whose place it takes in this patient.
    """

    kind: Literal["registered"] = "registered"
    patient: Patient
    pump: Pump
    replaces: Words | None = None
    clinic_site: Words | None = None
    implant_site: Words | None = None
    risk_flags: tuple[RiskFlag, ...] = ()
    confirmed_unverified: tuple[Words, ...] = ()
