"""Headers of a clinic's sheet: which column holds which field, and in which unit."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pumplog.errors import Fault
from pumplog.imports.headers import HEADERS
from pumplog.quantities import Unit, label, read_unit

FIELDS: Final = tuple(HEADERS)
"""Every field a sheet may hold, in the order in which faults are told."""

REQUIRED: Final = (
    "patient_id",
    "patient_name",
    "pump_model",
    "pump_serial",
    "visit_date",
    "drug",
    "concentration",
    "volume_after_fill_ml",
    "daily_dose",
)
"""The fields without which no row of a sheet is a refill visit."""

UNITS: Final[Mapping[str, tuple[Unit, ...]]] = {
    "capacity_ml": (Unit.ML,),
    "alarm_volume_ml": (Unit.ML,),
    "drawn_ml": (Unit.ML,),
    "volume_after_fill_ml": (Unit.ML,),
    "concentration": (Unit.MCG_PER_ML, Unit.MG_PER_ML),
    "daily_dose": (Unit.MCG_PER_DAY, Unit.MG_PER_DAY),
}
"""The fields that are quantities, and the units their header may name; the first is the base unit."""

PER_DAY: Final[Mapping[Unit, Unit]] = {Unit.MCG: Unit.MCG_PER_DAY, Unit.MG: Unit.MG_PER_DAY}
"""What a bare mcg or mg means under a header that says that the dose is a daily one."""

_FIELD_OF: Final[Mapping[str, str]] = {name: field for field, names in HEADERS.items() for name in names}
_FIELD_OF_UNIT: Final[Mapping[Unit, str]] = {
    unit: field for field in ("concentration", "daily_dose") for unit in UNITS[field]
}
_HEADER_LETTERS: Final = 120
"""A longer header names no field; looking for one in it could take for ever."""

_HINT: Final = re.compile(r"[dmyh\W]+|required|optional|if known|date", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column as it was understood; `daily` where its header says that the dose is for a day."""

    position: int
    header: str
    field: str
    unit: Unit | None = None
    daily: bool = False


@dataclass(frozen=True)
class Columns:
    """What the headers were understood to be, and every reason why the sheet cannot be read by them."""

    understood: tuple[Column, ...]
    faults: tuple[Fault, ...]


def recognise_columns(headers: Sequence[str]) -> Columns:
    """Which header is which field, whatever its case, spaces, underscores, unit in brackets or usual name.

    Columns without a header are left out here; a row with something in one is refused.
    """
    understood: dict[str, Column] = {}
    faults: list[Fault] = []
    for position, header in enumerate(headers):
        if not header.strip():
            continue
        column = _column(position, header) or _unknown(header)
        if isinstance(column, Fault):
            faults.append(column)
        elif column.field in understood:
            first = understood[column.field].header
            says = f'The columns "{first}" and "{column.header}" both say {label(column.field).lower()}'
            faults.append(Fault("columns", f"{says}: keep one of them, or rename the other."))
        else:
            understood[column.field] = column
    missing = [field for field in REQUIRED if field not in understood]
    if missing:
        names = ", ".join(f"{label(field).lower()} ({field})" for field in missing)
        faults.append(Fault("columns", f"The sheet has no column for {names}: add it, with its header."))
    return Columns(tuple(understood.values()), tuple(faults))


def recognised_count(headers: Iterable[str]) -> int:
    """How many of the headers are understood, to tell one way of cutting a line into cells from another."""
    return sum(isinstance(_column(0, header), Column) for header in headers if header.strip())


def _column(position: int, header: str) -> Column | Fault | None:
    """The column under this header, or why its unit is wrong; None when no field is called so."""
    if len(header) > _HEADER_LETTERS:
        return None
    shown = _shown(header)
    wrong_unit: Fault | None = None
    for name, unit in _ways_to_read(header):
        field = _FIELD_OF.get(name) if name else _FIELD_OF_UNIT.get(unit or Unit.RATIO)
        if field is None:
            continue
        daily = field == "daily_dose" and bool(re.search(r"dail|day|24|tdd", header.casefold()))
        meant = PER_DAY.get(unit, unit) if unit is not None and daily else unit
        if meant is None or meant in UNITS.get(field, ()):
            return Column(position, shown, field, meant, daily)
        if field in UNITS:
            fitting = " or ".join(unit.value for unit in UNITS[field])
            says = f'The column "{shown}" is in a unit that {label(field).lower()} does not have'
            wrong_unit = Fault("columns", f"{says}: name {fitting} in the header, or in each cell.")
    return wrong_unit


def _ways_to_read(header: str) -> Iterator[tuple[str, Unit | None]]:
    """A header as a squeezed name and a unit: whole, without its brackets, without the unit at its end."""
    yield _squeezed(header), None
    outside, bracket, inside = header.strip().rstrip("*: ").replace("[", "(").partition("(")
    inside = inside.rstrip(")] ")
    if bracket and (unit := read_unit(inside)) is not None:
        yield _squeezed(outside), unit
    elif bracket and (_HINT.fullmatch(inside) or _same_field(outside, inside)):
        yield _squeezed(outside), None
    words = re.findall(r"[\w/]+", header.casefold().replace("_", " "))
    for first in range(len(words)):
        if (unit := read_unit("".join(words[first:]))) is not None:
            yield _squeezed("".join(words[:first])), unit


def _same_field(outside: str, inside: str) -> bool:
    """Whether what is in brackets only says the field again: Hospital number (MRN)."""
    field = _FIELD_OF.get(_squeezed(inside))
    return field is not None and field == _FIELD_OF.get(_squeezed(outside))


def _unknown(header: str) -> Fault:
    """The refusal of a header that is no field, with the nearest that is one."""
    shown = _shown(header)
    near = difflib.get_close_matches(_squeezed(shown), _FIELD_OF, n=1, cutoff=0.6)
    guess = f" Did you mean {label(_FIELD_OF[near[0]]).lower()} ({_FIELD_OF[near[0]]})?" if near else ""
    return Fault("columns", f'The column "{shown}" is not known.{guess} Rename it, or take it out of the sheet.')


def _shown(header: str) -> str:
    """A header as it is told to a person."""
    return " ".join(header.split())[:60]


def _squeezed(text: str) -> str:
    """Letters and digits alone, without capitals."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
