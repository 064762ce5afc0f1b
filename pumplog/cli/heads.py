"""`pumplog head`: a signed head for paper, and two heads beside each other."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    say,
    say_json,
)

if TYPE_CHECKING:
    from pumplog.logbook import Outside

_LONGEST_CHARACTERS = 4_000

app = typer.Typer(
    help="Print a signed head of the log, for paper; `check` compares two.", invoke_without_command=True
)


@app.callback()
def head_command(
    context: typer.Context,
    qr: Annotated[Path | None, typer.Option("--qr", help="Write the QR code into this SVG file too.")] = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Print how the log ends, signed: six lines to keep elsewhere, and on stderr the short code."""
    if context.invoked_subcommand is not None:
        return
    with refusals_told(output), open_desk(database_path(context, database)) as desk:
        head = desk.signed_head(by=person(None))
    if qr is not None:
        qr.write_text(head.qr_svg() + "\n", "utf-8")
    if output is Format.JSON:
        say_json(
            {
                "rows": head.row_count,
                "hash": head.hash,
                "access_rows": head.access_row_count,
                "access_hash": head.access_hash,
                "at": f"{head.at:%Y-%m-%dT%H:%M:%SZ}",
                "key_id": head.key_id,
                "public_key": head.public_key.hex(),
                "signature": head.signature.hex(),
                "code": head.code,
                "text": head.text,
            }
        )
        return
    for line in head.text.splitlines():
        say(line)
    typer.echo(head.says, err=True)


@app.command("check")
def check_command(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="The older head: a code, or a file with its text.")],
    new: Annotated[str, typer.Argument(help="The newer head.")],
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Say whether the log of the newer head is that of the older one, gone on; by the log where it is there."""
    from pumplog.logbook.consistency import compared

    path = database_path(context, database)
    with refusals_told(output):
        heads = (outside_said(old), outside_said(new))
        found = compared(*heads)
        answer: str = found.answer
        says = found.says
        if answer != "contradicts" and has_log(path):
            from pumplog.cli.logs import verified

            walked = verified(path, heads)
            answer, says = ("same" if answer == "same" else "goes on") if walked.ok else "contradicts", walked.says
    ok = answer in ("same", "goes on")
    if output is Format.JSON:
        say_json({"ok": ok, "answer": answer, "says": says})
    elif ok:
        say(says)
    if not ok:
        refuse(says)


def outside_said(said: str) -> "Outside":
    """What a head says that was named by its code, its text, or a file with one of the two. Raises EntryRefused."""
    from pumplog.errors import EntryRefused, Fault
    from pumplog.logbook.signed_head import FORMAT, outside_of

    file = Path(said)
    if said.lstrip().startswith(FORMAT) or not _is_file(file):
        return outside_of(said)
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(_LONGEST_CHARACTERS)
    except (OSError, UnicodeDecodeError) as error:
        raise EntryRefused(Fault("against", f"The file {file} cannot be read as text: name another.")) from error
    return outside_of(text)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no name of a file at all
        return False
