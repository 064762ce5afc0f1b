"""What a crash leaves behind: DuckDB's write-ahead log, copied aside before DuckDB replays and removes it.

A damaged write-ahead log opens without complaint, its newest rows missing; the copy is then all there is.
"""

import os
import re
from pathlib import Path

from pumplog.errors import LogbookUnavailable
from pumplog.logbook.anchor import trouble_of

KEPT_AT_MOST = 5


def wal_path(database: Path) -> Path:
    """Where DuckDB writes ahead."""
    return database.with_name(database.name + ".wal")


def wal_bytes_count(database: Path) -> int:
    """How long the write-ahead log is; 0 when there is none."""
    try:
        return wal_path(database).stat().st_size
    except FileNotFoundError:
        return 0


def make_private_wal(database: Path) -> None:
    """Make the write-ahead log before DuckDB does, so that only its owner may read what is written there."""
    path = wal_path(database)
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise LogbookUnavailable(
            f"The folder {path.parent} may not be written to ({error.strerror}). Make room or ask for access, then "
            "try again.",
            trouble_of(error),
        ) from error


def keep_leftover_wal(database: Path) -> Path | None:
    """Copy a write-ahead log that was not folded in.

    Returns the new copy; None when there was nothing to keep or the newest copy is the same already.
    """
    try:
        left = wal_path(database).read_bytes()
    except FileNotFoundError:
        return None
    if not left:
        return None
    kept = kept_wals(database)
    if kept and kept[-1].read_bytes() == left:
        return None
    number = _number(kept[-1]) + 1 if kept else 1
    copy = database.with_name(f"{database.name}.wal.{number}.kept")
    try:
        copy.touch(mode=0o600)
        with copy.open("wb") as file:
            file.write(left)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # no room for it: half a copy would only take more
        copy.unlink(missing_ok=True)
        raise
    return copy


def drop_oldest_kept(database: Path) -> None:
    """Keep no more copies than the limit."""
    for oldest in kept_wals(database)[:-KEPT_AT_MOST]:
        oldest.unlink()


def kept_wals(database: Path) -> list[Path]:
    """The copies kept so far, oldest first."""
    prefix = f"{database.name}.wal."
    found = [path for path in database.parent.iterdir() if path.name.startswith(prefix)]
    return sorted((path for path in found if re.fullmatch(r"\d+\.kept", path.name[len(prefix) :])), key=_number)


def _number(copy: Path) -> int:
    return int(copy.name.split(".")[-2])
