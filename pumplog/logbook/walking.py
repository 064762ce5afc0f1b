"""The walk along a chain: does every row prove itself, and does the chain hold what is remembered outside it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pumplog.logbook.blame import Blame, blame
from pumplog.logbook.chain import GENESIS, HashedRow, hash_of
from pumplog.logbook.event import Head, Remembered, Verification

if TYPE_CHECKING:
    import pyarrow as pa


def walk(
    rows: Iterable[HashedRow], anchor: Head | None, remembered: Sequence[Remembered] = ()
) -> tuple[Verification, Head]:
    """Check every row in order of sequence, then the anchor, then what heads say; name the first bad event.

    The head returned is the last row that proved itself.
    """
    marks = _marks(anchor, remembered)
    proven_count, prior_hash = 0, GENESIS
    last_good: HashedRow | None = None
    coming = iter(rows)
    for row in coming:
        expected = proven_count + 1
        if None in row or row[0] != expected or row[9] != prior_hash or hash_of(*row[:10]) != row[10]:
            rest = [row, *coming]
            found = blame(last_good, rest, anchor)
            head = Head(row_count=proven_count, hash=prior_hash, sequence=proven_count)
            return Verification(False, proven_count + len(rest), found.first_bad, found.says, found.found), head
        proven_count, prior_hash, last_good = expected, row[10], row
        if expected in marks:
            marks[expected] = prior_hash
    return _held_against(proven_count, prior_hash, marks, anchor, remembered)


def walk_columns(
    batches: "Iterable[pa.RecordBatch]",
    row_count: int,
    anchor: Head | None,
    remembered: Sequence[Remembered] = (),
) -> tuple[Verification, Head] | None:
    """The same walk over columns of the same rows, in less time.

    None as soon as a row does not prove itself, or when they are not `row_count`: then only the walk by rows can say
    what happened.
    """
    from pumplog.logbook.chain_columns import hashes_of

    marks = _marks(anchor, remembered)
    proven_count, prior_hash = 0, GENESIS
    for batch in batches:
        if any(column.null_count for column in batch.columns):
            return None
        hashes: list[str] = batch.column(10).to_pylist()
        expected = range(proven_count + 1, proven_count + len(hashes) + 1)
        if batch.column(0).to_pylist() != list(expected):
            return None
        if batch.column(9).to_pylist() != [prior_hash, *hashes][:-1] or hashes_of(batch) != hashes:
            return None
        marks |= {count: hashes[count - expected.start] for count in marks if count in expected}
        proven_count, prior_hash = proven_count + len(hashes), hashes[-1] if hashes else prior_hash
    if proven_count != row_count:
        return None
    return _held_against(proven_count, prior_hash, marks, anchor, remembered)


def _marks(anchor: Head | None, remembered: Sequence[Remembered]) -> dict[int, str]:
    """The hash of each event that is remembered outside, by its number; to be filled in on the way."""
    marks = {one.row_count: "" for one in remembered} | {0: GENESIS}
    if anchor is not None:
        marks.setdefault(anchor.row_count, "")
    return marks


def _held_against(
    proven_count: int,
    prior_hash: str,
    marks: Mapping[int, str],
    anchor: Head | None,
    remembered: Sequence[Remembered],
) -> tuple[Verification, Head]:
    """What a chain that holds says of the anchor and of the heads."""
    head = Head(row_count=proven_count, hash=prior_hash, sequence=proven_count)
    found = None if anchor is None else _unlike_anchor(anchor, proven_count, marks[anchor.row_count])
    for one in remembered:
        found = found or _unlike_head(one, proven_count, marks[one.row_count])
    if found is not None:
        return Verification(False, proven_count, found.first_bad, found.says, found.found), head
    return Verification(
        True, proven_count, None, f"The log is whole: all {proven_count} events prove themselves."
    ), head


def _unlike_anchor(anchor: Head, row_count: int, at_anchor: str) -> Blame | None:
    """What is wrong when the chain holds but the anchor remembers otherwise."""
    if row_count < anchor.row_count:
        return Blame(
            row_count + 1,
            "missing",
            f"The log was shortened: the anchor says {anchor.row_count} events, the file has {row_count}. "
            f"Event {row_count + 1} is the first that is missing.",
        )
    if at_anchor != anchor.hash:
        return Blame(
            None,
            "rewritten",
            f"The anchor file does not belong to this log: at event {anchor.row_count} the log has another hash "
            "than the anchor. The log was rewritten, or one of the two files comes from somewhere else.",
        )
    return None


def _unlike_head(remembered: Remembered, row_count: int, at_head: str) -> Blame | None:
    """What is wrong when chain and anchor hold but a head that was taken earlier says otherwise."""
    if row_count < remembered.row_count:
        return Blame(
            row_count + 1,
            "missing",
            f"The log was shortened since the head was taken: the head says {remembered.row_count} events, the file "
            f"has {row_count}. Event {row_count + 1} is the first that is missing.",
        )
    if not at_head.startswith(remembered.hash_begins):
        return Blame(
            None,
            "rewritten",
            f"The log is not the one that the head was taken of: at event {remembered.row_count} it has another "
            "hash. It was rewritten since, or the head is of another log.",
        )
    return None
