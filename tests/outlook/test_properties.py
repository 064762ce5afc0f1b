"""What must hold of every pump, whatever its life: no tier falls by itself, none is missing, one answer for all."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.clinic_days import ClinicCalendar
from pumplog.desk import Desk
from pumplog.entries import BODY_VERSION
from pumplog.exports.records import due_record
from pumplog.logbook import Logbook, NewEvent
from pumplog.outlook import Outlook, Tier, in_board_order, outlook, projected_tier
from pumplog.reference import load_reference
from pumplog.state import Said, fold_pump
from tests.state.telling import SERIAL, lives, said_of
from tests.stories.clinic import PaperLog

ZONE = ZoneInfo("UTC")
REFERENCE = load_reference()
CALENDAR = ClinicCalendar(REFERENCE)
LOWERS_A_TIER = ("refilled", "reprogrammed", "alarm_closed", "corrected", "retired")
MEASURES_ANEW = ("deferred",)
"""A deferred visit restarts the projection from the volume that was put back, which may be more than expected."""


def row_of(events: list[Said], on: date) -> Outlook:
    return outlook(fold_pump(SERIAL, events, zone=ZONE), REFERENCE, on, calendar=CALENDAR)


@settings(deadline=None, max_examples=40)
@given(life=lives())
def test_passing_time_alone_never_lowers_a_tier(life: list[dict[str, Any]]) -> None:
    events = said_of(life)
    start = events[-1].entry.happened_at.date()
    state = fold_pump(SERIAL, events, zone=ZONE)
    rows = [
        outlook(state, REFERENCE, start + timedelta(days=days), calendar=CALENDAR)
        for days in (*range(0, 300, 17), 4000, 40000)
    ]
    ranks = [row.tier.rank for row in rows]
    assert ranks == sorted(ranks, reverse=True)
    assert [row.may_alarm_already for row in rows] == sorted(row.may_alarm_already for row in rows)


@settings(deadline=None, max_examples=40)
@given(life=lives(length=8))
def test_only_what_may_lower_a_tier_does(life: list[dict[str, Any]]) -> None:
    events = said_of(life)
    for place in range(2, len(events)):
        said = events[place]
        on = said.entry.happened_at.date()
        before, after = row_of(events[:place], on), row_of(events[: place + 1], on)
        if said.entry.kind not in (*LOWERS_A_TIER, *MEASURES_ANEW):
            assert after.tier.rank <= before.tier.rank


@settings(deadline=None, max_examples=80)
@given(life=lives())
def test_an_answer_that_is_missing_says_why_and_is_red(life: list[dict[str, Any]]) -> None:
    events = said_of(life)
    row = row_of(events, events[-1].entry.happened_at.date())
    if row.refill_by is None:
        assert row.tier in (Tier.CANNOT_PROJECT, Tier.EXPECTED_EMPTY)
        assert row.reasons
    if row.tier.is_red:
        assert row.reasons


@settings(deadline=None)
@given(
    dates=st.lists(st.dates(date(2025, 1, 1), date(2027, 1, 1)), min_size=3, max_size=3),
    given_dates=st.lists(st.booleans(), min_size=3, max_size=3),
    refused=st.booleans(),
    today=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
)
def test_the_tier_is_the_worst_that_any_date_gives(
    dates: list[date], given_dates: list[bool], refused: bool, today: date
) -> None:
    refill_by, alarm, empty = (day if known else None for day, known in zip(dates, given_dates, strict=True))
    tier = projected_tier(
        today, refill_by=refill_by, alarm_date=alarm, empty_date=empty, refused=refused, due_soon_days=14
    )
    if empty and empty <= today:
        expected = Tier.EXPECTED_EMPTY
    elif refused or not refill_by:
        expected = Tier.CANNOT_PROJECT
    elif alarm and alarm <= today:
        expected = Tier.PAST_ALARM
    elif refill_by < today:
        expected = Tier.OVERDUE
    elif (refill_by - today).days <= 14:
        expected = Tier.DUE_SOON
    else:
        expected = Tier.ON_TRACK
    assert tier is expected


def new_events(life: list[dict[str, Any]], pump: str) -> list[NewEvent]:
    """The events of a life, told of some pump of its own."""
    text = [(said.event_id, said.entry) for said in said_of(life)]
    return [
        NewEvent(
            f"{pump}-{event_id}",
            pump,
            entry.kind,
            BODY_VERSION,
            entry.body().replace(f'"{SERIAL}"', f'"{pump}"').replace('_event_id":"', f'_event_id":"{pump}-'),
            entry.happened_at,
            entry.happened_at,
            "M. Keller",
        )
        for event_id, entry in text
    ]


@settings(deadline=None, max_examples=12)
@given(all_lives=st.lists(lives(length=3), min_size=1, max_size=4), data=st.data())
def test_every_active_pump_is_on_the_board_once_and_other_pumps_never_matter(
    all_lives: list[list[dict[str, Any]]], data: st.DataObject
) -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    retired = data.draw(st.sets(st.integers(0, len(all_lives) - 1)))
    leaves = {"kind": "retired", "pump_serial": SERIAL, "happened_at": "2026-12-01T00:00Z", "reason": "died"}
    events = [
        new_events([*life, leaves] if place in retired else life, f"Q{place}") for place, life in enumerate(all_lives)
    ]
    log = PaperLog()
    interleaved = data.draw(st.permutations([place for place, one in enumerate(events) for _ in one]))
    queues = [list(one) for one in events]
    for place in interleaved:
        one = queues[place].pop(0)
        log.append(one, seen=log.latest(one.pump_id))
    desk = Desk(cast(Logbook, log), REFERENCE, lambda: now)
    board = desk.board()
    active = {f"Q{place}" for place in range(len(events))} - {f"Q{place}" for place in retired}
    assert sorted(row.pump_serial for row in board.rows) == sorted(active)
    assert list(board.rows) == in_board_order(board.rows)
    assert sum(board.counts.values()) == len(board.rows)
    for row in board.rows:
        alone = PaperLog()
        for one in events[int(row.pump_serial[1:])]:
            alone.append(one, seen=alone.latest(one.pump_id))
        by_itself = Desk(cast(Logbook, alone), REFERENCE, lambda: now)
        assert by_itself.board().rows == (row,)
        assert desk.story(row.pump_serial).outlook == row
        assert due_record(desk.story(row.pump_serial).outlook) == due_record(row)


def vars_of(event: NewEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in NewEvent.__dataclass_fields__}


@settings(deadline=None, max_examples=30)
@given(life=lives(length=5), cuts=st.sets(st.integers(1, 6)), days=st.integers(0, 300))
def test_a_board_asked_between_writes_says_what_a_fresh_one_says(
    life: list[dict[str, Any]], cuts: set[int], days: int
) -> None:
    now = datetime(2026, 1, 6, tzinfo=UTC) + timedelta(days=days)
    log = PaperLog()
    watching = Desk(cast(Logbook, log), REFERENCE, lambda: now)
    for place, event in enumerate(new_events(life, "Q0")):
        log.append(event, seen=log.latest("Q0"))
        if place in cuts:
            watching.board()
    fresh = Desk(cast(Logbook, log), REFERENCE, lambda: now)
    assert watching.board() == fresh.board()
    assert watching.board(date(2026, 2, 1)) == fresh.board(date(2026, 2, 1))


@settings(deadline=None, max_examples=1)
@given(many=st.lists(lives(), min_size=10, max_size=10))
def test_what_is_written_to_a_database_is_read_back_the_same(many: list[list[dict[str, Any]]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Logbook.open(Path(folder) / "log.duckdb") as log:
        events = [event for place, life in enumerate(many) for event in new_events(life, f"Q{place}")]
        log.append_all(events, seen={event.pump_id: 0 for event in events})
        read = log.events()
        assert [NewEvent(**vars_of(event)) for event in read] == events
        paper = PaperLog()
        for event in events:
            paper.append(event, seen=paper.latest(event.pump_id))
        now = datetime(2027, 1, 1, tzinfo=UTC)
        on_paper = Desk(cast(Logbook, paper), REFERENCE, lambda: now).board()
        assert Desk(log, REFERENCE, lambda: now).board().rows == on_paper.rows
