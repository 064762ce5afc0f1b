"""The hash chain: what is hashed, and the walk that finds the first event that does not prove itself.

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

from pumplog.logbook.event import Event, Head, NewEvent, Verification

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


def walk(rows: Iterable[HashedRow], anchor: Head | None) -> tuple[Verification, Head]:
    """Check every row in order of sequence, then the anchor; say which event is the first bad one.

    The head returned is the last row that proved itself.
    """
    row_count = proven_count = 0
    prior_hash = at_anchor = GENESIS
    bad: tuple[int | None, str] | None = None
    for row in rows:
        row_count += 1
        if bad is None:
            bad = _fault(row, row_count, prior_hash)
        if bad is None:
            proven_count, prior_hash = row_count, row[10]
            if anchor is not None and row_count == anchor.row_count:
                at_anchor = prior_hash
    head = Head(row_count=proven_count, hash=prior_hash, sequence=proven_count)
    if bad is None and anchor is not None:
        bad = _unlike_anchor(anchor, row_count, at_anchor)
    if bad is not None:
        return Verification(False, row_count, *bad), head
    return Verification(True, row_count, None, f"The log is whole: all {row_count} events prove themselves."), head


def _fault(row: HashedRow, expected: int, prior_hash: str) -> tuple[int, str] | None:
    """What is wrong with this row when `expected` is the sequence that should come."""
    if None in row:
        return expected, f"Event {expected} was altered after it was written: a part of it was emptied."
    sequence = row[0]
    if sequence > expected:
        return expected, f"Event {expected} is missing: after event {expected - 1} comes event {sequence}."
    if sequence < expected:
        return sequence, f"Event {sequence} was altered or put in: no event of that number belongs there."
    if hash_of(*row[:10]) != row[10]:
        return sequence, f"Event {sequence} was altered after it was written: its hash does not fit what it says."
    if row[9] != prior_hash:
        return sequence, (
            f"Event {sequence} does not follow from event {sequence - 1}: "
            "one of the two was rewritten, swapped or put in later."
        )
    return None


def _unlike_anchor(anchor: Head, row_count: int, at_anchor: str) -> tuple[int | None, str] | None:
    """What is wrong when the chain holds but the anchor remembers otherwise."""
    if row_count < anchor.row_count:
        return row_count + 1, (
            f"The log was shortened: the anchor says {anchor.row_count} events, the file has {row_count}. "
            f"Event {row_count + 1} is the first that is missing."
        )
    if at_anchor != anchor.hash:
        return None, (
            f"The anchor file does not belong to this log: at event {anchor.row_count} the log has another hash "
            "than the anchor. The log was rewritten, or one of the two files comes from somewhere else."
        )
    return None
