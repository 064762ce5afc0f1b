"""The triggers that refuse every change to a written event.

They stop mistakes, not a person who drops them: against that there are the chain and the anchor.
A TRUNCATE fires the DELETE trigger; DuckDB itself refuses MERGE and upserts on a table with triggers.
Copies made with COPY FROM DATABASE or EXPORT come without them, so each opening puts them back.
"""

from duckdb import DuckDBPyConnection

from pumplog.errors import LogbookUnavailable, Trouble
from pumplog.logbook.table import ACCESS_LOG, EVENT_LOG

_REFUSED = {
    "DELETE": "What was written stays written: no event may be deleted. Record a correction.",
    "UPDATE": "What was written stays written: no event may be changed. Record a correction.",
}
_GUARDED = (EVENT_LOG, ACCESS_LOG)
_EXPECTED = {  # (table, name) → the statement, spelled as DuckDB gives it back
    (log, f"{log}_refuses_{change.lower()}"): (
        f"CREATE TRIGGER {log}_refuses_{change.lower()} BEFORE {change} ON {log} FOR EACH STATEMENT "
        f"INSERT INTO refused_change SELECT \"error\"('{says}');"
    )
    for log in _GUARDED
    for change, says in _REFUSED.items()
}


def _present(cursor: DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = cursor.execute(
        "SELECT table_name, trigger_name, sql FROM system.main.duckdb_triggers() "
        "WHERE database_name = current_database() AND table_name IN (SELECT unnest(?))",
        [list(_GUARDED)],
    )
    return {(log, name): sql for log, name, sql in rows.fetchall()}


def _format(cursor: DuckDBPyConnection) -> str:
    found = (
        "SELECT tags['storage_version'] FROM system.main.duckdb_databases() WHERE database_name = current_database()"
    )
    return "".join(str(version) for (version,) in cursor.execute(found).fetchall())


def guards_are_whole(cursor: DuckDBPyConnection) -> bool:
    """Whether exactly the triggers that belong on the logs are there, word for word."""
    return _present(cursor) == _EXPECTED


def restore_guards(cursor: DuckDBPyConnection) -> None:
    """Put the triggers back when one is missing, altered or foreign. Runs in the caller's transaction."""
    present = _present(cursor)
    if present == _EXPECTED:
        return
    if _format(cursor).startswith("v1."):
        raise LogbookUnavailable(
            "This is a copy of a log in the file format of an older DuckDB, which cannot refuse changes. "
            "Record in the log itself, or have the copy brought to the format of DuckDB 2 (COPY FROM DATABASE).",
            Trouble.FOREIGN,
        )
    for log, name in present:
        cursor.execute(f'DROP TRIGGER "{name}" ON {log}')
    for statement in _EXPECTED.values():
        cursor.execute(statement)
