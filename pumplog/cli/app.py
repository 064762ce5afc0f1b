"""The commands, and the one place where a refusal becomes an exit code: 0 done, 1 refused, 2 wrong usage."""

import sys
from typing import Annotated

import typer

from pumplog import __version__
from pumplog.cli import (
    backups,
    board,
    calculators,
    doctor,
    exports,
    heads,
    logs,
    papers,
    people,
    recording,
    reports,
    sheets,
)
from pumplog.cli.common import DatabaseOption, sentences_of, speak_utf_8
from pumplog.errors import PumplogError
from pumplog.serving.private_files import keep_files_private

app = typer.Typer(
    name="pumplog",
    help="Refill and alarm logbook for implanted intrathecal pumps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"pumplog {__version__}\n")
        raise typer.Exit


@app.callback()
def _before(
    database: DatabaseOption = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Refill and alarm logbook for implanted intrathecal pumps."""


app.add_typer(calculators.app, name="calc")
app.command("import")(sheets.import_command)
app.command("due")(board.due_command)
app.command("story")(board.story_command)
app.command("digest")(papers.digest_command)
app.command("downtime-pack")(papers.downtime_pack_command)
app.command("calendar")(papers.calendar_command)
exports.app.command("audit")(reports.audit_command)
exports.app.command("check")(reports.check_command)
app.add_typer(exports.app, name="export")
app.command("record")(recording.record_command)
app.command("verify")(logs.verify_command)
app.command("backup")(backups.backup_command)
app.command("restore")(backups.restore_command)
app.command("doctor")(doctor.doctor_command)
app.add_typer(heads.app, name="head")
app.command("demo")(logs.demo_command)
app.command("serve")(logs.serve_command)
app.add_typer(people.app, name="people")


def main() -> None:
    """Run a command; a refusal is a sentence on stderr and exit code 1."""
    speak_utf_8()
    keep_files_private()
    try:
        app()
    except PumplogError as refused:
        for sentence in sentences_of(refused):
            sys.stderr.write(f"{sentence}\n")
        sys.exit(1)
    except OSError as refused:  # a full disk, an answer that nobody can take
        sys.stderr.write(f"This machine refused it ({refused.strerror or refused}): check its disk and access.\n")
        sys.exit(1)
