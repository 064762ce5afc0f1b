"""Whose pump it is: patient, device, what is flagged, and what is booked."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pumplog.errors import EntryRefused
from pumplog.exports.fhir.parts import Json, instant, link, named, resource, there, words
from pumplog.exports.words import RISK_SAYS
from pumplog.fhir.codes import FLAG_CATEGORY, GS1_DEVICE, IDENTIFIER_TYPE, coding
from pumplog.people.person import name_key
from pumplog.reference import ALARM_KINDS, Reference
from pumplog.state import Alarm, Booking, BookingStatus, PumpState

PUMP_TYPE: Final = "Implanted intrathecal infusion pump"
"""In words alone: no SNOMED CT code for it was verified."""

DAY_ALONE: Final = "No time of day was agreed: the visit is on this day."


def patient_of(state: PumpState) -> Json:
    """The patient; of a pump that is not registered nobody knows more than that there is one."""
    registered = state.registered
    if registered is None:
        return resource("Patient", f"of pump {state.pump_id}")
    said = registered.patient
    number = {"type": words("Medical record number", coding(IDENTIFIER_TYPE, "MR")), "value": said.patient_id}
    return resource(
        "Patient",
        name_key(said.patient_id),
        identifier=[number],
        name=[{"text": said.name}],
        telecom=[{"system": "phone", "value": said.phone}] if said.phone else [],
        birthDate=said.date_of_birth.isoformat() if said.date_of_birth else None,
    )


def device_of(state: PumpState, patient: Json, reference: Reference) -> Json:
    """The pump, with its UDI where the number of its model was typed."""
    registered = state.registered
    pump = registered.pump if registered else None
    serial = str(registered.pump_serial if registered else state.log[0].said.entry.pump_serial)
    return resource(
        "Device",
        state.pump_id,
        identifier=[{"type": words("Serial number", coding(IDENTIFIER_TYPE, "SNO")), "value": serial}],
        udiCarrier=_udi(pump.gtin, serial) if pump and pump.gtin else [],
        status="inactive" if state.retired else "active",
        manufacturer=_maker(pump.model, reference) if pump else None,
        serialNumber=serial,
        deviceName=[{"name": pump.model, "type": "model-name"}] if pump else [],
        type=words(PUMP_TYPE),
        patient=link(patient),
    )


def _udi(gtin: str, serial: str) -> list[Json]:
    """The unique device identifier as it is printed for people: number of the model, then serial."""
    written = f"(01){gtin}(21){serial}"
    return [{"deviceIdentifier": gtin, "issuer": GS1_DEVICE, "carrierHRF": written, "entryType": "unknown"}]


def _maker(model: str, reference: Reference) -> str | None:
    try:
        return reference.pump_model(model).maker
    except EntryRefused:
        return None


def risk_flags(state: PumpState, patient: Json) -> list[Json]:
    """The risks that hold now."""
    return [
        resource(
            "Flag",
            f"{state.pump_id} {flag}",
            status="inactive" if state.retired else "active",
            category=[words("Safety", coding(FLAG_CATEGORY, "safety"))],
            code=words(RISK_SAYS[flag]),
            subject=link(patient),
        )
        for flag in state.risk_flags
    ]


def alarm_flag(alarm: Alarm, patient: Json) -> Json:
    """An alarm: active until somebody closed it."""
    closed = alarm.closed.said.happened_at if alarm.closed else None
    heard = " and ".join(ALARM_KINDS[code].words for code in alarm.codes)
    return resource(
        "Flag",
        alarm.event_id,
        status="inactive" if closed else "active",
        category=[words("Clinical", coding(FLAG_CATEGORY, "clinical"))],
        code=words(f"Pump alarm: {heard}"),
        subject=link(patient),
        period=there({"start": instant(alarm.heard.happened_at), "end": instant(closed) if closed else None}),
    )


_STATUS: Final = {
    BookingStatus.OPEN: "booked",
    BookingStatus.CANCELLED: "cancelled",
    BookingStatus.MISSED: "noshow",
}


def appointment(booking: Booking, state: PumpState, patient: Json, zone: ZoneInfo) -> Json:
    """A booked visit. One without a time of day takes the whole day and says so; an hour is taken for the others."""
    visit = booking.visit
    begins = datetime.combine(visit.visit_on, visit.visit_time or time(), tzinfo=zone)
    ends = begins + (timedelta(hours=1) if visit.visit_time else timedelta(days=1))
    kept = booking.status is BookingStatus.OPEN and state.calls.was_seen_on(visit.visit_on)
    comments = [*([] if visit.visit_time else [DAY_ALONE]), *([f"Site: {visit.site}"] if visit.site else [])]
    return resource(
        "Appointment",
        booking.event_id,
        status="fulfilled" if kept else _STATUS[booking.status],
        description="Pump refill",
        start=instant(begins),
        end=instant(ends),
        created=instant(booking.said_at_utc),
        comment=" ".join(comments) or None,
        participant=[
            {"actor": link(patient), "status": "accepted"},
            *([{"actor": named(visit.clinician), "status": "accepted"}] if visit.clinician else []),
        ],
    )
