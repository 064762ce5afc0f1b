"""A log that does not open: the way out stands in the board's place, and is gone when the log opens again."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pumplog.errors import Trouble
from pumplog.logbook import Logbook
from pumplog.logbook.anchor import anchor_path
from pumplog.logbook.door_file import door_file_path
from pumplog.screens import serving
from pumplog.serving import DATABASE_VARIABLE
from pumplog.serving.recovery import Place, way_out
from tests.logbook.said import filled, tamper
from tests.screens.conftest import ROOT


@pytest.fixture(scope="module")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    filled(folder / "log.duckdb", 3)
    return folder


@pytest.fixture
def database(_whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A closed log of three events, which the app is told to serve."""
    shutil.copytree(_whole, tmp_path / "clinic")
    monkeypatch.setenv(DATABASE_VARIABLE, str(tmp_path / "clinic" / "log.duckdb"))
    yield tmp_path / "clinic" / "log.duckdb"
    st.cache_resource.clear()


def opened() -> AppTest:
    return AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60).run()


def words(app: AppTest) -> str:
    return "\n".join(one.value for one in app.markdown)


def spoil(database: Path, trouble: Trouble) -> None:
    if trouble is Trouble.DAMAGED:
        tamper(database, "UPDATE event_log SET body = '{}' WHERE sequence = 2")
    elif trouble is Trouble.MISSING:
        database.rename(database.with_name("moved"))
    elif trouble is Trouble.NO_ANCHOR:
        anchor_path(database).unlink()
    elif trouble is Trouble.NEWER:
        tamper(database, "INSERT INTO migration VALUES (999, '999_later')")
    else:
        anchor_path(database).unlink()
        database.write_text("serial;visit\n" * 1000)


@pytest.mark.parametrize(
    ("trouble", "title", "step"),
    [
        (Trouble.DAMAGED, "The log does not prove itself", "Stop the app. Leave every file where it is"),
        (Trouble.MISSING, "The log is not where it was", "log.duckdb.replaced: a restore that was interrupted"),
        (Trouble.NO_ANCHOR, "The anchor is missing or cannot be read", "verify --new-anchor`, knowingly"),
        (Trouble.NEWER, "The log was written by a newer program", "Install the newer one again."),
        (Trouble.FOREIGN, "The file is not this clinic's log", "Compare the path in the sentence"),
    ],
)
def test_the_way_out_stands_in_the_boards_place(database: Path, trouble: Trouble, title: str, step: str) -> None:
    spoil(database, trouble)
    app = opened()
    assert not app.exception
    assert [one.value for one in app.title] == [title]
    assert len(app.error) == 1
    assert step in words(app)
    assert "Care goes on by paper." in words(app)
    assert "/srv/" not in words(app)


def test_it_is_gone_when_the_log_opens_again_and_names_whom_to_call(database: Path) -> None:
    (database.parent / "clinic.toml").write_text('support_says = "the IT desk, 0150"', "utf-8")
    spoil(database, Trouble.MISSING)
    app = opened()
    assert "Call the IT desk, 0150" in words(app).replace("\\", "")
    database.with_name("moved").rename(database)
    app.button(key="try-again").click().run()
    assert [one.value for one in app.title] != ["The log is not where it was"]
    assert not app.error


def test_a_log_that_another_program_has_open_says_which(database: Path) -> None:
    command = [sys.executable, "-m", "tests.logbook.writer", "hold", str(database)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        app = opened()
        assert [one.value for one in app.title] == ["Another program has the log open"]
        assert str(holder.pid) in app.error[0].value
        holder.kill()
    Logbook.open(database).close()


def test_commands_are_answered_once_a_log_opens_that_did_not_at_the_start(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_LOOK_AGAIN_SECONDS", 0.05)
    spoil(database, Trouble.MISSING)
    with serving.commands_answered():
        assert not door_file_path(database).exists()
        database.with_name("moved").rename(database)
        until = time.monotonic() + 30
        while not door_file_path(database).exists() and time.monotonic() < until:
            time.sleep(0.05)
        words = [sys.executable, "-m", "pumplog", "--database", str(database), "verify"]
        done = subprocess.run(words, check=False, cwd=ROOT, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    assert not door_file_path(database).exists()


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_a_way_out_in_the_printed_page(trouble: Trouble) -> None:
    way = way_out(trouble, Place(Path("/var/clinic/log.duckdb"), Path("/var/paper"), Path("/mnt/copies")))
    assert "**What is seen.**" in way.steps
    assert "\n2. " in way.steps
    assert "**Never.**" in way.steps
    assert "/srv/" not in way.first + way.steps
    assert "/var/paper" in way.first
