"""A clinic whose app runs is not locked out of its own commands: the same answers, the same exit codes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pumplog.demo import fill_demo
from pumplog.desk import Desk
from pumplog.logbook.door_file import door_file_path, read_door_file
from pumplog.serving import DATABASE_VARIABLE
from tests.browser.conftest import free_port
from tests.cli.terminal import Said, example, inside, outside, written

READING = (
    ("due", "--format", "json"),
    ("due", "--format", "csv"),
    ("due",),
    ("story", "DEMO1001", "--format", "json"),
    ("story", "NOBODY"),
    ("verify",),
    ("verify", "--format", "json"),
    ("people", "list"),
)


@contextmanager
def app_over(database: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The app as a process of its own; until it answers commands."""
    words = [sys.executable, "-m", "pumplog.screens", "--port", str(free_port())]
    environment = {**os.environ, DATABASE_VARIABLE: str(database)}
    with (
        (folder / "app.txt").open("wb") as output,
        subprocess.Popen(words, env=environment, cwd=folder, stdout=output, stderr=output) as process,
    ):
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:
            door = read_door_file(database)
            if door is not None and door.process_id == process.pid:
                break
            time.sleep(0.05)
        else:
            pytest.fail((folder / "app.txt").read_text())
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("demo") / "clinic.duckdb"
    fill_demo(database)
    return database


def told(database: Path, words: tuple[str, ...]) -> Said:
    return inside("--database", database, *words)


def rows_in(folder: Path) -> dict[str, int]:
    return {path.name: pq.read_table(path).num_rows for path in folder.glob("*.parquet")}


def test_every_command_answers_while_the_app_runs_as_it_does_alone(demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo.parent, tmp_path / "clinic")
    database = tmp_path / "clinic" / demo.name
    entry = written(tmp_path / "entry.json", example("registered", pump_serial="NEW-1"))
    before = {words: told(database, words) for words in READING}
    told(database, ("export", "views", "--out", str(tmp_path / "alone"), "--by", "x"))
    with app_over(database, tmp_path) as app:
        assert {words: told(database, words) for words in READING} == before
        assert told(database, ("export", "views", "--out", str(tmp_path / "beside"), "--by", "x")).code == 0
        assert rows_in(tmp_path / "beside") == rows_in(tmp_path / "alone") != {}
        recorded = outside("--database", database, "record", entry, "--by", "M. Keller", "--format", "json")
        assert (recorded.code, recorded.err) == (0, "")
        again = told(database, ("record", str(entry), "--by", "M. Keller"))
        assert again.code == 1
        assert "NEW-1" in told(database, ("due",)).out
        refused = told(database, ("verify", "--new-anchor"))
        assert refused.code == 1
        assert f"process {app.pid}" in refused.err
        second = outside("--database", database, "serve", "--port", free_port())  # two servers on one file
        assert second.code == 1
        assert f"process {app.pid}" in second.err
        assert read_door_file(database) is not None
        sheet = tmp_path / "sheet.csv"
        shutil.copy(Path(__file__).parent / "data" / "spreadsheet" / "clinic.csv", sheet)
        imported = told(database, ("import", str(sheet), "--by", "M. Keller", "--accept-good-rows"))
        assert imported.code == 0, imported.err
        rows = told(database, ("verify", "--format", "json")).json["rows"]
    assert not door_file_path(database).exists()
    with Desk.open(database) as desk:
        assert desk.head().row_count == rows > before["verify", "--format", "json"].json["rows"]
        assert desk.verify().ok
        assert desk.pump_id("NEW-1")


def test_a_head_taken_earlier_proves_the_log_while_the_app_runs_and_the_other_papers_are_made(
    demo: Path, tmp_path: Path
) -> None:
    shutil.copytree(demo.parent, tmp_path / "clinic")
    database = tmp_path / "clinic" / demo.name
    code = told(database, ("head", "--format", "json")).json["code"]
    other = f"{code[:-1]}{'2' if code[-1] != '2' else '3'}"
    asked = [("verify", "--against", code), ("verify", "--against", other), ("doctor", "--format", "json")]
    alone = {words: told(database, words) for words in asked}
    assert [said.code for said in alone.values()][:2] == [0, 1]
    with app_over(database, tmp_path):
        beside = {words: told(database, words) for words in asked}
        for words in asked[:2]:
            assert beside[words] == alone[words]
        assert beside[asked[2]].code == alone[asked[2]].code
        for paper in (
            ("digest", "--by", "x"),
            ("downtime-pack", "--by", "x"),
            ("calendar", "--by", "x"),
            ("export", "fhir", "--pump", "DEMO1001", "--by", "x"),
            ("export", "deidentified", "--by", "x"),
        ):
            out = tmp_path / paper[0] / paper[-3]
            said = told(database, (*paper, "--out", str(out)))
            assert said.code == 0, said.err
            assert list(out.iterdir())
        copied = told(database, ("backup", "--to", str(tmp_path / "copies"), "--by", "x", "--format", "json"))
        assert copied.code == 0, copied.err
    assert list((tmp_path / "copies").iterdir())


def test_after_the_app_was_killed_commands_open_the_file_themselves(demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo.parent, tmp_path / "clinic")
    database = tmp_path / "clinic" / demo.name
    with app_over(database, tmp_path) as app:
        app.send_signal(signal.SIGKILL)
        app.wait(timeout=30)
        assert door_file_path(database).exists()
        found = told(database, ("verify", "--format", "json"))
        assert found.code == 0
        assert found.json["ok"] is True


def test_two_commands_at_once_register_a_serial_once(demo: Path, tmp_path: Path) -> None:
    """Between looking whether a serial is known and writing it, nobody else may write: not from elsewhere either."""
    shutil.copytree(demo.parent, tmp_path / "clinic")
    database = tmp_path / "clinic" / demo.name
    entry = written(tmp_path / "entry.json", example("registered", pump_serial="TWICE-1"))
    words = ("record", str(entry), "--by", "M. Keller")
    with app_over(database, tmp_path):
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "pumplog", "--database", str(database), *words],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            for _ in range(3)
        ]
        codes = sorted((one.communicate(timeout=120), one.returncode)[1] for one in started)
    assert codes == [0, 1, 1]
    with Desk.open(database) as desk:
        assert [event.kind for event in desk.logbook.events(pump_id=desk.pump_id("TWICE-1"))] == ["registered"]
