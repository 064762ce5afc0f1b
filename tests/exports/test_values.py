"""Values as machines read them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from pumplog.exports.records import harmless
from pumplog.exports.values import plain_value
from pumplog.outlook import Tier


@pytest.mark.parametrize(
    ("value", "record"),
    [
        (None, None),
        (True, True),
        (13, 13),
        ("alarm", "alarm"),
        (Decimal("20.00"), "20"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-12"), "0.000000000001"),
        (Decimal("-0.0"), "0"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(5, 10**13), "0"),
        (Fraction(15, 10**13), "0.000000000002"),
        (Fraction(25, 10**13), "0.000000000002"),
        (date(2026, 5, 5), "2026-05-05"),
        (datetime(2026, 5, 5, 9, tzinfo=UTC), "2026-05-05T09:00:00Z"),
        (Tier.PAST_ALARM, "past_alarm"),
        (("one", Fraction(1, 2)), ["one", "0.5"]),
    ],
    ids=repr,
)
def test_a_value_leaves_plain_and_exact(value: Any, record: Any) -> None:
    assert plain_value(value) == record
    assert type(plain_value(value)) is type(record)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"a{text}") == f"a{text}"
    assert harmless(None) == ""
