"""The anchor: a shortened log is found out, a log ahead of its anchor is not blamed."""

import json
import shutil
from pathlib import Path

import pytest

from pumplog.errors import LogbookDamaged, LogbookUnavailable
from pumplog.logbook import Logbook
from pumplog.logbook.anchor import anchor_path, read_anchor
from tests.logbook.said import new, tamper


def test_the_anchor_follows_every_save(log: Logbook, path: Path) -> None:
    assert read_anchor(path) == log.head()
    for number in (1, 2):
        log.append(new(number), seen=number - 1)
        assert read_anchor(path) == log.head()
    assert not anchor_path(path).with_name("log.duckdb.anchor.new").exists()


def test_the_anchor_says_what_it_is(six: Path) -> None:
    said = json.loads(anchor_path(six).read_text())
    assert said["format"] == "pumplog-anchor-1"
    assert said["row_count"] == 6
    assert len(said["head_hash"]) == 64


@pytest.mark.parametrize("left", [0, 3, 5])
def test_a_shortened_log_is_found_though_its_chain_holds(six: Path, left: int) -> None:
    tamper(six, f"DELETE FROM event_log WHERE sequence > {left}")  # noqa: S608
    found = Logbook.verify_file(six)
    assert (found.ok, found.row_count, found.first_bad) == (False, left, left + 1)
    assert f"the anchor says 6 events, the file has {left}" in found.says
    with pytest.raises(LogbookDamaged, match=f"6 events, the file has {left}"):
        Logbook.open(six)


def test_a_log_ahead_of_its_anchor_is_whole_and_the_anchor_catches_up(six: Path) -> None:
    earlier = anchor_path(six).read_bytes()
    with Logbook.open(six) as log:
        log.append(new(7), seen=6)
    anchor_path(six).write_bytes(earlier)
    assert Logbook.verify_file(six).ok
    with Logbook.open(six) as log:
        assert log.head().row_count == 7
    assert read_anchor(six) == log_head(six)


def log_head(path: Path) -> object:
    with Logbook.open(path) as log:
        return log.head()


def test_a_log_ahead_must_still_contain_what_the_anchor_saw(six: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    with Logbook.open(other) as log:
        log.append_all([new(number, pump="P9") for number in range(3)], seen={"P9": 0})
    shutil.copy(anchor_path(other), anchor_path(six))
    with pytest.raises(LogbookDamaged, match="at event 3 the log has another hash"):
        Logbook.open(six)


def test_an_anchor_of_no_events_holds_for_any_log(six: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.duckdb"
    Logbook.open(empty).close()
    shutil.copy(anchor_path(empty), anchor_path(six))
    with Logbook.open(six) as log:
        assert log.verify().ok


def test_a_missing_anchor_is_refused_until_a_person_accepts_it(six: Path) -> None:
    anchor_path(six).unlink()
    with pytest.raises(LogbookDamaged, match=r"anchor .* is missing.*--new-anchor"):
        Logbook.open(six)
    found = Logbook.verify_file(six)
    assert (found.ok, found.row_count, found.first_bad) == (False, 6, None)
    assert "is missing" in found.says
    with Logbook.open(six, accept_missing_anchor=True) as log:
        assert log.head().row_count == 6
    Logbook.open(six).close()


def test_accepting_a_missing_anchor_does_not_accept_a_broken_chain(six: Path) -> None:
    tamper(six, "UPDATE event_log SET recorded_by = 'X' WHERE sequence = 2")
    anchor_path(six).unlink()
    with pytest.raises(LogbookDamaged, match="Event 2"):
        Logbook.open(six, accept_missing_anchor=True)
    assert not anchor_path(six).exists()


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b'{"format": "pumplog-anchor-9"}', b"\xff\xfe"])
def test_an_unreadable_anchor_is_refused_with_the_mend(six: Path, said: bytes) -> None:
    anchor_path(six).write_bytes(said)
    with pytest.raises(LogbookDamaged, match=r"anchor file .* is damaged.*--new-anchor"):
        Logbook.open(six)
    assert not Logbook.verify_file(six).ok


def test_a_lost_log_is_not_replaced_by_an_empty_one(six: Path) -> None:
    six.unlink()
    with pytest.raises(LogbookDamaged, match="is missing, but its anchor says it had 6 events"):
        Logbook.open(six)
    assert not six.exists()


def test_an_emptied_database_is_not_taken_for_a_new_one(six: Path, tmp_path: Path) -> None:
    tamper(tmp_path / "nothing.duckdb")
    shutil.copy(tmp_path / "nothing.duckdb", six)
    with pytest.raises(LogbookDamaged, match="is empty, but its anchor says it had 6 events"):
        Logbook.open(six)


def test_an_anchor_that_cannot_be_written_says_so_and_a_repeat_mends_it(log: Logbook, path: Path) -> None:
    in_the_way = anchor_path(path).with_name("log.duckdb.anchor.new")
    in_the_way.mkdir()
    with pytest.raises(LogbookUnavailable, match=r"anchor file .* cannot be written.*never recorded twice"):
        log.append(new(1), seen=0)
    in_the_way.rmdir()
    assert log.append(new(1), seen=0).sequence == 1
    assert read_anchor(path) == log.head()
    assert log.head().row_count == 1
