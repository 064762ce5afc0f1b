"""`pumplog record`: any entry a screen can write, from a file."""

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    has_log,
    open_desk,
    refusal_records,
    refusals_told,
    refuse,
    say,
    say_json,
    trial_desk,
)
from pumplog.cli.sign_in import CodeOption, Seat, seated
from pumplog.errors import EntryRefused, Fault, StaleRecord

if TYPE_CHECKING:
    from pumplog.desk import Desk
    from pumplog.rules import Finding

LARGEST_ENTRY_BYTES = 1_000_000


def record_command(
    context: typer.Context,
    entry_file: Annotated[
        Path | None, typer.Argument(metavar="ENTRY", help="A JSON file with one entry; - for standard input.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", help="The person who records; the sign-in name, once the clinic has accounts."),
    ] = None,
    second: Annotated[
        str | None, typer.Option("--second", help="The sign-in name of a second checker, who is asked to sign.")
    ] = None,
    code: CodeOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say the findings; write nothing.")] = False,
    schema: Annotated[str | None, typer.Option("--schema", help="Print the JSON schema of a kind of entry.")] = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Record one entry from a file. Reasons for findings go into its `confirmed`, by code."""
    if schema is not None:
        from pumplog.entries import schema as schema_of

        with refusals_told(output):
            say_json(schema_of(schema))
        return
    if entry_file is None:
        raise typer.BadParameter("Name the file with the entry, or ask for --schema KIND.")
    if by is None or not by.strip():
        raise typer.BadParameter("Every entry carries a person: say --by PERSON.")
    with refusals_told(output):
        said = _read(entry_file)
        seen, event_id = _writing_facts(said)
        path = database_path(context, database)
        if dry_run or not has_log(path):
            with trial_desk(path) as desk:
                record = _tried(desk, said, by, seen)
            if not dry_run:
                _refuse_unanswered(record, output)
        if not dry_run:
            with open_desk(path, create=True) as desk, seated(desk, by, code) as seat:
                own_id = event_id or uuid4().hex
                if second is not None:
                    said = _signed(seat, said, second, seen, own_id, output)
                record = _recorded(seat.desk, said, seat.name, seen, own_id, output)
    if output is Format.JSON:
        say_json(record)
    else:
        _print(record)


def _read(entry_file: Path) -> dict[str, Any]:
    try:
        if str(entry_file) == "-":
            text = typer.get_text_stream("stdin", encoding="utf-8-sig").read(LARGEST_ENTRY_BYTES + 1)
        else:
            with entry_file.open(encoding="utf-8-sig") as file:
                text = file.read(LARGEST_ENTRY_BYTES + 1)
        if len(text) > LARGEST_ENTRY_BYTES:
            raise EntryRefused(Fault("entry", f"{entry_file.name} is too long to be one entry: check the file."))
        said = json.loads(text, parse_float=Decimal, object_pairs_hook=_said_once)
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


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON in which nothing is said twice: nobody could know which of the two was meant."""
    said = dict(pairs)
    if len(said) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise EntryRefused(Fault(twice, f"The entry says {twice} twice: keep the one that is right."))
    return said


def _writing_facts(said: dict[str, Any]) -> tuple[int | None, str | None]:
    """What had been seen, and the entry's own id, taken out of what is said."""
    seen, event_id = said.pop("seen", None), said.pop("event_id", None)
    if seen is not None and (not isinstance(seen, int) or isinstance(seen, bool)):
        raise EntryRefused(Fault("seen", "seen is not a whole number: write the sequence, or leave it out."))
    if event_id is not None and not (isinstance(event_id, str) and event_id.strip() and event_id.isprintable()):
        raise EntryRefused(Fault("event_id", "event_id is not a text: write one, or leave it out."))
    return seen, event_id


def _tried(desk: "Desk", said: dict[str, Any], by: str, seen: int | None) -> dict[str, Any]:
    """What recording would say."""
    from pumplog.exports.records import due_record
    from pumplog.rules import unanswered

    entry = desk.read_entry(said)
    preview = desk.preview(entry, by=by)
    if seen is not None and seen != preview.seen:
        raise StaleRecord(preview.pump_id, seen=seen, latest=preview.seen)
    return {
        "recorded": False,
        "findings": [_finding(one) for one in preview.findings],
        "unanswered": refusal_records(EntryRefused(*unanswered(entry, preview.findings, by=by))),
        "before": due_record(preview.before) if preview.before else None,
        "after": due_record(preview.after) if preview.after else None,
    }


def _refuse_unanswered(tried: dict[str, Any], output: Format) -> None:
    """Leave with 1 when a finding has no reason yet; the answer holds the findings."""
    if not tried["unanswered"]:
        return
    if output is Format.JSON:
        say_json({"recorded": False, "findings": tried["findings"], "refused": tried["unanswered"]})
    refuse(*(one["says"] for one in tried["unanswered"]))


def _recorded(
    desk: "Desk", said: dict[str, Any], by: str, seen: int | None, event_id: str | None, output: Format
) -> dict[str, Any]:
    from pumplog.exports.records import due_record

    entry = desk.read_entry(said)
    try:
        recorded = desk.record(entry, by=by, seen=desk.seen_of(entry) if seen is None else seen, event_id=event_id)
    except EntryRefused:
        _refuse_unanswered(_tried(desk, said, by, seen), output)
        raise
    return {
        "recorded": True,
        "event_id": recorded.event.event_id,
        "sequence": recorded.event.sequence,
        "findings": [_finding(one) for one in recorded.findings],
        "after": due_record(recorded.outlook) if recorded.outlook else None,
    }


def _signed(
    seat: Seat, said: dict[str, Any], second: str, seen: int | None, event_id: str, output: Format
) -> dict[str, Any]:
    """What is said, with the name of a second checker who has signed under it, asked when all else is answered."""
    place = said["replacement"] if isinstance(said.get("replacement"), dict) else said
    entry = seat.desk.read_entry(said)
    if "second_checker" not in type(getattr(entry, "replacement", None) or entry).model_fields:
        raise EntryRefused(Fault("second_checker", "Nobody signs under an entry of this kind: leave --second out."))
    _refuse_unanswered(_tried(seat.desk, _with(said, place, second), seat.name, seen), output)
    return _with(said, place, seat.signed_by_second(entry, second, event_id=event_id))


def _with(said: dict[str, Any], place: dict[str, Any], checker: str) -> dict[str, Any]:
    named = {**place, "second_checker": checker}
    return named if place is said else {**said, "replacement": named}


def _finding(finding: "Finding") -> dict[str, str]:
    return {
        "weight": finding.weight.value,
        "code": finding.code,
        "says": finding.says,
        "about": finding.about,
        "source": finding.source,
    }


def _print(record: dict[str, Any]) -> None:
    for finding in record["findings"]:
        say(f"{finding['weight']} {finding['code']}: {finding['says']}")
    for fault in record.get("unanswered", ()):
        say(f"still to answer: {fault['field']}")
    after = record["after"]
    if after is not None:
        say(f"refill by {after['refill_by'] or 'unknown'}, {after['tier'].replace('_', ' ')}")
    written = record["recorded"]
    say(f"Recorded as event {record['sequence']}." if written else "Nothing was written (dry run).")
