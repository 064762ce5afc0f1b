"""Folding the write-ahead log into the file, so that nothing is lost by whoever is killed half-way.

A checkpoint of DuckDB writes into blocks that the checkpoint before it still needs: those of its tables of contents
that have room left. Each block has one checksum. A program that is killed, or a machine that loses power, within such
a block leaves a file that DuckDB refuses to open. So the file and its write-ahead log are copied aside first, as a
pair, and whoever opens the log next and finds a pair puts it back. Nobody writes while one folds, so the pair holds
everything that was committed.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from pumplog.logbook.wal import wal_path

_AT_ONCE: Final = 1 << 20
_DUCKDB_LEAVES: Final = (".checkpoint", ".recovery")
"""What a checkpoint that was cut short leaves beside the write-ahead log; of no use to the pair."""


def pair_path(database: Path) -> Path:
    """Where the copy of the file stands while one folds; its write-ahead log beside it, as DuckDB names it."""
    return database.with_name(database.name + ".unfolded")


def _half_made(database: Path) -> Path:
    return database.with_name(database.name + ".unfolded.new")


def whole_file(database: Path) -> Path:
    """The file to look at when nobody may change anything: of a folding that was cut short, the copy."""
    pair = pair_path(database)
    return pair if pair.exists() else database


class Original:
    """The file as it lies on the disk, kept open for as long as DuckDB has it.

    DuckDB locks its file for this process; by the rules of POSIX that lock goes as soon as the process closes any
    handle of the same file. So this one is closed only after DuckDB let go.
    """

    def __init__(self, database: Path) -> None:
        """Open the file to read it."""
        self._database = database
        self._handle = os.open(database, os.O_RDONLY)

    def copy_pair(self) -> None:
        """Copy file and write-ahead log aside; on the disk, and valid as soon as both are whole."""
        half_made, wal = _half_made(self._database), wal_path(self._database)
        try:
            with wal.open("rb") as writing_ahead:
                _copy(writing_ahead.fileno(), wal_path(pair_path(self._database)))
            _copy(self._handle, half_made)
            half_made.rename(pair_path(self._database))
        except OSError:
            _remove_half_made(self._database)
            raise
        sync_folder(self._database.parent)

    def close(self) -> None:
        """Let the file go, after DuckDB did."""
        os.close(self._handle)


def drop_pair(database: Path) -> None:
    """The file is whole by itself again. The disk knows of it before anything more is written."""
    pair_path(database).unlink()
    sync_folder(database.parent)
    wal_path(pair_path(database)).unlink()


def put_back_pair(database: Path) -> None:
    """Put back the pair of a folding that was cut short, unless somebody has the file. Each step may be repeated."""
    pair, pair_wal = pair_path(database), wal_path(pair_path(database))
    if not any(path.exists() for path in (pair, pair_wal, _half_made(database))):
        return
    with database.open("rb+") as held:
        try:
            fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # another program has it open, and may be folding
            return
        if pair.exists():
            wal = wal_path(database)
            for ending in _DUCKDB_LEAVES:
                wal.with_name(wal.name + ending).unlink(missing_ok=True)
            if pair_wal.exists():
                pair_wal.replace(wal)
            pair.replace(database)
            sync_folder(database.parent)
        _remove_half_made(database)


def _remove_half_made(database: Path) -> None:
    for path in (_half_made(database), wal_path(pair_path(database))):
        with suppress(OSError):
            path.unlink()


def _copy(source: int, target: Path) -> None:
    """Copy what a handle reads, from its beginning, into a file for its owner alone; on the disk when this ends."""
    target.touch(mode=0o600)
    with target.open("wb") as copy:
        place = 0
        while piece := os.pread(source, _AT_ONCE, place):
            copy.write(piece)
            place += len(piece)
        copy.flush()
        os.fsync(copy.fileno())


def sync_folder(folder: Path) -> None:
    """Have a folder itself remember its names."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
