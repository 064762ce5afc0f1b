"""Every way a log cannot be opened has its sentence, and changes nothing."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pumplog.errors import LogbookDamaged, LogbookUnavailable
from pumplog.logbook import Logbook
from pumplog.logbook.database import refusal
from tests.logbook.said import new, tamper

ROOT = Path(__file__).parents[2]


def test_another_process_is_named_by_its_number(six: Path) -> None:
    command = [sys.executable, "-m", "tests.logbook.writer", "hold", str(six)]
    holder = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LogbookUnavailable, match=rf"open in another program \(process {holder.pid}\)"):
            Logbook.open(six)
        with pytest.raises(LogbookUnavailable, match=str(holder.pid)):
            Logbook.verify_file(six)
        holder.kill()
    Logbook.open(six).close()


def test_refuses_a_missing_file_unless_it_may_be_made(path: Path) -> None:
    with pytest.raises(LogbookUnavailable, match="There is no log at"):
        Logbook.open(path, create=False)
    with pytest.raises(LogbookUnavailable, match="There is no log at"):
        Logbook.verify_file(path)
    assert not path.parent.exists()


def test_refuses_a_file_that_is_no_log(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("serial;visit\n" * 1000)
    with pytest.raises(LogbookUnavailable, match="is not a pumplog log"):
        Logbook.open(path)
    assert path.read_text() == "serial;visit\n" * 1000


def test_a_log_overwritten_by_something_else_is_damage(six: Path) -> None:
    six.write_text("serial;visit\n" * 1000)
    with pytest.raises(LogbookDamaged, match="can no longer be read at all"):
        Logbook.open(six)
    assert not Logbook.verify_file(six).ok


def test_begins_no_log_in_a_file_that_holds_somebody_elses_functions(path: Path) -> None:
    path.parent.mkdir()
    tamper(path, "CREATE MACRO epoch_us(instant) AS 0")
    before = path.read_bytes()
    with pytest.raises(
        LogbookDamaged, match=r"functions that pumplog did not make \(epoch_us\).*choose another file"
    ):
        Logbook.open(path)
    assert path.read_bytes() == before


def test_refuses_somebody_elses_database(path: Path) -> None:
    path.parent.mkdir()
    tamper(path, "CREATE TABLE wages (name VARCHAR)")
    with pytest.raises(LogbookUnavailable, match="a database of something else"):
        Logbook.open(path)
    assert not Logbook.verify_file(path).ok
    with duckdb.connect(path) as connection:
        assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("wages",)]


def test_a_newer_log_asks_for_an_update_and_is_left_alone(six: Path) -> None:
    tamper(six, "INSERT INTO migration VALUES (999, '999_later')", "CREATE TABLE later (i INTEGER)")
    with pytest.raises(LogbookUnavailable, match=r"newer pumplog .*schema is 999.*Update the program"):
        Logbook.open(six)


@pytest.mark.parametrize(
    "said",
    [
        "IO Error: Trying to read a database file with storage version number 99, but we can only read storage "
        "versions between 64 and 69.",
        'IO Error: Error opening "log": file was written with a storage version greater than the latest version '
        "supported by this DuckDB instance.",
    ],
)
def test_a_newer_database_format_asks_for_an_update(six: Path, said: str) -> None:
    refused = refusal(six, duckdb.IOException(said))
    assert isinstance(refused, LogbookUnavailable)
    assert "newer DuckDB" in str(refused)
    assert "Update the program" in str(refused)


def test_refuses_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(LogbookUnavailable, match="is a folder"):
        Logbook.open(tmp_path)


def test_refuses_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogbookUnavailable, match=r"cannot be kept at .*may be written to"):
        Logbook.open(tmp_path / "file" / "log.duckdb")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_refuses_a_folder_without_the_right_to_write(six: Path) -> None:
    six.parent.chmod(0o500)
    try:
        with pytest.raises(LogbookUnavailable, match="may not be written to"):
            Logbook.open(six)
    finally:
        six.parent.chmod(0o700)


def test_a_second_opening_in_this_process_shares_the_log(path: Path) -> None:
    with Logbook.open(path) as one, Logbook.open(path) as two:
        one.append(new(1), seen=0)
        two.append(new(2), seen=1)
        assert one.events() == two.events()
        one.close()
        assert two.append(new(3), seen=2).sequence == 3
        assert two.verify().ok


def test_only_the_owner_may_read_the_log(path: Path) -> None:
    with Logbook.open(path) as log, log._database.writing() as cursor:
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO refused_change VALUES ('x')")
        cursor.execute("COMMIT")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(["log.duckdb", "log.duckdb.anchor", "log.duckdb.wal"], 0o600)


def test_an_open_log_reaches_nothing_else(log: Logbook, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n")
    for reach in (
        f"SELECT * FROM '{tmp_path / 'other.csv'}'",  # noqa: S608
        f"ATTACH '{tmp_path / 'other.duckdb'}'",
        f"COPY event_log TO '{tmp_path / 'out.csv'}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
    ):
        with log._database.reading() as cursor, pytest.raises(duckdb.Error):
            cursor.execute(reach)


def test_the_clock_of_the_log_is_utc_on_every_cursor(log: Logbook) -> None:
    with log._database.reading() as cursor:
        assert cursor.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_a_path_with_a_quote_is_a_path(tmp_path: Path) -> None:
    with Logbook.open(tmp_path / "O'Brien's clinic" / "log.duckdb") as log:
        assert log.append(new(1), seen=0).sequence == 1
