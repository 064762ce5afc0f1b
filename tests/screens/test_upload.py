"""What a forged upload can do: nothing, whatever its name and its content."""

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.imports import raw
from pumplog.people import Role
from pumplog.screens import clinic
from pumplog.screens.upload import shown_name
from tests.screens.conftest import PASSWORD, OpenApp, sign_in
from tests.screens.test_import import GOOD, choose, press, said

TRICKS = {
    "../../etc/cron.d/x.csv": "x.csv",
    "/etc/passwd.csv": "passwd.csv",
    "C:\\Windows\\x.csv": "x.csv",
    "..\\..\\x.csv": "x.csv",
    "a\r\nSet-Cookie: b.csv": "a Set-Cookie: b.csv",
    "one\ntwo\tthree.csv": "one two three.csv",
    "back\u202evsc.csv": "back vsc.csv",
    "lone\udc80.csv": "lone .csv",
    "  spaced   out .csv": "spaced out .csv",
    "<img src=x onerror=alert(1)>.csv": "<img src=x onerror=alert(1)>.csv",
    "Flussüberwachung 2026.csv": "Flussüberwachung 2026.csv",
    "": "a sheet without a name",
    "..": "a sheet without a name",
    "folder/": "a sheet without a name",
}
BAD_ROW = GOOD.replace(b"2000 mcg/mL", b"2000")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def app(open_app: OpenApp) -> AppTest:
    return open_app("import_sheet")


def everything_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize(("name", "shown"), TRICKS.items())
def test_a_name_is_told_without_folders_and_on_one_line(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_a_very_long_name_is_shortened_in_its_middle() -> None:
    shown = shown_name("x" * 100_000 + ".csv")
    assert len(shown) < 110
    assert shown.endswith("x.csv")


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/passwd.csv", "one\ntwo.csv", "y" * 5_000 + ".csv"])
def test_a_name_with_a_path_in_it_changes_nothing_but_the_name_that_is_told(
    app: AppTest, desk: Desk, tmp_path: Path, name: str
) -> None:
    before = everything_in(tmp_path)
    press(choose(app, BAD_ROW, name), "check")
    press(app, "import")
    assert not app.exception
    (row,) = (one.row for one in desk.board().open_rows)
    assert row.sheet == shown_name(name)
    assert {path for path in everything_in(tmp_path) - before if "duckdb" not in path} == set()


@pytest.mark.parametrize(
    "name", ["refills.xlsm", "refills.csv.exe", "refills", ".htaccess", "refills.html", "a\0.csv"]
)
def test_a_file_of_another_kind_is_not_taken_though_its_content_is_good(app: AppTest, desk: Desk, name: str) -> None:
    app.file_uploader[0].set_value((name, GOOD, "text/csv"))
    app.run()
    assert app.exception
    assert "mcg" not in str(app.exception[0].value)
    assert not any(button.key == "check" for button in app.button)
    assert desk.head().row_count == 0


@pytest.mark.parametrize("member", ["word/document.xml", "xl/vbaProject.bin", "index.html"])
def test_another_kind_of_archive_is_refused_though_its_name_is_good(app: AppTest, desk: Desk, member: str) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(member, "hello")
    choose(app, kept.getvalue(), "refills.xlsx")
    assert not app.exception
    assert "not a workbook that can be read" in app.error[0].value
    assert desk.head().row_count == 0


def test_a_sheet_that_takes_too_long_is_refused_and_nothing_is_written(
    app: AppTest, desk: Desk, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    press(choose(app, GOOD), "check")
    assert "<b>2</b><span>new</span>" in said(app)
    monkeypatch.setattr(raw, "READING_SECONDS", -1)
    press(app, "import")
    assert not app.exception
    assert "was stopped" in app.error[0].value
    assert desk.head().row_count == 0
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.RECORDER, True), (Role.CALLER, True), (Role.VIEWER, False), (Role.AUDITOR, False)],
)
def test_a_file_or_a_picture_is_taken_from_whoever_may_use_it(
    desk: Desk, keller: None, role: Role, may: bool
) -> None:
    sign_in(desk, "R. Okafor", role, sites=("North",))
    own = "c" * 43
    assert not clinic.may_send_files(own)
    desk.door.sign_in("r. okafor", PASSWORD, browser=own, at=desk.now())
    assert clinic.may_send_files(own) is may
