"""Every worked case, answered both explained and as a column."""

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pumplog.calc import bridge, dose
from pumplog.calc.formula import Calculation, is_date
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.residual import RESIDUAL
from pumplog.calc.table import over
from pumplog.quantities import plain

GOLDEN = Path(__file__).parent.parent / "data" / "golden"


def cases(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(newline="") as file:
        return list(csv.DictReader(file))


def value(name: str, text: str) -> Any:
    if text == "":
        return None
    return date.fromisoformat(text) if is_date(name) else Decimal(text)


def known(calculation: Calculation, case: dict[str, str]) -> dict[str, Any]:
    return {name: value(name, case[name]) for name in calculation.inputs if name in case}


def said(name: str, answer: Any) -> str:
    if isinstance(answer, date | str):
        return str(answer)
    if name == "flow_ratio":
        return str(round(Decimal(plain(answer)), 3))
    if name.endswith("_hours"):
        return plain(Decimal(str(round(Decimal(plain(answer)), 2))))
    return plain(answer)


REFILL_ANSWERS = (
    "flow_ml_per_day",
    "days_to_alarm",
    "alarm_date",
    "empty_date",
    "stability_date",
    "refill_by",
    "limited_by",
)
RESIDUAL_ANSWERS = ("expected_ml", "discrepancy_ml", "flow_ratio", "finding")


@pytest.mark.parametrize("case", cases("next_refill.csv"), ids=lambda case: case["case"])
def test_next_refill_agrees_with_the_worked_case(case: dict[str, str]) -> None:
    answer = NEXT_REFILL.explain(known(NEXT_REFILL, case))
    assert {name: said(name, answer[name]) for name in REFILL_ANSWERS} == {n: case[n] for n in REFILL_ANSWERS}
    assert {line.name for line in answer.working} >= set(REFILL_ANSWERS)


@pytest.mark.parametrize("case", cases("residual.csv"), ids=lambda case: case["case"])
def test_residual_agrees_with_the_worked_case(case: dict[str, str]) -> None:
    answer = RESIDUAL.explain(known(RESIDUAL, case))
    assert {name: said(name, answer[name]) for name in RESIDUAL_ANSWERS} == {
        name: case[name] for name in RESIDUAL_ANSWERS
    }


@pytest.mark.parametrize("case", cases("bridge.csv"), ids=lambda case: case["case"])
def test_bridge_agrees_with_the_worked_case(case: dict[str, str]) -> None:
    asked = [bridge.PATH, bridge.BRIDGE, bridge.FORGOTTEN_BRIDGE]
    answered: dict[str, str] = {}
    for calculation in asked:
        given = known(calculation, case)
        if not calculation.reasons_against(calculation.inside(given)):
            answer = calculation.explain(given)
            answered |= {line.name: said(line.name, line.value) for line in answer.working}
    expected = (
        "path_ml",
        "bridge_mcg",
        "bridge_hours",
        "if_forgotten_mcg_per_day",
        "if_forgotten_hours",
        "direction",
    )
    assert answered == {name: case[name] for name in expected if case[name]}


def test_a_flex_day_of_three_steps_agrees_with_case_d11() -> None:
    assert dose.flex_day_dose_mcg([8, 8, 8], [10, 20, 30]) == 480


def test_a_flex_week_agrees_with_case_d12() -> None:
    assert plain(dose.mean_dose_mcg_per_day([400] * 5 + [340] * 2)) == "382.857142857143"


def test_half_a_millilitre_an_hour_empties_20_ml_in_less_than_two_days_as_case_d13_says() -> None:
    assert round(float(dose.lasting_days(Fraction(20), Fraction(12))), 2) == 1.67


@pytest.mark.parametrize(("calculation", "file"), [(NEXT_REFILL, "next_refill.csv"), (RESIDUAL, "residual.csv")])
def test_a_column_of_the_worked_cases_equals_the_explained_answers(calculation: Calculation, file: str) -> None:
    rows = [known(calculation, case) for case in cases(file)]
    answers = over(calculation, {name: [row.get(name) for row in rows] for name in rows[0]})
    assert not answers.refused
    assert len(answers.whole_rows) + len(answers.exact_rows) == len(rows)
