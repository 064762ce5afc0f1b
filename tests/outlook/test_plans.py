"""A prescriber's plan beside what was done: which step holds, which fact is the newest, whether they agree."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pumplog.outlook.plans import PlanAgainstFact, plans_against_fact
from tests.stories.clinic import SERIAL, Clinic, Opened

STEPS = [{"from_on": "2026-02-02", "dose_mcg_per_day": "330"}, {"from_on": "2026-03-02", "dose_mcg_per_day": "360"}]
BY_PUMP: dict[str, Any] = {"route": "intrathecal", "drug": "baclofen", "prescriber": "Dr. Muster", "typed_in": "mcg"}
BY_MOUTH = BY_PUMP | {"route": "oral", "drug": "Baclofen "}
TABLETS = [{"from_on": "2026-02-02", "dose_mcg_per_day": "30000"}, {"from_on": "2026-02-09", "dose_mcg_per_day": "0"}]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A pump of case D1: 300 mcg/day of baclofen from 5 Jan 2026."""
    told = Clinic(tmp_path).on_paper()
    told.ordinary()
    return told


def plan(opened: Opened, at: str = "2026-01-20T09:00Z", **fields: Any) -> None:
    opened.say("plan_made", at, **{**BY_PUMP, "steps": STEPS, **fields})


def change(opened: Opened, at: str, dose: str) -> None:
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": dose}
    reasons = {"dose_step": "as planned", "titration_step": "as planned"}
    opened.say("reprogrammed", at, programme=programme, confirmed=reasons)


def diary(opened: Opened, on: str, **dose: Any) -> None:
    opened.say("diary", f"{on}T20:00Z", diary_on=on, oral_doses=[{"drug": "baclofen", "taken": "taken", **dose}])


def against(opened: Opened, on: date) -> list[PlanAgainstFact]:
    return list(plans_against_fact(opened.desk.story(SERIAL, on).state, on))


def stands(opened: Opened, on: date) -> tuple[int | None, int | None, bool | None]:
    """The dose that is due, the newest fact, whether they agree."""
    (one,) = against(opened, on)
    due = int(one.due.dose_mcg_per_day) if one.due else None
    return due, int(one.fact.dose_mcg_per_day) if one.fact else None, one.agrees


def test_a_plan_of_the_pump_stands_beside_the_dose_as_it_was_programmed(opened: Opened) -> None:
    plan(opened)
    change(opened, "2026-02-03T09:00Z", "330")
    change(opened, "2026-03-02T09:00Z", "390")
    assert stands(opened, date(2026, 2, 1)) == (None, 300, None)
    assert stands(opened, date(2026, 2, 2)) == (330, 300, False)
    assert stands(opened, date(2026, 2, 3)) == (330, 330, True)
    assert stands(opened, date(2026, 3, 1)) == (330, 330, True)
    assert stands(opened, date(2026, 3, 2)) == (360, 390, False)
    (one,) = against(opened, date(2026, 3, 2))
    assert [(fact.on.isoformat(), fact.dose_mcg_per_day) for fact in one.facts] == [
        ("2026-01-05", Fraction(300)),
        ("2026-02-03", Fraction(330)),
        ("2026-03-02", Fraction(390)),
    ]


def test_what_was_done_later_is_no_fact_of_an_earlier_day(opened: Opened) -> None:
    plan(opened)
    change(opened, "2026-02-03T09:00Z", "330")
    change(opened, "2026-03-02T09:00Z", "390")
    state = opened.desk.story(SERIAL).state
    (one,) = plans_against_fact(state, date(2026, 2, 10))
    assert one.fact is not None
    assert (one.fact.on, one.fact.dose_mcg_per_day) == (date(2026, 2, 3), Fraction(330))


def test_of_the_doses_before_a_plan_the_last_one_counts(opened: Opened) -> None:
    change(opened, "2026-01-15T09:00Z", "320")
    change(opened, "2026-02-02T09:00Z", "330")
    plan(opened, at="2026-02-02T10:00Z")
    (one,) = against(opened, date(2026, 2, 4))
    assert [fact.dose_mcg_per_day for fact in one.facts] == [330]


def test_a_plan_by_mouth_stands_beside_the_diary_of_its_drug_day_by_day(opened: Opened) -> None:
    plan(opened, **BY_MOUTH, steps=TABLETS)
    diary(opened, "2026-02-08", dose_mcg_per_day="30000")
    diary(opened, "2026-02-01", dose_mcg_per_day="40000")
    diary(opened, "2026-02-05", taken="missed")
    diary(opened, "2026-02-06", taken="part")
    diary(opened, "2026-02-07", drug="morphine", dose_mcg_per_day="5000")
    diary(opened, "2026-02-10", drug="acetaminophen", dose_mcg_per_day="500000")
    diary(opened, "2026-02-11", dose_mcg_per_day="10000")
    (one,) = against(opened, date(2026, 2, 11))
    told = [(fact.on.day, int(fact.dose_mcg_per_day)) for fact in one.facts]
    assert told == [(1, 40000), (5, 0), (8, 30000), (11, 10000)]


def test_what_was_taken_before_a_step_says_nothing_of_that_step(opened: Opened) -> None:
    plan(opened, **BY_MOUTH, steps=TABLETS)
    for on, dose in (("2026-02-01", "40000"), ("2026-02-02", "30000"), ("2026-02-09", "0")):
        diary(opened, on, dose_mcg_per_day=dose)
    assert stands(opened, date(2026, 2, 1)) == (None, 40000, None)
    assert stands(opened, date(2026, 2, 2)) == (30000, 30000, True)
    assert stands(opened, date(2026, 2, 8)) == (30000, 30000, True)
    assert stands(opened, date(2026, 2, 9)) == (0, 0, True)


def test_a_step_of_which_nothing_was_told_is_compared_with_nothing(opened: Opened) -> None:
    plan(opened, **BY_MOUTH, steps=TABLETS)
    diary(opened, "2026-02-08", dose_mcg_per_day="20000")
    assert stands(opened, date(2026, 2, 8)) == (30000, 20000, False)
    assert stands(opened, date(2026, 2, 9)) == (0, None, None)


def test_plans_that_run_come_first_and_of_them_the_newest(opened: Opened) -> None:
    second = {"second_plan": "another one beside it"}
    for at in ("2026-01-20T09:00Z", "2026-01-21T09:00Z", "2026-01-22T09:00Z", "2026-01-23T09:00Z"):
        event = f"plan {at[8:10]}"
        opened.say("plan_made", at, event=event, **BY_PUMP, steps=STEPS, confirmed=second if at[9] != "0" else {})
    for event in ("plan 21", "plan 23"):
        opened.say("plan_ended", "2026-01-24T09:00Z", plan_event_id=event, how="stopped", reason="too tired")
    found = [one.plan.event_id for one in against(opened, date(2026, 1, 25))]
    assert found == ["plan 22", "plan 20", "plan 23", "plan 21"]
