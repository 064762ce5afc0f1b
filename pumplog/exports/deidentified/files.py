"""The rows as CSV and Parquet, with a page that says what each field is and what is not there."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pumplog.calc.formula import unit_of
from pumplog.exports.deidentified.rows import Row
from pumplog.exports.deidentified.shape import PUMP, Column, Sort, Table, every_table
from pumplog.exports.parquet_file import parquet_of
from pumplog.exports.values import plain_value

if TYPE_CHECKING:
    import pyarrow as pa

README: Final = "README.md"

_KEYS: Final[Mapping[str, Column]] = {
    "entry_code": Column("entry_code", (), Sort.ENTRY),
    "pump_code": Column("pump_code", (), Sort.WORD),
    "order_count": Column("order_count", (), Sort.WHOLE),
    "happened_days": Column("happened_days", (), Sort.DAYS),
    "recorded_by": Column("recorded_by", (), Sort.PERSON),
    "within_place_count": Column("within_place_count", (), Sort.WHOLE),
    "place_count": Column("place_count", (), Sort.WHOLE),
    "patient_code": Column("patient_code", (), Sort.WORD),
    "age_group": Column("age_group", (), Sort.WORD),
    "index_year": Column("index_year", (), Sort.WORD),
}
_KEYS_SAY: Final[Mapping[str, str]] = {
    "entry_code": "random code of the entry: joins its lists, and what other entries say of it",
    "pump_code": "random code of the pump",
    "order_count": "place of the entry among those of its pump, in the order in which they happened",
    "happened_days": "day on which it happened, in days since the index day of the patient",
    "recorded_by": "random code of the person of the staff who wrote it",
    "within_place_count": "place of the list's own row in the list that holds it",
    "place_count": "place in the list",
    "patient_code": "random code of the patient: pumps of one patient share it",
    "age_group": "age on the index day in years; 90+ for whoever is or has become older than 89",
    "index_year": "year of the index day, the first day on record of the patient",
}
_OF_AN_ENTRY: Final = ("entry_code", "pump_code", "order_count", "happened_days", "recorded_by")
_OF_A_PUMP: Final = ("pump_code", "patient_code", "age_group", "index_year")


def deidentified_files(rows: Mapping[str, list[Row]]) -> dict[str, bytes]:
    """`<table>.csv` and `<table>.parquet` for each table, empty ones as well, and `README.md`."""
    layouts = dict(_layouts())
    files = {README: _readme(layouts).encode()}
    for name, columns in layouts.items():
        files[f"{name}.csv"] = _csv(columns, rows.get(name, ())).encode()
        files[f"{name}.parquet"] = _parquet(name, columns, rows.get(name, ()))
    return files


def _layouts() -> Iterable[tuple[str, list[Column]]]:
    yield PUMP, [_KEYS[name] for name in _OF_A_PUMP]
    for table in every_table():
        yield table.name, [*(_KEYS[name] for name in _keys_of(table)), *table.columns]


def _keys_of(table: Table) -> tuple[str, ...]:
    if not table.path:
        return _OF_AN_ENTRY
    inner = {inner.name for outer in every_table() if outer.path for inner in outer.lists}
    return ("entry_code", *(["within_place_count"] if table.name in inner else []), "place_count")


def _csv(columns: list[Column], rows: Iterable[Row]) -> str:
    """Plain numbers and closed words alone: nothing that was typed, so nothing that a spreadsheet could run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(row[column.name]) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(plain_value(value))


def _parquet(name: str, columns: list[Column], rows: Iterable[Row]) -> bytes:
    import pyarrow as pa

    kept = tuple(rows)
    arrays = {one.name: pa.array([row[one.name] for row in kept], type=_type(one, pa)) for one in columns}
    says = {one.name: column_says(one) for one in columns}
    return parquet_of(pa.table(arrays), says=says, about={"table": name})


def _type(column: Column, pa: Any) -> "pa.DataType":
    match column.sort:
        case Sort.DECIMAL:
            return pa.decimal128(38, 12)
        case Sort.WHOLE | Sort.DAYS:
            return pa.int64()
        case Sort.YES_NO:
            return pa.bool_()
        case _:
            return pa.string()


def column_says(column: Column) -> str:
    """What a column is, in words."""
    if column.name in _KEYS_SAY:
        return _KEYS_SAY[column.name]
    return f"{column.sort.value}: {', '.join(column.words)}" if column.words else column.sort.value


_ABOUT: Final = """\
# Export without people

Refills, programmes, alarms, calls and what was told of patients, for studies. Made by the method of the safe harbour,
45 CFR 164.514(b)(2). Each table is there twice, as CSV and as Parquet, with the same rows; an empty one has a header.

- Not there: names, numbers of patients, serials, telephone numbers, lots and product numbers, what was typed in words
  of one's own, places, what was corrected since, refused rows of sheets, the clinic's own days.
- A patient, pump, entry, site or person of the staff has a random code, which is another in the next export: two
  exports cannot be joined.
- No date is finer than a year. Days count from the index day of the patient, the first day on record; what came
  before it is below 0. All pumps of one patient have one index day. The expiry of a package is not there: it is
  nearly always the end of a month, and some of them, in days, would tell the index day.
- A drug or a pump model that is on no list of ours is `other`.
- Whoever knows a patient may know a rare course again. Do not try to, and give the files to nobody without the terms
  under which they were given to you.

An entry has one row in the table of its kind; its lists are tables of their own, joined by `entry_code`.
"""


def _readme(layouts: Mapping[str, list[Column]]) -> str:
    lines = [_ABOUT]
    for name, columns in layouts.items():
        lines += [f"## {name}", "", "| field | unit | is |", "|---|---|---|"]
        lines += [f"| `{one.name}` | {unit_of(one.name) or ''} | {column_says(one)} |" for one in columns]
        lines.append("")
    return "\n".join(lines)
