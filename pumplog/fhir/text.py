"""A resource as JSON text with every decimal exactly as it was recorded: a binary float would lose digits."""

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pumplog.quantities import plain


def json_text(value: Any) -> str:
    """The text of a value: mappings, lists, texts, whole numbers, exact numbers, yes and no."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{json_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(json_text, value)) + "]"
    if isinstance(value, Decimal | Fraction):
        return plain(value)
    if isinstance(value, float):
        raise TypeError("a binary float has no exact text: give a Decimal")
    return json.dumps(value, ensure_ascii=False)
