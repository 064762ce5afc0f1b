"""What a person is asked about before saving: how heavy, in which words, and what it takes to go on."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pumplog.errors import EntryRefused
from pumplog.rules import Finding, Weight
from tests.stories.clinic import NURSE, SERIAL, Clinic, Opened

FILL = "2026-03-02T09:00Z"
"""56 days after the first fill: 8.4 mL programmed, 11.6 mL expected."""


@pytest.fixture
def filled(tmp_path: Path) -> Opened:
    """A pump of case D1, on 2 Mar 2026 at noon."""
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    opened.clinic.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return opened


def findings(opened: Opened, kind: str = "refilled", **fields: Any) -> dict[str, Finding]:
    preview = opened.desk.preview(opened.read(kind, FILL, **fields), by=NURSE)
    return {finding.code: finding for finding in preview.findings}


def assert_found(found: dict[str, Finding], code: str, weight: Weight, *words: str) -> None:
    assert code in found, found
    assert found[code].weight is weight
    for said in words:
        assert said in found[code].says


def residual(opened: Opened, drawn_ml: str, kind: str = "refilled", **fields: Any) -> str:
    codes = [code for code in findings(opened, kind, drawn_ml=drawn_ml, **fields) if code.startswith("residual")]
    assert len(codes) == 1
    return codes[0]


@pytest.mark.parametrize(
    ("drawn_ml", "code"),
    [
        ("11.6", "residual_within"),
        ("12.86", "residual_within"),  # ratio exactly (20 - 12.86) / 8.4 = 0.85
        ("12.8601", "residual_evaluate"),  # below 0.85, but only 1.26 mL more than expected
        ("10.34", "residual_within"),  # ratio exactly 9.66 / 8.4 = 1.15
        ("10.3399", "residual_evaluate"),
        ("13.6", "residual_evaluate"),  # exactly 2 mL more than expected: not beyond, but the ratio is low
        ("13.6001", "residual_stop"),
        ("20", "residual_stop"),
        ("0", "residual_evaluate"),
    ],
)
def test_compares_the_residual_unrounded_and_counts_the_bounds_as_within(
    filled: Opened, drawn_ml: str, code: str
) -> None:
    assert residual(filled, drawn_ml) == code


@pytest.mark.parametrize(
    ("drawn_ml", "code"),
    [
        ("8", "residual_within"),  # 20 mL programmed of 30; expected 10: exactly 2 mL less, ratio 1.1
        ("7.9999", "residual_evaluate"),
        ("12", "residual_within"),  # exactly 2 mL more, ratio 0.9
        ("12.0001", "residual_evaluate"),  # more than 2 mL, but the ratio is within: no stop
        ("13", "residual_evaluate"),  # ratio exactly 0.85
        ("13.0001", "residual_stop"),
    ],
)
def test_two_millilitres_and_the_ratio_are_judged_apart(tmp_path: Path, drawn_ml: str, code: str) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.register(pump={"model": "Other", "capacity_ml": "30", "alarm_volume_ml": "2"})
    opened.say(
        "refilled",
        "2026-02-10T09:00Z",
        volume_after_fill_ml="30",
        programme={"mode": "simple_continuous", "dose_mcg_per_day": "2000"},
    )
    opened.clinic.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": "2000"}
    assert residual(opened, drawn_ml, programme=programme) == code


def test_nothing_programmed_since_gives_no_ratio_and_no_stop(filled: Opened) -> None:
    filled.say_now("reprogrammed", "2026-01-05T09:00Z", programme={"mode": "stopped"})
    assert residual(filled, "20") == "residual_within"
    assert residual(filled, "17.9") == "residual_evaluate"


def test_says_which_way_the_residual_is_wrong_and_what_it_may_mean(filled: Opened) -> None:
    less = findings(filled, drawn_ml="9")
    assert_found(less, "residual_evaluate", Weight.CONFIRM, "Expected 11.6 mL, drawn 9 mL", "beside the pump")
    more = findings(filled, drawn_ml="19")
    assert_found(more, "residual_stop", Weight.STOP, "Stop and investigate before refilling", "kinked or blocked")
    within = findings(filled, drawn_ml="11.5")
    assert_found(
        within, "residual_within", Weight.NOTE, "A leak or disconnection beyond the pump gives a normal volume"
    )


def test_a_pump_that_came_too_late_is_said_to_have_run_empty(filled: Opened) -> None:
    filled.clinic.now = datetime(2026, 6, 10, 12, tzinfo=UTC)
    entry = filled.read("refilled", "2026-06-10T09:00Z", drawn_ml="0")  # 156 days x 0.15 = 23.4 mL of 20
    (found,) = [one for one in filled.desk.preview(entry, by=NURSE).findings if one.code.startswith("residual")]
    assert "Expected -3.4 mL, drawn 0 mL" in found.says
    assert "By the programme the pump ran empty before this visit." in found.says


def test_boluses_in_fact_used_count_and_none_is_a_number_too(filled: Opened) -> None:
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": "300", "max_patient_bolus_mcg_per_day": "100"}
    filled.say_now("reprogrammed", "2026-01-05T09:00Z", programme=programme)
    assert "boluses_assumed" in findings(filled, drawn_ml="8.8")  # 56 x 400 / 2,000 = 11.2: 8.8 expected
    assert residual(filled, "8.8") == "residual_within"
    assert residual(filled, "11.6", patient_boluses_used_mcg="0") == "residual_within"
    assert residual(filled, "8.8", patient_boluses_used_mcg="0") == "residual_evaluate"
    assert "boluses_assumed" not in findings(filled, drawn_ml="11.6", patient_boluses_used_mcg="0")


def refused_fields(opened: Opened, kind: str = "refilled", **fields: Any) -> set[str]:
    before = opened.head()
    with pytest.raises(EntryRefused) as refused:
        opened.say_now(kind, FILL, **fields)
    assert opened.head() == before
    return {fault.field for fault in refused.value.faults}


def test_a_stop_needs_a_reason_and_a_second_person_who_is_not_the_recorder(filled: Opened) -> None:
    told: dict[str, Any] = {"drawn_ml": "19"}
    reason: dict[str, Any] = {"confirmed": {"residual_stop": "pump interrogated, no stall seen"}}
    assert refused_fields(filled, **told) == {"confirmed.residual_stop", "second_checker"}
    assert refused_fields(filled, **told, **reason) == {"second_checker"}
    assert refused_fields(filled, **told, **reason, second_checker=f" {NURSE.upper()} ") == {"second_checker"}
    assert refused_fields(filled, **told, second_checker="A. Osei") == {"confirmed.residual_stop"}
    assert filled.say_now("refilled", FILL, **told, **reason, second_checker="A. Osei").outlook is not None


def test_a_stop_is_also_passed_by_putting_the_refill_off_with_its_reason(filled: Opened) -> None:
    """Nothing is filled on top of the unexplained volume: no second person is needed; projection restarts."""
    found = findings(filled, "deferred", drawn_ml="19", volume_left_ml="19", pump_running=True)
    assert_found(found, "residual_put_off", Weight.NOTE, "put off: investigate before the next", "blocked catheter")
    said: dict[str, Any] = {
        "drawn_ml": "19",
        "volume_left_ml": "19",
        "pump_running": True,
        "reason": "19 mL found; imaging first",
    }
    outlook = filled.say_now("deferred", FILL, **said).outlook
    assert outlook is not None
    assert outlook.alarm_date == date(2026, 6, 23)  # (19 - 2) / 0.15 = 113 whole days


def test_a_drawn_volume_changed_after_the_expected_was_seen_keeps_both_and_asks_why(filled: Opened) -> None:
    found = findings(filled, drawn_ml="11.5", drawn_first_typed_ml="15.5")
    assert_found(found, "drawn_changed", Weight.CONFIRM, "first typed as 15.5 mL", "changed to 11.5 mL")
    assert "drawn_changed" not in findings(filled, drawn_ml="11.5", drawn_first_typed_ml="11.5")


def test_signs_beside_the_pump_say_the_observation_plan_or_ask_for_it(filled: Opened) -> None:
    signs: dict[str, Any] = {"pocket_fill_signs": ["swelling"]}
    assert_found(findings(filled, **signs), "pocket_fill", Weight.CONFIRM, "for what, how long, by whom")
    plan = {"what": "drowsiness and weak breathing", "how_long": "4 hours", "who": "J. Frey on the ward"}
    said = findings(filled, **signs, observation=plan)
    assert_found(
        said, "pocket_fill", Weight.CONFIRM, "drowsiness and weak breathing, 4 hours, by J. Frey on the ward"
    )


def test_a_confirm_needs_a_reason_and_a_note_nothing(filled: Opened) -> None:
    assert refused_fields(filled, drawn_ml="9") == {"confirmed.residual_evaluate"}
    with pytest.raises(EntryRefused, match="is blank"):
        filled.read("refilled", FILL, drawn_ml="9", confirmed={"residual_evaluate": "  "})
    filled.say_now("refilled", FILL, drawn_ml="11.5")


def test_a_replacement_is_asked_the_same_as_a_first_entry(filled: Opened) -> None:
    filled.say_now("refilled", FILL, drawn_ml="11.5", event="second")
    replacement = filled.read("refilled", FILL, drawn_ml="19").model_dump(mode="json", exclude_none=True)
    fields = {"target_event_id": "second", "how": "replaced", "replacement": replacement}
    assert refused_fields(filled, "corrected", **fields) == {"confirmed.residual_stop", "second_checker"}


def test_half_a_millilitre_an_hour_is_asked_about(filled: Opened) -> None:
    programme = {"mode": "fixed_flow", "flow_ml_per_day": "12"}
    found = findings(filled, programme=programme)
    assert_found(found, "lasts_too_short", Weight.CONFIRM, "lasts only 1.67 days", "mL/day, not mL/h")


@pytest.mark.parametrize(("dose", "asked"), [("8000", False), ("8000.001", True)])
def test_a_fill_of_exactly_five_days_is_not_asked_about(filled: Opened, dose: str, asked: bool) -> None:
    found = findings(filled, programme={"mode": "simple_continuous", "dose_mcg_per_day": dose})
    assert ("lasts_too_short" in found) is asked


def change(
    filled: Opened, old: str, new: str, old_dose: str, new_dose: str, cm: str, **fields: Any
) -> dict[str, Finding]:
    pump = {
        "model": "SynchroMed II 8637-20",
        "capacity_ml": "20",
        "alarm_volume_ml": "2",
        "tubing_volume_ml": "0.199",
        "catheter_cm": cm,
        "catheter_ml_per_cm": "0.0022",
    }
    filled.register("D18", "2026-01-05T10:00Z", pump=pump)
    for at, concentration, dose, more in (
        ("2026-01-05T11:00Z", old, old_dose, {}),
        (FILL, new, new_dose, fields),
    ):
        told = {
            "pump_serial": "D18",
            "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": concentration}],
            "programme": {"mode": "simple_continuous", "dose_mcg_per_day": dose},
            **more,
        }
        if at == FILL:
            return findings(filled, **told)
        filled.say_now("refilled", at, **told)
    raise AssertionError


def test_a_stronger_drug_without_a_bridge_underdoses_as_in_case_d18(filled: Opened) -> None:
    found = change(filled, "500", "2000", "100", "100", "80")
    words = (
        "from 500 mcg/mL to 2,000 mcg/mL",
        "the patient gets 25 mcg/day instead of 100 mcg/day for 180 h (7.5 days): underdose, withdrawal.",
    )
    assert_found(found, "concentration_change", Weight.CONFIRM, *words)


def test_a_weaker_drug_without_a_bridge_overdoses_as_in_case_d19(filled: Opened) -> None:
    bridge = {"given": False, "reason_not_given": "not available"}
    found = change(filled, "2000", "500", "400", "400", "60", bridge=bridge)
    words = (
        "from 2,000 mcg/mL to 500 mcg/mL",
        "(not available)",
        "the patient gets 1,600 mcg/day instead of 400 mcg/day for 9.93 h: overdose.",
    )
    assert_found(found, "bridge_not_given", Weight.CONFIRM, *words)


def test_a_bridge_that_was_given_is_still_confirmed(filled: Opened) -> None:
    bridge = {"given": True, "path_ml": "0.375", "bridge_mcg": "187.5", "bridge_hours": "45"}
    found = change(filled, "500", "2000", "100", "100", "80", bridge=bridge)
    assert_found(found, "concentration_change", Weight.CONFIRM, "check it against the programmer")


@pytest.mark.parametrize(
    ("bridge_mcg", "bridge_hours", "asked"),
    [
        ("187.5", "45", set()),
        ("206.25", "49.5", set()),  # 10 % more: not beyond the clinic's tolerance
        ("206.26", "45", {"bridge_mcg_differs"}),
        ("187.5", "4.5", {"bridge_hours_differs"}),
        ("1875", "450", {"bridge_mcg_differs", "bridge_hours_differs"}),
    ],
)
def test_a_bridge_unlike_the_one_worked_out_is_asked_about(
    filled: Opened, bridge_mcg: str, bridge_hours: str, asked: set[str]
) -> None:
    bridge = {"given": True, "bridge_mcg": bridge_mcg, "bridge_hours": bridge_hours}
    found = change(filled, "500", "2000", "100", "100", "80", bridge=bridge)
    assert {code for code in found if code.startswith("bridge_")} == asked


def test_the_tubing_and_catheter_of_this_bridge_go_before_those_on_record(filled: Opened) -> None:
    used = {"tubing_ml": "0.14", "catheter_cm": "50", "catheter_ml_per_cm": "0.0026"}  # 0.27 mL: 135 mcg, 32.4 h
    bridge = {"given": True, **used, "bridge_mcg": "135", "bridge_hours": "32.4"}
    assert "bridge_mcg_differs" not in change(filled, "500", "2000", "100", "100", "80", bridge=bridge)


def test_without_a_path_on_record_the_dose_is_told_and_not_the_hours(filled: Opened) -> None:
    fluid = [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}]
    found = findings(filled, fluid=fluid)
    words = "gets 1,200 mcg/day instead of 300 mcg/day until the old drug has cleared (path volume not on record)"
    assert_found(found, "concentration_change", Weight.CONFIRM, words, "overdose.")


def test_the_same_concentration_asks_nothing(filled: Opened) -> None:
    assert not {"concentration_change", "bridge_not_given"} & set(findings(filled))


def usual_drug(opened: Opened) -> dict[str, Any]:
    """The drug of an ordinary fill, as it is said."""
    (drug,) = json.loads(opened.read("refilled", FILL).body())["fluid"]
    return dict(drug)


def test_another_drug_at_the_same_strength_is_asked_about(filled: Opened) -> None:
    found = findings(filled, fluid=[{**usual_drug(filled), "drug": "morphine"}])
    assert_found(found, "drug_change", Weight.CONFIRM, "held baclofen and now holds morphine", "still in its tubing")
    assert "concentration_change" not in found


def test_a_drug_added_to_the_mixture_is_asked_about(filled: Opened) -> None:
    more = {"drug": "clonidine", "concentration_mcg_per_ml": "50", "beyond_use_on": "2026-06-01"}
    assert_found(
        findings(filled, fluid=[usual_drug(filled), more]), "drug_change", Weight.CONFIRM, "baclofen with clonidine"
    )


def test_the_same_drug_by_another_spelling_asks_nothing(filled: Opened) -> None:
    assert "drug_change" not in findings(filled, fluid=[{**usual_drug(filled), "drug": "BACLOFEN"}])


@pytest.mark.parametrize(("dose", "asked"), [("390", False), ("390.01", True), ("210", False), ("209.9", True)])
def test_a_dose_step_of_more_than_thirty_percent_is_asked_about(filled: Opened, dose: str, asked: bool) -> None:
    found = findings(filled, programme={"mode": "simple_continuous", "dose_mcg_per_day": dose})
    assert ("dose_step" in found) is asked


def test_a_step_that_is_usual_for_some_is_a_note_with_what_was_published(filled: Opened) -> None:
    found = findings(filled, programme={"mode": "simple_continuous", "dose_mcg_per_day": "360"})
    assert_found(found, "dose_step_usual", Weight.NOTE, "changes by 20 %", "cerebral and children: up to 15 %")
    usual = findings(filled, programme={"mode": "simple_continuous", "dose_mcg_per_day": "330"})
    assert not {"dose_step", "dose_step_usual"} & set(usual)


def test_a_clinic_names_the_step_beyond_which_two_people_decide(filled: Opened) -> None:
    policy = filled.desk.reference.policy
    tighter = policy.dose_step_ratio.model_copy(update={"value": Decimal("0.1"), "source": "clinic_setting"})
    filled.desk.reference = replace(
        filled.desk.reference, policy=policy.model_copy(update={"dose_step_ratio": tighter})
    )
    found = findings(filled, programme={"mode": "simple_continuous", "dose_mcg_per_day": "331"})
    assert_found(found, "dose_step", Weight.CONFIRM, "more than 10 %")
    assert found["dose_step"].source == "clinic_setting"


def test_a_dose_step_is_asked_about_whatever_the_drug(filled: Opened) -> None:
    drug = {"drug": "morphine", "concentration_mcg_per_ml": "10000"}
    asked: dict[str, Any] = {"confirmed": {"drug_change": "ordered", "concentration_change": "ordered"}}
    filled.say_now("refilled", "2026-02-01T09:00Z", fluid=[drug], second_checker="A. Osei", **asked)
    found = findings(filled, fluid=[drug], programme={"mode": "simple_continuous", "dose_mcg_per_day": "600"})
    assert_found(found, "dose_step", Weight.CONFIRM, "changes by 100 %")


DOUBLED = {"mode": "simple_continuous", "dose_mcg_per_day": "600"}
WEAKER = [{"drug": "baclofen", "concentration_mcg_per_ml": "1000"}]


@pytest.mark.parametrize(
    ("kind", "fields", "codes"),
    [
        ("refilled", {"programme": DOUBLED}, {"dose_step"}),
        ("reprogrammed", {"programme": DOUBLED}, {"dose_step"}),
        ("refilled", {"fluid": WEAKER}, {"concentration_change"}),
        ("refilled", {"fluid": WEAKER, "bridge": {"given": False, "reason_not_given": "x"}}, {"bridge_not_given"}),
    ],
)
def test_two_people_sign_for_a_concentration_change_and_a_large_dose_step(
    filled: Opened, kind: str, fields: dict[str, Any], codes: set[str]
) -> None:
    answered = {**fields, "confirmed": dict.fromkeys(codes, "Dr Sand, by telephone")}
    assert refused_fields(filled, kind, **answered) == {"second_checker"}
    assert refused_fields(filled, kind, **answered, second_checker=f"{NURSE.lower()} ") == {"second_checker"}
    assert filled.say_now(kind, FILL, **answered, second_checker="A. Osei").outlook is not None


def test_who_asks_for_the_second_person_is_said(filled: Opened) -> None:
    with pytest.raises(EntryRefused, match="The concentration changes; The dose changes by more than one person"):
        filled.say_now("refilled", FILL, fluid=WEAKER, programme=DOUBLED)


def test_a_dose_above_the_usual_range_is_a_note_and_never_a_block(filled: Opened) -> None:
    found = findings(filled, programme={"mode": "simple_continuous", "dose_mcg_per_day": "1000.5"})
    assert_found(found, "dose_level", Weight.NOTE, "above the usual range")


@pytest.mark.parametrize(
    ("capacity", "filled_to", "remeasured", "asked"),
    [("20", "20", "19", False), ("20", "20", "18.99", True), ("40", "40", "38", False), ("40", "40", "37.9", True)],
)
def test_a_remeasured_volume_is_judged_by_the_size_of_the_pump(
    tmp_path: Path, capacity: str, filled_to: str, remeasured: str, asked: bool
) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.register(pump={"model": "Other", "capacity_ml": capacity, "alarm_volume_ml": "2"})
    opened.clinic.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    found = findings(opened, volume_after_fill_ml=filled_to, remeasured_ml=remeasured)
    assert ("remeasured" in found) is asked


def test_signs_of_a_fill_beside_the_pump_are_confirmed(filled: Opened) -> None:
    found = findings(filled, pocket_fill_signs=["swelling", "burning"])
    assert_found(found, "pocket_fill", Weight.CONFIRM, "swelling, burning")


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("expiry_on", "2026-03-01", "expiry_on_passed"),
        ("expiry_on", "2026-03-02", None),
        ("beyond_use_on", "2026-03-01", "beyond_use_on_passed"),
    ],
)
def test_an_expired_lot_stops_the_visit(filled: Opened, name: str, day: str, code: str | None) -> None:
    fluid = [{"drug": "baclofen", "concentration_mcg_per_ml": "2000", name: day}]
    found = findings(filled, fluid=fluid)
    stops = [finding.code for finding in found.values() if finding.weight is Weight.STOP]
    assert stops == ([code] if code else [])


def test_a_programmer_that_says_another_alarm_date_is_asked_about(filled: Opened) -> None:
    assert "programmer_differs" not in findings(filled, programmer_alarm_on="2026-06-29")
    found = findings(filled, programmer_alarm_on="2026-06-20")
    assert_found(found, "programmer_differs", Weight.CONFIRM, "20 Jun 2026", "we say 30 Jun 2026")


@pytest.mark.parametrize(
    ("field", "same", "other", "code", "explains"),
    [
        ("volume_after_fill_ml", "19.9", "11.6", "programmer_volume_differs", "not have been told the new volume"),
        ("dose_mcg_per_day", "306", "306.1", "programmer_dose_differs", "may run another programme"),
        ("concentration_mcg_per_ml", "2000", "500", "programmer_concentration_differs", "not told the concentration"),
    ],
)
def test_what_the_programmer_says_otherwise_is_asked_about_and_explained(
    filled: Opened, field: str, same: str, other: str, code: str, explains: str
) -> None:
    assert code not in findings(filled, **{f"programmer_{field}": same})
    found = findings(filled, **{f"programmer_{field}": other})
    assert_found(found, code, Weight.CONFIRM, "The programmer says the", "we say", explains)
    assert {one for one in found if one.startswith("programmer_")} == {code}


def test_programmer_and_we_stand_side_by_side_whether_or_not_they_differ(filled: Opened) -> None:
    entry = filled.read("refilled", FILL, programmer_dose_mcg_per_day="300", programmer_alarm_on="2026-06-20")
    sides = filled.desk.preview(entry, by=NURSE).programmer
    assert [(one.subject.words, one.programmer_says, one.we_say, one.differs) for one in sides] == [
        ("volume", None, "20 mL", False),
        ("dose", "300 mcg/day", "300 mcg/day", False),
        ("concentration", None, "2,000 mcg/mL", False),
        ("alarm date", "20 Jun 2026", "30 Jun 2026", True),
    ]


AS_FOUND = {
    "programmer_volume_ml": ("11.7", "11.71", "found_volume_differs", "counts from another volume"),
    "programmer_found_dose_mcg_per_day": ("306", "306.1", "found_dose_differs", "programmed somewhere else"),
    "programmer_found_concentration_mcg_per_ml": ("2000", "500", "found_concentration_differs", "label of the last"),
    "programmer_found_alarm_on": ("2026-05-04", "2026-05-03", "found_alarm_differs", "one of them is not the same"),
}


@pytest.mark.parametrize("field", list(AS_FOUND))
@pytest.mark.parametrize("kind", ["refilled", "deferred"])
def test_what_the_programmer_said_before_the_visit_is_held_against_what_was_known_then(
    filled: Opened, field: str, kind: str
) -> None:
    same, other, code, explains = AS_FOUND[field]
    more = {"volume_left_ml": "11.6"} if kind == "deferred" else {}
    assert not {one for one in findings(filled, kind, **more, **{field: same}) if one.startswith("found_")}
    found = findings(filled, kind, **more, **{field: other})
    assert_found(found, code, Weight.CONFIRM, "The programmer says the", "as found is", "we say", explains)
    assert {one for one in found if one.startswith("found_")} == {code}


def test_a_volume_as_found_is_compared_once_it_is_known_what_boluses_were_used(filled: Opened) -> None:
    allowed = {"mode": "simple_continuous", "dose_mcg_per_day": "300", "max_patient_bolus_mcg_per_day": "100"}
    change = filled.read("reprogrammed", "2026-01-06T09:00Z", programme=allowed)
    filled.desk.record(change, by=NURSE, seen=filled.desk.seen_of(change))
    assert "found_volume_differs" not in findings(filled, programmer_volume_ml="9")
    found = findings(filled, programmer_volume_ml="9", patient_boluses_used_mcg="0")
    assert_found(found, "found_volume_differs", Weight.CONFIRM, "9 mL, we say 11.6 mL")


def test_before_the_first_fill_there_is_nothing_to_hold_the_programmer_against(tmp_path: Path) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.register()
    opened.clinic.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    entry = opened.read("refilled", FILL, programmer_found_dose_mcg_per_day="1")
    assert opened.desk.preview(entry, by=NURSE).programmer_found == ()


def test_days_that_differ_have_no_dose_of_a_day_to_compare(filled: Opened) -> None:
    days = [
        {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "steps": [{"hours": "24", "rate_mcg_per_hour": "12.5"}]},
        {"weekdays": ["sat", "sun"], "steps": [{"hours": "24", "rate_mcg_per_hour": "12"}]},
    ]
    found = findings(filled, programme={"mode": "flex", "days": days}, programmer_dose_mcg_per_day="288")
    assert "programmer_dose_differs" not in found


@pytest.mark.parametrize(
    ("each", "lockout", "code"),
    [
        ("20", "6", "patient_bolus_lockout"),  # 4 boluses of 20 are 80 of the 100 allowed
        ("25", "6", None),
        ("25", None, None),
        ("101", None, "patient_bolus_over_limit"),
    ],
)
def test_what_one_activation_gives_is_held_against_the_most_in_a_day(
    filled: Opened, each: str, lockout: str | None, code: str | None
) -> None:
    programme = {
        "mode": "simple_continuous",
        "dose_mcg_per_day": "300",
        "max_patient_bolus_mcg_per_day": "100",
        "patient_bolus_mcg": each,
        **({"patient_bolus_lockout_hours": lockout} if lockout else {}),
    }
    assert {one for one in findings(filled, programme=programme) if one.startswith("patient_")} == (
        {code} if code else set()
    )


def test_a_compounded_drug_without_its_date_is_asked_about(filled: Opened) -> None:
    fluid = [{"drug": "clonidine", "concentration_mcg_per_ml": "500"}]
    assert_found(findings(filled, fluid=fluid), "beyond_use_missing", Weight.CONFIRM, "cannot be projected")


def test_the_screening_strength_identity_and_aspiration_are_asked_about(filled: Opened) -> None:
    fluid = [{"drug": "baclofen", "concentration_mcg_per_ml": "50"}]
    found = findings(filled, fluid=fluid, identifiers_confirmed=False, aspiration_checked=False)
    for code in ("screening_strength", "identifiers", "aspiration"):
        assert_found(found, code, Weight.CONFIRM)


def test_a_pump_left_stopped_is_asked_about(filled: Opened) -> None:
    assert_found(findings(filled, pump_running=False), "not_running", Weight.CONFIRM, "stay red")


def test_a_capacity_unlike_its_model_is_asked_about(filled: Opened) -> None:
    pump = {"model": "SynchroMed II 8637-20", "capacity_ml": "40", "alarm_volume_ml": "2"}
    entry = filled.read("registered", FILL, pump_serial="NEW1", pump=pump)
    codes = {finding.code for finding in filled.desk.preview(entry, by=NURSE).findings}
    assert "capacity_unlike_model" in codes
    assert filled.row(serial=SERIAL) is not None


PROMETRA = {"model": "Prometra II 20", "capacity_ml": "20", "alarm_volume_ml": "3"}
MORPHINE = [{"drug": "morphine", "concentration_mcg_per_ml": "10000"}]
LASTS_20_DAYS = {"mode": "simple_continuous", "dose_mcg_per_day": "10000"}
LASTS_400_DAYS = {"mode": "simple_continuous", "dose_mcg_per_day": "500"}
OF_STOPPED = "restarting at the old dose after a gap risks respiratory depression"


def opened_with(tmp_path: Path, pump: dict[str, Any] | None = None, **filled: Any) -> Opened:
    """A clinic with one pump, filled 56 days before, on 2 Mar 2026 at noon."""
    opened = Clinic(tmp_path).on_paper()
    of_model: dict[str, Any] = {"pump": pump} if pump else {}
    opened.register(**of_model)
    opened.say("refilled", "2026-01-05T09:00Z", **{"confirmed": {"not_running": "for this test"}, **filled})
    opened.clinic.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return opened


@pytest.mark.parametrize(
    ("strength", "most", "codes"),
    [
        ("500", "0", set()),
        ("2000", "0", set()),
        ("499", "0", {"makers_strength"}),
        ("2001", "0", {"makers_strength"}),
        ("500", "1", {"makers_no_patient_boluses"}),
    ],
)
def test_what_the_maker_of_a_prometra_does_not_allow_of_baclofen_is_asked_about(
    tmp_path: Path, filled: Opened, strength: str, most: str, codes: set[str]
) -> None:
    fluid = [{"drug": "Gablofen", "concentration_mcg_per_ml": strength}]
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": "75", "max_patient_bolus_mcg_per_day": most}
    of_another_maker = findings(filled, fluid=fluid, programme=programme)
    assert not {code for code in of_another_maker if code.startswith("makers_")}
    opened = opened_with(tmp_path / "prometra", PROMETRA)
    found = findings(opened, fluid=fluid, programme=programme)
    assert {code for code in found if code.startswith("makers_")} == codes
    for code in codes:
        assert_found(found, code, Weight.CONFIRM, "The maker of Prometra II 20 allows")
    of_morphine = findings(opened, fluid=MORPHINE, programme={**LASTS_400_DAYS, "max_patient_bolus_mcg_per_day": "1"})
    assert not {code for code in of_morphine if code.startswith("makers_")}


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ({"programme": LASTS_20_DAYS}, "by the programme the pump ran empty"),
        ({"programme": LASTS_400_DAYS}, None),
        ({"programme": LASTS_400_DAYS, "pump_running": False}, "the last visit recorded the pump as not running"),
        ({"programme": {"mode": "stopped"}}, "the pump was programmed to stop"),
    ],
)
def test_an_opioid_that_had_stopped_asks_who_decided_the_dose(
    tmp_path: Path, before: dict[str, Any], says: str | None
) -> None:
    opened = opened_with(tmp_path, fluid=MORPHINE, **before)
    found = findings(opened, fluid=MORPHINE, programme=LASTS_400_DAYS)
    if says is None:
        assert "opioid_restart" not in found
    else:
        assert_found(
            found, "opioid_restart", Weight.CONFIRM, "Morphine had stopped before this visit", says, OF_STOPPED
        )
    assert "opioid_restart" not in findings(opened, fluid=MORPHINE, programme={"mode": "stopped"})
    changed = findings(opened, "reprogrammed", programme=LASTS_400_DAYS, pump_running=True)
    assert ("opioid_restart" in changed) is (says is not None)


def test_no_drug_but_an_opioid_is_said_to_start_again(tmp_path: Path) -> None:
    opened = opened_with(tmp_path, programme={"mode": "stopped"})
    assert "opioid_restart" not in findings(opened)


WEAKER = [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}]
"""The pump of the tests holds 2,000 mcg/mL."""


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (
            {"volume_left_ml": "1", "injected_ml": "19"},
            "old_strength_left",
            "the reservoir holds 575 mcg/mL, not 500 mcg/mL",
        ),
        ({"volume_left_ml": "1", "injected_ml": "19", "rinsed": True}, None, ""),
        ({"rinsed": False}, "not_rinsed", "mixes with the new drug"),
        ({"rinsed": True}, None, ""),
        ({}, None, ""),
        ({"volume_left_ml": "0", "injected_ml": "20", "rinsed": False}, "not_rinsed", "could not draw"),
    ],
)
def test_old_drug_that_stays_at_a_change_of_strength_is_asked_about(
    filled: Opened, said: dict[str, Any], code: str | None, words: str
) -> None:
    found = findings(filled, fluid=WEAKER, **said)
    assert [one for one in found if one in ("old_strength_left", "not_rinsed")] == ([code] if code else [])
    if code:
        assert_found(found, code, Weight.CONFIRM, words)
    same = findings(filled, **said)
    assert not {"old_strength_left", "not_rinsed"} & set(same)
