"""What is appended comes back exactly, once, and only to those who saw the latest."""

import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.errors import EntryRefused, LogbookUnavailable, StaleRecord
from pumplog.logbook import Event, Head, Logbook, NewEvent
from tests.logbook.said import NOON, new


def test_an_appended_event_is_what_is_read_back(log: Logbook) -> None:
    written = log.append(new(1), seen=0)
    assert log.events() == [written]
    assert isinstance(written, Event)
    assert (written.sequence, written.prior_hash, written.happened_at_utc.tzinfo) == (1, "0" * 64, UTC)


def test_events_survive_closing(path: Path) -> None:
    with Logbook.open(path) as log:
        written = log.append_all([new(1), new(2, pump="P2")], seen={"P1": 0, "P2": 0})
    with Logbook.open(path, create=False) as log:
        assert tuple(log.events()) == written


def test_sequences_follow_one_another_across_pumps(log: Logbook) -> None:
    log.append(new(1), seen=0)
    log.append(new(2, pump="P2"), seen=0)
    log.append(new(3), seen=1)
    assert [event.sequence for event in log.events()] == [1, 2, 3]
    assert (log.latest("P1"), log.latest("P2"), log.latest("P3")) == (3, 2, 0)
    assert log.head() == Head(row_count=3, hash=log.events()[-1].hash, sequence=3)


def test_events_can_be_asked_for_after_a_sequence_and_by_pump(log: Logbook) -> None:
    log.append_all([new(n, pump=f"P{n % 2}") for n in range(1, 7)], seen={"P0": 0, "P1": 0})
    assert [event.sequence for event in log.events(after=4)] == [5, 6]
    assert [event.sequence for event in log.events(after=1, pump_id="P1")] == [3, 5]
    assert log.events(after=6) == []


def test_an_empty_log_has_an_empty_head(log: Logbook) -> None:
    assert log.head() == Head(row_count=0, hash="0" * 64, sequence=0)
    assert log.events() == []
    assert log.verify().ok


def test_refuses_whoever_has_not_seen_the_latest_and_writes_nothing(log: Logbook) -> None:
    log.append(new(1), seen=0)
    with pytest.raises(StaleRecord) as refused:
        log.append(new(2), seen=0)
    assert (refused.value.pump_id, refused.value.seen, refused.value.latest) == ("P1", 0, 1)
    with pytest.raises(StaleRecord):
        log.append_all([new(3, pump="P2"), new(4)], seen={"P2": 0, "P1": 0})
    assert log.head().row_count == 1


def test_refuses_a_person_who_saw_what_is_not_there(log: Logbook) -> None:
    with pytest.raises(StaleRecord):
        log.append(new(1), seen=7)


def test_other_pumps_do_not_make_a_preview_stale(log: Logbook) -> None:
    log.append(new(1, pump="P2"), seen=0)
    assert log.append(new(2), seen=0).sequence == 2


def test_every_pump_must_be_named_in_seen(log: Logbook) -> None:
    with pytest.raises(KeyError):
        log.append_all([new(1), new(2, pump="P2")], seen={"P1": 0})
    assert log.head().row_count == 0


def test_the_same_event_again_is_the_stored_one_whatever_was_seen(log: Logbook) -> None:
    first = log.append(new(1), seen=0)
    later = replace(new(1), recorded_at_utc=NOON + timedelta(days=1))
    assert log.append(later, seen=0) == first
    assert log.append(later, seen=1) == first
    assert log.head().row_count == 1


@pytest.mark.parametrize(
    "changed", [{"body": "{}"}, {"pump_id": "P2"}, {"kind": "deferred"}, {"body_version": 2}], ids=str
)
def test_refuses_a_known_event_id_with_other_contents(log: Logbook, changed: dict[str, object]) -> None:
    log.append(new(1), seen=0)
    with pytest.raises(EntryRefused, match="saved before with other contents"):
        log.append(replace(new(1), **changed), seen=0)  # type: ignore[arg-type]
    assert log.head().row_count == 1


def test_a_batch_repeated_with_more_writes_only_what_is_new(log: Logbook) -> None:
    first = log.append_all([new(1), new(2)], seen={"P1": 0})
    again = log.append_all([new(1), new(2), new(3), new(3)], seen={"P1": 2})
    assert again[:2] == first
    assert [event.sequence for event in again] == [1, 2, 3, 3]
    assert log.head().row_count == 3


def test_refuses_one_id_for_two_things_in_a_batch(log: Logbook) -> None:
    with pytest.raises(EntryRefused):
        log.append_all([new(1), replace(new(1), body="{}")], seen={"P1": 0})
    assert log.head().row_count == 0


def test_an_empty_batch_writes_nothing(log: Logbook) -> None:
    assert log.append_all([], seen={}) == ()


@pytest.mark.parametrize("body", ["", "{", "[1]", '"text"', "null", '{"a": NaN}', "{'a': 1}"])
def test_a_body_that_is_no_json_object_never_enters(log: Logbook, body: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting"):
        log.append(replace(new(1), body=body), seen=0)
    assert log.head().row_count == 0
    assert log.append(new(2), seen=0).sequence == 1


def test_an_event_needs_its_zone_and_its_names() -> None:
    with pytest.raises(ValueError, match="time zone"):
        replace(new(1), happened_at_utc=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="a person"):
        replace(new(1), recorded_by="")


def test_another_zone_is_the_same_instant(log: Logbook) -> None:
    in_berlin = NOON.astimezone(timezone(timedelta(hours=2)))
    log.append(replace(new(1), happened_at_utc=in_berlin), seen=0)
    (event,) = log.events()
    assert (event.happened_at_utc, event.happened_at_utc.tzinfo) == (NOON, UTC)


def test_a_closed_log_says_so(path: Path) -> None:
    log = Logbook.open(path)
    log.close()
    log.close()
    with pytest.raises(LogbookUnavailable, match="was closed"):
        log.events()


def test_ten_years_of_a_large_clinic_go_in_at_once(log: Logbook) -> None:
    events = [new(number, pump=f"P{number % 200}") for number in range(24_000)]
    written = log.append_all(events, seen={f"P{number}": 0 for number in range(200)})
    assert log.events() == list(written)
    assert log.verify().ok


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
EVENTS = st.builds(
    NewEvent,
    event_id=WORDS,
    pump_id=WORDS,
    kind=WORDS,
    body_version=st.integers(1, 2**31 - 1),
    body=st.dictionaries(WORDS, WORDS, max_size=3).map(lambda said: json.dumps(said, ensure_ascii=False)),
    happened_at_utc=INSTANTS,
    recorded_at_utc=INSTANTS,
    recorded_by=WORDS,
)


@settings(max_examples=8, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=40, unique_by=lambda event: event.event_id))
def test_whatever_is_written_is_read_back_the_same(events: list[NewEvent]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.duckdb"
        with Logbook.open(path) as log:
            written = log.append_all(events, seen=dict.fromkeys((event.pump_id for event in events), 0))
        with Logbook.open(path) as log:
            assert tuple(log.events()) == written
        for event, kept in zip(events, written, strict=True):
            assert kept.says_the_same_as(event)
            assert (kept.happened_at_utc, kept.recorded_at_utc) == (event.happened_at_utc, event.recorded_at_utc)
            assert kept.recorded_by == event.recorded_by
