"""What every command shares: where the database is, who speaks, how answers and refusals leave."""

import getpass
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn
from unicodedata import category

import typer

from pumplog.errors import CalculationRefused, EntryRefused, PumplogError

if TYPE_CHECKING:
    from pumplog.desk import Desk

DATABASE_VARIABLE = "PUMPLOG_DATABASE"
PERSON_VARIABLE = "PUMPLOG_PERSON"
DEFAULT_DATABASE = Path("data/local/pumplog.duckdb")
_NOT_SEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Kinds of signs, by Unicode: control, format, and the ends of lines and paragraphs."""

DatabaseOption = Annotated[
    Path | None,
    typer.Option("--database", help=f"The DuckDB file. Else {DATABASE_VARIABLE}, else {DEFAULT_DATABASE}."),
]


class Format(StrEnum):
    """How an answer is printed."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="json prints JSON alone on stdout.")]


def database_path(context: typer.Context, given: Path | None) -> Path:
    """The database named after the subcommand, or before it, or by the environment, or the default."""
    return named_database(context, given) or DEFAULT_DATABASE


def named_database(context: typer.Context, given: Path | None) -> Path | None:
    """The database that somebody named; None when nobody did."""
    before: Path | None = context.find_root().params.get("database")
    said = os.environ.get(DATABASE_VARIABLE)
    return given or before or (Path(said) if said else None)


def said_person(given: str | None) -> str | None:
    """Who speaks: as said, else by the environment; None when nobody said."""
    return given or os.environ.get(PERSON_VARIABLE) or None


def person(given: str | None) -> str:
    """Who speaks: as said, else by the environment, else the name signed in to this machine."""
    said = said_person(given)
    if said:
        return said
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a process of a user whom the machine has no name for
        raise typer.BadParameter("Every entry carries a person: say --by PERSON.") from error


@contextmanager
def open_desk(database: Path, *, create: bool = False) -> "Iterator[Desk]":
    """The desk over a database, asked in the app where the app has it open; closed at the end.

    Only a command that writes creates a database: a mistyped path must never look like an empty clinic.
    """
    from pumplog.desk import Desk

    with Desk.reach(database, create=create) as desk:
        yield desk


@contextmanager
def trial_desk(database: Path) -> "Iterator[Desk]":
    """A desk to try on what shall leave no trace: over the log where there is one, else over an empty one."""
    if has_log(database):
        with open_desk(database) as desk:
            yield desk
        return
    from pumplog.desk import Desk

    settings = database.parent / "clinic.toml"
    with (
        TemporaryDirectory(prefix="pumplog-") as folder,
        Desk.open(Path(folder) / database.name, clinic=settings if settings.exists() else None) as desk,
    ):
        yield desk


def has_log(database: Path) -> bool:
    """Whether there is a log, or the anchor of one that has gone."""
    from pumplog.logbook.anchor import anchor_path
    from pumplog.logbook.database import is_there

    return is_there(database) or anchor_path(database).exists()


def say(text: str = "") -> None:
    """Print a line on stdout."""
    sys.stdout.write(f"{on_one_line(text)}\n")


def on_one_line(text: str) -> str:
    """The text with every sign spelt out that would end the line, move the cursor or turn the line around.

    A serial or a name is whatever somebody typed: it must not look like a row of its own, nor clear the screen.
    """
    return "".join(sign.encode("unicode_escape").decode() if category(sign) in _NOT_SEEN else sign for sign in text)


def say_json(value: Any) -> None:
    """Print JSON alone."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def speak_utf_8() -> None:
    """Write UTF-8 whatever the machine's language setting: an answer must not fail for a sign such as ÷."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def refusals_told(output: StrEnum) -> Iterator[None]:
    """Turn a refusal into sentences on stderr and exit code 1; with JSON, on stdout too, for scripts."""
    try:
        yield
    except PumplogError as refused:
        if output.value == Format.JSON:
            say_json({"refused": refusal_records(refused)})
        refuse(*sentences_of(refused))


def refusal_records(error: PumplogError) -> list[dict[str, str | None]]:
    """What is wrong, each with the field it is about; null when it is about none."""
    if isinstance(error, EntryRefused):
        return [{"field": fault.field, "says": fault.says} for fault in error.faults]
    return [{"field": None, "says": sentence} for sentence in sentences_of(error)]


def refuse(*sentences: str) -> NoReturn:
    """Say why on stderr and leave with 1."""
    for sentence in sentences:
        sys.stderr.write(f"{on_one_line(sentence)}\n")
    raise typer.Exit(1)


def sentences_of(error: PumplogError) -> tuple[str, ...]:
    """The sentences of a refusal, one for each thing to mend."""
    if isinstance(error, EntryRefused):
        return tuple(fault.says for fault in error.faults)
    if isinstance(error, CalculationRefused):
        return error.reasons
    return (str(error),)
