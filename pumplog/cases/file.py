"""A file of cases in, a file of answers out: the calculators over whole columns.

Given columns pass through, answer columns are written anew, `refused` joins a row's reasons with "; ".
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from pumplog.calc.carriers import ABSENT, Column
from pumplog.calc.formula import is_date
from pumplog.calc.table import Coded, over, scale_of
from pumplog.cases.csv_table import CsvTable, read_table, write_table
from pumplog.cases.one import Calculator, read_value, reasons_against
from pumplog.errors import EntryRefused, Fault
from pumplog.quantities import plain


def answer_file(calculator: Calculator, cases: Path, answers: Path) -> tuple[int, int]:
    """Answer a CSV file of cases into another: how many rows, and how many of them were refused.

    Raises EntryRefused for a file that cannot be read, or lacks a column, or a place that cannot be written.
    """
    with _no_collecting():
        return _answer_file(calculator, cases, answers)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Hundreds of thousands of cells and no cycle among them: looking for garbage is a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _answer_file(calculator: Calculator, cases: Path, answers: Path) -> tuple[int, int]:
    table = read_table(cases)
    _refuse_header(calculator, table.header, cases.name)
    coded, unreadable = _read_columns(calculator, table)
    outcome, refused = _answer(calculator, coded, unreadable, table.rows_count)
    for row in refused:
        for name in calculator.answers:
            outcome[name][row] = ""
    reasons = np.full(table.rows_count, "", dtype=object)
    for row, says in refused.items():
        reasons[row] = "; ".join(says)
    written_anew = {*calculator.answers, "refused"}
    passed = [place for place, name in enumerate(table.header) if name not in written_anew]
    write_table(
        [*(table.header[place] for place in passed), *calculator.answers, "refused"],
        [
            *(table.columns[place] for place in passed),
            *(outcome[name].tolist() for name in calculator.answers),
            reasons.tolist(),
        ],
        answers,
    )
    return table.rows_count, len(refused)


def _refuse_header(calculator: Calculator, header: Sequence[str], file_name: str) -> None:
    """An input twice, or no calculation whose inputs are all there."""
    twice = [name for name in calculator.inputs if header.count(name) > 1]
    if twice:
        raise EntryRefused(Fault("cases", f"{file_name} has the column {', '.join(twice)} twice: keep one."))
    lacking = [
        [name for name in one.inputs if name in calculator.inputs and name not in (*one.optional, *header)]
        for one in calculator.calculations
    ]
    if all(lacking):
        says = f"{file_name} lacks the column {', '.join(lacking[0])}: add it to the header."
        raise EntryRefused(Fault("cases", says))


def _read_columns(calculator: Calculator, table: CsvTable) -> tuple[dict[str, Coded], dict[int, tuple[Fault, ...]]]:
    """Every given input as a coded column, each distinct text read once, and the faults of unreadable rows."""
    coded: dict[str, Coded] = {}
    faults: dict[int, tuple[Fault, ...]] = {}
    for name in calculator.inputs:
        if name not in table.header:
            continue
        texts = table.column(name)
        code_of = {text: code for code, text in enumerate(dict.fromkeys(texts))}
        codes = np.fromiter(map(code_of.__getitem__, texts), dtype=np.int64, count=len(texts))
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
    calculator: Calculator,
    coded: Mapping[str, Coded],
    unreadable: Mapping[int, tuple[Fault, ...]],
    rows_count: int,
) -> tuple[dict[str, Column], dict[int, tuple[str, ...]]]:
    """The answers as text, a column each, and every reason of each refused row."""
    outcome = {name: np.full(rows_count, "", dtype=object) for name in calculator.answers}
    doubtful = set(unreadable)
    answered = np.zeros(rows_count, dtype=np.bool_)
    for calculation in calculator.calculations:
        answers = over(calculation, {name: coded[name] for name in calculation.inputs if name in coded})
        for rows, columns in ((answers.whole_rows, answers.whole), (answers.exact_rows, answers.exact)):
            answered[rows] = True
            for name in calculator.answers:
                if name in columns and len(rows):
                    outcome[name][rows] = _texts(name, columns[name])
        doubtful |= answers.refused.keys()
    doubtful |= set(np.flatnonzero(~answered).tolist())
    refused = {}
    for row in sorted(doubtful):
        known = {name: column[row] for name, column in coded.items()}
        reasons = reasons_against(calculator, known, unreadable.get(row, ()))
        if reasons:
            refused[row] = tuple(reasons)
    return outcome, refused


def _texts(name: str, column: Column) -> Column:
    """A column of answers as the texts of a CSV file; not applicable is empty."""
    if column.dtype == object:
        return _objects([_text(name, value) for value in column])
    if column.dtype.kind == "U":
        return column.astype(object)
    distinct, codes = np.unique(column, return_inverse=True)
    if is_date(name):
        texts = _objects(["" if day == ABSENT else date.fromordinal(day).isoformat() for day in distinct.tolist()])
    else:
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
