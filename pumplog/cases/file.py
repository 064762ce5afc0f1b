"""A file of cases in, a file of answers out: the calculators over whole columns.

Given columns pass through, answer columns are written anew, `refused` joins a row's reasons with "; ".
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from pumplog.calc.carriers import ABSENT, Column
from pumplog.calc.formula import is_date, not_given
from pumplog.calc.table import Coded, over, scale_of
from pumplog.cases.one import Calculator, read_value
from pumplog.errors import EntryRefused, Fault
from pumplog.quantities import plain

_EPOCH = date(1970, 1, 1).toordinal()

Table = Mapping[str, Sequence[str]]
"""Columns of text by name, all of one length."""


def answer_file(calculator: Calculator, cases: Path, answers: Path) -> tuple[int, int]:
    """Answer a CSV file of cases into another: how many rows, and how many of them were refused.

    Raises EntryRefused for a file that cannot be read, or lacks a column, or a place that cannot be written.
    """
    table = _read_cases(calculator, cases)
    rows_count = len(next(iter(table.values())))
    coded, unreadable = _read_columns(calculator, table)
    outcome, refused = _answer(calculator, coded, rows_count)
    for row, faults in unreadable.items():
        refused[row] = _reasons_of_unreadable(calculator, coded, row, faults)
    for row in refused:
        for name in calculator.answers:
            outcome[name][row] = ""
    reasons = np.full(rows_count, "", dtype=object)
    for row, says in refused.items():
        reasons[row] = "; ".join(says)
    written_anew = {*calculator.answers, "refused"}
    passed = {name: column for name, column in table.items() if name not in written_anew}
    _write(passed | {name: outcome[name].tolist() for name in calculator.answers} | {"refused": reasons}, answers)
    return rows_count, len(refused)


def _reasons_of_unreadable(
    calculator: Calculator, coded: Mapping[str, Coded], row: int, faults: tuple[Fault, ...]
) -> tuple[str, ...]:
    """What could not be read, and what else speaks against an answer."""
    says = [fault.says for fault in faults]
    if len(calculator.calculations) == 1:
        unread = {not_given(fault.field) for fault in faults}
        says += [reason for reason in _first_reasons(calculator, coded, row) if reason not in unread]
    return tuple(says)


def _first_reasons(calculator: Calculator, coded: Mapping[str, Coded], row: int) -> list[str]:
    first = calculator.calculations[0]
    return first.reasons_against(first.inside({name: column[row] for name, column in coded.items()}))


def _read_cases(calculator: Calculator, path: Path) -> Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = next(lines, [])
            rows = [row for row in lines if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise EntryRefused(
            Fault("cases", f"{path.name} is not a CSV file we can read: save it as CSV in UTF-8.")
        ) from error
    except OSError as error:
        raise EntryRefused(
            Fault("cases", f"{path.name} cannot be opened ({error.strerror}): check the path.")
        ) from error
    _refuse_header(calculator, header, path.name)
    for place, row in enumerate(rows, start=2):
        if len(row) != len(header):
            says = f"case {place - 1} has {len(row)} cells where the header has {len(header)}: mend the line."
            raise EntryRefused(Fault("cases", f"{path.name}, {says}"))
    columns = zip_longest(header, zip(*rows, strict=True), fillvalue=())
    return {name: column for name, column in columns if isinstance(name, str)}


def _refuse_header(calculator: Calculator, header: Sequence[str], file_name: str) -> None:
    """No header at all, a column twice, or one that is lacking."""
    if not header:
        raise EntryRefused(Fault("cases", f"{file_name} is empty: write a header and a case a line."))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise EntryRefused(Fault("cases", f"{file_name} has the column {', '.join(twice)} twice: keep one."))
    first = calculator.calculations[0]
    missing = [name for name in first.inputs if name in calculator.inputs and name not in (*first.optional, *header)]
    if missing:
        raise EntryRefused(
            Fault("cases", f"{file_name} lacks the column {', '.join(missing)}: add it to the header.")
        )


def _write(table: Mapping[str, Sequence[Any]], path: Path) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table)
            writer.writerows(zip(*table.values(), strict=True))
    except OSError as error:
        raise EntryRefused(
            Fault("out", f"{path.name} cannot be written ({error.strerror}): choose another place.")
        ) from error


def _read_columns(calculator: Calculator, table: Table) -> tuple[dict[str, Coded], dict[int, tuple[Fault, ...]]]:
    """Every given input as a coded column, each distinct text read once, and the faults of unreadable rows."""
    coded: dict[str, Coded] = {}
    faults: dict[int, tuple[Fault, ...]] = {}
    for name in calculator.inputs:
        if name not in table:
            continue
        code_of = {text: code for code, text in enumerate(dict.fromkeys(table[name]))}
        codes = np.fromiter(map(code_of.__getitem__, table[name]), dtype=np.int64, count=len(table[name]))
        values: list[Any] = []
        faulty: dict[int, tuple[Fault, ...]] = {}
        for text, code in code_of.items():
            try:
                values.append(read_value(name, text))
            except EntryRefused as refused:
                values.append(None)
                faulty[code] = refused.faults
        coded[name] = Coded(codes, values)
        for row in np.flatnonzero(np.isin(codes, list(faulty))).tolist() if faulty else ():
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
        answers = over(calculation, {name: coded[name] for name in calculation.inputs if name in coded})
        for rows, columns in ((answers.whole_rows, answers.whole), (answers.exact_rows, answers.exact)):
            answered[rows] = True
            for name in calculator.answers:
                if name in columns and len(rows):
                    outcome[name][rows] = _texts(name, columns[name])
        missing = {not_given(name) for name in calculation.inputs}
        for row, reasons in answers.refused.items():
            faults = reasons if alone else tuple(reason for reason in reasons if reason not in missing)
            if faults:
                refused[row] = tuple(dict.fromkeys((*refused.get(row, ()), *faults)))
    for row in np.flatnonzero(~answered).tolist():
        refused.setdefault(row, tuple(_first_reasons(calculator, coded, row)))
    return outcome, refused


def _texts(name: str, column: Column) -> Column:
    """A column of answers as the texts of a CSV file; not applicable is empty."""
    if column.dtype == object:
        return _objects([_text(name, value) for value in column])
    if column.dtype.kind == "U":
        return column.astype(object)
    if is_date(name):
        given = column != ABSENT
        days = np.where(given, column - _EPOCH, 0).astype("datetime64[D]")
        return np.where(given, np.datetime_as_string(days).astype(object), "")
    distinct, codes = np.unique(column, return_inverse=True)
    places = len(str(scale_of(name))) - 1  # a scale is a power of ten
    texts = _objects([plain(Decimal(number).scaleb(-places)) for number in distinct.tolist()])
    answer: Column = texts[codes]
    return answer


def _objects(values: list[str]) -> Column:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if is_date(name) and isinstance(value, int):
        return date.fromordinal(value).isoformat()
    return value if isinstance(value, str) else plain(value)
