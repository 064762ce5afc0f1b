"""Proving a log: the columns, the chain, the anchor, the triggers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from duckdb import DuckDBPyConnection

from pumplog.errors import LogbookDamaged, LogbookUnavailable
from pumplog.logbook.anchor import access_name, anchor_path, read_anchor
from pumplog.logbook.chain import EMPTY, HashedRow
from pumplog.logbook.database import is_there, open_read_only
from pumplog.logbook.event import COLUMNS, Head, Outside, Remembered, Verification
from pumplog.logbook.guards import guards_are_whole
from pumplog.logbook.migrate import schema_version
from pumplog.logbook.table import ACCESS_LOG, EVENT_LOG, LogName, pieces
from pumplog.logbook.walking import walk, walk_columns

if TYPE_CHECKING:
    import pyarrow as pa

_HASHED_ROWS = (
    "SELECT sequence, event_id, pump_id, kind, body_version, body, "
    "system.main.epoch_us(happened_at_utc), system.main.epoch_us(recorded_at_utc), recorded_by, prior_hash, hash "
    "FROM {log}"
)
_COUNT = "SELECT count(*) FROM {log}"
_COLUMNS = (
    "SELECT column_name, data_type FROM system.main.duckdb_columns() "
    "WHERE database_name = current_database() AND table_name = ? ORDER BY column_index"
)
# A function that is kept in a file goes before DuckDB's own of the same name: it could tell a lie about every row.
_FOREIGN_FUNCTIONS = "SELECT DISTINCT function_name FROM system.main.duckdb_functions() WHERE NOT internal ORDER BY 1"
_KEYS = "SELECT body FROM access_log WHERE kind = 'signing_key_made'"
_AT_ONCE = 5_000
BY_COLUMNS_FROM_COUNT = 50_000
"""From so many events on, loading Arrow takes less time than walking row by row."""
HAS_ACCESS_LOG = 3
"""The first schema with a log of who came in."""


def prove(
    cursor: DuckDBPyConnection,
    anchor: Head | None,
    log: LogName = EVENT_LOG,
    remembered: Sequence[Remembered] = (),
) -> tuple[Verification, Head]:
    """Walk the whole chain; compare the anchor and what heads say. Read the anchor first: the log may grow."""
    try:
        foreign = foreign_functions(cursor) if log == EVENT_LOG else None  # the other log is proved after this one
        if foreign is not None:
            return foreign, EMPTY
        cursor.execute(_COLUMNS, [log])
        if cursor.fetchall() != list(COLUMNS.items()):
            says = f"The table {log} is not shaped as pumplog made it."
            return Verification(False, 0, None, says, "unlike"), EMPTY
        ((count,),) = cursor.execute(_COUNT.format(log=log)).fetchall()
        if count >= BY_COLUMNS_FROM_COUNT:
            whole = walk_columns(_batches(cursor, log, count), count, anchor, remembered)
            if whole is not None:
                return whole
        cursor.execute(f"{_HASHED_ROWS.format(log=log)} ORDER BY sequence")
        return walk(_rows(cursor), anchor, remembered)
    except duckdb.Error as error:
        return _unreadable(error), EMPTY


def prove_both(
    cursor: DuckDBPyConnection, anchor: Head | None, access_anchor: Head | None, against: Sequence[Outside] = ()
) -> Verification:
    """Prove the log of events and, when that is whole, the log of who came in; the count is that of the events.

    Both must hold what the heads `against` say, and know the keys with which they were signed.
    """
    events, _ = prove(cursor, anchor, EVENT_LOG, [one.events for one in against])
    if not events.ok:
        return events
    accesses = [one.accesses for one in against if one.accesses is not None]
    access, _ = prove(cursor, access_anchor, ACCESS_LOG, accesses)
    if not access.ok:
        says = f"The log of who came in does not prove itself. {access.says}"
        return Verification(False, events.row_count, None, says, access.found)
    known = {json.loads(body)["key_id"] for (body,) in cursor.execute(_KEYS).fetchall()}
    for one in against:
        if one.key_id is not None and one.key_id not in known:
            says = f"The head was signed with key {one.key_id}, of which this log knows nothing."
            return Verification(False, events.row_count, None, says, "unlike")
    if against:
        counts = " and ".join(f"{one.events.row_count}" for one in against)
        return replace(events, says=f"{events.says} It holds what the head says of its first {counts} events.")
    return events


def foreign_functions(cursor: DuckDBPyConnection) -> Verification | None:
    """What is wrong when the file holds functions of somebody else's; None when it holds none.

    Looking takes as long as all the rest of a short log's proof: DuckDB lists its own thousands as well.
    """
    found = [str(name) for (name,) in cursor.execute(_FOREIGN_FUNCTIONS).fetchall()]
    if not found:
        return None
    says = f"The file holds functions that pumplog did not make ({', '.join(found)}): they may hide a change."
    return Verification(False, 0, None, says, "unlike")


def _unreadable(error: duckdb.Error) -> Verification:
    return Verification(
        False, 0, None, f"The log cannot be read: {str(error).partition(chr(10))[0].rstrip('.')}.", "unreadable"
    )


def _batches(cursor: DuckDBPyConnection, log: LogName, count: int) -> "Iterator[pa.RecordBatch]":
    for piece in pieces(0, count):
        wanted = f"{_HASHED_ROWS.format(log=log)} WHERE sequence BETWEEN {piece.start} AND {piece.stop - 1}"
        yield from cursor.sql(f"{wanted} ORDER BY sequence").to_arrow_table().to_batches()


def _rows(cursor: DuckDBPyConnection) -> Iterator[HashedRow]:
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from rows


def guarded_file(path: Path) -> bool:
    """Whether the triggers that refuse changes are on the logs in a file, which is only looked at."""
    with open_read_only(path) as cursor:
        return guards_are_whole(cursor)


def verify_file(path: Path, against: Sequence[Outside] = ()) -> Verification:
    """Prove the log in a file without changing it, against heads too. Damage is an answer here, never an exception.

    A file that is missing or held by another process is still refused: there is nothing to say about it.
    """
    path = path.resolve()
    if not is_there(path):
        raise LogbookUnavailable(f"There is no log at {path}: check the path.")
    try:
        anchor, access_anchor = read_anchor(path), read_anchor(access_name(path))
        with open_read_only(path) as cursor:
            version = schema_version(cursor)
            if not version:
                return Verification(False, 0, None, f"The file {path} holds no pumplog log.", "unlike")
            if version < HAS_ACCESS_LOG:
                verification, _ = prove(cursor, anchor, EVENT_LOG, [one.events for one in against])
            else:
                verification = prove_both(cursor, anchor, access_anchor, against)
            whole = guards_are_whole(cursor)
    except LogbookDamaged as damage:
        return Verification(False, 0, None, str(damage), "unreadable")
    except duckdb.Error as error:
        return _unreadable(error)
    if verification.ok and anchor is None and verification.row_count:
        says = (
            f"{verification.says} But the anchor {anchor_path(path)} is missing: newer events may have been cut off."
        )
        verification = replace(verification, ok=False, says=says, found="missing")
    if verification.ok and anchor is not None and verification.row_count > anchor.row_count:
        ahead = verification.row_count - anchor.row_count
        says = (
            f"{verification.says} The anchor does not know the newest {ahead}: a crash came between, or they were "
            "written without pumplog. Look at them; the next opening takes them as they are."
        )
        verification = replace(verification, says=says)
    if not whole:
        says = (
            f"{verification.says} The triggers that refuse changes are not as pumplog made them (a copy made for "
            "a backup has none; otherwise somebody took them away). They are put back at the next opening."
        )
        verification = replace(verification, says=says)
    return verification
