"""The one door: what was seen is what is recorded on, once, by a person; and the board that follows from it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pumplog.desk import Desk, reading
from pumplog.errors import EntryRefused, StaleRecord
from pumplog.logbook import NewEvent
from pumplog.outlook import Projection, Tier, outlook, project
from pumplog.state import PumpState
from tests.stories.clinic import NURSE, SERIAL, Clinic, Opened

NEXT_FILL = "2026-03-02T09:00Z"


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path / "clinic")


@pytest.fixture
def opened(clinic: Clinic) -> Iterator[Opened]:
    """A pump of case D1 in a real log, on 2 Mar 2026 at noon."""
    with clinic.open() as one:
        one.ordinary()
        one.at(date(2026, 3, 2))
        yield one


def test_a_record_made_on_an_older_view_is_refused_and_nothing_is_written(opened: Opened) -> None:
    pump_id = opened.desk.pump_id(SERIAL)
    seen = opened.desk.seen(pump_id)
    opened.say_now("deferred", "2026-03-01T09:00Z", volume_left_ml="11")
    before = opened.head()
    with pytest.raises(StaleRecord) as stale:
        opened.desk.record(opened.read("refilled", NEXT_FILL), by=NURSE, seen=seen)
    assert (stale.value.pump_id, stale.value.seen, stale.value.latest) == (pump_id, seen, before)
    assert opened.head() == before
    assert [said.entry.kind for said in opened.desk.said_since(pump_id, seen)] == ["deferred"]


def test_the_same_event_sent_twice_is_one_event(opened: Opened) -> None:
    seen = opened.desk.seen(opened.desk.pump_id(SERIAL))
    entry = opened.read("refilled", NEXT_FILL)
    first = opened.desk.record(entry, by=NURSE, seen=seen, event_id="form-1")
    again = opened.desk.record(entry, by=NURSE, seen=seen, event_id="form-1")
    assert again.event == first.event
    assert again.outlook == first.outlook
    assert opened.head() == 3


def test_the_same_form_with_other_values_or_for_another_pump_is_refused(opened: Opened) -> None:
    opened.ordinary("NGX200002")
    opened.at(date(2026, 3, 2))
    opened.say_now("refilled", NEXT_FILL, event="form-1")
    before = opened.head()
    for fields in ({"volume_after_fill_ml": "19"}, {"pump_serial": "NGX200002"}):
        with pytest.raises(EntryRefused, match="saved already with other values"):
            opened.say_now("refilled", NEXT_FILL, event="form-1", **fields)
    assert opened.head() == before


def test_an_entry_without_a_person_is_refused(opened: Opened) -> None:
    with pytest.raises(EntryRefused, match="say who you are"):
        opened.say_now("refilled", NEXT_FILL, by="  ")
    assert opened.head() == 2


def test_a_preview_writes_nothing_and_says_before_and_after(opened: Opened) -> None:
    preview = opened.desk.preview(opened.read("refilled", NEXT_FILL), by=NURSE)
    assert opened.head() == 2
    assert preview.before is not None
    assert preview.after is not None
    assert (preview.before.alarm_date, preview.after.alarm_date) == (date(2026, 5, 5), date(2026, 6, 30))
    assert preview.seen == 2
    recorded = opened.say_now("refilled", NEXT_FILL)
    assert recorded.outlook == preview.after


def test_a_double_click_in_two_threads_is_one_visit(opened: Opened) -> None:
    seen = opened.desk.seen(opened.desk.pump_id(SERIAL))
    entry = opened.read("refilled", NEXT_FILL)
    with ThreadPoolExecutor(4) as pool:
        clicks = [pool.submit(opened.desk.record, entry, by=NURSE, seen=seen, event_id="form-1") for _ in range(4)]
        assert len({click.result().event.sequence for click in clicks}) == 1
    assert opened.head() == 3


def test_one_serial_registered_in_two_tabs_at_once_is_one_pump(opened: Opened) -> None:
    entry = opened.read("registered", NEXT_FILL, pump_serial="NEW1")
    together = threading.Barrier(4)

    def register(place: int) -> str:
        together.wait()
        try:
            opened.desk.record(entry, by=NURSE, seen=0, event_id=f"tab-{place}")
        except StaleRecord:
            return "stale"
        return "written"

    with ThreadPoolExecutor(4) as pool:
        ends = sorted(pool.map(register, range(4)))
    assert ends == ["stale", "stale", "stale", "written"]
    assert [row.pump_serial for row in opened.desk.board().rows].count("NEW1") == 1


def test_people_record_on_other_pumps_at_the_same_time(opened: Opened) -> None:
    serials = [f"T{place}" for place in range(4)]
    for serial in serials:
        opened.ordinary(serial)
    opened.at(date(2026, 3, 2))
    boards = []

    def work(serial: str) -> None:
        for hour in range(4):
            opened.say_now("deferred", f"2026-03-01T{hour:02}:00Z", pump_serial=serial, volume_left_ml="11")
            boards.append(opened.desk.board())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, serials))
    assert opened.head() == 10 + 16
    assert all(len(board.rows) == 5 for board in boards)
    assert opened.desk.verify().ok
    with_fresh_eyes = Desk(opened.desk.logbook, opened.desk.reference, lambda: opened.clinic.now)
    assert with_fresh_eyes.board() == opened.desk.board()


def test_only_the_pump_that_changed_is_worked_out_again(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.ordinary("NGX200002")
    opened.at(date(2026, 3, 2))
    worked_out: list[str] = []

    def counting(state: Any, *rest: Any, **more: Any) -> Any:
        worked_out.append(state.pump_id)
        return outlook(state, *rest, **more)

    opened.desk.board()
    monkeypatch.setattr(reading, "outlook", counting)
    opened.desk.board()
    assert worked_out == []
    pump_id = opened.desk.pump_id(SERIAL)
    opened.desk.logbook.append(
        NewEvent(
            "behind the desk",
            pump_id,
            "deferred",
            1,
            opened.read("deferred", "2026-03-01T09:00Z", volume_left_ml="11").body(),
            datetime(2026, 3, 1, 9, tzinfo=UTC),
            opened.clinic.now,
            NURSE,
        ),
        seen=opened.desk.seen(pump_id),
    )
    opened.desk.board()
    assert worked_out == [pump_id]
    opened.at(date(2026, 3, 3))
    opened.desk.board()
    assert len(worked_out) == 3


def test_who_asks_for_the_board_while_it_is_worked_out_waits_for_it(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.ordinary("NGX200002")
    opened.at(date(2026, 3, 2))
    opened.desk.board()
    opened.at(date(2026, 3, 3))
    worked_out: list[str] = []
    both = threading.Barrier(2, timeout=30)

    def slowly(state: Any, *rest: Any, **more: Any) -> Any:
        worked_out.append(state.pump_id)
        time.sleep(0.05)
        return outlook(state, *rest, **more)

    def ask(_: int) -> Any:
        both.wait()
        return opened.desk.board()

    monkeypatch.setattr(reading, "outlook", slowly)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(ask, range(2))
    assert len(worked_out) == len(first.rows) == 2
    assert first == second


def test_a_past_board_knows_only_what_had_happened_by_the_end_of_that_day(opened: Opened) -> None:
    opened.say_now("refilled", NEXT_FILL)
    opened.say_now("alarm_heard", "2026-03-02T10:00Z", alarm="MOTOR_STALL")
    rows = {day: opened.row(date(2026, 3, day)) for day in (1, 2)}
    assert (rows[1], rows[2]) != (None, None)
    assert rows[1] is not None
    assert rows[2] is not None
    assert (rows[1].tier, rows[1].alarm_date) == (Tier.ON_TRACK, date(2026, 5, 5))
    assert (rows[2].tier, rows[2].alarm_date) == (Tier.CANNOT_PROJECT, date(2026, 6, 30))
    assert opened.row(date(2026, 1, 4)) is None
    assert opened.row(date(2026, 1, 5)) is not None


def test_the_last_second_of_the_clinics_day_belongs_to_it(tmp_path: Path) -> None:
    for zone, last, first in (
        ("America/New_York", "2026-03-08T23:59:59-04:00", "2026-03-09T00:00:00-04:00"),
        ("Europe/Berlin", "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00"),
        ("America/Havana", "2026-03-07T23:59:59-05:00", "2026-03-08T01:00:00-04:00"),  # midnight does not exist
        ("Asia/Kolkata", "2026-03-08T23:59:59+05:30", "2026-03-09T00:00:00+05:30"),
    ):
        opened = Clinic(tmp_path / zone.replace("/", "-"), zone=zone).on_paper()
        opened.ordinary()
        for at, fill in ((last, "20"), (first, "19")):
            opened.say("refilled", at, volume_after_fill_ml=fill)
        day = datetime.fromisoformat(last).date()
        evening, morning = opened.row(day), opened.row(day + timedelta(days=1))
        assert evening is not None
        assert morning is not None
        assert (evening.last_fill_on, evening.empty_date) == (day, day + timedelta(days=133))
        assert morning.last_fill_on == day + timedelta(days=1)


def test_a_day_that_cannot_be_right_is_refused(opened: Opened) -> None:
    for on in (date.max, date.min, date(206, 1, 1)):
        with pytest.raises(EntryRefused, match="cannot be right"):
            opened.desk.board(on)
        with pytest.raises(EntryRefused, match="cannot be right"):
            opened.desk.story(SERIAL, on)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-01-06", "2026-01-06T17:00:00+00:00"),
        ("20260106", "2026-01-06T17:00:00+00:00"),
        ("2026-01-06T09:30", "2026-01-06T14:30:00+00:00"),
        ("2026-07-06 09:30", "2026-07-06T13:30:00+00:00"),
        ("2026-01-06T09:30Z", "2026-01-06T09:30:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_the_clinics_and_a_day_alone_its_noon(tmp_path: Path, said: str, meant: str) -> None:
    opened = Clinic(tmp_path, zone="America/New_York").on_paper()
    assert opened.read("alarm_heard", said, alarm="OTHER").happened_at == datetime.fromisoformat(meant)


@pytest.mark.parametrize("serial", ["ngx100001", "NGX 100001", " NGX100001\u00a0"])
def test_a_pump_is_found_however_its_serial_is_written(opened: Opened, serial: str) -> None:
    assert opened.desk.story(serial).outlook.pump_serial == SERIAL
    opened.say_now("refilled", NEXT_FILL, pump_serial=serial)
    assert len(opened.desk.board().rows) == 1
    row = opened.row()
    assert row is not None
    assert row.alarm_date == date(2026, 6, 30)


def test_an_unknown_serial_is_refused_by_name(opened: Opened) -> None:
    with pytest.raises(EntryRefused, match='No pump with the serial "NGX9" is on record'):
        opened.desk.story("NGX9")


def test_a_retired_pump_is_off_the_board_but_its_story_stays(opened: Opened) -> None:
    opened.say_now("alarm_heard", "2026-03-01T09:00Z", alarm="MOTOR_STALL")
    opened.say_now("retired", "2026-03-02T09:00Z", reason="explanted", event="retirement")
    assert opened.row() is None
    assert [card.retired for card in opened.desk.pumps()] == [True]
    assert opened.desk.story(SERIAL).state.retired is not None
    opened.say_now("corrected", "2026-03-02T10:00Z", target_event_id="retirement", how="entered_in_error")
    row = opened.row()
    assert row is not None
    assert row.tier is Tier.CANNOT_PROJECT


def test_the_saw_tooth_ends_at_the_volume_expected_now_whatever_the_clocks_did(tmp_path: Path) -> None:
    opened = Clinic(tmp_path, zone="Europe/Berlin").on_paper()
    opened.register()
    opened.say("refilled", "2026-03-28T12:00+01:00", programme={"mode": "fixed_flow", "flow_ml_per_day": "1"})
    opened.clinic.now = datetime.fromisoformat("2026-03-30T12:00+02:00")
    expected = [level for level in opened.desk.story(SERIAL).levels if level.part == "expected"]
    assert expected[-1].volume_ml * 24 == 20 * 24 - 47
    assert expected[-1].at == opened.clinic.now


def test_a_row_nobody_can_write_by_hand(opened: Opened) -> None:
    with pytest.raises(EntryRefused, match="written by an import"):
        opened.say_now("row_settled", NEXT_FILL, row_event_id="x", how="dismissed", reason="x")


def test_a_long_story_is_judged_in_good_time(clinic: Clinic) -> None:
    opened = clinic.on_paper()
    opened.ordinary()
    first = datetime(2026, 1, 6, tzinfo=UTC)
    for hours in range(0, 24 * 120, 48):
        at = (first + timedelta(hours=hours)).isoformat()
        opened.say("reprogrammed", at, programme={"mode": "simple_continuous", "dose_mcg_per_day": "300"})
    row = opened.row(date(2026, 5, 6))
    assert row is not None
    assert (row.alarm_date, row.tier) == (date(2026, 5, 5), Tier.PAST_ALARM)


def test_dates_are_worked_out_once_whatever_the_day_and_again_after_a_word(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[str] = []

    def counting(state: PumpState, *rest: Any, **more: Any) -> Projection:
        worked_out.append(state.pump_id)
        return project(state, *rest, **more)

    first = opened.desk.board().rows[0]
    monkeypatch.setattr(reading, "project", counting)
    opened.at(date(2026, 7, 2))
    later = opened.desk.board().rows[0]
    assert worked_out == []
    assert later.projection == first.projection
    assert (first.tier, later.tier) == (Tier.ON_TRACK, Tier.EXPECTED_EMPTY)
    opened.say_now("refilled", "2026-07-02T09:00Z")
    assert opened.desk.board().rows[0].projection != first.projection
    assert set(worked_out) == {first.pump_id}
