"""What should be left at a visit, over every programme change since the last known volume."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from pumplog.calc.formula import Answer
from tests.stories.clinic import SERIAL, Clinic, Opened

SLOW = {"mode": "simple_continuous", "dose_mcg_per_day": "500"}
FLUID = [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}]
REASONS = {
    "dose_step": "A. Osei decided",
    "concentration_change": "checked by two",
    "residual_evaluate": "read twice",
    "residual_stop": "interrogated",
}


def told(opened: Opened, *entries: tuple[str, str, dict[str, Any]]) -> Answer:
    """The residual of the last of some entries."""
    opened.register()
    for kind, at, fields in entries:
        asked = {"second_checker": "A. Osei"} if kind != "registered" else {}
        opened.say(kind, at, **asked, confirmed=REASONS, **fields)
    residual = opened.desk.story(SERIAL).visits[-1].residual
    assert residual is not None
    return residual


def numbers(residual: Answer) -> tuple[Fraction, Fraction, Fraction | None]:
    return residual["expected_ml"], residual["discrepancy_ml"], residual["flow_ratio"]


def test_every_programme_change_since_the_fill_counts(tmp_path: Path) -> None:
    """1 mL/day for 5 days, 2 for 3, primed 0.5, a bolus of 0.2 at the change: 11.7 mL programmed of 20."""
    residual = told(
        Clinic(tmp_path).on_paper(),
        ("refilled", "2026-01-06T09:00Z", {"fluid": FLUID, "programme": SLOW, "priming_ml": "0.5"}),
        (
            "reprogrammed",
            "2026-01-11T09:00Z",
            {"programme": {**SLOW, "dose_mcg_per_day": "1000"}, "single_bolus_mcg": "100"},
        ),
        ("refilled", "2026-01-14T09:00Z", {"fluid": FLUID, "programme": SLOW, "drawn_ml": "8"}),
    )
    assert numbers(residual) == (Fraction("8.3"), Fraction("0.3"), Fraction("12") / Fraction("11.7"))


def test_a_deferred_visit_begins_the_count_anew(tmp_path: Path) -> None:
    """10 mL put back, 1 mL/day for 4 days: 6 expected; the days before do not count."""
    residual = told(
        Clinic(tmp_path).on_paper(),
        ("refilled", "2026-01-06T09:00Z", {"fluid": FLUID, "programme": SLOW}),
        ("deferred", "2026-01-16T09:00Z", {"volume_left_ml": "10"}),
        ("refilled", "2026-01-20T09:00Z", {"fluid": FLUID, "programme": SLOW, "drawn_ml": "5.6"}),
    )
    assert numbers(residual) == (Fraction(6), Fraction("0.4"), Fraction("1.1"))


def test_a_bridge_counts_by_its_path_and_then_the_programme(tmp_path: Path) -> None:
    """Case D18: 0.375 mL in 45 h, then 0.05 mL/day for 10 days."""
    weak = {"fluid": FLUID, "programme": {**SLOW, "dose_mcg_per_day": "100"}}
    strong = {
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
        "programme": {**SLOW, "dose_mcg_per_day": "100"},
        "bridge": {"given": True, "path_ml": "0.375", "bridge_mcg": "187.5", "bridge_hours": "45"},
    }
    opened = Clinic(tmp_path).on_paper()
    residual = told(
        opened,
        ("refilled", "2026-01-06T09:00Z", weak),
        ("refilled", "2026-03-01T12:00Z", strong),
        ("deferred", "2026-03-13T09:00Z", {"drawn_ml": "19.125", "volume_left_ml": "19.125"}),
    )
    assert numbers(residual) == (Fraction("19.125"), Fraction(0), Fraction(1))


def test_a_night_of_23_hours_counts_as_23_hours(tmp_path: Path) -> None:
    residual = told(
        Clinic(tmp_path, zone="Europe/Berlin").on_paper(),
        ("refilled", "2026-03-28T12:00+01:00", {"fluid": FLUID, "programme": SLOW}),
        ("deferred", "2026-03-30T12:00+02:00", {"drawn_ml": "18", "volume_left_ml": "18"}),
    )
    assert residual["expected_ml"] == 20 - Fraction(47, 24)


def test_a_late_programme_change_changes_what_was_expected(tmp_path: Path) -> None:
    opened = Clinic(tmp_path).on_paper()
    residual = told(
        opened,
        ("refilled", "2026-01-06T09:00Z", {"fluid": FLUID, "programme": SLOW}),
        ("refilled", "2026-01-16T09:00Z", {"fluid": FLUID, "programme": SLOW, "drawn_ml": "5"}),
    )
    assert numbers(residual) == (Fraction(10), Fraction(5), Fraction("1.5"))
    opened.say(
        "reprogrammed",
        "2026-01-11T09:00Z",
        programme={**SLOW, "dose_mcg_per_day": "1000"},
        late_reason="paper form",
        confirmed=REASONS,
        second_checker="A. Osei",
    )
    again = opened.desk.story(SERIAL).visits[-1].residual
    assert again is not None
    assert numbers(again) == (Fraction(5), Fraction(0), Fraction(1))


def test_no_residual_before_the_first_fill_or_without_a_drawn_volume(tmp_path: Path) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.register()
    opened.say("refilled", "2026-01-06T09:00Z", drawn_ml="3")
    opened.say("refilled", "2026-01-16T09:00Z")
    assert [line.residual for line in opened.desk.story(SERIAL).visits] == [None, None]
