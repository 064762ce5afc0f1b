"""What the desk proves: a signed head, whose key stands in the log of who came in."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

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
