"""Record a refill visit: check, then record, on a real log."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.entries import Refilled
from pumplog.people import Role
from tests.screens.conftest import NOW, OpenApp, sign_in
from tests.screens.filling import REFILLED, SERIAL, Page, one_pump, opened_for, sign_second


@pytest.fixture
def pump_id(desk: Desk) -> str:
    return one_pump(desk)


@pytest.fixture
def page(open_app: OpenApp, pump_id: str) -> Page:
    return opened_for(open_app, "visit", pump_id)


def fill_in(
    page: Page, *, drawn: str = "2", concentration: str = "500", dose: str = "100", safe_because: str | None = None
) -> Page:
    """Everything a plain refill asks for; and why it goes on, on top of what is a stop."""
    page.tap_all("Which identifiers", "name", "serial")
    page.type("Drawn", drawn)
    if safe_because is not None:
        page.tap("Stop: what happens now?", "go_on").type("Why is it safe to refill?", safe_because)
    page.tap("Drug", "baclofen").answer("Concentration in", "mcg").type("Concentration", concentration)
    page.type("Volume after fill", "20")
    page.tap("The pump now runs", "simple_continuous").answer("Amounts of drug in", "mcg").type("Dose per day", dose)
    return page.answer("Pump confirmed running", "Yes")


def going_on(page: Page, reason: str) -> Page:
    """A refill on top of 19 mL that should not be there, with the reason why."""
    return fill_in(page, drawn="19", safe_because=reason)


def written(desk: Desk, pump_id: str) -> list[Any]:
    return [line.said.entry for line in desk.story_of(pump_id).state.log]


def last_fill(desk: Desk, pump_id: str) -> Refilled:
    entry = written(desk, pump_id)[-1]
    assert isinstance(entry, Refilled)
    return entry


def test_no_amount_is_there_before_somebody_types_it(page: Page) -> None:
    assert {one.label: one.value for one in page.app.text_input if one.value} == {"Refilled by": "M. Keller"}


def test_the_pump_is_found_by_what_is_scanned(open_app: OpenApp, pump_id: str) -> None:
    page = opened_for(open_app, "visit")
    assert page.has("button", f"Anna Weber · P-0114 · {SERIAL} · SynchroMed II 8637-20")
    page.type("Which pump?", f"(01)08806091234568(17)270630(21){SERIAL}").run()
    assert page.app.session_state["pump_id"] == pump_id
    assert "Last fill <b>3 Mar 2026</b>: baclofen 500 mcg/mL, 20 mL after fill." in page.text
    assert "Withdrawal before" in page.text


def test_what_is_expected_is_not_shown_before_what_was_drawn_is_checked(page: Page) -> None:
    page.tap_all("Which identifiers", "name", "serial")
    assert "xpected" not in page.text
    page.type("Drawn", "1,500")
    assert "xpected" not in page.text, "nor for what cannot be read"
    page.type("Drawn", "2")
    assert "<span>Expected</span><b>2 mL</b>" in page.text
    assert "<span>Flow ratio</span><b>1</b>" in page.text


def test_a_visit_is_checked_and_then_recorded(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page).check()
    assert "Refill by <b>23 Aug 2026</b>" in page.text
    assert len(written(desk, pump_id)) == 2
    page.press("Save as M. Keller")
    assert "Refill visit: saved by M. Keller." in page.text
    fill = last_fill(desk, pump_id)
    assert fill.drawn_ml == 2
    assert fill.identifiers_confirmed is True
    assert fill.happened_at == NOW
    assert fill.confirmed == {}
    assert not page.has("text_input", "Drawn")


def test_an_empty_form_names_every_field_that_is_missing(page: Page, desk: Desk, pump_id: str) -> None:
    page.check()
    for words in (
        "Drug: choose one",
        "Concentration is missing",
        "Volume after fill is missing",
        "Programme: choose",
    ):
        assert words in page.refused
    assert "Pump confirmed running: answer yes or no" in page.refused
    assert not page.has("button", "Save")
    assert "Concentration is missing" in page.at("Concentration").text
    assert len(written(desk, pump_id)) == 2


@pytest.mark.parametrize(
    ("label", "typed", "says"),
    [
        ("Drawn", "21", "more than the reservoir holds"),
        ("Drawn", "-1", "is negative"),
        ("Drawn", "1,500", "mean 1.5 mL or 1500 mL"),
        ("Volume after fill", "20.5", "more than the reservoir holds"),
        ("Volume after fill", "1.5", "at or below the alarm volume"),
        ("Injected", "17", "is not the volume left"),
        ("Concentration", "0", "must be above 0"),
        ("Dose per day", "0", "must be above 0"),
        ("Dose per day", "4 mcg/h", "is per hour and this is per day"),
        ("Dose per day", "all of it", "is not a number"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    page: Page, desk: Desk, pump_id: str, label: str, typed: str, says: str
) -> None:
    fill_in(page).type(label, typed).check()
    assert says in page.refused
    assert not page.has("button", "Save")
    assert says in page.at(label).text
    assert len(written(desk, pump_id)) == 2


def test_one_step_is_in_sight_and_each_that_was_reached_is_led_to(page: Page) -> None:
    def steps() -> list[str]:
        return [one.label.replace("\n", " ") for one in page.app.button if str(one.key).startswith("go-")]

    assert steps()[:2] == ["1 Who ● here", "2 Drawn ○ to come"]
    assert next(one for one in page.app.button if one.label.startswith("2 Drawn")).disabled
    page.press("Next: Drawn").type("Drawn", "2").press("Next: Filled")
    assert steps()[:4] == ["1 Who ✓ done", "2 Drawn ✓ done", "3 Filled ● here", "4 Programmed ○ to come"]
    page.press("1 Who")
    assert steps()[:3] == ["1 Who ● here", "2 Drawn ✓ done", "3 Filled ✓ done"]
    page.press("3 Filled").press("Back: Drawn")
    assert page.value("Drawn") == "2"


def test_the_check_leads_to_the_step_that_holds_each_fault(page: Page) -> None:
    fill_in(page, concentration="a lot", drawn="1,500").check()
    states = {
        one.label.split(" ")[1].split("\n")[0]: one.label for one in page.app.button if str(one.key).startswith("go-")
    }
    assert states["Drawn"].endswith("▲ to mend")
    assert states["Programmed"].endswith("✓ done")
    page.press("Mend in 3 Filled").type("Concentration", "500")
    assert "3 Filled\n● here" in [one.label for one in page.app.button]
    page.check()
    assert page.has("button", "Mend in 2 Drawn")
    assert not page.has("button", "Mend in 3 Filled")


@pytest.mark.parametrize("typed", ["1,5", "1.5", " 1.5 mL"])
def test_comma_and_point_are_understood(page: Page, desk: Desk, pump_id: str, typed: str) -> None:
    fill_in(page, drawn=typed)
    assert "understood: <b>1.5 mL</b>" in page.at("Drawn").text
    page.check().press("Save")
    assert last_fill(desk, pump_id).drawn_ml == Decimal("1.5")


def test_a_dose_in_mg_is_kept_in_mcg(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page, dose="")
    page.answer("Amounts of drug in", "mg").type("Dose per day", "0.1")
    assert "100 mcg/day (0.1 mg/day)" in page.text
    page.check().press("Save")
    assert last_fill(desk, pump_id).programme.dose_mcg_per_day == 100  # type: ignore[union-attr]


def test_before_a_unit_is_chosen_a_bare_number_is_asked_about(page: Page) -> None:
    page.type("Concentration", "2000")
    assert "has no unit; say mcg/mL or mg/mL" in page.text


def test_a_change_after_the_check_takes_the_save_away(page: Page, desk: Desk, pump_id: str) -> None:
    """It is checked again at once, and a press on Save that came with it saves nothing."""
    fill_in(page).check()
    assert "<dt>Dose</dt><dd>110 mcg/day</dd>" not in page.text
    page.write("Note", "Needle changed once").press("Save")
    assert len(written(desk, pump_id)) == 2, "what was to be saved was not shown yet"
    page.type("Dose per day", "110").check()
    assert "<dt>Dose</dt><dd>110 mcg/day</dd>" in page.text
    page.type("Injected", "1,500").check()
    assert not page.has("button", "Save"), "a number that cannot be read is a change"
    assert "mean 1.5 mL or 1500 mL" in page.refused
    assert len(written(desk, pump_id)) == 2
    page.type("Injected", "").check().press("Save")
    assert last_fill(desk, pump_id).note == "Needle changed once"
    assert last_fill(desk, pump_id).programme.dose_mcg_per_day == 110  # type: ignore[union-attr]


def test_a_confirm_asks_for_a_reason_and_keeps_it(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page).tap_all("Which identifiers", "name").check()
    assert "identifiers were not confirmed" in page.text
    page.press("Save")
    assert "Type the reason" in page.text
    assert len(written(desk, pump_id)) == 2
    page.type("Reason to go on", "Wristband unreadable").press("Save")
    assert last_fill(desk, pump_id).confirmed == {"identifiers": "Wristband unreadable"}


def test_a_stop_needs_a_reason_and_a_second_person(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap_all("Which identifiers", "name", "serial").type("Drawn", "19").check()
    assert "Stop and investigate before refilling" in page.text
    assert "say whether the refill is put off or goes on before anything is filled" in page.text
    assert not page.has("button", "Save"), "the step is not left"
    page.tap("Stop: what happens now?", "go_on").check()
    assert "Type why it is safe to refill" in page.text
    going_on(page, "Read twice, prescriber present").check()
    sign_in(desk, "R. Okafor", Role.PRESCRIBER)
    page.press("Save")
    assert "a second person, not the one who records" in page.refused
    sign_second(page, "m. keller")
    assert "another person than the one who saves" in page.refused
    page.press("Save")
    assert len(written(desk, pump_id)) == 2
    sign_second(page, "r. okafor", "not the password at all")
    assert "do not fit" in page.refused
    sign_second(page, "r. okafor")
    page.press("Save")
    fill = last_fill(desk, pump_id)
    assert fill.second_checker == "R. Okafor"
    assert fill.confirmed == {"residual_stop": "Read twice, prescriber present"}


def test_a_sign_is_under_what_was_shown_and_under_nothing_else(page: Page, desk: Desk, pump_id: str) -> None:
    sign_in(desk, "R. Okafor", Role.PRESCRIBER)
    going_on(page, "Read twice").check()
    sign_second(page, "r. okafor")
    assert "R. Okafor has checked this" in page.text
    page.type("Why is it safe to refill?", "Read once").check().press("Save")
    assert len(written(desk, pump_id)) == 2
    assert "they look again and sign anew" in page.warned
    page.type("Why is it safe to refill?", "Read twice").check().press("Save")
    assert last_fill(desk, pump_id).second_checker == "R. Okafor"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CALLER, Role.RECORDER, Role.AUDITOR])
def test_who_may_not_be_a_second_checker_is_told_so(page: Page, desk: Desk, pump_id: str, role: Role) -> None:
    sign_in(desk, "R. Okafor", role)
    going_on(page, "Read twice").check()
    sign_second(page, "r. okafor")
    assert "may not be a second checker here" in page.refused


def test_a_concentration_change_asks_for_the_bridge_with_this_pumps_own_path(
    page: Page, desk: Desk, pump_id: str
) -> None:
    fill_in(page)
    assert not page.has("radio", "Was the bridge bolus programmed?")
    page.type("Concentration", "2000")
    assert "changes from 500 mcg/mL to 2,000 mcg/mL" in page.warned
    assert "<b>187.5 mcg</b> over <b>45 h</b> for 0.375 mL" in page.at("Pump tubing volume").text
    page.check()
    assert "say whether a bridge bolus was programmed" in page.refused
    page.answer("Was the bridge bolus programmed?", "Yes").check()
    assert "Bridge dose is missing" in page.refused
    assert "Runs for is missing" in page.refused
    page.answer("Bridge dose in", "mcg").type("Bridge dose", "187.5").type("Runs for", "45").check()
    sign_in(desk, "R. Okafor", Role.PRESCRIBER)
    page.type("Reason to go on", "Checked against the programmer").press("Save")
    assert "The concentration changes: a second person, not the one who records" in page.refused
    sign_second(page, "r. okafor").press("Save")
    bridge = last_fill(desk, pump_id).bridge
    assert bridge is not None
    assert (bridge.given, bridge.bridge_mcg, bridge.bridge_hours) == (True, Decimal("187.5"), Decimal(45))


def test_a_tubing_volume_typed_now_counts_for_the_bridge(page: Page) -> None:
    fill_in(page, concentration="2000").type("Pump tubing volume", "0.14")
    assert "for 0.316 mL" in page.text


def test_a_bridge_that_was_not_given_needs_its_reason(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page, concentration="2000").answer("Was the bridge bolus programmed?", "No").check()
    assert "Why not?: type it" in page.refused
    page.type("Why not?", "Prescriber titrates").check()
    assert "gets 25 mcg/day instead of 100 mcg/day for 180 h (7.5 days): underdose, withdrawal" in page.text


def test_a_late_visit_asks_why(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page)
    assert not page.has("text_input", "Why is it late?")
    page.choose_day("Visit, day", date(2026, 3, 1))
    assert "this is a late entry" in page.warned
    page.check()
    assert "Why is it late?: type it" in page.refused
    page.type("Why is it late?", "Paper form").check().press("Save")
    assert last_fill(desk, pump_id).late_reason == "Paper form"


def test_the_future_is_refused(page: Page) -> None:
    fill_in(page)
    page.choose_day("Visit, day", date(2026, 6, 2)).check()
    assert "lie in the future" in page.refused


def test_a_mixture_has_a_drug_each(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page).press("Add a drug of the mixture").tap("Drug 2", "clonidine")
    concentration = [one for one in page.app.radio if one.label == "Concentration in"][1]
    concentration.set_value("mcg")
    page.run()
    [one for one in page.app.text_input if one.label == "Concentration (mcg/mL)"][1].set_value("50")
    page.run().check()
    assert "without the pharmacy's beyond-use date cannot be projected" in page.text
    page.step(3)
    [one for one in page.app.date_input if one.label.startswith("Pharmacy")][1].set_value(date(2026, 8, 1))
    page.run().check().press("Save")
    assert "The pump held baclofen and now holds baclofen with clonidine" in page.text
    page.type("Reason to go on", "Ordered on 28 May, vial checked").press("Save")
    fluid = last_fill(desk, pump_id).fluid
    assert [one.drug for one in fluid] == ["baclofen", "clonidine"]
    assert fluid[1].beyond_use_on == date(2026, 8, 1)


def test_flex_steps_fill_the_day(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page, dose="").answer("Amounts of drug in", "mg").tap("The pump now runs", "flex")
    page.type("Step 1 lasts", "8").type("Step 1 rate", "0.003").type("Step 2 lasts", "12").type(
        "Step 2 rate", "5 mcg/h"
    )
    assert "20 h of 24 h filled" in page.text
    assert "understood: <b>3 mcg/h (0.003 mg/h)</b>" in page.text
    page.check()
    assert "The steps of a flex day fill 20 h" in page.refused
    page.type("Step 2 lasts", "16").check().press("Save")
    programme = last_fill(desk, pump_id).programme
    assert programme.mode == "flex"
    assert [step.hours for step in programme.days[0].steps] == [8, 16]
    assert [step.rate_mcg_per_hour for step in programme.days[0].steps] == [3, 5]


def test_a_flex_rate_has_no_unit_of_its_own_before_one_is_chosen(page: Page) -> None:
    page.tap("The pump now runs", "flex").type("Step 1 rate", "3")
    assert "has no unit; say mcg/h or mg/h" in page.text


def test_flex_by_weekday_groups(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page).tap("The pump now runs", "flex").tick("Some weekdays are different")
    page.tap_all("Days of group 1", "mon", "tue", "wed", "thu", "fri").tap_all("Days of group 2", "sat", "sun")
    for place, (hours, rate) in enumerate([("12", "4"), ("12", "4.5"), ("10", "4"), ("14", "4")]):
        fields = [one for one in page.app.text_input if one.label.startswith("Step")]
        fields[2 * place].set_value(hours)
        fields[2 * place + 1].set_value(rate)
    page.run().check().press("Save")
    programme = last_fill(desk, pump_id).programme
    assert programme.mode == "flex"
    assert [day.weekdays for day in programme.days] == [("mon", "tue", "wed", "thu", "fri"), ("sat", "sun")]


@pytest.mark.parametrize(
    ("mode", "fields"),
    [
        ("periodic_bolus", {"Each bolus": "25", "Every": "6"}),
        ("minimum_rate", {"Flow": "0.048"}),
        ("fixed_flow", {"Flow": "0.2"}),
        ("stopped", {}),
        ("single_bolus", {"Bolus (mcg)": "50"}),
    ],
)
def test_every_mode_can_be_recorded(page: Page, desk: Desk, pump_id: str, mode: str, fields: dict[str, str]) -> None:
    fill_in(page).tap("The pump now runs", mode)
    if page.has("radio", "Amounts of drug in"):
        page.answer("Amounts of drug in", "mcg")
    for label, text in fields.items():
        page.type(label, text)
    page.check()
    for one in page.app.text_input:
        if one.label == "Reason to go on":
            one.set_value("As ordered")
    page.run()
    if page.has("text_input", "Second checker's sign-in name"):  # the minimum rate is a large step down
        sign_in(desk, "R. Okafor", Role.PRESCRIBER)
        sign_second(page, "r. okafor")
    page.press("Save")
    assert last_fill(desk, pump_id).programme.mode == mode


def test_an_unverified_minimum_rate_is_offered_as_such_and_typed(page: Page) -> None:
    page.tap("The pump now runs", "minimum_rate")
    assert "0.048 mL/day, corroborated by arithmetic (unverified: check against" in page.text
    page.check()
    assert "Flow is missing" in page.refused


def test_a_save_pressed_again_after_it_was_written_is_one_visit(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page).check()
    sheet = page.app.session_state[f"sheet:visit:{pump_id}"]
    first = desk.record(sheet.checked.preview.entry, by="M. Keller", seen=2, event_id=sheet.event_id)
    page.press("Save as M. Keller")
    assert "saved by M. Keller" in page.text
    assert len(written(desk, pump_id)) == 3
    assert first.event.event_id == sheet.event_id


def test_somebody_elses_entry_meanwhile_loses_nothing_and_shows_both(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page, drawn="2.1").check()
    theirs = REFILLED | {"happened_at": (NOW - timedelta(hours=1)).isoformat(), "drawn_ml": "1.9"}
    desk.record(desk.read_entry(theirs), by="T. Lindqvist", seen=2)
    page.press("Save")
    assert "Somebody else recorded something about this pump" in page.refused
    assert "<dt>Drawn</dt><dd>2.1 mL</dd>" in page.text
    assert "<dt>Drawn</dt><dd>1.9 mL</dd>" in page.text
    assert "recorded by T. Lindqvist" in page.text
    assert len(written(desk, pump_id)) == 3
    page.check()
    assert "Recorded about this pump since you began" in page.warned
    assert "Stop and investigate" not in page.refused


def test_whoever_saves_is_named_on_the_check_and_on_the_button(page: Page) -> None:
    assert "in the name of" not in page.text
    fill_in(page).check()
    assert "This is saved in the name of M. Keller." in page.text
    assert any(one.label == r"Save as M\. Keller" for one in page.app.button)


def test_nobody_named_is_asked_before_saving(open_demo: OpenApp, pump_id: str, desk: Desk) -> None:
    page = opened_for(open_demo, "visit", pump_id)
    page.app.session_state["person"] = None
    fill_in(page).check()
    assert next(one for one in page.app.button if one.label == "Save").disabled
    page.type("Who is recording?", "A. Moser").press("Save as A. Moser")
    assert desk.story_of(pump_id).state.log[-1].said.recorded_by == "A. Moser"


def test_what_was_typed_for_one_pump_is_not_shown_for_another(page: Page, desk: Desk) -> None:
    other = REFILLED | {"pump_serial": "OTHER1"}
    registered = {
        "kind": "registered",
        "happened_at": "2026-03-02",
        "pump_serial": "OTHER1",
        "patient": {"patient_id": "P-2", "name": "Ben Roth"},
        "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"},
    }
    for seen, said in enumerate((registered, other)):
        desk.record(desk.read_entry(said), by="X", seen=seen and 3)
    page.type("Drawn", "2.2").press("Another pump")
    page.press("Ben Roth")
    assert "Ben Roth" in page.text
    assert page.value("Drawn") == ""
