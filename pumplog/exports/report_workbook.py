"""A report as a workbook: types, a filter on each column, a head that stays in sight, nothing that calculates."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from pumplog.errors import EntryRefused, Fault
from pumplog.exports.report import Cell, Report

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ROWS_COUNT: Final = 1_048_575
"""So many rows fit under the head of a sheet."""

_SIGNS_COUNT: Final = 32_767
"""So many signs fit into a cell."""

TOO_LONG: Final = "This text is longer than a cell may be: it stands whole in the CSV, Parquet and JSON files."
_WIDTHS: Final = {"text": 24, "count": 12, "number": 14, "flag": 8, "day": 14, "instant": 20}
_SAFE: Final[dict[str, Any]] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def report_xlsx(report: Report, *, at: datetime) -> bytes:
    """The workbook. Raises EntryRefused when the rows are more than a sheet holds."""
    import xlsxwriter

    if len(report.rows) > ROWS_COUNT:
        says = f"A workbook holds {ROWS_COUNT:,} rows and these are {len(report.rows):,}: take CSV or Parquet."
        raise EntryRefused(Fault("format", says))
    written = BytesIO()
    with xlsxwriter.Workbook(written, _SAFE) as book:
        book.set_properties({"title": report.title, "created": at.astimezone(UTC).replace(tzinfo=None)})
        strong = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "d mmm yyyy", "align": "left"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        _first_sheet(book.add_worksheet("About"), report, strong, wrapped)
        rows = book.add_worksheet("Rows")
        rows.freeze_panes(1, 1)
        for place, column in enumerate(report.columns):
            unit = f" [{column.unit}]" if column.unit else ""
            rows.set_column(place, place, _WIDTHS[column.holds])
            rows.write_string(0, place, f"{column.head}{unit}", strong)
        put = _putting(rows, day, instant)
        for number, row in enumerate(report.rows, 1):
            for place, cell in enumerate(row):
                put(number, place, cell)
        rows.autofilter(0, 0, len(report.rows), len(report.columns) - 1)
    return written.getvalue()


def _first_sheet(sheet: "Worksheet", report: Report, strong: Any, wrapped: Any) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, report.title, strong)
    said = [*report.facts, *(("Note", note) for note in report.notes)]
    for number, (name, says) in enumerate(said, 2):
        sheet.write_string(number, 0, name, wrapped)
        sheet.write_string(number, 1, says, wrapped)


def _putting(sheet: "Worksheet", day: Any, instant: Any) -> Callable[[int, int, Cell], None]:
    """How a cell is written by what it is; a text is never read as a formula, a link or a number."""

    def put(row: int, place: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, str):
            sheet.write_string(row, place, cell if len(cell) <= _SIGNS_COUNT else TOO_LONG)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, place, cell)
        elif isinstance(cell, int | Decimal):
            sheet.write_number(row, place, cell)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, place, cell.astimezone(UTC).replace(tzinfo=None), instant)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, day)

    return put
