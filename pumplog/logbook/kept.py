"""What changes and is kept outside the chain: one JSON text under a key, on the shelf of its kind."""

from dataclasses import dataclass
from enum import StrEnum

from duckdb import DuckDBPyConnection


class Shelf(StrEnum):
    """The kinds of what changes."""

    ACCOUNT = "account"
    TABLET = "tablet"
    HOSPITAL_SIGN_IN = "hospital_sign_in"
    SETUP_CODE = "setup_code"
    BOARD_OPENED = "board_opened"
    PAPER = "paper"
    DRAFT = "draft"
    SIGNING_KEY = "signing_key"


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing to be kept on a shelf in place of what was there under its key; None takes it away."""

    shelf: Shelf
    key: str
    body: str | None


def put(cursor: DuckDBPyConnection, change: Kept) -> None:
    """Keep one thing. Runs in the caller's transaction."""
    cursor.execute("DELETE FROM kept WHERE shelf = ? AND key = ?", [change.shelf.value, change.key])
    if change.body is not None:
        cursor.execute("INSERT INTO kept VALUES (?, ?, ?)", [change.shelf.value, change.key, change.body])


def all_of(cursor: DuckDBPyConnection, shelf: Shelf) -> dict[str, str]:
    """Everything on a shelf, by key."""
    return dict(cursor.execute("SELECT key, body FROM kept WHERE shelf = ? ORDER BY key", [shelf.value]).fetchall())


def those_from(cursor: DuckDBPyConnection, shelf: Shelf, beginning: str) -> dict[str, str]:
    """What is kept on a shelf under the keys that begin so."""
    wanted = "SELECT key, body FROM kept WHERE shelf = ? AND starts_with(key, ?) ORDER BY key"
    return dict(cursor.execute(wanted, [shelf.value, beginning]).fetchall())
