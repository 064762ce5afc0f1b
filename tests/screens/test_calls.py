"""Calls on screen: whom to call, one pump's calls and bookings, near misses."""

import html
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.outlook import Asking, Outlook
from pumplog.people import Role
from pumplog.screens.call_list import ASKING_WORDS
from pumplog.screens.going import PUMP_KEY
from pumplog.state import Calls
from tests.screens.conftest import OpenApp, sign_in
from tests.screens.filling import open_app_at


def words(app: AppTest) -> str:
    return re.sub(r"<[^>]+>", "", " ".join(one.proto.body for one in app.get("html")))


def first_to_call(desk: Desk) -> Outlook:
    return desk.call_list().rows[0]


def calm_and_unbooked(desk: Desk) -> Outlook:
    """A pump on track whose booking was cancelled just now."""
    row = next(one for one in desk.board().rows if one.book_on and one.book_on > date(2026, 6, 10))
    said = {"kind": "booking_changed", "pump_serial": row.pump_serial, "happened_at": desk.now().isoformat()}
    for booking in calls_of(desk, row).booked_ahead(desk.today()):
        entry = desk.read_entry({**said, "booking_event_id": booking.event_id, "change": "cancelled"})
        desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))
    return next(one for one in desk.call_list().rows if one.pump_id == row.pump_id)


def calls_of(desk: Desk, row: Outlook) -> Calls:
    return desk.story_of(row.pump_id).state.calls


def about(open_app: OpenApp, row: Outlook, session: str | None = None) -> AppTest:
    app = open_app("board", session)
    app.session_state[PUMP_KEY] = row.pump_id
    return open_app_at(app, "calls")


def press(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label.startswith(label)).click().run()
    assert not app.exception


def choose(app: AppTest, label: str, value: Any) -> None:
    next(one for one in app.pills if one.label == label).set_value(value).run()


def pick(app: AppTest, label: str, day: date) -> None:
    next(one for one in app.date_input if one.label == label).set_value(day).run()


def test_everybody_who_has_to_be_called_is_on_the_list_with_the_number(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = open_app("calls")
    listed = clinic_desk.call_list()
    while more := [one for one in app.button if one.key == "calls-more"]:
        more[0].click().run()
    shown = words(app)
    assert listed.rows
    for row in listed.rows:
        assert row.pump_serial in shown
        assert row.phone is None or row.phone in shown
    assert f"Nothing booked: {listed.counts[Asking.NOTHING_BOOKED]}" in app.segmented_control(key="calling").options


def test_red_rows_stand_first_with_every_reason_then_transfers_then_the_calm_ones(
    open_app: OpenApp, clinic_desk: Desk
) -> None:
    rows = clinic_desk.call_list().rows
    said = {"happened_at": clinic_desk.now().isoformat(), "late_reason": "told by phone"}
    gone, stalled = [row.pump_serial for row in rows if not row.tier.is_red][:2]
    for entry in (
        {"kind": "retired", "pump_serial": gone, "reason": "transferred", "to_clinic": "South"},
        {"kind": "alarm_heard", "pump_serial": stalled, "alarm": "MOTOR_STALL"},
    ):
        read = clinic_desk.read_entry({**said, **entry})
        clinic_desk.record(read, by="T. Lindqvist", seen=clinic_desk.seen_of(read))
    app = open_app("calls")
    shown = [re.sub(r"<[^>]+>", "", one.proto.body) for one in app.get("html")]
    listed = clinic_desk.call_list().rows[:25]
    red = [row for row in listed if row.tier.is_red]
    places = [next(at for at, text in enumerate(shown) if row.pump_serial in text) for row in listed]
    (left,) = [at for at, text in enumerate(shown) if "has not confirmed" in text]
    assert 0 < len(red) < len(listed)
    assert places == sorted(places)
    assert places[len(red) - 1] < left < places[len(red)]
    for row, at in zip(listed, places, strict=True):
        assert all(reason in html.unescape(shown[at]) for reason in row.reasons)
    (cannot,) = [at for row, at in zip(listed, places, strict=True) if row.pump_serial == stalled]
    assert "refill date not known; if the pump runs as programmed, refill by" in shown[cannot]


def test_no_answer_is_one_tap_and_a_second_tap_is_the_same_call(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = first_to_call(clinic_desk)
    app = open_app("calls")
    app.button(key=f"no-answer-{row.pump_id}").click().run()
    assert not app.exception
    (one,) = calls_of(clinic_desk, row).contacts
    assert (one.said.outcome, one.called_by) == ("no_answer", "M. Keller")
    assert one.said.remind_on == date(2026, 6, 2)  # 1 June is a Monday
    clinic_desk._now = lambda: datetime(2026, 6, 2, 9, tzinfo=UTC)
    assert next(again for again in clinic_desk.call_list().rows if again.pump_id == row.pump_id).calling.asks(
        Asking.CALL_AGAIN
    )


def test_a_visit_booked_on_a_call_is_saved_with_it_and_the_pump_leaves_the_list(
    open_app: OpenApp, clinic_desk: Desk
) -> None:
    row = calm_and_unbooked(clinic_desk)
    assert row.book_on is not None
    app = about(open_app, row)
    choose(app, "What came of it?", "booked")
    pick(app, "Day of the visit", row.book_on)
    press(app, "Check")
    press(app, "Save as")
    (booking,) = calls_of(clinic_desk, row).booked_ahead(clinic_desk.today())
    assert booking.visit_on == row.book_on
    assert row.pump_id not in [one.pump_id for one in clinic_desk.call_list().rows]
    after = next(one for one in clinic_desk.board().rows if one.pump_id == row.pump_id)
    assert after.tier is row.tier


def test_what_a_call_leaves_open_is_told_at_the_check(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = about(open_app, first_to_call(clinic_desk))
    press(app, "Check")
    assert "What came of it" in app.error[0].value
    choose(app, "What came of it?", "call_again")
    press(app, "Check")
    assert "Call again on is missing" in app.error[0].value


def test_a_booking_is_moved_and_then_cancelled(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = calm_and_unbooked(clinic_desk)
    said = {"kind": "booked", "pump_serial": row.pump_serial, "happened_at": clinic_desk.now().isoformat()}
    entry = clinic_desk.read_entry({**said, "booking": {"visit_on": "2026-06-03"}})
    clinic_desk.record(entry, by="T. Lindqvist", seen=clinic_desk.seen_of(entry))
    for change in ("moved", "cancelled"):
        app = about(open_app, row)
        choose(app, "What is to be written down?", "booking_changed")
        choose(app, "What became of it?", change)
        if change == "moved":
            pick(app, "Day of the visit", date(2026, 6, 2))
        press(app, "Check")
        press(app, "Save as")
    assert calls_of(clinic_desk, row).booked_ahead(clinic_desk.today()) == ()
    assert calls_of(clinic_desk, row).bookings[-1].changes_count == 2


def test_somebody_who_only_looks_logs_nothing(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = open_app("calls", sign_in(clinic_desk, "V. Iewer", Role.VIEWER))
    assert not app.exception
    assert not [one for one in app.button if one.label in ("No answer", "Log a call")]
    assert words(app)


def test_a_caller_may_log_calls(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = about(open_app, first_to_call(clinic_desk), sign_in(clinic_desk, "C. Aller", Role.CALLER))
    choose(app, "What came of it?", "refused")
    press(app, "Check")
    press(app, "Save as")
    assert calls_of(clinic_desk, first_to_call(clinic_desk)).contacts[-1].recorded_by == "C. Aller"


def test_a_late_refill_is_listed_and_given_its_cause(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = next(one for one in clinic_desk.board().rows if one.tier.value == "overdue" and one.drug == "baclofen")
    fill = clinic_desk.story_of(row.pump_id).state.last_fill
    assert fill is not None
    said = {**fill.model_dump(mode="json", exclude_none=True), "happened_at": clinic_desk.now().isoformat()}
    said.pop("drawn_ml", None)
    entry = clinic_desk.read_entry({**said, "pump_running": True, "confirmed": {}})
    findings = clinic_desk.preview(entry, by="M. Keller").findings
    reasons = {finding.code: "as it was" for finding in findings}
    entry = clinic_desk.read_entry({**entry.model_dump(mode="json", exclude_none=True), "confirmed": reasons})
    clinic_desk.record(entry, by="M. Keller", seen=clinic_desk.seen_of(entry))
    (near,) = [one for one in clinic_desk.near_misses(date(2026, 6, 1)) if one.pump_id == row.pump_id]
    app = open_app("calls")
    app.segmented_control(key="calls-view").set_value("Near misses").run()
    assert "No cause given yet" in words(app)
    app.button(key=f"cause-{near.event_id}").click().run()
    choose(app, next(one.label for one in app.pills if one.label.startswith("Why was the refill")), "nobody_called")
    press(app, "Check")
    press(app, "Save as")
    assert next(one for one in clinic_desk.near_misses(date(2026, 6, 1)) if one.event_id == near.event_id).explained


@pytest.mark.parametrize("chosen", [*Asking, "transfers"])
def test_each_reason_lists_its_own(open_app: OpenApp, clinic_desk: Desk, chosen: Asking | str) -> None:
    app = open_app("calls")
    control = app.segmented_control(key="calling")
    place = list(Asking).index(chosen) + 1 if isinstance(chosen, Asking) else len(Asking) + 1
    control.set_value(["Everybody", *ASKING_WORDS.values(), "Transfers to confirm"][place]).run()
    assert not app.exception
    expected = clinic_desk.call_list().counts[chosen] if isinstance(chosen, Asking) else 0
    assert len([one for one in app.button if (one.key or "").startswith("call-open-")]) == min(25, expected)
