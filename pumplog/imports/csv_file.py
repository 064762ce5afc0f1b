"""A CSV file as rows of text: any of the usual separators and encodings, never more rows than allowed."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from pumplog.errors import EntryRefused
from pumplog.imports.columns import recognised_count
from pumplog.imports.raw import COLUMNS_CEILING_COUNT, Deadline, RawSheet, collect, refused_file
from pumplog.reference import Policy

_SEPARATORS: Final = (",", ";", "\t", "|")
_ENCODINGS: Final = ("utf-8-sig", "cp1252")
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_NOT_TEXT: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_OTHER_FORMATS: Final = (b"%PDF", b"{\\rtf", b"<")
_START_BYTES: Final = 65_536
_LINE_CEILING: Final = 1_000_000


def read_csv(path: Path, policy: Policy, deadline: Deadline) -> RawSheet:
    """The rows of a CSV file; refused when it is not one."""
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    if start.startswith(_UTF_16_MARKS):
        encodings: tuple[str, ...] = ("utf-16",)
    elif _NOT_TEXT.search(start) or start.lstrip().startswith(_OTHER_FORMATS):
        raise _not_a_csv()
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            with path.open(encoding=encoding, newline="") as text:
                return collect(_records(text, deadline), policy, deadline)
        except UnicodeError:
            continue
    raise _not_a_csv()


def _records(file: TextIO, deadline: Deadline) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins."""
    separator, skipped = _separator(file, deadline)
    file.seek(0)
    lines = _lines(file, deadline)
    for _ in range(skipped):
        next(lines)
    records = csv.reader(lines, delimiter=separator, strict=True)
    line = skipped + 1
    try:
        for record in records:
            yield line, record
            line = skipped + records.line_num + 1
    except csv.Error as error:
        says = f"The quotes do not match in the record that begins on line {line}"
        raise refused_file(f"{says}: close each quote, or save the sheet as CSV again.") from error


def _lines(file: TextIO, deadline: Deadline) -> Iterator[str]:
    """The lines of the file, none of them endless or with a zero byte in it."""
    while line := file.readline(_LINE_CEILING):
        deadline.check()
        if len(line) == _LINE_CEILING or "\0" in line:
            raise _not_a_csv()
        yield line


def _separator(file: TextIO, deadline: Deadline) -> tuple[str, int]:
    """What separates the cells, and how many lines before the header only say so (Excel's `sep=;`)."""
    header = next((line for line in _lines(file, deadline) if line.strip()), "")
    if said := re.fullmatch(r"sep=(.)\s*", header):
        return said[1], 1
    return max(_SEPARATORS, key=lambda separator: _fitness(header, separator)), 0


def _fitness(header: str, separator: str) -> tuple[int, int]:
    """How well a separator cuts the header line: fields recognised, then cells."""
    cells = header.replace('"', "").split(separator, COLUMNS_CEILING_COUNT)
    return recognised_count(cells), len(cells)


def _not_a_csv() -> EntryRefused:
    return refused_file("The file is not a CSV: save the sheet as CSV (UTF-8) or as XLSX and choose that file.")
