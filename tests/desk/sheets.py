"""A small sheet of one clinic, written to a file."""

import csv
from collections.abc import Mapping
from pathlib import Path

ROW: Mapping[str, str] = {
    "MRN": "P-NGX100001",
    "Patient": "Example, Ada",
    "Pump model": "SynchroMed II 8637-20",
    "Pump serial": "NGX100001",
    "Reservoir (mL)": "20",
    "Alarm volume (mL)": "2",
    "Visit date": "2026-01-05",
    "Drawn (mL)": "",
    "Drug": "baclofen",
    "Concentration": "2000 mcg/mL",
    "Filled to (mL)": "20",
    "Daily dose": "300 mcg/day",
    "Mode": "",
    "Lot": "",
}
"""Case D1."""


def sheet(path: Path, *rows: Mapping[str, str]) -> Path:
    """A sheet of some rows, each the ordinary one with some cells changed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ROW)
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    return path
