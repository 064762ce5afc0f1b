"""The audit report: what changed from what to what, the same in every form, proven by its manifest."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pyarrow.parquet as pq
import pytest

from pumplog.desk import Desk
from pumplog.errors import EntryRefused
from pumplog.exports import report_pdf
from pumplog.exports.audit_rows import AuditFilter
from pumplog.exports.manifest import check_set
from pumplog.exports.private_folder import put_files
from pumplog.exports.records import FORMULA_STARTS
from pumplog.exports.report import Cell, Report
from pumplog.exports.report_files import report_csv
from pumplog.exports.report_set import ReportFormat, ReportSet
from pumplog.exports.values import plain_value
from tests.exports.paper import bookmarks_of, pages_of, signs_off_the_paper
from tests.stories.clinic import NURSE, SERIAL, Clinic

AUDITOR = "A. Auditor"
ALL_TIME = AuditFilter(date(2025, 1, 1), date(2026, 12, 31))
PATIENT = "Zebedee, Quillon"
FORMULA = "=HYPERLINK(1)"


@dataclass
class Audited:
    """A desk over a short log, its audit, and its rows by event id."""

    desk: Desk
    report: Report
    made: ReportSet

    def cell(self, event_id: str, column: str) -> Cell:
        ids = self.report.column("event_id")
        return self.report.column(column)[ids.index(event_id)]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    with Clinic(tmp_path_factory.mktemp("clinic")).open() as opened:
        patient = {"patient_id": "P-1", "name": PATIENT}
        opened.register(event="registered", clinic_site="North", patient=patient)
        opened.say("refilled", "2026-01-05T09:00Z", event="fill", note=FORMULA)
        dose = {"mode": "simple_continuous", "dose_mcg_per_day": "350"}
        opened.say("reprogrammed", "2026-02-02T09:00Z", event="step", programme=dose, note="more spasms")
        late = {"mode": "simple_continuous", "dose_mcg_per_day": "310"}
        opened.say(
            "reprogrammed",
            "2026-01-20T09:00Z",
            event="late",
            programme=late,
            late_reason="paper form",
            by="Late Writer",
        )
        replacement = {
            "kind": "reprogrammed",
            "pump_serial": SERIAL,
            "happened_at": "2026-02-02T09:00Z",
            "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "330"},
            "pump_running": True,
        }
        opened.say(
            "corrected",
            "2026-02-03T09:00Z",
            event="correction",
            target_event_id="step",
            how="replaced",
            replacement=replacement,
        )
        after = {"mode": "simple_continuous", "dose_mcg_per_day": "340"}
        opened.say("reprogrammed", "2026-03-02T09:00Z", event="next", programme=after)
        opened.say("corrected", "2026-03-03T09:00Z", event="undone", target_event_id="next", how="entered_in_error")
        opened.register("OTHER1", happened_at="2026-01-06T08:00Z", event="other", clinic_site="South")
        report = opened.desk.audit(ALL_TIME, by=AUDITOR)
        yield Audited(opened.desk, report, opened.desk.export_report(report, ReportFormat, by=AUDITOR))


def test_says_what_changed_from_what_to_what_and_why(audited: Audited) -> None:
    assert audited.cell("step", "from_what_to_what") == "dose 300 mcg/day → 350 mcg/day"
    assert audited.cell("step", "before_dose_mcg_per_day") == Decimal(300)
    assert audited.cell("step", "after_dose_mcg_per_day") == Decimal(350)
    assert audited.cell("step", "why") == "note: more spasms"
    assert audited.cell("fill", "from_what_to_what") == (
        "drug none → baclofen; concentration none → 2,000 mcg/mL; max patient bolus none → 0 mcg/day; "
        "mode none → simple_continuous; dose none → 300 mcg/day"
    )
    assert audited.cell("fill", "recorded_by") == NURSE
    assert audited.cell("fill", "recorded_after_minutes") == 60


def test_a_late_entry_is_held_against_what_held_when_it_happened(audited: Audited) -> None:
    assert audited.cell("late", "from_what_to_what") == "dose 300 mcg/day → 310 mcg/day"
    assert audited.cell("late", "why") == "late reason: paper form"


def test_a_correction_shows_the_old_body_against_the_new_and_both_stay(audited: Audited) -> None:
    said = str(audited.cell("correction", "from_what_to_what"))
    assert "dose 350 mcg/day → 330 mcg/day" in said
    assert "note more spasms → none" in said
    assert audited.cell("correction", "corrects_sequence") == audited.cell("step", "sequence")
    assert audited.cell("step", "corrected_by_sequence") == audited.cell("correction", "sequence")
    assert audited.cell("next", "from_what_to_what") == "dose 330 mcg/day → 340 mcg/day"
    assert "dose 340 mcg/day → none" in str(audited.cell("undone", "from_what_to_what"))
    assert audited.cell("undone", "why") == "reason: typed wrongly"


def test_reads_and_exports_are_in_it(audited: Audited) -> None:
    assert "report_read" in audited.report.column("kind")
    again = audited.desk.audit(ALL_TIME, by=AUDITOR)
    told = [
        json.loads(str(body))
        for kind, body in zip(again.column("kind"), again.column("body"), strict=True)
        if kind == "report_exported"
    ]
    assert told[0]["manifest_sha256"] == audited.made.manifest_sha256
    assert set(told[0]["formats"]) == set(ReportFormat)


def test_filters_by_pump_site_person_and_day_and_refuses_what_is_not_there(audited: Audited) -> None:
    def events(**named: Any) -> list[Cell]:
        asked = AuditFilter(named.pop("first_on", ALL_TIME.first_on), named.pop("last_on", ALL_TIME.last_on), **named)
        report = audited.desk.audit(asked, by=AUDITOR)
        rows = zip(report.column("chain"), report.column("event_id"), strict=True)
        return [event for chain, event in rows if chain == "records"]

    assert events(pump_serial="other1") == events(site=" south ") == ["other"]
    assert events(person="late writer") == ["late"]
    assert events(first_on=date(2026, 1, 20), last_on=date(2026, 1, 20)) == ["late"], "by when it happened, too"
    for named, field in (({"pump_serial": "NONE"}, "pump_serial"), ({"site": "West"}, "site")):
        with pytest.raises(EntryRefused) as refused:
            events(**named)
        assert refused.value.faults[0].field == field
    with pytest.raises(EntryRefused, match="exchange the two"):
        events(first_on=date(2026, 2, 1), last_on=date(2026, 1, 1))


def test_every_data_file_has_the_same_rows(audited: Audited) -> None:
    files = audited.made.files
    expected = [[None if cell in (None, "") else plain_value(cell) for cell in row] for row in audited.report.rows]
    told = json.loads(files["audit.json"])
    assert [[None if cell == "" else cell for cell in row.values()] for row in told["rows"]] == expected
    assert (told["format"], told["schema_version"]) == ("pumplog report", 1)
    parquet = pq.read_table(io.BytesIO(files["audit.parquet"]))
    rows = [
        [None if cell in (None, "") else plain_value(cell) for cell in row.values()] for row in parquet.to_pylist()
    ]
    assert rows == expected
    assert parquet.schema.field("before_dose_mcg_per_day").metadata[b"unit"] == b"mcg/day"
    assert parquet.schema.field("drawn_ml").metadata[b"unit"] == b"mL"
    assert parquet.schema.field("recorded_after_minutes").metadata[b"unit"] == b"min"
    assert json.loads(parquet.schema.metadata[b"about"])["head"] == json.loads(files["manifest.json"])["head"]
    text = list(csv.reader(io.StringIO(files["audit.csv"].decode())))
    assert text[0] == [one.name for one in audited.report.columns]
    assert [[cell.removeprefix("'") for cell in row] for row in text[1:]] == [
        _in_csv(audited.report, row) for row in expected
    ]


def _in_csv(report: Report, row: list[Any]) -> list[str]:
    def cell(holds: str, value: Any) -> str:
        if value is None:
            return ""
        if holds == "instant":
            moment = datetime.fromisoformat(value)
            return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
        return str(value)

    return [cell(column.holds, value) for column, value in zip(report.columns, row, strict=True)]


def test_no_cell_is_a_formula_in_a_spreadsheet(audited: Audited) -> None:
    from pumplog.exports.report import Column

    hostile = tuple((f"{sign}1+1",) for sign in FORMULA_STARTS)
    text = report_csv(Report("x", "x", (Column("said", "Said"),), hostile)).decode()
    assert [row[0] for row in csv.reader(io.StringIO(text))][1:] == [f"'{row[0]}" for row in hostile]
    book = openpyxl.load_workbook(io.BytesIO(audited.made.files["audit.xlsx"]))
    sheet = book["Rows"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert any(FORMULA in str(cell.value) for cell in cells)
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref is not None
    heads = [cell.value for cell in sheet[1]]
    assert "Drawn [mL]" in heads
    at = heads.index("Recorded [UTC]") + 1
    assert sheet.cell(2, at).value == datetime(2026, 1, 5, 9, tzinfo=UTC).replace(tzinfo=None)


def test_paper_has_its_first_page_and_bookmarks_and_nothing_runs_off_it(audited: Audited) -> None:
    content = audited.made.files["audit.pdf"]
    pages = pages_of(content)
    assert "every pump" in pages[0]
    assert f"by {AUDITOR}" in pages[0]
    assert "Verified. The log is whole" in pages[0]
    assert json.loads(audited.made.files["manifest.json"])["head"]["hash"] in pages[0].replace(" ", "")
    assert all(f"Page {place} of {len(pages)}" in page for place, page in enumerate(pages, 1))
    assert "300 mcg/day → 350 mcg/day" in " ".join(pages)
    assert {words for _, words in bookmarks_of(content)} >= {"Rows", "January 2026", "March 2026"}
    assert list(signs_off_the_paper(content)) == []


def test_a_long_report_comes_in_volumes_that_say_which_they_are(audited: Audited) -> None:
    told: list[tuple[int, int]] = []
    with mock.patch.multiple(report_pdf, VOLUME_ROWS_COUNT=8, WHOLE_ROWS_COUNT=8):
        files = report_pdf.report_pdf(
            audited.report, at=audited.desk.now(), clinic="x", zone=audited.desk.zone, tell=lambda *a: told.append(a)
        )
    count = -(-len(audited.report.rows) // 8)
    assert list(files) == [f"audit-volume-{place}-of-{count}.pdf" for place in range(1, count + 1)]
    assert told == [(place, count) for place in range(1, count + 1)]
    words = [" ".join(pages_of(content)) for content in files.values()]
    assert all(f"Volume {place} of {count}" in text for place, text in enumerate(words, 1))
    assert sum(text.count("records") for text in words) >= audited.report.column("chain").count("records")


def test_a_set_proves_itself_and_names_each_file_that_does_not_fit(audited: Audited, tmp_path: Path) -> None:
    put_files(tmp_path / "set", audited.made.files)
    folder = tmp_path / "set"
    manifest = folder / "manifest.json"
    assert check_set(manifest).ok
    content = audited.made.files["audit.csv"]
    (folder / "audit.csv").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    (folder / "audit.pdf").unlink()
    (folder / "more.csv").write_text("x")
    faults = check_set(manifest).faults
    assert [fault.split()[0] for fault in faults] == ["audit.pdf", "audit.csv", "more.csv"]
    assert [word for fault in faults for word in ("altered", "missing", "added") if word in fault] == [
        "missing",
        "altered",
        "added",
    ]
    told = json.loads(manifest.read_text())
    told["files"][0]["bytes_count"] += 1
    manifest.write_text(json.dumps(told))
    with pytest.raises(EntryRefused, match="itself altered"):
        check_set(manifest)


def test_no_name_of_file_or_folder_and_no_manifest_tells_of_a_patient(audited: Audited) -> None:
    named = " ".join([audited.made.folder, *audited.made.files, audited.made.files["manifest.json"].decode()])
    assert [word for word in (PATIENT, "Zebedee", "P-1") if word in named] == []
