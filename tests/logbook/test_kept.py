"""What changes and is kept outside the chain, and the chain of who came in."""

import re
from dataclasses import replace
from pathlib import Path
from threading import Thread

import duckdb
import pytest

from pumplog.errors import LogbookDamaged, StaleRecord
from pumplog.logbook import Kept, Logbook, Shelf
from pumplog.logbook.anchor import access_name, anchor_path
from pumplog.logbook.migrate import shipped_migrations
from tests.logbook.said import new, tamper


def test_a_thing_kept_again_takes_the_place_of_the_first(path: Path) -> None:
    with Logbook.open(path) as log:
        log.keep([Kept(Shelf.ACCOUNT, "a", '{"n": 1}'), Kept(Shelf.TABLET, "a", "{}")])
        log.keep([Kept(Shelf.ACCOUNT, "a", '{"n": 2}')])
        assert log.kept(Shelf.ACCOUNT) == {"a": '{"n": 2}'}
    with Logbook.open(path) as log:
        assert log.kept_under(Shelf.ACCOUNT, "a") == '{"n": 2}'
        log.keep([Kept(Shelf.ACCOUNT, "a", None)])
        assert log.kept_under(Shelf.ACCOUNT, "a") is None
        assert log.kept(Shelf.TABLET) == {"a": "{}"}


def test_what_is_kept_and_what_is_said_of_it_are_written_together_or_not_at_all(path: Path) -> None:
    with Logbook.open(path) as log:
        unreadable = replace(new(1), body="not JSON")
        with pytest.raises(ValueError, match="Expecting value"):
            log.keep([Kept(Shelf.ACCOUNT, "a", "{}")], said=[unreadable])
        assert log.kept(Shelf.ACCOUNT) == {}
        assert log.access_events() == []


def test_the_log_of_who_came_in_is_a_chain_of_its_own(six: Path) -> None:
    with Logbook.open(six) as log:
        head = log.head()
        log.keep(said=[new(101), new(102)])
        assert [event.sequence for event in log.access_events()] == [1, 2]
        assert [event.sequence for event in log.access_events(after=1)] == [2]
        assert log.head() == head
        assert log.verify().ok


@pytest.mark.parametrize("change", ["UPDATE access_log SET recorded_by = 'X'", "DELETE FROM access_log"])
def test_refuses_every_change_to_who_came_in(path: Path, change: str) -> None:
    with Logbook.open(path) as log:
        log.keep(said=[new(1)])
    with duckdb.connect(path) as connection, pytest.raises(duckdb.Error):
        connection.execute(change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE access_log SET recorded_by = 'X' WHERE sequence = 2", "Event 2 was altered"),
        ("DELETE FROM access_log WHERE sequence = 3", "shortened"),
        ("DELETE FROM access_log WHERE sequence = 1", "Event 1 is missing"),
    ],
)
def test_an_altered_log_of_who_came_in_is_found(path: Path, change: str, says: str) -> None:
    with Logbook.open(path) as log:
        log.keep(said=[new(1), new(2), new(3)])
    tamper(path, change)
    found = Logbook.verify_file(path)
    assert not found.ok
    assert "log of who came in" in found.says
    assert says in found.says
    with pytest.raises(LogbookDamaged, match="log of who came in"):
        Logbook.open(path)


def test_both_anchors_are_for_their_owner_alone(path: Path) -> None:
    with Logbook.open(path) as log:
        log.keep(said=[new(1)])
    for anchor in (anchor_path(path), anchor_path(access_name(path))):
        assert anchor.stat().st_mode & 0o077 == 0


def test_a_log_from_before_there_were_people_is_proven_as_it_is(six: Path) -> None:
    made = {one.version: set(re.findall(r"CREATE VIEW (\w+)", one.sql)) for one in shipped_migrations()}
    first = set().union(*(made[version] for version in (1, 2)))
    later_views = set().union(*made.values()) - first
    tamper(
        six,
        *(f"DROP VIEW {view}" for view in later_views),
        *("DROP TABLE access_log", "DROP TABLE kept", "DELETE FROM migration WHERE version >= 3"),
    )
    assert Logbook.verify_file(six).ok
    with Logbook.open(six) as log:
        assert log.access_events() == []
        assert len(log.events()) == 6


def test_what_is_read_again_without_the_disk_is_what_was_written_last(path: Path) -> None:
    """One opening of a file keeps what it read; another of the same program may write meanwhile."""
    with Logbook.open(path) as one, Logbook.open(path) as other:
        assert one.kept(Shelf.ACCOUNT) == {}
        other.keep([Kept(Shelf.ACCOUNT, "a", "1"), Kept(Shelf.PAPER, "a", "2")])
        assert one.kept(Shelf.ACCOUNT) == {"a": "1"}
        one.kept(Shelf.ACCOUNT)["a"] = "a slip of whoever was handed it"
        assert other.kept_under(Shelf.ACCOUNT, "a") == "1"
        with pytest.raises(ValueError, match="Expecting value"):
            other.keep([Kept(Shelf.ACCOUNT, "a", "never written")], said=[replace(new(1), body="not JSON")])
        assert one.kept(Shelf.ACCOUNT) == {"a": "1"}
        other.keep([Kept(Shelf.ACCOUNT, "a", None)])
        assert one.kept_under(Shelf.ACCOUNT, "a") is None


def test_many_who_read_a_shelf_while_it_is_written_never_go_back(path: Path) -> None:
    seen: list[list[int]] = [[] for _ in range(4)]
    with Logbook.open(path) as log:

        def reads(place: int) -> None:
            while not seen[place] or seen[place][-1] < 60:
                seen[place].append(int(log.kept_under(Shelf.ACCOUNT, "a") or 0))

        readers = [Thread(target=reads, args=(place,)) for place in range(4)]
        for reader in readers:
            reader.start()
        for number in range(1, 61):
            log.keep([Kept(Shelf.ACCOUNT, "a", str(number))])
            assert log.kept_under(Shelf.ACCOUNT, "a") == str(number)
        for reader in readers:
            reader.join()
    assert all(numbers == sorted(numbers) for numbers in seen)


def test_events_written_through_another_opening_are_read(path: Path) -> None:
    with Logbook.open(path) as one, Logbook.open(path) as other:
        assert one.events(after=0) == []
        other.append(new(1), seen=0)
        assert [event.sequence for event in one.events(after=0)] == [1]
        assert one.events(after=1) == []
        with pytest.raises(StaleRecord):
            one.append(new(2), seen=0)
        other.append(new(2), seen=1)
        assert [event.sequence for event in one.events(after=1)] == [2]
    with Logbook.open(path) as anew:
        assert anew.events(after=2) == []
        assert [event.sequence for event in anew.events(after=0)] == [1, 2]
