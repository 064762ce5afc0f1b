"""What a sheet says once it is read: visits that can be recorded, and rows that cannot, with every reason."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SheetIdentity:
    """What a row says about whose pump it is: enough to register the pump."""

    pump_serial: str
    patient_id: str
    patient_name: str
    date_of_birth: date | None
    pump_model: str
    capacity_ml: Decimal
    alarm_volume_ml: Decimal


@dataclass(frozen=True, slots=True)
class SheetVisit:
    """One row that is a refill visit; `cells` holds what was typed, by field, blank cells left out."""

    line: int
    pump_serial: str
    patient_id: str
    patient_name: str
    date_of_birth: date | None
    pump_model: str
    capacity_ml: Decimal
    alarm_volume_ml: Decimal
    visit_on: date
    drawn_ml: Decimal | None
    drug: str
    concentration_mcg_per_ml: Decimal
    volume_after_fill_ml: Decimal
    mode: str
    dose_mcg_per_day: Decimal | None
    lot: str | None
    expiry_on: date | None
    nurse: str | None
    notes: str | None
    cells: Mapping[str, str]

    @property
    def said(self) -> tuple[object, ...]:
        """What the row says about the visit itself; two rows that say the same are one visit."""
        words = (self.lot, self.nurse, self.notes)
        return (
            self.patient_id.casefold(),
            self.capacity_ml,
            self.alarm_volume_ml,
            self.drawn_ml,
            self.drug,
            self.concentration_mcg_per_ml,
            self.volume_after_fill_ml,
            self.mode,
            self.dose_mcg_per_day,
            self.expiry_on,
            *(_squeezed(word) if word else None for word in words),
        )


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing wrong with one row: its line in the file, the field, and a sentence with the mend."""

    line: int
    field: str
    says: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that is not taken: every fault, and how to know the row again once it is mended.

    `identity` is None unless everything in it can be read. `fields` are the faulty ones;
    `rest_digest` is over all the others.
    """

    line: int
    faults: tuple[RowFault, ...]
    pump_serial: str | None
    patient_id: str | None
    identity: SheetIdentity | None
    rest_digest: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole sheet: visits in the order of their days, lines that repeat another, rows refused."""

    rows_count: int
    visits: tuple[SheetVisit, ...]
    repeated: tuple[int, ...]
    refused: tuple[RefusedRow, ...]

    @property
    def faults(self) -> tuple[RowFault, ...]:
        """Every fault of every refused row, in the order of the file."""
        return tuple(fault for row in self.refused for fault in row.faults)


def rest_digest(cells: Mapping[str, str], *, without: Collection[str]) -> str:
    """What a row says apart from some fields, as a digest: the same before and after these are mended."""
    rest = sorted((field, _squeezed(text)) for field, text in cells.items() if field not in without)
    said = [(field, text) for field, text in rest if text]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _squeezed(text: str) -> str:
    """A text without capitals and stray spaces."""
    return " ".join(text.casefold().split())
