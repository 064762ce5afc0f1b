"""A whole sheet: each row by itself, then every row against those above it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from pumplog.errors import EntryRefused
from pumplog.imports.cells import CellReader, DateOrder, typed
from pumplog.imports.columns import Column, Columns, recognise_columns
from pumplog.imports.one_row import Row, read_row
from pumplog.imports.raw import Deadline, RawRow, RawSheet
from pumplog.imports.sheet_file import read_sheet
from pumplog.imports.visits import RefusedRow, Sheet, SheetVisit
from pumplog.quantities import show_date
from pumplog.reference import Reference

Progress = Callable[[int, int], None]
"""Told now and then: rows done, rows in all."""

_PROGRESS_EVERY_COUNT: Final = 500


def read_clinic_sheet(
    path: Path,
    *,
    reference: Reference,
    today: date,
    date_order: DateOrder | None = None,
    sheet: str | None = None,
    progress: Progress | None = None,
) -> Sheet:
    """A clinic's spreadsheet as visits and refused rows; refused as a whole when it cannot be read at all."""
    deadline = Deadline()
    raw = read_sheet(path, policy=reference.policy, sheet=sheet, deadline=deadline)
    columns = recognise_columns(raw.headers)
    return read_rows(
        raw,
        columns,
        reference=reference,
        today=today,
        date_order=date_order,
        progress=progress,
        deadline=deadline,
    )


def read_rows(
    raw: RawSheet,
    columns: Columns,
    *,
    reference: Reference,
    today: date,
    date_order: DateOrder | None = None,
    progress: Progress | None = None,
    deadline: Deadline | None = None,
) -> Sheet:
    """Every row as a visit, as the repetition of one, or refused; refused as a whole for its columns."""
    if columns.faults:
        raise EntryRefused(*columns.faults)
    reader = CellReader(columns.understood, reference, date_order)
    above = _RowsAbove(reference)
    refused: list[RefusedRow] = []
    deadline = deadline or Deadline()
    for count, raw_row in enumerate(raw.rows, start=1):
        deadline.check()
        row = Row(raw_row.line, typed(raw_row.cells, columns.understood), reader)
        outcome = _cut_wrongly(row, raw_row, columns.understood) or read_row(row, today=today)
        if isinstance(outcome, SheetVisit):
            outcome = above.take(outcome, row)
        if isinstance(outcome, RefusedRow):
            refused.append(outcome)
        if progress is not None and (count % _PROGRESS_EVERY_COUNT == 0 or count == len(raw.rows)):
            progress(count, len(raw.rows))
    visits = sorted(above.visits.values(), key=lambda visit: (visit.visit_on, visit.line))
    return Sheet(len(raw.rows), tuple(visits), tuple(above.repeated), tuple(refused))


def _cut_wrongly(row: Row, raw: RawRow, understood: tuple[Column, ...]) -> RefusedRow | None:
    """The refusal of a row with something in a cell that has no header: its cells may be the wrong ones."""
    positions = {column.position for column in understood}
    if all(position in positions or not cell.strip() for position, cell in enumerate(raw.cells)):
        return None
    last = max(understood, key=lambda column: column.position)
    row.fault(last.field, "the line has a cell without a header; put quotes around text that has a comma in it")
    return row.refused(None, row.maybe("pump_serial", str), None)


class _RowsAbove:
    """What the rows above have said, for one pump to be one patient's and one visit to be one."""

    def __init__(self, reference: Reference) -> None:
        self.visits: dict[tuple[str, date], SheetVisit] = {}
        self.repeated: list[int] = []
        self._models = frozenset(model.name for model in reference.pumps if model.maker is not None)
        self._pumps: dict[str, SheetVisit] = {}
        self._births: dict[str, SheetVisit] = {}

    def take(self, visit: SheetVisit, row: Row) -> SheetVisit | RefusedRow:
        """The visit, kept; or refused because a row above says otherwise."""
        same = self.visits.get((visit.pump_serial, visit.visit_on))
        self._compare_pump(visit, self._pumps.get(visit.pump_serial, visit), row)
        self._compare_birth(visit, self._births.get(visit.patient_id.casefold(), visit), row)
        if same is not None and same.said != visit.said:
            day = show_date(visit.visit_on)
            says = f"line {same.line} has other values for this pump on {day}; keep the line that is right"
            row.fault("visit_date", says)
        if row.faults:
            return row.refused(None, visit.pump_serial, visit.patient_id)
        if same is not None:
            self.repeated.append(visit.line)
            return same
        self.visits[visit.pump_serial, visit.visit_on] = visit
        self._pumps.setdefault(visit.pump_serial, visit)
        if visit.date_of_birth is not None:
            self._births.setdefault(visit.patient_id.casefold(), visit)
        return visit

    def _compare_pump(self, visit: SheetVisit, first: SheetVisit, row: Row) -> None:
        """One pump is in one patient, is of one model, and holds one volume."""
        says = f"line {first.line} says otherwise for this pump; mend the line that is wrong"
        if visit.patient_id.casefold() != first.patient_id.casefold():
            row.fault("patient_id", says)
        if visit.capacity_ml != first.capacity_ml:
            row.fault("capacity_ml", says)
        if visit.pump_model != first.pump_model and {visit.pump_model, first.pump_model} <= self._models:
            row.fault("pump_model", says)

    def _compare_birth(self, visit: SheetVisit, first: SheetVisit, row: Row) -> None:
        """One patient was born on one day."""
        if visit.date_of_birth not in (None, first.date_of_birth):
            says = f"line {first.line} says otherwise for this patient; mend the line that is wrong"
            row.fault("date_of_birth", says)
