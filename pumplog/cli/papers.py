"""`pumplog digest` and `pumplog downtime-pack`: the day's call list, and the paper for when nothing runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumplog.cli.board import OnOption, day_said
from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    open_desk,
    person,
    refusals_told,
    say,
    say_json,
)

if TYPE_CHECKING:
    from pumplog.desk import Papers

OutOption = Annotated[
    Path | None, typer.Option("--out", help="The folder to write to. Else the folder papers beside the database.")
]
ByOption = Annotated[str | None, typer.Option("--by", help="Who makes it: stands on the paper.")]


def digest_command(
    context: typer.Context,
    on: OnOption = None,
    out: OutOption = None,
    by: ByOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Write the day's call list as HTML, text and PDF into a folder, for e-mail or print."""
    path, maker = database_path(context, database), person(by)
    with refusals_told(output), open_desk(path) as desk:
        made = desk.digest(day_said(on), by=maker)
        written = write_papers(made, out or path.parent / "papers")
    tell_written(made, written, output)


def downtime_pack_command(
    context: typer.Context,
    out: OutOption = None,
    forms: Annotated[int, typer.Option("--forms", min=1, max=100, help="How many blank visit forms.")] = 5,
    by: ByOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Write the downtime pack as PDF into a folder: due list, a card for each pump, blank forms."""
    path, maker = database_path(context, database), person(by)
    with refusals_told(output), open_desk(path) as desk:
        made = desk.downtime_pack(by=maker, forms_count=forms)
        written = write_papers(made, out or path.parent / "papers")
    tell_written(made, written, output)


def calendar_command(
    context: typer.Context,
    site: Annotated[str | None, typer.Option("--site", help="One site alone. Else all of the clinic.")] = None,
    out: OutOption = None,
    by: ByOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Write every booked visit and refill-by day as a calendar file, which names no patient."""
    path, maker = database_path(context, database), person(by)
    with refusals_told(output), open_desk(path) as desk:
        made = desk.calendar_feed(by=maker, site=site)
        written = write_papers(made, out or path.parent / "papers")
    tell_written(made, written, output)


def write_papers(made: "Papers", out: Path) -> tuple[Path, ...]:
    """Put what was made into a folder; where each file lies."""
    from pumplog.exports.private_folder import put_files

    return put_files(out, made.files)


def tell_written(made: "Papers", written: tuple[Path, ...], output: Format) -> None:
    """Say on stdout what was written."""
    if output is Format.JSON:
        files = [str(path) for path in written]
        say_json({"on": made.on.isoformat(), "pumps_count": made.pumps_count, "files": files})
        return
    for path in written:
        say(str(path))
