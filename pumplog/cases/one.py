"""The calculators of the command line: their columns in and out, and one case answered with its working."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pumplog.calc.bridge import BRIDGE_PARTS
from pumplog.calc.formula import Calculation, Line, is_date, not_given, unit_of
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.residual import RESIDUAL
from pumplog.errors import CalculationRefused, EntryRefused, Fault
from pumplog.quantities import Comma, Unit, read_date, read_quantity

_PLAIN_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")


@dataclass(frozen=True)
class Calculator:
    """A calculator of the command line: its columns in and out, and the calculations that answer.

    With more than one calculation each answers what its inputs allow; a row is refused when none does.
    """

    name: str
    inputs: tuple[str, ...]
    answers: tuple[str, ...]
    calculations: tuple[Calculation, ...]


NEXT_REFILL_CALCULATOR = Calculator(
    "next-refill",
    (
        "filled_on",
        "volume_after_fill_ml",
        "alarm_volume_ml",
        "concentration_mcg_per_ml",
        "dose_mcg_per_day",
        "max_patient_bolus_mcg_per_day",
        "stability_limit_days",
        "margin_days",
    ),
    (
        "flow_ml_per_day",
        "days_to_alarm",
        "alarm_date",
        "empty_date",
        "stability_date",
        "refill_by",
        "limited_by",
        "days_of_grace",
        "early_alarm_date",
    ),
    (NEXT_REFILL,),
)
RESIDUAL_CALCULATOR = Calculator(
    "residual",
    ("volume_after_fill_ml", "programmed_ml", "drawn_ml"),
    ("expected_ml", "discrepancy_ml", "flow_ratio", "finding"),
    (RESIDUAL,),
)
BRIDGE_CALCULATOR = Calculator(
    "bridge",
    (
        "tubing_ml",
        "catheter_cm",
        "ml_per_cm",
        "old_mcg_per_ml",
        "new_mcg_per_ml",
        "old_dose_mcg_per_day",
        "new_dose_mcg_per_day",
    ),
    ("path_ml", "bridge_mcg", "bridge_hours", "if_forgotten_mcg_per_day", "if_forgotten_hours", "direction"),
    BRIDGE_PARTS,
)
CALCULATORS = (NEXT_REFILL_CALCULATOR, RESIDUAL_CALCULATOR, BRIDGE_CALCULATOR)


def read_value(name: str, text: str) -> Any:
    """One input as typed: a date, or an exact decimal in the unit its name carries; None when blank.

    Raises EntryRefused with a sentence that names the column and the mend.
    """
    typed = text.strip()
    if not typed:
        return None
    if is_date(name):
        return read_date(typed, field=name, date_order=None)
    if _PLAIN_NUMBER.fullmatch(typed):
        return Decimal(typed)
    unit = unit_of(name) or Unit.RATIO
    comma = Comma.THOUSANDS if unit in (Unit.MCG_PER_ML, Unit.MCG_PER_DAY) else Comma.REFUSE
    return read_quantity(typed, field=name, base=unit, assumed=unit, comma=comma).value


def explain_case(calculator: Calculator, typed: Mapping[str, str]) -> tuple[dict[str, Any], list[Line]]:
    """Answer one case with its working: the answers by name, and the lines.

    Raises CalculationRefused with every reason, unreadable inputs included.
    """
    known, faults = _read_row(calculator, typed)
    reasons = reasons_against(calculator, known, faults)
    if reasons:
        raise CalculationRefused(*reasons)
    values: dict[str, Any] = {}
    lines: dict[str, Line] = {}
    for calculation in calculator.calculations:
        if not _lacks(calculation, known):
            answer = calculation.explain(known)
            values |= answer.values
            lines |= {line.name: line for line in answer.working}
    return {name: values.get(name) for name in calculator.answers}, list(lines.values())


def reasons_against(calculator: Calculator, known: Mapping[str, Any], faults: Iterable[Fault]) -> list[str]:
    """Every reason why a case has no answer: what could not be read, what is impossible, what is lacking.

    Of several calculations each may lack an input, and that is no fault as long as one has all of its own.
    """
    reasons = [fault.says for fault in faults]
    answers_none = all(_lacks(calculation, known) for calculation in calculator.calculations)
    untold = {not_given(fault.field) for fault in faults}
    for place, calculation in enumerate(calculator.calculations):
        lacking = set() if answers_none and place == 0 else set(map(not_given, calculation.inputs))
        against = calculation.reasons_against(calculation.inside(known))
        reasons += [says for says in against if says not in reasons and says not in lacking | untold]
    return reasons


def _lacks(calculation: Calculation, known: Mapping[str, Any]) -> bool:
    """Whether a calculation lacks an input."""
    return any(known.get(name) is None for name in calculation.inputs if name not in calculation.optional)


def _read_row(calculator: Calculator, typed: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    known: dict[str, Any] = {}
    faults: list[Fault] = []
    for name in calculator.inputs:
        try:
            known[name] = read_value(name, typed.get(name) or "")
        except EntryRefused as refused:
            faults += refused.faults
    return known, faults
