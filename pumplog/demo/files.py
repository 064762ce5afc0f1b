"""The story files of the demo clinic, as they are written: TOML, numbers exact."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pumplog.reference.folder import data_folder

Told = Mapping[str, Any]


@dataclass(frozen=True)
class DemoFiles:
    """Everything in data/demo: hand-told stories, regular patients, the sheet, the clinic's days, habits."""

    habits: Told
    stories: Mapping[str, Told]
    regulars: tuple[Told, ...]
    sheet: Told
    clinic_days: Told


def read_demo_files() -> DemoFiles:
    """Read the story files, the hand-told ones in order of their file names."""
    folder = data_folder("demo")
    return DemoFiles(
        habits=_read(folder / "habits.toml"),
        stories={path.stem: _read(path) for path in sorted((folder / "stories").glob("*.toml"))},
        regulars=tuple(_read(folder / "regulars.toml")["patient"]),
        sheet=_read(folder / "sheet.toml"),
        clinic_days=_read(folder / "clinic_days.toml"),
    )


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
