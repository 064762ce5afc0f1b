"""The rows of a report as Arrow columns: what its data files are written from, and how a long report is kept."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, Self, overload

import pyarrow as pa

from pumplog.exports.report import Column, Report, Row
from pumplog.quantities import DECIMALS_COUNT

_AT_ONCE_COUNT: Final = 10_000
"""So many rows are turned into columns, or back, at a time."""

_MADE_AT_ONCE_COUNT: Final = 2_000
"""So many rows are there as tuples while they are made."""

_DIGITS_COUNT: Final = 30
"""So many digits has a number of a Parquet file: more than any quantity of the log."""

_TYPES: Final = {
    "text": pa.string(),
    "count": pa.int64(),
    "number": pa.decimal128(_DIGITS_COUNT, DECIMALS_COUNT),
    "flag": pa.bool_(),
    "day": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
}


class KeptRows(Sequence[Row]):
    """Rows that were turned into columns as they were made; whoever reads one gets a tuple again.

    A hundred thousand rows of an audit are a fraction so large as as many tuples, and are written as they are.
    """

    def __init__(self, table: pa.Table) -> None:
        """Keep a table with the schema of a report."""
        self.table = table

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Iterable[Row]) -> Self:
        """Rows as they come; of them all, only the next few thousand are ever there as tuples."""
        schema, coming = schema_of(columns), iter(rows)
        tables = []
        while some := list(islice(coming, _MADE_AT_ONCE_COUNT)):
            tables.append(table_of(schema, some))
        return cls(pa.concat_tables(tables) if tables else schema.empty_table())

    def __len__(self) -> int:
        """How many rows."""
        return int(self.table.num_rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> "KeptRows": ...

    def __getitem__(self, place: int | slice) -> "Row | KeptRows":
        """A row, or those from one place to another; nothing is copied."""
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            if step != 1:
                raise ValueError("rows are taken one after the other")
            return KeptRows(self.table.slice(start, max(0, stop - start)))
        at = range(len(self))[place]
        return next(iter(KeptRows(self.table.slice(at, 1))))

    def __iter__(self) -> Iterator[Row]:
        """Each row from the first to the last."""
        for table in self.tables():
            yield from zip(*(column.to_pylist() for column in table.columns), strict=True)

    def tables(self, at_once_count: int = _AT_ONCE_COUNT) -> Iterator[pa.Table]:
        """The rows in tables of so many at a time; one without rows when there are none."""
        for start in range(0, max(1, len(self)), at_once_count):
            yield self.table.slice(start, at_once_count).combine_chunks()

    def column(self, place: int) -> list[Any]:
        """The cells of one column."""
        cells: list[Any] = self.table.column(place).to_pylist()
        return cells


def tables_of(report: Report, at_once_count: int = _AT_ONCE_COUNT) -> Iterator[pa.Table]:
    """The rows as Arrow tables, so many at a time; the schema says of each column what it is and in which unit."""
    if isinstance(report.rows, KeptRows):
        yield from report.rows.tables(at_once_count)
        return
    schema = schema_of(report.columns)
    for start in range(0, max(1, len(report.rows)), at_once_count):
        yield table_of(schema, report.rows[start : start + at_once_count])


def table_of(schema: pa.Schema, rows: Sequence[Row]) -> pa.Table:
    """Rows as columns of these types."""
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(cells, field.type) for cells, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """The Arrow types of columns; each says what it is and in which unit."""
    return pa.schema([pa.field(one.name, _TYPES[one.holds], metadata=_said_of(one)) for one in columns])


def _said_of(column: Column) -> dict[str, str]:
    unit = {"unit": column.unit} if column.unit else {}
    return {"description": column.says or column.head, **unit}
