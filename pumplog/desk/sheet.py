"""From a sheet that was read to what would be written: new visits, new pumps, refused rows, mended rows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from pumplog.desk.memory import CLINIC, Memory
from pumplog.entries import AnyEntry, Refilled, Registered, RowRefused, RowSettled, serial_key
from pumplog.entries.programme import SimpleContinuous, Stopped
from pumplog.entries.refilled import Component
from pumplog.entries.registered import Patient, Pump
from pumplog.entries.row import RowFaultSaid
from pumplog.errors import EntryRefused
from pumplog.imports import RefusedRow, RowFault, Sheet, SheetIdentity, SheetVisit, rest_digest
from pumplog.outlook import drug_or_none
from pumplog.reference import PumpKind, Reference
from pumplog.rules import judge
from pumplog.state import OpenRow, PumpState, Said, Visit

IMPORT_REASON = "imported from a sheet"
NOON = time(12)
_OURS = uuid5(NAMESPACE_URL, "pumplog:imported")

_SHEET_FIELD = {
    "programme": "daily_dose",
    "volume_after_fill_ml": "volume_after_fill_ml",
    "drawn_ml": "drawn_ml",
    "fluid.0.drug": "drug",
    "fluid.0.concentration_mcg_per_ml": "concentration",
    "alarm_volume_ml": "alarm_volume_ml",
    "happened_at": "visit_date",
    "pump_serial": "pump_serial",
}


@dataclass(frozen=True)
class Write:
    """One entry that the import would write."""

    event_id: str
    pump_id: str
    entry: AnyEntry


@dataclass(frozen=True)
class Plan:
    """What an import would do."""

    writes: tuple[Write, ...]
    new_count: int
    already_there_count: int
    pumps_count: int
    refused: tuple[RowFault, ...]


def plan_import(sheet: Sheet, name: str, *, memory: Memory, reference: Reference, by: str, now: datetime) -> Plan:
    """What importing a sheet would write, against what is in the log already; writes nothing itself."""
    planner = _Planner(name, memory, reference, by, now)
    by_pump: dict[str, list[SheetVisit]] = defaultdict(list)
    for visit in sheet.visits:
        by_pump[serial_key(visit.pump_serial)].append(visit)
    planner.still_refused = {_refusal_id(row.rest_digest, row.faults) for row in sheet.refused}
    for visits in by_pump.values():
        planner.take_pump(visits)
    for row in sheet.refused:
        planner.take_refused(row)
    faults = sorted((*sheet.faults, *planner.faults), key=lambda fault: fault.line)
    return Plan(
        writes=tuple(planner.writes),
        new_count=planner.new_count,
        already_there_count=len(sheet.repeated) + planner.already_there_count,
        pumps_count=len(planner.pump_serials),
        refused=tuple(faults),
    )


class _Planner:
    """Takes pump by pump, so that each is judged by its own registration and nothing of another's."""

    def __init__(self, name: str, memory: Memory, reference: Reference, by: str, now: datetime) -> None:
        self.name, self.memory, self.reference, self.by, self.now = name, memory, reference, by, now
        self.zone = reference.policy.zone_info
        self.writes: list[Write] = []
        self.faults: list[RowFault] = []
        self.pump_serials: set[str] = set()
        self.new_count = 0
        self.already_there_count = 0
        self.still_refused: set[str] = set()
        self._registrations: dict[str, tuple[str, Registered]] = {}

    def take_pump(self, visits: list[SheetVisit]) -> None:
        """Take the visits of one pump, in the order of their days."""
        first = visits[0]
        identity = SheetIdentity(
            pump_serial=first.pump_serial,
            patient_id=first.patient_id,
            patient_name=first.patient_name,
            date_of_birth=first.date_of_birth,
            pump_model=first.pump_model,
            capacity_ml=first.capacity_ml,
            alarm_volume_ml=visits[-1].alarm_volume_ml,
        )
        pump_id, registered = self._registration(identity, self._moment(first.visit_on))
        self.pump_serials.add(serial_key(first.pump_serial))
        state = self.memory.state(pump_id)
        known_days = {visit.at.date(): visit for visit in state.visits if isinstance(visit.entry, Refilled)}
        for visit in visits:
            self._take_visit(visit, pump_id, registered, state, known_days.get(visit.visit_on))

    def _moment(self, day: date) -> datetime:
        """When a visit of which only the day is known happened: at noon, or just now when noon is still to come."""
        return min(noon(day, self.zone), self.now)

    def _take_visit(
        self,
        visit: SheetVisit,
        pump_id: str,
        registered: Registered,
        state: PumpState,
        same_day: Visit | None,
    ) -> None:
        event_id = _id("visit", pump_id, visit.visit_on.isoformat(), *map(str, visit.said))
        if self.memory.holds(event_id):
            self.already_there_count += 1
            self.writes += self._mended(visit, pump_id)
            return
        faults = list(_against_registration(visit, registered))
        if same_day is not None and not _says_the_same(visit, same_day, self.reference):
            says = "this day is recorded with other values: keep one, or correct the recorded one."
            faults.append(RowFault(visit.line, "visit_date", f"Line {visit.line}, visit date: {says}"))
        elif same_day is not None and not faults:
            self.already_there_count += 1
            self.writes += self._mended(visit, pump_id)
            return
        last = state.last_clinical_at
        moment = self._moment(visit.visit_on)
        entry = _refill(visit, moment, late=last is not None and moment < last)
        faults += self._judged(visit, entry, pump_id, registered, state)
        if faults:
            self.faults += faults
            self._refuse_visit(visit, faults, pump_id)
            return
        self.new_count += 1
        self.writes.append(Write(event_id, pump_id, entry))
        self.writes += self._mended(visit, pump_id)

    def _judged(
        self, visit: SheetVisit, entry: Refilled, pump_id: str, registered: Registered, state: PumpState
    ) -> Iterator[RowFault]:
        """The rules' own refusals, judged against the registration and a retirement alone."""
        facts = [Said("registration", 1, registered, self.now, self.by)]
        if state.retired is not None:
            facts.append(Said("retirement", 2, state.retired, self.now, self.by))
        judged = entry if entry.late_reason else entry.model_copy(update={"late_reason": IMPORT_REASON})
        try:
            judge(
                judged,
                tuple(facts),
                pump_id=pump_id,
                by=self.by,
                now=self.now,
                reference=self.reference,
                imported=True,
            )
        except EntryRefused as refused:
            for fault in refused.faults:
                field = _SHEET_FIELD.get(fault.field, "visit_date")
                yield RowFault(visit.line, field, f"Line {visit.line}: {fault.says}")

    def _refuse_visit(self, visit: SheetVisit, faults: list[RowFault], pump_id: str) -> None:
        fields = tuple(dict.fromkeys(fault.field for fault in faults))
        digest = rest_digest(visit.cells, without=fields)
        self._write_refusal(visit.line, visit.pump_serial, faults, digest, pump_id)

    def take_refused(self, row: RefusedRow) -> None:
        """Keep a refused row in sight: with its pump when that can be told, else with the clinic."""
        pump_id = CLINIC
        if row.pump_serial is not None:
            known = self.memory.pump_id(row.pump_serial) or self._planned(row.pump_serial)
            if known is None and row.identity is not None:
                known, _ = self._registration(row.identity, self.now)
                self.pump_serials.add(serial_key(row.pump_serial))
            pump_id = known or CLINIC
        self._write_refusal(row.line, row.pump_serial, list(row.faults), row.rest_digest, pump_id)

    def _write_refusal(
        self, line: int, pump_serial: str | None, faults: list[RowFault], digest: str, pump_id: str
    ) -> None:
        event_id = _refusal_id(digest, faults)
        if self.memory.holds(event_id) or any(write.event_id == event_id for write in self.writes):
            return
        entry = RowRefused(
            happened_at=self.now,
            pump_serial=pump_serial,
            sheet=self.name[:200],
            line_count=line,
            faults=tuple(RowFaultSaid(field=fault.field, says=fault.says) for fault in faults),
            rest_digest=digest,
        )
        self.writes.append(Write(event_id, pump_id, entry))

    def _mended(self, visit: SheetVisit, pump_id: str) -> Iterator[Write]:
        """Open rows of an earlier import that this visit mends: all but their faulty cells are the same.

        Not while this sheet still holds the row as it was. Where the date itself was at fault, two regular visits
        differ in nothing else: only the same line of the sheet mends it.
        """
        for owner in (CLINIC, pump_id):
            for fields, digest, one in self._open_rows(owner):
                moved = "visit_date" in fields and one.row.line_count != visit.line
                if not moved and digest == rest_digest(visit.cells, without=fields):
                    entry = RowSettled(
                        happened_at=self.now,
                        pump_serial=one.row.pump_serial,
                        row_event_id=one.event_id,
                        how="mended",
                        reason=f"mended by line {visit.line} of {self.name[:200]}",
                    )
                    yield Write(_id("mended", one.event_id), owner, entry)

    def _open_rows(self, owner: str) -> Iterator[tuple[tuple[str, ...], str, OpenRow]]:
        """The refused rows still open, that this sheet does not refuse again: faulty fields, digest, row."""
        for one in self.memory.state(owner).open_rows:
            if one.event_id not in self.still_refused:
                fields = tuple(dict.fromkeys(fault.field for fault in one.row.faults))
                yield fields, one.row.rest_digest, one

    def _planned(self, serial: str) -> str | None:
        planned = self._registrations.get(serial_key(serial))
        return planned[0] if planned else None

    def _registration(self, identity: SheetIdentity, at: datetime) -> tuple[str, Registered]:
        """The pump's id and registration: as in the log, as planned by a row above, or new.

        A pump whose registration was entered in error is registered anew under the id that it has.
        """
        pump_id = self.memory.pump_id(identity.pump_serial)
        state = self.memory.state(pump_id) if pump_id is not None else None
        if pump_id is not None and state is not None and state.registered is not None:
            return pump_id, state.registered
        key = serial_key(identity.pump_serial)
        if key not in self._registrations:
            own_id = pump_id or _id("pump", key)
            registered = _register(identity, at, self.reference)
            self._registrations[key] = (own_id, registered)
            anew = (str(state.latest),) if state is not None else ()
            self.writes.append(Write(_id("registered", key, *anew), own_id, registered))
        return self._registrations[key]


def noon(day: date, zone: ZoneInfo) -> datetime:
    """Noon of a day in the clinic's zone: the time of a visit of which only the day is known."""
    return datetime.combine(day, NOON, tzinfo=zone).astimezone(UTC)


def _register(identity: SheetIdentity, at: datetime, reference: Reference) -> Registered:
    models = {model.name: model for model in reference.pumps}
    model = models.get(identity.pump_model)
    return Registered(
        happened_at=at,
        pump_serial=identity.pump_serial,
        patient=Patient(
            patient_id=identity.patient_id, name=identity.patient_name, date_of_birth=identity.date_of_birth
        ),
        pump=Pump(
            model=identity.pump_model,
            capacity_ml=identity.capacity_ml,
            alarm_volume_ml=identity.alarm_volume_ml,
            has_alarm=model is None or model.kind is not PumpKind.FIXED_FLOW,
        ),
    )


def _refill(visit: SheetVisit, moment: datetime, *, late: bool) -> Refilled:
    return Refilled(
        happened_at=moment,
        pump_serial=visit.pump_serial,
        refilled_by=visit.nurse,
        note=visit.notes,
        late_reason=IMPORT_REASON if late else None,
        drawn_ml=visit.drawn_ml,
        fluid=(
            Component(
                drug=visit.drug,
                concentration_mcg_per_ml=visit.concentration_mcg_per_ml,
                lot=visit.lot,
                expiry_on=visit.expiry_on,
            ),
        ),
        volume_after_fill_ml=visit.volume_after_fill_ml,
        alarm_volume_ml=visit.alarm_volume_ml,
        programme=(
            Stopped() if visit.dose_mcg_per_day is None else SimpleContinuous(dose_mcg_per_day=visit.dose_mcg_per_day)
        ),
    )


def _against_registration(visit: SheetVisit, registered: Registered) -> Iterator[RowFault]:
    """A pump is one patient's, and holds one volume."""
    if visit.patient_id.casefold() != registered.patient.patient_id.casefold():
        says = "this pump is registered for another patient; check the serial and the patient id"
        yield RowFault(visit.line, "patient_id", f"Line {visit.line}, patient id: {says}.")
    if visit.capacity_ml != registered.pump.capacity_ml:
        says = "this pump is registered with another capacity; check it"
        yield RowFault(visit.line, "capacity_ml", f"Line {visit.line}, capacity: {says}.")


def _says_the_same(visit: SheetVisit, recorded: Visit, reference: Reference) -> bool:
    """Whether a recorded visit says all that the row says; the drug goes by any of its names."""
    standing = recorded.standing
    component = standing.fluid[0]
    drug = drug_or_none(reference, component.drug)
    programme = standing.programme
    dose = programme.dose_mcg_per_day if isinstance(programme, SimpleContinuous) else None
    return all(
        (
            visit.drug == (drug.name if drug else component.drug),
            visit.concentration_mcg_per_ml == component.concentration_mcg_per_ml,
            visit.volume_after_fill_ml == standing.volume_ml,
            visit.alarm_volume_ml == standing.alarm_volume_ml,
            visit.dose_mcg_per_day == dose,
            (visit.dose_mcg_per_day is None) == isinstance(programme, Stopped),
            visit.drawn_ml == getattr(recorded.entry, "drawn_ml", None),
            visit.lot in (None, component.lot),
            visit.expiry_on in (None, component.expiry_on),
        )
    )


def _refusal_id(digest: str, faults: Sequence[RowFault]) -> str:
    return _id("refused", digest, *(f"{fault.field}:{_without_line(fault)}" for fault in faults))


def _without_line(fault: RowFault) -> str:
    return fault.says.replace(f"Line {fault.line}", "")


def _id(*parts: str) -> str:
    namespace: UUID = _OURS
    return uuid5(namespace, "\x1f".join(parts)).hex
