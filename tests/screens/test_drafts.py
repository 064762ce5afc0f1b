"""Unfinished forms: kept while they are typed, offered again in another session, discarded knowingly."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.errors import LogbookUnavailable
from pumplog.logbook import Kept, Logbook, Shelf
from pumplog.people import Role
from pumplog.screens.other_forms import CHOICES
from tests.screens.conftest import NOW, PASSWORD, OpenApp, sign_in
from tests.screens.filling import REFILLED, SERIAL, STEPS_COUNT, Page, every, one_pump, open_app_at, opened_for
from tests.screens.test_visit import fill_in, going_on, written


@pytest.fixture
def pump_id(desk: Desk) -> str:
    return one_pump(desk)


@pytest.fixture
def page(open_app: OpenApp, pump_id: str) -> Page:
    return opened_for(open_app, "visit", pump_id)


def values(app: AppTest) -> dict[str, object]:
    """What stands in every field of a page."""
    kinds = ("text_input", "text_area", "date_input", "time_input", "radio", "checkbox", "button_group", "selectbox")
    return {f"{kind} {one.key}": one.value for kind in kinds for one in every(app, kind)}


def values_of_steps(page: Page) -> list[dict[str, object]]:
    """What stands in every field of a visit, step by step."""
    return [values(page.step(number).app) for number in range(1, STEPS_COUNT + 1)]


def kept(desk: Desk) -> list[str]:
    return list(desk.logbook.kept(Shelf.DRAFT).values())


def test_a_visit_comes_back_in_another_session_as_it_was_typed(
    page: Page, open_app: OpenApp, desk: Desk, pump_id: str
) -> None:
    page.press("Next: Drawn")
    fill_in(page, drawn="1,5").type("Injected", "1,500").type("Refilled by", "").press("Next: Filled")
    page.press("Add a drug of the mixture").choose_day("Next visit booked for", date(2026, 8, 1)).tick(
        "Teaching done"
    )
    sheet = page.app.session_state[f"sheet:visit:{pump_id}"]
    before = values_of_steps(page)
    page.step(3)
    again = opened_for(open_app, "visit", pump_id)
    assert "Not finished." in again.text
    assert "Refill visit of Anna Weber" in again.text
    assert "at step 3 Filled" in again.text
    assert not again.has("button", "Next")
    again.press("Go on with it")
    assert again.has("button", "3 Filled\n● here")
    assert values_of_steps(again) == before
    assert again.app.session_state[f"sheet:visit:{pump_id}"].event_id == sheet.event_id
    assert "Kept for you as unfinished" in again.text
    assert len(written(desk, pump_id)) == 2


def test_a_visit_that_came_back_is_saved_once_and_offered_no_more(
    page: Page, open_app: OpenApp, desk: Desk, pump_id: str
) -> None:
    fill_in(page).check()
    again = opened_for(open_app, "visit", pump_id).press("Go on with it").press("Save as M. Keller")
    assert "saved by M. Keller" in again.text
    page.press("Save as M. Keller")
    assert "saved by M. Keller" in page.text, "the same visit from the first session is the same visit"
    assert len(written(desk, pump_id)) == 3
    assert kept(desk) == []
    assert not opened_for(open_app, "visit", pump_id).has("button", "Go on with it")


def test_nothing_is_kept_of_a_form_that_was_only_looked_at(page: Page, desk: Desk) -> None:
    page.press("Next: Drawn").press("Next: Filled")
    assert kept(desk) == []
    page.type("Drawn", "2").run()
    assert len(kept(desk)) == 1


def test_it_is_kept_only_when_something_changed(page: Page, desk: Desk) -> None:
    page.type("Drawn", "2").run()
    with patch.object(Logbook, "keep", side_effect=AssertionError("nothing changed")):
        page.run().run()
    with patch.object(Logbook, "keep", autospec=True, side_effect=Logbook.keep) as keep:
        page.type("Drawn", "2.5").run()
    assert keep.call_count == 1


def test_a_draft_is_discarded_by_two_presses_only(page: Page, open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    page.type("Drawn", "2").run()
    again = opened_for(open_app, "visit", pump_id)
    assert "gone then, for good" in again.text
    assert len(kept(desk)) == 1
    again.press("Discard for good")
    assert kept(desk) == []
    assert again.value("Drawn") == ""


def test_a_form_in_hand_is_discarded_as_well(page: Page, desk: Desk) -> None:
    page.type("Drawn", "2").run()
    page.press("Discard for good")
    assert kept(desk) == []
    assert page.value("Drawn") == ""


def test_a_stale_draft_says_what_was_recorded_since(page: Page, open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    fill_in(page).run()
    theirs = REFILLED | {"happened_at": (NOW - timedelta(hours=1)).isoformat(), "drawn_ml": "1.9"}
    desk.record(desk.read_entry(theirs), by="T. Lindqvist", seen=2)
    again = opened_for(open_app, "visit", pump_id)
    assert "Recorded about this pump since you began" in again.warned
    assert "<dt>Drawn</dt><dd>1.9 mL</dd>" in again.text
    assert "recorded by T. Lindqvist" in again.text
    again.press("Go on with it").check()
    assert "since you began this form; the check counts it" in again.warned


def test_a_save_whose_answer_was_lost_is_told_as_saved(
    page: Page, open_app: OpenApp, desk: Desk, pump_id: str
) -> None:
    fill_in(page).check()
    ((key, body),) = desk.logbook.kept(Shelf.DRAFT).items()
    page.press("Save as M. Keller")
    desk.logbook.keep([Kept(Shelf.DRAFT, key, body)])  # as if the server had been killed between the two
    board = Page(open_app("board"))
    assert "Saved, though nobody was told: Refill visit of Anna Weber" in board.text
    again = opened_for(open_app, "visit", pump_id)
    assert "This is saved: nothing is left to do." in again.text
    again.press("Begin another")
    assert again.value("Drawn") == ""
    assert kept(desk) == []
    assert len(written(desk, pump_id)) == 3


def test_the_board_and_the_visit_page_lead_to_what_is_unfinished(page: Page, open_app: OpenApp, pump_id: str) -> None:
    page.type("Drawn", "2").run()
    for view in ("board", "visit"):
        found = Page(open_app(view))
        assert f"Not finished: Refill visit of Anna Weber ({SERIAL}), begun 1 Jun 2026 at 09:30" in found.text
        found.press("Go on")
        assert found.app.session_state["pump_id"] == pump_id


def test_somebody_else_is_offered_nothing(page: Page, open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    page.type("Drawn", "2").run()
    board = Page(open_app("board", sign_in(desk, "R. Okafor", Role.RECORDER)))
    assert "Not finished" not in board.text
    app = open_app("board", sign_in(desk, "R. Okafor", Role.RECORDER))
    app.session_state["pump_id"] = pump_id
    assert not Page(open_app_at(app, "visit")).has("button", "Go on with it")


def test_a_draft_holds_no_secret_of_a_second_person(page: Page, desk: Desk) -> None:
    going_on(page, "Read twice").check()
    page.type("Second checker's sign-in name", "r. okafor")
    page.type("Their PIN or password", PASSWORD).type("Their authenticator's code", "918273")
    page.press("Sign as second checker").run()
    (body,) = kept(desk)
    assert "Read twice" in body
    for secret in (PASSWORD, "918273", "okafor"):
        assert secret not in body


def test_a_full_disk_stops_nobody_and_is_said(page: Page, desk: Desk) -> None:
    full = LogbookUnavailable("The log could not be written (No space left).")
    with patch.object(Logbook, "keep", side_effect=full):
        page.type("Drawn", "2").run()
        assert "cannot be kept as unfinished just now" in page.warned
        assert page.has("button", "Next: Filled")
    page.run()
    assert len(kept(desk)) == 1


def test_in_a_demo_a_typed_name_serves(open_demo: OpenApp, pump_id: str, desk: Desk) -> None:
    page = opened_for(open_demo, "visit", pump_id).type("Drawn", "2").run()
    assert len(kept(desk)) == 1
    assert opened_for(open_demo, "visit", pump_id).has("button", "Go on with it")
    nobody = opened_for(open_demo, "visit", pump_id)
    nobody.app.session_state["person"] = "A. Moser"
    assert not nobody.run().has("button", "Go on with it")
    page.press("Discard for good")
    assert kept(desk) == []


def fill_everywhere(page: Page) -> None:
    """Fill in every field there is, twice over, since an answer may ask for more."""
    for _ in range(2):
        for one in every(page.app, "radio") + every(page.app, "selectbox"):
            if one.value is None and one.options:
                one.set_value(one.options[-1])
        for one in every(page.app, "checkbox"):
            one.set_value(True)
        for one in [*every(page.app, "text_input"), *every(page.app, "text_area")]:
            one.set_value("1,5 or so")
        page.run()


def test_a_choice_that_is_none_any_more_is_open_again(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    """The alarm was closed by somebody else while the form lay unfinished."""
    said = {"kind": "alarm_heard", "happened_at": NOW.isoformat(), "pump_serial": SERIAL, "alarm": "LOW_RESERVOIR"}
    heard = [
        desk.record(desk.read_entry(said | {"alarm": alarm}), by="T. Lindqvist", seen=seen).event
        for seen, alarm in ((2, "LOW_RESERVOIR"), (3, "MOTOR_STALL"))
    ]
    page = opened_for(open_app, "entries", pump_id).tap("What happened?", "alarm_closed")
    page.tap("Which alarm", heard[0].event_id).write("What was found?", "2 mL left").run()
    closed = {"kind": "alarm_closed", "happened_at": NOW.isoformat(), "pump_serial": SERIAL, "found": "x"}
    closed |= {"alarm_event_id": heard[0].event_id, "action": "y"}
    desk.record(desk.read_entry(closed), by="T. Lindqvist", seen=4)
    assert not page.run().app.exception
    found = Page(open_app("board")).press("Go on")
    found.press("Go on with it")
    assert next(one for one in found.app.text_area if one.label == "What was found?").value == "2 mL left"
    found.press("Check")
    assert "Which alarm: choose one" in found.refused


@pytest.mark.parametrize("kind", [*CHOICES, "registered"])
def test_every_other_form_comes_back_as_it_was_typed(open_app: OpenApp, desk: Desk, pump_id: str, kind: str) -> None:
    registers = kind == "registered"
    page = opened_for(open_app, "register" if registers else "entries", None if registers else pump_id)
    if not registers:
        page.tap("What happened?", kind)
    fill_everywhere(page)
    before = {key: value for key, value in values(page.app).items() if not key.startswith("button_group kind:")}
    assert len(kept(desk)) == 1
    found = Page(open_app("board")).press("Go on")
    found.press("Go on with it")
    after = values(found.app)
    assert {key: after.get(key) for key in before} == before


def test_a_correction_that_lay_unfinished_says_that_somebody_else_has_corrected_the_entry(
    open_app: OpenApp, desk: Desk, pump_id: str
) -> None:
    fill = desk.story_of(pump_id).state.log[-1].said
    page = opened_for(open_app, "entries", pump_id).tap("What happened?", "corrected")
    target = next(one for one in page.app.selectbox if one.label == "Which entry was wrong?")
    target.set_value(fill.event_id)
    page.run().tap("What about it?", "entered_in_error").type("Why is it corrected?", "Another patient's").run()
    wrong = {"kind": "corrected", "happened_at": NOW.isoformat(), "pump_serial": SERIAL, "reason": "x"}
    wrong |= {"target_event_id": fill.event_id, "how": "entered_in_error"}
    desk.record(desk.read_entry(wrong), by="T. Lindqvist", seen=2)
    in_hand = page.run()
    found = Page(open_app("board")).press("Go on").press("Go on with it")
    for one in (in_hand, found):
        assert "The entry that you were correcting was corrected meanwhile, by T. Lindqvist: 3 Mar 2026" in one.warned
        assert one.has("selectbox", "Which entry was wrong?")
        one.press("Check")
        assert "Choose the entry that was wrong" in one.refused
    assert len(written(desk, pump_id)) == 3
