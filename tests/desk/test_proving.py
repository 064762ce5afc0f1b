"""What the desk proves: a signed head, whose key stands in the log of who came in, and what it holds for."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pumplog.errors import EntryRefused
from pumplog.logbook import Head, Outside, SignedHead
from pumplog.logbook.consistency import compared
from pumplog.logbook.event import Remembered
from pumplog.logbook.signed_head import outside_of
from pumplog.logbook.signing_key import signing_key_path
from tests.stories.clinic import Clinic, Opened


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """A pump of case D1 in a real log."""
    with Clinic(tmp_path / "clinic").open() as one:
        one.ordinary()
        yield one


def test_a_new_key_stands_in_the_log_of_who_came_in_before_anything_is_signed_with_it(opened: Opened) -> None:
    head = opened.desk.signed_head(by="I. Thistlewick")
    (line,) = opened.desk.logbook.access_events()
    assert (line.kind, line.recorded_by) == ("signing_key_made", "I. Thistlewick")
    assert json.loads(line.body) == {"key_id": head.key_id, "public_key": head.public_key.hex()}
    assert head.is_signed()
    assert (head.access_row_count, head.access_hash) == (1, line.hash)
    assert head.hash == opened.desk.head().hash
    assert head.code in head.says
    assert opened.desk.signed_head() == head
    assert len(opened.desk.logbook.access_events()) == 1


def test_a_key_that_was_lost_is_followed_by_another_and_both_stand_there(opened: Opened) -> None:
    first = opened.desk.signed_head()
    signing_key_path(opened.desk.logbook._database.path).unlink()  # type: ignore[attr-defined]
    second = opened.desk.signed_head()
    assert first.key_id != second.key_id
    kinds = [(line.kind, json.loads(line.body)["key_id"]) for line in opened.desk.logbook.access_events()]
    assert kinds == [("signing_key_made", first.key_id), ("signing_key_made", second.key_id)]


def test_the_log_gone_on_holds_a_head_that_was_taken_of_it(opened: Opened) -> None:
    head = opened.desk.signed_head()
    opened.say("deferred", "2026-02-20T09:00Z", volume_left_ml="11")
    later = opened.desk.signed_head()
    for said in (head.text, head.code, later.text, later.code):
        assert opened.desk.verify([outside_of(said)]).ok
    both = opened.desk.verify([outside_of(head.text), outside_of(later.text)])
    assert (both.ok, "2 and 3 events" in both.says) == (True, True)


def test_a_head_of_another_log_and_one_that_was_altered_do_not_hold(opened: Opened, tmp_path: Path) -> None:
    with Clinic(tmp_path / "elsewhere").open() as another:
        another.register("NGX777777")
        another.say("refilled", "2026-01-05T09:00Z", pump_serial="NGX777777")
        foreign = another.desk.signed_head()
    for said in (foreign.text, foreign.code):
        found = opened.desk.verify([outside_of(said)])
        assert (found.ok, found.found) == (False, "rewritten")
    own = opened.desk.signed_head()
    with pytest.raises(EntryRefused, match="signature of this head does not fit"):
        outside_of(own.text.replace("events 2", "events 1"))
    stranger = Ed25519PrivateKey.generate()
    forged = SignedHead.of(
        opened.desk.head(),
        Head(own.access_row_count, own.access_hash, own.access_row_count),
        at=own.at,
        public_key=stranger.public_key().public_bytes_raw(),
        sign=stranger.sign,
    )
    found = opened.desk.verify([outside_of(forged.text)])
    assert (found.ok, found.found) == (False, "unlike")
    assert forged.key_id in found.says


HASHES = {"a": "a" * 64, "b": "b" * 64}


def head_of(events: tuple[int, str], accesses: tuple[int, str] | None = (1, "a")) -> Outside:
    told = Remembered(accesses[0], HASHES[accesses[1]]) if accesses else None
    return Outside(Remembered(events[0], HASHES[events[1]]), told)


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        (head_of((5, "a")), head_of((5, "a")), "same"),
        (head_of((5, "a")), Outside(Remembered(5, "a" * 25)), "same"),
        (head_of((5, "a")), Outside(Remembered(5, "a" * 24 + "b")), "contradicts"),
        (head_of((5, "a")), head_of((5, "b")), "contradicts"),
        (head_of((5, "a")), head_of((4, "a")), "contradicts"),
        (head_of((5, "a")), head_of((6, "b")), "cannot tell"),
        (head_of((5, "a")), head_of((5, "a"), (1, "b")), "contradicts"),
        (head_of((5, "a")), head_of((6, "b"), (0, "a")), "contradicts"),
        (head_of((5, "a")), head_of((5, "a"), (2, "b")), "cannot tell"),
        (head_of((5, "a")), head_of((6, "a"), None), "cannot tell"),
    ],
)
def test_two_heads_alone_contradict_each_other_are_the_same_or_do_not_tell(
    old: Outside, new: Outside, answer: str
) -> None:
    assert compared(old, new).answer == answer
