"""The read-only views as tables, for whoever takes them out of the house: of some events, and of no others."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import duckdb
from duckdb import DuckDBPyConnection

from pumplog.logbook import table
from pumplog.logbook.event import Event
from pumplog.logbook.migrate import migrate, shipped_migrations

if TYPE_CHECKING:
    import pyarrow as pa


def view_tables(events: Iterable[Event]) -> "dict[str, pa.Table]":
    """Every view over these events as an Arrow table, by name; rows in the order of writing.

    They are put into a database of their own in memory: so it is the same whether the log is open here or answers
    from the app, and what is left out of `events` is in no view.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        with connection.cursor() as cursor:
            migrate(cursor, shipped_migrations())
            table.insert(cursor, tuple(events))
            return {name: cursor.sql(f'FROM "{name}" ORDER BY sequence').to_arrow_table() for name in _names(cursor)}


def _names(cursor: DuckDBPyConnection) -> list[str]:
    found = cursor.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name").fetchall()
    return [name for (name,) in found]
