"""Many threads, one log: nothing lost, nothing twice, one winner where two want the same place."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pumplog.errors import LogbookUnavailable, StaleRecord
from pumplog.logbook import Event, Logbook, table
from tests.logbook.said import new


def test_eight_threads_on_eight_pumps_lose_and_double_nothing(log: Logbook) -> None:
    def write(thread: int) -> list[Event]:
        written = []
        for number in range(25):
            seen = log.latest(f"P{thread}")
            written.append(log.append(new(100 * thread + number, pump=f"P{thread}"), seen=seen))
        return written

    with ThreadPoolExecutor(8) as pool:
        written = [event for events in pool.map(write, range(8)) for event in events]
    assert sorted(written, key=lambda event: event.sequence) == log.events()
    assert [event.sequence for event in log.events()] == list(range(1, 201))
    assert Counter(event.pump_id for event in log.events()) == {f"P{thread}": 25 for thread in range(8)}
    assert log.verify().ok


def test_of_all_who_saw_the_same_exactly_one_wins(log: Logbook) -> None:
    start = threading.Barrier(8)

    def write(number: int) -> str:
        start.wait()
        try:
            log.append(new(number), seen=0)
        except StaleRecord:
            return "stale"
        return "written"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(write, range(8))) == {"written": 1, "stale": 7}
    assert log.head().row_count == 1


def test_a_double_click_from_many_threads_is_one_event(log: Logbook) -> None:
    start = threading.Barrier(8)

    def write(_click: int) -> Event:
        start.wait()
        return log.append(new(1), seen=0)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(write, range(8)))
    assert answers == set(log.events())
    assert len(answers) == 1


def between(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], None], times: int = 1) -> None:
    """Do something outside the writer lock while an append has looked but not yet written."""
    insert, deeds = table.insert, iter([deed] * times)

    def meddled(cursor: duckdb.DuckDBPyConnection, events: Sequence[Event]) -> None:
        next(deeds, lambda: None)()
        insert(cursor, events)

    monkeypatch.setattr(table, "insert", meddled)


def outside(path: Path, log: Logbook, sequence: int, event_id: str) -> None:
    """Write a row as a part of the program would that knows nothing of the writer lock."""
    head = log.head()
    event = replace(new(1), event_id=event_id)
    with log._database.reading() as cursor:
        cursor.execute(
            "INSERT INTO event_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(sequence, event.event_id, event.pump_id, event.kind, event.body_version, event.body),
                *(event.happened_at_utc, event.recorded_at_utc, event.recorded_by, head.hash, "0" * 64),
            ],
        )


def test_whoever_loses_a_race_for_an_event_id_is_given_the_winner(
    log: Logbook, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(monkeypatch, lambda: outside(path, log, 1, "event-1"))
    won = log.append(new(1), seen=0)
    assert (won.sequence, won.hash) == (1, "0" * 64)
    assert log.head().row_count == 1


def test_whoever_loses_a_race_for_a_pump_is_stale(log: Logbook, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    between(monkeypatch, lambda: outside(path, log, 1, "event-9"))
    with pytest.raises(StaleRecord):
        log.append(new(1), seen=0)
    assert log.head().row_count == 1


def test_losing_again_and_again_says_to_save_again(log: Logbook, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    between(monkeypatch, lambda: outside(path, log, log.head().sequence + 1, f"event-x{log.head().sequence}"), 2)
    with pytest.raises(LogbookUnavailable, match="at the same moment"):
        log.append(new(1, pump="P2"), seen=0)
    assert log.append(new(1, pump="P2"), seen=0).sequence == 3


def test_readers_see_whole_saves_only(log: Logbook) -> None:
    done = threading.Event()

    def read() -> int:
        looks = 0
        while not done.is_set():
            assert len(log.events()) % 10 == 0
            assert log.verify().ok
            looks += 1
        return looks

    with ThreadPoolExecutor(2) as pool:
        looks = [pool.submit(read) for _ in range(2)]
        for batch in range(10):
            events = [new(10 * batch + number) for number in range(10)]
            log.append_all(events, seen={"P1": 10 * batch})
        done.set()
        assert all(look.result() > 0 for look in looks)


def test_a_failed_write_leaves_the_log_writable(log: Logbook, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object) -> None:
        raise duckdb.IOException("IO Error: no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(table, "insert", fails)
        with pytest.raises(LogbookUnavailable, match="Check the disk"):
            log.append(new(1), seen=0)
    assert log.append(new(1), seen=0).sequence == 1
