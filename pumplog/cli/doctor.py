"""`pumplog doctor`: everything looked over, each complaint with its mend; 0 well, 1 something to look at, 2 wrong."""

from typing import TYPE_CHECKING, Final

import typer

from pumplog.cli.common import DatabaseOption, Format, FormatOption, database_path, refusals_told, say, say_json

if TYPE_CHECKING:
    from pumplog.desk.examining import Check

_MARKS: Final = {"well": "✓", "look": "!", "wrong": "✕"}
_CODES: Final = {"well": 0, "look": 1, "wrong": 2}


def doctor_command(
    context: typer.Context, output: FormatOption = Format.TEXT, database: DatabaseOption = None
) -> None:
    """Look over log, disk, settings, backups. Ends with 0: well, 1: something to look at, 2: something is wrong."""
    from pumplog.serving.doctor import examine

    with refusals_told(output):
        checks = examine(database_path(context, database))
    if output is Format.JSON:
        said = [{"about": c.about, "health": c.health.value, "says": c.says, "mend": c.mend or None} for c in checks]
        say_json(said)
    else:
        _tell(checks)
    raise typer.Exit(max(_CODES[check.health.value] for check in checks))


def _tell(checks: "tuple[Check, ...]") -> None:
    for check in checks:
        say(f"{_MARKS[check.health.value]} {check.about}: {check.says}")
        if check.mend:
            say(f"    {check.mend}")
