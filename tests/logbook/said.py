"""Things to say to a log, and a way around its guards to damage it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from pumplog.logbook import Logbook, NewEvent

NOON = datetime(2026, 5, 5, 12, 0, 0, 123456, tzinfo=UTC)


def new(number: int, *, pump: str = "P1", kind: str = "refilled", body: object = None) -> NewEvent:
    """Event number so-and-so about a pump."""
    return NewEvent(
        event_id=f"event-{number}",
        pump_id=pump,
        kind=kind,
        body_version=1,
        body=json.dumps({"kind": kind, "number": number} if body is None else body),
        happened_at_utc=NOON + timedelta(hours=number),
        recorded_at_utc=NOON + timedelta(hours=number, minutes=5),
        recorded_by="R. Nurse",
    )


def filled(path: Path, count: int) -> None:
    """Make a log of so many events about one pump, and close it."""
    with Logbook.open(path) as log:
        log.append_all([new(number) for number in range(1, count + 1)], seen={"P1": 0})


def tamper(path: Path, *statements: str) -> None:
    """Change a closed log behind its back, the way a person with DuckDB and bad intent would."""
    with duckdb.connect(path) as connection:
        names = connection.execute("SELECT trigger_name, table_name FROM duckdb_triggers()").fetchall()
        for name, table in names:
            connection.execute(f'DROP TRIGGER "{name}" ON {table}')
        for statement in statements:
            connection.execute(statement)
