"""Which fields of an entry may leave without a person in them: decided by what a field can hold, closed by default.

A number, a yes or no, or one of a closed list of words cannot name anybody and goes out as it is. A day or an instant
goes out as days since an index day. Text goes out only where it can be turned into a code or a name of our own list;
all other text, and whatever is new and not known here, stays in the house.
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime

from pumplog.entries import KINDS, Corrected, PumpEntry
from pumplog.entries.base import Part


class Sort(StrEnum):
    """What is done with a field on its way out."""

    DECIMAL = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    WORD = "one of these words"
    WORDS = "some of these words, with a space between"
    DAYS = "days since the index day of the patient"
    PERSON = "random code of a person of the staff"
    SITE = "random code of a site"
    ENTRY = "random code of the entry that is meant"
    DRUG = "name from the list of drugs, else other"
    MODEL = "name from the list of pump models, else other"


@dataclass(frozen=True)
class Column:
    """One column: the way to its field from the entry, or from the item of a list, and what is done with it."""

    name: str
    path: tuple[str, ...]
    sort: Sort
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One kind of entry, or a list inside one: `path` leads to the list from what holds it."""

    name: str
    path: tuple[str, ...]
    columns: tuple[Column, ...]
    lists: tuple["Table", ...]


PUMP: Final = "pump"
"""The table of the pumps, beside those of the kinds."""

NEVER: Final = frozenset({"kind", "pump_serial", "happened_at", "date_of_birth", "confirmed", "expiry_on"})
"""Fields that have a column of their own or none: the day becomes happened_days, the birth an age group.

The expiry of a package is nearly always the end of a month: some of them, in days, would tell the index day.
"""

_TEXT_SORTS: Final[Mapping[str, Sort]] = types.MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("refilled_by", "second_checker", "owner", "interrogated_by", "found_by", "cleared_by", "called_by"),
                *("scored_by", "witness", "prescriber", "clinician"),
            ),
            Sort.PERSON,
        ),
        **dict.fromkeys(("clinic_site", "site"), Sort.SITE),
        **dict.fromkeys(
            ("alarm_event_id", "booking_event_id", "plan_event_id", "visit_event_id"),
            Sort.ENTRY,
        ),
        "drug": Sort.DRUG,
        "model": Sort.MODEL,
    }
)
"""The only texts that go out, each as something else than what was typed."""

_PLAIN: Final[Mapping[object, Sort]] = types.MappingProxyType(
    {
        Decimal: Sort.DECIMAL,
        int: Sort.WHOLE,
        bool: Sort.YES_NO,
        date: Sort.DAYS,
        datetime: Sort.DAYS,
        AwareDatetime: Sort.DAYS,
    }
)


def _bare(annotation: Any) -> tuple[Any, ...]:
    """What a field may hold, without limits and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(one for part in get_args(annotation) for one in _bare(part) if one is not types.NoneType)
    return (annotation,)


def _table(name: str, path: tuple[str, ...], *models: type[Part]) -> Table:
    columns: dict[str, Column] = {}
    lists: dict[str, Table] = {}
    for model in models:
        for one in _fields(model, ()):
            if isinstance(one, Column):
                known = columns.setdefault(one.name, one)
                columns[one.name] = replace(known, words=tuple(dict.fromkeys((*known.words, *one.words))))
            else:
                lists.setdefault(one.name, Table(f"{name}_{one.name}", one.path, one.columns, one.lists))
    return Table(name, path, tuple(columns.values()), tuple(_renamed(one) for one in lists.values()))


def _renamed(table: Table) -> Table:
    """The same, with the lists in it named after it."""
    lists = (Table(f"{table.name}_{one.path[-1]}", one.path, one.columns, one.lists) for one in table.lists)
    return Table(table.name, table.path, table.columns, tuple(_renamed(one) for one in lists))


def _fields(model: type[Part], way: tuple[str, ...]) -> Iterator[Column | Table]:
    """The columns of a part and of the parts in it, and the lists of parts; nothing else goes out."""
    for name, field in model.model_fields.items():
        if name in NEVER:
            continue
        path = (*way, name)
        held = _bare(field.annotation)
        parts = [one for one in held if isinstance(one, type) and issubclass(one, Part)]
        if parts:
            for part in parts:
                yield from _fields(part, path)
        elif get_origin(held[0]) is tuple:
            yield from _of_a_list(path, _bare(get_args(held[0])[0]))
        else:
            yield from _column(path, held[0])


def _of_a_list(path: tuple[str, ...], items: tuple[Any, ...]) -> Iterator[Column | Table]:
    if all(isinstance(one, type) and issubclass(one, Part) for one in items):
        yield _table("_".join(path), path, *items)
    elif get_origin(items[0]) is Literal:
        yield Column("_".join(path), path, Sort.WORDS, get_args(items[0]))


def _column(path: tuple[str, ...], held: Any) -> Iterator[Column]:
    name = "_".join(path)
    sort = _TEXT_SORTS.get(path[-1]) if held is str else _PLAIN.get(held)
    if get_origin(held) is Literal:
        yield Column(name, path, Sort.WORD, get_args(held))
    elif sort is Sort.DAYS:
        yield Column(f"{name.rsplit('_', 1)[0]}_days", path, sort)
    elif sort is not None:
        yield Column(name, path, sort)


TABLES: Final[Mapping[str, Table]] = types.MappingProxyType(
    {
        kind: _table(kind, (), model)
        for kind, model in KINDS.items()
        if issubclass(model, PumpEntry) and model is not Corrected
    }
)
"""By kind of entry. What is about the record or the clinic's days, and corrections themselves, stay in the house."""


def every_table() -> Iterator[Table]:
    """Each table and each list in it."""
    todo = list(TABLES.values())
    while todo:
        table = todo.pop(0)
        yield table
        todo = [*table.lists, *todo]
