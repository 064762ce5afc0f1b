"""Rows kept as columns are the rows: read again, cut and written out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from pumplog.exports.report import Column, Report, Row
from pumplog.exports.report_files import report_csv, report_json, report_parquet
from pumplog.exports.report_rows import KeptRows

COLUMNS = (
    Column("said", "Said"),
    Column("sequence", "No.", "count"),
    Column("drawn_ml", "Drawn", "number", "mL"),
    Column("sure", "Sure", "flag"),
    Column("next_on", "Next", "day"),
    Column("at_utc", "At", "instant", "UTC"),
)
NOON = datetime(2026, 5, 5, 12, 0, 0, 123456, tzinfo=UTC)


def row(number: int) -> Row:
    if number % 7 == 0:
        return ("", number, None, None, None, None)
    drawn, day = Decimal(number) / 8, date(2026, 5, 5) + timedelta(days=number % 400)
    return (f"=Ö {number}", number, drawn, number % 2 == 0, day, NOON + timedelta(minutes=number))


ROWS = tuple(map(row, range(1, 10_050)))


@pytest.fixture(scope="module")
def kept() -> KeptRows:
    return KeptRows.of(COLUMNS, iter(ROWS))


def test_rows_are_read_again_as_they_were_made(kept: KeptRows) -> None:
    assert tuple(kept) == ROWS
    assert (kept[0], kept[-1], kept[10_000]) == (ROWS[0], ROWS[-1], ROWS[10_000])
    assert tuple(kept[9_990:10_010]) == ROWS[9_990:10_010]
    assert tuple(kept[-3:]) == ROWS[-3:]
    assert len(kept[20_000:]) == 0
    assert kept.column(1) == [one[1] for one in ROWS]
    with pytest.raises(IndexError):
        kept[len(ROWS)]
    with pytest.raises(ValueError, match="one after the other"):
        kept[::2]


@pytest.mark.parametrize("rows", [ROWS, ()], ids=["many", "none"])
def test_data_files_are_the_same_bytes_whether_rows_are_kept_as_columns_or_not(rows: tuple[Row, ...]) -> None:
    plain = Report("x", "X", COLUMNS, rows)
    columnar = Report("x", "X", COLUMNS, KeptRows.of(COLUMNS, rows))
    for write in (report_csv, report_parquet, report_json):
        assert write(plain) == write(columnar)
