"""The analyst's door: every read-only view as a Parquet file, with a table of what each column is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pumplog.calc.formula import unit_of
from pumplog.exports.parquet_file import parquet_of
from pumplog.exports.values import plain_value
from pumplog.exports.view_words import VIEW_SAYS, column_says
from pumplog.logbook import Event
from pumplog.logbook.views import view_tables

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS_FILE: Final = "columns.md"

_TYPE_WORDS: Final[Mapping[str, str]] = {
    "string": "text",
    "bool": "yes or no",
    "int32": "whole number",
    "int64": "whole number",
    "decimal128(18, 6)": "decimal",
    "date32[day]": "day",
    "time64[us]": "time of day",
    "timestamp[us]": "instant",
}


def view_files(events: Iterable[Event], *, made_at: datetime, clinic: str) -> dict[str, bytes]:
    """`<view>.parquet` for each view over these events, and `columns.md`. With patients in them."""
    tables = view_tables(events)
    files = {f"{name}.parquet": _file(name, table, made_at, clinic) for name, table in tables.items()}
    return {**files, COLUMNS_FILE: columns_document(tables).encode()}


def _file(name: str, table: "pa.Table", made_at: datetime, clinic: str) -> bytes:
    about = {"view": name, "says": VIEW_SAYS[name], "made_at": str(plain_value(made_at)), "clinic": clinic}
    return parquet_of(table, says={column: column_says(name, column) for column in table.column_names}, about=about)


def columns_document(tables: "Mapping[str, pa.Table]") -> str:
    """What each view and each of its columns is, as Markdown; views in the order of a patient's way."""
    return "\n".join(_view_lines(name, tables[name].schema) for name in VIEW_SAYS)


def _view_lines(name: str, schema: "pa.Schema") -> str:
    rows = [
        f"| `{field.name}` | {_TYPE_WORDS[str(field.type)]} | {_unit(field.name)} | {column_says(name, field.name)} |"
        for field in schema
    ]
    head = ["| column | type | unit | is |", "|---|---|---|---|"]
    return "\n".join([f"## {name}", "", f"One row: {VIEW_SAYS[name]}", "", *head, *rows, ""])


def _unit(column: str) -> str:
    return "UTC" if column.endswith("_at_utc") else str(unit_of(column) or "")
