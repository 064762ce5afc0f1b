"""Columns of next-refill answers: a file of cases through the command line, and the calculation alone."""

import csv
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from pumplog.calc.formula import is_date
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.table import over_whole, scale_of, value_of
from pumplog.quantities import plain
from tests import bench_numpy
from tests.bench_numpy import Whole

FIRST_DAY = date(2016, 1, 1)
HEADERS = ("case", "filled_on", *bench_numpy.SCALES)


def realistic(rows_count: int) -> dict[str, Whole]:
    """Plausible fills in whole numbers of the smallest units, the same every time; none of them refused."""
    chance = np.random.default_rng(1)
    capacity_ml = chance.choice([20, 40], rows_count)
    concentration = chance.choice([500, 1000, 2000, 10_000], rows_count)
    flow_ul_per_day = chance.integers(80, 600, rows_count)
    return {
        "filled_on": FIRST_DAY.toordinal() + chance.integers(0, 3650, rows_count),
        "volume_after_fill_ml": capacity_ml * 1000 - chance.integers(0, 40, rows_count) * 50,
        "alarm_volume_ml": chance.choice([2000, 3000], rows_count),
        "concentration_mcg_per_ml": concentration * 1000,
        "dose_mcg_per_day": flow_ul_per_day * concentration * 1000,
        "max_patient_bolus_mcg_per_day": chance.choice([0, 0, 0, 50_000_000], rows_count),
        "stability_limit_days": chance.choice([90, 180], rows_count),
        "margin_days": chance.choice([5, 7, 10], rows_count),
    }


def write_cases(path: Path, rows_count: int) -> None:
    """The same fills as a person's file has them: decimals and dates in text."""
    table = realistic(rows_count)
    texts = [
        [plain(Decimal(int(number)) / scale) for number in table[name]] for name, scale in bench_numpy.SCALES.items()
    ]
    days = [date.fromordinal(int(day)).isoformat() for day in table["filled_on"]]
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADERS)
        rows.writerows(zip(map(str, range(rows_count)), days, *texts, strict=True))


def seconds_of_cases(cases: Path, out: Path) -> float:
    """One file of cases through a real process, from its start to its end."""
    said = ["calc", "next-refill", "--cases", str(cases), "--out", str(out)]
    return _seconds([sys.executable, "-m", "pumplog", *said])


def seconds_of_numpy_cases(cases: Path, out: Path) -> float:
    """The same file through pandas and plain numpy, in a process too."""
    return _seconds([sys.executable, "-m", "tests.bench_numpy", str(cases), str(out)])


def _seconds(words: list[str]) -> float:
    started = perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    return perf_counter() - started


def differing_in(cases_out: Path, numpy_out: Path) -> tuple[int, int]:
    """How many rows of the two files were compared, and how many differ in a date."""
    compared = differing = 0
    with cases_out.open(newline="") as ours, numpy_out.open(newline="") as floor:
        for our, other in zip(csv.DictReader(ours), csv.DictReader(floor), strict=True):
            compared += 1
            differing += any(
                our[name] != other[name] for name in ("alarm_date", "empty_date", "refill_by", "limited_by")
            )
    return compared, differing


def seconds_of_column(table: dict[str, Whole]) -> float:
    """The calculation over whole columns, alone."""
    started = perf_counter()
    over_whole(NEXT_REFILL, table)
    return perf_counter() - started


def seconds_of_numpy_column(table: dict[str, Whole]) -> float:
    """The same arithmetic in plain numpy."""
    started = perf_counter()
    bench_numpy.answers(table)
    return perf_counter() - started


def unequal_among(table: dict[str, Whole], sample_count: int) -> tuple[int, int]:
    """How many rows, spread over the table, were compared with the explained answers, and how many differ."""
    column = over_whole(NEXT_REFILL, table)
    rows = np.linspace(0, len(table["filled_on"]) - 1, sample_count).astype(np.int64)
    differing = 0
    for row in rows.tolist():
        known = {name: _outside(name, value_of(name, numbers[row])) for name, numbers in table.items()}
        explained = NEXT_REFILL.answer(known)
        said = {
            name: value_of(name, column.whole[name][row])
            for name in explained
            if scale_of(name) or name == "limited_by"
        }
        differing += any(not _same(name, said[name], explained[name]) for name in said)
    return len(rows), differing


def _outside(name: str, value: Any) -> Any:
    return FIRST_DAY + timedelta(days=value - FIRST_DAY.toordinal()) if is_date(name) else value


def _same(name: str, column: Any, explained: Any) -> bool:
    if isinstance(explained, date):
        return bool(column == explained.toordinal())
    if name == "flow_ml_per_day":
        return plain(column) == plain(explained)
    return bool(column == explained)
