"""The column law: a column of answers equals the explained answer for every row, exactly."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.calc.bridge import BRIDGE, FORGOTTEN_BRIDGE, MIXED, PATH
from pumplog.calc.formula import Calculation
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.residual import RESIDUAL
from pumplog.calc.table import over, scale_of, value_of
from pumplog.errors import CalculationRefused
from pumplog.quantities import plain


def amounts(top: int, places: int = 6) -> st.SearchStrategy[Any]:
    exact = st.decimals(min_value=-1, max_value=top, places=places, allow_nan=False, allow_infinity=False)
    round_ones = st.decimals(min_value=0, max_value=top, places=1, allow_nan=False, allow_infinity=False)
    return st.one_of(st.none(), exact, round_ones, st.integers(0, top).map(Decimal))


REFILL_ROW = st.fixed_dictionaries(
    {
        "filled_on": st.one_of(st.none(), st.dates(date(1979, 6, 1), date(2200, 6, 1))),
        "volume_after_fill_ml": amounts(1000, 3),
        "alarm_volume_ml": amounts(5, 3),
        "concentration_mcg_per_ml": amounts(1_000_000),
        "dose_mcg_per_day": amounts(1_000_000),
        "max_patient_bolus_mcg_per_day": amounts(1000),
        "stability_limit_days": st.one_of(st.none(), st.integers(-1, 40_000)),
        "margin_days": st.one_of(st.none(), st.integers(-1, 400)),
        "drug_filled_on": st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2100, 1, 1))),
    }
)


def explained(calculation: Calculation, row: dict[str, Any]) -> dict[str, Any] | tuple[str, ...]:
    try:
        return calculation.answer(row)
    except CalculationRefused as refused:
        return refused.reasons


def column_says(calculation: Calculation, rows: list[dict[str, Any]]) -> list[dict[str, Any] | tuple[str, ...]]:
    answers = over(calculation, {name: [row[name] for row in rows] for name in rows[0]})
    said: dict[int, dict[str, Any] | tuple[str, ...]] = dict(answers.refused)
    names = [*calculation.inputs, *(function.__name__ for function in calculation.formulas)]
    for place, row in enumerate(answers.whole_rows):
        said[int(row)] = {name: value_of(name, answers.whole[name][place]) for name in names}
    for place, row in enumerate(answers.exact_rows):
        said[int(row)] = {name: answers.exact[name][place] for name in names}
    assert sorted(said) == list(range(len(rows)))
    return [said[row] for row in range(len(rows))]


def same(name: str, column: Any, scalar: Any, *, whole: bool) -> bool:
    if isinstance(scalar, date):
        return bool(column == scalar.toordinal())
    if whole and name == "flow_ml_per_day":
        return plain(column) == plain(scalar)
    return bool(column == scalar)


def assert_law(calculation: Calculation, rows: list[dict[str, Any]]) -> None:
    for row, column in zip(rows, column_says(calculation, rows), strict=True):
        scalar = explained(calculation, row)
        if isinstance(scalar, tuple) or isinstance(column, tuple):
            assert column == scalar
        else:
            assert column.keys() == scalar.keys()
            wrong = [n for n in scalar if not same(n, column[n], scalar[n], whole=calculation.in_whole_numbers)]
            assert wrong == []


@settings(max_examples=150, deadline=None)
@given(st.lists(REFILL_ROW, min_size=1, max_size=8))
def test_next_refill_over_columns_equals_the_explained_answers(rows: list[dict[str, Any]]) -> None:
    assert_law(NEXT_REFILL, rows)


@pytest.mark.parametrize(
    ("calculation", "tops"),
    [
        (RESIDUAL, (40, 40, 40)),
        (PATH, (2, 110, 1)),
        (BRIDGE, (2, 110, 1, 4000, 2000)),
        (FORGOTTEN_BRIDGE, (2, 110, 1, 4000, 4000, 2000)),
        (MIXED, (5, 4000, 40, 4000)),
    ],
    ids=lambda case: case.title if isinstance(case, Calculation) else "",
)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_other_calculations_over_columns_equal_the_explained_answers(
    calculation: Calculation, tops: tuple[int, ...], data: st.DataObject
) -> None:
    asked = [name for name in calculation.inputs if name not in calculation.optional]
    row = st.fixed_dictionaries(dict(zip(asked, map(amounts, tops), strict=True)))
    assert_law(calculation, data.draw(st.lists(row, min_size=1, max_size=6)))


def test_the_largest_numbers_let_in_do_not_overflow_a_whole_column() -> None:
    assert_law(
        NEXT_REFILL,
        [
            {
                "filled_on": date(2026, 1, 5),
                "volume_after_fill_ml": Decimal(1000),
                "alarm_volume_ml": Decimal("0.001"),
                "concentration_mcg_per_ml": Decimal("999999.999"),
                "dose_mcg_per_day": dose,
            }
            for dose in (Decimal(1_000_000), Decimal("999999.999999"), Decimal("27397.260274"))
        ],
    )


def test_five_point_one_millilitres_is_62_days_where_binary_floats_say_61() -> None:
    answer = NEXT_REFILL.answer(
        {
            "filled_on": date(2026, 1, 5),
            "volume_after_fill_ml": Decimal("5.1"),
            "alarm_volume_ml": Decimal(2),
            "concentration_mcg_per_ml": Decimal(500),
            "dose_mcg_per_day": Decimal(25),
        }
    )
    assert (5.1 - 2) * 500 // 25 == 61
    assert answer["days_to_alarm"] == 62


@given(
    volume=st.decimals(min_value=Decimal("2.1"), max_value=40, places=1),
    dose=st.integers(20, 2000),
    more=st.integers(1, 500),
    alarm=st.decimals(min_value=0, max_value=2, places=1),
)
def test_more_dose_or_a_higher_alarm_volume_never_gives_a_later_date(
    volume: Decimal, dose: int, more: int, alarm: Decimal
) -> None:
    def refill_by(dose_mcg_per_day: int, alarm_volume_ml: Decimal) -> date:
        answer = NEXT_REFILL.answer(
            {
                "filled_on": date(2026, 1, 5),
                "volume_after_fill_ml": volume,
                "alarm_volume_ml": alarm_volume_ml,
                "concentration_mcg_per_ml": Decimal(2000),
                "dose_mcg_per_day": Decimal(dose_mcg_per_day),
            }
        )
        found: date = answer["refill_by"]
        return found

    assert refill_by(dose + more, alarm) <= refill_by(dose, alarm)
    assert refill_by(dose, alarm + Decimal("0.05")) <= refill_by(dose, alarm)


def test_every_whole_column_has_a_scale() -> None:
    names = [*NEXT_REFILL.inputs, *(function.__name__ for function in NEXT_REFILL.formulas)]
    assert [name for name in names if scale_of(name) is None] == []
