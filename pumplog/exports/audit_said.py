"""What the entries of an audit say, as Arrow columns: the part of its table that no column of the log holds.

It needs the entries of a pump from the first one on, and nothing of other pumps: so the pumps of a long log can be
shared out between processes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from pumplog.exports.audit_changes import Body, Correction, Entry, Told, told_of
from pumplog.exports.audit_words import AuditWords
from pumplog.exports.log_words import KIND_WORDS
from pumplog.exports.report import Row
from pumplog.exports.report_rows import table_of

ENTRY_COLUMNS: Final = Entry._fields
"""What is read of each entry, as columns of these names."""

SAID_COLUMNS: Final = (
    *("sequence", "second_checker", "pump_serial", "what", "from_what_to_what", "said", "as_before", "why"),
    *("corrects_sequence", "corrected_by_sequence"),
    *("before_dose_mcg_per_day", "after_dose_mcg_per_day"),
    *("before_concentration_mcg_per_ml", "after_concentration_mcg_per_ml"),
    *("before_alarm_volume_ml", "after_alarm_volume_ml"),
    *("drawn_ml", "volume_after_fill_ml"),
)
"""Of the audit's columns, those that are worked out here; the sequence says of which entry."""

_AT_ONCE_COUNT: Final = 1_000
"""So many rows are there as tuples while they are made."""

Numbers = tuple[Decimal | None, Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Telling:
    """What must be known to tell of entries. `is_by` picks those recorded or signed by somebody; None: all."""

    corrections: tuple[Correction, ...]
    pump_serials: Mapping[str, str]
    is_by: Callable[[str], bool] | None
    zone: ZoneInfo


def said_schema(schema: pa.Schema) -> pa.Schema:
    """Of the audit's columns, those of `SAID_COLUMNS`."""
    return pa.schema([schema.field(name) for name in SAID_COLUMNS])


def said_tables(telling: Telling, entries: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """A row with `SAID_COLUMNS` for each wanted entry, in order; the types are those of the audit's `schema`.

    `entries` are tables with `ENTRY_COLUMNS`, in order of sequence.
    """
    corrected, words = _corrected_by(telling.corrections), AuditWords(telling.zone)
    rows = (
        _row(told, telling, corrected, words)
        for told in told_of(_entries(entries), telling.corrections)
        if told.entry.wanted and _is_asked_for(told, telling)
    )
    own = said_schema(schema)
    while some := list(islice(rows, _AT_ONCE_COUNT)):
        yield table_of(own, some)


def _entries(tables: Iterable[pa.Table]) -> Iterator[Entry]:
    for table in tables:
        columns = (table.column(name).to_pylist() for name in ENTRY_COLUMNS)
        yield from map(Entry._make, zip(*columns, strict=True))


def _is_asked_for(told: Told, telling: Telling) -> bool:
    is_by = telling.is_by
    return is_by is None or is_by(told.entry.recorded_by) or is_by(_signed(told.body) or "")


def _row(told: Told, telling: Telling, corrected: Mapping[str, int], words: AuditWords) -> Row:
    entry, body = told.entry, told.body
    changes, new, repeats = words.changed(told)
    said = told.now or {} if told.corrects else body
    before = told.was or {} if told.corrects else told.before
    dose_before, concentration_before, alarm_before = _numbers_of(before)
    dose, concentration, alarm = _numbers_of(said)
    return (
        entry.sequence,
        _signed(body),
        telling.pump_serials.get(entry.pump_id) or body.get("pump_serial"),
        _what(told),
        changes,
        new,
        repeats,
        words.why(body),
        told.corrects.sequence if told.corrects else None,
        corrected.get(entry.event_id),
        dose_before,
        dose,
        concentration_before,
        concentration,
        alarm_before,
        alarm,
        _number(said.get("drawn_ml")),
        _number(said.get("volume_after_fill_ml")),
    )


def _signed(body: Body) -> str | None:
    """Who signed with the one who recorded; of a correction, who signed what replaces."""
    signed = body.get("second_checker") or (body.get("replacement") or {}).get("second_checker")
    return str(signed) if signed else None


def _corrected_by(corrections: tuple[Correction, ...]) -> dict[str, int]:
    """By event id: the sequence of the correction in force. A correction that was itself corrected counts no more."""
    undone: set[str] = set()
    found: dict[str, int] = {}
    for one in reversed(corrections):
        if one.event_id not in undone:
            undone.add(one.target_event_id)
            found.setdefault(one.target_event_id, one.sequence)
    return found


def _what(told: Told) -> str:
    words = KIND_WORDS.get(told.entry.kind, told.entry.kind)
    if told.corrects is None:
        return words
    how = "entered in error" if told.body.get("how") == "entered_in_error" else "replaced"
    target = KIND_WORDS.get(told.corrects.kind, told.corrects.kind)
    return f"{words}: no. {told.corrects.sequence} ({target[:1].lower()}{target[1:]}) is {how}"


def _numbers_of(said: Mapping[str, Any]) -> Numbers:
    """Dose, concentration and alarm volume; None where nothing was known, or nothing is said."""
    programme, fluid = said.get("programme"), said.get("fluid")
    return (
        _number(programme.get("dose_mcg_per_day")) if programme else None,
        _number(fluid[0].get("concentration_mcg_per_ml")) if fluid else None,
        _number(said.get("alarm_volume_ml")),
    )


@lru_cache(maxsize=4096)
def _number(said: str | None) -> Decimal | None:
    return None if said is None else Decimal(said)
