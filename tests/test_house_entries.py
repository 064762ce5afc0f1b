"""One of everything for each entry kind: an example, a schema, a fold case, a way into the log and back."""

import ast
import inspect
import json
import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pumplog.desk import Desk
from pumplog.entries import BODY_VERSION, KINDS, AboutTheDays, AnyEntry, read_entry, schema, upcast
from pumplog.entries.base import Entry
from pumplog.errors import EntryRefused
from pumplog.exports.records import entry_record
from pumplog.state import Said, fold_pump
from pumplog.state.folding import Folding

STEADY = {
    "kind": "refilled",
    "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
    "volume_after_fill_ml": "20",
    "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
    "pump_running": True,
}
EXAMPLES = Path(__file__).parent / "examples" / "entries"
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
IN_ORDER = (
    "registered",
    "refilled",
    "reprogrammed",
    "alarm_heard",
    "alarm_taken_on",
    "alarm_snoozed",
    "snooze_cancelled",
    "imaged",
    "alarm_interrogated",
    "alarm_closed",
    "replacement_planned",
    "deferred",
    "wasted",
    "corrected",
    "contacted",
    "booked",
    "booking_changed",
    "near_miss_explained",
    "scored",
    "diary",
    "medicines",
    "risk_flags_changed",
    "plan_made",
    "plan_ended",
    "retired",
    "transfer_confirmed",
)
OF_THE_CLINIC = ("closure_set", "capacity_set", "closure_lifted")
ROWS = ("row_refused", "row_settled")
WRITTEN_BY_THE_DESK_ALONE = (*ROWS, *OF_THE_CLINIC)
AFTER_MANY_VISITS = ("ratio_accepted",)


def told(kind: str) -> dict[str, Any]:
    text = (EXAMPLES / f"{kind}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text, parse_float=refuse_float)
    return found


def refuse_float(text: str) -> float:
    raise AssertionError(f"{text} is a binary float once read: write it as a string")


def example(kind: str) -> AnyEntry:
    return read_entry(told(kind))


def each_kind() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", KINDS)


def test_every_kind_has_an_example_and_every_example_a_kind() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(KINDS)
    assert set(IN_ORDER) | set(WRITTEN_BY_THE_DESK_ALONE) | set(AFTER_MANY_VISITS) == set(KINDS)


def test_every_class_of_entry_is_a_kind() -> None:
    def below(one: type[Entry]) -> set[type[Entry]]:
        return {one, *(found for each in one.__subclasses__() for found in below(each))}

    with_a_kind = {one for one in below(Entry) if "kind" in one.model_fields}
    assert with_a_kind == set(KINDS.values())


@each_kind()
def test_an_example_is_of_its_kind_and_its_fields_are_in_the_schema(kind: str) -> None:
    assert example(kind).kind == kind
    assert told(kind).keys() <= schema(kind)["properties"].keys()
    assert set(schema(kind)["required"]) <= told(kind).keys()


@each_kind()
def test_a_body_says_the_same_when_it_is_read_back(kind: str) -> None:
    entry = example(kind)
    assert upcast(kind, BODY_VERSION, entry.body()) == entry
    assert upcast(kind, BODY_VERSION, entry.body()).body() == entry.body()


@each_kind()
def test_a_body_holds_no_binary_float_and_nothing_that_was_not_said(kind: str) -> None:
    body = json.loads(example(kind).body(), parse_float=refuse_float)
    assert None not in body.values()


@each_kind()
def test_a_body_of_a_newer_program_is_refused(kind: str) -> None:
    with pytest.raises(EntryRefused, match="update pumplog"):
        upcast(kind, BODY_VERSION + 1, example(kind).body())


@each_kind()
def test_an_unknown_field_is_refused(kind: str) -> None:
    with pytest.raises(EntryRefused, match="is not a field"):
        read_entry({**told(kind), "dose_ug": "5"})


@each_kind()
def test_the_fold_takes_every_kind(kind: str) -> None:
    entries = [example(one) for one in dict.fromkeys(("registered", "refilled", kind))]
    events = [Said(f"example-{one.kind}", place, one, NOW, "M. Keller") for place, one in enumerate(entries, 1)]
    state = fold_pump("pump", events, zone=ZoneInfo("UTC"))
    assert state.latest == len(events)
    assert [line.said.entry for line in state.log] == entries


def test_the_fold_has_one_case_for_each_kind() -> None:
    source = textwrap.dedent(inspect.getsource(Folding.take))
    cases = [
        node.pattern.cls.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.match_case)
        and isinstance(node.pattern, ast.MatchClass)
        and isinstance(node.pattern.cls, ast.Name)
    ]
    assert sorted(cases) == sorted(one.__name__ for one in KINDS.values())


@each_kind()
def test_every_kind_can_be_exported(kind: str) -> None:
    record: Mapping[str, Any] = entry_record(example(kind))
    assert record["kind"] == kind
    json.dumps(record, allow_nan=False)


def test_the_examples_are_recorded_one_after_the_other(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "clinic.duckdb", now=lambda: NOW) as desk:
        for kind in IN_ORDER:
            entry = desk.read_entry(told(kind))
            recorded = desk.record(entry, by="M. Keller", seen=desk.seen_of(entry), event_id=f"example-{kind}")
            assert recorded.event.kind == kind
        story = desk.story("NGX100001")
        assert [line.said.entry.kind for line in story.state.log] == list(IN_ORDER)
        assert story.state.retired == example("retired")
        assert desk.verify().ok


def test_the_example_of_a_ratio_is_recorded_after_the_visits_that_it_names(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "clinic.duckdb", now=lambda: NOW) as desk:
        begun = datetime(2025, 7, 1, 9, tzinfo=UTC)
        said = [told("registered") | {"happened_at": begun.isoformat()}]
        for place in range(7):
            at = (begun + timedelta(days=39 * place)).isoformat()
            drawn = {"drawn_ml": "13.682"} if place else {}
            said.append({**STEADY, "pump_serial": "NGX100001", "happened_at": at, **drawn})
        for place, one in enumerate([*said, told("ratio_accepted")]):
            entry = desk.read_entry(one)
            desk.record(entry, by="M. Keller", seen=desk.seen_of(entry), event_id=f"visit-{place - 1}")
        own = desk.story("NGX100001").state.own_ratio
        assert own is not None
        assert (own.said, own.accepted_by) == (example("ratio_accepted"), "M. Keller")


def test_the_examples_about_the_clinics_days_are_written_one_after_the_other(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "clinic.duckdb", now=lambda: NOW) as desk:
        for kind in OF_THE_CLINIC:
            entry = example(kind)
            assert isinstance(entry, AboutTheDays)
            desk.plan_days(entry, by="M. Keller", seen=desk.calendar().latest, event_id=f"example-{kind}")
        assert [event.kind for event in desk.logbook.events(pump_id="clinic")] == list(OF_THE_CLINIC)
        assert desk.calendar().said.closures == ()
        assert desk.verify().ok


@pytest.mark.parametrize("kind", OF_THE_CLINIC)
def test_nobody_writes_the_clinics_days_with_a_pumps_entries(kind: str, tmp_path: Path) -> None:
    with (
        Desk.open(tmp_path / "clinic.duckdb", now=lambda: NOW) as desk,
        pytest.raises(EntryRefused, match="on the Planner"),
    ):
        desk.record(example(kind), by="M. Keller", seen=0)


@pytest.mark.parametrize("kind", ROWS)
def test_nobody_writes_a_refused_row_by_hand(kind: str, tmp_path: Path) -> None:
    with (
        Desk.open(tmp_path / "clinic.duckdb", now=lambda: NOW) as desk,
        pytest.raises(EntryRefused, match="written by an import"),
    ):
        desk.record(example(kind), by="M. Keller", seen=0)
