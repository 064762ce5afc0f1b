"""A log of ten years: open to first board, board again, one more visit; each beside plain DuckDB."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

import duckdb
import pyarrow as pa

from pumplog.desk import Desk, Papers
from pumplog.logbook import Logbook, NewEvent
from pumplog.logbook.anchor import write_anchor
from pumplog.logbook.chain import EMPTY, link
from pumplog.logbook.event import COLUMNS
from pumplog.outlook import Outlook, outlook
from pumplog.state import PumpState, fold_pump

UNTIL = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def open_desk(database: Path) -> Desk:
    """The desk over the log, at noon of the day on which the log ends."""
    return Desk.open(database, now=lambda: NOON)


def seconds_to_first_board(database: Path) -> float:
    """From nothing open to the first board."""
    started = perf_counter()
    with open_desk(database) as desk:
        desk.board()
        return perf_counter() - started


def seconds_to_read_plainly(database: Path) -> float:
    """The same events read with plain DuckDB, opening included."""
    started = perf_counter()
    with duckdb.connect(database) as connection:
        connection.execute("SELECT * FROM event_log ORDER BY sequence").fetchall()
        return perf_counter() - started


def seconds_of_board_again(desk: Desk) -> float:
    """The board of a desk that has shown it before."""
    started = perf_counter()
    desk.board()
    return perf_counter() - started


def seconds_of_papers(make: Callable[[], Papers]) -> float:
    """A paper, from the log in memory to the bytes of its files."""
    started = perf_counter()
    make()
    return perf_counter() - started


def seconds_of_asking_plainly(desk: Desk) -> float:
    """The least that a board must ask the log: whether anything is new."""
    started = perf_counter()
    desk.head()
    return perf_counter() - started


def one_more_visit(desk: Desk, number: int, minute: int) -> dict[str, Any]:
    """Today's refill of a pump of the log, as a form sends it."""
    serial = f"BENCH{number:05}"
    state = desk.story(serial).state
    standing = state.standing
    if standing is None:
        raise AssertionError("every pump of the log has a fill")
    return {
        "kind": "refilled",
        "pump_serial": serial,
        "happened_at": NOON - timedelta(minutes=minute),
        "drawn_ml": "8",
        "fluid": [component.model_dump(exclude_none=True) for component in standing.fluid],
        "volume_after_fill_ml": "20",
        "programme": standing.programme.model_dump(),
        "pump_running": True,
        "second_checker": "K. Bellwether",
        "confirmed": dict.fromkeys(("residual_stop", "residual_evaluate", "beyond_use_on_passed"), "bench"),
    }


def seconds_of_visit(desk: Desk, number: int, minute: int) -> float:
    """One more visit: judged, written, durable, its pump's outlook worked out again."""
    entry = desk.read_entry(one_more_visit(desk, number, minute))
    seen = desk.seen(desk.pump_id(entry.pump_serial or ""))
    started = perf_counter()
    desk.record(entry, by="I. Thistlewick", seen=seen)
    return perf_counter() - started


@dataclass
class WorkedOut:
    """The pumps whose state was folded and whose outlook was worked out, once for each time."""

    folded: list[str] = field(default_factory=list)
    outlooks: list[str] = field(default_factory=list)


@contextmanager
def counted() -> Iterator[WorkedOut]:
    """Count what the desk works out."""
    worked_out = WorkedOut()

    def fold(pump_id: str, *words: Any, **options: Any) -> PumpState:
        worked_out.folded.append(pump_id)
        return fold_pump(pump_id, *words, **options)

    def look(state: PumpState, *words: Any, **options: Any) -> Outlook:
        worked_out.outlooks.append(state.pump_id)
        return outlook(state, *words, **options)

    with patch("pumplog.desk.memory.fold_pump", fold), patch("pumplog.desk.reading.outlook", look):
        yield worked_out


def write_long_log(database: Path, events_count: int) -> None:
    """A log of so many refills, as this program writes them, put there in one go with its anchor."""
    Logbook.open(database).close()
    said = "".join(f" {number}" for number in range(100))
    events, head = link((_long_refill(number, said) for number in range(events_count)), EMPTY)
    columns = {name: [getattr(event, name) for event in events] for name in COLUMNS}
    for name in ("happened_at_utc", "recorded_at_utc"):
        columns[name] = [at.replace(tzinfo=None) for at in columns[name]]
    rows = pa.table(columns)  # noqa: F841  DuckDB finds it by its name
    with duckdb.connect(database) as connection:
        connection.execute("INSERT INTO event_log SELECT * FROM rows")
    write_anchor(database, head)


def _long_refill(number: int, said: str) -> NewEvent:
    at = NOON - timedelta(minutes=5 * (500_000 - number))
    body = json.dumps({"kind": "refilled", "pump_serial": f"BENCH{number % 5000:05}", "note": said})
    return NewEvent(f"{number:032x}", f"{number % 5000:032x}", "refilled", 1, body, at, at, "I. Thistlewick")


def seconds_to_verify(database: Path) -> float:
    """Both chains of a closed log walked, as `pumplog verify` does."""
    started = perf_counter()
    found = Logbook.verify_file(database)
    if not found.ok:
        raise AssertionError(found.says)
    return perf_counter() - started


class PlainLog:
    """The same rows in a DuckDB file without anything around them: for a bare one-row commit."""

    def __init__(self, database: Path, beside: Path) -> None:
        self.connection = duckdb.connect(beside)
        self.connection.execute(f"ATTACH '{database}' AS log (READ_ONLY)")
        self.connection.execute("CREATE TABLE event_log AS SELECT * FROM log.event_log ORDER BY sequence")
        self.connection.execute("DETACH log")
        self.connection.execute("ALTER TABLE event_log ADD PRIMARY KEY (sequence)")
        self.connection.execute("CHECKPOINT")
        self.last = len(self.connection.execute("SELECT sequence FROM event_log").fetchall())

    def seconds_of_commit(self, *, checkpoint: bool) -> float:
        """One row more, durable."""
        self.last += 1
        started = perf_counter()
        self.connection.execute(
            "INSERT INTO event_log SELECT * REPLACE (?::BIGINT AS sequence) FROM event_log WHERE sequence = 1",
            [self.last],
        )
        if checkpoint:
            self.connection.execute("CHECKPOINT")
        return perf_counter() - started
