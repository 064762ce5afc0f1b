"""Numbered SQL files, each applied once, in one transaction together with the record that it was."""

from dataclasses import dataclass
from importlib.resources import files

from duckdb import DuckDBPyConnection

from pumplog.errors import LogbookUnavailable, Trouble
from pumplog.logbook.table import transaction


@dataclass(frozen=True)
class Migration:
    """One step of the schema: its number, its name, its statements."""

    version: int
    name: str
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """The migrations that this program brings, in order."""
    folder = files("pumplog.logbook") / "migrations"
    found = sorted((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir())
    steps = [(name, sql) for name, sql in found if name.endswith(".sql")]
    return tuple(Migration(int(name[:3]), name.removesuffix(".sql"), sql) for name, sql in steps)


def schema_version(cursor: DuckDBPyConnection) -> int | None:
    """The last migration this file has had; 0 for an empty file, None for somebody else's database."""
    here = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
    tables = {name for (name,) in cursor.execute(here).fetchall()}
    if "migration" not in tables:
        return None if tables else 0
    return max((version for (version,) in cursor.execute("SELECT version FROM migration").fetchall()), default=0)


def known_version(cursor: DuckDBPyConnection, migrations: tuple[Migration, ...]) -> int:
    """The schema of this file; refuses somebody else's database and a schema newer than `migrations`."""
    version = schema_version(cursor)
    if version is None:
        raise LogbookUnavailable(
            "This file is a database of something else, not a pumplog log. Choose another.", Trouble.FOREIGN
        )
    newest = migrations[-1].version
    if version > newest:
        raise LogbookUnavailable(
            f"This log was written by a newer pumplog (its schema is {version}, this program knows {newest}). "
            "Update the program; nothing was changed.",
            Trouble.NEWER,
        )
    return version


def migrate(cursor: DuckDBPyConnection, migrations: tuple[Migration, ...]) -> None:
    """Bring the file to the last of `migrations`. A crash leaves a whole earlier version."""
    version = known_version(cursor, migrations)
    for migration in migrations:
        if migration.version <= version:
            continue
        with transaction(cursor):
            if migration.version == 1:
                cursor.execute("CREATE TABLE migration (version INTEGER PRIMARY KEY, name VARCHAR NOT NULL)")
            cursor.execute(migration.sql)
            cursor.execute("INSERT INTO migration VALUES (?, ?)", [migration.version, migration.name])
