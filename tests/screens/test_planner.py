"""The planner: a closure tried out and said, a date for each pump booked by a person, what to order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.entries import ClosureSet, Contacted
from pumplog.people import Role
from tests.screens.conftest import NOW, OpenApp, sign_in
from tests.screens.filling import REFILLED, REGISTERED, one_pump
from tests.screens.hostile import shown

APRIL = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
"""The pump was filled in March, and is due in May."""


@pytest.fixture
def pump_id(desk: Desk) -> str:
    found = one_pump(desk)
    desk._now = lambda: APRIL
    return found


@pytest.fixture
def refill_by(desk: Desk, pump_id: str) -> date:
    row = desk.story_of(pump_id).outlook
    assert row.refill_by is not None
    return row.refill_by


def part(app: AppTest, name: str) -> AppTest:
    app.session_state["part"] = name
    return app.run()


def close(app: AppTest, first: date, last: date, why: str = "") -> AppTest:
    app.date_input(key="close-first").set_value(first)
    app.date_input(key="close-last").set_value(last).run()
    if why:
        app.text_input(key="close-why").set_value(why).run()
    return app


def test_a_closure_is_tried_out_then_said_and_lifted_again(
    open_app: OpenApp, desk: Desk, refill_by: date, pump_id: str
) -> None:
    app = open_app("planner")
    assert "None: the clinic is open" in shown(app)
    assert "No public holidays are known: an administrator can add the country (calendar, see Settings)" in shown(app)
    close(app, refill_by - timedelta(days=10), refill_by + timedelta(days=2))
    assert "1 pump would be caught" in shown(app)
    assert "would pass its refill-by date while the clinic is closed" in shown(app)
    assert "Last safe day" in shown(app)
    assert app.button(key="close-save").disabled
    assert desk.calendar().said.closures == ()
    close(app, refill_by - timedelta(days=10), refill_by + timedelta(days=2), "Painters")
    app.button(key="close-save").click().run()
    assert not app.exception
    (closure,) = desk.calendar().said.closures
    assert (closure.reason, closure.set_by) == ("Painters", "M. Keller")
    assert "said by M. Keller on 1 Apr 2026" in shown(app)
    book_on = desk.story_of(pump_id).outlook.book_on
    assert book_on is not None
    assert book_on < refill_by - timedelta(days=9)
    app.text_input(key=f"lift-why-{closure.event_id}").set_value("They come in spring").run()
    app.button(key=f"lift-{closure.event_id}-save").click().run()
    assert desk.calendar().said.closures == ()


def test_days_in_the_wrong_order_are_said(open_app: OpenApp, pump_id: str) -> None:
    app = close(open_app("planner"), date(2026, 7, 2), date(2026, 7, 1))
    assert "The last day is before the first" in shown(app)


def test_a_closure_that_catches_nobody_says_so(open_app: OpenApp, pump_id: str) -> None:
    app = close(open_app("planner"), date(2030, 7, 1), date(2030, 7, 1))
    assert "Nobody would be caught" in shown(app)


def test_a_day_gets_room_of_its_own(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    app = open_app("planner")
    app.date_input(key="room-day").set_value(date(2026, 6, 6))
    app.text_input(key="room-count").set_value("x").run()
    assert "Type a whole number" in shown(app)
    app.text_input(key="room-count").set_value("4").run()
    assert "Now closed on a Saturday" in shown(app)
    app.text_input(key="room-why").set_value("Extra Saturday").run()
    app.button(key="room-save").click().run()
    assert not app.exception
    assert desk.calendar().capacity(date(2026, 6, 6)) == 4


def test_a_proposed_date_is_booked_by_a_person_and_by_nobody_else(
    open_app: OpenApp, desk: Desk, refill_by: date, pump_id: str
) -> None:
    app = part(open_app("planner"), "A date for each pump")
    before = desk.head().row_count
    app.button(key="propose").click().run()
    assert not app.exception
    assert "1 proposed" in shown(app)
    assert "No plan for these pumps costs less than" in shown(app)
    assert desk.head().row_count == before
    app.button(key=f"book-{pump_id}").click().run()
    assert not app.exception
    assert "Booked" in shown(app)
    said: Any = desk.story_of(pump_id).state.log[-1].said
    assert (said.kind, said.recorded_by) == ("booked", "M. Keller")
    assert APRIL.date() <= said.entry.booking.visit_on <= refill_by
    app.button(key="propose").click().run()
    assert "0 proposed" in shown(app)
    assert "1 booked in time and kept" in shown(app)


def test_where_not_everybody_fits_it_is_said_why_first_come_may_cost_less(
    open_app: OpenApp, desk: Desk, refill_by: date
) -> None:
    closed = ClosureSet(happened_at=APRIL, first_on=APRIL.date(), last_on=refill_by, reason="Flood")
    desk.plan_days(closed, by="M. Keller", seen=desk.calendar().latest)
    app = part(open_app("planner"), "A date for each pump")
    app.button(key="propose").click().run()
    assert not app.exception
    assert "Not everybody fits, so these numbers are not about the same pumps" in shown(app)


def test_all_proposed_dates_are_booked_by_one_press_and_undone_by_another(
    open_app: OpenApp, desk: Desk, pump_id: str
) -> None:
    desk._now = lambda: NOW
    named = {"pump_serial": "NGX200002"}
    patient = {"patient_id": "P-2", "name": "Example, Uma"}
    for said in ({**REGISTERED, **named, "patient": patient}, {**REFILLED, **named}):
        entry = desk.read_entry(said)
        desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))
    desk._now, other = lambda: APRIL, desk.pump_id("NGX200002")
    app = part(open_app("planner"), "A date for each pump")
    app.button(key="propose").click().run()
    assert "2 proposed" in shown(app)
    app.button(key="book-all").click().run()
    assert not app.exception
    assert "2 dates booked" in shown(app)
    assert [row.next_visit_on is None for row in desk.board().rows] == [False, False]
    assert desk.story_of(other).state.log[-1].said.recorded_by == "M. Keller"
    app.button(key="undo-all").click().run()
    assert not app.exception
    assert [row.next_visit_on for row in desk.board().rows] == [None, None]
    called = Contacted(happened_at=APRIL, pump_serial="NGX200002", outcome="no_answer")
    desk.record(called, by="M. Keller", seen=desk.seen(other))
    rows = desk.head().row_count
    app.button(key="book-all").click().run()
    assert "Pump NGX200002: somebody recorded something about it" in shown(app)
    assert desk.head().row_count == rows


def test_who_may_not_plan_sees_the_days_and_closes_none(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    open_app("board")
    app = open_app("planner", sign_in(desk, "V. Onlooker", Role.VIEWER))
    assert not app.exception
    close(app, date(2026, 7, 1), date(2026, 7, 2))
    assert [one.key for one in app.button if str(one.key).endswith("-save")] == []
    with pytest.raises(KeyError):
        app.button(key="propose")


def test_the_lists_show_who_is_not_booked_and_what_to_order(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    app = part(open_app("planner"), "None booked")
    assert "1 pump has no visit booked" in shown(app)
    assert "Book on or before" in shown(app)
    desk._now = lambda: NOW
    app = part(open_app("planner"), "Ordering")
    assert "Baclofen" in shown(app)
    assert "no vial size has a source here" in shown(app)
    assert "No replacement is ahead" in shown(part(app, "Replacements"))


def test_a_pumps_story_leads_to_another_dose_for_that_pump(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    app = open_app("story").selectbox(key="story-pump").set_value(pump_id).run()
    app.button(key="to-what-if").click().run()
    assert not app.exception
    assert "Not a prescription" in shown(app)
    assert app.text_input(key=f"try-{pump_id}-dose_mcg_per_day").value == ""


def test_another_dose_is_tried_out_beside_today(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    app = open_app("planner")
    app.session_state["pump_id"] = pump_id
    app = part(app, "Another dose")
    assert "Not a prescription" in shown(app)
    rows = desk.head().row_count
    app.text_input(key=f"try-{pump_id}-dose_mcg_per_day").set_value("400").run()
    assert not app.exception
    assert "Tried out" in shown(app)
    assert "As if reprogrammed now" in shown(app)
    app.text_input(key=f"try-{pump_id}-volume_ml").set_value("99").run()
    assert "The reservoir holds" in shown(app)
    assert desk.head().row_count == rows
