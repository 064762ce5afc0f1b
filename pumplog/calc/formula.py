"""What a formula is, and what a calculation made of formulas can do.

A formula is a plain function named after the quantity it returns; its parameter names are the wiring.
A calculation is a title, requirements and an ordered tuple of formulas. `explain` answers one case with
every line of working; `over` (in `pumplog.calc.table`) answers columns of cases with the same formulas.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from pumplog import quantities
from pumplog.errors import CalculationRefused
from pumplog.quantities import Unit
from pumplog.sources import source

Function = TypeVar("Function", bound=Callable[..., Any])
Known = Mapping[str, Any]

_UNIT_OF_SUFFIX: tuple[tuple[str, Unit], ...] = (
    ("_mcg_per_ml", Unit.MCG_PER_ML),
    ("_ml_per_day", Unit.ML_PER_DAY),
    ("_mcg_per_day", Unit.MCG_PER_DAY),
    ("_mcg_per_hour", Unit.MCG_PER_HOUR),
    ("_ml_per_cm", Unit.ML_PER_CM),
    ("_mcg", Unit.MCG),
    ("_ml", Unit.ML),
    ("_days", Unit.DAYS),
    ("_hours", Unit.HOURS),
    ("_cm", Unit.CM),
    ("_ratio", Unit.RATIO),
)
_DATE_ENDINGS = ("_on", "_by", "_date")
_COUNTED_DAYS = ("days_to_", "days_of_")


@lru_cache(maxsize=1024)
def unit_of(name: str) -> Unit | None:
    """The unit a name carries, or None for dates and words."""
    if name.startswith(_COUNTED_DAYS):
        return Unit.DAYS
    return next((unit for suffix, unit in _UNIT_OF_SUFFIX if f"_{name}".endswith(suffix)), None)


def is_date(name: str) -> bool:
    """Whether a name stands for a date."""
    return name.endswith(_DATE_ENDINGS)


@dataclass(frozen=True)
class Formula:
    """One formula on file: the function, its written form and where it comes from."""

    function: Callable[..., Any]
    written: str
    source: str

    @property
    def name(self) -> str:
        """The quantity it returns."""
        return self.function.__name__

    @property
    def meaning(self) -> str:
        """The first line of its docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The quantities it needs."""
        return tuple(inspect.signature(self.function).parameters)


@dataclass(frozen=True)
class As:
    """Stands in for an input that was not given: the same as another input."""

    name: str


FORMULAS: dict[str, Formula] = {}
"""Every formula by `module.name`, in the order in which they were filed."""


def formula(*, written: str, source_key: str) -> Callable[[Function], Function]:
    """File a function as a formula and return it unchanged, so that doctests and types survive."""
    source(source_key)

    def file(function: Function) -> Function:
        FORMULAS[f"{function.__module__}.{function.__name__}"] = Formula(function, written, source_key)
        return function

    return file


def filed(function: Callable[..., Any]) -> Formula:
    """The filed form of a formula."""
    return FORMULAS[f"{function.__module__}.{function.__name__}"]


@dataclass(frozen=True)
class Requirement:
    """What must hold before a calculation answers; `says` is the reason given when it does not.

    `needs` are the quantities the test looks at: it is asked only when all of them are given.
    """

    needs: tuple[str, ...]
    holds: Callable[..., Any]
    says: str


@dataclass(frozen=True)
class Line:
    """One line of working."""

    name: str
    meaning: str
    written: str
    with_numbers: str
    value: Any
    unit: str
    source: str

    @property
    def shown(self) -> str:
        """The value as a person reads it."""
        return shown(self.name, self.value)


@dataclass(frozen=True)
class Answer:
    """The values of a calculation by name, inputs included, and its working."""

    values: Mapping[str, Any]
    working: tuple[Line, ...]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Calculation:
    """A title, what is asked, what must hold, and the formulas in order.

    `optional` names inputs that may be absent, with the value that stands in (None: stays not given).
    `in_whole_numbers` says that columns may run as whole numbers of the smallest units.
    """

    title: str
    inputs: tuple[str, ...]
    formulas: tuple[Callable[..., Any], ...]
    requirements: tuple[Requirement, ...] = ()
    optional: Mapping[str, Any] = field(default_factory=dict)
    in_whole_numbers: bool = False

    def reasons_against(self, known: Known) -> list[str]:
        """Every reason why there is no answer; empty when there is one."""
        reasons = [not_given(name) for name in self.inputs if known.get(name) is None and name not in self.optional]
        for requirement in self.requirements:
            given = [known.get(name) for name in requirement.needs]
            if all(value is not None for value in given) and not requirement.holds(*given):
                reasons.append(requirement.says)
        return reasons

    def answer(self, known: Known) -> dict[str, Any]:
        """Every quantity by name, without the working; dates are dates.

        Raises CalculationRefused with every reason.
        """
        values = self.inside(known)
        reasons = self.reasons_against(values)
        if reasons:
            raise CalculationRefused(*reasons)
        for function in self.formulas:
            needed = filed(function).parameters
            values[function.__name__] = function(*(values[name] for name in needed))
        return {name: _outside(name, value) for name, value in values.items()}

    def explain(self, known: Known) -> Answer:
        """The answer with every line of working. Raises CalculationRefused with every reason."""
        values = self.answer(known)
        return Answer(values, tuple(line_of(filed(function), values) for function in self.formulas))

    def inside(self, known: Known) -> dict[str, Any]:
        """The inputs as the formulas take them: dates as ordinals, amounts as fractions."""
        return {name: _to_carrier(name, value) for name, value in self.with_defaults(known).items()}

    def with_defaults(self, known: Known) -> dict[str, Any]:
        """The inputs of this calculation, with what stands in for those not given."""
        given = {name: known.get(name) for name in self.inputs}
        for name, value in self.optional.items():
            if given.get(name) is None:
                given[name] = known.get(value.name) if isinstance(value, As) else value
        return given


def _to_carrier(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, Decimal):
        amount = Fraction(value)
        return amount.numerator if unit_of(name) is Unit.DAYS and amount.denominator == 1 else amount
    return value


def _outside(name: str, value: Any) -> Any:
    if is_date(name) and isinstance(value, int):
        return date.fromordinal(value)
    return value


def line_of(filed_formula: Formula, values: Known) -> Line:
    """The line of working that a formula leaves for these values."""
    name = filed_formula.name
    unit = unit_of(name)
    return Line(
        name=name,
        meaning=filed_formula.meaning,
        written=_in_words(filed_formula),
        with_numbers=_substituted(filed_formula, values),
        value=values[name],
        unit=unit.value if unit else "",
        source=filed_formula.source,
    )


def _in_words(filed_formula: Formula) -> str:
    return re.sub(r"\b[a-z][a-z_]+\b", _spoken_if_name(filed_formula), filed_formula.written)


def _spoken_if_name(filed_formula: Formula) -> Callable[[re.Match[str]], str]:
    names = set(filed_formula.parameters)
    return lambda match: spoken(match.group()) if match.group() in names else match.group()


def _substituted(filed_formula: Formula, values: Known) -> str:
    names = set(filed_formula.parameters)

    def number(match: re.Match[str]) -> str:
        name = match.group()
        return shown(name, values.get(name)) if name in names else name

    return re.sub(r"\b[a-z][a-z_]+\b", number, filed_formula.written)


def shown(name: str, value: Any) -> str:
    """A value as a person reads it, with the unit its name carries."""
    if value is None:
        return "not given"
    if isinstance(value, date):
        return quantities.show_date(value)
    unit = unit_of(name)
    if isinstance(value, int | Decimal | Fraction) and unit is not None:
        return quantities.show(value, unit)
    return str(value)


def not_given(name: str) -> str:
    """The reason against an answer when a quantity is missing."""
    words = spoken(name)
    return f"{words[:1].upper()}{words[1:]} is not given: type it."


_SPOKEN = {
    "filled_on": "fill date",
    "dose_mcg_per_day": "dose per day",
    "planned_dose_mcg_per_day": "planned dose per day",
    "max_patient_bolus_mcg_per_day": "largest allotted patient boluses per day",
    "old_mcg_per_ml": "old concentration",
    "new_mcg_per_ml": "new concentration",
    "ml_per_cm": "catheter volume per cm",
    "catheter_cm": "implanted catheter length",
    "tubing_ml": "pump tubing volume",
    "refill_by": "refill by",
    "limited_by": "limited by",
}


def spoken(name: str) -> str:
    """A quantity's name as a person says it: without its unit, without underscores."""
    if name in _SPOKEN:
        return _SPOKEN[name]
    if name.endswith("_date") or name.startswith(_COUNTED_DAYS):
        return name.replace("_", " ")
    for suffix, _ in _UNIT_OF_SUFFIX:
        if name.endswith(suffix):
            per_day = " per day" if suffix.endswith("_per_day") else ""
            ending = " ratio" if suffix == "_ratio" else per_day
            return (name.removesuffix(suffix) + ending).replace("_", " ")
    return name.replace("_", " ")
