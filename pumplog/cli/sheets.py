"""`pumplog import`: from a clinic's spreadsheet into the log."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    has_log,
    open_desk,
    person,
    refusals_told,
    refuse,
    said_person,
    say,
    say_json,
    trial_desk,
)
from pumplog.cli.sign_in import CodeOption, Seat, seated
from pumplog.errors import EntryRefused, Fault

if TYPE_CHECKING:
    from pumplog.desk import Desk, ImportReport
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
    by: Annotated[
        str | None,
        typer.Option("--by", help="The person who imports; the sign-in name, once the clinic has accounts."),
    ] = None,
    code: CodeOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Import a clinic's refill spreadsheet."""
    if columns:
        with refusals_told(output):
            _say_columns(sheet_file, sheet, output)
        return
    path, name = database_path(context, database), person(by)

    def imported(desk: "Desk", *, dry: bool) -> "ImportReport":
        who = said_person(by) if desk.door.has_people() else name
        sitting = nullcontext(Seat(desk, name)) if dry else seated(desk, who, code)
        with sitting as seat, _progress(output) as progress:
            return seat.desk.import_sheet(
                sheet_file,
                by=seat.name,
                seen=desk.head().sequence,
                accept_good_rows=accept_good_rows,
                dry_run=dry,
                date_order=date_order.value if date_order else None,
                sheet=sheet,
                progress=progress,
            )

    with refusals_told(output):
        report = _import(path, imported, dry_run=dry_run, accept_good_rows=accept_good_rows, output=output)
    if output is Format.JSON:
        say_json(_record(report))
    else:
        _say_report(report, dry_run=dry_run)
    if report.refused and not accept_good_rows:
        refuse(
            f"Nothing was written: {_counted_rows(report)} refused. Mend the sheet, or import the good rows with "
            "--accept-good-rows."
        )


def _import(
    path: Path,
    imported: "Callable[..., ImportReport]",
    *,
    dry_run: bool,
    accept_good_rows: bool,
    output: Format,
) -> "ImportReport":
    """Import, or only try it. A clinic's first sheet is tried before its database is made."""
    try:
        if dry_run or not has_log(path):
            with trial_desk(path) as desk:
                report = imported(desk, dry=True)
            if dry_run:
                return report
            if report.refused and not accept_good_rows:
                return replace(report, new_count=0)
        with open_desk(path, create=True) as desk:
            return imported(desk, dry=False)
    except EntryRefused as refused:
        if output is Format.JSON:
            faults = [_file_fault(fault) for fault in refused.faults]
            say_json({"rows": 0, "new": 0, "already_there": 0, "pumps": 0, "refused": faults})
        refuse(*(fault.says for fault in refused.faults))


def _file_fault(fault: Fault) -> dict[str, Any]:
    """A fault of the whole file; its columns are on line 1, the header."""
    return {"line": 1 if fault.field == "columns" else None, "field": fault.field, "says": fault.says}


def _counted_rows(report: "ImportReport") -> str:
    count = len({fault.line for fault in report.refused})
    return "1 row was" if count == 1 else f"{count} rows were"


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
