"""What was programmed, step by step; what the programmer says; and what goes home after saving."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.entries import Booked, Refilled
from pumplog.people import Role
from tests.screens.conftest import OpenApp, sign_in
from tests.screens.filling import Page, one_pump, opened_for, sign_second
from tests.screens.test_visit import fill_in, last_fill


@pytest.fixture
def pump_id(desk: Desk) -> str:
    return one_pump(desk)


@pytest.fixture
def page(open_app: OpenApp, pump_id: str) -> Page:
    return opened_for(open_app, "visit", pump_id)


def typed_steps(page: Page) -> list[str]:
    return [one.value or "" for one in page.app.text_input if one.label.startswith("Step")]


def flex(page: Page, *typed: str) -> Page:
    """A flex programme with what is typed in its fields, in their order: hours, rate, hours, rate."""
    page.tap("The pump now runs", "flex").answer("Amounts of drug in", "mcg")
    while len(typed_steps(page)) < len(typed):
        page.press("Add a step")
    fields = [one for one in page.app.text_input if one.label.startswith("Step")]
    for field, text in zip(fields, typed, strict=True):
        field.set_value(text)
    return page.run()


def press_nth(page: Page, label: str, place: int) -> Page:
    [one for one in page.app.button if one.label == label][place].click()
    return page.run()


def test_a_day_that_is_not_filled_is_said_at_once_with_what_is_missing(page: Page) -> None:
    flex(page, "8", "4", "12", "5")
    assert "20 h of 24 h filled: 4 h missing. In all <b>92 mcg/day</b> so far." in page.text
    page.type("Step 2 lasts", "17")
    assert "25 h of 24 h filled: 1 h too many" in page.text
    page.type("Step 2 lasts", "16")
    assert "24 h of 24 h filled. In all <b>112 mcg/day</b>." in page.text
    assert "08:00 to 24:00: 80 mcg in this step" in page.text


def test_a_step_is_copied_beside_itself_and_taken_out_of_the_middle(page: Page) -> None:
    flex(page, "8", "4", "10", "5", "6", "3")
    press_nth(page, "Copy", 1)
    assert typed_steps(page) == ["8", "4", "10", "5", "10", "5", "6", "3"]
    press_nth(page, "Remove", 0)
    assert typed_steps(page) == ["10", "5", "10", "5", "6", "3"]


def test_no_more_steps_than_the_pump_takes_and_never_none(page: Page) -> None:
    flex(page, *("1", "4") * 13)
    assert "This pump takes 13 steps a day." in page.text
    assert next(one for one in page.app.button if one.label == "Add a step").disabled
    assert all(one.disabled for one in page.app.button if one.label == "Copy")
    flex(page, *("1", "4") * 13)
    for _ in range(12):
        press_nth(page, "Remove", 0)
    assert next(one for one in page.app.button if one.label == "Remove").disabled


def test_the_steps_of_one_group_of_days_are_taken_over_by_the_next(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page)
    flex(page, "12", "4", "12", "4.5").tick("Some weekdays are different")
    page.press("Copy the steps of group 1")
    assert typed_steps(page) == ["12", "4", "12", "4.5"] * 2
    page.tap_all("Days of group 1", "mon", "tue", "wed", "thu", "fri").tap_all("Days of group 2", "sat", "sun")
    page.check().press("Save")
    programme = last_fill(desk, pump_id).programme
    assert programme.mode == "flex"
    assert programme.days[0].steps == programme.days[1].steps


def test_what_the_programme_gives_is_read_back_beside_what_it_gave(page: Page) -> None:
    fill_in(page, dose="110")
    assert "gives <b>110 mcg/day</b>, 0.22 mL/day at 500 mcg/mL. Before: 100 mcg/day; 10 % more." in page.text


def test_what_one_activation_gives_is_kept(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page).tick("The patient may ask for boluses")
    page.type("Most allowed", "20").type("Each bolus asked for", "5").type("Lock-out", "6").check().press("Save")
    programme: Any = last_fill(desk, pump_id).programme
    assert (programme.patient_bolus_mcg, programme.patient_bolus_lockout_hours) == (5, 6)


def test_programmer_and_we_stand_side_by_side_as_soon_as_both_are_known(page: Page) -> None:
    fill_in(page).check().press("4 Programmed").answer("Its amounts of drug are in", "mcg")
    page.type("Programmer says: dose", "100").type("Programmer says: reservoir volume", "2")
    assert "<td>Dose</td><td>100 mcg/day</td><td>100 mcg/day</td><td>✓ the same</td>" in page.text
    assert "<td>Volume</td><td>2 mL</td><td>20 mL</td><td>▲ differs</td>" in page.text
    assert "may not have been told the new volume" in page.text
    assert "<td>Alarm date</td><td>not typed</td><td>30 Aug 2026</td>" in page.text
    page.check()
    assert "The programmer says the volume is 2 mL, we say 20 mL." in page.text


def test_the_path_of_a_bridge_is_kept_as_it_was_used(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page, concentration="2000").type("Pump tubing volume", "0.14")
    page.answer("Was the bridge bolus programmed?", "No").type("Why not?", "Catheter aspirated").check()
    sign_in(desk, "R. Okafor", Role.PRESCRIBER)
    page.type("Reason to go on", "Dr Sand")
    sign_second(page, "r. okafor").press("Save")
    bridge = last_fill(desk, pump_id).bridge
    assert bridge is not None
    kept = (bridge.tubing_ml, bridge.catheter_cm, bridge.catheter_ml_per_cm, bridge.path_ml)
    assert kept == (Decimal("0.14"), Decimal(80), Decimal("0.0022"), Decimal("0.316"))


def test_one_person_is_enough_for_an_ordinary_visit(page: Page) -> None:
    fill_in(page).check()
    assert not page.has("text_input", "Second checker")


def test_what_was_typed_is_read_back_before_it_is_signed(page: Page) -> None:
    fill_in(page).check()
    for words in (
        "<dt>Drawn</dt><dd>2 mL</dd>",
        "<dt>Dose</dt><dd>100 mcg/day</dd>",
        "<dt>Concentration</dt><dd>500",
    ):
        assert words in page.text
    assert page.text.count("<summary>Working</summary>") >= 3, "expected, discrepancy, ratio"
    assert "<summary>Refill by <b>23 Aug 2026</b></summary>" in page.text


def saved(page: Page) -> Page:
    return fill_in(page).check().press("Save as M. Keller")


def test_after_saving_the_card_and_the_calendar_file_are_offered(page: Page) -> None:
    saved(page)
    assert [one.proto.label for one in page.app.get("download_button")] == [
        "Patient card (PDF)",
        "Next visit for a calendar",
    ]


def test_the_next_visit_is_booked_on_the_last_day_that_is_early_enough(page: Page, desk: Desk, pump_id: str) -> None:
    saved(page)
    assert "<b>none booked</b>. The last day for it is <b>Friday, 21 Aug 2026</b>" in page.text
    page.press("Book this day")
    entry = desk.story_of(pump_id).state.log[-1].said.entry
    assert isinstance(entry, Booked)
    assert entry.booking.visit_on == date(2026, 8, 21)
    assert "Next visit: <b>Friday, 21 Aug 2026</b>" in page.text


def test_a_visit_after_the_refill_date_is_booked_only_with_a_reason(page: Page, desk: Desk, pump_id: str) -> None:
    saved(page)
    page.choose_day("Next visit on", date(2026, 8, 24)).press("Book this day")
    assert "booked after the refill-by date" in page.refused
    assert isinstance(desk.story_of(pump_id).state.log[-1].said.entry, Refilled)
    page.type("It is after the refill-by date: why?", "In hospital until then").press("Book this day")
    assert isinstance(desk.story_of(pump_id).state.log[-1].said.entry, Booked)
