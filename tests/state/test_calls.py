"""Calls and bookings as they add up: the next visit, what passed without one, and who has to be called again."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pumplog.errors import EntryRefused
from pumplog.rules import Weight
from pumplog.state import BookingStatus, Calls
from tests.stories.clinic import SERIAL, Clinic, Opened

LATE = {"booked_after_refill_by": "none earlier"}
JUNE_1, JUNE_2, JUNE_3 = date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A pump filled on 5 Jan 2026, in a clinic west of Greenwich; nothing was called or booked."""
    told = Clinic(tmp_path, zone="America/New_York").on_paper()
    told.ordinary()
    return told


def calls(opened: Opened) -> Calls:
    return opened.desk.story(SERIAL).state.calls


def call(opened: Opened, at: str, outcome: str, **fields: Any) -> None:
    opened.say("contacted", at, outcome=outcome, confirmed=LATE, **fields)


def book(opened: Opened, at: str, on: str, event: str = "booking", **fields: Any) -> None:
    opened.say("booked", at, event=event, booking={"visit_on": on}, confirmed=LATE, **fields)


def change(opened: Opened, at: str, how: str, event: str = "booking", **fields: Any) -> None:
    opened.say("booking_changed", at, booking_event_id=event, change=how, confirmed=LATE, **fields)


# --- what is booked ---


def test_the_next_visit_is_the_earliest_open_booking_from_today_on(opened: Opened) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-02", "later")
    book(opened, "2026-04-02T15:00Z", "2026-06-01", "earlier")
    ahead = calls(opened).booked_ahead
    assert [one.event_id for one in ahead(date(2026, 4, 2))] == ["earlier", "later"]
    assert [one.event_id for one in ahead(JUNE_1)] == ["earlier", "later"]
    assert [one.event_id for one in ahead(JUNE_2)] == ["later"]
    assert ahead(JUNE_3) == ()


def test_a_next_visit_typed_at_a_refill_is_a_booking_of_that_day(opened: Opened) -> None:
    opened.say("refilled", "2026-04-01T15:00Z", next_visit_on="2026-06-01", event="april")
    (one,) = calls(opened).booked_ahead(date(2026, 4, 1))
    assert (one.event_id, one.visit_on, one.typed_at_visit) == ("april", JUNE_1, True)
    book(opened, "2026-04-01T16:00Z", "2026-06-01")
    (said_in_full,) = calls(opened).booked_ahead(date(2026, 4, 1))
    assert said_in_full.event_id == "booking"


def test_a_booking_keeps_its_name_however_often_it_is_moved(opened: Opened) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-01")
    change(opened, "2026-04-02T15:00Z", "moved", booking={"visit_on": "2026-06-02"}, reason="closed")
    change(opened, "2026-04-03T15:00Z", "moved", booking={"visit_on": "2026-06-03"})
    (one,) = calls(opened).booked_ahead(JUNE_1)
    assert (one.event_id, one.visit_on, one.changes_count) == ("booking", JUNE_3, 2)
    change(opened, "2026-04-04T15:00Z", "cancelled")
    assert calls(opened).booked_ahead(JUNE_1) == ()
    assert calls(opened).not_followed_up(JUNE_3) == ()


def test_a_visit_booked_on_a_call_is_a_booking_of_its_own(opened: Opened) -> None:
    call(opened, "2026-04-01T15:00Z", "booked", booking={"visit_on": "2026-06-01", "visit_time": "09:30"})
    (one,) = calls(opened).booked_ahead(JUNE_1)
    assert one.visit.visit_time is not None
    assert f"{one.visit.visit_time:%H:%M}" == "09:30"


# --- what was missed ---


def test_a_booking_passes_without_a_visit_when_its_day_is_over_and_not_before(opened: Opened) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-01")
    assert calls(opened).not_followed_up(JUNE_1) == ()
    assert [one.event_id for one in calls(opened).not_followed_up(JUNE_2)] == ["booking"]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("refilled", {}),
        ("deferred", {"volume_left_ml": "9"}),
        ("reprogrammed", {"programme": {"mode": "simple_continuous", "dose_mcg_per_day": "310"}}),
    ],
)
def test_a_visit_on_the_booked_day_of_the_clinics_own_calendar_keeps_it(
    opened: Opened, kind: str, fields: dict[str, Any]
) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-04-20")
    opened.say(kind, "2026-04-21T01:30Z", **fields)  # 20 April, 21:30 in New York
    assert calls(opened).not_followed_up(JUNE_3) == ()
    assert calls(opened).booked_ahead(date(2026, 4, 20)) == ()


def test_a_visit_on_another_day_does_not_keep_it_but_a_later_one_follows_it_up(opened: Opened) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-01")
    opened.say("refilled", "2026-05-31T15:00Z")
    assert [one.event_id for one in calls(opened).not_followed_up(JUNE_2)] == ["booking"]
    opened.say("refilled", "2026-06-02T15:00Z")
    assert calls(opened).not_followed_up(JUNE_2) == ()


@pytest.mark.parametrize(("outcome", "open_still"), [("no_answer", True), ("refused", False), ("moved", False)])
def test_a_call_that_nobody_answers_follows_nothing_up(opened: Opened, outcome: str, open_still: bool) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-01")
    call(opened, "2026-06-02T15:00Z", outcome)
    assert bool(calls(opened).not_followed_up(JUNE_2)) == open_still


def test_a_missed_visit_stays_until_somebody_follows_it_up_however_long(opened: Opened) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-01")
    change(opened, "2026-06-01T20:00Z", "missed")
    (one,) = calls(opened).not_followed_up(JUNE_1)
    assert one.status is BookingStatus.MISSED
    assert calls(opened).not_followed_up(date(2036, 6, 1)) == (one,)
    change(opened, "2026-06-02T15:00Z", "moved", booking={"visit_on": "2026-06-09"})
    assert calls(opened).not_followed_up(JUNE_2) == ()
    assert [one.visit_on for one in calls(opened).booked_ahead(JUNE_2)] == [date(2026, 6, 9)]


def test_a_later_booking_made_before_the_lapse_follows_nothing_up(opened: Opened) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-01")
    book(opened, "2026-04-01T15:05Z", "2026-08-01", "august")
    assert [one.event_id for one in calls(opened).not_followed_up(JUNE_2)] == ["booking"]


# --- who is to be called again ---


@pytest.mark.parametrize(
    ("outcome", "fields", "asks_on"),
    [
        ("no_answer", {}, JUNE_1),
        ("no_answer", {"remind_on": "2026-06-03"}, JUNE_3),
        ("call_again", {"remind_on": "2026-06-02"}, JUNE_2),
        ("in_hospital_elsewhere", {"remind_on": "2026-06-02"}, JUNE_2),
        ("refused", {}, None),
        ("moved", {}, None),
    ],
)
def test_a_call_asks_for_another_on_a_day(
    opened: Opened, outcome: str, fields: dict[str, Any], asks_on: date | None
) -> None:
    call(opened, "2026-06-02T01:30Z", outcome, **fields)  # 1 June in New York
    asked = calls(opened).reminder()
    assert (asked.asks_again_on if asked else None) == asks_on


def test_a_reminder_holds_until_a_call_a_booking_or_a_visit_settles_it(opened: Opened) -> None:
    call(opened, "2026-06-01T15:00Z", "no_answer")
    call(opened, "2026-06-02T15:00Z", "no_answer", remind_on="2026-06-03")
    asked = calls(opened).reminder()
    assert asked is not None
    assert asked.asks_again_on == JUNE_3
    book(opened, "2026-06-03T15:00Z", "2026-06-09")
    assert calls(opened).reminder() is None


def test_who_called_is_who_is_named_or_else_who_wrote_it_down(opened: Opened) -> None:
    call(opened, "2026-06-01T15:00Z", "refused", called_by="T. Lindqvist")
    call(opened, "2026-06-02T15:00Z", "refused")
    assert [one.called_by for one in calls(opened).contacts] == ["T. Lindqvist", "M. Keller"]


def test_calls_of_a_past_day_are_those_that_had_happened(opened: Opened) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-01")
    change(opened, "2026-05-01T15:00Z", "cancelled")
    then = opened.desk.story(SERIAL, date(2026, 4, 15)).state.calls
    assert [one.event_id for one in then.booked_ahead(date(2026, 4, 15))] == ["booking"]


def test_a_booking_in_error_was_never_made(opened: Opened) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-01")
    opened.say("corrected", "2026-04-02T15:00Z", target_event_id="booking", how="entered_in_error")
    assert calls(opened).bookings == ()


# --- late entries, and what cannot be ---


def test_calls_and_bookings_are_never_late_and_make_nothing_late(opened: Opened) -> None:
    opened.clinic.now = datetime.fromisoformat("2026-06-03T18:00Z")
    opened.say_now("contacted", "2026-06-03T17:00Z", outcome="no_answer")
    opened.say_now("refilled", "2026-06-03T16:00Z")
    opened.say_now("contacted", "2026-06-03T15:00Z", outcome="no_answer")
    with pytest.raises(EntryRefused, match="late entry"):
        opened.say_now("refilled", "2026-06-03T14:00Z")


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("contacted", {"outcome": "call_again", "remind_on": "2026-05-31"}, "before this call"),
        ("contacted", {"outcome": "call_again"}, "choose when to call again"),
        ("contacted", {"outcome": "other"}, "type what came of the call"),
        ("contacted", {"outcome": "booked"}, "type its day"),
        ("contacted", {"outcome": "refused", "booking": {"visit_on": "2026-06-09"}}, "say another"),
        ("contacted", {"outcome": "booked", "booking": {"visit_on": "2026-05-31"}}, "lies before"),
        ("booked", {"booking": {"visit_on": "2026-05-31"}}, "lies before"),
        ("booking_changed", {"booking_event_id": "none", "change": "cancelled"}, "no such booking"),
        ("booking_changed", {"booking_event_id": "booking", "change": "missed"}, "cannot be missed yet"),
        ("booking_changed", {"booking_event_id": "gone", "change": "missed"}, "cancelled already"),
        ("booking_changed", {"booking_event_id": "kept", "change": "missed"}, "was kept"),
        ("booking_changed", {"booking_event_id": "passed", "change": "cancelled"}, "mark the visit as missed"),
        ("booking_changed", {"booking_event_id": "booking", "change": "moved"}, "new day"),
        (
            "booking_changed",
            {"booking_event_id": "booking", "change": "moved", "booking": {"visit_on": "2026-05-31"}},
            "lies before",
        ),
        ("transfer_confirmed", {"receiving_clinic": "South", "confirmed_by": "N. N."}, "has not left"),
        ("near_miss_explained", {"visit_event_id": "none", "cause": "planned"}, "no such refill"),
        ("near_miss_explained", {"visit_event_id": f"fill {SERIAL}", "cause": "other"}, "said in words"),
    ],
)
def test_what_cannot_be_is_refused(opened: Opened, kind: str, fields: dict[str, Any], says: str) -> None:
    book(opened, "2026-04-01T15:00Z", "2026-06-09")
    book(opened, "2026-04-01T15:05Z", "2026-06-09", "gone")
    change(opened, "2026-04-02T15:00Z", "cancelled", "gone")
    book(opened, "2026-04-01T15:05Z", "2026-04-20", "kept")
    opened.say("refilled", "2026-04-20T15:00Z")
    book(opened, "2026-04-21T15:05Z", "2026-05-20", "passed")
    with pytest.raises(EntryRefused, match=says):
        opened.say(kind, "2026-06-01T15:00Z", **fields)


def test_a_visit_booked_after_refill_by_asks_for_a_reason(opened: Opened) -> None:
    assert (row := opened.row(date(2026, 1, 6))) is not None
    assert row.refill_by == date(2026, 4, 28)
    book(opened, "2026-01-06T15:00Z", "2026-04-28", "in time")
    for kind, fields in (("booked", {}), ("contacted", {"outcome": "booked"})):
        with pytest.raises(EntryRefused, match="after the refill-by date"):
            opened.say(kind, "2026-01-06T15:00Z", booking={"visit_on": "2026-04-29"}, **fields)
    opened.say("booked", "2026-01-06T15:00Z", booking={"visit_on": "2026-04-29"}, confirmed=LATE)
    with pytest.raises(EntryRefused, match="after the refill-by date"):
        opened.say(
            "booking_changed",
            "2026-01-07T15:00Z",
            booking_event_id="in time",
            change="moved",
            booking={"visit_on": "2026-04-30"},
        )


def test_once_refill_by_is_past_the_first_free_day_is_asked_for_and_no_reason(opened: Opened) -> None:
    entry = opened.read("booked", "2026-04-29T15:00Z", booking={"visit_on": "2026-04-30"})
    opened.at(date(2026, 4, 30))
    (finding,) = opened.desk.preview(entry, by="M. Keller").findings
    assert finding.weight is Weight.NOTE
    assert "is past: book the first free day" in finding.says


def test_a_second_open_booking_is_told(opened: Opened) -> None:
    book(opened, "2026-01-06T15:00Z", "2026-04-20")
    entry = opened.read("booked", "2026-01-06T15:30Z", booking={"visit_on": "2026-04-21"})
    (finding,) = opened.desk.preview(entry, by="M. Keller").findings
    assert finding.says.startswith("Another visit is booked for 20 Apr 2026")


# --- transfers ---


def test_a_transfer_is_confirmed_once_and_calls_about_it_may_be_logged(opened: Opened) -> None:
    opened.say("retired", "2026-06-01T15:00Z", reason="transferred", to_clinic="South")
    call(opened, "2026-06-02T15:00Z", "no_answer", spoke_with="South")
    with pytest.raises(EntryRefused, match="was retired"):
        book(opened, "2026-06-02T15:00Z", "2026-06-09")
    opened.say("transfer_confirmed", "2026-06-03T15:00Z", receiving_clinic="South", confirmed_by="their nurse")
    assert calls(opened).transfer is not None
    with pytest.raises(EntryRefused, match="confirmed already"):
        opened.say("transfer_confirmed", "2026-06-03T16:00Z", receiving_clinic="South", confirmed_by="N. N.")


def test_a_pump_taken_out_is_called_about_no_more(opened: Opened) -> None:
    opened.say("retired", "2026-06-01T15:00Z", reason="explanted")
    with pytest.raises(EntryRefused, match="was retired"):
        call(opened, "2026-06-02T15:00Z", "no_answer")
