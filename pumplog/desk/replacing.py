"""A pump takes another's place: one form, two entries, written together or not at all."""

from uuid import NAMESPACE_OID, uuid5

from pumplog.entries import AnyEntry, Registered, Retired
from pumplog.errors import EntryRefused, Fault
from pumplog.state import PumpState


def replaced_serial(entry: AnyEntry) -> str | None:
    """The serial of the pump whose place a registration takes; None for every other entry."""
    return entry.replaces if isinstance(entry, Registered) else None


def retirement_of(entry: Registered) -> Retired:
    """The entry that takes the old pump off the list at the moment at which the new one takes its place."""
    if entry.replaces is None:
        raise AssertionError("only a pump that replaces another retires one")
    return Retired(
        pump_serial=entry.replaces,
        happened_at=entry.happened_at,
        reason="replaced",
        replaced_by=entry.pump_serial,
        note=entry.note,
        late_reason=entry.late_reason,
    )


def retirement_id(event_id: str) -> str:
    """The event id of the retirement that goes with a registration: the same again for the same form."""
    return uuid5(NAMESPACE_OID, event_id).hex


def about_the_old_pump(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """The faults of the retirement, under the fields of the one form."""
    return tuple(Fault("replaces" if one.field == "pump_serial" else one.field, one.says) for one in faults)


def refuse_another_patient(entry: Registered, old: PumpState) -> None:
    """Raise EntryRefused when the two pumps are not of the same patient."""
    if old.registered is not None and old.registered.patient.patient_id != entry.patient.patient_id:
        says = "The old pump is another patient's: check the patient id and the serial of the old pump."
        raise EntryRefused(Fault("patient.patient_id", says))


def refuse_half(entry: AnyEntry) -> None:
    """Raise EntryRefused for a retirement that should have come with the registration of the new pump."""
    if isinstance(entry, Retired) and entry.reason == "replaced":
        says = "A pump that is replaced leaves the list together with the registration of the new one: record that."
        raise EntryRefused(Fault("reason", says))
