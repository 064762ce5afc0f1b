"""A correction from the story: the entry in hand, the old values beside each field, what moves before and after."""

from datetime import timedelta
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.entries import Refilled, Scored
from pumplog.people import Role
from tests.screens.conftest import NOW, OpenApp, sign_in
from tests.screens.filling import SERIAL, Page, one_pump, open_app_at, opened_for

SCORED = {
    "kind": "scored",
    "happened_at": (NOW - timedelta(hours=3)).isoformat(),
    "pump_serial": SERIAL,
    "ashworth": [{"joint": "knee", "side": "left", "grade": "2"}],
    "pain": "7",
}


@pytest.fixture
def pump_id(desk: Desk) -> str:
    return one_pump(desk, SCORED)


@pytest.fixture
def page(open_app: OpenApp, pump_id: str) -> Page:
    return opened_for(open_app, "story", pump_id)


def event_id(desk: Desk, pump_id: str, kind: str) -> str:
    return next(line.said.event_id for line in desk.story_of(pump_id).state.log if line.said.kind == kind)


def correct(page: Page, desk: Desk, pump_id: str, kind: str) -> Page:
    """Press Correct beside the entry of a kind, and come to where it leads: a test's app does not go by itself."""
    page.app.button(key=f"correct-{event_id(desk, pump_id, kind)}").click()
    assert page.run().app.title[0].value == "Other entries"
    return Page(open_app_at(page.app, "entries"))


def last(desk: Desk, pump_id: str) -> Any:
    return desk.story_of(pump_id).state.log[-1].said.entry


def test_every_line_of_the_story_opens_its_correction(page: Page, desk: Desk, pump_id: str) -> None:
    page = correct(page, desk, pump_id, "scored")
    assert page.app.selectbox[0].value == event_id(desk, pump_id, "scored")


def test_the_page_says_what_moves_before_it_is_saved_and_after(page: Page, desk: Desk, pump_id: str) -> None:
    page = correct(page, desk, pump_id, "refilled")
    page.tap("What about it?", "replaced").type("Why is it corrected?", "half a syringe")
    assert "Was: <b>20 mL</b>" in page.text
    page.tap_all("Which identifiers", "name", "serial").tap("Drug", "baclofen").type("Concentration", "500 mcg/mL")
    page.type("Volume after fill", "15").tap("The pump now runs", "simple_continuous").type(
        "Dose per day", "100 mcg/day"
    )
    page.answer("Pump confirmed running", "Yes").press("Check")
    assert "What this moves" in page.text
    moves = "The alarm date was 1 Jun 2026, is 7 May 2026."
    assert moves in page.text
    page.press("Save")
    assert "What this has moved" in page.text
    assert moves in page.text
    assert isinstance(last(desk, pump_id).replacement, Refilled)


def test_nothing_is_taken_over_but_what_is_copied_by_a_press(page: Page, desk: Desk, pump_id: str) -> None:
    page = correct(page, desk, pump_id, "scored")
    page.tap("What about it?", "replaced").type("Why is it corrected?", "wrong knee")
    page.tap("Knee, right", "2").press("Check")
    assert "Nothing else moves" in page.text
    assert "<dt>Pain" not in page.text.partition("What this would mean")[2]
    pain = next(one for one in page.app.button if one.key and one.key.endswith("replacement.pain:copy"))
    pain.click()
    page.run().press("Check").press("Save")
    replacement = last(desk, pump_id).replacement
    assert isinstance(replacement, Scored)
    assert [(one.side, one.grade) for one in replacement.ashworth] == [("right", "2")]
    assert replacement.pain == "7"


def test_an_entry_in_error_says_that_nothing_else_moves(page: Page, desk: Desk, pump_id: str) -> None:
    page = correct(page, desk, pump_id, "scored").tap("What about it?", "entered_in_error")
    page.type("Why is it corrected?", "another patient's").press("Check")
    assert "Nothing else moves" in page.text
    page.press("Save")
    story = desk.story_of(pump_id)
    assert story.state.clinical.scores == ()
    assert len(story.state.log) == 4


def test_another_line_is_another_form(page: Page, desk: Desk, pump_id: str) -> None:
    page = correct(page, desk, pump_id, "scored").type("Why is it corrected?", "wrong knee")
    page = correct(Page(open_app_at(page.app, "story")), desk, pump_id, "refilled")
    assert "Not finished." in page.text, "what was typed for the other line is not thrown away unasked"
    page.press("Discard for good")
    assert page.app.selectbox[0].value == event_id(desk, pump_id, "refilled")
    assert page._one("text_input", "Why is it corrected?").value in (None, "")


def test_somebody_who_may_not_record_finds_no_way_to_correct(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    word = sign_in(desk, "V. Iewer", Role.VIEWER)
    app = open_app("board", word)
    app.session_state["pump_id"] = pump_id
    app = open_app_at(app, "story")
    assert not app.exception
    assert [one for one in app.button if one.key and one.key.startswith("correct-")] == []
