"""The audit's table put together: what the log holds as columns already, beside what its entries say."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyarrow as pa
from pyarrow import compute

from pumplog.exports.audit_asked import AuditAsked
from pumplog.exports.audit_beside import Beside, beside
from pumplog.exports.audit_rows import AUDIT_COLUMNS
from pumplog.exports.audit_said import ENTRY_COLUMNS, SAID_COLUMNS, said_tables
from pumplog.exports.report_rows import schema_of

_SCHEMA: Final = schema_of(AUDIT_COLUMNS)
_ORDER: Final = [("recorded_at_utc", "ascending"), ("chain", "descending"), ("sequence", "ascending")]
_MINUTE_US: Final = 60_000_000

_HELD: Final = tuple(name for name in _SCHEMA.names if name not in SAID_COLUMNS)
"""The columns that are not worked out from what an entry says."""


@dataclass
class Gathered:
    """The entries of an audit, read and not yet told: what the log holds of them, and those that are told here.

    `share` has been given the others.
    """

    held: list[pa.Table]
    own: deque[pa.Table]
    share: Beside | None


@contextmanager
def gathered(asked: AuditAsked) -> Iterator[Gathered]:
    """Read the log once; where it is long, part of its entries is told elsewhere from then on."""
    with beside(asked.telling, _SCHEMA, asked.events_count) as share:
        held, own = [], deque[pa.Table]()
        for read in asked.events:
            events = _of_pumps(read, asked.only_pump_ids)
            wanted = _wanted(events, asked.period)
            held.append(_held_of(events.filter(wanted), asked))
            entries = events.append_column("wanted", wanted)
            entries = entries.append_column("happened_us", _us(events, "happened_at_utc")).select(ENTRY_COLUMNS)
            own.append(entries if share is None else share.given(entries))
        yield Gathered(held, own, share)


def audit_table(asked: AuditAsked, entries: Gathered, access: pa.Table) -> pa.Table:
    """The rows of both chains in the order of writing; at one moment, records first. `access` has the other chain.

    The entries are used up.
    """
    told = list(said_tables(asked.telling, _used_up(entries.own), _SCHEMA))
    if entries.share is not None:
        told += entries.share.said()
    table = _put_together(_whole(entries.held, ("sequence", *_HELD)), _whole(told, SAID_COLUMNS), access)
    pa.default_memory_pool().release_unused()
    return table


def _used_up(tables: deque[pa.Table]) -> Iterator[pa.Table]:
    """Each table once; nothing is held of those that were taken."""
    while tables:
        yield tables.popleft()


def _of_pumps(events: pa.Table, only: frozenset[str] | None) -> pa.Table:
    if only is None:
        return events
    return events.filter(compute.is_in(events["pump_id"], pa.array(sorted(only), pa.string())))


def _wanted(events: pa.Table, period: tuple[datetime, datetime]) -> pa.ChunkedArray:
    """Of each event, whether it happened or was written within the period."""
    begin, end = (pa.scalar(one.replace(tzinfo=None), pa.timestamp("us")) for one in period)

    def within(name: str) -> pa.ChunkedArray:
        return compute.and_(compute.greater_equal(events[name], begin), compute.less(events[name], end))

    return compute.or_(within("happened_at_utc"), within("recorded_at_utc"))


def _held_of(events: pa.Table, asked: AuditAsked) -> pa.Table:
    """Columns of the audit for events of the log, but those that what they say is needed for."""
    pump_ids, known = list(asked.pumps), list(asked.pumps.values())
    places = compute.index_in(events["pump_id"], pa.array(pump_ids, pa.string()))

    def of_pump(cells: list[str]) -> pa.ChunkedArray:
        return compute.fill_null(pa.chunked_array([pa.array(cells, pa.string())]).take(places), "")

    columns = {
        "chain": pa.repeat("records", len(events)),
        "recorded_after_minutes": _whole_minutes(events),
        "patient_id": of_pump([one.patient_id for one in known]),
        "site": of_pump([one.site for one in known]),
        "about_id": events["pump_id"],
    }
    names = ("sequence", *_HELD)
    cells = [columns[name] if name in columns else events[name] for name in names]
    return pa.table(cells, names=names).cast(pa.schema([_SCHEMA.field(name) for name in names]))


def _whole_minutes(events: pa.Table) -> pa.ChunkedArray:
    """From happening to writing; one that was to happen later counts down to the minute before."""
    apart = compute.subtract(_us(events, "recorded_at_utc"), _us(events, "happened_at_utc"))
    minutes = compute.divide(apart, _MINUTE_US)
    too_many = compute.greater(compute.multiply(minutes, _MINUTE_US), apart)
    return compute.subtract(minutes, too_many.cast(pa.int64()))


def _us(events: pa.Table, name: str) -> pa.ChunkedArray:
    return events[name].cast(pa.int64())


def _whole(tables: list[pa.Table], names: tuple[str, ...]) -> dict[str, pa.ChunkedArray]:
    """Tables one after the other, column by column: a column that was used can then be let go of."""
    empty = pa.schema([_SCHEMA.field(name) for name in names]).empty_table()
    whole = pa.concat_tables(tables) if tables else empty
    tables.clear()
    return {name: whole[name] for name in names}


def _put_together(held: dict[str, pa.ChunkedArray], told: dict[str, pa.ChunkedArray], access: pa.Table) -> pa.Table:
    """The columns of both in order. What is `held` is of every entry in turn; what is `told`, of some, in any order.

    Both are used up: at no moment is more than one column there twice.
    """
    sequences = told["sequence"]
    places = compute.index_in(sequences, held.pop("sequence").combine_chunks())
    beyond = pa.array(range(len(held["chain"]), len(held["chain"]) + len(access)), pa.int32())
    places = pa.chunked_array([*places.chunks, beyond])
    keys = {name: _joined(held[name], access[name]).take(places) for name in ("recorded_at_utc", "chain")}
    keys["sequence"] = _joined(sequences, access["sequence"])
    order = compute.sort_indices(pa.table(keys), sort_keys=_ORDER)
    held_order, told_order = _moves(compute.take(places.combine_chunks(), order)), _moves(order)
    columns = []
    for field in _SCHEMA:
        whose, moves = (told, told_order) if field.name in told else (held, held_order)
        column = _joined(whose.pop(field.name), access[field.name])
        columns.append(column if moves is None else column.take(moves))
    return pa.Table.from_arrays(columns, schema=_SCHEMA)


def _joined(records: pa.ChunkedArray, access: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([*records.chunks, *access.chunks], records.type)


def _moves(order: pa.Array) -> pa.Array | None:
    """The places to take rows from; None when every row is in its place."""
    return None if order.equals(pa.array(range(len(order)), order.type)) else order
