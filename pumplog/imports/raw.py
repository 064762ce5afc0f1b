"""A sheet as text: which row stands on which line, and what its cells say, before anything is understood."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pumplog.errors import EntryRefused, Fault
from pumplog.reference import Policy

COLUMNS_CEILING_COUNT: Final = 256
"""House policy: a wider sheet is no list of refill visits."""


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


def collect(lines: Iterable[tuple[int, list[str]]], policy: Policy) -> RawSheet:
    """The rows of a file as it is read, blank ones left out; refused as soon as there are too many."""
    ceiling = policy.import_rows_ceiling_count.value
    filled = _filled(lines, ceiling)
    header = next(filled, None)
    if header is None:
        raise refused_file("The file is empty: choose the sheet that has the refill visits in it.")
    rows: list[RawRow] = []
    for row in filled:
        if len(rows) == ceiling:
            raise refused_file(f"The file has more than {ceiling:,} rows: split it and import the parts.")
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
        if cells:
            last = line
            yield RawRow(line, tuple(cells))
        elif line - last > ceiling:
            says = f"The file has more than {ceiling:,} blank rows after line {last}"
            raise refused_file(f"{says}: delete them and save it again.")
