"""Values as machines read them: exact decimals as strings, days and counts as integers, dates as ISO text.

What does not apply is null in JSON.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from pumplog.calc.formula import Line
from pumplog.quantities import plain


def plain_value(value: Any) -> Any:
    """One value as JSON holds it."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | Fraction):
        return plain(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence):
        return [plain_value(one) for one in value]
    return str(value)


def working_records(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The working, a record a line; `with_numbers` is the written form with this case's numbers in it."""
    return [
        {
            "name": line.name,
            "meaning": line.meaning,
            "written": line.written,
            "with_numbers": line.with_numbers,
            "value": plain_value(line.value),
            "unit": line.unit,
            "source": line.source,
        }
        for line in lines
    ]


def answer_record(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named quantities of an answer; null where they do not apply."""
    return {name: plain_value(values.get(name)) for name in names}
