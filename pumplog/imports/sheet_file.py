"""Whatever file a clinic chooses, to rows of text: told by its content, never by its name."""

from pathlib import Path
from typing import Final

from pumplog.errors import EntryRefused
from pumplog.imports.csv_file import read_csv
from pumplog.imports.raw import Deadline, RawSheet, refused_file
from pumplog.imports.xlsx_file import read_xlsx
from pumplog.reference import Policy

_ZIP: Final = b"PK"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"


def read_sheet(path: Path, *, policy: Policy, sheet: str | None = None, deadline: Deadline | None = None) -> RawSheet:
    """The header and the rows of a CSV or XLSX file; refused, with the mend, when it is neither.

    `sheet` names the sheet of a workbook; without it the first one is read. `deadline` is one that is running
    already; without it reading has its whole time.
    """
    try:
        return _read(path, policy, sheet, deadline or Deadline())
    except OSError as error:
        says = "The file cannot be read: check its name, that it is there, and that no other program holds it."
        raise refused_file(says) from error


def _read(path: Path, policy: Policy, sheet: str | None, deadline: Deadline) -> RawSheet:
    ceiling = policy.import_bytes_ceiling_count.value
    if path.stat().st_size > ceiling:
        raise _too_big(ceiling)
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(_OLD_OFFICE):
        says = "The file is an old .xls workbook or locked with a password"
        raise refused_file(f"{says}: open it and save it as XLSX without a password, or as CSV (UTF-8).")
    if start.startswith(_ZIP):
        return read_xlsx(path, policy, sheet, deadline)
    if sheet is not None:
        raise refused_file("A CSV file has no sheets with names: leave the sheet's name out.")
    return read_csv(path, policy, deadline)


def _too_big(ceiling: int) -> EntryRefused:
    return refused_file(f"The file is bigger than {ceiling // 1_000_000:,} MB: split it and import the parts.")
