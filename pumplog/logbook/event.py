"""What the log holds: an event before it is written, and after."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

COLUMNS = {  # of the table, in its order
    "sequence": "BIGINT",
    "event_id": "VARCHAR",
    "pump_id": "VARCHAR",
    "kind": "VARCHAR",
    "body_version": "INTEGER",
    "body": "VARCHAR",
    "happened_at_utc": "TIMESTAMP",
    "recorded_at_utc": "TIMESTAMP",
    "recorded_by": "VARCHAR",
    "prior_hash": "VARCHAR",
    "hash": "VARCHAR",
}
Row = tuple[int, str, str, str, int, str, datetime, datetime, str, str, str]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something said about one pump, not yet written. `body` is the exact JSON text to keep."""

    event_id: str
    pump_id: str
    kind: str
    body_version: int
    body: str
    happened_at_utc: datetime
    recorded_at_utc: datetime
    recorded_by: str

    def __post_init__(self) -> None:
        """Refuse what a caller must never send: an instant without a zone, a blank name."""
        if self.happened_at_utc.tzinfo is None or self.recorded_at_utc.tzinfo is None:
            raise ValueError("an event's instants must carry their time zone")
        if not (self.event_id and self.pump_id and self.kind and self.recorded_by):
            raise ValueError("an event needs an id, a pump, a kind and a person")

    def says_the_same_as(self, other: "NewEvent") -> bool:
        """Whether both are one event sent twice; the moments of sending may differ."""
        return (self.event_id, self.pump_id, self.kind, self.body_version, self.body) == (
            other.event_id,
            other.pump_id,
            other.kind,
            other.body_version,
            other.body,
        )


@dataclass(frozen=True, slots=True)
class Event(NewEvent):
    """An event as written: its place in the log and the two hashes that hold it there."""

    sequence: int
    prior_hash: str
    hash: str

    def __post_init__(self) -> None:
        """Check nothing: what is in the log was checked when it was new."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log: how many rows it has, the hash of the last one, and its sequence."""

    row_count: int
    hash: str
    sequence: int


Found = Literal["altered", "missing", "added", "swapped", "rewritten", "unlike", "unreadable"]
"""What is wrong with a log, in a word. Of its first bad event: not as written, gone, put in, in another's place.
Of the log: its chain is another than the anchor or a head remembers, something is not of it, it cannot be read."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the whole chain found; `first_bad` is a sequence when one row is to blame."""

    ok: bool
    row_count: int
    first_bad: int | None
    says: str
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept outside the file of how a chain ended once: so many rows, and how the last one's hash begins."""

    row_count: int
    hash_begins: str


@dataclass(frozen=True, slots=True)
class Outside:
    """What a head or its code says of both chains; a code says nothing of the second, nor of a key."""

    events: Remembered
    accesses: Remembered | None = None
    key_id: str | None = None


def event_of(row: Row) -> Event:
    """Make an event from a row of the table, whose instants are UTC without saying so."""
    sequence, event_id, pump_id, kind, version, body, happened, recorded, by, prior_hash, own_hash = row
    happened_at, recorded_at = happened.replace(tzinfo=UTC), recorded.replace(tzinfo=UTC)
    return Event(event_id, pump_id, kind, version, body, happened_at, recorded_at, by, sequence, prior_hash, own_hash)
