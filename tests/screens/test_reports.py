"""The reports page: what is chosen is shown in the words of the paper, and taken away as a proven set."""

import io
import json
import zipfile
from html import unescape
from pathlib import Path

import pytest

from pumplog.desk import Desk
from pumplog.exports.clinic_reports import ReportKind
from pumplog.exports.manifest import check_set
from pumplog.exports.report import paper_rows
from pumplog.exports.report_set import ReportFormat
from pumplog.people import Role
from pumplog.screens.data_out_panel import DATA_WORDS, OUT
from pumplog.screens.report_filters import AUDIT, REPORT_WORDS
from pumplog.screens.report_taken import TAKEN
from pumplog.screens.views.reports import SHOWN
from tests.exports.paper import pages_of
from tests.screens.conftest import OpenApp, sign_in
from tests.screens.filling import SERIAL, one_pump
from tests.screens.hostile import shown

WASTE = {
    "kind": "wasted",
    "happened_at": "2026-03-04T10:00",
    "pump_serial": SERIAL,
    "drug": "morphine",
    "concentration_mcg_per_ml": "10000",
    "waste": {"volume_ml": "1", "witness": "<b>J. Frey</b>", "method": "sink"},
}


@pytest.fixture
def auditor(desk: Desk) -> str:
    one_pump(desk, WASTE)
    return sign_in(desk, "A. Prüfer", Role.AUDITOR)


def test_page_paper_and_data_say_the_same_and_the_set_proves_itself(
    open_app: OpenApp, auditor: str, desk: Desk, tmp_path: Path
) -> None:
    app = open_app("reports", session_id=auditor)
    for kind in (ReportKind.WASTE.value, ReportKind.CASELOAD.value, AUDIT):
        app.selectbox(key="report-kind").set_value(kind).run()
        app.button(key="show-report").click().run()
        assert not app.exception
        report = app.session_state[SHOWN]
        said = {cell for row in paper_rows(report, report.rows, desk.zone) for cell in row}
        page = shown(app)
        lines = {line for cell in said for line in cell.split("\n") if line}
        assert lines
        assert [line for line in lines if line not in unescape(page)] == []
    app.pills(key="report-forms").set_value(list(ReportFormat)).run()
    app.button(key="make-report").click().run()
    assert not app.exception
    made, archive = app.session_state[TAKEN]
    paper = "".join(pages_of(made.files["audit.pdf"])).replace(" ", "")
    assert [line for line in lines if "".join(line.split()) not in paper and len(line) < 16] == []
    assert len(json.loads(made.files["audit.json"])["rows"]) == len(report.rows)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(tmp_path)
    assert check_set(tmp_path / made.folder / "manifest.json").ok


def test_a_report_of_nothing_says_so_and_a_recall_of_nothing_is_refused(open_app: OpenApp, auditor: str) -> None:
    assert set(REPORT_WORDS) == {*(kind.value for kind in ReportKind), AUDIT}
    app = open_app("reports", session_id=auditor)
    app.selectbox(key="report-kind").set_value(ReportKind.ALARMS.value).run()
    app.button(key="show-report").click().run()
    assert "No alarm was heard in this period." in shown(app)
    app.selectbox(key="report-kind").set_value(ReportKind.RECALL.value).run()
    assert "one is enough" in shown(app)
    app.button(key="show-report").click().run()
    assert "Name what is recalled" in shown(app)
    app.text_input(key="recall-model").set_value("SynchroMed").run()
    app.button(key="show-report").click().run()
    assert SERIAL in shown(app)


@pytest.mark.parametrize("what", list(DATA_WORDS))
def test_data_for_other_programs_are_taken_as_the_command_writes_them(
    open_app: OpenApp, auditor: str, desk: Desk, what: str
) -> None:
    app = open_app("reports", session_id=auditor)
    app.pills(key="data-out-kind").set_value(what).run()
    app.button(key="make-data-out").click().run()
    assert not app.exception
    _, made, archive = app.session_state[OUT]
    with zipfile.ZipFile(io.BytesIO(archive)) as taken:
        files = {name: taken.read(name) for name in taken.namelist()}
    assert files == made.files
    assert set(files) >= {"fhir": {"bundle.fhir.json"}, "views": {"refill_visit.parquet"}}.get(what, {"pump.csv"})
    assert "of 1 pump:" in app.success[0].value
    assert [line for line in desk.access_lines(desk.today(), desk.today()) if what in repr(line)]
    app.pills(key="data-out-kind").set_value(next(one for one in DATA_WORDS if one != what)).run()
    assert not app.success, "what is offered is what was asked for"


def test_a_bundle_of_no_such_pump_is_refused_in_words(open_app: OpenApp, auditor: str) -> None:
    app = open_app("reports", session_id=auditor)
    app.pills(key="data-out-kind").set_value("fhir").run()
    app.text_input(key="data-out-pump").set_value("NOSUCH1")
    app.button(key="make-data-out").click().run()
    assert not app.exception
    assert "NOSUCH1" in app.error[0].value
    assert OUT not in app.session_state


def test_who_may_not_take_out_sees_the_clinics_reports_and_no_audit(
    open_app: OpenApp, auditor: str, desk: Desk
) -> None:
    app = open_app("reports", session_id=sign_in(desk, "V. Lind", Role.VIEWER))
    assert AUDIT not in app.selectbox(key="report-kind").options
    assert REPORT_WORDS[AUDIT] not in app.selectbox(key="report-kind").options
    app.selectbox(key="report-kind").set_value(ReportKind.CASELOAD.value).run()
    app.button(key="show-report").click().run()
    assert "Active pumps" in shown(app)
    assert "make-report" not in {button.key for button in app.button}
    assert auditor
