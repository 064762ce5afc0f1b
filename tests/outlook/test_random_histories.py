"""Random histories with everything in them that may not matter: calls, snoozes, closures, late entries, zones.

What a tier goes by is in the fills, the programmes and the alarms; nothing told beside them moves it.
"""

import csv
import io
import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.clinic_days import ClinicCalendar
from pumplog.desk import Desk
from pumplog.entries import BODY_VERSION, read_entry
from pumplog.exports.records import due_csv
from pumplog.logbook import Logbook, NewEvent
from pumplog.outlook import Outlook, Tier, outlook
from pumplog.reference import load_reference
from pumplog.state import ClinicDays, Closure, Said, fold_pump
from tests.state.telling import SERIAL, lives, said_of
from tests.stories.clinic import Clinic, PaperLog

REFERENCE = load_reference()
CALENDAR = ClinicCalendar(REFERENCE)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu")
PLANNED_BY = ("tier", "refill_by", "alarm_date", "empty_date", "stability_date", "limited_by", "early_alarm_date")
SERVER_ZONES = ("UTC", "America/St_Johns", "Pacific/Auckland", "Europe/Berlin")


def planned_by(row: Outlook) -> list[Any]:
    return [getattr(row, name) for name in PLANNED_BY]


def row_of(events: list[Said], on: date, zone: str = "UTC", calendar: ClinicCalendar = CALENDAR) -> Outlook:
    return outlook(fold_pump(SERIAL, events, zone=ZoneInfo(zone)), REFERENCE, on, calendar=calendar)


@st.composite
def beside(draw: st.DrawFn, life: list[dict[str, Any]]) -> list[Said]:
    """The same life with calls, bookings, snoozes and diary days between its entries, written in any order."""
    events = said_of(life)
    heard = [one for one in events if one.kind == "alarm_heard"]
    for place in range(draw(st.integers(1, 6))):
        at = draw(st.sampled_from(events)).happened_at + timedelta(minutes=draw(st.integers(0, 40_000)), seconds=30)
        visit = {"visit_on": (at.date() + timedelta(days=draw(st.integers(0, 90)))).isoformat()}
        told: dict[str, Any] = draw(
            st.sampled_from(
                (
                    {"kind": "contacted", "outcome": "no_answer"},
                    {"kind": "contacted", "outcome": "booked", "booking": visit},
                    {"kind": "contacted", "outcome": "call_again", "remind_on": visit["visit_on"]},
                    {"kind": "booked", "booking": visit},
                    {"kind": "diary", "diary_on": at.date().isoformat(), "tone": "tighter"},
                    {"kind": "replacement_planned", "planned_on": visit["visit_on"], "where": "North"},
                )
            )
        )
        is_snoozed = draw(st.booleans())
        if heard and is_snoozed:
            alarm = draw(st.sampled_from(heard))
            at = alarm.happened_at + timedelta(seconds=30)
            ends = (at + timedelta(days=draw(st.integers(1, 30)))).isoformat()
            told = {"kind": "alarm_snoozed", "alarm_event_id": alarm.event_id, "ends_at": ends, "reason": "coming"}
        entry = read_entry({**told, "pump_serial": SERIAL, "happened_at": at.isoformat()})
        events.append(Said(f"b{place}", 0, entry, at, "M. Keller"))
    written = draw(st.permutations(events))
    return [
        Said(one.event_id, place, one.entry, one.recorded_at_utc, one.recorded_by)
        for place, one in enumerate(written, 1)
    ]


def closures() -> st.SearchStrategy[ClinicCalendar]:
    """The clinic's calendar with closures of its own."""
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    return st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(0, 30)), max_size=4).map(
        lambda many: ClinicCalendar(
            REFERENCE,
            ClinicDays(
                tuple(
                    Closure(f"c{place}", first, first + timedelta(days=days), "away", "M. Keller", begun)
                    for place, (first, days) in enumerate(many)
                )
            ),
        )
    )


@settings(deadline=None, max_examples=40)
@given(data=st.data(), life=lives(), zone=st.sampled_from(ZONES), calendar=closures(), days=st.integers(0, 300))
def test_no_call_booking_snooze_closure_or_order_of_writing_moves_a_tier_or_a_date(
    data: st.DataObject, life: list[dict[str, Any]], zone: str, calendar: ClinicCalendar, days: int
) -> None:
    plain = said_of(life)
    busy = data.draw(beside(life))
    on = plain[-1].happened_at.date() + timedelta(days=days)
    assert planned_by(row_of(busy, on, zone, calendar)) == planned_by(row_of(plain, on, zone))


@settings(deadline=None, max_examples=30)
@given(data=st.data(), life=lives(), zone=st.sampled_from(ZONES), calendar=closures())
def test_no_tier_falls_while_time_passes_in_any_zone_with_anything_told_beside(
    data: st.DataObject, life: list[dict[str, Any]], zone: str, calendar: ClinicCalendar
) -> None:
    busy = data.draw(beside(life))
    start = max(one.happened_at for one in busy).date() + timedelta(days=1)
    ranks = [row_of(busy, start + timedelta(days=days), zone, calendar).tier.rank for days in range(0, 300, 23)]
    assert ranks == sorted(ranks, reverse=True)


@settings(deadline=None, max_examples=40)
@given(life=lives(), zone=st.sampled_from(ZONES))
def test_each_tier_begins_on_its_own_day_and_not_the_day_before(life: list[dict[str, Any]], zone: str) -> None:
    events = said_of(life)
    row = row_of(events, events[-1].happened_at.date(), zone)
    due_soon = timedelta(days=REFERENCE.policy.due_soon_days.value)
    edges = (
        (row.empty_date, timedelta(0), Tier.EXPECTED_EMPTY),
        (row.alarm_date, timedelta(0), Tier.PAST_ALARM),
        (row.refill_by, timedelta(days=1), Tier.OVERDUE),
        (row.refill_by, -due_soon, Tier.DUE_SOON),
    )
    for day, after, tier in edges:
        if (
            day is None
            or row.projection.refused
            or row.open_alarm_codes
            or any("not running" in r for r in row.reasons)
        ):
            continue
        before, at, later = (row_of(events, day + after + timedelta(days=days), zone).tier for days in (-1, 0, 1))
        assert at.rank <= tier.rank
        assert later.rank <= tier.rank
        assert before.rank >= at.rank
        if at is tier:
            assert before.rank > tier.rank


@settings(deadline=None, max_examples=8)
@given(data=st.data(), all_lives=st.lists(lives(length=4), min_size=1, max_size=3))
def test_the_list_the_export_and_the_story_say_the_same_with_anything_told_beside(
    data: st.DataObject, all_lives: list[list[dict[str, Any]]]
) -> None:
    log = PaperLog()
    for place, life in enumerate(all_lives):
        pump = f"Q{place}"
        for one in data.draw(beside(life)):
            body = (
                one.entry.body().replace(f'"{SERIAL}"', f'"{pump}"').replace('_event_id":"', f'_event_id":"{pump}-')
            )
            at = one.happened_at
            event = NewEvent(f"{pump}-{one.event_id}", pump, one.kind, BODY_VERSION, body, at, at, "M. Keller")
            log.append(event, seen=log.latest(pump))
    desk = Desk(cast(Logbook, log), REFERENCE, lambda: datetime(2027, 1, 1, tzinfo=UTC))
    board = desk.board()
    assert sorted(row.pump_serial for row in board.rows) == [f"Q{place}" for place in range(len(all_lives))]
    exported = list(csv.DictReader(io.StringIO(due_csv(board.rows))))
    for row, record in zip(board.rows, exported, strict=True):
        assert desk.story(row.pump_serial).outlook == row
        assert (record["pump_serial"], record["tier"]) == (row.pump_serial, row.tier.value)
        assert record["refill_by"] == (row.refill_by.isoformat() if row.refill_by else "")


# --- the server's own clock does not matter, nor the nights in which the clinic's changes ---


@pytest.fixture(params=SERVER_ZONES)
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone that the server believes itself to be in."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("filled_at", ["2026-03-28T22:30:00Z", "2026-03-29T00:30:00Z", "2026-10-24T22:30:00Z"])
def test_a_clinic_says_the_same_whatever_zone_its_server_is_in(
    server_zone: str, filled_at: str, tmp_path: Path
) -> None:
    assert os.environ["TZ"] == server_zone
    opened = Clinic(tmp_path, zone="Europe/Berlin").on_paper()
    opened.register(happened_at=filled_at)
    opened.say("refilled", filled_at)
    filled_on = datetime.fromisoformat(filled_at).astimezone(ZoneInfo("Europe/Berlin")).date()
    alarm_date, empty_date = filled_on + timedelta(days=120), filled_on + timedelta(days=133)
    due_soon = alarm_date - timedelta(days=7 + 14)
    for on, tier in (
        (due_soon - timedelta(days=1), Tier.ON_TRACK),
        (due_soon, Tier.DUE_SOON),
        (alarm_date - timedelta(days=7), Tier.DUE_SOON),
        (alarm_date - timedelta(days=6), Tier.OVERDUE),
        (alarm_date, Tier.PAST_ALARM),
        (empty_date, Tier.EXPECTED_EMPTY),
    ):
        row = opened.row(on)
        assert row is not None
        assert (row.tier, row.alarm_date, row.empty_date) == (tier, alarm_date, empty_date)


def test_today_is_the_clinics_day_on_every_server(server_zone: str, tmp_path: Path) -> None:
    assert os.environ["TZ"] == server_zone
    clinic = Clinic(tmp_path, zone="Europe/Berlin")
    clinic.now = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    assert clinic.on_paper().desk.today() == date(2026, 6, 2)
