"""Bookings of several pumps, written by one press: each judged as if it were alone, all of them or none."""

from collections.abc import Callable, Iterable, Mapping
from uuid import NAMESPACE_OID, uuid5

from pumplog.entries import Booked, BookingChanged
from pumplog.errors import EntryRefused, Fault

Diary = Booked | BookingChanged


def event_of_press(press_id: str, pump_id: str) -> str:
    """The event id of one pump's booking by a press: the same again for the same press."""
    return uuid5(NAMESPACE_OID, f"{press_id} {pump_id}").hex


def by_pump(entries: Iterable[Diary], pump_id_for: Callable[[Diary], str]) -> dict[str, Diary]:
    """Each entry under the id of its pump. Raises EntryRefused for a pump that is named twice."""
    found: dict[str, Diary] = {}
    for entry in entries:
        pump_id = pump_id_for(entry)
        if pump_id in found:
            raise EntryRefused(Fault("pump_serial", f"Pump {entry.pump_serial} is named twice: name it once."))
        found[pump_id] = entry
    return found


def refuse_by_name(entries: Mapping[str, Diary], faults_of: Callable[[str, Diary], Iterable[Fault]]) -> None:
    """Raise EntryRefused with everything that is wrong with any of them, each under the name of its pump."""
    faults = [
        Fault(fault.field, f"Pump {entry.pump_serial}: {fault.says}")
        for pump_id, entry in entries.items()
        for fault in faults_of(pump_id, entry)
    ]
    if faults:
        raise EntryRefused(*faults)
