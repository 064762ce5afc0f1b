"""The audit's table is put together of what the log holds and of what entries say: in order, and each row whole."""

import json
from collections import deque
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from pumplog.exports.audit_asked import AuditAsked
from pumplog.exports.audit_rows import AUDIT_COLUMNS, AuditFilter, Known, audit_rows
from pumplog.exports.audit_table import Gathered, gathered
from pumplog.logbook import Event, Kept, Logbook, NewEvent, Shelf

FIRST = datetime(2026, 5, 5, 9, tzinfo=UTC)
NAMES = [one.name for one in AUDIT_COLUMNS]


def new(number: int, pump_id: str, recorded_at: datetime, **said: Any) -> NewEvent:
    happened_at = said.pop("happened_at", recorded_at)
    body = json.dumps({"kind": "deferred", "reason": f"no. {number}"})
    return NewEvent(f"E{number}", pump_id, "deferred", 1, body, happened_at, recorded_at, "I. Thistlewick", **said)


def asked_of(log: Logbook, access: list[Event], **narrowed: Any) -> AuditAsked:
    count = log.head().row_count
    whole = {
        "asked": AuditFilter(date(2026, 5, 1), date(2026, 5, 31)),
        "events": (log.event_columns(after=at, until=min(at + 2, count)) for at in range(0, count, 2)),
        "events_count": count,
        "corrections": [],
        "access": access,
        "pumps": {"P1": Known("S1", "N1", "North"), "P2": Known("S2", "N2", "South")},
        "unseen": frozenset(),
        "people": {},
        "whole_clinic": True,
        "zone": ZoneInfo("UTC"),
        "pump_ids": None,
    }
    return AuditAsked(**{**whole, **narrowed})


def rows_of(asked: AuditAsked) -> list[dict[str, Any]]:
    with gathered(asked) as entries:
        return [dict(zip(NAMES, row, strict=True)) for row in audit_rows(asked, entries)]


@pytest.fixture
def log(tmp_path: Path) -> Logbook:
    return Logbook.open(tmp_path / "a.duckdb")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_both_chains_stand_in_the_order_of_writing_though_the_clock_was_set_back(log: Logbook) -> None:
    at = [FIRST, FIRST + minutes(60), FIRST + minutes(10), FIRST + minutes(10), FIRST + minutes(90)]
    log.append_all([new(n, "P1", moment) for n, moment in enumerate(at)], seen={"P1": 0})
    for n, moment in enumerate((FIRST + minutes(10), FIRST + minutes(5), FIRST + minutes(100))):
        log.keep([Kept(Shelf.DRAFT, str(n), "{}")], said=[new(n, "P1", moment)])
    rows = rows_of(asked_of(log, log.access_events()))
    assert [(row["chain"], row["sequence"]) for row in rows] == [
        ("records", 1),
        ("access", 2),
        ("records", 3),
        ("records", 4),
        ("access", 1),
        ("records", 2),
        ("records", 5),
        ("access", 3),
    ]
    for row in rows:  # what was moved was moved whole
        chain = log.events() if row["chain"] == "records" else log.access_events()
        event = chain[row["sequence"] - 1]
        assert (row["event_id"], row["hash"], row["recorded_at_utc"]) == (
            event.event_id,
            event.hash,
            event.recorded_at_utc,
        )
    assert [row["why"] for row in rows if row["chain"] == "records"] == [f"reason: no. {n}" for n in (0, 2, 3, 1, 4)]


def test_minutes_are_whole_and_what_is_to_come_counts_below_nothing(log: Logbook) -> None:
    after = [0, 1, 1.5, 2, -0.1, -1, -1.5]
    log.append_all(
        [new(n, "P1", FIRST, happened_at=FIRST - minutes(count)) for n, count in enumerate(after)], seen={"P1": 0}
    )
    rows = rows_of(asked_of(log, []))
    assert [row["recorded_after_minutes"] for row in rows] == [
        (event.recorded_at_utc - event.happened_at_utc) // minutes(1) for event in log.events()
    ]
    assert [row["recorded_after_minutes"] for row in rows] == [0, 1, 1, 2, -1, -1, -2]


def test_a_pump_that_is_not_ones_own_is_left_out_and_an_unknown_one_has_no_patient(log: Logbook) -> None:
    log.append_all([new(n, f"P{n}", FIRST) for n in (1, 2, 3)], seen=dict.fromkeys(("P1", "P2", "P3"), 0))
    whole = rows_of(asked_of(log, []))
    assert [(row["about_id"], row["pump_serial"], row["patient_id"], row["site"]) for row in whole] == [
        ("P1", "S1", "N1", "North"),
        ("P2", "S2", "N2", "South"),
        ("P3", None, "", ""),
    ]
    own = rows_of(asked_of(log, [], whole_clinic=False))
    assert [row["about_id"] for row in own] == ["P1", "P2"]
    some = rows_of(asked_of(log, [], whole_clinic=False, pump_ids=frozenset({"P2", "P3"})))
    assert [row["about_id"] for row in some] == ["P2"]
    assert rows_of(asked_of(log, [], pump_ids=frozenset())) == []


def test_a_day_has_what_happened_on_it_and_what_was_written_on_it(log: Logbook) -> None:
    midnight = datetime(2026, 5, 6, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    said = [
        (midnight - moment, midnight - moment),
        (midnight - moment, midnight),
        (midnight, midnight),
        (midnight - timedelta(days=9), midnight + timedelta(days=1) - moment),
        (midnight + timedelta(days=1), midnight + timedelta(days=1)),
        (midnight, midnight + timedelta(days=9)),
    ]
    log.append_all(
        [new(n, "P1", recorded, happened_at=happened) for n, (happened, recorded) in enumerate(said)], seen={"P1": 0}
    )
    day = AuditFilter(date(2026, 5, 6), date(2026, 5, 6))
    assert [row["event_id"] for row in rows_of(asked_of(log, [], asked=day))] == ["E1", "E2", "E3", "E5"]


def test_nothing_at_all_is_a_table_without_rows(log: Logbook) -> None:
    assert rows_of(asked_of(log, [])) == []


def test_entries_are_used_up_so_that_they_are_not_there_twice(log: Logbook) -> None:
    log.append_all([new(n, "P1", FIRST) for n in range(5)], seen={"P1": 0})
    asked = asked_of(log, [])
    with gathered(asked) as entries:
        assert (sum(map(len, entries.held)), sum(map(len, entries.own))) == (5, 5)
        audit_rows(asked, entries)
        assert entries == Gathered(held=[], own=deque[pa.Table](), share=None)
