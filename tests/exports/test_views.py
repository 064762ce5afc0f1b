"""The analyst's door: every view and column is described, and the Parquet files say the same as the log."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pumplog.entries import KINDS
from pumplog.exports.view_words import COLUMN_SAYS, OWN_SAYS, VIEW_SAYS, column_says
from pumplog.exports.views import columns_document, view_files
from pumplog.logbook.migrate import shipped_migrations
from pumplog.logbook.views import view_tables

ANALYST = Path(__file__).parents[2] / "docs" / "analyst.md"
MADE_AT = datetime(2026, 5, 5, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def empty() -> dict[str, pa.Table]:
    return view_tables([])


def test_every_view_is_described_and_every_description_is_of_a_view(empty: dict[str, pa.Table]) -> None:
    assert set(VIEW_SAYS) == set(empty)


def test_every_column_is_described_and_no_description_is_left_over(empty: dict[str, pa.Table]) -> None:
    columns = {(view, column) for view, table in empty.items() for column in table.column_names}
    assert all(column_says(view, column).endswith(".") for view, column in columns)
    assert {column for _, column in columns} == set(COLUMN_SAYS)
    assert set(OWN_SAYS) <= {f"{view}.{column}" for view, column in columns}


def test_the_analysts_page_has_every_column_as_it_is(empty: dict[str, pa.Table]) -> None:
    written = columns_document(empty)
    assert ANALYST.read_text("utf-8").endswith(written), "put columns.md of `pumplog export views` there"


def test_every_kind_of_entry_is_read_by_a_view() -> None:
    statements = "\n".join(step.sql for step in shipped_migrations())
    named = set(re.findall(r"'([a-z_]+)'", statements))
    assert set(KINDS) <= named


def test_the_files_say_what_each_column_is_and_in_which_unit() -> None:
    files = view_files([], made_at=MADE_AT, clinic="Riverside")
    assert set(files) == {*(f"{view}.parquet" for view in VIEW_SAYS), "columns.md"}
    schema = pq.read_schema(io.BytesIO(files["refill_visit.parquet"]))
    assert schema.metadata[b"made_at"] == b"2026-05-05T10:00:00Z"
    units = {field.name: field.metadata.get(b"unit") for field in schema}
    assert units["drawn_ml"] == b"mL"
    assert units["programmer_dose_mcg_per_day"] == b"mcg/day"
    assert units["happened_at_utc"] == b"UTC"
    assert units["place"] is None
    assert schema.field("drawn_ml").type == pa.decimal128(18, 6)
    assert all(field.metadata[b"description"] for field in schema)


def test_the_same_events_give_the_same_bytes() -> None:
    assert view_files([], made_at=MADE_AT, clinic="x") == view_files([], made_at=MADE_AT, clinic="x")
