"""`pumplog verify`, `demo` and `serve`: the log's proof, a clinic to try, the app."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    named_database,
    on_one_line,
    refusals_told,
    refuse,
    say,
    say_json,
)
from pumplog.cli.heads import outside_said
from pumplog.errors import LogbookDamaged, LogbookUnavailable, Trouble
from pumplog.serving import DEFAULT_PORT

if TYPE_CHECKING:
    from pumplog.logbook import Outside, Verification


def verify_command(
    context: typer.Context,
    new_anchor: Annotated[
        bool,
        typer.Option("--new-anchor", help="After a knowing restore without its anchor file: write a new one."),
    ] = False,
    against: Annotated[
        str | None,
        typer.Option("--against", help="A head that was taken earlier: its code, or a file with its text."),
    ] = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Walk the chain of the whole log, compare the anchor, and name the first bad event."""
    from pumplog.logbook import Logbook

    path = database_path(context, database)
    with refusals_told(output):
        if new_anchor:
            Logbook.open(path, create=False, accept_missing_anchor=True).close()
        found = verified(path, () if against is None else (outside_said(against),))
    if output is Format.JSON:
        told = {"ok": found.ok, "rows": found.row_count, "first_bad": found.first_bad, "found": found.found}
        say_json({**told, "says": found.says})
    elif found.ok:
        say(found.says)
    if not found.ok:
        refuse(found.says)


def verified(path: Path, against: "Sequence[Outside]" = ()) -> "Verification":
    """What the walk along the log finds: in the app where the app has the file open, else in the file itself."""
    from pumplog.logbook import Logbook
    from pumplog.logbook.remote import reach

    app = reach(path)
    if app is None:
        return Logbook.verify_file(path, against)
    with closing(app):
        return app.verify(against)


def demo_command(context: typer.Context, output: FormatOption = Format.TEXT, database: DatabaseOption = None) -> None:
    """Fill a demo clinic, with every tier and every kind of pump, around today; in a file of its own."""
    with refusals_told(output):
        path = _filled_demo(context, database)
    if output is Format.JSON:
        say_json({"database": str(path)})
    else:
        say(f"The demo clinic is in {path}. Open it with: pumplog serve --demo --database {path}")


def serve_command(
    context: typer.Context,
    demo: Annotated[bool, typer.Option("--demo", help="Open a demo clinic in a file of its own.")] = False,
    port: Annotated[int, typer.Option("--port", help="The port to listen on.")] = DEFAULT_PORT,
    address: Annotated[
        str | None,
        typer.Option("--address", help="The address to listen on. Else the one in clinic.toml, else 127.0.0.1."),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Open the app, on this machine's own address unless clinic.toml says that a proxy with TLS is in front."""
    from pumplog.serving.start import serve

    path = _filled_demo(context, database) if demo else database_path(context, database)
    try:
        is_demo = _proved_before_serving(path, port=port, address=address)
    except (LogbookDamaged, LogbookUnavailable) as trouble:
        if trouble.trouble in (Trouble.HELD, Trouble.FOREIGN):
            raise
        is_demo = False
        sys.stderr.write(
            f"{on_one_line(str(trouble))}\nThe app starts, and shows the way out in the board's place.\n"
        )
    serve(path, port=port, address=address, demo=is_demo)


def _proved_before_serving(path: Path, *, port: int, address: str | None) -> bool:
    """Make or prove the log before the server takes it, and refuse what would not be safe; whether it is a demo."""
    from pumplog.demo import is_demo_log
    from pumplog.desk import Desk
    from pumplog.serving.refusals import refuse_serving_without_accounts
    from pumplog.serving.start import refuse_start

    with Desk.open(path) as desk:
        is_demo, has_people = is_demo_log(desk.logbook), desk.door.has_people()
        door = refuse_start(path, port=port, address=address, demo=is_demo)
        refuse_serving_without_accounts(door, has_people=has_people)
        if not is_demo and not has_people:
            code = desk.administration.make_setup_code(at=desk.now())
            say(f"Nobody has an account yet. Set-up code for the first administrator, for one hour: {code}")
    return is_demo


def _filled_demo(context: typer.Context, database: Path | None) -> Path:
    """Where the demo clinic is, told if it was not there; a file that holds a real log is refused."""
    from pumplog.demo import demo_database, ensure_demo

    path = named_database(context, database) or demo_database()
    ensure_demo(path)
    return path
