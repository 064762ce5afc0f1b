"""Proving a log: the columns, the chain, the anchor, the triggers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from pumplog.errors import LogbookDamaged, LogbookUnavailable
from pumplog.logbook.anchor import anchor_path, read_anchor
from pumplog.logbook.chain import EMPTY, HashedRow, walk
from pumplog.logbook.database import is_there, open_read_only
from pumplog.logbook.event import COLUMNS, Head, Verification
from pumplog.logbook.guards import guards_are_whole
from pumplog.logbook.migrate import schema_version

_HASHED_ROWS = (
    "SELECT sequence, event_id, pump_id, kind, body_version, body, "
    "epoch_us(happened_at_utc), epoch_us(recorded_at_utc), recorded_by, prior_hash, hash "
    "FROM event_log ORDER BY sequence"
)
_COLUMNS = "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'event_log' ORDER BY column_index"
_AT_ONCE = 5_000


def prove(cursor: DuckDBPyConnection, anchor: Head | None) -> tuple[Verification, Head]:
    """Walk the whole chain and compare the anchor. Read the anchor first: the log may grow meanwhile."""
    try:
        cursor.execute(_COLUMNS)
        if cursor.fetchall() != list(COLUMNS.items()):
            return Verification(False, 0, None, "The table event_log is not shaped as pumplog made it."), EMPTY
        cursor.execute(_HASHED_ROWS)
        return walk(_rows(cursor), anchor)
    except duckdb.Error as error:
        return _unreadable(error), EMPTY


def _unreadable(error: duckdb.Error) -> Verification:
    return Verification(False, 0, None, f"The log cannot be read: {str(error).partition(chr(10))[0].rstrip('.')}.")


def _rows(cursor: DuckDBPyConnection) -> Iterator[HashedRow]:
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from rows


def verify_file(path: Path) -> Verification:
    """Prove the log in a file without changing it. Damage is an answer here, never an exception.

    A file that is missing or held by another process is still refused: there is nothing to say about it.
    """
    path = path.resolve()
    if not is_there(path):
        raise LogbookUnavailable(f"There is no log at {path}: check the path.")
    try:
        anchor = read_anchor(path)
        with open_read_only(path) as cursor:
            if not schema_version(cursor):
                return Verification(False, 0, None, f"The file {path} holds no pumplog log.")
            verification, _ = prove(cursor, anchor)
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
