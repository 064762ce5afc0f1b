"""Import a sheet: choose, check, import; a check writes nothing, and nothing of the file is left behind."""

import io
import json
import tempfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk, ImportReport
from pumplog.imports import RowFault
from pumplog.logbook import Logbook
from pumplog.screens.import_report import faults_html, refused_rows_count
from pumplog.screens.upload import private_file
from tests.screens.conftest import NOW, SHEET, OpenApp

EXPECTED = json.loads((SHEET.parent / "clinic_expected.json").read_text(encoding="utf-8"))
HEADER = (
    "patient_id,patient_name,pump_model,pump_serial,capacity_ml,alarm_volume_ml,"
    "visit_date,drug,concentration,volume_after_fill_ml,daily_dose"
)
GOOD = f"""{HEADER}
1,"Example, Ada",SynchroMed II 8637-20,NG1,20,2,2026-05-04,baclofen,2000 mcg/mL,20,300 mcg/day
2,"Example, Bo",SynchroMed II 8637-20,NG2,20,2,2026-05-05,baclofen,500 mcg/mL,20,100 mcg/day
""".encode()
AMBIGUOUS = GOOD.replace(b"2026-05-04", b"03/04/2026")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files in which anything left behind shows."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def app(open_app: OpenApp) -> AppTest:
    return open_app("import_sheet")


def choose(app: AppTest, content: bytes, name: str = "refills.csv") -> AppTest:
    app.file_uploader[0].set_value((name, content, "text/csv"))
    return app.run()


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def said(app: AppTest) -> str:
    return " ".join([one.proto.body for one in app.get("html")])


def is_there(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def test_asks_for_a_sheet_and_nothing_else(app: AppTest) -> None:
    assert not app.exception
    assert len(app.file_uploader) == 1
    assert not is_there(app, "check")


def test_shows_how_each_header_is_understood(app: AppTest) -> None:
    shown = said(choose(app, SHEET.read_bytes()))
    assert "<td>Conc" in shown
    assert "<td>MRN</td><td>Patient id</td>" in shown
    assert "<td>Filled to (mL)</td><td>Volume after fill</td><td>mL</td>" in shown


def test_a_check_tells_everything_and_writes_nothing(app: AppTest, desk: Desk, temporary: Path) -> None:
    before = desk.head()
    shown = said(press(choose(app, SHEET.read_bytes()), "check"))
    assert not app.exception
    assert desk.head() == before
    assert list(temporary.iterdir()) == []
    for count, words in ((EXPECTED["rows"], "rows read"), (1, "already there"), (10, "refused")):
        assert f"<b>{count}</b><span>{words}</span>" in shown
    for one in EXPECTED["refused"]:
        assert f"<td>{one['line']}</td>" in shown
    assert "&quot;2000&quot; has no unit" in shown


def test_nobody_imports_without_a_name(open_demo: OpenApp, desk: Desk) -> None:
    before = desk.head()
    app = press(choose(open_demo("import_sheet"), GOOD), "check")
    assert app.button(key="import").disabled
    assert "Say who you are" in app.info[-1].value
    assert desk.head() == before


def test_imports_the_good_rows_and_keeps_the_refused_ones_in_sight(app: AppTest, desk: Desk, temporary: Path) -> None:
    press(choose(app, SHEET.read_bytes()), "check")
    assert app.button(key="import").label == r"Import the good rows as M\. Keller"
    press(app, "import")
    assert not app.exception
    assert "158 visits of 40 pumps were imported." in app.success[0].value
    assert "10 rows were refused" in app.warning[0].value
    board = desk.board()
    assert {row.line_count for row in (one.row for one in board.open_rows)} == {
        one["line"] for one in EXPECTED["refused"]
    }
    assert {one.row.sheet for one in board.open_rows} == {"refills.csv"}
    assert {event.recorded_by for event in desk.logbook.events()} == {"M. Keller"}
    assert list(temporary.iterdir()) == []


def test_imports_all_when_nothing_is_refused(app: AppTest, desk: Desk) -> None:
    press(choose(app, GOOD), "check")
    assert app.button(key="import").label == r"Import all as M\. Keller"
    press(app, "import")
    assert "2 visits of 2 pumps were imported." in app.success[0].value
    assert not app.warning
    assert len(desk.board().rows) == 2


def test_the_result_leads_to_the_board(app: AppTest) -> None:
    press(choose(app, GOOD), "check")
    press(app, "import")
    press(app, "to_board")
    assert app.title[0].value == "Refill board"


def test_another_sheet_starts_from_the_beginning(app: AppTest) -> None:
    press(choose(app, GOOD), "check")
    press(app, "import")
    press(app, "another")
    assert not app.success
    assert len(app.file_uploader) == 1
    assert not is_there(app, "import")


def test_the_same_sheet_again_has_nothing_to_import(app: AppTest, desk: Desk) -> None:
    press(choose(app, GOOD), "check")
    press(app, "import")
    before = desk.head()
    press(app, "another")
    press(choose(app, GOOD), "check")
    assert "on record already" in app.info[0].value
    assert not is_there(app, "import")
    assert desk.head() == before


def test_an_ambiguous_date_is_refused_until_somebody_says_the_order(app: AppTest, desk: Desk) -> None:
    press(choose(app, AMBIGUOUS), "check")
    assert "can mean 3 Apr 2026 or 4 Mar 2026" in said(app)
    app.radio(key="date_order").set_value("4 March (month first)").run()
    assert not is_there(app, "import"), "another order is another check"
    press(press(app, "check"), "import")
    assert desk.story("NG1").visits[0].visit.at.date().isoformat() == "2026-03-04"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"patient_id,weight\n1,2\n", 'The column "weight" is not known'),
        (b"patient_id\n1\n", "no column for"),
        (b"\xd0\xcf\x11\xe0old", "old .xls workbook"),
        (b"PK\x03\x04broken", "not a workbook that can be read"),
        (bytes(range(256)) * 40, ""),
        (GOOD.splitlines()[0] + b"\n", "no rows below it"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    content: bytes, sentence: str, app: AppTest, desk: Desk, temporary: Path
) -> None:
    choose(app, content)
    assert not app.exception
    assert app.error
    assert sentence in app.error[0].value.replace("\\", "")
    assert not is_there(app, "check")
    assert desk.head().row_count == 0
    assert list(temporary.iterdir()) == []


def test_a_workbook_is_read_by_the_sheet_that_is_named(app: AppTest) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["nothing", "of", "ours"])
    first.append(["1", "2", "3"])
    visits = book.create_sheet("Visits")
    for line in GOOD.decode().splitlines():
        visits.append(line.replace('"Example, Ada"', "Ada").replace('"Example, Bo"', "Bo").split(","))
    kept = io.BytesIO()
    book.save(kept)
    choose(app, kept.getvalue(), "refills.xlsx")
    assert app.error
    app.text_input(key="sheet_name").set_value("visits").run()
    assert not app.error
    press(app, "check")
    assert "<b>2</b><span>new</span>" in said(app)


def test_somebody_else_wrote_since_the_check(app: AppTest, desk: Desk) -> None:
    desk.import_sheet(sheet_file(GOOD, desk), by="A. Osei", seen=0)
    more = GOOD.replace(b"2026-05-05", b"2026-05-20").replace(b"2026-05-04", b"2026-05-19")
    press(choose(app, more), "check")
    entry = desk.read_entry(
        {
            "kind": "alarm_heard",
            "pump_serial": "NG2",
            "happened_at": (NOW - timedelta(hours=1)).isoformat(),
            "alarm": "LOW_RESERVOIR",
        }
    )
    desk.record(entry, by="A. Osei", seen=desk.seen_of(entry))
    before = desk.head()
    press(app, "import")
    assert "Somebody else recorded something" in " ".join(error.value for error in app.error)
    assert desk.head() == before
    assert not is_there(app.run(), "import"), "check again first"


def sheet_file(content: bytes, desk: Desk) -> Path:
    assert isinstance(desk.logbook, Logbook)
    path = desk.logbook._database.path.with_name("first.csv")
    path.write_bytes(content)
    return path


def test_a_name_of_a_file_is_shown_as_text(app: AppTest, desk: Desk) -> None:
    press(choose(app, GOOD.replace(b"2000 mcg/mL", b"2000"), "<img src=x>.csv"), "check")
    press(app, "import")
    press(app, "to_board")
    assert "<img" not in said(app)


def test_every_fault_can_be_seen_of_very_many(app: AppTest) -> None:
    rows = [GOOD.decode().splitlines()[1].replace("2000 mcg/mL", "2000") for _ in range(130)]
    press(choose(app, "\n".join([GOOD.decode().splitlines()[0], *rows]).encode()), "check")
    assert "<td>101</td>" in said(app)
    assert "<td>131</td>" not in said(app)
    press(app, "more")
    assert "<td>131</td>" in said(app)
    assert not is_there(app, "more")


def test_the_private_file_is_gone_even_when_reading_fails(temporary: Path) -> None:
    def fails(path: Path) -> None:
        assert path.read_bytes() == b"secret"
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"), private_file(b"secret") as path:
        fails(path)
    assert list(temporary.iterdir()) == []


def test_a_fault_is_shown_as_text_without_saying_its_line_twice() -> None:
    faults = [RowFault(5, "drawn_ml", "Line 5: Drawn: <b>45</b> mL."), RowFault(5, "drug", "Drug: unknown.")]
    assert "<td>5</td><td>Drawn</td><td>&lt;b&gt;45&lt;/b&gt; mL.</td>" in faults_html(faults)
    report = ImportReport(2, 1, 0, 1, tuple(faults), written=False)
    assert refused_rows_count(report) == 1
