"""Each rule for a row: what is taken, and which field is named when it is not."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplog.errors import EntryRefused
from pumplog.imports import (
    FIELDS,
    RawRow,
    RawSheet,
    RefusedRow,
    SheetIdentity,
    SheetVisit,
    read_rows,
    recognise_columns,
    rest_digest,
)
from pumplog.reference import Reference
from tests.imports.conftest import GOOD, TODAY, ReadSheet

COLUMNS = recognise_columns(tuple(GOOD)).understood
GOOD_BY_FIELD = tuple(
    tuple(GOOD.values())[next(column.position for column in COLUMNS if column.field == field)] for field in FIELDS
)


def visit(read: ReadSheet, change: Mapping[str, str]) -> SheetVisit:
    sheet = read(change)
    assert sheet.faults == ()
    (only,) = sheet.visits
    return only


def refused(read: ReadSheet, change: Mapping[str, str]) -> list[tuple[str, str]]:
    sheet = read(change)
    assert sheet.visits == ()
    assert all(fault.line == 2 for fault in sheet.faults)
    assert "Meyer" not in str(sheet.faults)
    return [(fault.field, fault.says) for fault in sheet.faults]


def test_reads_a_row_to_exact_values(read: ReadSheet) -> None:
    assert visit(read, {"Lot": " L 1 ", "Notes": "moved home,\nnew phone"}) == SheetVisit(
        line=2,
        pump_serial="NG871679H",
        patient_id="2473831",
        patient_name="Meyer, Grace",
        date_of_birth=date(2010, 12, 12),
        pump_model="SynchroMed II 8637-20",
        capacity_ml=Decimal(20),
        alarm_volume_ml=Decimal(2),
        visit_on=date(2025, 2, 19),
        drawn_ml=Decimal("3.5"),
        drug="baclofen",
        concentration_mcg_per_ml=Decimal(2000),
        volume_after_fill_ml=Decimal(18),
        mode="simple_continuous",
        dose_mcg_per_day=Decimal(340),
        lot="L 1",
        expiry_on=date(2026, 3, 26),
        nurse="M. Keller",
        notes="moved home,\nnew phone",
        cells={
            "patient_id": "2473831",
            "patient_name": "Meyer, Grace",
            "date_of_birth": "12 Dec 2010",
            "pump_model": "SynchroMed II 8637-20",
            "pump_serial": "NG871679H",
            "capacity_ml": "20",
            "alarm_volume_ml": "2",
            "visit_date": "2025-02-19",
            "drawn_ml": "3.5 mL",
            "drug": "baclofen",
            "concentration": "2000 mcg/mL",
            "volume_after_fill_ml": "18",
            "daily_dose": "340 mcg/day",
            "mode": "simple",
            "lot": "L 1",
            "expiry": "2026-03-26",
            "nurse": "M. Keller",
            "notes": "moved home,\nnew phone",
        },
    )


def test_takes_a_row_with_its_optional_cells_blank(read: ReadSheet) -> None:
    blank = dict.fromkeys(("DOB", "Drawn (mL)", "Mode", "Lot", "Expiry", "Nurse"), "")
    taken = visit(read, blank | {"Drawn (mL)": "n/a", "Expiry": " - "})
    assert (taken.date_of_birth, taken.drawn_ml, taken.lot, taken.expiry_on, taken.nurse) == (None,) * 5
    assert taken.mode == "simple_continuous"
    assert "drawn_ml" not in taken.cells


@pytest.mark.parametrize(
    ("cell", "mcg_per_ml"),
    [("2,000 mcg/mL", 2000), ("2 mg/mL", 2000), ("10,000 mcg/mL", 10000), ("500µg/ml", 500), ("0,5 mg/mL", 500)],
)
def test_a_comma_before_three_digits_is_thousands_in_a_concentration(
    read: ReadSheet, cell: str, mcg_per_ml: int
) -> None:
    assert visit(read, {"Concentration": cell}).concentration_mcg_per_ml == mcg_per_ml


def test_a_comma_before_three_digits_is_thousands_in_a_dose(read: ReadSheet) -> None:
    assert visit(read, {"Daily dose": "1,300 mcg/d"}).dose_mcg_per_day == 1300


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Filled to (mL)", "volume_after_fill_ml"),
        ("Drawn (mL)", "drawn_ml"),
        ("Reservoir (mL)", "capacity_ml"),
        ("Alarm volume", "alarm_volume_ml"),
    ],
)
def test_refuses_a_comma_before_three_digits_in_a_volume(read: ReadSheet, header: str, field: str) -> None:
    ((named, says),) = refused(read, {header: "1,500"})
    assert named == field
    assert "without the comma" in says


def test_a_unit_in_the_header_serves_its_cells_and_a_unit_in_a_cell_wins(read: ReadSheet) -> None:
    renamed = {"Concentration": "conc. (mg/mL)", "Daily dose": "Daily dose (mg)"}
    sheet = read(
        {"Concentration": "2", "Daily dose": "0.34"},
        {"Concentration": "2000 mcg/mL", "Daily dose": "340 mcg", "Visit date": "2025-03-19"},
        renamed=renamed,
    )
    assert sheet.faults == ()
    assert {taken.concentration_mcg_per_ml for taken in sheet.visits} == {Decimal(2000)}
    assert {taken.dose_mcg_per_day for taken in sheet.visits} == {Decimal(340)}


def test_a_bare_mcg_is_refused_where_the_header_does_not_say_daily(read: ReadSheet) -> None:
    assert visit(read, {"Daily dose": "340 mcg"}).dose_mcg_per_day == 340
    sheet = read({"Daily dose": "340 mcg"}, renamed={"Daily dose": "Dose"})
    assert [fault.field for fault in sheet.faults] == ["daily_dose"]


def test_refuses_a_concentration_without_a_unit(read: ReadSheet) -> None:
    ((field, says),) = refused(read, {"Concentration": "2000"})
    assert field == "concentration"
    assert "say mcg/mL or mg/mL" in says


@pytest.mark.parametrize(
    ("change", "field", "because"),
    [
        ({"MRN": ""}, "patient_id", "hospital number"),
        ({"MRN": "1.23457E+11"}, "patient_id", "shortened the number"),
        ({"Patient": " "}, "patient_name", "missing"),
        ({"Pump model": ""}, "pump_model", "or Other"),
        ({"Pump serial": ""}, "pump_serial", "implant card"),
        ({"Pump serial": "unknown"}, "pump_serial", "missing"),
        ({"Pump serial": "???"}, "pump_serial", "missing"),
        ({"Visit date": ""}, "visit_date", "5 May 2026"),
        ({"Visit date": "03/04/2026"}, "visit_date", "can mean 3 Apr 2026 or 4 Mar 2026"),
        ({"Visit date": "2026-11-23"}, "visit_date", "after today"),
        ({"Visit date": "2062-01-05"}, "visit_date", "after today"),
        ({"DOB": "2025-03-01"}, "date_of_birth", "after the visit"),
        ({"DOB": "31/31/1950"}, "date_of_birth", "calendar"),
        ({"Drug": ""}, "drug", "missing"),
        ({"Drug": "baclofn"}, "drug", "Did you mean baclofen?"),
        ({"Drug": "Meyer"}, "drug", "no drug that is known"),
        ({"Drug": "baclofen + morphine"}, "drug", "mixture"),
        ({"Drug": "baclofen + tea"}, "drug", "mixture"),
        ({"Drug": "tea & cake"}, "drug", "no drug that is known"),
        ({"Drug": "Baclofn Meyer"}, "drug", "Did you mean baclofen?"),
        ({"Concentration": ""}, "concentration", "missing"),
        ({"Concentration": "0 mcg/mL"}, "concentration", "it is 0"),
        ({"Concentration": "NaN"}, "concentration", "not a number"),
        ({"Reservoir (mL)": "0"}, "capacity_ml", "it is 0"),
        ({"Alarm volume": "20"}, "alarm_volume_ml", "cannot be the alarm volume"),
        ({"Filled to (mL)": ""}, "volume_after_fill_ml", "missing"),
        ({"Filled to (mL)": "62"}, "volume_after_fill_ml", "the reservoir holds 20 mL"),
        ({"Filled to (mL)": "2"}, "volume_after_fill_ml", "not above the alarm volume"),
        ({"Filled to (mL)": "0"}, "volume_after_fill_ml", "not above the alarm volume"),
        ({"Filled to (mL)": "1e400"}, "volume_after_fill_ml", "plain digits"),
        ({"Filled to (mL)": "99999"}, "volume_after_fill_ml", "absurdly large"),
        ({"Drawn (mL)": "45"}, "drawn_ml", "the reservoir holds 20 mL"),
        ({"Drawn (mL)": "-1"}, "drawn_ml", "negative"),
        ({"Drawn (mL)": "nil"}, "drawn_ml", "not a number"),
        ({"Daily dose": ""}, "daily_dose", "missing"),
        ({"Daily dose": "0 mcg/day"}, "daily_dose", "it is 0"),
        ({"Daily dose": "-300 mcg/day"}, "daily_dose", "negative"),
        ({"Daily dose": "three hundred"}, "daily_dose", "not a number"),
        ({"Daily dose": "340"}, "daily_dose", "has no unit"),
        ({"Daily dose": "14 mcg/h"}, "daily_dose", "per hour"),
        ({"Mode": "flex"}, "mode", "on the screen"),
        ({"Mode": "Periodic bolus"}, "mode", "on the screen"),
        ({"Mode": "Minimum rate"}, "mode", "on the screen"),
        ({"Mode": "simpel"}, "mode", "Did you mean simple continuous?"),
        ({"Mode": "xyz"}, "mode", "simple continuous or stopped"),
        ({"Mode": "stopped"}, "daily_dose", "said to be stopped"),
        ({"Expiry": "Mar 2027"}, "expiry", "not a date"),
        ({"Lot": "=A2&B2"}, "lot", "formula without its result"),
        ({"Nurse": "#N/A"}, "nurse", "error of the spreadsheet"),
        ({"Daily dose": "#DIV/0!"}, "daily_dose", "error of the spreadsheet"),
        ({"Notes": "x" * 2001}, "notes", "shorten it"),
        ({"Nurse": "M.\x85Keller"}, "nurse", "cannot be printed"),
    ],
)
def test_refuses_one_cell_and_names_it(read: ReadSheet, change: Mapping[str, str], field: str, because: str) -> None:
    ((named, says),) = refused(read, change)
    assert named == field
    assert because in says


def test_tells_every_fault_of_a_row_once_in_the_order_of_the_fields(read: ReadSheet) -> None:
    faults = refused(
        read, {"Daily dose": "none", "Drug": "tea", "Pump serial": "", "Mode": "flex", "Filled to (mL)": "62"}
    )
    assert [field for field, _ in faults] == ["pump_serial", "drug", "volume_after_fill_ml", "daily_dose", "mode"]


def test_takes_a_stopped_pump_without_a_dose(read: ReadSheet) -> None:
    for dose in ("", "0 mcg/day"):
        taken = visit(read, {"Mode": "Stopped", "Daily dose": dose})
        assert (taken.mode, taken.dose_mcg_per_day) == ("stopped", None)


def test_takes_a_pump_that_is_on_no_list_when_its_volumes_are_given(read: ReadSheet) -> None:
    assert visit(read, {"Pump model": "Home made 3"}).pump_model == "Home made 3"
    assert visit(read, {"Pump model": "8637-20"}).pump_model == "SynchroMed II 8637-20"
    faults = refused(read, {"Pump model": "Home made 3", "Reservoir (mL)": "", "Alarm volume": ""})
    assert [field for field, _ in faults] == ["capacity_ml", "alarm_volume_ml"]


def test_takes_volumes_of_the_pump_from_a_named_source(read: ReadSheet) -> None:
    (taken,) = read(without=("Reservoir (mL)", "Alarm volume")).visits
    assert (taken.capacity_ml, taken.alarm_volume_ml) == (Decimal(20), Decimal(2))
    prometra = visit(read, {"Pump model": "Prometra II 20", "Alarm volume": ""})
    assert prometra.alarm_volume_ml == 3


def test_never_takes_an_unverified_volume_of_the_pump(read: ReadSheet) -> None:
    faults = refused(read, {"Pump model": "SynchroMed III 8667-20", "Reservoir (mL)": "", "Alarm volume": ""})
    assert [field for field, _ in faults] == ["capacity_ml", "alarm_volume_ml"]
    assert all("unverified" in says for _, says in faults)


def test_takes_an_alarm_volume_of_zero(read: ReadSheet) -> None:
    assert visit(read, {"Pump model": "Codman 3000", "Alarm volume": "0"}).alarm_volume_ml == 0


def test_knows_a_serial_number_whatever_its_case_and_spaces(read: ReadSheet) -> None:
    sheet = read({"Pump serial": " ng 871679h"}, {"Visit date": "2025-03-19"})
    assert {taken.pump_serial for taken in sheet.visits} == {"NG871679H"}


def test_a_date_order_settles_ambiguous_dates(read: ReadSheet) -> None:
    assert read({"Visit date": "03/04/2026"}, date_order="dmy").visits[0].visit_on == date(2026, 4, 3)
    assert read({"Visit date": "03/04/2026"}, date_order="mdy").visits[0].visit_on == date(2026, 3, 4)


def test_a_visit_today_is_taken(read: ReadSheet) -> None:
    assert visit(read, {"Visit date": "2026-11-22"}).visit_on == date(2026, 11, 22)


def test_sorts_visits_by_day_whatever_their_order_in_the_file(read: ReadSheet) -> None:
    sheet = read({"Visit date": "2025-05-01"}, {"Visit date": "2025-01-01"}, {"Visit date": "2025-03-01"})
    assert [taken.line for taken in sheet.visits] == [3, 4, 2]


def test_skips_blank_lines_and_keeps_the_lines_of_the_file(read: ReadSheet) -> None:
    blank = dict.fromkeys(GOOD, " ")
    sheet = read({}, blank, {"Visit date": "2025-03-01", "Drug": "tea"})
    assert sheet.rows_count == 2
    assert [(fault.line, fault.field) for fault in sheet.faults] == [(4, "drug")]


def test_the_same_visit_twice_is_there_once(read: ReadSheet) -> None:
    again = {"Visit date": "19 Feb 2025", "Concentration": "2 mg/mL", "Filled to (mL)": "18.0 ml", "Mode": ""}
    sheet = read({}, again)
    assert (sheet.rows_count, len(sheet.visits), sheet.repeated, sheet.refused) == (2, 1, (3,), ())


def test_refuses_another_visit_of_the_same_pump_and_day(read: ReadSheet) -> None:
    sheet = read({}, {"Daily dose": "350 mcg/day"})
    assert [taken.line for taken in sheet.visits] == [2]
    assert [(fault.line, fault.field) for fault in sheet.faults] == [(3, "visit_date")]
    assert "line 2" in sheet.faults[0].says


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"MRN": "999"}, "patient_id"),
        ({"Reservoir (mL)": "40"}, "capacity_ml"),
        ({"Pump model": "SynchroMed II 8637-40"}, "pump_model"),
        ({"DOB": "13 Dec 2010"}, "date_of_birth"),
    ],
)
def test_refuses_a_later_line_that_says_otherwise_of_a_pump_or_patient(
    read: ReadSheet, change: Mapping[str, str], field: str
) -> None:
    sheet = read({}, {"Visit date": "2024-01-01"} | dict(change))
    assert [taken.line for taken in sheet.visits] == [2]
    assert [(fault.line, fault.field) for fault in sheet.faults] == [(3, field)]
    assert sheet.refused[0].identity is None


def test_a_refused_row_says_nothing_about_the_rows_below_it(read: ReadSheet) -> None:
    sheet = read({"MRN": "999", "Drug": "tea"}, {"Visit date": "2025-03-01"})
    assert [taken.line for taken in sheet.visits] == [3]
    assert [fault.line for fault in sheet.faults] == [2]


def test_an_alarm_volume_may_change_from_visit_to_visit(read: ReadSheet) -> None:
    assert len(read({}, {"Visit date": "2025-03-01", "Alarm volume": "4"}).visits) == 2


def test_two_pumps_on_one_day_are_two_visits(read: ReadSheet) -> None:
    assert len(read({}, {"Pump serial": "X2"}).visits) == 2


def row_of(read: ReadSheet, change: Mapping[str, str]) -> RefusedRow:
    (row,) = read(change).refused
    return row


def test_a_refused_row_keeps_whose_pump_it_is(read: ReadSheet) -> None:
    row = row_of(read, {"Concentration": "2000"})
    assert row.identity == SheetIdentity(
        "NG871679H",
        "2473831",
        "Meyer, Grace",
        date(2010, 12, 12),
        "SynchroMed II 8637-20",
        Decimal(20),
        Decimal(2),
    )
    assert (row.line, row.pump_serial, row.patient_id, row.fields) == (2, "NG871679H", "2473831", ("concentration",))


@pytest.mark.parametrize("header", ["MRN", "Patient", "Pump model", "Pump serial"])
def test_a_refused_row_without_all_of_its_identity_has_none(read: ReadSheet, header: str) -> None:
    assert row_of(read, {header: ""}).identity is None


def test_a_mended_row_is_recognised_by_the_rest_of_its_cells(read: ReadSheet) -> None:
    row = row_of(read, {"Concentration": "2000", "Notes": "First  visit"})
    mended = visit(read, {"Concentration": "2000 mcg/mL", "Notes": " first visit "})
    other = visit(read, {"Concentration": "2000 mcg/mL", "Notes": "second visit"})
    assert rest_digest(mended.cells, without=row.fields) == row.rest_digest
    assert rest_digest(other.cells, without=row.fields) != row.rest_digest


def test_a_row_mended_in_a_blank_cell_is_recognised(read: ReadSheet) -> None:
    row = row_of(read, {"Pump serial": ""})
    assert rest_digest(visit(read, {}).cells, without=row.fields) == row.rest_digest


def test_refuses_the_whole_sheet_for_its_columns(read: ReadSheet) -> None:
    with pytest.raises(EntryRefused) as caught:
        read(without=("Drug",), renamed={"Nurse": "Shoe size"})
    assert [fault.field for fault in caught.value.faults] == ["columns", "columns"]
    assert "Shoe size" in str(caught.value)
    assert "drug (drug)" in str(caught.value)


@given(
    words=st.dictionaries(
        st.sampled_from(FIELDS), st.text(max_size=40) | st.from_regex(r"[-0-9.,/ a-zA-Zµ]{1,20}"), min_size=1
    )
)
def test_a_row_is_a_visit_or_refused_whatever_is_in_it(reference: Reference, words: dict[str, str]) -> None:
    columns = recognise_columns(FIELDS)
    good = dict(zip(FIELDS, GOOD_BY_FIELD, strict=True))
    cells = tuple((good | words)[field] for field in FIELDS)
    raw = RawSheet(FIELDS, (RawRow(2, cells),))
    sheet = read_rows(raw, columns, reference=reference, today=TODAY)
    assert len(sheet.visits) + len(sheet.refused) == 1
    fields = [fault.field for fault in sheet.faults]
    assert len(set(fields)) == len(fields)
    assert set(fields) <= set(FIELDS)
    assert "Grace" not in str(sheet.faults)


@given(st.permutations(range(8)))
def test_the_order_of_the_rows_in_the_file_never_matters(reference: Reference, order: list[int]) -> None:
    day = FIELDS.index("visit_date")
    rows = [
        tuple(f"2025-01-{n + 1:02}" if at == day else cell for at, cell in enumerate(GOOD_BY_FIELD)) for n in order
    ]
    raw = RawSheet(FIELDS, tuple(RawRow(line, row) for line, row in enumerate(rows, start=2)))
    sheet = read_rows(raw, recognise_columns(FIELDS), reference=reference, today=TODAY)
    assert [visit.visit_on.day for visit in sheet.visits] == list(range(1, 9))


def test_tells_its_progress_to_the_end(read: ReadSheet) -> None:
    told: list[tuple[int, int]] = []
    days = [{"Visit date": f"{2000 + n // 336}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}"} for n in range(1200)]
    read(*days, progress=lambda done, total: told.append((done, total)))
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]
