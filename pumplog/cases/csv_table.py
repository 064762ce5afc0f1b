"""A CSV file of cases as columns of text, and back: what is not understood here passes through as it is."""

import csv
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pumplog.errors import EntryRefused, Fault

_SPECIAL = re.compile('[,"\\r\\n]')


@dataclass(frozen=True)
class CsvTable:
    """A header and its columns, by place: two columns may have one name as long as neither is an input."""

    header: tuple[str, ...]
    columns: tuple[Sequence[str], ...]
    rows_count: int

    def column(self, name: str) -> Sequence[str]:
        """The column of that name."""
        return self.columns[self.header.index(name)]


def read_table(path: Path) -> CsvTable:
    """The columns of a CSV file; empty lines are left out.

    Raises EntryRefused for a file that cannot be opened, is no CSV in UTF-8, is empty, or has a ragged line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = next((row for row in lines if row), None)
            rows = [row for row in lines if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _refused(f"{path.name} is not a CSV file we can read: save it as CSV in UTF-8.") from error
    except OSError as error:
        raise _refused(f"{path.name} cannot be opened ({error.strerror}): check the path.") from error
    if header is None:
        raise _refused(f"{path.name} is empty: write a header and a case a line.")
    for case, cells_count in enumerate(map(len, rows), start=1):
        if cells_count != len(header):
            says = f"case {case} has {cells_count} cells where the header has {len(header)}"
            raise _refused(f"{path.name}, {says}: mend its line.")
    columns: tuple[Sequence[str], ...] = tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in header)
    return CsvTable(tuple(header), columns, len(rows))


def write_table(header: Sequence[str], columns: Sequence[Sequence[str]], path: Path) -> None:
    """Write columns as CSV, whole or not at all: what was there before stays until the new file is complete.

    Raises EntryRefused for a place that cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            _write(header, columns, path)  # a pipe or a terminal
            return
        target = path.resolve()
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            _write(header, columns, unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        says = f"{path.name} cannot be written ({error.strerror}): choose another place."
        raise EntryRefused(Fault("out", says)) from error


def _write(header: Sequence[str], columns: Sequence[Sequence[str]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(_quoted(header)) + "\n")
        file.writelines(f"{line}\n" for line in map(",".join, zip(*map(_quoted, columns), strict=True)))


def _quoted(cells: Sequence[str]) -> Sequence[str]:
    """The cells as CSV writes them. A column at a time is many times faster than `csv.writer`, cell by cell."""
    if not _SPECIAL.search("".join(cells)):
        return cells
    return [f'"{cell.replace(chr(34), chr(34) * 2)}"' if _SPECIAL.search(cell) else cell for cell in cells]


def _refused(says: str) -> EntryRefused:
    return EntryRefused(Fault("cases", says))
