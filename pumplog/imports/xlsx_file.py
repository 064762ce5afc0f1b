"""An XLSX file as rows of text: which sheets it has, and the one that is wanted."""

import posixpath
import zlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from pumplog.imports.raw import Deadline, RawSheet, collect, refused_file
from pumplog.imports.xlsx_cells import Styles, read_rows_of, read_texts
from pumplog.imports.xlsx_parts import Parts, open_parts
from pumplog.imports.xlsx_xml import elements
from pumplog.reference import Policy

_NAME_LETTERS: Final = 31
_NAMES_AT_ONCE: Final = 20
"""What a spreadsheet program takes for a sheet's name; and how many names a sentence can bear."""

_FORMAT_LETTERS: Final = 255
"""What a spreadsheet program takes for a number's format; on a longer one, telling dates could take for ever."""

_BROKEN: Final = (
    BadZipFile,
    EOFError,
    ExpatError,
    IndexError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    zlib.error,
)
"""What unpacking and reading raise on a workbook that is cut, altered, locked, or of another kind."""

_DATE_FORMATS: Final = frozenset(range(27, 37)) | frozenset(range(50, 59))
"""Built-in formats for dates that belong to a language; the others are told by their code."""


def read_xlsx(path: Path, policy: Policy, sheet: str | None, deadline: Deadline) -> RawSheet:
    """The rows of one sheet of a workbook: the first that is not hidden, or the one named."""
    try:
        with open_parts(path, policy, deadline) as parts, closing(_rows(parts, sheet)) as rows:
            return collect(rows, policy, deadline)
    except _BROKEN as error:
        says = "The file is not a workbook that can be read: save the sheet again, as XLSX or as CSV (UTF-8)."
        raise refused_file(says) from error


def _rows(archive: Parts, sheet: str | None) -> Generator[tuple[int, list[str]]]:
    """Each row of the sheet wanted, with its number."""
    _, workbook = next(part for part in _parts(archive, "").values() if part[0] == "officeDocument")
    parts = _parts(archive, workbook)
    worksheets: list[_Worksheet] = []
    epoch = CALENDAR_WINDOWS_1900
    with archive.open(workbook) as file:
        for name, attributes in elements(file, "workbookPr", "sheet"):
            if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                epoch = CALENDAR_MAC_1904
            elif name == "sheet":
                key = next(value for label, value in attributes.items() if label.rpartition(":")[2] == "id")
                kind, path = parts[key]
                if kind == "worksheet":
                    shown = attributes.get("state", "visible") == "visible"
                    worksheets.append(_Worksheet(attributes["name"], path, shown))
    wanted = _wanted(worksheets, sheet)
    texts: list[str] = []
    dates: frozenset[int] = frozenset()
    for kind, path in parts.values():
        if kind == "sharedStrings":
            with archive.open(path) as file:
                texts = read_texts(file)
        elif kind == "styles":
            dates = _date_styles(archive, path)
    with archive.open(wanted.path) as file:
        yield from read_rows_of(file, Styles(texts, dates, epoch))


@dataclass(frozen=True)
class _Worksheet:
    """One sheet of a workbook, and where it lies."""

    name: str
    path: str
    shown: bool


def _wanted(worksheets: list[_Worksheet], sheet: str | None) -> _Worksheet:
    """The sheet of that name whatever its capitals, or the first one shown; refused with the names there are."""
    for worksheet in worksheets:
        if worksheet.shown if sheet is None else worksheet.name.strip().casefold() == sheet.strip().casefold():
            return worksheet
    names = ", ".join(f'"{worksheet.name[:_NAME_LETTERS]}"' for worksheet in worksheets[:_NAMES_AT_ONCE]) or "none"
    raise refused_file(f"The workbook has no sheet of that name: it has {names}; name one of those.")


def _parts(archive: Parts, of: str) -> dict[str, tuple[str, str]]:
    """What a part of the workbook points to: by key, the kind and the path of each."""
    folder, name = posixpath.split(of)
    parts: dict[str, tuple[str, str]] = {}
    with archive.open(posixpath.join(folder, "_rels", f"{name}.rels")) as file:
        for _, attributes in elements(file, "Relationship"):
            kind = attributes["Type"].rpartition("/")[2]
            path = posixpath.normpath(posixpath.join("/", folder, attributes["Target"])).lstrip("/")
            parts[attributes["Id"]] = (kind, path)
    return parts


def _date_styles(archive: Parts, path: str) -> frozenset[int]:
    """The styles under which a number is shown as a date."""
    codes = dict(BUILTIN_FORMATS)
    formats: list[int] = []
    within = False
    with archive.open(path) as file:
        for name, attributes in elements(file, "numFmt", "cellXfs", "cellStyles", "dxfs", "xf"):
            if name == "numFmt":
                codes[int(attributes["numFmtId"])] = attributes["formatCode"][:_FORMAT_LETTERS]
            elif name == "xf" and within:
                formats.append(int(attributes.get("numFmtId", 0)))
            else:
                within = name == "cellXfs"
    return frozenset(
        style
        for style, number in enumerate(formats)
        if number in _DATE_FORMATS or is_date_format(codes.get(number, "General"))
    )
