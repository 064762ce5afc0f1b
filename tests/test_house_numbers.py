"""Laws 3 to 5 by reflection: a unit in every name, a source for every number, a working for every formula."""

import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pydantic import BaseModel

import pumplog
from pumplog import calc
from pumplog.calc.formula import FORMULAS, Calculation, Formula, filed, is_date, spoken, unit_of
from pumplog.quantities import SUFFIXES
from pumplog.reference import Reference, load_reference
from pumplog.sources import SOURCES

CALC_MODULES = [
    importlib.import_module(f"pumplog.calc.{found.name}") for found in pkgutil.iter_modules(calc.__path__)
]
CALCULATIONS = {
    f"{module.__name__.rsplit('.', 1)[-1]}.{name}": value
    for module in CALC_MODULES
    for name, value in vars(module).items()
    if isinstance(value, Calculation)
}

WORDS = {
    "course": "legs in the order in which they run",
    "limited_by": "which date decided",
    "finding": "within, evaluate, or stop and investigate",
    "direction": "underdose, overdose or none",
}
"""Quantities that are no number."""

COUNTED_DAYS = ("days_to_", "days_of_")
"""Names the worked cases gave: whole days, counted."""

BUILDING_BLOCKS = {
    "flex_day_dose_mcg": "a part of a programme of steps, which the course walks",
    "mean_dose_mcg_per_day": "for showing a week of steps; dates walk the days ahead",
    "wasted_mcg": "a mass beside a volume that was thrown away",
    "unaccounted_ml": "a count of what was supplied, used, wasted and kept",
    "lasting_days": "asks about a unit that was mistyped",
}
"""Formulas that stand in no calculation of their own."""

NOT_QUANTITIES = {
    "sequence": "a place in the log",
    "latest": "a sequence",
    "seen": "a sequence",
    "step": "a place in a form",
    "reached": "a step",
    "first_bad": "a sequence",
    "body_version": "a version",
    "version": "a version",
    "repeated": "lines of a file",
    "hours": "the name is the unit: one step of a day",
    "level": "how deep a heading stands",
    "line": "a line of a file",
    "position": "a column of a file",
    "share": "of a table's width, beside the other columns",
    "value": "its unit is in the name of the field that holds it",
    "lowest": "bounds a value",
    "highest": "bounds a value",
    "process_id": "the system's name of a process",
    "device": "the system's name of a disk",
    "inode": "the system's name of a file",
    "rank": "a place in an order",
    "harm_rank": "a place in an order",
    "unplaced_cost": "weighs one choice against another; the solver's own scale",
}
"""Numbers that measure nothing."""

DAYS_AND_INSTANTS = {
    "on": "the day of a board or a story",
    "today": "the day that was asked about",
    "at": "the instant of a visit or a point",
    "since": "the instant a standing began",
    "epoch": "the first day of a workbook's calendar",
}
"""Dates and instants that are no part of the record: the shapes the desk hands over name them so."""

NUMBERS = (int, float, Decimal, Fraction)


# --- formulas ---


def every_formula() -> list[Formula]:
    assert CALCULATIONS
    return list(FORMULAS.values())


def each_formula() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", every_formula(), ids=lambda one: f"{one.function.__module__}.{one.name}")


def says_what_it_is(name: str) -> bool:
    unit = unit_of(name)
    measured = unit is not None and f"_{name}".endswith(SUFFIXES) and ("_per_" in name) == ("/" in unit)
    return measured or name in WORDS or is_date(name) or name.startswith(COUNTED_DAYS)


@each_formula()
def test_every_quantity_of_a_formula_carries_its_unit_or_is_a_date_or_a_word(one: Formula) -> None:
    assert [name for name in (one.name, *one.parameters) if not says_what_it_is(name)] == []


@each_formula()
def test_every_formula_has_a_source_a_written_form_and_a_meaning_of_one_line(one: Formula) -> None:
    assert one.source in SOURCES
    assert one.written
    assert one.meaning.endswith(".")
    assert 10 < len(one.meaning) < 120
    lines = (inspect.getdoc(one.function) or "").splitlines()
    assert len(lines) > 1
    assert lines[1] == "", "the first line of the docstring stands alone"


@each_formula()
def test_every_formula_has_an_example_that_is_run(one: Formula) -> None:
    assert [found for found in doctest.DocTestFinder().find(one.function, one.name) if found.examples]


@each_formula()
def test_every_source_that_a_formula_names_is_known(one: Formula) -> None:
    doc = " ".join((inspect.getdoc(one.function) or "").split())
    named = doc.partition("References:")[2].split(">>>")[0]
    keys = {word.strip(".,;()") for word in named.split() if "_" in word}
    assert keys <= SOURCES.keys()


@each_formula()
def test_every_formula_is_used_by_a_calculation_or_is_a_building_block(one: Formula) -> None:
    used = any(one.function in calculation.formulas for calculation in CALCULATIONS.values())
    assert used != (one.name in BUILDING_BLOCKS)


# --- calculations ---


@pytest.mark.parametrize("name", CALCULATIONS)
def test_the_wiring_of_every_calculation_is_closed(name: str) -> None:
    calculation = CALCULATIONS[name]
    known = list(calculation.inputs)
    for function in calculation.formulas:
        assert [needed for needed in filed(function).parameters if needed not in known] == []
        known.append(function.__name__)
    assert len(known) == len(set(known)), "a quantity is worked out once"


@pytest.mark.parametrize("name", CALCULATIONS)
def test_every_requirement_looks_at_inputs_and_says_what_to_do(name: str) -> None:
    calculation = CALCULATIONS[name]
    assert set(calculation.optional) <= set(calculation.inputs)
    for requirement in calculation.requirements:
        assert set(requirement.needs) <= set(calculation.inputs), "a requirement about anything else is never asked"
        assert requirement.says.endswith(".")
        assert ":" in requirement.says or "stopped pump" in requirement.says


@pytest.mark.parametrize("name", CALCULATIONS)
def test_every_quantity_of_a_calculation_can_be_said_aloud(name: str) -> None:
    calculation = CALCULATIONS[name]
    for quantity in (*calculation.inputs, *(function.__name__ for function in calculation.formulas)):
        assert says_what_it_is(quantity)
        assert "_" not in spoken(quantity)


# --- every other name of a number, a date, an instant ---


def every_class() -> Iterator[type]:
    for found in pkgutil.walk_packages(pumplog.__path__, "pumplog."):
        if found.name.startswith("pumplog.screens") or found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            public = inspect.isclass(value) and not value.__name__.startswith("_")
            if public and value.__module__ == found.name:
                yield value


def fields_of(one: type) -> dict[str, Any]:
    if issubclass(one, BaseModel):
        return {name: info.annotation for name, info in one.model_fields.items()}
    if dataclasses.is_dataclass(one):
        hints = typing.get_type_hints(one)
        return {info.name: hints[info.name] for info in dataclasses.fields(one)}
    return {}


def types_in(annotation: Any) -> set[type]:
    """Every plain type in an annotation, but for what a mapping or a callable holds."""
    origin = typing.get_origin(annotation)
    if origin is None:
        return {annotation} if isinstance(annotation, type) else set()
    if origin is typing.Annotated:
        return types_in(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType, tuple, list):
        return {found for inner in typing.get_args(annotation) for found in types_in(inner)}
    return set()


def is_kind(annotation: Any, kinds: tuple[type, ...]) -> bool:
    return any(found in kinds for found in types_in(annotation))


def names(kinds: tuple[type, ...]) -> Iterator[tuple[str, str]]:
    for one in every_class():
        for name, annotation in fields_of(one).items():
            if is_kind(annotation, kinds):
                yield f"{one.__module__}.{one.__name__}", name


def test_every_number_of_every_shape_carries_its_unit() -> None:
    found = list(names(NUMBERS))
    assert len(found) > 60
    assert [
        f"{shape}.{name}"
        for shape, name in found
        if not name.endswith((*SUFFIXES, *(f"{suffix}_offers" for suffix in SUFFIXES)))
        and not name.startswith(COUNTED_DAYS)
        and name not in NOT_QUANTITIES
    ] == []


def test_every_date_says_on_by_or_date_and_every_instant_at() -> None:
    days = [
        f"{shape}.{name}"
        for shape, name in names((date,))
        if not (name.endswith(("_on", "_by", "_date")) or name == "date_of_birth" or name in DAYS_AND_INSTANTS)
    ]
    instants = [
        f"{shape}.{name}"
        for shape, name in names((datetime,))
        if not (name.endswith(("_at", "_at_utc")) or name in DAYS_AND_INSTANTS)
    ]
    assert days + instants == []


def test_nothing_is_excused_that_is_not_there() -> None:
    numbers, moments = {name for _, name in names(NUMBERS)}, {name for _, name in names((date, datetime))}
    quantities = {name for one in every_formula() for name in (one.name, *one.parameters)}
    assert NOT_QUANTITIES.keys() <= numbers
    assert DAYS_AND_INSTANTS.keys() <= moments
    assert BUILDING_BLOCKS.keys() | WORDS.keys() <= quantities


def test_no_shape_below_the_screens_holds_a_binary_float() -> None:
    assert list(names((float,))) == []


# --- reference data ---


def rows_of(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from rows_of(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from rows_of(one)


def keys_of(row: BaseModel) -> list[str]:
    return [
        str(getattr(row, name)) for name in type(row).model_fields if name == "source" or name.endswith("_source")
    ]


def test_every_reference_row_that_holds_a_number_names_a_known_source() -> None:
    reference: Reference = load_reference()
    rows = [row for part in (*reference.pumps, *reference.drugs, reference.policy) for row in rows_of(part)]
    assert len(rows) > 100
    for row in rows:
        assert set(keys_of(row)) <= SOURCES.keys()
        if any(is_kind(info.annotation, NUMBERS) for info in type(row).model_fields.values()):
            assert keys_of(row), f"{row!r} holds a number and names no source"
