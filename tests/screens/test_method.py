"""The Method page: every formula, every source and every reference value is on it, each case worked out live."""

import re
from fractions import Fraction
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.calc.formula import FORMULAS, Calculation, Formula
from pumplog.outlook import Tier, alarmed_tier
from pumplog.quantities import Unit, show
from pumplog.reference import ALARM_KINDS, load_reference
from pumplog.screens.method_cases import CALCULATIONS, building_blocks, worked
from pumplog.screens.method_formulas import about
from pumplog.screens.method_sources import grade_words, source_html
from pumplog.sources import SOURCES, Grade, Kind, Source
from tests.screens.conftest import OpenApp
from tests.test_house_numbers import BUILDING_BLOCKS
from tests.test_house_numbers import CALCULATIONS as EVERY_CALCULATION

CODE_NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")


@pytest.fixture
def app(open_app: OpenApp) -> AppTest:
    return open_app("method")


def said(app: AppTest) -> str:
    return unescape(" ".join(one.proto.body for one in app.get("html") if "<style>" not in one.proto.body))


def words_of(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_every_calculation_has_a_place_and_a_worked_case() -> None:
    assert set(map(id, CALCULATIONS)) == set(map(id, EVERY_CALCULATION.values()))
    for calculation in CALCULATIONS:
        case, answer = worked(calculation)
        assert case.says.endswith(".")
        assert set(case.known) <= set(calculation.inputs)
        assert len(answer.working) == len(calculation.formulas)


def test_the_building_blocks_are_the_formulas_without_a_calculation() -> None:
    assert {one.name for one in building_blocks()} == BUILDING_BLOCKS.keys()


@pytest.mark.parametrize(
    ("title", "name", "says"),
    [
        ("Next refill", "refill_by", "28 Apr 2026"),
        ("Next refill of a course that changes on the way", "days_to_alarm", "354 days"),
        ("Next refill of a pump without an alarm", "refill_by", "30 Jan 2026"),
        ("Residual: expected against drawn", "finding", "stop and investigate"),
        ("Path volume", "path_ml", "0.375 mL"),
        ("Bridge bolus", "bridge_hours", "45 h"),
        ("If the bridge is forgotten", "if_forgotten_mcg_per_day", "25 mcg/day"),
        ("Concentration mixed in the reservoir", "mixed_mcg_per_ml", "1,925 mcg/mL"),
        ("Dose of a periodic bolus programme", "periodic_bolus_dose_mcg_per_day", "224 mcg/day"),
        ("Dose at a known flow", "flow_dose_mcg_per_day", "1,000 mcg/day"),
    ],
)
def test_a_worked_case_gives_what_was_worked_by_hand(title: str, name: str, says: str) -> None:
    [calculation] = [one for one in CALCULATIONS if one.title == title]
    _, answer = worked(calculation)
    assert {line.name: line.shown for line in answer.working}[name] == says


def test_every_formula_is_on_the_page_with_its_meaning(app: AppTest) -> None:
    assert not app.exception
    shown = said(app)
    assert [one.name for one in FORMULAS.values() if one.meaning not in shown] == []


def test_every_source_is_on_the_page_with_its_grade_in_words(app: AppTest) -> None:
    shown = words_of(said(app))
    for one in SOURCES.values():
        assert one.title in shown
        assert grade_words(one) in shown


def test_no_code_name_is_shown_to_a_nurse(app: AppTest) -> None:
    text = words_of(said(app))
    assert set(CODE_NAME.findall(text)) == set()


def test_house_policy_is_called_house_policy(app: AppTest) -> None:
    shown = words_of(said(app))
    policy = load_reference().policy
    assert policy.margin_days.source == "house_policy"
    assert re.search(r"Margin 7 days .*?House policy", shown)


def test_what_is_unverified_says_so_beside_the_value(app: AppTest) -> None:
    shown = words_of(said(app))
    offered = [
        (show(value.value, Unit.ML), value.unverified)
        for pump in load_reference().pumps
        for value in pump.tubing_volume_ml_offers
    ]
    assert offered
    for value, unverified in offered:
        assert unverified
        assert re.search(
            rf"Tubing volume {re.escape(value)} [^|]{{0,60}}General knowledge \? unverified: check", shown
        )


def test_every_pump_drug_and_alarm_is_on_the_page(app: AppTest) -> None:
    shown = said(app)
    reference = load_reference()
    assert [pump.name for pump in reference.pumps if pump.name not in shown] == []
    assert [drug.name for drug in reference.drugs if drug.name.capitalize() not in shown] == []
    assert reference.version in " ".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("one", SOURCES.values(), ids=lambda one: one.key)
def test_a_grade_is_in_words_and_never_flatters(one: Source) -> None:
    words = grade_words(one)
    assert words.startswith("unverified: ") == (one.grade is Grade.UNVERIFIED)
    assert (words == "house policy") == (one.kind is Kind.HOUSE_POLICY)
    assert one.title in unescape(source_html(one.key))


@pytest.mark.parametrize("one", FORMULAS.values(), ids=lambda one: f"{one.function.__module__}.{one.name}")
def test_a_docstring_is_read_whole_and_without_its_examples(one: Formula) -> None:
    read = about(one.function)
    assert ">>>" not in read.why + " ".join(read.parts.values())
    assert not CODE_NAME.findall(read.why + " ".join(read.parts.values()))
    assert read.parts.keys() <= {"Parameters", "Returns", "Limits", "References"}


def test_a_calculation_without_requirements_has_no_list_of_refusals(app: AppTest) -> None:
    empty = [one.title for one in CALCULATIONS if not one.requirements]
    assert isinstance(CALCULATIONS[0], Calculation)
    assert said(app).count("When there is no answer") == len(CALCULATIONS) - len(empty)


def test_a_part_that_does_not_end_is_rounded_for_show_alone() -> None:
    [residual] = [one for one in CALCULATIONS if one.title.startswith("Residual")]
    _, answer = worked(residual)
    assert answer["flow_ratio"] == Fraction(111, 135)
    assert {line.name: line.shown for line in answer.working}["flow_ratio"] == "0.822"


def test_every_alarm_stands_beside_the_tier_it_leads_to(app: AppTest) -> None:
    rows = re.findall(r"<tr><td><span class=\"pl-badge pl-tier-([a-z_]+)\">.*?</tr>", said(app))
    assert rows == [tier.value for tier in Tier]
    table = re.search(r'<table class="pl-table pl-tiers">.*?</table>', said(app), re.DOTALL)
    assert table is not None
    for code, kind in ALARM_KINDS.items():
        row = next(row for row in table.group().split("<tr>") if f"<li>{kind.words}</li>" in row)
        assert f"pl-tier-{alarmed_tier([code], running=True).value}" in row
