"""A calculation over columns: the same formulas, on whole numbers where they fit, row by row exact elsewhere.

Rows whose numbers are whole in the smallest units of `carriers.SCALE` run as int64 columns; the others as
object columns of fractions. Refused rows are set aside with the same reasons as `Calculation.explain` gives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pumplog.calc.carriers import ABSENT, SCALE, Column
from pumplog.calc.formula import As, Calculation, filed, unit_of
from pumplog.quantities import Unit

Bools = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """Answers by name, one column each, for the rows in `accepted`; the reasons for the others.

    `whole` holds the rows that ran as whole numbers: their amounts count the smallest unit (see `value_of`).
    """

    whole_rows: Whole
    whole: Mapping[str, Column]
    exact_rows: Whole
    exact: Mapping[str, Column]
    refused: Mapping[int, tuple[str, ...]]


@cache
def scale_of(name: str) -> int | None:
    """How many smallest units make one unit of this name, or None when it has no whole-number column."""
    if unit_of(name) is Unit.DAYS:
        return 1
    matches = [suffix for suffix in SCALE if name.endswith(suffix)]
    return SCALE[max(matches, key=len)] if matches else None


@dataclass(frozen=True)
class Coded:
    """A column as codes into its distinct values (Decimal, Fraction, int, date or None)."""

    codes: Whole
    values: Sequence[Any]

    @classmethod
    def of(cls, column: "Sequence[Any] | Coded") -> "Coded":
        """The column itself when it is coded, else each row its own value."""
        return column if isinstance(column, Coded) else cls(np.arange(len(column)), column)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Any:
        return self.values[self.codes[row]]


def whole_column(name: str, column: Coded) -> tuple[Whole, Bools]:
    """The column in smallest units, and which rows fit; those not given count as fitting."""
    scale = scale_of(name)
    numbers = np.full(len(column.values), ABSENT, dtype=np.int64)
    fits = np.ones(len(column.values), dtype=np.bool_)
    for place, value in enumerate(column.values):
        if value is None:
            continue
        number = _whole(value, scale)
        if number is None:
            fits[place] = False
        else:
            numbers[place] = number
    return numbers[column.codes], fits[column.codes]


def _whole(value: Any, scale: int | None) -> int | None:
    if isinstance(value, date):
        return value.toordinal()
    if scale is None:
        return None
    if isinstance(value, Decimal):
        scaled = value * scale
        return int(scaled) if scaled == int(scaled) else None
    fraction = Fraction(value) * scale
    return int(fraction) if fraction.denominator == 1 else None


def over(calculation: Calculation, table: Mapping[str, Sequence[Any] | Coded]) -> Answers:
    """The answers for every row of a table of values; a column that is absent is not given anywhere."""
    rows_count = len(next(iter(table.values()))) if table else 0
    given = {name: Coded.of(table[name]) if name in table else None for name in calculation.inputs}
    if not calculation.in_whole_numbers or any(name.endswith("_ratio") for name in table):
        return _over_exact(calculation, given, np.arange(rows_count), {})
    numbers: dict[str, Whole] = {}
    fits = np.ones(rows_count, dtype=np.bool_)
    for name, values in given.items():
        if values is None:
            numbers[name] = np.full(rows_count, ABSENT, dtype=np.int64)
        else:
            numbers[name], column_fits = whole_column(name, values)
            fits &= column_fits
    rows = np.flatnonzero(fits)
    whole = over_whole(calculation, {name: column[rows] for name, column in numbers.items()})
    refused = {int(rows[row]): reasons for row, reasons in whole.refused.items()}
    exact = _over_exact(calculation, given, np.flatnonzero(~fits), refused)
    return Answers(rows[whole.whole_rows], whole.whole, exact.exact_rows, exact.exact, exact.refused)


def over_whole(calculation: Calculation, table: Mapping[str, Whole]) -> Answers:
    """The answers for columns already in smallest units: the fast road, a million rows a second."""
    columns = dict(table)
    rows_count = len(next(iter(columns.values())))
    for name, stand_in in calculation.optional.items():
        if isinstance(stand_in, As):
            stands_in: Whole | np.int64 = columns[stand_in.name]
        else:
            stands_in = np.int64(_stand_in(name, stand_in))
        absent = columns.get(name)
        if absent is None:
            columns[name] = np.broadcast_to(stands_in, rows_count)
        else:
            columns[name] = np.where(absent == ABSENT, stands_in, absent)
    refusals = _refusals(calculation, columns, rows_count)
    accepted = np.ones(rows_count, dtype=np.bool_)
    accepted[list(refusals)] = False
    rows = np.flatnonzero(accepted)
    if len(rows) < rows_count:
        columns = {name: column[rows] for name, column in columns.items()}
    answers: dict[str, Column] = dict(columns)
    for function in calculation.formulas:
        answers[function.__name__] = function(*(answers[name] for name in filed(function).parameters))
    return Answers(rows, answers, np.empty(0, dtype=np.int64), {}, refusals)


def _stand_in(name: str, value: Any) -> int:
    whole = None if value is None else _whole(value, scale_of(name))
    return ABSENT if whole is None else whole


def _refusals(calculation: Calculation, columns: Mapping[str, Whole], rows_count: int) -> dict[int, tuple[str, ...]]:
    """The reasons of each refused row: found by column, worded by the calculation itself."""
    doubtful = np.zeros(rows_count, dtype=np.bool_)
    for name in calculation.inputs:
        if name not in calculation.optional:
            doubtful |= columns[name] == ABSENT
    for requirement in calculation.requirements:
        if all(name.endswith("_ratio") for name in requirement.needs):
            continue  # only stand-ins here, and those hold
        given = [columns[name] for name in requirement.needs]
        present = np.logical_and.reduce([column != ABSENT for column in given])
        holds = np.asarray(requirement.holds(*given), dtype=np.bool_)
        doubtful |= present & ~holds
    refusals = {}
    for row in np.flatnonzero(doubtful):
        known = {name: value_of(name, columns[name][row]) for name in calculation.inputs}
        refusals[int(row)] = tuple(calculation.reasons_against(known))
    return refusals


def _over_exact(
    calculation: Calculation,
    table: Mapping[str, Coded | None],
    rows: Whole,
    refused: Mapping[int, tuple[str, ...]],
) -> Answers:
    """The rows that do not fit whole numbers, as object columns of exact fractions."""
    reasons_of = dict(refused)
    accepted: list[int] = []
    known_of: list[dict[str, Any]] = []
    for row in rows.tolist():
        known = calculation.inside(
            {name: values[row] if values is not None else None for name, values in table.items()}
        )
        reasons = calculation.reasons_against(known)
        if reasons:
            reasons_of[row] = tuple(reasons)
        else:
            accepted.append(row)
            known_of.append(known)
    answers: dict[str, Column] = {}
    if accepted:
        answers = {name: _objects([known[name] for known in known_of]) for name in calculation.inputs}
        for function in calculation.formulas:
            answers[function.__name__] = function(*(answers[name] for name in filed(function).parameters))
    return Answers(np.empty(0, dtype=np.int64), {}, np.array(accepted, dtype=np.int64), answers, reasons_of)


def _objects(values: Sequence[Any]) -> Column:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def value_of(name: str, number: Any) -> Any:
    """The exact value that a whole number stands for: Fraction, int of days, ordinal of a date, or None."""
    if isinstance(number, np.str_ | str):
        return str(number)
    if int(number) == ABSENT:
        return None
    scale = scale_of(name)
    if scale is None:
        raise KeyError(name)
    return int(number) if scale == 1 else Fraction(int(number), scale)
