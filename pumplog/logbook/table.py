"""What is asked of the table of events, one small function a question. Each runs on the caller's cursor."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Literal

import duckdb
from duckdb import DuckDBPyConnection

from pumplog.errors import EntryRefused, Fault, StaleRecord
from pumplog.logbook.chain import EMPTY
from pumplog.logbook.event import COLUMNS, Event, Head, NewEvent, Row, event_of

if TYPE_CHECKING:
    import pyarrow as pa

LogName = Literal["event_log", "access_log"]
EVENT_LOG: Final = "event_log"
ACCESS_LOG: Final = "access_log"
"""The two chained tables, of one shape. Their names go into SQL text: never take one from outside."""

AT_ONCE_COUNT: Final = 2_500
"""So many rows of a long log are read at a time."""

_FIELDS = (
    "SELECT sequence, event_id, pump_id, kind, body_version, body, "
    "happened_at_utc, recorded_at_utc, recorded_by, prior_hash, hash FROM "
)
_HEAD = "SELECT sequence, hash FROM {log} WHERE sequence = (SELECT max(sequence) FROM {log})"
# One list a column. Arrow would save 0.4 s on 24,000 events and take longer than that to load.
_INSERT = (
    "INSERT INTO {log} SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), "
    "unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)"
)


def select(log: LogName) -> str:
    """The beginning of a question about one of the two chained tables."""
    return _FIELDS + log


@contextmanager
def transaction(cursor: DuckDBPyConnection) -> Iterator[None]:
    """All of the block or nothing of it."""
    cursor.execute("BEGIN")
    committed = False
    try:
        yield
        cursor.execute("COMMIT")
        committed = True
    finally:
        if not committed:
            with suppress(duckdb.Error):  # a failed COMMIT has already ended the transaction
                cursor.execute("ROLLBACK")


def head_of(cursor: DuckDBPyConnection, log: LogName = EVENT_LOG) -> Head:
    """The end of a chained table. Sequences have no gap, so the last one is the number of rows."""
    cursor.execute(_HEAD.format(log=log))
    for sequence, last_hash in cursor.fetchall():
        return Head(row_count=sequence, hash=last_hash, sequence=sequence)
    return EMPTY


def latest_of(cursor: DuckDBPyConnection, pump_id: str) -> int:
    """The highest sequence of this pump; 0 when nothing was said about it."""
    cursor.execute("SELECT coalesce(max(sequence), 0) FROM event_log WHERE pump_id = ?", [pump_id])
    ((latest,),) = cursor.fetchall()
    return int(latest)


def pieces(after: int, until: int) -> Iterator[range]:
    """The sequences above one up to another, so many at a time: DuckDB sorts no more than that at once."""
    for start in range(after + 1, until + 1, AT_ONCE_COUNT):
        yield range(start, min(start + AT_ONCE_COUNT, until + 1))


def rows_in(cursor: DuckDBPyConnection, piece: range) -> list[Row]:
    """The events of these sequences, in order, as they are stored."""
    wanted = f"{select(EVENT_LOG)} WHERE sequence BETWEEN ? AND ? ORDER BY sequence"
    rows: list[Row] = cursor.execute(wanted, [piece.start, piece.stop - 1]).fetchall()
    return rows


def columns_in(cursor: DuckDBPyConnection, piece: range) -> "pa.Table":
    """The events of these sequences, in order, as Arrow columns with the names and types of the table."""
    wanted = f"{select(EVENT_LOG)} WHERE sequence BETWEEN {piece.start} AND {piece.stop - 1} ORDER BY sequence"
    return cursor.sql(wanted).to_arrow_table()


def events_about(
    cursor: DuckDBPyConnection, after: int, until: int | None, pump_id: str | None, kind: str | None
) -> list[Event]:
    """The events of a pump, of a kind, or of both, between two sequences, the second one in."""
    cursor.execute(
        f"{select(EVENT_LOG)} WHERE sequence > ? AND sequence <= coalesce(?, sequence) "
        "AND pump_id = coalesce(?, pump_id) AND kind = coalesce(?, kind) ORDER BY sequence",
        [after, until, pump_id, kind],
    )
    return list(map(event_of, cursor.fetchall()))


def stored_among(cursor: DuckDBPyConnection, event_ids: Sequence[str]) -> dict[str, Event]:
    """Those of these events that are in the log already, by id."""
    if len(event_ids) == 1:  # half the time of the other, and in every save
        cursor.execute(f"{select(EVENT_LOG)} WHERE event_id = ?", event_ids)
    else:
        cursor.execute(f"{select(EVENT_LOG)} WHERE event_id IN (SELECT unnest(?))", [list(event_ids)])
    return {event.event_id: event for event in map(event_of, cursor.fetchall())}


def not_yet_written(asked: Sequence[NewEvent], stored: Mapping[str, Event]) -> list[NewEvent]:
    """The events that are new; refuses an id that already stands for other words."""
    first: dict[str, NewEvent] = dict(stored)
    fresh = []
    for event in asked:
        earlier = first.setdefault(event.event_id, event)
        if earlier is event:
            fresh.append(event)
        elif not event.says_the_same_as(earlier):
            raise EntryRefused(
                Fault(
                    "event_id",
                    "This entry was saved before with other contents. Open the page anew and enter it again.",
                )
            )
    return fresh


def refuse_stale(cursor: DuckDBPyConnection, fresh: Sequence[NewEvent], seen: Mapping[str, int]) -> None:
    """Refuse when somebody wrote about one of these pumps since the person looked."""
    for pump_id in sorted({event.pump_id for event in fresh}):
        latest = latest_of(cursor, pump_id)
        if seen[pump_id] != latest:
            raise StaleRecord(pump_id, seen=seen[pump_id], latest=latest)


def insert(cursor: DuckDBPyConnection, events: Sequence[Event], log: LogName = EVENT_LOG) -> None:
    """Write these rows, already linked to the end of the log, in one statement."""
    for event in events:
        _refuse_unreadable(event)
    cursor.execute(_INSERT.format(log=log), [[getattr(event, name) for event in events] for name in COLUMNS])


def _refuse_unreadable(event: Event) -> None:
    body = json.loads(event.body, parse_constant=_not_json)
    if not isinstance(body, dict):
        raise ValueError(f"the body of event {event.event_id} is not a JSON object")


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
