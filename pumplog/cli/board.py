"""`pumplog due` and `pumplog story`: the board and one pump, as the screens see them."""

import sys
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

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
from pumplog.quantities import read_date, show_date

if TYPE_CHECKING:
    from pumplog.desk import Board, Story


class TableFormat(StrEnum):
    """How the board is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


ReaderOption = Annotated[str | None, typer.Option("--by", help="Who reads it: stands in the log of who read what.")]
OnOption = Annotated[str | None, typer.Option("--on", help="The day, as 2026-05-05; today unless given.")]


def due_command(
    context: typer.Context,
    on: OnOption = None,
    output: Annotated[TableFormat, typer.Option("--format")] = TableFormat.TABLE,
    by: ReaderOption = None,
    database: DatabaseOption = None,
) -> None:
    """Print the board: every active pump, worst first."""
    from pumplog.exports.records import due_csv, due_record

    with refusals_told(output), open_desk(database_path(context, database)) as desk:
        board = desk.board(day_said(on))
        desk.printed_board(board, by=person(by))
    if output is TableFormat.JSON:
        say_json([due_record(row) for row in board.rows])
    elif output is TableFormat.CSV:
        sys.stdout.write(due_csv(board.rows))
    else:
        _print_board(board)


def day_said(text: str | None, field: str = "on") -> date | None:
    """The day that was typed after --on, or after another option; None when none was."""
    return None if text is None else read_date(text, field=field, date_order=None)


def _print_board(board: "Board") -> None:
    if not board.rows:
        say("No pump is on the list. Import a sheet (pumplog import SHEET.csv) or register a pump.")
    else:
        _print_rows(board)
    if board.open_rows:
        say(f"Refused rows of imported sheets that are still open: {len(board.open_rows)}.")


def _print_rows(board: "Board") -> None:
    say(f"{show_date(board.on)}: {len(board.rows)} on the list")
    say(f"{'serial':<14} {'tier':<15} {'refill by':<12} {'book on':<12} {'alarm':<12} {'empty':<12} why")
    for row in board.rows:
        dates = (row.refill_by, row.book_on, row.alarm_date, row.empty_date)
        days = "".join(f" {show_date(day) if day else '-':<12}" for day in dates)
        why = row.reasons[0] if row.reasons else (row.limited_by_says or "")
        tier = row.tier.value.replace("_", " ")
        say(f"{row.pump_serial:<14} {tier:<15}{days} {why}".rstrip())


def story_command(
    context: typer.Context,
    serial: Annotated[str, typer.Argument(help="The pump's serial.")],
    on: OnOption = None,
    output: FormatOption = Format.TEXT,
    by: ReaderOption = None,
    database: DatabaseOption = None,
) -> None:
    """Print one pump's story: its events, its state, its projection with the working."""
    with refusals_told(output), open_desk(database_path(context, database)) as desk:
        story = desk.story(serial, day_said(on))
        desk.opened_story(story.state.pump_id, by=person(by))
        until = datetime.combine(story.on, time.max, tzinfo=desk.zone)
    if output is Format.JSON:
        say_json(_story_record(story, until))
    else:
        _print_story(story)


def _story_record(story: "Story", until: datetime) -> dict[str, Any]:
    from pumplog.exports.records import due_record, story_events, story_projection, story_state

    return {
        "pump_serial": story.outlook.pump_serial,
        "on": story.on.isoformat(),
        "events": story_events(story.state, until=until),
        "state": story_state(story.state),
        "outlook": due_record(story.outlook),
        "projection": story_projection(story.outlook.projection),
    }


def _print_story(story: "Story") -> None:
    row = story.outlook
    say(f"{row.pump_serial}: {row.tier.value.replace('_', ' ')} on {show_date(story.on)}")
    for reason in row.reasons:
        say(f"  {reason}")
    for line in story.state.log:
        struck = f"   ({line.corrected_how.replace('_', ' ')})" if line.corrected_how else ""
        happened = show_date(line.said.entry.happened_at.date())
        say(f"  {happened:<12} {line.said.entry.kind:<14} by {line.said.recorded_by}{struck}")
    answer = row.projection.explain()
    for working in answer.working if answer else ():
        say(f"    {working.meaning}: {working.with_numbers} = {working.shown}")
