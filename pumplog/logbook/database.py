"""One DuckDB file held by one process: opening it hardened, lending cursors, one writer at a time."""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import EDQUOT, EFBIG, ENOSPC
from os import strerror
from pathlib import Path
from typing import Final

import duckdb
from duckdb import DuckDBPyConnection

from pumplog.errors import LogbookDamaged, LogbookUnavailable, Trouble
from pumplog.logbook.anchor import anchor_path, trouble_of
from pumplog.logbook.folding import Original, drop_pair, put_back_pair, whole_file
from pumplog.logbook.gate import Gate
from pumplog.logbook.kept import Shelf
from pumplog.logbook.log import Lease
from pumplog.logbook.wal import drop_oldest_kept, keep_leftover_wal, make_private_wal, wal_bytes_count

# Triggers need the 2.0 file format. Named so that a later DuckDB does not move a clinic's file on by itself.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v2.0.0",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "checkpoint_threshold": "1TB",  # never by itself: see pumplog/logbook/folding.py
}


_ROOM_BYTES: Final = 32 << 20
"""House policy: besides two copies of the file, so much must be free before the write-ahead log is folded in."""
FOLDED_FROM_BYTES: Final = 256 << 10
"""House policy: a write-ahead log as long as this is folded in after a save; a shorter one when the log is closed."""
_UNFOLDED_COUNT: Final = 50
"""House policy: so many saves go by before it is tried again to fold in what there was no room for."""


@dataclass(eq=False)
class _Held:
    """What all openings of one file in this process share."""

    writer: threading.RLock = field(default_factory=threading.RLock)
    leases: dict[Lease, threading.RLock] = field(
        default_factory=lambda: {lease: threading.RLock() for lease in Lease}
    )
    gate: Gate = field(default_factory=Gate)
    openings: "set[Database]" = field(default_factory=set)
    original: Original | None = None
    """None while nobody has the file open."""
    broken: bool = False
    """DuckDB gave the file up, as it does when it finds no room while folding in: it must be opened anew."""
    unfolded_count: int = 0
    """So many saves to come are not folded in: there was no room just now."""
    last_sequence: int | None = None
    """Of the events, as last committed; None while one is being written, or when nobody knows."""
    shelves: dict[Shelf, dict[str, str]] = field(default_factory=dict)
    """What was read of a shelf since somebody last wrote to it; read and let go of by whoever has the writer lock."""

    def let_go_of_original(self) -> None:
        """Close the file as it lies on the disk, after DuckDB did."""
        if self.original is not None:
            self.original.close()
            self.original = None


_held: dict[Path, _Held] = {}
_held_lock = threading.Lock()


class Database:
    """An open log file. Cursors are lent one per use; whoever writes holds the one writer lock."""

    def __init__(self, path: Path) -> None:
        """Open or create the file, hardened: no extensions, no other files, settings locked, UTC."""
        self.path = path
        with _held_lock:
            held = _held.setdefault(path, _Held())
            first_here = not held.openings
            self._connection = _connect(path, first_here=first_here)
            if first_here:
                held.original = Original(path)
            held.openings.add(self)
            held.broken = held.broken and not first_here
        self._held = held
        self._closed = False
        self.prove_anew: Callable[[], object] = lambda: None
        """What is done, besides opening, when the file has to be opened anew."""

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """Lend a cursor for one use. Raises LogbookUnavailable or LogbookDamaged for what DuckDB says."""
        if self._held.broken and not self._held.gate.is_mine():
            self._open_anew()
        try:
            with self._held.gate.inside(), self._connection.cursor() as cursor:
                yield cursor
        except duckdb.Error as error:
            self._held.broken = self._held.broken or _is_given_up(error)
            if _is_full(error):
                self._held.unfolded_count = _UNFOLDED_COUNT
            raise self._explained(error) from error

    def fold_in(self, cursor: DuckDBPyConnection, *, from_bytes: int = FOLDED_FROM_BYTES) -> None:
        """Fold the write-ahead log into the file when it is long and there is room; else a later save does.

        For whoever has the writer lock. What was committed is safe before this, and the anchor knows of it: a failure
        here loses nothing.
        """
        self._held.unfolded_count = max(0, self._held.unfolded_count - 1)
        original = self._held.original
        if original is None or self._held.unfolded_count or wal_bytes_count(self.path) < from_bytes:
            return
        if not _has_room(self.path):
            return
        try:
            original.copy_pair()
        except OSError:
            self._held.unfolded_count = _UNFOLDED_COUNT
            return
        whole = False
        try:
            with suppress(duckdb.TransactionException):  # somebody is at work: nothing was folded in
                cursor.execute("CHECKPOINT")
            drop_pair(self.path)
            whole = True
        except (duckdb.Error, OSError):
            self._held.unfolded_count = _UNFOLDED_COUNT
        finally:
            self._held.broken = self._held.broken or not whole
        if wal_bytes_count(self.path) >= from_bytes:
            self._held.unfolded_count = _UNFOLDED_COUNT

    def _open_anew(self) -> None:
        """Let go of a file that DuckDB gave up, open it again, and prove it, for all who use it in this process.

        On a full disk the board must still open: what is not yet folded in is copied aside only when there is room.
        """
        with self._held.writer:
            if not self._held.broken or self._closed:
                return
            with self._held.gate.alone():
                self._held.last_sequence = None
                self._held.shelves.clear()
                with _held_lock:
                    for opening in self._held.openings:
                        opening.let_go()
                    self._held.let_go_of_original()
                    put_back_pair(self.path)
                    if _has_room(self.path):
                        with suppress(OSError):
                            keep_leftover_wal(self.path)
                            drop_oldest_kept(self.path)
                    for opening in self._held.openings:
                        opening.take_up()
                    self._held.original = Original(self.path)
                self._held.broken = False
                proven = False
                try:
                    self.prove_anew()
                    proven = True
                finally:
                    self._held.broken = self._held.broken or not proven

    @contextmanager
    def writing(self) -> Iterator[DuckDBPyConnection]:
        """Lend a cursor to the one writer of this process."""
        with self._held.writer, self.reading() as cursor:
            make_private_wal(self.path)
            yield cursor

    @property
    def last_sequence(self) -> int | None:
        """The sequence of the newest event, when it is known without asking; every writer is in this process."""
        return None if self._closed else self._held.last_sequence

    @last_sequence.setter
    def last_sequence(self, sequence: int | None) -> None:
        self._held.last_sequence = sequence

    def shelf(self, shelf: Shelf, read: Callable[[DuckDBPyConnection], dict[str, str]]) -> Mapping[str, str]:
        """What is kept on a shelf now: as read before, while nobody has written to it since."""
        known = self._held.shelves.get(shelf)
        if known is not None and not self._closed:
            return known
        with self._held.writer, self.reading() as cursor:
            return self._held.shelves.setdefault(shelf, read(cursor))

    def let_go_of(self, shelves: Iterable[Shelf]) -> None:
        """Forget what was read of shelves that are about to be written to; for whoever has the writer lock."""
        for shelf in shelves:
            self._held.shelves.pop(shelf, None)

    @contextmanager
    def leased(self, lease: Lease) -> Iterator[None]:
        """Have the records, or the people, to oneself among all who use this file through this process."""
        with self._held.leases[lease]:
            yield

    def let_go(self) -> None:
        """Give up the connection; `take_up` makes another."""
        self._connection.close()

    def take_up(self) -> None:
        """Connect to the file again."""
        self._connection = _connect(self.path, first_here=False)

    def close(self, *, fold: bool = False) -> None:
        """Let the file go; whoever closes it last and has proved it folds in what is left. Twice is allowed."""
        with self._held.writer, _held_lock:
            if self._closed:
                return
            last = self._held.openings == {self}
            if fold and last and not self._held.broken:
                with suppress(duckdb.Error), self._connection.cursor() as cursor:
                    self.fold_in(cursor, from_bytes=1)
            self._closed = True
            self._held.openings.discard(self)
            self._connection.close()
            if last and self._held.gate.is_empty():  # else DuckDB has the file until whoever reads is done
                self._held.let_go_of_original()

    def _explained(self, error: duckdb.Error) -> LogbookUnavailable | LogbookDamaged:
        if isinstance(error, duckdb.ConnectionException):
            return LogbookUnavailable("The log was closed. Open the program again.")
        if _is_full(error):
            return LogbookUnavailable(
                f"There is no room left on the disk of the log {self.path}, and nothing was saved. Make room, then "
                "save again: the same entry is never recorded twice.",
                Trouble.FULL,
            )
        if isinstance(error, duckdb.TransactionException | duckdb.ConstraintException):
            return LogbookUnavailable(
                "Somebody else was writing at the same moment and nothing of yours was saved. Save again."
            )
        if isinstance(error, duckdb.FatalException):
            return LogbookUnavailable(
                f"The log {self.path} had to be let go of ({_first_line(error)}). It is opened and proved again when "
                "you try again: the same entry is never recorded twice."
            )
        if isinstance(error, duckdb.OperationalError) and not isinstance(error, duckdb.SerializationException):
            return LogbookUnavailable(
                f"The log {self.path} could not be read or written ({_first_line(error)}). Check the disk and its "
                "free space, then save again: the same entry is never recorded twice."
            )
        return LogbookDamaged(
            f"The log {self.path} cannot be read as it should ({_first_line(error)}). "
            "Run 'pumplog verify' and put back the last backup."
        )


def is_there(path: Path) -> bool:
    """Whether there is such a file; refuses when nobody can tell."""
    try:
        return path.exists()
    except OSError as error:
        raise LogbookUnavailable(f"The log {path} cannot be reached: {error.strerror}. Ask for access.") from error


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise LogbookUnavailable(f"{path} is a folder. Name a file in it for the log.")


def _connect(path: Path, *, first_here: bool) -> DuckDBPyConnection:
    _refuse_folder(path)
    kept = None
    new = not is_there(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if first_here and not new:
            put_back_pair(path)
            kept = keep_leftover_wal(path)
        connection = duckdb.connect(path, config=_CONFIG)
        if new:
            path.chmod(0o600)
        if kept is not None:
            drop_oldest_kept(path)
    except OSError as error:
        raise LogbookUnavailable(
            f"The log cannot be kept at {path}: {error.strerror}. Choose a folder that may be written to.",
            trouble_of(error),
        ) from error
    except duckdb.Error as error:
        if kept is not None and "Conflicting lock" in str(error):
            kept.unlink()
        raise refusal(path, error) from error
    _harden(connection, path.parent)
    return connection


def _harden(connection: DuckDBPyConnection, folder: Path) -> None:
    locked = connection.execute("SELECT current_setting('lock_configuration')").fetchall()
    if locked == [(True,)]:  # a second opening in this process shares the first one's settings
        return
    allowed = str(folder).replace("'", "''")
    for statement in (
        "SET GLOBAL TimeZone = 'UTC'",
        f"SET allowed_directories = ['{allowed}']",
        "SET enable_external_access = false",
        "PRAGMA disable_checkpoint_on_shutdown",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)


def refusal(path: Path, error: duckdb.Error) -> LogbookUnavailable | LogbookDamaged:
    """Say in a sentence why DuckDB did not open this file."""
    said = str(error)
    if "Conflicting lock" in said:
        process = re.search(r"PID (\d+)", said)
        who = f"process {process[1]}" if process else "another process"
        return LogbookUnavailable(
            f"The log {path} is open in another program ({who}). Close that one, or work there, then try again.",
            Trouble.HELD,
        )
    if "different configuration" in said:
        return LogbookUnavailable(f"The log {path} is already open in this program in another way.")
    if "not a valid DuckDB database file" in said:
        if anchor_path(path).exists():
            return LogbookDamaged(f"The log {path} can no longer be read at all. Put back the last backup.")
        return LogbookUnavailable(
            f"The file {path} is not a pumplog log. Nothing was changed; choose another file.", Trouble.FOREIGN
        )
    if "storage version" in said:
        return LogbookUnavailable(
            f"The log {path} was written by a newer DuckDB than this program brings. Update the program.",
            Trouble.NEWER,
        )
    if _is_full(error):
        return LogbookUnavailable(
            f"The disk of the log {path} is full ({_first_line(error)}). Make room on it, then try again.",
            Trouble.FULL,
        )
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return LogbookUnavailable(f"The log {path} may not be written to. Ask for write access to its folder.")
    return LogbookDamaged(f"The log {path} cannot be opened ({_first_line(error)}). Put back the last backup.")


def is_of_the_disk(error: duckdb.Error) -> bool:
    """Whether the disk refused, and not somebody who wrote at the same moment."""
    return "Could not" in str(error) or _is_full(error)


def _is_given_up(error: duckdb.Error) -> bool:
    """Whether the file must be opened anew before anything else is written.

    After a commit that the disk refused, DuckDB keeps the keys of its rows, and would call the same rows duplicates.
    """
    return isinstance(error, duckdb.FatalException) or is_of_the_disk(error)


def _has_room(path: Path) -> bool:
    """Whether DuckDB may fold in: when it finds no room half-way it gives the file up until it is opened anew."""
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free > 2 * path.stat().st_size + _ROOM_BYTES
    return True


def _is_full(error: duckdb.Error) -> bool:
    return any(strerror(one) in str(error) for one in (ENOSPC, EDQUOT, EFBIG))


def _first_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0].rstrip(".")


@contextmanager
def open_read_only(path: Path) -> Iterator[DuckDBPyConnection]:
    """Open a file only to look at it: nothing is created, replayed into it or put back."""
    _refuse_folder(path)
    try:
        connection = duckdb.connect(whole_file(path), read_only=True, config=_CONFIG)
    except duckdb.Error as error:
        raise refusal(path, error) from error
    with connection:
        yield connection
