"""A report as a data file: CSV, Parquet, JSON. Numbers are exact; instants are UTC."""

import json
import re
from collections.abc import Mapping
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from pumplog.exports.records import FORMULA_STARTS
from pumplog.exports.report import Report
from pumplog.exports.values import plain_value
from pumplog.quantities import plain

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION: Final = 1
"""Of the JSON file and of the metadata of the Parquet file; a change that breaks a reader raises it."""

_CSV_AT_ONCE_COUNT: Final = 2_000
"""So many rows are there as text at a time: what is written stays whole in memory, and little else should."""

FORMAT_NAME: Final = "pumplog report"
_FORMULA: Final = "^([" + "".join(map(re.escape, FORMULA_STARTS)) + "])"


def report_csv(report: Report) -> bytes:
    """The rows as CSV with a header; a cell that would be a formula in a spreadsheet has an apostrophe before it."""
    import pyarrow as pa
    from pyarrow import csv

    from pumplog.exports.report_rows import tables_of

    names = [one.name for one in report.columns]
    written = BytesIO()
    for place, table in enumerate(tables_of(report, _CSV_AT_ONCE_COUNT)):
        columns = [_as_text(table.column(one.name), one.holds) for one in report.columns]
        options = csv.WriteOptions(include_header=place == 0, quoting_style="needed")
        csv.write_csv(pa.table(columns, names=names), written, options)
    pa.default_memory_pool().release_unused()
    return written.getvalue()


def _as_text(column: "pa.ChunkedArray", holds: str) -> "pa.ChunkedArray":
    import pyarrow as pa
    from pyarrow import compute

    if holds == "text":
        dangerous = compute.match_substring_regex(column, _FORMULA)
        if not compute.any(dangerous).as_py():
            return column
        return compute.replace_substring_regex(column, _FORMULA, "'\\1")
    if holds == "number":
        return _plain_text(column)
    if holds == "instant":
        day_and_time = column.cast(pa.timestamp("us")).cast(pa.string())
        return compute.binary_join_element_wise(compute.replace_substring(day_and_time, " ", "T"), "Z", "")
    if holds == "flag":
        return compute.if_else(column, "yes", "no")
    return column


def _plain_text(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Decimals as `quantities.plain` writes them: digits without trailing zeros, never an exponent."""
    import pyarrow as pa
    from pyarrow import compute

    text = column.cast(pa.string())
    if compute.any(compute.match_substring(text, "E")).as_py():
        return pa.chunked_array([[None if one is None else plain(one) for one in column.to_pylist()]], pa.string())
    return compute.utf8_rtrim(compute.utf8_rtrim(text, "0"), ".")


def report_parquet(report: Report) -> bytes:
    """The rows as Parquet; each column's metadata has its description and unit, the file's what the report is."""
    import pyarrow as pa
    from pyarrow import parquet

    from pumplog.exports.report_rows import tables_of

    told = {"format": FORMAT_NAME, "schema_version": str(SCHEMA_VERSION), "about": _json(_about(report))}
    written = BytesIO()
    tables = (table.replace_schema_metadata(told) for table in tables_of(report))
    first = next(tables)
    with parquet.ParquetWriter(written, first.schema, compression="zstd") as writer:
        for table in chain((first,), tables):
            writer.write_table(table)
    pa.default_memory_pool().release_unused()
    return written.getvalue()


def report_json(report: Report) -> bytes:
    """The report whole: what it is, its columns with units, its rows. What does not apply is null."""
    names = [one.name for one in report.columns]
    columns = [{"name": one.name, "unit": one.unit, "holds": one.holds, "says": one.says} for one in report.columns]
    rows = ",\n".join(_json(dict(zip(names, map(plain_value, row), strict=True))) for row in report.rows)
    head = {"format": FORMAT_NAME, "schema_version": SCHEMA_VERSION, **_about(report), "columns": columns}
    return f'{_json(head)[:-1]},\n"rows":[\n{rows}\n]}}\n'.encode()


def _about(report: Report) -> Mapping[str, Any]:
    return {
        "report": report.slug,
        "title": report.title,
        "facts": dict(report.facts),
        "notes": list(report.notes),
        **report.about,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
