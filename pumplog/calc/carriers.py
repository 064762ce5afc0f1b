"""The few operations that differ between a value and a column.

A formula is written once with plain operators and runs on three carriers:

value            `Fraction` (amounts), `int` (days, and dates as proleptic ordinals), `None` (not given)
whole column     numpy int64 in the smallest units of `SCALE`, `ABSENT` for not given
object column    numpy object array of values, for rows that do not fit the whole numbers

Fractions, because a third of a millilitre does not end in decimals: sums of such parts stay exact,
so a day is never lost to rounding. In whole numbers µL × pg/µL ÷ pg/day needs no factor, fits 64 bits
(proof beside `SCALE`) and `//` is exact.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
Carrier = Any
"""A value, a whole column or an object column: formulas do not care which."""

ABSENT = np.iinfo(np.int64).min
"""Stands for "not given" in a whole column."""

# How many of the smallest unit make one of the named unit.
# Proof that int64 holds: quantities.CEILING lets through at most 1,000 mL = 10^6 µL,
# 10^6 mcg/mL = 10^9 pg/µL, 10^6 mcg/day = 10^12 pg/day and a ratio of 10 = 10^4 thousandths.
#   volume × concentration × nominal ratio <= 10^6 × 10^9 × 10^3 = 10^18        < 9.2 × 10^18
#   (dose + bolus) × ratio                 <= 2 × 10^12 × 10^4   = 2 × 10^16    < 9.2 × 10^18
# `next_refill` refuses more than 24 reservoirs a day and more than 36,500 days, so
#   36,500 × dose                          <= 7.3 × 10^16
#   24 × volume × concentration            <= 2.4 × 10^16
#   quotient: whole part <= 2.4 × 10^7 µL/day × 10^9 = 2.4 × 10^16, remainder < 10^9 × 10^9 = 10^18.
SCALE: dict[str, int] = {
    "_ml": 10**3,
    "_mcg_per_ml": 10**3,
    "_mcg_per_day": 10**6,
    "_ml_per_day": 10**12,
    "_ratio": 10**3,
    "_days": 1,
    "_on": 1,
    "_date": 1,
    "_by": 1,
}

_MICROLITRE_STEPS = 10**9
"""From whole µL to 10^-12 mL, in which a flow is answered, rounded half-even once."""


def is_whole(carrier: Carrier) -> bool:
    """Whether this is a column of whole numbers."""
    return isinstance(carrier, np.ndarray) and carrier.dtype != object


def is_column(carrier: Carrier) -> bool:
    """Whether this is a column of either kind."""
    return isinstance(carrier, np.ndarray)


def _by_row(operation: Callable[..., Any], *carriers: Carrier) -> Column:
    apply: Any = np.frompyfunc(operation, len(carriers), 1)
    result: Column = apply(*carriers)
    return result


def quotient(numerator: Carrier, denominator: Carrier) -> Carrier:
    """Numerator ÷ denominator: exact as a value; in a whole column 10^-12 mL, half-even once.

    In a whole column the numerator is in pg/day and the denominator in pg/µL, so the answer is a flow.
    """
    if is_whole(numerator):
        whole, rest = np.divmod(numerator, denominator)
        parts, left = np.divmod(rest * _MICROLITRE_STEPS, denominator)
        up = (2 * left > denominator) | ((2 * left == denominator) & (parts % 2 == 1))
        rounded: Column = whole * _MICROLITRE_STEPS + parts + up
        return rounded
    if is_column(numerator) or is_column(denominator):
        return _by_row(lambda top, bottom: Fraction(top) / Fraction(bottom), numerator, denominator)
    return Fraction(numerator) / Fraction(denominator)


def day_after(day: Carrier, days: Carrier) -> Carrier:
    """The day so many days later; not given when the number of days is not given."""
    if is_whole(days):
        return np.where(days == ABSENT, ABSENT, day + days)
    if is_column(days):
        return _by_row(_value_day_after, day, days)
    return _value_day_after(day, days)


def _value_day_after(day: int, days: int | None) -> int | None:
    return None if days is None else day + int(days)


def earlier(day: Carrier, other_day: Carrier) -> Carrier:
    """The earlier of two days; the first when the other is not given."""
    if is_whole(day):
        return np.where(other_day == ABSENT, day, np.minimum(day, other_day))
    if is_column(day):
        return _by_row(_value_earlier, day, other_day)
    return _value_earlier(day, other_day)


def _value_earlier(day: int, other_day: int | None) -> int:
    return day if other_day is None else min(day, other_day)


def name_of_earlier(day: Carrier, name: str, other_day: Carrier, other_name: str) -> Carrier:
    """Which of two days comes first, in words; the first on a tie."""
    if is_whole(day):
        other_decides = (other_day != ABSENT) & (other_day < day)
        return np.where(other_decides, other_name, name)

    def of_value(one: int, other: int | None) -> str:
        return other_name if other is not None and other < one else name

    if is_column(day):
        return _by_row(of_value, day, other_day)
    return of_value(day, other_day)


def choose(condition: Carrier, if_so: Carrier, if_not: Carrier) -> Carrier:
    """`if_so` where the condition holds, `if_not` elsewhere."""
    if is_column(condition):
        return np.where(condition.astype(bool), if_so, if_not)
    return if_so if condition else if_not


def ratio_or_none(numerator: Carrier, denominator: Carrier) -> Carrier:
    """Numerator ÷ denominator of values or an object column; none where the denominator is 0."""

    def of_value(top: Any, bottom: Any) -> Fraction | None:
        return None if bottom == 0 else Fraction(top) / Fraction(bottom)

    if is_column(numerator) or is_column(denominator):
        return _by_row(of_value, numerator, denominator)
    return of_value(numerator, denominator)
