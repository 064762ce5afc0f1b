"""`pumplog record`: any entry a screen can write, from a file."""

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    open_desk,
    refuse,
    say,
    say_json,
    sentences_of,
)
from pumplog.errors import EntryRefused, Fault, PumplogError

if TYPE_CHECKING:
    from pumplog.desk import Desk
    from pumplog.rules import Finding

LARGEST_ENTRY_BYTES = 1_000_000


def record_command(
    context: typer.Context,
    entry_file: Annotated[
        Path | None, typer.Argument(metavar="ENTRY", help="A JSON file with one entry; - for standard input.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="The person who records.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say the findings; write nothing.")] = False,
    schema: Annotated[str | None, typer.Option("--schema", help="Print the JSON schema of a kind of entry.")] = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Record one entry from a file. Reasons for findings go into its `confirmed`, by code."""
    if schema is not None:
        from pumplog.entries import schema as schema_of

        say_json(schema_of(schema))
        return
    if entry_file is None:
        raise typer.BadParameter("Name the file with the entry, or ask for --schema KIND.")
    if by is None:
        raise typer.BadParameter("Every entry carries a person: say --by PERSON.")
    said = _read(entry_file)
    seen, event_id = said.pop("seen", None), said.pop("event_id", None)
    try:
        with open_desk(database_path(context, database)) as desk:
            record = _record(desk, said, by, seen, event_id, dry_run=dry_run)
    except PumplogError as refused:
        if output is Format.JSON:
            faults = refused.faults if isinstance(refused, EntryRefused) else ()
            says = [{"field": one.field, "says": one.says} for one in faults] or [
                {"field": "entry", "says": str(refused)}
            ]
            say_json({"refused": says})
        refuse(*sentences_of(refused))
    if output is Format.JSON:
        say_json(record)
    else:
        _print(record, dry_run=dry_run)


def _read(entry_file: Path) -> dict[str, Any]:
    try:
        if str(entry_file) == "-":
            text = typer.get_text_stream("stdin").read(LARGEST_ENTRY_BYTES)
        else:
            with entry_file.open(encoding="utf-8-sig") as file:
                text = file.read(LARGEST_ENTRY_BYTES)
        said = json.loads(text, parse_float=Decimal)
    except OSError as error:
        raise EntryRefused(
            Fault("entry", f"{entry_file.name} cannot be opened ({error.strerror}): check the path.")
        ) from error
    except (ValueError, RecursionError) as error:
        raise EntryRefused(
            Fault("entry", f"{entry_file.name} is not JSON we can read: see pumplog record --schema refilled.")
        ) from error
    if not isinstance(said, dict):
        raise EntryRefused(Fault("entry", f"{entry_file.name} holds no entry: write one JSON object with its kind."))
    return said


def _record(
    desk: "Desk", said: dict[str, Any], by: str, seen: Any, event_id: Any, *, dry_run: bool
) -> dict[str, Any]:
    from pumplog.exports import due_record
    from pumplog.rules import unanswered

    entry = desk.read_entry(said)
    if not isinstance(seen, int | None) or not isinstance(event_id, str | None):
        raise EntryRefused(Fault("seen", "seen is a whole number and event_id a text: mend them, or leave them out."))
    if dry_run:
        preview = desk.preview(entry, by=by)
        return {
            "recorded": False,
            "findings": [_finding(one) for one in preview.findings],
            "unanswered": [
                {"field": one.field, "says": one.says} for one in unanswered(entry, preview.findings, by=by)
            ],
            "before": due_record(preview.before) if preview.before else None,
            "after": due_record(preview.after) if preview.after else None,
        }
    latest = desk.seen_of(entry) if seen is None else seen
    recorded = desk.record(entry, by=by, seen=latest, event_id=event_id)
    return {
        "recorded": True,
        "event_id": recorded.event.event_id,
        "sequence": recorded.event.sequence,
        "findings": [_finding(one) for one in recorded.findings],
        "after": due_record(recorded.outlook) if recorded.outlook else None,
    }


def _finding(finding: "Finding") -> dict[str, str]:
    return {
        "weight": finding.weight.value,
        "code": finding.code,
        "says": finding.says,
        "about": finding.about,
        "source": finding.source,
    }


def _print(record: dict[str, Any], *, dry_run: bool) -> None:
    for finding in record["findings"]:
        say(f"{finding['weight']} {finding['code']}: {finding['says']}")
    for fault in record.get("unanswered", ()):
        say(f"still to answer: {fault['field']}")
    after = record["after"]
    if after is not None:
        say(f"refill by {after['refill_by'] or 'unknown'}, {after['tier'].replace('_', ' ')}")
    say("Nothing was written (dry run)." if dry_run else f"Recorded as event {record['sequence']}.")
