"""One cell of a sheet to one exact value, by the rules for files."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from pumplog.errors import EntryRefused, Fault
from pumplog.imports.columns import PER_DAY, UNITS, Column
from pumplog.imports.modes import read_mode
from pumplog.quantities import Comma, Unit, label, read_date, read_quantity, read_unit
from pumplog.reference import PumpModel, Reference

DateOrder = Literal["dmy", "mdy"]
Value = Decimal | date | str

_DATES: Final = ("date_of_birth", "visit_date", "expiry")
_NOTHING: Final = frozenset(("-", "--", "–", "—", "n/a", "na", "n.a.", "?", "unknown", "tbc", "tbd", "none", "nil"))
"""What people write in place of a name or a number of a thing that they do not have."""

_BLANK: Final = frozenset(("-", "--", "–", "—", "n/a", "n.a."))
"""What people write for an empty cell; not `none` or `nil`, which could be a volume of 0 mL."""

_MAY_BE_BLANK: Final = frozenset(
    ("date_of_birth", "drawn_ml", "lot", "expiry", "nurse", "notes", "mode", "capacity_ml", "alarm_volume_ml")
)
_NAMES_ONE_THING: Final = frozenset(("patient_id", "patient_name", "pump_serial", "pump_model"))
_LONGEST: Final[Mapping[str, int]] = {"notes": 2000}
_LONGEST_OF_ALL: Final = 2000
"""Nothing longer is looked at: a rule made for a few letters may take for ever on many."""

_SPREADSHEET_ERROR: Final = re.compile(r"#(?:REF|N/A|VALUE|DIV/0|NAME|NUM|NULL|SPILL|CALC|#+).*")
_SHORTENED_NUMBER: Final = re.compile(r"[0-9]+[.,]?[0-9]*E\+[0-9]+")
_DOSE: Final = re.compile(r"([^a-zA-Zµμ]+)([a-zA-Zµμ]+)\.?")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def typed(cells: tuple[str, ...], columns: tuple[Column, ...]) -> dict[str, str]:
    """What is typed in a row, by field, without stray spaces; blank cells are left out."""
    by_field: dict[str, str] = {}
    for column in columns:
        if column.position < len(cells):
            text = cells[column.position]
            text = (text if text.isascii() else text.translate(_INVISIBLE)).strip()
            if text and not (text.casefold() in _BLANK and column.field in _MAY_BE_BLANK):
                by_field[column.field] = text
    return by_field


class CellReader:
    """Reads cells of one sheet; the same text in the same column is worked out once."""

    def __init__(self, columns: tuple[Column, ...], reference: Reference, date_order: DateOrder | None) -> None:
        self._columns = {column.field: column for column in columns}
        self._reference = reference
        self._date_order = date_order
        self._known: dict[tuple[str, str], Value | Fault] = {}
        self._models: dict[str, PumpModel | None] = {}

    def read(self, field: str, text: str) -> Value | Fault:
        """The value of a cell that is not blank, or what is wrong with it."""
        known = self._known.get((field, text))
        if known is None and len(text) > _LONGEST_OF_ALL:
            return Fault(
                field, f"{label(field)}: there is more than {_LONGEST_OF_ALL:,} letters of text; shorten it."
            )
        if known is None:
            try:
                known = self._reading(field)(field, text)
            except EntryRefused as refused:
                known = refused.faults[0]
            self._known[field, text] = known
        return known

    def listed(self, model: str) -> PumpModel | None:
        """The model as the reference data know it; None for the one pump that is on no list."""
        if model not in self._models:
            try:
                self._models[model] = self._reference.pump_model(model)
            except EntryRefused:
                self._models[model] = None
        return self._models[model]

    def _reading(self, field: str) -> Callable[[str, str], Value]:
        if field in UNITS:
            return self._quantity
        if field in _DATES:
            return self._date
        return {"drug": self._drug, "mode": self._mode, "pump_serial": self._serial}.get(field, self._words)

    def _quantity(self, field: str, text: str) -> Decimal:
        base, column = UNITS[field][0], self._columns[field]
        text = _whole(field, text)
        if column.daily and (bare := _DOSE.fullmatch(text)) and read_unit(bare[2]) in PER_DAY:
            text = f"{bare[1]}{bare[2]}/day"
        volume = base is Unit.ML
        comma = Comma.REFUSE if volume else Comma.THOUSANDS
        assumed = Unit.ML if volume else column.unit
        return read_quantity(text, field=field, base=base, assumed=assumed, comma=comma).value

    def _date(self, field: str, text: str) -> date:
        return read_date(_whole(field, text), field=field, date_order=self._date_order)

    def _mode(self, field: str, text: str) -> str:
        return read_mode(_whole(field, text))

    def _drug(self, field: str, text: str) -> str:
        text = _words(field, text)
        try:
            return self._reference.drug(text).name
        except EntryRefused as refused:
            parts = [part for part in re.split(r"[+/&,;]|\band\b|\bwith\b", text) if part.strip()]
            if len(parts) > 1 and any(self._known_drug(part) for part in parts):
                says = "a mixture needs more than a row can say; record this visit on the screen."
                raise _refused(field, says) from refused
            guess = re.search(r"Did you mean [^?]+\? ", refused.faults[0].says)
            names = ", ".join(drug.name for drug in self._reference.drugs)
            says = f"what is written is no drug that is known. {guess[0] if guess else ''}Write one of {names}."
            raise _refused(field, says) from refused

    def _known_drug(self, text: str) -> bool:
        try:
            self._reference.drug(text)
        except EntryRefused:
            return False
        return True

    def _serial(self, field: str, text: str) -> str:
        return "".join(_words(field, text).split()).upper()

    def _words(self, field: str, text: str) -> str:
        return _words(field, text)


def _whole(field: str, text: str) -> str:
    """The text, refused when the spreadsheet program put something else in its place."""
    if text.startswith("="):
        raise _refused(field, "the cell holds a formula without its result; put the value itself in the cell.")
    if _SPREADSHEET_ERROR.fullmatch(text):
        raise _refused(field, "the cell holds an error of the spreadsheet program; put the value itself in it.")
    return text


def _words(field: str, text: str) -> str:
    """The text of a name, a number of a thing, or a note, on as many lines as it was written."""
    longest = _LONGEST.get(field, 200)
    text = _whole(field, text)
    if len(text) > longest:
        raise _refused(field, f"there is more than {longest:,} letters of text; shorten it.")
    if not text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable():
        raise _refused(field, "there are signs in it that cannot be printed; type it again.")
    if field in _NAMES_ONE_THING:
        if text.casefold() in _NOTHING or not any(sign.isalnum() for sign in text):
            raise _refused(field, "it is missing; write it as it stands in the patient's file.")
        if _SHORTENED_NUMBER.fullmatch(text):
            raise _refused(field, "the spreadsheet program shortened the number; format the column as text.")
        return " ".join(text.split())
    return text


def _refused(field: str, says: str) -> EntryRefused:
    """The refusal of one cell."""
    return EntryRefused(Fault(field, f"{label(field)}: {says}"))
