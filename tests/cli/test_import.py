"""`pumplog import`: a clinic's sheet from the terminal into the log, and what is then on the board."""

import csv
import json
import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.cli.terminal import EXPECTED, INSTALLED, SAMPLE, Said, assert_sentences, inside, outside
from tests.imports.conftest import GOOD

ANOTHER = {"Pump serial": "NG000002H", "MRN": "2000002", "Patient": "Quinn, Sam"}


def sheet_of(path: Path, *changes: Mapping[str, str], header: Mapping[str, str] | None = None) -> Path:
    """A CSV sheet: the good row with some cells changed, and some headers spelled otherwise."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([(header or {}).get(name, name) for name in GOOD])
        rows.writerows((GOOD | dict(change)).values() for change in changes)
    return path


def board(database: Path, *words: str) -> list[dict[str, Any]]:
    said = inside("due", "--database", database, "--format", "json", *words)
    assert said.code == 0, said.err
    rows: list[dict[str, Any]] = said.json
    return rows


def taken(said: Said) -> tuple[int, int, int]:
    return said.json["rows"], said.json["new"], said.json["already_there"]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """The sample sheet, its good rows imported by the installed program."""
    database = tmp_path_factory.mktemp("clinic") / "clinic.duckdb"
    return database, outside("import", SAMPLE, "--accept-good-rows", "--database", database, "--format", "json")


def test_the_sample_sheet_gives_exactly_its_expected_refusals(clinic: tuple[Path, Said]) -> None:
    _, said = clinic
    assert said.code == 0
    assert said.err == ""
    refused = [{"line": one["line"], "field": one["field"]} for one in said.json["refused"]]
    assert refused == EXPECTED["refused"]
    good = EXPECTED["rows"] - EXPECTED["already_there"] - len(EXPECTED["refused"])
    assert taken(said) == (EXPECTED["rows"], good, EXPECTED["already_there"])
    assert said.json["pumps"] == EXPECTED["pumps"]
    assert list(said.json) == ["rows", "new", "already_there", "pumps", "refused"]
    assert_sentences("\n".join(one["says"] for one in said.json["refused"]))


def test_the_sample_sheet_gives_exactly_its_expected_board(clinic: tuple[Path, Said]) -> None:
    database, _ = clinic
    said = outside("due", "--on", EXPECTED["on"], "--format", "json", PUMPLOG_DATABASE=str(database))
    assert (said.code, said.err) == (0, "")
    keys = next(iter(EXPECTED["board"].values()))
    assert {row["pump_serial"]: {key: row[key] for key in keys} for row in said.json} == EXPECTED["board"]
    assert len(said.json) == len(EXPECTED["board"])


def test_a_pump_with_a_refused_row_says_so_in_its_reasons(clinic: tuple[Path, Said]) -> None:
    database, said = clinic
    with SAMPLE.open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    serial = lines[0].index("Pump serial")
    told: dict[str, set[int]] = {}
    for one in said.json["refused"]:
        whose = lines[one["line"] - 1][serial].strip()
        told.setdefault(whose, set()).add(one["line"])
    del told[""]  # the row without a serial is on the banner alone
    for on in (EXPECTED["on"], None):
        for row in board(database, *(("--on", on) if on else ())):
            found = {reason for reason in row["reasons"] if "was refused" in reason}
            assert {int(reason.split()[1]) for reason in found} == told.get(row["pump_serial"], set())
    assert "still open: 10." in inside("due", "--database", database).out


def test_one_bad_row_without_accepting_writes_nothing_and_makes_no_database(tmp_path: Path) -> None:
    database = tmp_path / "new" / "clinic.duckdb"
    said = inside("import", SAMPLE, "--database", database, "--format", "json")
    assert said.code == 1
    assert (said.json["rows"], said.json["new"]) == (EXPECTED["rows"], 0)
    assert [one["line"] for one in said.json["refused"]] == [one["line"] for one in EXPECTED["refused"]]
    assert said.err.startswith("Nothing was written: 10 rows were refused.")
    assert list(tmp_path.iterdir()) == []


def test_one_bad_row_leaves_a_database_that_is_there_as_it_was(tmp_path: Path) -> None:
    database = tmp_path / "clinic.duckdb"
    assert inside("import", sheet_of(tmp_path / "a.csv", {}), "--database", database).code == 0
    before = inside("verify", "--database", database, "--format", "json").json
    bad = sheet_of(tmp_path / "b.csv", ANOTHER, ANOTHER | {"Visit date": "2025-03-30", "Drug": "baclofn"})
    said = inside("import", bad, "--database", database, "--format", "json")
    assert (said.code, said.json["new"]) == (1, 0)
    assert inside("verify", "--database", database, "--format", "json").json == before
    assert "Did you mean baclofen?" in said.json["refused"][0]["says"]


def test_a_dry_run_says_what_would_happen_and_leaves_no_trace(tmp_path: Path) -> None:
    database = tmp_path / "no" / "clinic.duckdb"
    said = inside("import", SAMPLE, "--dry-run", "--accept-good-rows", "--database", database, "--format", "json")
    assert (said.code, said.json["new"]) == (0, 158)
    assert list(tmp_path.iterdir()) == []
    assert inside("import", SAMPLE, "--dry-run", "--database", database).code == 1
    assert list(tmp_path.iterdir()) == []


def test_the_same_sheet_twice_is_already_there(clinic: tuple[Path, Said]) -> None:
    database, _ = clinic
    before = inside("verify", "--database", database, "--format", "json").json
    said = inside("import", SAMPLE, "--accept-good-rows", "--database", database, "--format", "json")
    assert taken(said) == (169, 0, 159)
    assert inside("verify", "--database", database, "--format", "json").json == before


def test_a_corrected_sheet_later_takes_the_mended_rows_off_the_banner(tmp_path: Path) -> None:
    database = tmp_path / "clinic.duckdb"
    bad = ANOTHER | {"Drug": "baclofn"}
    first = sheet_of(tmp_path / "a.csv", {}, bad)
    assert inside("import", first, "--accept-good-rows", "--database", database).code == 0
    assert any("was refused" in reason for row in board(database) for reason in row["reasons"])
    mended = sheet_of(tmp_path / "b.csv", {}, bad | {"Drug": "baclofen"})
    said = inside("import", mended, "--database", database, "--format", "json")
    assert (said.code, taken(said)) == (0, (2, 1, 1))
    rows = board(database)
    assert {row["pump_serial"] for row in rows} == {"NG871679H", "NG000002H"}
    assert not [reason for row in rows for reason in row["reasons"] if "was refused" in reason]


def test_the_same_day_with_other_values_is_refused_within_a_sheet_and_between_sheets(tmp_path: Path) -> None:
    database = tmp_path / "clinic.duckdb"
    other = {"Daily dose": "350 mcg/day"}
    within = inside("import", sheet_of(tmp_path / "a.csv", {}, other), "--database", database, "--format", "json")
    assert (within.code, [one["line"] for one in within.json["refused"]]) == (1, [3])
    assert inside("import", sheet_of(tmp_path / "b.csv", {}), "--database", database).code == 0
    between = inside("import", sheet_of(tmp_path / "c.csv", other), "--database", database, "--format", "json")
    assert (between.code, between.json["refused"][0]["field"]) == (1, "visit_date")


SPELLINGS = (
    {"Drawn (mL)": "residual", "Filled to (mL)": "volume after fill", "Daily dose": "dose per day"},
    {"Concentration": "conc.", "Pump serial": "SERIAL_NO", "MRN": "Hospital number (MRN)", "DOB": "Date  of birth"},
    {
        "Daily dose": "DAILY_DOSE",
        "Filled to (mL)": "volume_after_fill_ml",
        "Drawn (mL)": "drawn_ml",
        "Lot": "Batch no.",
    },
    {"MRN": "patient_id", "Patient": "patient_name", "DOB": "date_of_birth", "Reservoir (mL)": "capacity_ml"},
    {"Alarm volume": "alarm_volume_ml", "Visit date": "visit_date", "Pump model": "pump_model", "Expiry": "expiry"},
)


@pytest.mark.parametrize("header", SPELLINGS, ids=lambda header: "-".join(header.values()))
def test_headers_are_recognised_in_other_spellings(header: Mapping[str, str], tmp_path: Path) -> None:
    database = tmp_path / "clinic.duckdb"
    said = inside(
        "import", sheet_of(tmp_path / "a.csv", {}, header=header), "--database", database, "--format", "json"
    )
    assert (said.code, taken(said)) == (0, (1, 1, 0))
    (row,) = board(database, "--on", "2025-03-01")
    assert (row["alarm_date"], row["patient_id"]) == ("2025-05-24", "2473831")


def test_units_come_from_the_header_and_are_refused_when_neither_says(tmp_path: Path) -> None:
    bare = {"Concentration": "2,000", "Daily dose": "340", "Filled to (mL)": "18"}
    header = {"Concentration": "Concentration (µg/mL)", "Daily dose": "Dose [mcg/day]"}
    with_units = sheet_of(tmp_path / "a.csv", bare, header=header)
    assert inside("import", with_units, "--database", tmp_path / "a.duckdb").code == 0
    assert board(tmp_path / "a.duckdb", "--on", "2025-03-01")[0]["alarm_date"] == "2025-05-24"
    without = inside(
        "import", sheet_of(tmp_path / "b.csv", bare), "--database", tmp_path / "b.duckdb", "--format", "json"
    )
    assert [one["field"] for one in without.json["refused"]] == ["concentration", "daily_dose"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Concentration": "2000"}, "concentration"),
        ({"Filled to (mL)": "18,500"}, "volume_after_fill_ml"),
        ({"Filled to (mL)": "NaN"}, "volume_after_fill_ml"),
        ({"Filled to (mL)": "inf"}, "volume_after_fill_ml"),
        ({"Filled to (mL)": "1e400"}, "volume_after_fill_ml"),
        ({"Filled to (mL)": "-18"}, "volume_after_fill_ml"),
        ({"Filled to (mL)": "0"}, "volume_after_fill_ml"),
        ({"Filled to (mL)": "20.1"}, "volume_after_fill_ml"),
        ({"Drawn (mL)": "20.1"}, "drawn_ml"),
        ({"Concentration": "0 mcg/mL"}, "concentration"),
        ({"Daily dose": "0 mcg/day"}, "daily_dose"),
        ({"Daily dose": "99999999999 mcg/day"}, "daily_dose"),
        ({"Daily dose": "lots"}, "daily_dose"),
        ({"Daily dose": "0.5 mL/h"}, "daily_dose"),
        ({"Visit date": "2199-01-01"}, "visit_date"),
        ({"Visit date": "2026-02-30"}, "visit_date"),
        ({"Visit date": "03/04/2025"}, "visit_date"),
        ({"Drug": "baclofn"}, "drug"),
        ({"Pump serial": ""}, "pump_serial"),
        ({"Mode": "flex"}, "mode"),
    ],
    ids=str,
)
def test_a_bad_cell_is_refused_with_its_line_and_its_field(
    change: Mapping[str, str], field: str, tmp_path: Path
) -> None:
    said = inside(
        "import", sheet_of(tmp_path / "a.csv", change), "--database", tmp_path / "a.duckdb", "--format", "json"
    )
    assert said.code == 1
    (fault,) = said.json["refused"]
    assert (fault["line"], fault["field"]) == (2, field)
    assert_sentences(fault["says"])
    assert not (tmp_path / "a.duckdb").exists()


@pytest.mark.parametrize(
    ("change", "dose"),
    [
        ({"Concentration": "2000 µg/ml", "Daily dose": "340 ug / day"}, "340"),
        ({"Concentration": "2 mg/mL", "Daily dose": "0.34 mg/d", "Mode": ""}, "340"),
        ({"Daily dose": "1,020 mcg/day"}, "1020"),
    ],
    ids=str,
)
def test_units_are_understood_however_they_are_written(change: Mapping[str, str], dose: str, tmp_path: Path) -> None:
    database = tmp_path / "a.duckdb"
    assert inside("import", sheet_of(tmp_path / "a.csv", change), "--database", database).code == 0
    state = inside("story", "NG871679H", "--database", database, "--format", "json").json["state"]
    programme = state["standing"]["programme"]
    assert (programme["mode"], programme["dose_mcg_per_day"]) == ("simple_continuous", dose)
    assert state["standing"]["fluid"][0]["concentration_mcg_per_ml"] == "2000"


@pytest.mark.parametrize(("order", "day"), [("dmy", "2025-04-03"), ("mdy", "2025-03-04")])
def test_an_ambiguous_date_is_read_once_its_order_is_said(order: str, day: str, tmp_path: Path) -> None:
    database = tmp_path / "a.duckdb"
    sheet = sheet_of(tmp_path / "a.csv", {"Visit date": "03/04/2025"})
    assert inside("import", sheet, "--date-order", order, "--database", database).code == 0
    story = inside("story", "NG871679H", "--database", database, "--format", "json").json
    assert story["state"]["standing"]["filled_on"] == day


def test_a_visit_of_which_only_the_day_is_known_is_noon_in_the_clinics_zone(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text('zone = "America/New_York"\n', "utf-8")
    database = tmp_path / "a.duckdb"
    summer = {"Visit date": "2025-07-01"}
    assert inside("import", sheet_of(tmp_path / "a.csv", {}, summer), "--database", database).code == 0
    events = inside("story", "NG871679H", "--database", database, "--format", "json").json["events"]
    happened = {event["happened_at"] for event in events if event["kind"] == "refilled"}
    assert happened == {"2025-02-19T17:00:00Z", "2025-07-01T16:00:00Z"}


def test_rows_are_taken_in_the_order_of_the_visits(tmp_path: Path) -> None:
    later, database = {"Visit date": "2025-05-20", "Drawn (mL)": "5"}, tmp_path / "a.duckdb"
    assert inside("import", sheet_of(tmp_path / "a.csv", later, {}), "--database", database).code == 0
    events = inside("story", "NG871679H", "--database", database, "--format", "json").json["events"]
    refills = [event for event in events if event["kind"] == "refilled"]
    assert [event["happened_at"][:10] for event in refills] == ["2025-02-19", "2025-05-20"]
    assert [event["entry"].get("late_reason") for event in refills] == [None, None]


def test_a_compounded_drug_without_a_beyond_use_date_comes_in_as_cannot_project(tmp_path: Path) -> None:
    database = tmp_path / "a.duckdb"
    hydromorphone = {"Drug": "hydromorphone", "Concentration": "10 mg/mL", "Daily dose": "2 mg/day"}
    assert inside("import", sheet_of(tmp_path / "a.csv", hydromorphone), "--database", database).code == 0
    (row,) = board(database, "--on", "2025-02-20")
    assert (row["tier"], row["refill_by"], row["stability_date"]) == ("cannot_project", None, None)
    assert any("beyond-use" in reason for reason in row["reasons"])


def test_columns_says_how_each_header_is_understood_and_touches_nothing(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path / "a.csv", {}, header={"Daily dose": "dose (mcg/day)", "Notes": "Shoe size"})
    said = inside("import", sheet, "--columns", "--format", "json", "--database", tmp_path / "a.duckdb")
    assert said.code == 1
    understood = {one["header"]: (one["field"], one["unit"]) for one in said.json["columns"]}
    assert understood["dose (mcg/day)"] == ("daily_dose", "mcg/day")
    assert 'The column "Shoe size" is not known.' in said.err
    assert inside("import", SAMPLE, "--columns").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def workbook(path: Path, sheets: Mapping[str, Sequence[Mapping[str, object]]]) -> Path:
    book = Workbook()
    for name, changes in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(GOOD))
        for change in changes:
            sheet.append(list((GOOD | dict(change)).values()))
    del book["Sheet"]
    book.save(path)
    return path


def test_reads_the_first_sheet_of_a_workbook_or_the_one_named(tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx", {"May": [{}], "June": [ANOTHER, ANOTHER | {"Visit date": "2025-06-19"}]})
    assert taken(inside("import", book, "--dry-run", "--format", "json")) == (1, 1, 0)
    assert taken(inside("import", book, "--sheet", "june", "--dry-run", "--format", "json")) == (2, 2, 0)
    said = inside("import", book, "--sheet", "July", "--dry-run", "--format", "json")
    assert (said.code, said.json["rows"]) == (1, 0)
    assert '"May", "June"' in said.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"\n\n , ,\n", "The file is empty"),
        (b"MRN,Patient\n", "no rows below it"),
        (b"\x89PNG\r\n\x1a\n\x00", "not a CSV"),
        (b"%PDF-1.7", "not a CSV"),
        (b"PK\x03\x04 nothing", "not a workbook"),
        (b"\xd0\xcf\x11\xe0", "old .xls workbook"),
        (b"hello\nthere\n", 'The column "hello" is not known'),
    ],
    ids=["empty", "blank", "header", "png", "pdf", "zip", "xls", "text"],
)
def test_a_file_that_is_no_sheet_is_refused_in_a_sentence(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    said = inside("import", tmp_path / "a.csv", "--database", tmp_path / "a.duckdb", "--format", "json")
    assert said.code == 1
    assert says in said.err
    assert_sentences(said.err)
    assert [one["says"] for one in said.json["refused"]] == said.err.splitlines()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_sheet_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "no.csv", tmp_path):
        said = inside("import", path, "--database", tmp_path / "a.duckdb")
        assert said.code == 1
        assert_sentences(said.err)


def test_unknown_columns_are_refused_by_name_and_nothing_is_read(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path / "a.csv", {}, header={"Notes": "Shoe size", "Lot": "Lucky number"})
    said = inside("import", sheet, "--accept-good-rows", "--database", tmp_path / "a.duckdb", "--format", "json")
    assert said.code == 1
    assert [(one["line"], one["field"]) for one in said.json["refused"]] == [(1, "columns"), (1, "columns")]
    assert "Shoe size" in said.err
    assert "Lucky number" in said.err
    assert not (tmp_path / "a.duckdb").exists()


def test_a_million_rows_are_refused_at_once_and_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",".join(GOOD) + "\n" + "1,Quinn\n" * 1_000_000, "utf-8")
    said = inside("import", tmp_path / "a.csv", "--database", tmp_path / "a.duckdb")
    assert said.code == 1
    assert_sentences(said.err)
    assert "split" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_progress_bar_is_drawn_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    words = [str(INSTALLED), "import", str(sheet_of(tmp_path / "a.csv", {})), "--dry-run"]
    ours, theirs = pty.openpty()
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=theirs, timeout=60, check=False)
    os.close(theirs)
    drawn = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "reading" in drawn
    assert done.stdout.decode().startswith("1 rows: 1 would be new")
    assert outside(*words[1:]).err == ""


def test_json_is_alone_on_stdout(clinic: tuple[Path, Said]) -> None:
    _, said = clinic
    assert said.out == json.dumps(said.json, ensure_ascii=False, indent=2) + "\n"
