"""Proving a log: the columns, the chain, the anchor, the triggers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from pumplog.errors import LogbookDamaged, LogbookUnavailable
from pumplog.logbook.anchor import access_name, anchor_path, read_anchor
from pumplog.logbook.chain import EMPTY, HashedRow, walk
from pumplog.logbook.database import is_there, open_read_only
from pumplog.logbook.event import COLUMNS, Head, Verification
from pumplog.logbook.guards import guards_are_whole
from pumplog.logbook.migrate import schema_version
from pumplog.logbook.table import ACCESS_LOG, EVENT_LOG, LogName

_HASHED_ROWS = (
    "SELECT sequence, event_id, pump_id, kind, body_version, body, "
    "epoch_us(happened_at_utc), epoch_us(recorded_at_utc), recorded_by, prior_hash, hash "
    "FROM {log} ORDER BY sequence"
)
_COLUMNS = (
    "SELECT column_name, data_type FROM duckdb_columns() "
    "WHERE database_name = current_database() AND table_name = ? ORDER BY column_index"
)
_AT_ONCE = 5_000
HAS_ACCESS_LOG = 3
"""The first schema with a log of who came in."""


def prove(cursor: DuckDBPyConnection, anchor: Head | None, log: LogName = EVENT_LOG) -> tuple[Verification, Head]:
    """Walk the whole chain and compare the anchor. Read the anchor first: the log may grow meanwhile."""
    try:
        cursor.execute(_COLUMNS, [log])
        if cursor.fetchall() != list(COLUMNS.items()):
            return Verification(False, 0, None, f"The table {log} is not shaped as pumplog made it."), EMPTY
        cursor.execute(_HASHED_ROWS.format(log=log))
        return walk(_rows(cursor), anchor)
    except duckdb.Error as error:
        return _unreadable(error), EMPTY


def prove_both(cursor: DuckDBPyConnection, anchor: Head | None, access_anchor: Head | None) -> Verification:
    """Prove the log of events and, when that is whole, the log of who came in; the count is that of the events."""
    events, _ = prove(cursor, anchor)
    if not events.ok:
        return events
    access, _ = prove(cursor, access_anchor, ACCESS_LOG)
    if access.ok:
        return events
    return Verification(False, events.row_count, None, f"The log of who came in does not prove itself. {access.says}")


def _unreadable(error: duckdb.Error) -> Verification:
    return Verification(False, 0, None, f"The log cannot be read: {str(error).partition(chr(10))[0].rstrip('.')}.")


def _rows(cursor: DuckDBPyConnection) -> Iterator[HashedRow]:
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from rows


def guarded_file(path: Path) -> bool:
    """Whether the triggers that refuse changes are on the logs in a file, which is only looked at."""
    with open_read_only(path) as cursor:
        return guards_are_whole(cursor)


def verify_file(path: Path) -> Verification:
    """Prove the log in a file without changing it. Damage is an answer here, never an exception.

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
                return Verification(False, 0, None, f"The file {path} holds no pumplog log.")
            if version < HAS_ACCESS_LOG:
                verification, _ = prove(cursor, anchor)
            else:
                verification = prove_both(cursor, anchor, access_anchor)
            whole = guards_are_whole(cursor)
    except LogbookDamaged as damage:
        return Verification(False, 0, None, str(damage))
    except duckdb.Error as error:
        return _unreadable(error)
    if verification.ok and anchor is None and verification.row_count:
        says = (
            f"{verification.says} But the anchor {anchor_path(path)} is missing: newer events may have been cut off."
        )
        verification = replace(verification, ok=False, says=says)
    if not whole:
        says = (
            f"{verification.says} The triggers that refuse changes are not as pumplog made them (a copy made for "
            "a backup has none; otherwise somebody took them away). They are put back at the next opening."
        )
        verification = replace(verification, says=says)
    return verification
