"""From what the model layer found to sentences for a nurse."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pumplog.errors import Fault
from pumplog.quantities import label

_Sentence = Callable[[str, Mapping[str, Any], ErrorDetails], str]


def _missing(name: str, _context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} is missing: type it."


def _unknown(_name: str, _context: Mapping[str, Any], error: ErrorDetails) -> str:
    return f'"{error["loc"][-1]}" is not a field of this entry: remove it, or check its spelling.'


def _not_a_number(name: str, _context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f'{name} is not a number: write a plain decimal such as "12.5".'


def _too_low(name: str, context: Mapping[str, Any], _error: ErrorDetails) -> str:
    if "gt" in context:
        return f"{name} must be above {context['gt']}: check the number."
    return f"{name} must not be below {context['ge']}: check the number."


def _too_high(name: str, context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} is absurdly large, above {context['le']:,}: check the number and its unit."


def _decimals(name: str, _context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} has too many decimals: write 12 at the most."


def _choice(name: str, context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} must be one of {context.get('expected', context.get('expected_tags'))}: choose one."


def _zone(name: str, _context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} does not say its time zone: write it as 2026-05-05T10:30+02:00."


def _date(name: str, _context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} is not a date we can read: write it as 2026-05-05."


def _time(name: str, _context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} is not a time we can read: write it as 2026-05-05T10:30+02:00."


def _blank(name: str, _context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} is blank: type it, or leave the field out."


def _long(name: str, context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} is too long: keep it to {context.get('max_length')}."


def _pattern(name: str, _context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} has signs that do not belong there: scan it again, or leave it out."


def _few(name: str, context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return f"{name} has too few items: give at least {context.get('min_length')}."


def _own_words(_name: str, context: Mapping[str, Any], _error: ErrorDetails) -> str:
    return str(context["error"])


_SENTENCES: Mapping[str, _Sentence] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "decimal_parsing": _not_a_number,
    "decimal_type": _not_a_number,
    "finite_number": _not_a_number,
    "int_parsing": _not_a_number,
    "int_type": _not_a_number,
    "int_from_float": _not_a_number,
    "greater_than": _too_low,
    "greater_than_equal": _too_low,
    "less_than_equal": _too_high,
    "decimal_max_places": _decimals,
    "decimal_max_digits": _decimals,
    "decimal_whole_digits": _decimals,
    "literal_error": _choice,
    "union_tag_invalid": _choice,
    "union_tag_not_found": _missing,
    "timezone_aware": _zone,
    "date_parsing": _date,
    "date_from_datetime_parsing": _date,
    "date_from_datetime_inexact": _date,
    "date_type": _date,
    "datetime_parsing": _time,
    "datetime_from_date_parsing": _time,
    "datetime_type": _time,
    "string_too_short": _blank,
    "string_too_long": _long,
    "string_pattern_mismatch": _pattern,
    "too_long": _long,
    "too_short": _few,
    "value_error": _own_words,
}


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """One fault for each thing that did not fit, with the path of its field.

    A list whose items did not fit is also reported as too short: only the items' own faults are kept.
    """
    found = error.errors(include_url=False, include_input=False)
    paths = [details["loc"] for details in found]

    def follows_from_another(details: ErrorDetails) -> bool:
        own = details["loc"]
        return details["type"] == "too_short" and any(
            len(path) > len(own) and path[: len(own)] == own for path in paths
        )

    return tuple(_fault(details) for details in found if not follows_from_another(details))


def _fault(details: ErrorDetails) -> Fault:
    path = ".".join(str(step) for step in details["loc"]) or "entry"
    context = details.get("ctx", {})
    name = label(path)
    sentence = _SENTENCES.get(details["type"])
    if sentence is None:
        return Fault(path, f"{name} does not fit: {details['msg']}.")
    return Fault(path, sentence(name, context, details))
