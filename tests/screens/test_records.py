"""The other records, each from an empty form to the log: scores, diary, medicines, risks, plans, a pump replaced."""

from datetime import date, timedelta
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.entries import Deferred, DiaryDay, MedicinesListed, PlanMade, Registered, RiskFlagsChanged, Scored
from pumplog.outlook import Tier
from tests.screens.conftest import NOW, OpenApp
from tests.screens.filling import SERIAL, Page, one_pump, opened_for

YESTERDAY = (NOW - timedelta(days=1)).date()


@pytest.fixture
def pump_id(desk: Desk) -> str:
    return one_pump(desk)


@pytest.fixture
def page(open_app: OpenApp, pump_id: str) -> Page:
    return opened_for(open_app, "entries", pump_id)


def last(desk: Desk, pump_id: str) -> Any:
    return desk.story_of(pump_id).state.log[-1].said.entry


def test_scores_are_taps_and_what_is_not_tapped_was_not_asked(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "scored").press("Check")
    assert "Nothing was scored" in page.refused
    page.tap("Knee, left", "1+").tap("Ankle, right", "3").tap("How often, 0 to 4", "2")
    page.tap("How severe, 1 to 3", "1").tap("Pain", "4").type("Falls", "1").tap_all("Signs of", "fever").press(
        "Check"
    )
    assert "Among the signs of withdrawal: fever" in page.text
    page.type("Reason to go on", "told Dr Sand at once").press("Save")
    scored = last(desk, pump_id)
    assert isinstance(scored, Scored)
    assert [(one.joint, one.side, one.grade) for one in scored.ashworth] == [
        ("knee", "left", "1+"),
        ("ankle", "right", "3"),
    ]
    assert (scored.penn_frequency, scored.penn_severity, scored.pain, scored.itch) == ("2", "1", "4", None)
    assert scored.confirmed == {"withdrawal_signs": "told Dr Sand at once"}


def test_half_a_fall_is_asked_again(page: Page) -> None:
    page.tap("What happened?", "scored").type("Falls", "1.5").press("Check")
    assert "Falls: type a whole number" in page.refused


def test_a_diary_day_holds_what_was_taken_in_mg(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "diary").tap("Tone that day", "tighter").press("Add a drug taken by mouth")
    page.type("Drug 1, by mouth", "baclofen").tap("Drug 1: was it taken?", "part")
    page.type("Drug 1: taken in all", "15").press("Check")
    assert "Which day is it about? is missing" in page.refused
    page.choose_day("Which day", YESTERDAY).press("Check").press("Save")
    day = last(desk, pump_id)
    assert isinstance(day, DiaryDay)
    assert (day.diary_on, day.tone) == (YESTERDAY, "tighter")
    assert day.oral_doses[0].dose_mcg_per_day == 15000


def test_medicines_point_out_the_class_that_was_ticked(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "medicines").answer("Does the patient take any", "Yes").press("Check")
    assert "Medicine 1: type it" in page.refused
    page.type("Medicine 1", "lisinopril").tap("Medicine 1: one of these", "blood_pressure").answer("Alcohol", "Yes")
    page.tap("Pregnant or", "pregnant").press("Check")
    assert "ticked as a blood-pressure medicine" in page.text
    assert "Pregnancy is not among this patient's risks" in page.text
    page.press("Save")
    listed = last(desk, pump_id)
    assert isinstance(listed, MedicinesListed)
    assert listed.medicines[0].interacting_class == "blood_pressure"


def test_risks_are_said_anew_and_shown_wherever_the_pump_is(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "risk_flags_changed").type("What changed?", "lost speech").press("Check")
    assert "tick that none is left" in page.refused
    page.tap_all("Risks that hold", "cannot_communicate").press("Check")
    page.press("Save")
    assert isinstance(last(desk, pump_id), RiskFlagsChanged)
    page.press("Another entry")
    assert "Risks: Cannot tell us about symptoms." in page.text


def test_a_plan_is_typed_step_by_step_and_ended(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "plan_made").tap("Which dose?", "intrathecal").type("Ordered by", "Dr Sand")
    page.tap("Drug of the plan", "baclofen").tap("The order is written in", "mcg").press("Add a step")
    page.choose_day("Step 1 from", date(2026, 6, 8)).type("Step 1 dose", "90")
    page.choose_day("Step 2 from", date(2026, 6, 8)).type("Step 2 dose", "80").press("Check")
    assert "not in order" in page.refused
    page.choose_day("Step 2 from", date(2026, 6, 15)).press("Check").press("Save")
    plan = last(desk, pump_id)
    assert isinstance(plan, PlanMade)
    assert [step.dose_mcg_per_day for step in plan.steps] == [90, 80]
    page.press("Another entry").tap("What happened?", "plan_ended")
    plan_id = desk.story_of(pump_id).state.clinical.open_plans[0].event_id
    page.tap("Which plan", plan_id).tap("How did it end?", "stopped").type("Why?", "spasms").press("Check").press(
        "Save"
    )
    assert desk.story_of(pump_id).state.clinical.open_plans == ()


def test_a_pump_emptied_for_an_mri_is_red_whatever_was_left(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "emptied").tap("Why was the pump not refilled?", "emptied_for_mri")
    page.type("Left in or returned", "15").press("Check")
    assert "Emptied on 1 Jun 2026 and not refilled since: Emptied for an MRI." in page.text
    page.press("Save")
    entry = last(desk, pump_id)
    assert isinstance(entry, Deferred)
    assert entry.reason_code == "emptied_for_mri"
    assert desk.story_of(pump_id).outlook.tier is Tier.CANNOT_PROJECT


def test_a_replaced_pump_hands_its_patient_to_the_new_one(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "replaced").press("Check")
    assert "Pump serial: type it" in page.refused
    page.type("Pump serial", "NGP900001H").tap("Pump model", "SynchroMed II 8637-20").type("Reservoir capacity", "20")
    page.answer("Does this pump have an alarm?", "Yes").type("Alarm volume", "2").press("Check")
    assert "No fill is on record" in page.text
    page.press("Save")
    assert page.has("button", "Record its fill")
    new = desk.story("NGP900001H").state
    assert isinstance(new.registered, Registered)
    assert (new.registered.replaces, new.registered.patient.name) == (SERIAL, "Anna Weber")
    assert new.risk_flags == ("previous_withdrawal",)
    retired = desk.story(SERIAL).state.retired
    assert retired is not None
    assert retired.replaced_by == "NGP900001H"


def test_a_late_bridge_is_asked_only_where_the_last_fill_changed_the_concentration(
    open_app: OpenApp, desk: Desk, page: Page, pump_id: str
) -> None:
    words = "The last fill changed the concentration"
    page.tap("What happened?", "reprogrammed")
    assert not page.has("checkbox", words)
    said = {
        "kind": "refilled",
        "happened_at": (NOW - timedelta(hours=3)).isoformat(),
        "pump_serial": SERIAL,
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "1000"}],
        "volume_after_fill_ml": "20",
        "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "100"},
        "bridge": {"given": False, "reason_not_given": "programmer failed"},
        "pump_running": True,
        "second_checker": "M. Keller",
        "confirmed": {"bridge_not_given": "programmed this afternoon", "concentration_change": "ordered"},
    }
    entry = desk.read_entry(said)
    desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))
    again = opened_for(open_app, "entries", pump_id)
    again.tap("What happened?", "reprogrammed")
    assert again.has("checkbox", words)
    again.tick(words)
    assert "Worked out for this pump" in again.text


def test_a_home_visit_is_typed_in_late_from_paper(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap("What happened?", "reprogrammed").tap("Where", "home").choose_day("Changed, day", date(2026, 3, 2))
    page.tap("The pump now runs", "simple_continuous").answer("Amounts of drug in", "mcg").type("Dose per day", "100")
    page.answer("Pump confirmed running", "Yes")
    assert "this is a late entry" in page.warned
    page.press("Check")
    assert "Why is it late?: type it" in page.refused
