"""Controlled drug thrown away: two people, a mass that fits, and everything that was supplied accounted for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pumplog.errors import EntryRefused
from pumplog.rules import Finding, Weight
from tests.stories.clinic import NURSE, Clinic, Opened

AT = "2026-02-02T09:00Z"
MORPHINE = {"drug": "morphine", "concentration_mcg_per_ml": "10000"}
MIXED = [MORPHINE, {"drug": "bupivacaine", "concentration_mcg_per_ml": "5000", "beyond_use_on": "2026-06-01"}]
WASTE = {"volume_ml": "1.5", "witness": "J. Frey", "method": "disposal container"}


@pytest.fixture
def filled(tmp_path: Path) -> Opened:
    """A pump with morphine 10 mg/mL, 28 days after its fill with 20 mL at 2 mg/day: 14.4 mL are expected."""
    opened = Clinic(tmp_path).on_paper()
    opened.register()
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": "2000"}
    opened.say("refilled", "2026-01-05T09:00Z", fluid=[MORPHINE], programme=programme)
    opened.clinic.now = datetime(2026, 2, 2, 12, tzinfo=UTC)
    return opened


def refill(**fields: Any) -> dict[str, Any]:
    usual = {"mode": "simple_continuous", "dose_mcg_per_day": "2000"}
    return {"fluid": [MORPHINE], "programme": usual, "injected_ml": "18", "volume_after_fill_ml": "18"} | fields


def found(opened: Opened, kind: str = "refilled", **fields: Any) -> dict[str, Finding]:
    said = refill(**fields) if kind == "refilled" else fields
    return {one.code: one for one in opened.desk.preview(opened.read(kind, AT, **said), by=NURSE).findings}


def faults(opened: Opened, kind: str = "refilled", **fields: Any) -> dict[str, str]:
    with pytest.raises(EntryRefused) as refused:
        found(opened, kind, **fields)
    return {fault.field: fault.says for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("supplied", "wasted", "kept", "says"),
    [
        ("20", "2", None, None),
        ("20", "1.5", "0.5", None),
        ("20", "0", "2", None),
        (
            "20",
            "1.5",
            None,
            "20 mL in the vials or the syringe: 18 mL injected, 1.5 mL wasted; 0.5 mL is not accounted",
        ),
        ("20", "3", None, "1 mL too much"),
        ("20", "1.5", "1", "1 mL kept; 0.5 mL too much"),
        (None, "1.5", None, None),
    ],
)
def test_what_was_supplied_is_injected_wasted_or_kept_and_a_difference_asks_why(
    filled: Opened, supplied: str | None, wasted: str, kept: str | None, says: str | None
) -> None:
    waste = WASTE | {"volume_ml": wasted, "supplied_ml": supplied, "kept_ml": kept}
    code = found(filled, waste=waste).get("waste_unaccounted")
    assert (code is None) == (says is None)
    if code is not None and says is not None:
        assert code.weight is Weight.CONFIRM
        assert says in code.says


@pytest.mark.parametrize(("left", "wasted", "whole"), [("0", "14.4", True), ("10", "4.4", True), ("0", "14", False)])
def test_what_was_drawn_went_back_or_was_wasted(filled: Opened, left: str, wasted: str, whole: bool) -> None:
    fields: dict[str, Any] = {
        "drawn_ml": "14.4",
        "drawn_waste": WASTE | {"volume_ml": wasted},
        "volume_left_ml": left,
    }
    refilled = found(filled, **fields, injected_ml=str(18 - int(left)))
    put_off = found(filled, "deferred", **fields)
    assert ("drawn_waste_unaccounted" not in refilled) == whole
    assert ("drawn_waste_unaccounted" not in put_off) == whole


@pytest.mark.parametrize(
    ("fluid", "drug", "mass_mcg", "fits"),
    [
        ([MORPHINE], None, "15000", True),
        ([MORPHINE], None, "15000.0", True),
        ([MORPHINE], None, "1500", False),
        ([MORPHINE], None, "15", False),  # mg typed as mcg
        (MIXED, "bupivacaine", "7500", True),
        (MIXED, "Bupivacaine", "15000", False),
    ],
)
def test_a_typed_mass_is_volume_times_concentration(
    filled: Opened, fluid: Any, drug: str | None, mass_mcg: str, fits: bool
) -> None:
    said = {"fluid": fluid, "waste": WASTE | {"drug": drug, "mass_mcg": mass_mcg}}
    if fits:
        assert "waste_unaccounted" not in found(filled, **said)
    else:
        assert "1.5 mL ×" in faults(filled, **said)["waste.mass_mcg"]


def test_a_mass_is_compared_as_far_as_its_decimals_go(filled: Opened) -> None:
    thin = {"drug": "morphine", "concentration_mcg_per_ml": "333.333"}
    assert found(filled, fluid=[thin], waste=WASTE | {"mass_mcg": "500"})
    assert "waste.mass_mcg" in faults(filled, fluid=[thin], waste=WASTE | {"mass_mcg": "499.9"})


@pytest.mark.parametrize("kind", ["refilled", "deferred", "wasted"])
@pytest.mark.parametrize("witness", [NURSE, f" {NURSE.upper()} ".replace(" ", "  ")])
def test_the_witness_is_never_the_one_who_records(filled: Opened, kind: str, witness: str) -> None:
    path = "drawn_waste" if kind == "deferred" else "waste"
    more: dict[str, Any] = {"deferred": {"volume_left_ml": "0"}, "wasted": MORPHINE}.get(kind, {})
    says = faults(filled, kind, **more, **{path: WASTE | {"witness": witness}})
    assert "another person" in says[f"{path}.witness"]


def test_a_drug_that_was_not_in_the_fluid_cannot_be_wasted_of_it(filled: Opened) -> None:
    assert "is not in this fluid" in faults(filled, waste=WASTE | {"drug": "fentanyl"})["waste.drug"]


def test_a_controlled_drug_without_a_word_on_its_waste_is_pointed_out(filled: Opened) -> None:
    note = found(filled)["controlled_without_waste"]
    assert (note.weight, note.source) == (Weight.NOTE, "cfr_1308_12")
    baclofen = {"drug": "baclofen", "concentration_mcg_per_ml": "500"}
    assert "controlled_without_waste" not in found(filled, fluid=[baclofen])
    assert "controlled_without_waste" not in found(filled, waste=WASTE)


def test_waste_found_later_is_a_record_of_its_own_and_moves_nothing(filled: Opened) -> None:
    before = filled.row()
    waste = WASTE | {"supplied_ml": "2", "kept_ml": "0.5", "mass_mcg": "15000"}
    filled.say_now("wasted", AT, **MORPHINE, waste=waste, reason="found in the syringe")
    after = filled.row()
    assert before is not None
    assert after is not None
    assert (after.refill_by, after.empty_date, after.tier) == (before.refill_by, before.empty_date, before.tier)
    assert filled.desk.story_of(after.pump_id).state.log[-1].said.entry.kind == "wasted"
    assert "waste_unaccounted" in found(filled, "wasted", **MORPHINE, waste=waste | {"kept_ml": "0"})
