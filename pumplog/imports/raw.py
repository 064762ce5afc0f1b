"""A sheet as text: which row stands on which line, and what its cells say, before anything is understood."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Final

from pumplog.errors import EntryRefused, Fault
from pumplog.reference import Policy

COLUMNS_CEILING_COUNT: Final = 256
"""House policy: a wider sheet is no list of refill visits."""

CELL_LETTERS_CEILING_COUNT: Final = 32_767
"""What a cell of a spreadsheet program can hold."""

READING_SECONDS: Final = 60
"""House policy: the largest sheet that may be imported is read in a fraction of this; more is a trap."""


class Deadline:
    """How long reading one file may take: started when the file is opened, asked at every step."""

    def __init__(self) -> None:
        self._ends = monotonic() + READING_SECONDS

    def check(self) -> None:
        """Refuse the file when the time is over."""
        if monotonic() > self._ends:
            says = f"Reading the file took more than {READING_SECONDS} seconds and was stopped"
            raise refused_file(f"{says}: keep the columns of the refill visits, split the sheet and save it again.")


@dataclass(frozen=True)
class RawRow:
    """One row with something in it, and its line in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class RawSheet:
    """The header row and the rows below it."""

    headers: tuple[str, ...]
    rows: tuple[RawRow, ...]


def collect(lines: Iterable[tuple[int, list[str]]], policy: Policy, deadline: Deadline) -> RawSheet:
    """The rows of a file as it is read, blank ones left out; refused as soon as there is too much of anything."""
    ceiling = policy.import_rows_ceiling_count.value
    letters_ceiling = policy.import_bytes_ceiling_count.value
    letters = 0
    filled = _filled(lines, ceiling)
    header = next(filled, None)
    if header is None:
        raise refused_file("The file is empty: choose the sheet that has the refill visits in it.")
    rows: list[RawRow] = []
    for row in filled:
        deadline.check()
        if len(rows) == ceiling:
            raise refused_file(f"The file has more than {ceiling:,} rows: split it and import the parts.")
        # The cells of a workbook may all show one shared text, so a small file can say very much.
        letters += sum(map(len, row.cells))
        if letters > letters_ceiling:
            says = f"The rows hold more than {letters_ceiling // 1_000_000:,} million letters"
            raise refused_file(f"{says}: split the sheet and import the parts.")
        rows.append(row)
    if not rows:
        raise refused_file("The file has a header and no rows below it: there is nothing to import.")
    return RawSheet(header.cells, tuple(rows))


def refused_file(says: str) -> EntryRefused:
    """The refusal of the whole file."""
    return EntryRefused(Fault("file", says))


def _filled(lines: Iterable[tuple[int, list[str]]], ceiling: int) -> Iterator[RawRow]:
    """The rows with something in them, without the blank cells at their end."""
    last = 0
    for line, cells in lines:
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > COLUMNS_CEILING_COUNT:
            says = f"Line {line} has more than {COLUMNS_CEILING_COUNT} columns"
            raise refused_file(f"{says}: keep the columns of the refill visits and save it again.")
        if any(len(cell) > CELL_LETTERS_CEILING_COUNT for cell in cells):
            says = f"Line {line} has a cell with more than {CELL_LETTERS_CEILING_COUNT:,} letters"
            raise refused_file(f"{says}: shorten it and save the sheet again.")
        if cells:
            last = line
            yield RawRow(line, tuple(cells))
        elif line - last > ceiling:
            says = f"The file has more than {ceiling:,} blank rows after line {last}"
            raise refused_file(f"{says}: delete them and save it again.")
