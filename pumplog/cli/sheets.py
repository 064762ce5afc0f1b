"""`pumplog import`: from a clinic's spreadsheet into the log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    open_desk,
    person,
    refuse,
    say,
    say_json,
)

if TYPE_CHECKING:
    from pumplog.desk import ImportReport
    from pumplog.imports import Progress


class Order(StrEnum):
    """Which comes first in a date such as 03/04/2026."""

    DMY = "dmy"
    MDY = "mdy"


def import_command(
    context: typer.Context,
    sheet_file: Annotated[Path, typer.Argument(metavar="SHEET", help="A CSV or XLSX file, one row a refill visit.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    accept_good_rows: Annotated[
        bool, typer.Option("--accept-good-rows", help="Import the good rows although others are refused.")
    ] = False,
    date_order: Annotated[
        Order | None, typer.Option("--date-order", help="What 03/04/2026 means in this file.")
    ] = None,
    columns: Annotated[
        bool, typer.Option("--columns", help="Say how each header is understood; read no row.")
    ] = False,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of an XLSX file, else the first.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="The person who imports.")] = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Import a clinic's refill spreadsheet."""
    if columns:
        _say_columns(sheet_file, sheet, output)
        return
    with open_desk(database_path(context, database)) as desk, _progress(output) as progress:
        report = desk.import_sheet(
            sheet_file,
            by=person(by),
            seen=desk.head().sequence,
            accept_good_rows=accept_good_rows,
            dry_run=dry_run,
            date_order=date_order.value if date_order else None,
            sheet=sheet,
            progress=progress,
        )
    if output is Format.JSON:
        say_json(_record(report))
    else:
        _say_report(report, dry_run=dry_run)
    if report.refused and not accept_good_rows:
        refused_rows = len({fault.line for fault in report.refused})
        refuse(
            f"{refused_rows} rows were refused and nothing was written: mend them in the sheet, or import the good "
            "rows with --accept-good-rows."
        )


def _say_columns(sheet_file: Path, sheet: str | None, output: Format) -> None:
    from pumplog.imports import read_sheet, recognise_columns
    from pumplog.reference import load_reference

    columns = recognise_columns(read_sheet(sheet_file, policy=load_reference().policy, sheet=sheet).headers)
    if output is Format.JSON:
        say_json(
            {
                "columns": [
                    {"header": one.header, "field": one.field, "unit": one.unit.value if one.unit else None}
                    for one in columns.understood
                ],
                "refused": [{"field": fault.field, "says": fault.says} for fault in columns.faults],
            }
        )
    else:
        for one in columns.understood:
            say(f"{one.header:<28} {one.field:<24} {one.unit.value if one.unit else ''}".rstrip())
    if columns.faults:
        refuse(*(fault.says for fault in columns.faults))


def _record(report: "ImportReport") -> dict[str, Any]:
    return {
        "rows": report.rows_count,
        "new": report.new_count,
        "already_there": report.already_there_count,
        "pumps": report.pumps_count,
        "refused": [{"line": one.line, "field": one.field, "says": one.says} for one in report.refused],
    }


def _say_report(report: "ImportReport", *, dry_run: bool) -> None:
    for fault in report.refused:
        say(f"line {fault.line}, {fault.field}: {fault.says}")
    would = "would be " if dry_run else ""
    say(
        f"{report.rows_count} rows: {report.new_count} {would}new, {report.already_there_count} already there, "
        f"{len({fault.line for fault in report.refused})} refused; {report.pumps_count} pumps."
    )


@contextmanager
def _progress(output: Format) -> "Iterator[Progress | None]":
    """A progress bar on a terminal, nothing elsewhere."""
    if output is Format.JSON or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
