"""A migration happens wholly and once, and says that it happened."""

from pathlib import Path

import duckdb
import pytest

from pumplog.errors import LogbookUnavailable
from pumplog.logbook import Logbook
from pumplog.logbook.migrate import Migration, migrate, schema_version, shipped_migrations


def test_every_shipped_migration_is_numbered_in_order() -> None:
    assert [step.version for step in shipped_migrations()] == list(range(1, len(shipped_migrations()) + 1))


def test_a_new_log_records_each_migration(log: Logbook) -> None:
    with log._database.reading() as cursor:
        recorded = cursor.execute("SELECT version, name FROM migration ORDER BY version").fetchall()
    assert recorded == [(step.version, step.name) for step in shipped_migrations()]


def test_an_older_log_is_brought_up_to_date(path: Path) -> None:
    path.parent.mkdir()
    with duckdb.connect(path) as connection:
        migrate(connection, shipped_migrations()[:1])
        assert schema_version(connection) == 1
    with Logbook.open(path) as log, log._database.reading() as cursor:
        assert schema_version(cursor) == shipped_migrations()[-1].version


def test_a_failing_migration_undoes_itself() -> None:
    broken = Migration(900, "900_broken", "CREATE TABLE later (i INTEGER); SELECT error('no');")
    with duckdb.connect() as connection:
        migrate(connection, shipped_migrations())
        with pytest.raises(duckdb.Error):
            migrate(connection, (*shipped_migrations(), broken))
        assert schema_version(connection) == shipped_migrations()[-1].version
        with pytest.raises(duckdb.CatalogException):
            connection.execute("FROM later")


def test_refuses_to_go_back() -> None:
    with duckdb.connect() as connection:
        migrate(connection, shipped_migrations())
        with pytest.raises(LogbookUnavailable, match="Update the program"):
            migrate(connection, shipped_migrations()[:1])
