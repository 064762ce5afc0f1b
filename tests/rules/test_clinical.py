"""What is told of the patient: refused where it cannot be, pointed out where somebody should look."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pumplog.entries.scored import OVERDOSE_SIGNS, WITHDRAWAL_SIGNS
from pumplog.errors import EntryRefused
from pumplog.rules import Finding, Weight
from pumplog.rules.clinical import SIGN_WORDS
from tests.stories.clinic import NURSE, Clinic, Opened

AT = "2026-03-02T09:00Z"
STEP = {"from_on": "2026-03-09", "dose_mcg_per_day": "310"}
PLAN: Mapping[str, Any] = {
    "route": "intrathecal",
    "drug": "baclofen",
    "prescriber": "Dr Sand",
    "typed_in": "mcg",
    "steps": [STEP],
}


@pytest.fixture
def filled(tmp_path: Path) -> Opened:
    """A pump of case D1, 300 mcg/day, on 2 Mar 2026 at noon."""
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    opened.clinic.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return opened


def found(opened: Opened, kind: str, **fields: Any) -> dict[str, Finding]:
    preview = opened.desk.preview(opened.read(kind, AT, **fields), by=NURSE)
    return {finding.code: finding for finding in preview.findings}


def refused(opened: Opened, kind: str, **fields: Any) -> dict[str, str]:
    with pytest.raises(EntryRefused) as refusal:
        opened.desk.preview(opened.read(kind, AT, **fields), by=NURSE)
    return {fault.field: fault.says for fault in refusal.value.faults}


# --- scores ---


def test_refuses_scores_in_which_nothing_was_scored(filled: Opened) -> None:
    assert "Nothing was scored" in refused(filled, "scored")["entry"]


def test_refuses_two_grades_for_one_joint_of_one_side(filled: Opened) -> None:
    twice = [{"joint": "knee", "side": "left", "grade": grade} for grade in ("1", "1+")]
    assert "two Modified Ashworth grades" in refused(filled, "scored", ashworth=twice)["entry"]


@pytest.mark.parametrize("frequency", ["0", None])
def test_refuses_a_spasm_severity_without_spasms(filled: Opened, frequency: str | None) -> None:
    said = refused(filled, "scored", penn_frequency=frequency, penn_severity="2", pain="1")
    assert "only when there are spasms" in said["entry"]


def test_a_grade_between_one_and_two_is_kept_as_it_is(filled: Opened) -> None:
    filled.say("scored", AT, ashworth=[{"joint": "knee", "side": "left", "grade": "1+"}])
    (scored,) = filled.desk.story("NGX100001").state.clinical.scores
    assert scored.ashworth[0].grade == "1+"


def test_spasms_without_severity_are_noted(filled: Opened) -> None:
    assert found(filled, "scored", penn_frequency="3")["penn_severity_missing"].weight is Weight.NOTE
    assert "penn_severity_missing" not in found(filled, "scored", penn_frequency="0")


@pytest.mark.parametrize(
    ("signs", "code"), [(WITHDRAWAL_SIGNS, "withdrawal_signs"), (OVERDOSE_SIGNS, "overdose_signs")]
)
@pytest.mark.parametrize("kind", ["scored", "diary"])
def test_every_sign_asks_what_was_done(filled: Opened, kind: str, signs: tuple[str, ...], code: str) -> None:
    day = {"diary_on": "2026-03-01"} if kind == "diary" else {}
    for sign in signs:
        findings = found(filled, kind, signs=[sign], **day)
        assert findings[code].weight is Weight.CONFIRM
        assert SIGN_WORDS[sign] in findings[code].says  # type: ignore[index]
        assert len([one for one in findings if one.endswith("_signs")]) == 1


# --- diary, medicines, risks ---


def test_refuses_a_diary_day_that_has_not_come(filled: Opened) -> None:
    assert "lies after it was told" in refused(filled, "diary", diary_on="2026-03-03", tone="tighter")["diary_on"]


def test_refuses_a_diary_day_that_says_nothing(filled: Opened) -> None:
    assert "The diary day is empty" in refused(filled, "diary", diary_on="2026-03-01")["entry"]


def test_refuses_an_amount_of_a_dose_that_was_missed(filled: Opened) -> None:
    dose = {"drug": "baclofen", "taken": "missed", "dose_mcg_per_day": "10000"}
    said = refused(filled, "diary", diary_on="2026-03-01", oral_doses=[dose])
    assert "missed has no amount" in " ".join(said.values())


def test_refuses_a_drug_that_is_named_twice_on_one_day(filled: Opened) -> None:
    doses = [{"drug": name, "taken": "taken"} for name in ("baclofen", " Baclofen ")]
    assert "named twice" in refused(filled, "diary", diary_on="2026-03-01", oral_doses=doses)["entry"]


@pytest.mark.parametrize(("takes", "named"), [(True, False), (False, True)])
def test_refuses_a_list_that_contradicts_its_answer(filled: Opened, takes: bool, named: bool) -> None:
    said = refused(filled, "medicines", takes_any=takes, medicines=[{"name": "lisinopril"}] if named else [])
    assert "edicines" in said["entry"]


def test_a_class_is_pointed_out_as_ticked_and_never_taken_from_the_name(filled: Opened) -> None:
    assert found(filled, "medicines", takes_any=True, medicines=[{"name": "diazepam"}]) == {}
    ticked = [{"name": "diazepam", "interacting_class": "sedative"}]
    finding = found(filled, "medicines", takes_any=True, medicines=ticked)["interacting_class"]
    assert finding.weight is Weight.NOTE
    assert "diazepam was ticked as a sedative" in finding.says
    assert "alcohol" in found(filled, "medicines", takes_any=False, alcohol=True)


def test_a_pregnancy_that_is_not_among_the_risks_is_noted_until_it_is(filled: Opened) -> None:
    assert "pregnancy_not_among_risks" in found(filled, "medicines", takes_any=False, pregnancy="pregnant")
    filled.say("risk_flags_changed", AT, risk_flags=["pregnancy"], reason="told today")
    assert found(filled, "medicines", takes_any=False, pregnancy="pregnant") == {}


def test_the_risks_last_said_hold_and_a_past_day_knows_those_of_then(filled: Opened) -> None:
    filled.say("risk_flags_changed", AT, risk_flags=["pregnancy"], reason="told today")
    filled.say("risk_flags_changed", "2026-02-01T09:00Z", risk_flags=["cannot_communicate"], reason="lost speech")
    assert filled.desk.story("NGX100001").state.risk_flags == ("pregnancy",)
    past = filled.desk.story("NGX100001", datetime(2026, 2, 10, tzinfo=UTC).date())
    assert past.state.risk_flags == ("cannot_communicate",)
    before = filled.desk.story("NGX100001", datetime(2026, 1, 10, tzinfo=UTC).date())
    assert before.state.risk_flags == ()


# --- plans ---


@pytest.mark.parametrize("days", [("2026-03-09", "2026-03-09"), ("2026-03-16", "2026-03-09")])
def test_refuses_steps_that_do_not_go_forward(filled: Opened, days: tuple[str, str]) -> None:
    steps = [{"from_on": day, "dose_mcg_per_day": "310"} for day in days]
    assert "not in order" in refused(filled, "plan_made", **{**PLAN, "steps": steps})["entry"]


def test_refuses_a_plan_by_the_pump_for_a_drug_nobody_knows(filled: Opened) -> None:
    assert "drug" in refused(filled, "plan_made", **{**PLAN, "drug": "unheard of"})
    assert found(filled, "plan_made", **{**PLAN, "drug": "unheard of", "route": "oral"}) == {}


def test_a_plan_within_the_usual_steps_has_nothing_to_confirm(filled: Opened) -> None:
    steps = [STEP, {"from_on": "2026-03-16", "dose_mcg_per_day": "0"}]
    assert found(filled, "plan_made", **{**PLAN, "steps": steps}) == {}


def test_a_step_counts_from_the_programmed_dose_and_from_the_step_before(filled: Opened) -> None:
    steep = [{"from_on": "2026-03-09", "dose_mcg_per_day": "391"}]
    assert (
        "from 300 mcg/day to 391 mcg/day" in found(filled, "plan_made", **{**PLAN, "steps": steep})["plan_step"].says
    )
    bound = [{"from_on": "2026-03-09", "dose_mcg_per_day": "390"}]
    assert found(filled, "plan_made", **{**PLAN, "steps": bound}) == {}
    later = [*bound, {"from_on": "2026-03-16", "dose_mcg_per_day": "200"}]
    assert "On 16 Mar 2026" in found(filled, "plan_made", **{**PLAN, "steps": later})["plan_step"].says


def test_a_plan_for_another_drug_than_the_pump_holds_asks_why(filled: Opened) -> None:
    assert found(filled, "plan_made", **{**PLAN, "drug": "morphine"})["plan_of_another_drug"].weight is Weight.CONFIRM


def test_a_second_plan_of_the_same_drug_asks_why_until_the_first_is_ended(filled: Opened) -> None:
    filled.say("plan_made", AT, event="plan", **PLAN)
    assert found(filled, "plan_made", **PLAN)["second_plan"].weight is Weight.CONFIRM
    filled.say("plan_ended", AT, plan_event_id="plan", how="completed", reason="done")
    assert found(filled, "plan_made", **PLAN) == {}


def test_only_a_running_plan_is_ended_and_not_before_it_was_made(filled: Opened) -> None:
    end = {"how": "stopped", "reason": "spasms"}
    assert "no such running plan" in refused(filled, "plan_ended", plan_event_id="plan", **end)["plan_event_id"]
    filled.say("plan_made", "2026-03-02T10:00Z", event="plan", **PLAN)
    assert "made after that" in refused(filled, "plan_ended", plan_event_id="plan", **end)["happened_at"]


def test_a_plan_taken_back_takes_its_end_with_it(filled: Opened) -> None:
    filled.say("plan_made", AT, event="plan", **PLAN)
    filled.say("plan_ended", AT, plan_event_id="plan", how="completed", reason="done")
    filled.say("corrected", AT, target_event_id="plan", how="entered_in_error")
    assert filled.desk.story("NGX100001").state.clinical.plans == ()


# --- nothing of it moves a date ---


def test_fluid_in_a_pump_that_was_emptied_is_not_explained(filled: Opened) -> None:
    filled.say("deferred", "2026-02-02T09:00Z", reason_code="emptied_for_mri", reason="MRI", volume_left_ml="0")
    findings = found(filled, "refilled", drawn_ml="0")
    assert list(findings) == ["filled_after_emptying"]
    assert "emptied on 2 Feb 2026 (MRI)" in findings["filled_after_emptying"].says
    assert "residual_evaluate" not in found(filled, "refilled", drawn_ml="2")
    assert "3 mL were drawn" in found(filled, "refilled", drawn_ml="3")["residual_evaluate"].says
