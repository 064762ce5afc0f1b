"""What a log can be asked, wherever it is: in this process, or in the app that has the file open."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from pumplog.logbook.copying import Copied
from pumplog.logbook.event import Event, Head, NewEvent, Outside, Verification
from pumplog.logbook.kept import Kept, Shelf
from pumplog.logbook.signed_head import SignedHead

if TYPE_CHECKING:
    import pyarrow as pa


class Lease(StrEnum):
    """What somebody who reads, thinks and then writes has to themselves meanwhile."""

    RECORDS = "records"
    PEOPLE = "people"


class Log(Protocol):
    """The few methods behind which the database is kept."""

    def append(self, event: NewEvent, *, seen: int) -> Event:
        """Write one event; StaleRecord when something was said about its pump since `seen`."""
        ...

    def append_all(self, events: Iterable[NewEvent], *, seen: Mapping[str, int]) -> tuple[Event, ...]:
        """Write all events or none, in one transaction."""
        ...

    def keep(self, changes: Iterable[Kept] = (), *, said: Iterable[NewEvent] = ()) -> None:
        """Keep what changes, and say so in the log of who came in, in one transaction."""
        ...

    def kept(self, shelf: Shelf) -> dict[str, str]:
        """Everything on a shelf, by key."""
        ...

    def kept_from(self, shelf: Shelf, beginning: str) -> dict[str, str]:
        """What is on a shelf under the keys that begin so."""
        ...

    def kept_under(self, shelf: Shelf, key: str) -> str | None:
        """What is kept under a key."""
        ...

    def access_events(
        self, *, after: int = 0, since: datetime | None = None, until: datetime | None = None
    ) -> list[Event]:
        """The lines of who came in with a sequence above `after`, in order; written between two instants, both in."""
        ...

    def events(
        self, *, after: int = 0, until: int | None = None, pump_id: str | None = None, kind: str | None = None
    ) -> list[Event]:
        """The events with a sequence above `after`, up to `until`, in order; of one pump or kind if named."""
        ...

    def event_columns(self, *, after: int, until: int) -> "pa.Table":
        """The same events as Arrow columns, named and ordered as in the table; instants as its UTC timestamps."""
        ...

    def latest(self, pump_id: str) -> int:
        """The highest sequence of this pump; 0 when nothing was said about it."""
        ...

    def head(self) -> Head:
        """The end of the log."""
        ...

    def signed_head(self, *, at: datetime) -> SignedHead:
        """The end of both logs, signed with the key beside the database, which is made when there is none."""
        ...

    def verify(self, against: Sequence[Outside] = ()) -> Verification:
        """Walk both chains and compare their anchors, and what heads say."""
        ...

    def guarded(self) -> bool:
        """Whether the triggers that refuse changes are there."""
        ...

    def copied(self, *, at: datetime) -> Copied:
        """Copy the log into a file beside it, for whoever asked to move away."""
        ...

    def leased(self, lease: Lease) -> AbstractContextManager[None]:
        """Have the records, or the people, to oneself from reading to writing."""
        ...

    def close(self) -> None:
        """Let go of it. Closing twice is allowed."""
        ...
