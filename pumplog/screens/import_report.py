"""What a check or an import found, as a person reads it."""

from collections.abc import Sequence

from pumplog.desk import ImportReport
from pumplog.imports import Column, RowFault
from pumplog.imports.columns import UNITS
from pumplog.quantities import label
from pumplog.screens.tables import table_html


def refused_rows_count(report: ImportReport) -> int:
    """How many rows are refused; a row may have several faults."""
    return len({fault.line for fault in report.refused})


def counts_html(report: ImportReport) -> str:
    """Return the counts of a report, large enough to be seen from a standing place."""
    refused = refused_rows_count(report)
    figures = (
        ("rows read", report.rows_count, ""),
        ("new", report.new_count, ""),
        ("already there", report.already_there_count, ""),
        ("refused", refused, " pl-mind" if refused else ""),
        ("pumps", report.pumps_count, ""),
    )
    cells = "".join(
        f'<div class="{mind.strip()}"><b>{count:,}</b><span>{words}</span></div>' for words, count, mind in figures
    )
    return f'<div class="pl-figures" role="status">{cells}</div>'


def columns_html(columns: Sequence[Column]) -> str:
    """Return how each header is understood, in the order of the sheet."""
    ordered = sorted(columns, key=lambda column: column.position)
    rows = [(column.header, label(column.field), _unit(column)) for column in ordered]
    return table_html(("Header in the sheet", "Understood as", "Unit"), rows)


def _unit(column: Column) -> str:
    if column.unit is not None:
        return column.unit.value
    return "in each cell" if column.field in UNITS else ""


def faults_html(faults: Sequence[RowFault]) -> str:
    """Return every fault as its line, its field and the sentence that says how to mend it."""
    rows = [(str(fault.line), label(fault.field), _sentence(fault)) for fault in faults]
    return table_html(("Line", "Field", "What to mend"), rows, kind="pl-faults")


def _sentence(fault: RowFault) -> str:
    """The sentence without the line and the field, which stand beside it."""
    says = fault.says.removeprefix(f"Line {fault.line}: ").removeprefix(f"{label(fault.field)}: ")
    return says[:1].upper() + says[1:]
