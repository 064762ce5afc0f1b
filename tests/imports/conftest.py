"""A sheet written to a real file and read back, one good row by default."""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

import pytest

from pumplog.imports import Sheet, read_clinic_sheet
from pumplog.reference import Reference, load_reference

TODAY = date(2026, 11, 22)

GOOD = {
    "MRN": "2473831",
    "Patient": "Meyer, Grace",
    "DOB": "12 Dec 2010",
    "Pump model": "SynchroMed II 8637-20",
    "Pump serial": "NG871679H",
    "Reservoir (mL)": "20",
    "Alarm volume": "2",
    "Visit date": "2025-02-19",
    "Drawn (mL)": "3.5 mL",
    "Drug": "baclofen",
    "Concentration": "2000 mcg/mL",
    "Filled to (mL)": "18",
    "Daily dose": "340 mcg/day",
    "Mode": "simple",
    "Lot": "L6777",
    "Expiry": "2026-03-26",
    "Nurse": "M. Keller",
    "Notes": "",
}


class ReadSheet(Protocol):
    """Writes rows, each the good row with some cells changed, and reads the file."""

    def __call__(
        self,
        *changes: Mapping[str, str],
        without: Sequence[str] = (),
        renamed: Mapping[str, str] | None = None,
        date_order: Literal["dmy", "mdy"] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Sheet: ...


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference()


@pytest.fixture
def read(tmp_path: Path, reference: Reference) -> ReadSheet:
    def reading(
        *changes: Mapping[str, str],
        without: Sequence[str] = (),
        renamed: Mapping[str, str] | None = None,
        date_order: Literal["dmy", "mdy"] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Sheet:
        names = [name for name in GOOD if name not in without]
        path = tmp_path / "clinic.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow([(renamed or {}).get(name, name) for name in names])
            for change in changes or ({},):
                assert set(change) <= set(GOOD)
                rows.writerow([(GOOD | dict(change))[name] for name in names])
        return read_clinic_sheet(path, reference=reference, today=TODAY, date_order=date_order, progress=progress)

    return reading
