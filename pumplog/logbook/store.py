"""The log itself: open, append, read, prove. A server database could take the place of what is behind this."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb
from duckdb import DuckDBPyConnection

from pumplog.errors import LogbookDamaged, LogbookUnavailable, Trouble
from pumplog.logbook import proof, table
from pumplog.logbook.anchor import access_name, anchor_path, read_anchor, write_anchor
from pumplog.logbook.chain import EMPTY, link
from pumplog.logbook.copying import Copied, copy_aside
from pumplog.logbook.database import Database, is_of_the_disk, is_there
from pumplog.logbook.event import Event, Head, NewEvent, Outside, Verification, event_of
from pumplog.logbook.guards import guards_are_whole, restore_guards
from pumplog.logbook.kept import Kept, Shelf, all_of, put, those_from
from pumplog.logbook.log import Lease
from pumplog.logbook.migrate import known_version, migrate, shipped_migrations
from pumplog.logbook.signed_head import SignedHead
from pumplog.logbook.signing_key import signing_key

if TYPE_CHECKING:
    import pyarrow as pa


class Logbook:
    """The append-only log of one clinic, in one file, held by one process."""

    def __init__(self, database: Database) -> None:
        """Use `Logbook.open`; this takes a database that was already proven."""
        self._database = database

    @classmethod
    def open(cls, path: Path, *, create: bool = True, accept_missing_anchor: bool = False) -> Self:
        """Open or create a log, prove it whole, and bring its schema up to date.

        `accept_missing_anchor` is for a person who knows why the anchor is gone (only the database came back
        from a backup) and has looked at the newest entries: a new anchor is then made.
        """
        path = path.resolve()
        if not is_there(path):
            _refuse_missing_file(path, read_anchor(path), create=create)
        with ExitStack() as undo:
            database = Database(path)
            undo.callback(database.close)
            _prove(database, accept_missing_anchor=accept_missing_anchor)
            database.prove_anew = partial(_prove, database, accept_missing_anchor=False)
            undo.pop_all()
        return cls(database)

    def close(self) -> None:
        """Let the file go, with everything in it folded in. Closing twice is allowed."""
        self._database.close(fold=True)

    def __enter__(self) -> Self:
        """Use the log in a `with` statement."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the log at the end of a `with` statement."""
        self.close()

    def append(self, event: NewEvent, *, seen: int) -> Event:
        """Write one event. `seen` is the highest sequence of its pump that the person had seen, 0 for none."""
        return self.append_all([event], seen={event.pump_id: seen})[0]

    def append_all(self, events: Iterable[NewEvent], *, seen: Mapping[str, int]) -> tuple[Event, ...]:
        """Write all events or none, durably, in one transaction; `seen` names every pump among them.

        An event already in the log is answered as stored and not written again, so a repeat is harmless.
        """
        asked = tuple(events)
        if not asked:
            return ()
        with self._database.writing() as cursor:
            try:
                return self._append(cursor, asked, seen)
            except (duckdb.TransactionException, duckdb.ConstraintException) as error:
                if is_of_the_disk(error):
                    raise
                # Something outside the writer lock was first; look again, once, at what is there now.
                return self._append(cursor, asked, seen)

    def _append(
        self, cursor: DuckDBPyConnection, asked: Sequence[NewEvent], seen: Mapping[str, int]
    ) -> tuple[Event, ...]:
        self._database.last_sequence = None  # until it is known that the rows are committed
        with table.transaction(cursor):
            stored = table.stored_among(cursor, [event.event_id for event in asked])
            fresh = table.not_yet_written(asked, stored)
            head = table.head_of(cursor)
            if fresh:
                table.refuse_stale(cursor, fresh, seen)
                written, head = link(fresh, head)
                table.insert(cursor, written)
                stored.update((event.event_id, event) for event in written)
        self._database.last_sequence = head.sequence
        if fresh or read_anchor(self._database.path) != head:
            write_anchor(self._database.path, head)
        if fresh:
            self._database.fold_in(cursor)  # only now: until then the write-ahead log is guarded by the anchor
        return tuple(stored[event.event_id] for event in asked)

    def keep(self, changes: Iterable[Kept] = (), *, said: Iterable[NewEvent] = ()) -> None:
        """Keep what changes and say so in the log of who came in: all of it durably, in one transaction, or none."""
        wanted, lines = tuple(changes), tuple(said)
        with self._database.writing() as cursor:
            self._database.let_go_of({change.shelf for change in wanted})
            with table.transaction(cursor):
                for change in wanted:
                    put(cursor, change)
                written, head = link(lines, table.head_of(cursor, table.ACCESS_LOG))
                if written:
                    table.insert(cursor, written, table.ACCESS_LOG)
            if written:
                write_anchor(access_name(self._database.path), head)
            self._database.fold_in(cursor)

    def kept(self, shelf: Shelf) -> dict[str, str]:
        """Everything that is kept on a shelf now, by key."""
        return dict(self._database.shelf(shelf, lambda cursor: all_of(cursor, shelf)))

    def kept_from(self, shelf: Shelf, beginning: str) -> dict[str, str]:
        """What is kept on a shelf now under the keys that begin so."""
        with self._database.reading() as cursor:
            return those_from(cursor, shelf, beginning)

    def kept_under(self, shelf: Shelf, key: str) -> str | None:
        """What is kept under a key now; None when nothing is."""
        return self._database.shelf(shelf, lambda cursor: all_of(cursor, shelf)).get(key)

    def access_events(
        self, *, after: int = 0, since: datetime | None = None, until: datetime | None = None
    ) -> list[Event]:
        """The lines of who came in with a sequence above `after`, in order; written between two instants, both in."""
        first, last = (one.astimezone(UTC).replace(tzinfo=None) if one else None for one in (since, until))
        with self._database.reading() as cursor:
            cursor.execute(
                f"{table.select(table.ACCESS_LOG)} WHERE sequence > ? "
                "AND recorded_at_utc BETWEEN coalesce(?, recorded_at_utc) AND coalesce(?, recorded_at_utc) "
                "ORDER BY sequence",
                [after, first, last],
            )
            return [event_of(row) for row in cursor.fetchall()]

    def events(
        self, *, after: int = 0, until: int | None = None, pump_id: str | None = None, kind: str | None = None
    ) -> list[Event]:
        """The events with a sequence above `after`, up to `until`, in order; of one pump or kind if named."""
        last = self._database.last_sequence
        if last is not None and after >= last:
            return []
        with self._database.reading() as cursor:
            if pump_id is not None or kind is not None:
                return table.events_about(cursor, after, until, pump_id, kind)
            if until is None:
                until = table.head_of(cursor).sequence
            rows = (row for piece in table.pieces(after, until) for row in table.rows_in(cursor, piece))
            return [event_of(row) for row in rows]

    def event_columns(self, *, after: int, until: int) -> "pa.Table":
        """The same events as Arrow columns, named and ordered as in the table; instants as its UTC timestamps."""
        with self._database.reading() as cursor:
            return table.columns_in(cursor, range(after + 1, until + 1))

    def latest(self, pump_id: str) -> int:
        """The highest sequence of this pump; 0 when nothing was said about it."""
        with self._database.reading() as cursor:
            return table.latest_of(cursor, pump_id)

    def head(self) -> Head:
        """The end of the log."""
        with self._database.reading() as cursor:
            return table.head_of(cursor)

    def signed_head(self, *, at: datetime) -> SignedHead:
        """The end of both logs, signed with the key beside the database, which is made when there is none."""
        with self._database.writing() as cursor:  # so that no two make a key
            key = signing_key(self._database.path)
            events, accesses = table.head_of(cursor), table.head_of(cursor, table.ACCESS_LOG)
        public = key.public_key().public_bytes_raw()
        return SignedHead.of(events, accesses, at=at, public_key=public, sign=key.sign)

    def leased(self, lease: Lease) -> AbstractContextManager[None]:
        """Have the records, or the people, to oneself from reading to writing."""
        return self._database.leased(lease)

    def copied(self, *, at: datetime) -> Copied:
        """Copy the log, as it is at some moment from now on, into a file beside it; for whoever asked to move away.

        `at` is now: what an earlier asker left lying for a day is taken away.
        """
        with self._database.reading() as cursor:
            return copy_aside(cursor, self._database.path, at=at)

    def guarded(self) -> bool:
        """Whether the triggers that refuse changes are on both logs."""
        with self._database.reading() as cursor:
            return guards_are_whole(cursor)

    def verify(self, against: Sequence[Outside] = ()) -> Verification:
        """Walk both chains again and compare their anchors, and what heads say."""
        path = self._database.path
        anchor, access_anchor = read_anchor(path), read_anchor(access_name(path))
        with self._database.reading() as cursor:
            return proof.prove_both(cursor, anchor, access_anchor, against)

    @staticmethod
    def verify_file(path: Path, against: Sequence[Outside] = ()) -> Verification:
        """Prove the log in a file without changing it; damage is an answer, not an exception."""
        return proof.verify_file(path, against)


def _prove(database: Database, *, accept_missing_anchor: bool) -> None:
    """Prove an opened log whole, bring its schema up to date, and put back the triggers and the anchor."""
    path = database.path
    with database.writing() as cursor:
        anchor = read_anchor(path)
        head = _proven_head(cursor, path, anchor, accept_missing_anchor=accept_missing_anchor)
        migrate(cursor, shipped_migrations())
        _refuse_altered_access_log(cursor, path)
        restore_guards(cursor)
        database.last_sequence = head.sequence
        if anchor != head:
            write_anchor(path, head)
        database.fold_in(cursor, from_bytes=1)


def _refuse_missing_file(path: Path, anchor: Head | None, *, create: bool) -> None:
    if anchor is not None and anchor.row_count:
        raise LogbookDamaged(
            f"The log {path} is missing, but its anchor says it had {anchor.row_count} events. Put back the last "
            "backup of the log; do not start a new one in its place.",
            Trouble.MISSING,
        )
    if not create:
        raise LogbookUnavailable(f"There is no log at {path}: check the path.", Trouble.MISSING)


def _refuse_altered_access_log(cursor: DuckDBPyConnection, path: Path) -> None:
    """Prove the log of who came in; a missing anchor is made anew, since the log of events vouches for the file."""
    anchor = read_anchor(access_name(path))
    verification, head = proof.prove(cursor, anchor, table.ACCESS_LOG)
    if not verification.ok:
        raise LogbookDamaged(
            f"The log of who came in does not prove itself. {verification.says} "
            "Nothing can be recorded until the last good backup is put back."
        )
    if anchor != head and head.row_count:
        write_anchor(access_name(path), head)


def _proven_head(cursor: DuckDBPyConnection, path: Path, anchor: Head | None, *, accept_missing_anchor: bool) -> Head:
    if known_version(cursor, shipped_migrations()) == 0:
        if anchor is not None and anchor.row_count:
            raise LogbookDamaged(
                f"The log {path} is empty, but its anchor says it had {anchor.row_count} events. "
                "Put back the last backup."
            )
        foreign = proof.foreign_functions(cursor)
        if foreign is not None:
            raise LogbookDamaged(f"{foreign.says} Nothing was written into it; choose another file.")
        return EMPTY
    verification, head = proof.prove(cursor, anchor)
    if not verification.ok:
        raise LogbookDamaged(f"{verification.says} Nothing can be recorded until the last good backup is put back.")
    if anchor is None and head.row_count and not accept_missing_anchor:
        raise LogbookDamaged(
            f"The log has {head.row_count} events but its anchor {anchor_path(path)} is missing, so nobody can say "
            "whether newer ones were cut off. Put the anchor back; or, if only the log came from a backup, look "
            "at its newest entries and make a new anchor with 'pumplog verify --new-anchor'.",
            Trouble.NO_ANCHOR,
        )
    return head
