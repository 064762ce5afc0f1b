"""What happened to a chain that does not prove itself: which event is the first to blame, and by which word.

An event's hash covers its sequence and the hash before it. So an event that stands in another's place is known by the
place under which its hash does fit, and an event that was written anew, hash and all, by the next one, which was
written after another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pumplog.logbook.chain import GENESIS, HashedRow, hash_of
from pumplog.logbook.event import Found, Head


@dataclass(frozen=True)
class Blame:
    """The first event to blame, by its sequence; None when it is the chain as a whole."""

    first_bad: int | None
    found: Found
    says: str


def blame(last_good: HashedRow | None, rest: Sequence[HashedRow], anchor: Head | None) -> Blame:
    """Name what is wrong where a walk stopped.

    `last_good` is the last row that proved itself, `rest` the row that did not and all after it, in order.
    """
    row = rest[0]
    expected = last_good[0] + 1 if last_good else 1
    prior_hash = last_good[10] if last_good else GENESIS
    if None in row:
        return Blame(
            expected, "altered", f"Event {expected} was altered after it was written: a part of it was emptied."
        )
    rightful = _rightful(rest[1:], expected, prior_hash)
    if row[0] > expected:
        return _gap(row, rightful, expected)
    highest = max(expected + len(rest), anchor.row_count + 1 if anchor else 0)
    if row[0] < expected:
        return _stray(row, _place_of(row, highest))
    if _fits(row, row[0]):
        return _unlinked(last_good, rest, anchor)
    return _unfit(row, rightful, _place_of(row, highest), anchor)


def _fits(row: HashedRow, place: int) -> bool:
    """Whether this was event so-and-so when it was written."""
    return None not in row and hash_of(place, *row[1:10]) == row[10]


def _place_of(row: HashedRow, highest: int) -> int | None:
    """Which event this was when it was written; None when it was none."""
    return next((place for place in range(1, highest + 1) if _fits(row, place)), None)


def _rightful(others: Sequence[HashedRow], place: int, prior_hash: str) -> HashedRow | None:
    """The row that was event so-and-so when it was written, wherever it stands now."""
    return next((row for row in others if row[9] == prior_hash and _fits(row, place)), None)


def _renumbered(place: int, number: int) -> Blame:
    return Blame(place, "altered", f"Event {place} was altered after it was written: its number is now {number}.")


def _gap(row: HashedRow, rightful: HashedRow | None, expected: int) -> Blame:
    if _fits(row, expected):
        return _renumbered(expected, row[0])
    if rightful is not None:
        return _renumbered(expected, rightful[0])
    comes = (
        f"after event {expected - 1} comes event {row[0]}" if expected > 1 else f"the log begins with event {row[0]}"
    )
    if row[0] == expected + 1:
        return Blame(expected, "missing", f"Event {expected} is missing: {comes}.")
    return Blame(expected, "missing", f"Events {expected} to {row[0] - 1} are missing: {comes}.")


def _stray(row: HashedRow, place: int | None) -> Blame:
    if place is not None:
        return _renumbered(place, row[0])
    return Blame(row[0], "added", f"Event {row[0]} was added: no event of that number belongs there.")


def _unfit(row: HashedRow, rightful: HashedRow | None, place: int | None, anchor: Head | None) -> Blame:
    """A row that is not what its hash says it is."""
    own = row[0]
    if place is not None and place < own:
        return Blame(place, "added", f"Event {place} was added: what was event {place} stands as event {own} now.")
    if place is not None and rightful is not None and rightful[0] == place:
        says = f"Events {own} and {place} were swapped: each stands in the other's place."
        return Blame(own, "swapped", says)
    if place is not None and rightful is not None:
        says = (
            f"Event {own} was swapped with others: it stands as event {rightful[0]}, and in its place event {place}."
        )
        return Blame(own, "swapped", says)
    if place is not None:
        return Blame(own, "missing", f"Event {own} is missing: what was event {place} stands in its place.")
    if rightful is not None:
        says = f"Event {own} was added: what was event {own} stands as event {rightful[0]} now."
        return Blame(own, "added", says)
    if anchor is not None and own > anchor.row_count:
        says = f"Event {own} was added, or altered: its hash does not fit, and the anchor knows of no such event."
        return Blame(own, "added", says)
    says = f"Event {own} was altered after it was written: its hash does not fit what it says."
    return Blame(own, "altered", says)


def _unlinked(last_good: HashedRow | None, rest: Sequence[HashedRow], anchor: Head | None) -> Blame:
    """A row that is what its hash says, but was written after another than the one before it."""
    row = rest[0]
    own, before = row[0], row[0] - 1
    if last_good is None:
        return Blame(own, "altered", "Event 1 was altered and its hash made anew: it says that one came before it.")
    following = rest[1] if len(rest) > 1 else None
    of_anchor = anchor.hash if anchor is not None and anchor.row_count == own else None
    written_before = following[9] if following is not None else of_anchor
    if written_before == row[10]:
        says = f"Event {before} was altered and its hash made anew: event {own} was written after another one."
        return Blame(before, "altered", says)
    if written_before is not None and written_before != row[10]:
        says = (
            f"Event {own} was altered and its hash made anew: neither its neighbours nor the anchor know this hash."
        )
        return Blame(own, "altered", says)
    says = f"Event {own} does not follow from event {before}: one of the two was altered and its hash made anew."
    return Blame(own, "altered", says)
