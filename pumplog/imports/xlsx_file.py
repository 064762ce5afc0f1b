"""An XLSX file as rows of text: dates as ISO days, numbers as Excel shows them, formulas as their results."""

import warnings
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from pumplog.errors import EntryRefused, Fault
from pumplog.imports.raw import RawSheet, collect, refused_file
from pumplog.reference import Policy

_UNPACKED_TIMES: Final = 2
"""A workbook may unpack to this many times what a file may weigh; more is a trap or a mistake."""

_BROKEN: Final = (
    BadZipFile,
    ParseError,
    zlib.error,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What the unpacking and openpyxl raise on a workbook that is cut, altered or locked."""


def read_xlsx(path: Path, policy: Policy, sheet: str | None) -> RawSheet:
    """The rows of one sheet of a workbook: the first, or the one named."""
    try:
        _refuse_a_bomb(path, policy)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return collect(_rows(path, sheet), policy)
    except _BROKEN as error:
        says = "The file is not a workbook that can be read: save the sheet again, as XLSX or as CSV (UTF-8)."
        raise refused_file(says) from error


def _refuse_a_bomb(path: Path, policy: Policy) -> None:
    """Refuse before unpacking what would unpack to far more than a sheet of refill visits."""
    ceiling = _UNPACKED_TIMES * policy.import_bytes_ceiling_count.value
    with ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > ceiling:
        says = f"The workbook unpacks to more than {ceiling // 1_000_000:,} MB"
        raise refused_file(f"{says}: keep the sheet with the refill visits alone, split it, and save it again.")


def _rows(path: Path, sheet: str | None) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number; a formula that holds no result is given as the formula."""
    with _worksheet(path, sheet, results=True) as results:
        if not _has_formulas(path):
            for line, row in enumerate(results.iter_rows(values_only=True), start=1):
                yield line, [_text(value) for value in row]
            return
        with _worksheet(path, sheet, results=False) as formulas:
            both = zip(results.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=True)
            for line, (row, written) in enumerate(both, start=1):
                pairs = zip(row, written, strict=True)
                yield line, [_text(formula if value is None else value) for value, formula in pairs]


@contextmanager
def _worksheet(path: Path, sheet: str | None, *, results: bool) -> Iterator[Any]:
    """The sheet wanted, with the results of its formulas or with the formulas themselves."""
    with (
        path.open("rb") as file,
        closing(load_workbook(file, read_only=True, data_only=results, keep_links=False)) as workbook,
    ):
        worksheet = _wanted(workbook.worksheets, sheet)
        worksheet.reset_dimensions()
        yield worksheet


def _wanted(worksheets: list[Any], sheet: str | None) -> Any:
    """The first worksheet, or the one of that name whatever its capitals; refused with the names there are."""
    if sheet is None and worksheets:
        return worksheets[0]
    for worksheet in worksheets:
        if sheet is not None and worksheet.title.strip().casefold() == sheet.strip().casefold():
            return worksheet
    names = ", ".join(f'"{worksheet.title}"' for worksheet in worksheets)
    says = "The workbook has no sheet of that name" if worksheets else "The workbook has no sheet with cells"
    raise EntryRefused(Fault("file", f"{says}: it has {names or 'none'}; name one of those."))


def _has_formulas(path: Path) -> bool:
    """Whether any cell of the workbook holds a formula."""
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as member:
                    tail = b""
                    while chunk := member.read(1 << 20):
                        if any(mark in tail + chunk for mark in (b"<f>", b"<f ", b"<f/", b":f>", b":f ")):
                            return True
                        tail = chunk[-3:]
    return False


def _text(value: object) -> str:
    """A cell as a person sees it, without the noise of binary floats."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int)):
        return str(value)
    return f"={value}"
