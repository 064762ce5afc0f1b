"""The clinic's reports over the demo clinic and small logs: each says what is on record, the same in every form."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pumplog.desk import Desk
from pumplog.errors import EntryRefused
from pumplog.exports.clinic_reports import ReportAsked, ReportKind
from pumplog.exports.report import Report, paper_rows
from pumplog.exports.report_set import ReportFormat
from pumplog.exports.values import plain_value
from tests.exports.paper import pages_of, signs_off_the_paper
from tests.stories.clinic import SERIAL, Clinic, Opened

FIRST, LAST = date(2020, 1, 1), date(2099, 12, 31)


@pytest.fixture(scope="module")
def reports(demo: Desk) -> dict[ReportKind, Report]:
    return {kind: demo.clinic_report(ReportAsked(kind, FIRST, LAST, serial_from="0"), by="x") for kind in ReportKind}


@pytest.mark.parametrize("kind", ReportKind)
def test_paper_and_data_files_say_the_same_rows(
    kind: ReportKind, demo: Desk, reports: dict[ReportKind, Report]
) -> None:
    report = reports[kind]
    assert report.rows
    made = demo.export_report(report, ReportFormat, by="x")
    expected = [[plain_value(cell) for cell in row] for row in report.rows]
    assert [list(row.values()) for row in json.loads(made.files[f"{kind.value}.json"])["rows"]] == expected
    parquet = pq.read_table(io.BytesIO(made.files[f"{kind.value}.parquet"])).to_pylist()
    assert [[plain_value(cell) for cell in row.values()] for row in parquet] == expected
    text = list(csv.reader(io.StringIO(made.files[f"{kind.value}.csv"].decode())))
    assert text[0] == [one.name for one in report.columns]
    assert len(text) == 1 + len(report.rows)
    paper = made.files[f"{kind.value}.pdf"]
    words = "".join(pages_of(paper)).replace(" ", "")
    shown = {cell for row in paper_rows(report, report.rows, demo.zone) for cell in row if cell}
    assert [cell for cell in shown if "".join(cell.split()) not in words and len(cell) < 16] == []
    assert list(signs_off_the_paper(paper)) == []


def test_punctuality_counts_every_refill_and_names_the_near_misses_of_the_call_list(
    demo: Desk, reports: dict[ReportKind, Report]
) -> None:
    report = reports[ReportKind.PUNCTUALITY]
    near = demo.near_misses(FIRST)
    assert report.column("near_miss").count(True) == len(near) > 0
    late = {(row.pump_serial, row.refilled_on) for row in near}
    flagged = zip(report.column("pump_serial"), report.column("refilled_on"), report.column("near_miss"), strict=True)
    assert {(serial, day) for serial, day, is_near in flagged if is_near} == late
    days = zip(
        report.column("refilled_on"), report.column("refill_by"), report.column("after_refill_by_days"), strict=True
    )
    assert all(after == (day - by).days for day, by, after in days if isinstance(day, date) and isinstance(by, date))


def test_alarms_and_residuals_and_caseload_count_what_the_desk_counts(
    demo: Desk, reports: dict[ReportKind, Report]
) -> None:
    assert len(reports[ReportKind.ALARMS].rows) == len(demo.alarm_responses(FIRST, LAST))
    assert set(reports[ReportKind.RESIDUALS].column("finding")) == {"evaluate", "stop and investigate"} - (
        {"evaluate"} - set(reports[ReportKind.RESIDUALS].column("finding"))
    )
    pumps = sum(count for count in reports[ReportKind.CASELOAD].column("pumps_count") if isinstance(count, int))
    assert pumps == sum(1 for card in demo.pumps() if not card.retired)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with Clinic(tmp_path / "clinic").open() as one:
        yield one


def _fluid(lot: str, drug: str = "baclofen", strength: str = "2000") -> list[dict[str, str]]:
    return [{"drug": drug, "concentration_mcg_per_ml": strength, "lot": lot}]


def test_a_recall_finds_the_lot_whatever_its_case_and_puts_pumps_that_hold_it_first(opened: Opened) -> None:
    opened.register()
    opened.register("HOLDS1")
    opened.say("refilled", "2026-01-05T09:00Z", fluid=_fluid("AB 12"))
    opened.say("refilled", "2026-02-20T09:00Z", fluid=_fluid("CD34"), drawn_ml="13.1")
    opened.say("refilled", "2026-02-21T09:00Z", pump_serial="HOLDS1", fluid=_fluid("ab12"))
    asked = ReportAsked(ReportKind.RECALL, FIRST, LAST, lot="AB12")
    report = opened.desk.clinic_report(asked, by="x")
    held = [report.column(name) for name in ("pump_serial", "still_concerned", "found_on", "until_on")]
    assert list(zip(*held, strict=True)) == [
        ("HOLDS1", True, date(2026, 2, 21), None),
        (SERIAL, False, date(2026, 1, 5), date(2026, 2, 20)),
    ]
    by_serial = opened.desk.clinic_report(
        ReportAsked(ReportKind.RECALL, FIRST, LAST, model="synchromed ii", serial_from="h", serial_to="holds2"),
        by="x",
    )
    assert by_serial.column("pump_serial") == ["HOLDS1"]
    with pytest.raises(EntryRefused, match="Name what is recalled"):
        opened.desk.clinic_report(ReportAsked(ReportKind.RECALL, FIRST, LAST), by="x")


def test_waste_has_its_mass_and_what_nobody_accounted_for_and_leaves_out_what_was_entered_in_error(
    opened: Opened,
) -> None:
    opened.register()
    wasted: dict[str, Any] = {
        "confirmed": {"waste_unaccounted": "spilt"},
        "drug": "morphine",
        "concentration_mcg_per_ml": "10000",
        "waste": {"volume_ml": "1.5", "supplied_ml": "2", "witness": "J. Frey", "method": "sink"},
    }
    opened.say("wasted", "2026-01-06T09:00Z", event="first", reason="left in the syringe", **wasted)
    opened.say("wasted", "2026-01-07T09:00Z", event="wrong", reason="left in the syringe", **wasted)
    opened.say("corrected", "2026-01-08T09:00Z", target_event_id="wrong", how="entered_in_error")
    report = opened.desk.clinic_report(ReportAsked(ReportKind.WASTE, FIRST, LAST), by="x")
    (row,) = [dict(zip([one.name for one in report.columns], row, strict=True)) for row in report.rows]
    assert (row["drug"], row["controlled"], row["witness"]) == ("morphine", True, "J. Frey")
    assert (row["mass_mcg"], row["unaccounted_ml"]) == (Decimal(15000), Decimal("0.5"))


def test_a_report_of_nothing_says_so_on_paper_and_has_only_its_heads(opened: Opened) -> None:
    for kind in ReportKind:
        report = opened.desk.clinic_report(ReportAsked(kind, FIRST, FIRST + timedelta(days=1), lot="x"), by="x")
        files = opened.desk.export_report(report, [ReportFormat.PDF, ReportFormat.CSV], by="x").files
        assert report.when_empty in " ".join(pages_of(files[f"{kind.value}.pdf"]))
        assert files[f"{kind.value}.csv"].count(b"\n") == 1
