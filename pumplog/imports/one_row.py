"""One row of a sheet, judged by itself: a visit, or every reason why it is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from pumplog.errors import Fault
from pumplog.imports.cells import CellReader
from pumplog.imports.columns import FIELDS
from pumplog.imports.modes import SIMPLE_CONTINUOUS, STOPPED
from pumplog.imports.visits import RefusedRow, RowFault, SheetIdentity, SheetVisit, rest_digest
from pumplog.quantities import Unit, label, show, show_date
from pumplog.reference import Graded

ValueT = TypeVar("ValueT", str, date, Decimal)

_MISSING: Final[Mapping[str, str]] = {
    "patient_id": "write the patient's hospital number",
    "patient_name": "write the patient's name",
    "pump_model": "write the model as it stands on the implant card, or Other",
    "pump_serial": "write the serial number as it stands on the implant card",
    "visit_date": "write the day of the visit, as 5 May 2026",
    "drug": "write the drug's name",
    "concentration": "write it with its unit, as 500 mcg/mL",
    "volume_after_fill_ml": "write how much the reservoir held after the fill, as 18.5 mL",
    "daily_dose": "write it with its unit, as 500 mcg/day, or write stopped as the mode",
    "capacity_ml": "write how much the reservoir holds, as 20 mL",
    "alarm_volume_ml": "write the volume at which the pump alarms, as 2 mL (0 mL: it has no alarm)",
}


class Row:
    """One row while it is read: its cells, and at most one fault for each field."""

    def __init__(self, line: int, cells: Mapping[str, str], reader: CellReader) -> None:
        self.line = line
        self.cells = cells
        self.faults: dict[str, str] = {}
        self.reader = reader

    def fault(self, field: str, says: str) -> None:
        """Say what is wrong with a field, unless something already is."""
        self.faults.setdefault(field, f"{label(field)}: {says}.")

    def maybe(self, field: str, kind: type[ValueT]) -> ValueT | None:
        """The value of a cell that may be blank; None too when it cannot be read, which is a fault."""
        text = self.cells.get(field)
        if text is None:
            return None
        value = self.reader.read(field, text)
        if isinstance(value, Fault):
            self.faults.setdefault(field, value.says)
            return None
        return value if isinstance(value, kind) else None

    def needed(self, field: str, kind: type[ValueT]) -> ValueT | None:
        """The value of a cell that must not be blank."""
        if field not in self.cells:
            self.fault(field, f"it is missing; {_MISSING[field]}")
        return self.maybe(field, kind)

    def above_zero(self, field: str) -> Decimal | None:
        """The amount in a cell that must not be blank, nor zero."""
        amount = self.needed(field, Decimal)
        if amount is not None and amount <= 0:
            self.fault(field, f"it is 0; {_MISSING[field]}")
            return None
        return amount

    def refused(self, whose: SheetIdentity | None, pump_serial: str | None, patient_id: str | None) -> RefusedRow:
        """The row as one that is not taken, its faults in the order of the fields."""
        fields = tuple(field for field in FIELDS if field in self.faults)
        return RefusedRow(
            line=self.line,
            faults=tuple(RowFault(self.line, field, self.faults[field]) for field in fields),
            pump_serial=pump_serial,
            patient_id=patient_id,
            identity=whose,
            rest_digest=rest_digest(self.cells, without=fields),
            fields=fields,
        )


def read_row(row: Row, *, today: date) -> SheetVisit | RefusedRow:
    """The visit that a row tells, or the row with every fault of it."""
    visit_on = _not_after(row, "visit_date", row.needed("visit_date", date), today, "today")
    pump = _pump(row)
    whose = _identity(row, pump, latest=visit_on or today)
    drug, concentration = row.needed("drug", str), row.above_zero("concentration")
    volume, drawn = row.needed("volume_after_fill_ml", Decimal), row.maybe("drawn_ml", Decimal)
    _volumes_fit(row, pump, volume, drawn)
    mode, dose = _programme(row)
    lot, expiry_on = row.maybe("lot", str), row.maybe("expiry", date)
    nurse, notes = row.maybe("nurse", str), row.maybe("notes", str)
    if row.faults or not (whose and visit_on and drug and concentration and volume):
        return row.refused(whose, row.maybe("pump_serial", str), row.maybe("patient_id", str))
    return SheetVisit(
        line=row.line,
        pump_serial=whose.pump_serial,
        patient_id=whose.patient_id,
        patient_name=whose.patient_name,
        date_of_birth=whose.date_of_birth,
        pump_model=whose.pump_model,
        capacity_ml=whose.capacity_ml,
        alarm_volume_ml=whose.alarm_volume_ml,
        visit_on=visit_on,
        drawn_ml=drawn,
        drug=drug,
        concentration_mcg_per_ml=concentration,
        volume_after_fill_ml=volume,
        mode=mode,
        dose_mcg_per_day=dose,
        lot=lot,
        expiry_on=expiry_on,
        nurse=nurse,
        notes=notes,
        cells=row.cells,
    )


@dataclass(frozen=True)
class _Pump:
    """What a row says about the pump, as far as it can be read."""

    model: str | None
    capacity_ml: Decimal | None
    alarm_volume_ml: Decimal | None


def _pump(row: Row) -> _Pump:
    """The pump's model and volumes; what is not written is taken from the reference when that is sourced."""
    written = row.needed("pump_model", str)
    model = row.reader.listed(written) if written else None
    capacity = _of_the_pump(row, "capacity_ml", model.capacity_ml if model else None)
    if capacity is not None and capacity <= 0:
        row.fault("capacity_ml", f"it is 0; {_MISSING['capacity_ml']}")
        capacity = None
    alarm = _of_the_pump(row, "alarm_volume_ml", model.planning_volume_ml if model else None)
    if capacity is not None and alarm is not None and alarm >= capacity:
        holds = f"the reservoir holds {show(capacity, Unit.ML)}"
        row.fault("alarm_volume_ml", f"{show(alarm, Unit.ML)} cannot be the alarm volume, {holds}; check both")
        alarm = None
    return _Pump(model.name if model else written, capacity, alarm)


def _identity(row: Row, pump: _Pump, latest: date) -> SheetIdentity | None:
    """Whose pump it is and what pump; None when any of it cannot be read."""
    pump_serial, patient_id = row.needed("pump_serial", str), row.needed("patient_id", str)
    name = row.needed("patient_name", str)
    born = _not_after(row, "date_of_birth", row.maybe("date_of_birth", date), latest, "the visit")
    if not (pump_serial and patient_id and name and pump.model and pump.capacity_ml):
        return None
    if pump.alarm_volume_ml is None or "date_of_birth" in row.faults:
        return None
    return SheetIdentity(
        pump_serial=pump_serial,
        patient_id=patient_id,
        patient_name=name,
        date_of_birth=born,
        pump_model=pump.model,
        capacity_ml=pump.capacity_ml,
        alarm_volume_ml=pump.alarm_volume_ml,
    )


def _of_the_pump(row: Row, field: str, offered: Graded | None) -> Decimal | None:
    """A volume of the pump: as written, else as a named source has it for this model; never as nobody checked it."""
    if field in row.cells or offered is None:
        return row.needed(field, Decimal)
    if not offered.unverified:
        return offered.value
    amount = show(offered.value, Unit.ML)
    row.fault(field, f"it is missing, and {amount} for this model is unverified; check it and write it")
    return None


def _not_after(row: Row, field: str, day: date | None, latest: date, named: str) -> date | None:
    """The day, when it is not after the latest it can be."""
    if day is not None and day > latest:
        row.fault(field, f"{show_date(day)} is after {named} ({show_date(latest)}); check day, month and year")
        return None
    return day


def _volumes_fit(row: Row, pump: _Pump, volume: Decimal | None, drawn: Decimal | None) -> None:
    """Nothing above what the reservoir holds, and a fill above the volume at which the pump alarms."""
    for field, amount in (("volume_after_fill_ml", volume), ("drawn_ml", drawn)):
        if amount is not None and pump.capacity_ml is not None and amount > pump.capacity_ml:
            holds = f"the reservoir holds {show(pump.capacity_ml, Unit.ML)}"
            row.fault(field, f"{show(amount, Unit.ML)} is more than possible, {holds}; check the volume")
    if volume is not None and pump.alarm_volume_ml is not None and volume <= pump.alarm_volume_ml:
        alarm = f"the alarm volume of {show(pump.alarm_volume_ml, Unit.ML)}"
        row.fault("volume_after_fill_ml", f"{show(volume, Unit.ML)} is not above {alarm}; check both")


def _programme(row: Row) -> tuple[str, Decimal | None]:
    """The mode and the daily dose: a dose without a mode is simple continuous, a stopped pump has none."""
    mode = row.maybe("mode", str)
    if "mode" in row.faults:
        row.maybe("daily_dose", Decimal)
        return SIMPLE_CONTINUOUS, None
    if mode != STOPPED:
        return SIMPLE_CONTINUOUS, row.above_zero("daily_dose")
    if row.maybe("daily_dose", Decimal):
        row.fault("daily_dose", "the pump is said to be stopped; clear the dose, or mend the mode")
    return STOPPED, None
