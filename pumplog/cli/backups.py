"""`pumplog backup` and `pumplog restore`: a proved copy of the log, and such a copy put back."""

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
    say,
    say_json,
)

if TYPE_CHECKING:
    from pumplog.logbook.restore import Restored

ByOption = Annotated[str | None, typer.Option("--by", help="Who does it: stands in the log of who came in.")]


def backup_command(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The folder. Else backup_to of clinic.toml, else backups beside the database."),
    ] = None,
    by: ByOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Copy the log with its anchors and settings into a folder, while the app runs too, and prove the copy there."""
    path, maker = database_path(context, database), person(by)
    with refusals_told(output), open_desk(path) as desk:
        made = desk.back_up(to, by=maker)
    if output is Format.JSON:
        say_json({"folder": str(made.folder), "events_count": made.head.row_count, "head_hash": made.head.hash})
        return
    say(f"The backup is in {made.folder}: {made.head.row_count} events, every one of them proved.")


def restore_command(
    context: typer.Context,
    backup: Annotated[Path, typer.Argument(help="The folder that 'pumplog backup' made, or the log in it.")],
    by: ByOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Put a backup in the place of the log. The old log is kept beside it; nothing is done while the app runs."""
    from pumplog.desk import utc_now
    from pumplog.logbook.restore import restore

    path, who = database_path(context, database), person(by)
    with refusals_told(output):
        restored = restore(backup, path, at=utc_now())
        with open_desk(path) as desk:
            desk.tell_restored(restored, by=who)
    if output is Format.JSON:
        said = {"events_count": restored.head.row_count, "head_hash": restored.head.hash}
        replaced = str(restored.replaced) if restored.replaced is not None else None
        say_json({**said, "replaced": replaced, "missing_count": restored.missing_count})
        return
    for sentence in _told(restored):
        say(sentence)


def _told(restored: "Restored") -> list[str]:
    """What a person must know who has put back a backup."""
    told = [f"The log was put back: {restored.head.row_count} events, every one of them proved."]
    if restored.replaced is not None:
        told.append(f"The log that was there is kept as {restored.replaced}.")
    if restored.missing_count:
        more = "1 event" if restored.missing_count == 1 else f"{restored.missing_count} events"
        told.append(
            f"It had {more} more than the backup. What they say is not on the board now: look for it on paper, and "
            "record it again."
        )
    elif restored.missing_count is None:
        told.append("Whether the log that was there had more events than the backup is not known: ask around.")
    if restored.settings:
        told.append(restored.settings)
    told.append("People and what they may do are as they were when the backup was made: look through Settings.")
    return told
