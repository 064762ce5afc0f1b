"""The log without people in it, after the safe harbour of 45 CFR 164.514(b)(2): for studies, not for care."""

from pumplog.exports.deidentified.files import deidentified_files
from pumplog.exports.deidentified.rows import Codes, rows_of
from pumplog.exports.deidentified.shape import PUMP, TABLES, Column, Sort, Table, every_table

__all__ = ["PUMP", "TABLES", "Codes", "Column", "Sort", "Table", "deidentified_files", "every_table", "rows_of"]
