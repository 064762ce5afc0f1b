"""A log that another process has open: the same questions, asked over a socket that its owner alone can reach."""

import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from pumplog.errors import LogbookUnavailable
from pumplog.logbook.copying import Copied
from pumplog.logbook.door_file import DoorFile, read_door_file
from pumplog.logbook.event import COLUMNS, Event, Head, NewEvent, Outside, Verification
from pumplog.logbook.kept import Kept, Shelf
from pumplog.logbook.log import Lease
from pumplog.logbook.messages import (
    copied_heard,
    event_heard,
    head_heard,
    kept_said,
    line_of,
    message_of,
    new_event_said,
    refusal_heard,
    verification_heard,
)
from pumplog.logbook.signed_head import SignedHead, read_signed_head

if TYPE_CHECKING:
    import pyarrow as pa

_PATIENCE_SECONDS: Final = 120  # a long log is verified in less; a server that says nothing for longer is gone


def reach(database: Path) -> "RemoteLog | None":
    """The log as the app that has it open answers for it; None when no app answers, and the file can be opened."""
    door = read_door_file(database)
    if door is None or door.process_id == os.getpid():
        return None
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(_PATIENCE_SECONDS)
        line.connect(door.socket)
    except OSError:  # an app that was killed leaves its word behind
        line.close()
        return None
    return RemoteLog(line, door)


class RemoteLog:
    """One conversation with the app; what it refuses is raised here as the same refusal."""

    def __init__(self, line: socket.socket, door: DoorFile) -> None:
        self._line = line
        self._heard = line.makefile("rb")
        self._one_at_a_time = RLock()
        self._send({"token": door.token})

    def close(self) -> None:
        """Hang up. Whatever was leased is free again."""
        self._heard.close()
        self._line.close()

    def append(self, event: NewEvent, *, seen: int) -> Event:
        """Write one event; StaleRecord when something was said about its pump since `seen`."""
        return self.append_all([event], seen={event.pump_id: seen})[0]

    def append_all(self, events: Iterable[NewEvent], *, seen: Mapping[str, int]) -> tuple[Event, ...]:
        """Write all events or none, in one transaction."""
        written = self._ask("append_all", events=[new_event_said(event) for event in events], seen=dict(seen))
        return tuple(event_heard(one) for one in written)

    def keep(self, changes: Iterable[Kept] = (), *, said: Iterable[NewEvent] = ()) -> None:
        """Keep what changes, and say so in the log of who came in, in one transaction."""
        lines = [new_event_said(one) for one in said]
        self._ask("keep", changes=[kept_said(change) for change in changes], said=lines)

    def kept(self, shelf: Shelf) -> dict[str, str]:
        """Everything on a shelf, by key."""
        return dict(self._ask("kept", shelf=shelf.value))

    def kept_from(self, shelf: Shelf, beginning: str) -> dict[str, str]:
        """What is on a shelf under the keys that begin so."""
        return dict(self._ask("kept_from", shelf=shelf.value, beginning=beginning))

    def kept_under(self, shelf: Shelf, key: str) -> str | None:
        """What is kept under a key."""
        found: str | None = self._ask("kept_under", shelf=shelf.value, key=key)
        return found

    def access_events(
        self, *, after: int = 0, since: datetime | None = None, until: datetime | None = None
    ) -> list[Event]:
        """The lines of who came in with a sequence above `after`, in order; written between two instants, both in."""
        first, last = (one.isoformat() if one else None for one in (since, until))
        return [event_heard(one) for one in self._ask("access_events", after=after, since=first, until=last)]

    def events(
        self, *, after: int = 0, until: int | None = None, pump_id: str | None = None, kind: str | None = None
    ) -> list[Event]:
        """The events with a sequence above `after`, up to `until`, in order; of one pump or kind if named."""
        return [event_heard(one) for one in self._ask("events", after=after, until=until, pump_id=pump_id, kind=kind)]

    def event_columns(self, *, after: int, until: int) -> "pa.Table":
        """The same events as Arrow columns, named and ordered as in the table; instants as its UTC timestamps."""
        import pyarrow as pa

        types = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "VARCHAR": pa.string(), "TIMESTAMP": pa.timestamp("us")}
        events = self.events(after=after, until=until)
        return pa.table(
            [pa.array([getattr(event, name) for event in events], types[held]) for name, held in COLUMNS.items()],
            names=list(COLUMNS),
        )

    def latest(self, pump_id: str) -> int:
        """The highest sequence of this pump; 0 when nothing was said about it."""
        return int(self._ask("latest", pump_id=pump_id))

    def head(self) -> Head:
        """The end of the log."""
        return head_heard(self._ask("head"))

    def signed_head(self, *, at: datetime) -> SignedHead:
        """The end of both logs, signed by the app with the key beside its database."""
        return read_signed_head(self._ask("signed_head", at=at.isoformat()))

    def verify(self, against: Sequence[Outside] = ()) -> Verification:
        """Walk both chains and compare their anchors, and what heads say, in the app."""
        return verification_heard(self._ask("verify", against=[asdict(one) for one in against]))

    def guarded(self) -> bool:
        """Whether the triggers that refuse changes are there."""
        return bool(self._ask("guarded"))

    def copied(self, *, at: datetime) -> Copied:
        """Have the app copy the log into a file beside it."""
        return copied_heard(self._ask("copied", at=at))

    @contextmanager
    def leased(self, lease: Lease) -> Iterator[None]:
        """Have the records, or the people, to oneself from reading to writing; the app waits meanwhile."""
        self._ask("lease", lease=lease.value)
        try:
            yield
        finally:
            self._ask("give_back", lease=lease.value)

    def _ask(self, what: str, **words: Any) -> Any:
        """Ask one thing and hear the answer, which may come in several lines. Raises what the app refused."""
        with self._one_at_a_time:
            self._send({"ask": what, **words})
            heard: list[Any] = []
            while True:
                said = self._hear()
                if "refused" in said:
                    raise refusal_heard(said)
                if "more" not in said:
                    return heard or said["answer"]
                heard += said["more"]

    def _send(self, message: Mapping[str, Any]) -> None:
        try:
            self._line.sendall(line_of(message))
        except OSError as error:
            raise _gone(error) from error

    def _hear(self) -> dict[str, Any]:
        try:
            return message_of(self._heard.readline())
        except OSError as error:
            raise _gone(error) from error


def _gone(error: OSError) -> LogbookUnavailable:
    return LogbookUnavailable(
        f"The app that has the log open does not answer ({error.strerror or error}). Give the command again: the "
        "same entry is never recorded twice."
    )
