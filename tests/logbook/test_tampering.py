"""Every stored field of every event altered, every event taken out, put in and swapped in turn: found, and named."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplog.logbook import Head, Logbook, Outside, Verification, proof
from pumplog.logbook.chain import EMPTY, HashedRow, hash_of, link
from pumplog.logbook.chain_columns import hashes_of
from pumplog.logbook.event import COLUMNS, Remembered
from pumplog.logbook.walking import walk, walk_columns
from tests.logbook.said import new, tamper

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COUNT = 9


def chain(count: int = COUNT) -> tuple[list[HashedRow], Head]:
    events, head = link([new(number) for number in range(1, count + 1)], EMPTY)
    rows: list[HashedRow] = []
    for event in events:
        happened, recorded = (
            (at - EPOCH) // timedelta(microseconds=1) for at in (event.happened_at_utc, event.recorded_at_utc)
        )
        said = (event.sequence, event.event_id, event.pump_id, event.kind, event.body_version, event.body)
        rows.append((*said, happened, recorded, event.recorded_by, event.prior_hash, event.hash))
    return rows, head


ROWS, HEAD = chain()
KINDS = [pa.string() if isinstance(cell, str) else pa.int64() for cell in ROWS[0]]


def found(rows: Sequence[HashedRow], anchor: Head | None = HEAD) -> Verification:
    """What the walk finds in rows as the file gives them: by their numbers."""
    given_rows = sorted(rows, key=lambda row: row[0])
    verification, head = walk(given_rows, anchor)
    assert verification.ok == (verification.found is None)
    by_columns = walk_columns(batches_of(given_rows), len(given_rows), anchor)
    assert by_columns == (verification, head) or (by_columns is None and not verification.ok)
    return verification


def batches_of(rows: Sequence[HashedRow]) -> list[pa.RecordBatch]:
    """Rows as DuckDB hands them over in columns, four at a time."""
    columns = [pa.array(cells, kind) for cells, kind in zip(zip(*rows, strict=True), KINDS, strict=True)]
    return pa.table(columns, names=list(COLUMNS)).to_batches(4) if rows else []


def with_number(row: HashedRow, number: int) -> HashedRow:
    return (number, *row[1:])


def anew(row: HashedRow) -> HashedRow:
    """The row with its hash worked out again, as a forger would."""
    return (*row[:10], hash_of(*row[:10]))


def other(value: int | str) -> Iterator[int | str]:
    """Values near to one, and far from it."""
    if isinstance(value, int):
        yield from (value + 1, value - 1, -value - 1)
    else:
        yield from (value + " ", value[:-1], value.swapcase() if value.swapcase() != value else value + "x", "")


def test_the_chain_that_is_tampered_with_below_is_whole() -> None:
    assert found(ROWS).ok


@pytest.mark.parametrize("column", range(1, len(COLUMNS)), ids=list(COLUMNS)[1:])
def test_every_field_of_every_event_altered_is_found_and_named(column: int) -> None:
    for place, row in enumerate(ROWS):
        for value in other(row[column]):
            changed: HashedRow = (*row[:column], value, *row[column + 1 :])  # type: ignore[assignment]
            told = found([*ROWS[:place], changed, *ROWS[place + 1 :]])
            assert (told.found, told.first_bad) == ("altered", place + 1)
            assert f"Event {place + 1} was altered" in told.says


def test_every_number_altered_is_found_and_named() -> None:
    for place, row in enumerate(ROWS):
        for number in (-3, 0, 99):
            told = found([*ROWS[:place], with_number(row, number), *ROWS[place + 1 :]])
            assert (told.found, told.first_bad) == ("altered", place + 1)
            assert f"its number is now {number}" in told.says


def test_every_field_altered_together_with_its_hash_is_found() -> None:
    """Of the last event nobody can tell but by the anchor: nothing was written after it."""
    for place, row in enumerate(ROWS):
        told = found([*ROWS[:place], anew((*row[:8], "Forger", *row[9:])), *ROWS[place + 1 :]])
        last = place == COUNT - 1
        assert (told.found, told.first_bad) == (("rewritten", None) if last else ("altered", place + 1))


def test_every_event_taken_out_is_missing_whether_or_not_the_others_move_up() -> None:
    for place in range(COUNT):
        left = [*ROWS[:place], *ROWS[place + 1 :]]
        moved_up = [with_number(row, number) for number, row in enumerate(left, 1)]
        for rows in (left, moved_up):
            told = found(rows)
            assert (told.found, told.first_bad) == ("missing", place + 1)
            assert f"Event {place + 1} is" in told.says


@pytest.mark.parametrize("hashed", [False, True])
def test_an_event_put_in_anywhere_is_added(hashed: bool) -> None:
    for place in range(COUNT):
        prior = ROWS[place - 1][10] if place else EMPTY.hash
        put_in: HashedRow = (place + 1, "event-x", "P1", "refilled", 1, "{}", 0, 0, "Forger", prior, "f" * 64)
        later = [with_number(row, row[0] + 1) for row in ROWS[place:]]
        told = found([*ROWS[:place], anew(put_in) if hashed else put_in, *later])
        assert (told.found, told.first_bad) == ("added", place + 1)


def test_an_event_put_in_before_the_first_or_after_the_last_is_added() -> None:
    for number in (0, -1, COUNT + 1):
        put_in: HashedRow = (number, "event-x", "P1", "refilled", 1, "{}", 0, 0, "Forger", HEAD.hash, "f" * 64)
        told = found([*ROWS, put_in])
        assert (told.found, told.first_bad) == ("added", number)


def test_any_two_events_swapped_are_named_both() -> None:
    for first in range(COUNT):
        for second in range(first + 1, COUNT):
            rows = list(ROWS)
            rows[first], rows[second] = (with_number(ROWS[second], first + 1), with_number(ROWS[first], second + 1))
            told = found(rows)
            assert (told.found, told.first_bad) == ("swapped", first + 1)
            assert f"Events {first + 1} and {second + 1} were swapped" in told.says


@given(st.permutations(range(COUNT)))
def test_any_other_order_begins_with_the_first_that_is_not_in_its_place(order: list[int]) -> None:
    told = found([with_number(ROWS[one], number) for number, one in enumerate(order, 1)])
    wrong = [number for number, one in enumerate(order, 1) if one != number - 1]
    assert (told.found, told.first_bad) == (("swapped", wrong[0]) if wrong else (None, None))


@given(st.integers(1, COUNT), st.integers(0, 2**32))
def test_a_chain_written_anew_from_anywhere_is_told_by_the_anchor(since: int, seed: int) -> None:
    by = f"Forger {random.Random(seed).random()}"  # noqa: S311
    said = [replace(new(number), recorded_by=by if number >= since else "R. Nurse") for number in range(1, COUNT + 1)]
    events, forged = link(said, EMPTY)
    assert forged != HEAD
    rows: list[HashedRow] = [
        (*row[:8], event.recorded_by, event.prior_hash, event.hash) for row, event in zip(ROWS, events, strict=True)
    ]
    told = found(rows)
    assert (told.found, told.first_bad) == ("rewritten", None)
    assert found(rows, None).ok, "without an anchor such a chain is whole"


@given(st.integers(0, COUNT), st.integers(1, 64))
def test_a_head_holds_for_its_log_gone_on_and_for_no_other(count: int, length: int) -> None:
    head = ROWS[count - 1][10] if count else EMPTY.hash
    assert walk(ROWS, HEAD, [Remembered(count, head[:length])])[0].ok
    other_sign = "0" if head[length - 1] != "0" else "1"
    told, _ = walk(ROWS, HEAD, [Remembered(count, head[: length - 1] + other_sign)])
    assert (told.found, told.first_bad) == ("rewritten", None)
    told, _ = walk(ROWS[:count], None, [Remembered(count + 1, head)])
    assert (told.found, told.first_bad) == ("missing", count + 1)


@pytest.mark.parametrize("changed", COLUMNS)
def test_the_file_itself_tells_each_field_of_an_event(six: Path, changed: str) -> None:
    other_value = {
        "BIGINT": "40",
        "INTEGER": "9",
        "VARCHAR": f"{changed} || 'x'",
        "TIMESTAMP": f"{changed} + INTERVAL 1 DAY",
    }
    tamper(six, f"UPDATE event_log SET {changed} = {other_value[COLUMNS[changed]]} WHERE sequence = 4")  # noqa: S608
    told = Logbook.verify_file(six)
    assert (told.found, told.first_bad, told.row_count) == ("altered", 4, 6)
    with mock.patch.object(proof, "BY_COLUMNS_FROM_COUNT", 0):
        assert Logbook.verify_file(six) == told


WHOLE = st.integers(-(2**63), 2**63 - 1)
WORDS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(WHOLE, WORDS, WORDS, WORDS, WHOLE, WORDS, WHOLE, WHOLE, WORDS, WORDS), min_size=1))
def test_a_column_of_hashes_is_what_each_row_gives(rows: list[tuple[Any, ...]]) -> None:
    (batch,) = pa.table(
        [pa.array(cells, kind) for cells, kind in zip(zip(*rows, strict=True), KINDS[:10], strict=True)],
        names=list(COLUMNS)[:10],
    ).to_batches()
    assert hashes_of(batch) == [hash_of(*row) for row in rows]


def test_a_whole_log_is_verified_by_columns_as_by_rows(six: Path) -> None:
    by_rows = Logbook.verify_file(six)
    with mock.patch.object(proof, "BY_COLUMNS_FROM_COUNT", 0), mock.patch.object(proof, "walk") as never:
        assert Logbook.verify_file(six) == by_rows
    never.assert_not_called()


@pytest.mark.parametrize(
    ("lie", "name"),
    [
        ("CREATE MACRO epoch_us(moment) AS system.main.epoch_us(moment) - 1", "epoch_us"),
        ("CREATE MACRO max(number) AS 3", "max"),
        ("CREATE MACRO duckdb_columns() AS TABLE SELECT 1 AS nothing", "duckdb_columns"),
    ],
)
def test_a_function_in_the_file_that_could_hide_a_change_is_named(six: Path, lie: str, name: str) -> None:
    """DuckDB takes a file's own function for its own of the same name."""
    tamper(six, lie)
    told = Logbook.verify_file(six)
    assert (told.ok, told.found) == (False, "unlike")
    assert f"({name})" in told.says


def test_a_log_ahead_of_its_anchor_says_by_how_much(six: Path) -> None:
    anchor = Path(f"{six}.anchor")
    earlier = anchor.read_bytes()
    with Logbook.open(six) as log:
        log.append(new(7), seen=6)
    anchor.write_bytes(earlier)
    told = Logbook.verify_file(six)
    assert told.ok
    assert "does not know the newest 1" in told.says


def test_a_head_signed_with_a_key_that_the_log_does_not_know_is_not_of_it(six: Path) -> None:
    with Logbook.open(six) as log:
        end = log.head()
    outside = Outside(Remembered(end.row_count, end.hash), Remembered(0, EMPTY.hash), "0" * 32)
    told = Logbook.verify_file(six, [outside])
    assert (told.ok, told.found) == (False, "unlike")
    assert "0" * 32 in told.says
