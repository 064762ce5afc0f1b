"""A file of cases in, a file of answers out: the calculators over whole columns.

Given columns pass through, answer columns are written anew, `refused` joins a row's reasons with "; ".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pumplog.calc.bridge import BRIDGE, FORGOTTEN_BRIDGE, PATH
from pumplog.calc.carriers import ABSENT, Column
from pumplog.calc.formula import Calculation, Line, is_date, not_given, unit_of
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.residual import RESIDUAL
from pumplog.calc.table import Coded, over, scale_of, value_of
from pumplog.errors import CalculationRefused, EntryRefused, Fault
from pumplog.quantities import Comma, Unit, plain, read_date, read_quantity

_PLAIN_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")
_EPOCH = date(1970, 1, 1).toordinal()


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
    "residual", RESIDUAL.inputs, ("expected_ml", "discrepancy_ml", "flow_ratio", "finding"), (RESIDUAL,)
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
    (PATH, BRIDGE, FORGOTTEN_BRIDGE),
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
    reasons = [fault.says for fault in faults]
    unsaid = {not_given(fault.field) for fault in faults}
    asked = [one for one in calculator.calculations if not _asks_for_more(calculator, one, known)]
    for calculation in asked or calculator.calculations[:1]:
        against = calculation.reasons_against(calculation.inside(known))
        reasons += [reason for reason in against if reason not in reasons and reason not in unsaid]
    if reasons:
        raise CalculationRefused(*reasons)
    values: dict[str, Any] = {}
    lines: dict[str, Line] = {}
    for calculation in asked:
        answer = calculation.explain(known)
        values |= answer.values
        lines |= {line.name: line for line in answer.working}
    return {name: values.get(name) for name in calculator.answers}, list(lines.values())


def _asks_for_more(calculator: Calculator, calculation: Calculation, known: Mapping[str, Any]) -> bool:
    """Whether a calculation of several lacks an input: then it does not answer, and that is no fault."""
    if len(calculator.calculations) == 1:
        return False
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


def answer_file(calculator: Calculator, cases: Path, answers: Path) -> tuple[int, int]:
    """Answer a CSV file of cases into another: how many rows, and how many of them were refused.

    Raises EntryRefused for a file that cannot be read, or lacks a column, or a place that cannot be written.
    """
    table = _read_cases(calculator, cases)
    coded, unreadable = _read_columns(calculator, table)
    outcome, refused = _answer(calculator, coded, len(table))
    for row, faults in unreadable.items():
        known = {name: column[row] for name, column in coded.items()}
        unsaid = {not_given(fault.field) for fault in faults}
        against = calculator.calculations[0]
        others = against.reasons_against(against.inside(known)) if len(calculator.calculations) == 1 else []
        refused[row] = (*(fault.says for fault in faults), *(one for one in others if one not in unsaid))
    for row in refused:
        for name in calculator.answers:
            outcome[name][row] = ""
    passed = table.drop(columns=[name for name in (*calculator.answers, "refused") if name in table.columns])
    for name in calculator.answers:
        passed[name] = outcome[name]
    reasons = np.full(len(table), "", dtype=object)
    for row, says in refused.items():
        reasons[row] = "; ".join(says)
    passed["refused"] = reasons
    try:
        passed.to_csv(answers, index=False, lineterminator="\n")
    except OSError as error:
        raise EntryRefused(
            Fault("out", f"{answers.name} cannot be written ({error.strerror}): choose another place.")
        ) from error
    return len(table), len(refused)


def _read_cases(calculator: Calculator, path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except pd.errors.EmptyDataError as error:
        raise EntryRefused(Fault("cases", f"{path.name} is empty: write a header and a case a line.")) from error
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise EntryRefused(
            Fault("cases", f"{path.name} is not a CSV file we can read: save it as CSV in UTF-8.")
        ) from error
    except OSError as error:
        raise EntryRefused(
            Fault("cases", f"{path.name} cannot be opened ({error.strerror}): check the path.")
        ) from error
    asked = [name for calculation in calculator.calculations[:1] for name in calculation.inputs]
    optional = calculator.calculations[0].optional
    missing = [name for name in asked if name in calculator.inputs and name not in optional and name not in table]
    if missing:
        raise EntryRefused(
            Fault("cases", f"{path.name} lacks the column {', '.join(missing)}: add it to the header.")
        )
    return table


def _read_columns(
    calculator: Calculator, table: pd.DataFrame
) -> tuple[dict[str, Coded], dict[int, tuple[Fault, ...]]]:
    """Every given input as a coded column, each distinct text read once, and the faults of unreadable rows."""
    coded: dict[str, Coded] = {}
    faults: dict[int, tuple[Fault, ...]] = {}
    for name in calculator.inputs:
        if name not in table.columns:
            continue
        codes, texts = pd.factorize(table[name])
        values: list[Any] = []
        faulty: dict[int, tuple[Fault, ...]] = {}
        for code, text in enumerate(texts):
            try:
                values.append(read_value(name, text))
            except EntryRefused as refused:
                values.append(None)
                faulty[code] = refused.faults
        coded[name] = Coded(codes.astype(np.int64), values)
        if faulty:
            for row in np.flatnonzero(np.isin(codes, list(faulty))).tolist():
                faults[row] = (*faults.get(row, ()), *faulty[int(codes[row])])
    return coded, faults


def _answer(
    calculator: Calculator, coded: Mapping[str, Coded], rows_count: int
) -> tuple[dict[str, Column], dict[int, tuple[str, ...]]]:
    """The answers as text, a column each, and the reasons of the refused rows."""
    outcome = {name: np.full(rows_count, "", dtype=object) for name in calculator.answers}
    refused: dict[int, tuple[str, ...]] = {}
    answered = np.zeros(rows_count, dtype=np.bool_)
    alone = len(calculator.calculations) == 1
    for calculation in calculator.calculations:
        given = {name: coded[name] for name in calculation.inputs if name in coded}
        answers = over(calculation, given)
        for rows, columns in ((answers.whole_rows, answers.whole), (answers.exact_rows, answers.exact)):
            answered[rows] = True
            for name in calculator.answers:
                if name in columns and len(rows):
                    outcome[name][rows] = _texts(name, columns[name])
        for row, reasons in answers.refused.items():
            missing = {not_given(name) for name in calculation.inputs}
            faults = reasons if alone else tuple(reason for reason in reasons if reason not in missing)
            if faults:
                refused[row] = tuple(dict.fromkeys((*refused.get(row, ()), *faults)))
    for row in np.flatnonzero(~answered).tolist():
        first = calculator.calculations[0]
        known = {name: column[row] for name, column in coded.items()}
        refused.setdefault(row, tuple(first.reasons_against(first.inside(known))))
    return outcome, refused


def _texts(name: str, column: Column) -> Column:
    """A column of answers as the texts of a CSV file."""
    if column.dtype == object:
        return np.array([_text(name, value) for value in column], dtype=object)
    if column.dtype.kind == "U":
        return column.astype(object)
    if is_date(name):
        days = np.datetime_as_string((column - _EPOCH).clip(min=0).astype("datetime64[D]")).astype(object)
        return np.where(column == ABSENT, "", days)
    scale = scale_of(name)
    if scale == 1:
        return column.astype(str).astype(object)
    distinct, codes = np.unique(column, return_inverse=True)
    texts = [plain(value_of(name, number)) for number in distinct.tolist()]
    return np.array(texts, dtype=object)[codes]


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if is_date(name) and isinstance(value, int):
        return date.fromordinal(value).isoformat()
    return value if isinstance(value, str) else plain(value)
