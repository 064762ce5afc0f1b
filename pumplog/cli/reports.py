"""`pumplog export audit` and `pumplog export check`: the audit report into a folder, and its proof years later."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    open_desk,
    person,
    refusals_told,
    refuse,
    say,
    say_json,
)
from pumplog.cli.papers import ByOption
from pumplog.quantities import read_date

if TYPE_CHECKING:
    from pumplog.exports.report_set import Progress, ReportSet


class FormName(StrEnum):
    """The forms of a report by their words: the command line starts without the exports, which know them."""

    PDF = "pdf"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSON = "json"


FromOption = Annotated[str, typer.Option("--from", help="The first day, YYYY-MM-DD.")]
ToOption = Annotated[str, typer.Option("--to", help="The last day, YYYY-MM-DD.")]
OutOption = Annotated[
    Path, typer.Option("--out", help="The folder to write to; the set gets a folder of its own in it.")
]
FormatsOption = Annotated[
    list[FormName], typer.Option("--format", help="May be given several times; without it, PDF.")
]


def audit_command(
    context: typer.Context,
    first: FromOption,
    last: ToOption,
    out: OutOption,
    pump: Annotated[str | None, typer.Option("--pump", help="One pump alone, by its serial.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="The pumps of one site alone.")] = None,
    who: Annotated[str | None, typer.Option("--person", help="What one person did or signed alone.")] = None,
    formats: FormatsOption = [FormName.PDF],  # noqa: B006  typer reads it and changes nothing
    by: ByOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write who did what when, what changed from what to what, and why, with a manifest that proves the files."""
    from pumplog.exports.audit_rows import AuditFilter
    from pumplog.exports.report_set import ReportFormat

    path, maker = database_path(context, database), person(by)
    with refusals_told(Format.TEXT), open_desk(path) as desk, _progress() as progress:
        first_on = read_date(first, field="from", date_order=None)
        last_on = read_date(last, field="to", date_order=None)
        asked = AuditFilter(first_on, last_on, pump_serial=pump, site=site, person=who)
        report = desk.audit(asked, by=maker, progress=progress)
        written = _written(desk.export_report(report, map(ReportFormat, formats), by=maker, progress=progress), out)
    for one in written:
        say(str(one))


def check_command(
    manifest: Annotated[Path, typer.Argument(help="The manifest.json of the set.")],
    output: FormatOption = Format.TEXT,
) -> None:
    """Prove a set of files against its manifest, without the database: every file there, unaltered, none added."""
    from pumplog.exports.manifest import check_set

    with refusals_told(output):
        found = check_set(manifest)
    if output is Format.JSON:
        say_json({"ok": found.ok, "files_count": found.files_count, "faults": list(found.faults)})
    elif found.ok:
        files = "1 file is" if found.files_count == 1 else f"{found.files_count} files are"
        say(f"{files} as made on {found.about.get('made_at')} by {found.about.get('made_by')}; none was added.")
    if not found.ok:
        refuse(*found.faults)


def _written(made: "ReportSet", out: Path) -> tuple[Path, ...]:
    from pumplog.exports.private_folder import put_files

    return put_files(out / made.folder, made.files)


@contextmanager
def _progress() -> "Iterator[Progress | None]":
    """A bar for each stage on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    with Bar(console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell
