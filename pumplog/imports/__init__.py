"""A clinic's spreadsheet, read to exact visits; what cannot be read is refused, row by row, with the mend."""

from pumplog.imports.cells import DateOrder
from pumplog.imports.columns import FIELDS, REQUIRED, Column, Columns, recognise_columns
from pumplog.imports.raw import RawRow, RawSheet
from pumplog.imports.rows import Progress, read_clinic_sheet, read_rows
from pumplog.imports.sheet_file import read_sheet
from pumplog.imports.visits import RefusedRow, RowFault, Sheet, SheetIdentity, SheetVisit, rest_digest

__all__ = [
    "FIELDS",
    "REQUIRED",
    "Column",
    "Columns",
    "DateOrder",
    "Progress",
    "RawRow",
    "RawSheet",
    "RefusedRow",
    "RowFault",
    "Sheet",
    "SheetIdentity",
    "SheetVisit",
    "read_clinic_sheet",
    "read_rows",
    "read_sheet",
    "recognise_columns",
    "rest_digest",
]
