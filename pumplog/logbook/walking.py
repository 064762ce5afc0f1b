"""The walk along a chain: does every row prove itself, and does the chain hold what is remembered outside it."""

from collections.abc import Iterable, Sequence

from pumplog.logbook.blame import Blame, blame
from pumplog.logbook.chain import GENESIS, HashedRow, hash_of
from pumplog.logbook.event import Head, Remembered, Verification


def walk(
    rows: Iterable[HashedRow], anchor: Head | None, remembered: Sequence[Remembered] = ()
) -> tuple[Verification, Head]:
    """Check every row in order of sequence, then the anchor, then what heads say; name the first bad event.

    The head returned is the last row that proved itself.
    """
    marks = {one.row_count: "" for one in remembered} | {0: GENESIS}
    if anchor is not None:
        marks.setdefault(anchor.row_count, "")
    proven_count, prior_hash = 0, GENESIS
    last_good: HashedRow | None = None
    found: Blame | None = None
    count = 0
    coming = iter(rows)
    for row in coming:
        expected = proven_count + 1
        if None in row or row[0] != expected or row[9] != prior_hash or hash_of(*row[:10]) != row[10]:
            rest = [row, *coming]
            count = proven_count + len(rest)
            found = blame(last_good, rest, anchor)
            break
        proven_count, prior_hash, last_good = expected, row[10], row
        if expected in marks:
            marks[expected] = prior_hash
    head = Head(row_count=proven_count, hash=prior_hash, sequence=proven_count)
    count = count or proven_count
    if found is None and anchor is not None:
        found = _unlike_anchor(anchor, proven_count, marks[anchor.row_count])
    for one in remembered:
        found = found or _unlike_head(one, proven_count, marks[one.row_count])
    if found is not None:
        return Verification(False, count, found.first_bad, found.says, found.found), head
    return Verification(True, count, None, f"The log is whole: all {count} events prove themselves."), head


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
