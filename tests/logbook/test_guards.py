"""What was written stays written: the triggers, and their return when they were taken away."""

import shutil
from pathlib import Path

import duckdb
import pytest

from pumplog.errors import LogbookUnavailable
from pumplog.logbook import Logbook
from pumplog.logbook.anchor import anchor_path
from pumplog.logbook.guards import guards_are_whole
from tests.logbook.said import new, tamper

ROW = "3, 'event-3', 'P', 'k', 1, '{}', TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-01', 'x', 'y', 'z'"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event_log SET recorded_by = 'X'",
        "UPDATE event_log SET recorded_by = 'X' WHERE false",
        "DELETE FROM event_log",
        "DELETE FROM event_log WHERE sequence = 6",
        "TRUNCATE event_log",
        f"INSERT OR REPLACE INTO event_log VALUES ({ROW})",  # noqa: S608
        f"INSERT OR IGNORE INTO event_log VALUES ({ROW})",  # noqa: S608
        f"INSERT INTO event_log VALUES ({ROW}) ON CONFLICT (sequence) DO UPDATE SET body = '{{}}'",  # noqa: S608
        "MERGE INTO event_log USING (SELECT 3 AS s) AS other ON sequence = s WHEN MATCHED THEN DELETE",
        "MERGE INTO event_log USING (SELECT 3 AS s) AS other ON sequence = s "
        "WHEN MATCHED THEN UPDATE SET body = '{}'",
    ],
)
def test_refuses_every_change_to_a_written_event(six: Path, change: str) -> None:
    with duckdb.connect(six) as connection, pytest.raises(duckdb.Error):
        connection.execute(change)
    with Logbook.open(six) as log:
        assert [event.recorded_by for event in log.events()] == ["R. Nurse"] * 6


def test_the_refusal_says_why(six: Path) -> None:
    with duckdb.connect(six) as connection, pytest.raises(duckdb.Error, match="What was written stays written"):
        connection.execute("DELETE FROM event_log")


def test_an_open_log_refuses_changes_too(six: Path) -> None:
    with (
        Logbook.open(six) as log,
        log._database.writing() as cursor,
        pytest.raises(duckdb.InvalidInputException, match="stays written"),
    ):
        cursor.execute("UPDATE event_log SET body = '{}'")


@pytest.mark.parametrize(
    "meddling",
    [
        "SELECT 1",  # the triggers are dropped, as in a copy made for a backup
        "CREATE TRIGGER event_log_refuses_update BEFORE UPDATE ON event_log FOR EACH STATEMENT "
        "INSERT INTO refused_change SELECT 'fine' WHERE false",
        "CREATE TRIGGER spy AFTER INSERT ON event_log FOR EACH STATEMENT INSERT INTO refused_change SELECT 'seen'",
    ],
    ids=["dropped", "toothless", "foreign"],
)
def test_guards_are_put_back_at_opening(six: Path, meddling: str) -> None:
    tamper(six, meddling)
    found = Logbook.verify_file(six)
    assert found.ok
    assert "triggers that refuse changes are not as pumplog made them" in found.says
    Logbook.open(six).close()
    assert Logbook.verify_file(six).says == "The log is whole: all 6 events prove themselves."
    with duckdb.connect(six) as connection, pytest.raises(duckdb.Error):
        connection.execute("UPDATE event_log SET body = '{}'")


def test_whole_guards_are_left_alone(six: Path) -> None:
    with Logbook.open(six) as log, log._database.reading() as cursor:
        assert guards_are_whole(cursor)
    before = six.read_bytes()
    Logbook.open(six).close()
    assert six.read_bytes() == before


def copied(log: Path, copy: Path, version: str) -> None:
    with duckdb.connect(log) as connection:
        connection.execute(f"ATTACH '{copy}' AS copy (STORAGE_VERSION '{version}')")
        connection.execute("COPY FROM DATABASE log TO copy")


def test_a_copy_made_by_duckdb_is_the_same_log_and_gets_its_guards(six: Path, tmp_path: Path) -> None:
    copied(six, tmp_path / "log.duckdb", "v2.0.0")
    with Logbook.open(six) as log:
        events = log.events()
    with Logbook.open(tmp_path / "log.duckdb", accept_missing_anchor=True) as copy:
        assert copy.events() == events
        assert copy.append(new(7), seen=6).sequence == 7
        with copy._database.reading() as cursor:
            assert guards_are_whole(cursor)


def test_a_copy_for_an_older_duckdb_can_be_read_and_verified_but_not_written(six: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.duckdb"
    copied(six, older, "v1.5.0")
    with duckdb.connect(older, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM refill_visit").fetchall() == [(6,)]
    shutil.copy(anchor_path(six), anchor_path(older))
    assert Logbook.verify_file(older).ok
    with pytest.raises(LogbookUnavailable, match="format of an older DuckDB"):
        Logbook.open(older)
