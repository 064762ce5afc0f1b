"""A CSV file of cases as columns of text, and back: what is not understood here passes through as it is."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pumplog.errors import EntryRefused, Fault


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
    rows: list[list[str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = next((row for row in lines if row), None)
            if header is None:
                raise _refused(f"{path.name} is empty: write a header and a case a line.")
            for row in lines:
                if len(row) == len(header):
                    rows.append(row)
                elif row:
                    says = f"line {lines.line_num} has {len(row)} cells where the header has {len(header)}"
                    raise _refused(f"{path.name}, {says}: mend the line.")
    except (UnicodeDecodeError, csv.Error) as error:
        raise _refused(f"{path.name} is not a CSV file we can read: save it as CSV in UTF-8.") from error
    except OSError as error:
        raise _refused(f"{path.name} cannot be opened ({error.strerror}): check the path.") from error
    columns: tuple[Sequence[str], ...] = tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in header)
    return CsvTable(tuple(header), columns, len(rows))


def write_table(header: Sequence[str], columns: Sequence[Sequence[Any]], path: Path) -> None:
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


def _write(header: Sequence[str], columns: Sequence[Sequence[Any]], path: Path) -> None:
    bare_returns = any("\r" in cell for column in (header, *columns) for cell in column)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n" if bare_returns else "\n")  # only so is a bare \r quoted
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))


def _refused(says: str) -> EntryRefused:
    return EntryRefused(Fault("cases", says))
