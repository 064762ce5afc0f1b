"""The sample of a clinic's sheet gives exactly its expected refusals."""

import json
from datetime import date
from pathlib import Path

import pytest

from pumplog.imports import Sheet, read_clinic_sheet
from pumplog.reference import Reference

FOLDER = Path(__file__).parent.parent / "data" / "spreadsheet"
EXPECTED = json.loads((FOLDER / "clinic_expected.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def sheet(reference: Reference) -> Sheet:
    return read_clinic_sheet(FOLDER / "clinic.csv", reference=reference, today=date(2026, 11, 22))


def test_refuses_exactly_the_expected_cells(sheet: Sheet) -> None:
    assert [{"line": fault.line, "field": fault.field} for fault in sheet.faults] == EXPECTED["refused"]


def test_counts_rows_repetitions_and_pumps_as_expected(sheet: Sheet) -> None:
    assert sheet.rows_count == EXPECTED["rows"]
    assert len(sheet.repeated) == EXPECTED["already_there"]
    assert len({visit.pump_serial for visit in sheet.visits}) == EXPECTED["pumps"]
    assert len(sheet.visits) == EXPECTED["rows"] - EXPECTED["already_there"] - len(EXPECTED["refused"])


def test_knows_whose_pump_each_one_is(sheet: Sheet) -> None:
    patients = {visit.pump_serial: visit.patient_id for visit in sheet.visits}
    assert patients == {serial: row["patient_id"] for serial, row in EXPECTED["board"].items()}


def test_gives_the_visits_in_the_order_of_their_days(sheet: Sheet) -> None:
    days = [visit.visit_on for visit in sheet.visits]
    assert days == sorted(days)


def test_no_sentence_holds_a_patient_name(sheet: Sheet) -> None:
    names = {part for visit in sheet.visits for part in visit.patient_name.split(", ")}
    assert not [fault for fault in sheet.faults if any(name in fault.says for name in names)]
