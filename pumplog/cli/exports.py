"""`pumplog export …`: what leaves the house for other programs and people, into a folder."""

from pathlib import Path
from typing import Annotated

import typer

from pumplog.cli.board import day_said
from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    open_desk,
    person,
    refusals_told,
)
from pumplog.cli.papers import ByOption, tell_written, write_papers

app = typer.Typer(help="Take data out of the house.", no_args_is_help=True)

OutOption = Annotated[Path, typer.Option("--out", help="The folder to write to.")]


@app.command("views")
def views_command(
    context: typer.Context,
    out: OutOption,
    by: ByOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Write each read-only view as a Parquet file with units, and what each column is."""
    path, maker = database_path(context, database), person(by)
    with refusals_told(output), open_desk(path) as desk:
        made = desk.export_views(by=maker)
        written = write_papers(made, out)
    tell_written(made, written, output)


@app.command("fhir")
def fhir_command(
    context: typer.Context,
    out: OutOption,
    pump: Annotated[str | None, typer.Option("--pump", help="The serial of one pump.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="The first day, as 2026-05-05.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day, in it as well.")] = None,
    by: ByOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Write a FHIR R4 bundle of one pump, or of a period, for another clinic's software."""
    path, maker = database_path(context, database), person(by)
    with refusals_told(output), open_desk(path) as desk:
        made = desk.export_fhir(by=maker, pump_serial=pump, first=day_said(first, "from"), last=day_said(last, "to"))
        written = write_papers(made, out)
    tell_written(made, written, output)


@app.command("deidentified")
def deidentified_command(
    context: typer.Context,
    out: OutOption,
    by: ByOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Write the record without people in it, as CSV and Parquet, for studies."""
    path, maker = database_path(context, database), person(by)
    with refusals_told(output), open_desk(path) as desk:
        made = desk.export_deidentified(by=maker)
        written = write_papers(made, out)
    tell_written(made, written, output)
