"""A copy of a log that is open, made while others write to it: one moment of it, in a file of its own.

DuckDB may be let into the log's own folder alone, so the copy comes to lie there; whoever asked for it moves it away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Final

import duckdb
from duckdb import DuckDBPyConnection

from pumplog.errors import LogbookDamaged, LogbookUnavailable
from pumplog.logbook import table
from pumplog.logbook.anchor import read_anchor
from pumplog.logbook.event import Head
from pumplog.logbook.guards import restore_guards
from pumplog.logbook.wal import wal_path

_ENDING: Final = ".copy"
_LEFT_BEHIND_AFTER: Final = timedelta(days=1)
"""A copy this old belongs to nobody any more: whoever asked for it was killed."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy of `database` as a file in the same folder, and how both of its logs end."""

    database: Path
    path: Path
    head: Head
    access_head: Head


def copy_aside(cursor: DuckDBPyConnection, database: Path, *, at: datetime) -> Copied:
    """Copy the log of this cursor, with its triggers, and hold the copy against what it was copied from.

    Raises LogbookUnavailable when there is no room for it, LogbookDamaged when the copy is not the log.
    """
    _drop_left_behind(database, at)
    anchor = read_anchor(database)
    path = database.with_name(f"{database.name}.{token_hex(8)}{_ENDING}")
    whole = False
    try:
        with _attached(cursor, path):
            with table.transaction(cursor):
                restore_guards(cursor)
            head, access_head = table.head_of(cursor), table.head_of(cursor, table.ACCESS_LOG)
            cursor.execute("CHECKPOINT")
        _refuse_another_log(cursor, head, anchor, table.EVENT_LOG)
        _refuse_another_log(cursor, access_head, None, table.ACCESS_LOG)
        whole = True
    except duckdb.Error as error:
        said = str(error).partition("\n")[0].rstrip(".")
        raise LogbookUnavailable(
            f"No copy of the log could be made in {database.parent} ({said}). The log itself is untouched. Make room "
            "on that disk for a second one of its size, then try again."
        ) from error
    finally:
        if not whole:
            _remove(path)
    return Copied(database, path, head, access_head)


@contextmanager
def _attached(cursor: DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Fill a new file beside the log, for its owner alone, and have the cursor look into it for the block."""
    ours = str(cursor.execute("SELECT current_database()").fetchall()[0][0]).replace('"', '""')
    quoted = str(path).replace("'", "''")
    cursor.execute(f"ATTACH '{quoted}' AS aside")
    try:
        path.chmod(0o600)
        wal_path(path).touch(mode=0o600)
        cursor.execute(f'COPY FROM DATABASE "{ours}" TO aside')
        cursor.execute("USE aside")
        yield
    finally:
        cursor.execute(f'USE "{ours}"')
        cursor.execute("DETACH aside")


def _refuse_another_log(cursor: DuckDBPyConnection, end: Head, anchor: Head | None, log: table.LogName) -> None:
    """The copy ends where the log stood at some moment since it was asked for, with the same hash."""
    found = cursor.execute(f"{table.select(log)} WHERE sequence = ?", [end.sequence]).fetchall()
    if end.row_count and [row[-1] for row in found] != [end.hash]:
        raise LogbookDamaged("The copy does not end as the log does: nothing of it was kept. Run 'pumplog verify'.")
    if anchor is not None and end.row_count < anchor.row_count:
        raise LogbookDamaged(
            f"The copy has {end.row_count} events, and the log had {anchor.row_count} before: nothing of it was "
            "kept. Run 'pumplog verify'."
        )


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    wal_path(path).unlink(missing_ok=True)


def _drop_left_behind(database: Path, at: datetime) -> None:
    for left in database.parent.glob(f"{database.name}.*{_ENDING}"):
        if at - datetime.fromtimestamp(left.stat().st_mtime, UTC) > _LEFT_BEHIND_AFTER:
            _remove(left)
