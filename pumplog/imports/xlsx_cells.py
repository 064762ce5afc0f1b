"""The cells of one XLSX sheet as a person sees them: dates as ISO days, numbers without binary noise."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from functools import cache
from typing import Final

from openpyxl.utils.datetime import from_excel

from pumplog.imports.raw import CELL_LETTERS_CEILING_COUNT, COLUMNS_CEILING_COUNT, refused_file
from pumplog.imports.xlsx_xml import Source, parse

_PLACE: Final = re.compile(r"([A-Z]{1,3})[0-9]+")


@dataclass(frozen=True)
class Styles:
    """What is needed to read a cell: the shared texts, which styles are dates, and the first day."""

    texts: Sequence[str]
    dates: frozenset[int]
    epoch: datetime


class SheetCells:
    """Collects the rows of a sheet while its XML goes by."""

    def __init__(self, styles: Styles) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._styles = styles
        self._line = 0
        self._column = 0
        self._cells: dict[int, str] = {}
        self._attributes: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self._within = ""
        self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "c":
            self._attributes, self._parts = attributes, {}
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self._column = _column_number(place[1]) if place else self._column + 1
        elif name == "row":
            line = int(attributes.get("r", self._line + 1))
            if line <= self._line:
                raise ValueError("the rows of the sheet are not in order")
            self._line, self._column, self._cells = line, 0, {}
        elif name in ("v", "t", "f"):
            self._within = name
            self._parts.setdefault(name, "")
        elif name == "rPh":
            self._phonetic = True

    def text(self, text: str) -> None:
        """Text goes by."""
        if self._within and not self._phonetic:
            self._parts[self._within] = _longer(self._parts.get(self._within, ""), text)

    def end(self, name: str) -> None:
        """An element ends."""
        if name in ("v", "t", "f"):
            self._within = ""
        elif name == "rPh":
            self._phonetic = False
        elif name == "c":
            if text := self._shown():
                if self._column > COLUMNS_CEILING_COUNT:
                    says = f"Line {self._line} has more than {COLUMNS_CEILING_COUNT} columns"
                    raise refused_file(f"{says}: keep the columns of the refill visits and save it again.")
                self._cells[self._column] = text
        elif name == "row":
            width = max(self._cells, default=0)
            self.rows.append((self._line, [self._cells.get(n, "") for n in range(1, width + 1)]))

    def _shown(self) -> str:
        """What the cell shows; a formula that holds no result is given as the formula."""
        parts, kind = self._parts, self._attributes.get("t", "n")
        if kind == "inlineStr":
            return parts.get("t", "")
        value = parts.get("v", "")
        if not value:
            return f"={parts['f']}" if "f" in parts and kind != "str" else ""
        if kind == "s":
            return self._styles.texts[int(value)]
        if kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if kind == "n":
            return _number(value, self._styles, dated=int(self._attributes.get("s", 0)) in self._styles.dates)
        return value


def read_rows_of(file: Source, styles: Styles) -> Iterator[tuple[int, list[str]]]:
    """Each row of a sheet with its number, as the file is read."""
    cells = SheetCells(styles)
    for _ in parse(file, cells.start, cells.end, cells.text):
        yield from cells.rows
        cells.rows.clear()


def read_texts(file: Source) -> list[str]:
    """The texts that the cells of a workbook share."""
    texts: list[str] = []
    parts = [""]
    depth = {"t": 0, "rPh": 0}

    def start(name: str, _attributes: dict[str, str]) -> None:
        if name in depth:
            depth[name] += 1
        elif name == "si":
            parts[0] = ""

    def end(name: str) -> None:
        if name in depth:
            depth[name] -= 1
        elif name == "si":
            texts.append(parts[0])

    def text(piece: str) -> None:
        if depth["t"] and not depth["rPh"]:
            parts[0] = _longer(parts[0], piece)

    for _ in parse(file, start, end, text):
        continue
    return texts


def _longer(text: str, piece: str) -> str:
    """A text with its next piece; refused when no cell can hold so much."""
    if len(text) + len(piece) > CELL_LETTERS_CEILING_COUNT:
        says = f"The workbook has a cell with more than {CELL_LETTERS_CEILING_COUNT:,} letters"
        raise refused_file(f"{says}: shorten it and save the sheet again.")
    return text + piece


def _number(value: str, styles: Styles, *, dated: bool) -> str:
    """A number to the fifteen digits that a spreadsheet keeps, or the day it stands for."""
    number = float(value)
    if dated:
        try:
            moment = from_excel(number, styles.epoch)
        except (OverflowError, ValueError):
            return value
        if isinstance(moment, datetime):
            day = moment.date().isoformat()
            return day if moment.time() == time() else f"{day} {moment:%H:%M:%S}"
        return str(moment)
    return f"{Decimal(f'{number:.15g}'):f}"


@cache
def _column_number(letters: str) -> int:
    """The place of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
