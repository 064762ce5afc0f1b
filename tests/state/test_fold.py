"""The fold: the same state however and whenever it is made, whatever was written beside it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.entries import BODY_VERSION, Corrected, upcast
from pumplog.state import PumpState, Said, fold_pump
from tests.state.telling import SERIAL, lives, said_of

BERLIN = ZoneInfo("Europe/Berlin")


def fold(events: list[Said]) -> PumpState:
    return fold_pump(SERIAL, events, zone=BERLIN)


def meaning(state: PumpState) -> PumpState:
    """The state without the facts of its writing."""
    return replace(state, latest=0, log=())


@settings(deadline=None, max_examples=40)
@given(life=lives(), data=st.data())
def test_the_order_of_writing_does_not_matter(life: list[dict[str, Any]], data: st.DataObject) -> None:
    events = said_of(life)
    shuffled = data.draw(st.permutations(events))
    rewritten = [replace(said, sequence=place) for place, said in enumerate(shuffled, 1)]
    assert meaning(fold(rewritten)) == meaning(fold(events))


@settings(deadline=None, max_examples=40)
@given(life=lives())
def test_an_entry_reads_the_same_from_its_body(life: list[dict[str, Any]]) -> None:
    for said in said_of(life):
        body = said.entry.body()
        again = upcast(said.entry.kind, BODY_VERSION, body)
        assert again == said.entry
        assert again.body() == body


@settings(deadline=None, max_examples=40)
@given(life=lives(), back=st.integers(0, 8))
def test_a_day_in_the_past_is_what_was_known_of_that_day(life: list[dict[str, Any]], back: int) -> None:
    events = said_of(life)
    until = events[max(0, len(events) - 1 - back)].entry.happened_at
    then = [said for said in events if said.entry.happened_at <= until]
    seen_later = fold_pump(SERIAL, events, zone=BERLIN, until_utc=until)
    seen_then = fold(then)
    later, earlier = (
        replace(meaning(one), last_happened_at=None, last_clinical_at=None) for one in (seen_later, seen_then)
    )
    assert later == earlier


@settings(deadline=None, max_examples=40)
@given(life=lives(), data=st.data())
def test_an_entry_in_error_leaves_what_would_be_without_it(life: list[dict[str, Any]], data: st.DataObject) -> None:
    events = said_of(life)
    target = data.draw(st.sampled_from(events[1:]))
    correction = Corrected(
        pump_serial=SERIAL,
        happened_at=events[-1].entry.happened_at + timedelta(hours=1),
        target_event_id=target.event_id,
        how="entered_in_error",
        reason="wrong pump",
    )
    corrected = [*events, said_after(events, "c1", correction)]
    without = [said for said in events if said is not target]
    assert meaning(fold(corrected)) == meaning(fold(without))
    undone = correction.model_copy(update={"target_event_id": "c1"})
    back = [*corrected, said_after(corrected, "c2", undone)]
    assert meaning(fold(back)) == meaning(fold(events))
    again = [*back, said_after(back, "c3", correction)]
    assert meaning(fold(again)) == meaning(fold(without))


def said_after(events: list[Said], event_id: str, entry: Corrected) -> Said:
    return Said(event_id, events[-1].sequence + 1, entry, entry.happened_at, "M. Keller")


def test_a_thousand_corrections_of_corrections_are_folded() -> None:
    registered = {
        "kind": "registered",
        "pump_serial": SERIAL,
        "happened_at": "2026-01-05T09:00Z",
        "patient": {"patient_id": "1", "name": "Example"},
        "pump": {"model": "Other", "capacity_ml": "40", "alarm_volume_ml": "2"},
    }
    heard = {"kind": "alarm_heard", "pump_serial": SERIAL, "happened_at": "2026-01-06T09:00Z", "alarm": "OTHER"}
    events = said_of([registered, heard])
    for _ in range(1001):
        entry = Corrected(
            pump_serial=SERIAL,
            happened_at=events[-1].entry.happened_at,
            target_event_id=events[-1].event_id,
            how="entered_in_error",
            reason="again",
        )
        events.append(said_after(events, f"e{len(events)}", entry))
    assert fold(events).open_alarms == ()
    assert len(fold(events[:-1]).open_alarms) == 1


@settings(deadline=None, max_examples=60)
@given(life=lives(length=8))
def test_the_last_of_all_visits_is_where_the_pump_stands(life: list[dict[str, Any]]) -> None:
    state = fold(said_of(life))
    last, standing = state.visits[-1].standing, state.standing
    assert standing is not None
    assert (last, last.volume_ml, last.alarm_volume_ml) == (standing, standing.volume_ml, standing.alarm_volume_ml)


@settings(deadline=None, max_examples=60)
@given(life=lives(length=8))
def test_the_pump_runs_as_the_last_visit_that_says_so_left_it(life: list[dict[str, Any]]) -> None:
    state = fold(said_of(life))
    said = [(visit.entry.kind, visit.entry.pump_running) for visit in state.visits]
    answers = [running is not False for kind, running in said if kind == "refilled" or running is not None]
    assert state.running is answers[-1]
