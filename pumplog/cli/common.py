"""What every command shares: where the database is, who speaks, how answers and refusals leave."""

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pumplog.errors import CalculationRefused, EntryRefused, PumplogError

if TYPE_CHECKING:
    from pumplog.desk import Desk

DATABASE_VARIABLE = "PUMPLOG_DATABASE"
PERSON_VARIABLE = "PUMPLOG_PERSON"
DEFAULT_DATABASE = Path("data/local/pumplog.duckdb")

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
    before: Path | None = context.find_root().params.get("database")
    said = os.environ.get(DATABASE_VARIABLE)
    return given or before or (Path(said) if said else DEFAULT_DATABASE)


def person(given: str | None) -> str:
    """Who speaks: as said, else by the environment, else the name signed in to this machine."""
    return given or os.environ.get(PERSON_VARIABLE) or getpass.getuser()


@contextmanager
def open_desk(database: Path) -> "Iterator[Desk]":
    """The desk over a database, made when it is not there yet; closed at the end."""
    from pumplog.desk import Desk

    database.parent.mkdir(parents=True, exist_ok=True)
    with Desk.open(database) as desk:
        yield desk


def say(text: str = "") -> None:
    """Print a line on stdout."""
    sys.stdout.write(f"{text}\n")


def say_json(value: Any) -> None:
    """Print JSON alone."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def refuse(*sentences: str) -> NoReturn:
    """Say why on stderr and leave with 1."""
    for sentence in sentences:
        sys.stderr.write(f"{sentence}\n")
    raise typer.Exit(1)


def sentences_of(error: PumplogError) -> tuple[str, ...]:
    """The sentences of a refusal, one for each thing to mend."""
    if isinstance(error, EntryRefused):
        return tuple(fault.says for fault in error.faults)
    if isinstance(error, CalculationRefused):
        return error.reasons
    return (str(error),)
