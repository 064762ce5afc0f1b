"""The hash chain: what is hashed.

Definition, so that anybody can check a log without this program:

- An event's fields are taken in this order: the word `pumplog-event-1`, sequence, event_id, pump_id, kind,
  body_version, body, happened_at_utc, recorded_at_utc, recorded_by, prior_hash. Whole numbers are written in
  decimal; an instant is its whole number of microseconds since 1970-01-01T00:00:00Z; text is as stored.
- Each field becomes its length in bytes of UTF-8, in decimal, then a colon, then those bytes; the results
  are joined without anything between them. The lengths keep one field from borrowing another's characters.
- `hash` is the SHA-256 of that, in lower-case hexadecimal. `prior_hash` is the `hash` of the event before;
  the first event has 64 zeros. Sequences are 1, 2, 3 … without a gap.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pumplog.logbook.event import Event, Head, NewEvent

GENESIS = "0" * 64
EMPTY = Head(row_count=0, hash=GENESIS, sequence=0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORM = b"15:pumplog-event-1" + b"%d:%b" * 10

# The fields of an event in the order of the table, both instants as whole microseconds.
HashedRow = tuple[int, str, str, str, int, str, int, int, str, str, str]


def hash_of(
    sequence: int,
    event_id: str,
    pump_id: str,
    kind: str,
    body_version: int,
    body: str,
    happened_us: int,
    recorded_us: int,
    recorded_by: str,
    prior_hash: str,
) -> str:
    """The hash of one event, as defined at the top of this file."""
    number, version = b"%d" % sequence, b"%d" % body_version
    happened, recorded = b"%d" % happened_us, b"%d" % recorded_us
    event, pump, said = event_id.encode(), pump_id.encode(), body.encode()
    what, who, prior = kind.encode(), recorded_by.encode(), prior_hash.encode()
    text = _FORM % (
        *(len(number), number, len(event), event, len(pump), pump, len(what), what, len(version), version),
        *(len(said), said, len(happened), happened, len(recorded), recorded, len(who), who, len(prior), prior),
    )
    return sha256(text).hexdigest()


def link(events: Iterable[NewEvent], head: Head) -> tuple[list[Event], Head]:
    """Give each event its place after `head`, the next sequence and both hashes; and say the new head."""
    linked = []
    sequence, prior_hash = head.sequence, head.hash
    for event in events:
        sequence += 1
        happened, recorded = event.happened_at_utc.astimezone(UTC), event.recorded_at_utc.astimezone(UTC)
        own_hash = hash_of(
            sequence,
            event.event_id,
            event.pump_id,
            event.kind,
            event.body_version,
            event.body,
            (happened - _EPOCH) // _MICROSECOND,
            (recorded - _EPOCH) // _MICROSECOND,
            event.recorded_by,
            prior_hash,
        )
        linked.append(
            Event(
                event_id=event.event_id,
                pump_id=event.pump_id,
                kind=event.kind,
                body_version=event.body_version,
                body=event.body,
                happened_at_utc=happened,
                recorded_at_utc=recorded,
                recorded_by=event.recorded_by,
                sequence=sequence,
                prior_hash=prior_hash,
                hash=own_hash,
            )
        )
        prior_hash = own_hash
    return linked, Head(row_count=sequence, hash=prior_hash, sequence=sequence)
