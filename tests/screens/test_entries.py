"""Other entries: each is checked, then recorded, with its reasons."""

from datetime import timedelta
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.entries import AlarmClosed, AlarmHeard, Corrected, Deferred, Refilled, Reprogrammed, Retired
from pumplog.people import Role
from tests.screens.conftest import NOW, OpenApp, sign_in
from tests.screens.filling import REFILLED, SERIAL, Page, one_pump, opened_for, sign_second

HEARD = {
    "kind": "alarm_heard",
    "happened_at": (NOW - timedelta(hours=2)).isoformat(),
    "pump_serial": SERIAL,
    "alarm": "LOW_RESERVOIR",
}


@pytest.fixture
def pump_id(desk: Desk) -> str:
    return one_pump(desk)


@pytest.fixture
def page(open_app: OpenApp, pump_id: str) -> Page:
    return opened_for(open_app, "entries", pump_id)


def last(desk: Desk, pump_id: str) -> Any:
    return desk.story_of(pump_id).state.log[-1].said.entry


def test_a_programme_change_moves_the_dates(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "reprogrammed").tap("The pump now runs", "simple_continuous")
    page.answer("Amounts of drug in", "mcg").type("Dose per day", "120").press("Check")
    assert "Pump confirmed running: answer yes or no" in page.refused
    page.answer("Pump confirmed running", "Yes").press("Check")
    assert "<dt>Dose</dt><dd>100 mcg/day</dd>" in page.text
    assert "<dt>Dose</dt><dd>120 mcg/day</dd>" in page.text
    page.press("Save as M. Keller")
    assert "Programme change: saved by M. Keller" in page.text
    assert isinstance(last(desk, pump_id), Reprogrammed)


def test_a_change_after_the_check_takes_the_save_away(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "deferred").type("Left in or returned", "4")
    page.tap("Why was the pump not refilled?", "imaging_first").press("Check")
    assert page.has("button", "Save")
    page.type("Left in or returned", "5")
    assert "check again before saving" in page.warned
    assert not page.has("button", "Save")
    page.type("Left in or returned", "1,500")
    assert not page.has("button", "Save"), "a number that cannot be read is a change"
    page.type("Left in or returned", "4").press("Save")
    assert last(desk, pump_id).volume_left_ml == 4


def test_a_large_dose_step_asks_who_decided(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "reprogrammed").tap("The pump now runs", "simple_continuous")
    page.answer("Amounts of drug in", "mcg").type("Dose per day", "150").answer("Pump confirmed running", "Yes")
    page.press("Check")
    assert "changes by 50 % in one step" in page.text
    page.press("Save")
    assert "Type the reason" in page.text
    sign_in(desk, "R. Okafor", Role.PRESCRIBER)
    page.type("Reason to go on", "Dr Sand, by phone").press("Save")
    assert "more than one person may change it: a second person" in page.refused
    sign_second(page, "r. okafor").press("Save")
    assert last(desk, pump_id).second_checker == "R. Okafor"
    assert last(desk, pump_id).confirmed == {"dose_step": "Dr Sand, by phone"}


def test_an_emptied_pump_is_expected_empty(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "deferred").type("Left in or returned", "0").press("Check")
    assert "Why was the pump not refilled: choose one" in page.refused
    page.tap("Why was the pump not refilled?", "other").press("Check")
    assert "Reason in words: type it" in page.refused
    page.type("Reason in words", "MRI tomorrow").press("Check")
    assert "Expected empty" in page.text
    page.press("Save")
    assert isinstance(last(desk, pump_id), Deferred)


def test_a_refill_put_off_after_a_stop_says_what_to_look_into_and_needs_one_person(
    page: Page, desk: Desk, pump_id: str
) -> None:
    page.tap("What happened?", "deferred").type("Drawn", "19").type("Left in or returned", "19")
    page.tap("Why was the pump not refilled?", "residual_unexplained").press("Check")
    assert "The refill was put off: investigate before the next." in page.text
    page.press("Save")
    assert isinstance(last(desk, pump_id), Deferred)
    assert (last(desk, pump_id).volume_left_ml, last(desk, pump_id).second_checker) == (19, None)


def test_an_alarm_is_heard_and_closed(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "alarm_heard").press("Check")
    assert "Which alarm: choose one" in page.refused
    page.tap("Which alarm", "LOW_RESERVOIR").tap("Tone", "single").press("Check")
    assert "Past alarm date" in page.text
    page.press("Save")
    assert isinstance(last(desk, pump_id), AlarmHeard)
    page.press("Another entry").tap("What happened?", "alarm_closed")
    assert "Open alarm since 1 Jun 2026: Low reservoir (non-critical)" in page.text
    alarm_id = desk.story_of(pump_id).state.open_alarms[0].event_id
    page.tap("Which alarm", alarm_id).write("What was found?", "2 mL left").write("What was done?", "Visit today")
    page.press("Check").press("Save")
    assert isinstance(last(desk, pump_id), AlarmClosed)
    assert desk.story_of(pump_id).state.open_alarms == ()


def test_there_is_nothing_to_close_without_an_open_alarm(page: Page) -> None:
    page.tap("What happened?", "alarm_closed").press("Check")
    assert "no open alarm" in page.refused


def test_a_transfer_names_the_clinic(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "retired").tap("Why", "transferred").press("Check")
    assert "Which clinic takes over?: type it" in page.refused
    assert "to_clinic" not in page.refused
    page.type("Which clinic takes over?", "North clinic").press("Check")
    assert "This pump leaves the board" in page.text
    page.press("Save")
    assert isinstance(last(desk, pump_id), Retired)
    page.press("Another entry")
    assert "This pump is retired" in page.text


def test_an_entry_in_error_stays_to_be_seen(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "corrected").press("Check")
    assert "Choose the entry that was wrong" in page.refused
    box = page.app.selectbox[0]
    assert box.options[0] == "3 Mar 2026, 09:30: Refill visit, by T. Lindqvist"
    box.select_index(0)
    page.run()
    assert "<dt>Volume after fill</dt><dd>20 mL</dd>" in page.text
    page.tap("What about it?", "entered_in_error").press("Check")
    assert "Why is it corrected?: type it" in page.refused
    page.type("Why is it corrected?", "Wrong patient").press("Check")
    assert "No refill date can be given" in page.text
    page.press("Save")
    assert isinstance(last(desk, pump_id), Corrected)
    assert len(desk.story_of(pump_id).state.log) == 3


def test_a_refill_is_replaced_by_the_right_values_typed_anew(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "corrected").app.selectbox[0].select_index(0)
    page.run().tap("What about it?", "replaced").type("Why is it corrected?", "Misread label")
    page.tap_all("Which identifiers", "name", "serial").tap("Drug", "baclofen").answer("Concentration in", "mcg")
    page.type("Concentration", "1000").tap("The pump now runs", "simple_continuous")
    page.answer("Amounts of drug in", "mcg").type("Dose per day", "100").answer("Pump confirmed running", "Yes")
    page.press("Check")
    assert "Volume after fill is missing" in page.refused
    assert "replacement" not in page.refused
    page.type("Volume after fill", "21").press("Check")
    assert "more than the reservoir holds" in page.refused
    assert "more than the reservoir holds" in page.text
    page.type("Volume after fill", "20").press("Check").press("Save")
    replacement = last(desk, pump_id).replacement
    assert isinstance(replacement, Refilled)
    assert replacement.fluid[0].concentration_mcg_per_ml == 1000
    assert replacement.happened_at == desk.read_entry(REFILLED).happened_at


def test_a_registration_is_replaced_never_taken_away(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "corrected").app.selectbox[0].select_index(1)
    page.run()
    assert page.choices("What about it?") == ["It is replaced by the right values"]
    page.tap("What about it?", "replaced").type("Why is it corrected?", "Name misspelt")
    assert not page.has("text_input", "Pump serial")
    page.type("Name", "Anna Webber").type("Patient id", "P-0114").tap("Pump model", "SynchroMed II 8637-20")
    page.type("Reservoir capacity", "20").answer("Does this pump have an alarm?", "Yes").type("Alarm volume", "2")
    page.press("Check").press("Save")
    registered = desk.story_of(pump_id).state.registered
    assert registered is not None
    assert registered.patient.name == "Anna Webber"


def test_an_entry_meanwhile_shows_both_versions(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "retired").tap("Why", "explanted").press("Check")
    desk.record(desk.read_entry(HEARD), by="T. Lindqvist", seen=2)
    page.press("Save")
    assert "Somebody else recorded something" in page.refused
    assert "<dt>Alarm</dt><dd>Low reservoir (non-critical)</dd>" in page.text
    assert desk.story_of(pump_id).state.retired is None
