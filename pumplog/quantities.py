"""The one door for numbers and dates: read what a person typed, convert it, show it.

Everything inside is mcg, mL and day, exactly (`Decimal`). What cannot be read with certainty
is refused with a sentence that names the field and the mend; nothing is guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, Literal

from pumplog.errors import EntryRefused, Fault

SUFFIXES: Final = (
    "_ml",
    "_mcg",
    "_mcg_per_ml",
    "_mcg_per_day",
    "_ml_per_day",
    "_mcg_per_hour",
    "_days",
    "_hours",
    "_cm",
    "_ml_per_cm",
    "_ratio",
    "_count",
)
"""Every name of a number ends in one of these; the house test enforces it."""

DECIMALS_COUNT: Final = 12
"""No number is read, written or exported with more digits after the point than this."""


class Unit(StrEnum):
    """The units a number may be asked for or typed in; the value is how it is written."""

    ML = "mL"
    MCG = "mcg"
    MG = "mg"
    MCG_PER_ML = "mcg/mL"
    MG_PER_ML = "mg/mL"
    MCG_PER_DAY = "mcg/day"
    MG_PER_DAY = "mg/day"
    ML_PER_DAY = "mL/day"
    ML_PER_HOUR = "mL/h"
    MCG_PER_HOUR = "mcg/h"
    MG_PER_HOUR = "mg/h"
    DAYS = "days"
    HOURS = "h"
    CM = "cm"
    ML_PER_CM = "mL/cm"
    RATIO = ""


class Comma(StrEnum):
    """What one comma before exactly three digits means: a question, thousands, or a refusal."""

    ASK = "ask"
    THOUSANDS = "thousands"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Reading:
    """What was understood: the exact value in the unit asked for, and the sentence to read back."""

    value: Decimal
    unit: Unit
    says: str


CEILING: Final[Mapping[Unit, Decimal]] = {
    Unit.ML: Decimal(1_000),
    Unit.MCG: Decimal(1_000_000),
    Unit.MCG_PER_ML: Decimal(1_000_000),
    Unit.MCG_PER_DAY: Decimal(1_000_000),
    Unit.ML_PER_DAY: Decimal(1_000),
    Unit.ML_PER_HOUR: Decimal(1_000),
    Unit.MCG_PER_HOUR: Decimal(1_000_000),
    Unit.DAYS: Decimal(10_000),
    Unit.HOURS: Decimal(10_000),
    Unit.CM: Decimal(1_000),
    Unit.ML_PER_CM: Decimal(10),
    Unit.RATIO: Decimal(1_000_000),
}
"""House policy: above this a number is a slip of the hand, whatever the pump. Keys are the base units."""

_ONE: Final = Decimal(1)
_THOUSAND: Final = Decimal(1000)
_EXACT: Final = Context(prec=80)
_MG_IN_MCG: Final[Mapping[Unit, Unit]] = {
    Unit.MG: Unit.MCG,
    Unit.MG_PER_ML: Unit.MCG_PER_ML,
    Unit.MG_PER_DAY: Unit.MCG_PER_DAY,
    Unit.MG_PER_HOUR: Unit.MCG_PER_HOUR,
}
"""The units that are a thousand of their base unit."""

_PARTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("ml", "mls", "cc", "millilitre", "millilitres", "milliliter", "milliliters"), "mL"),
    **dict.fromkeys(("mcg", "mcgs", "ug", "ugs", "microgram", "micrograms"), "mcg"),
    **dict.fromkeys(("mg", "mgs", "milligram", "milligrams"), "mg"),
    **dict.fromkeys(("day", "days", "d", "24h", "24hr", "24hrs", "24hours"), "day"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("cm", "centimetre", "centimetres", "centimeter", "centimeters"), "cm"),
}
_UNITS: Final[Mapping[str, Unit]] = {**{unit.value: unit for unit in Unit if unit.value}, "day": Unit.DAYS}
_NUMBER: Final = re.compile(r"\s*([-−–]?)\s*([0-9.,]*[0-9][0-9.,]*)\s*(.*)", re.DOTALL)
_PLAIN_NUMBER: Final = re.compile(r"[0-9]+|[0-9]*\.[0-9]+")
_DECIMAL_COMMA: Final = re.compile(r"[0-9]*,(?:[0-9]{1,2}|[0-9]{4,})|0,[0-9]{3}")
_ONE_COMMA_THREE_DIGITS: Final = re.compile(r"[0-9]+,[0-9]{3}")
_GROUPED_BY_COMMA: Final = re.compile(r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})")
_GROUPED_BY_POINT: Final = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})")
_THOUSANDS_COMMA: Final = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")

_MONTH_NAMES: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_TIME: Final = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.0*)?)?)?"
_ISO_DAY: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})" + _TIME)
_DAY_MONTH_NAME: Final = re.compile(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[-/ .,]{1,2}(?P<month>[A-Za-z]{3,9})[-/ .,]{1,2}(?P<year>[0-9]+)"
)
_MONTH_NAME_DAY: Final = re.compile(
    r"(?P<month>[A-Za-z]{3,9})[-/ .]{1,2}(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[-/ .,]{1,2}(?P<year>[0-9]+)"
)
_THREE_NUMBERS: Final = re.compile(r"(?P<first>[0-9]{1,2})[-/. ](?P<second>[0-9]{1,2})[-/. ](?P<year>[0-9]+)" + _TIME)


def label(field: str) -> str:
    """The name of a field as a sentence begins with it: `fluid.0.drawn_ml` gives Drawn."""
    name = field.rsplit(".", 1)[-1]
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if name.endswith(suffix):
            name = name.removesuffix(suffix)
            break
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def read_unit(text: str) -> Unit | None:
    """The unit that a text spells, in any of its usual spellings; None when it spells none of ours."""
    squeezed = re.sub(r"\s+", "", text.casefold().replace("µ", "u").replace("μ", "u"))
    squeezed = re.sub(r"(?<=[a-z])per(?=[a-z0-9])", "/", squeezed).rstrip(".")
    squeezed = re.sub(r"(?<=g|l)daily$", "/day", squeezed)
    parts = [_PARTS.get(part) for part in squeezed.split("/")]
    if None in parts:
        return None
    return _UNITS.get("/".join(part for part in parts if part))


def read_quantity(text: str, *, field: str, base: Unit, assumed: Unit | None, comma: Comma) -> Reading:
    """What a person typed, exactly, in the base unit; refused when any of it is in doubt.

    A unit in the text wins over `assumed` (the one in the field's label or the column's header).
    """
    typed = _cleaned(text, field=field, example=_example(base))
    match = _NUMBER.fullmatch(typed)
    if match is None:
        raise _refused(field, f"{_quoted(typed)} is not a number; write digits, for example {_example(base)}.")
    sign, digits, rest = match.groups()
    unit = _unit_meant(typed, rest, field=field, base=base, assumed=assumed)
    if sign:
        raise _refused(field, f"{_quoted(typed)} is negative; write the positive amount that was meant.")
    point_only = _point_only(digits, field=field, unit=unit, comma=comma)
    if len(point_only.partition(".")[2]) > DECIMALS_COUNT:
        raise _refused(field, f"it has more than {DECIMALS_COUNT} decimals; round it and write it again.")
    number = Decimal(point_only)
    value = _EXACT.multiply(number, _THOUSAND if unit in _MG_IN_MCG else _ONE)
    if value > CEILING[base]:
        most = show(CEILING[base], base)
        raise _refused(field, f"{_quoted(typed)} is absurdly large (over {most}); check the number and its unit.")
    says = show(value, base, DECIMALS_COUNT)
    if unit is not base:
        says = f"{says} ({show(number, unit, DECIMALS_COUNT)})"
    return Reading(value=Decimal(plain(value)), unit=base, says=says)


def _unit_meant(typed: str, rest: str, *, field: str, base: Unit, assumed: Unit | None) -> Unit:
    """The unit after the number, or the assumed one; refused unless it measures what the field holds."""
    wanted = _choices(base)
    if not rest:
        if assumed is None and base is not Unit.RATIO:
            raise _refused(field, f"{_quoted(typed)} has no unit; say {wanted}, for example {_example(base)}.")
        return assumed or Unit.RATIO
    unit = read_unit(rest)
    if unit is not None and _MG_IN_MCG.get(unit, unit) is base:
        return unit
    if re.fullmatch(r"[eE][-+]?[0-9]+", rest):
        raise _refused(field, f"{_quoted(typed)} is a power of ten; write the number out in plain digits.")
    if unit is None and re.search(r"[0-9]", rest):
        raise _refused(field, f"{_quoted(typed)} holds more than one number; write one, as {_example(base)}.")
    if base is Unit.RATIO:
        raise _refused(field, f"{_quoted(typed)} has something after the number; write the number alone.")
    if unit in (Unit.ML_PER_HOUR, Unit.MCG_PER_HOUR, Unit.MG_PER_HOUR) and base in (
        Unit.ML_PER_DAY,
        Unit.MCG_PER_DAY,
    ):
        raise _refused(field, f"{_quoted(typed)} is per hour and this is per day; multiply by 24, say {wanted}.")
    raise _refused(field, f"{_quoted(typed)} has a unit that does not fit here; say {wanted}.")


def _point_only(digits: str, *, field: str, unit: Unit, comma: Comma) -> str:
    """The digits with a decimal point and without grouping, by the comma rules."""
    if _PLAIN_NUMBER.fullmatch(digits):
        return digits
    if _DECIMAL_COMMA.fullmatch(digits):
        return digits.replace(",", ".")
    if _GROUPED_BY_COMMA.fullmatch(digits):
        return digits.replace(",", "")
    if _GROUPED_BY_POINT.fullmatch(digits):
        return digits.replace(".", "").replace(",", ".")
    if comma is Comma.THOUSANDS and _THOUSANDS_COMMA.fullmatch(digits):
        return digits.replace(",", "")
    if _ONE_COMMA_THREE_DIGITS.fullmatch(digits):
        small = show(Decimal(digits.replace(",", ".")), unit, DECIMALS_COUNT)
        large = show(Decimal(digits.replace(",", "")), unit).replace(",", "")
        if comma is Comma.ASK:
            raise _refused(field, f"does {_quoted(digits)} mean {small} or {large}? Write it without the comma.")
        raise _refused(field, f"{_quoted(digits)} can mean {small} or {large}; write it without the comma.")
    raise _refused(field, f"{_quoted(digits)} is not one clear number; write it as {_example(unit)}.")


def read_date(text: str, *, field: str, date_order: Literal["dmy", "mdy"] | None) -> date:
    """The day a person typed, in any usual spelling; refused when it can be two days or none."""
    typed = _cleaned(text, field=field, example="5 May 2026")
    mend = "write it as 5 May 2026 or 2026-05-05."
    if match := _ISO_DAY.fullmatch(typed):
        return _day(typed, field, *(int(part) for part in match.groups()))
    match = _DAY_MONTH_NAME.fullmatch(typed) or _MONTH_NAME_DAY.fullmatch(typed)
    if match and (month := _month(match["month"])):
        return _day(typed, field, _year(typed, match["year"], field), month, int(match["day"]))
    if match := _THREE_NUMBERS.fullmatch(typed):
        first, second = int(match["first"]), int(match["second"])
        year = _year(typed, match["year"], field)
        day_first, month_first = second <= 12, first <= 12
        if date_order is None and day_first and month_first and first != second:
            one, other = _day(typed, field, year, second, first), _day(typed, field, year, first, second)
            two = f"{_quoted(typed)} can mean {show_date(one)} or {show_date(other)}"
            raise _refused(field, f"{two}; write the month in letters, or say the date order.")
        said_otherwise = (date_order == "mdy" and not month_first) or (date_order == "dmy" and not day_first)
        if said_otherwise and (day_first or month_first):
            raise _refused(field, f"{_quoted(typed)} does not follow the date order that was said; {mend}")
        if date_order == "mdy" or (date_order is None and not day_first):
            return _day(typed, field, year, first, second)
        return _day(typed, field, year, second, first)
    raise _refused(field, f"{_quoted(typed)} is not a date that can be read; {mend}")


def _month(word: str) -> int | None:
    """The month a word names, whole or shortened to three letters or more."""
    for number, name in enumerate(_MONTH_NAMES, start=1):
        if len(word) >= 3 and name.casefold().startswith(word.casefold()):
            return number
    return None


def _year(typed: str, digits: str, field: str) -> int:
    """The year, which must be written with four digits."""
    if len(digits) != 4:
        raise _refused(field, f"{_quoted(typed)} needs a year of four digits; write it as 5 May 2026.")
    return int(digits)


def _day(typed: str, field: str, year: int, month: int, day: int) -> date:
    """That day of the calendar, refused when there is none."""
    if not 1900 <= year <= 2199:
        raise _refused(field, f"{_quoted(typed)} has a year that cannot be right; write it as 5 May 2026.")
    try:
        return date(year, month, day)
    except ValueError:
        raise _refused(field, f"{_quoted(typed)} is not a day of the calendar; check day and month.") from None


def show(value: Decimal | Fraction | int, unit: Unit, decimals: int | None = None) -> str:
    """A number as ISMP asks it to be written: 2,000 mcg/mL, 0.5 mL; never 5.0, never .5.

    What ends within six decimals is shown whole; the rest is rounded half-even to three,
    or to `decimals` where given. Only for eyes: never compare or store what this returns.
    """
    exact = plain(value)
    if decimals is None:
        decimals = 6 if len(exact.partition(".")[2]) <= 6 else 3
    rounded = _rounded(Fraction(value), decimals) if len(exact.partition(".")[2]) > decimals else exact
    if rounded == "0":
        rounded = exact
    whole, point, fraction = rounded.removeprefix("-").partition(".")
    minus = "-" if rounded.startswith("-") else ""
    written = "day" if unit is Unit.DAYS and whole == "1" and not fraction else unit.value
    return f"{minus}{int(whole):,}{point}{fraction} {written}".rstrip()


def show_date(day: date) -> str:
    """A date with its month in letters: 5 May 2026."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1][:3]} {day.year}"


def plain(value: Decimal | Fraction | int) -> str:
    """A number for machines: plain digits, no exponent, no trailing zeros; at most 12 decimals, half-even."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        if len(text.partition(".")[2]) <= DECIMALS_COUNT:
            return _tidy(text)
    return _rounded(Fraction(value), DECIMALS_COUNT)


def _rounded(exact: Fraction, decimals: int) -> str:
    """The exact fraction rounded once, half-even, to so many decimals."""
    scaled = round(exact * 10**decimals)
    digits = f"{abs(scaled):0{decimals + 1}d}"
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return _tidy(f"{'-' if scaled < 0 else ''}{whole}.{fraction}")


def _tidy(text: str) -> str:
    """Plain digits without trailing zeros after the point, and without a minus before zero."""
    tidy = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if tidy in ("", "-", "-0") else tidy


def _cleaned(text: str, *, field: str, example: str) -> str:
    """The text without stray spaces; refused when there is nothing, or far too much."""
    typed = " ".join(text.split())
    if not typed:
        raise _refused(field, f"it is empty; write it, for example {example}.")
    if len(typed) > 60:
        raise _refused(field, f"there is too much text here; write it alone, for example {example}.")
    return typed


def _example(base: Unit) -> str:
    """How a good answer in that unit looks."""
    number = "500" if base in (Unit.MCG, Unit.MCG_PER_ML, Unit.MCG_PER_DAY) else "1.5"
    return f"{number} {base.value}".rstrip()


def _choices(base: Unit) -> str:
    """The units a person may write for that base unit: mcg/mL or mg/mL."""
    milligrams = [unit.value for unit, of in _MG_IN_MCG.items() if of is base]
    return " or ".join([base.value, *milligrams])


def _quoted(typed: str) -> str:
    """What was typed, in quotes; words are not repeated, they could be somebody's name."""
    words = re.findall(r"[^\W\d_]+", typed.casefold())
    known = all(len(word) <= 2 or word in _PARTS or word == "per" or _month(word) for word in words)
    return f'"{typed}"' if known and typed.isprintable() and re.search(r"[0-9]", typed) else "what is written"


def _refused(field: str, says: str) -> EntryRefused:
    """The refusal of one field, its sentence beginning with the field's name."""
    return EntryRefused(Fault(field, f"{label(field)}: {says}"))
