"""The audit table, made once for every format: a row for each thing that was said, read or taken out of the house."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from pumplog.exports.audit_changes import Body, Told, body_of, target_of, told_of
from pumplog.exports.audit_words import AuditWords
from pumplog.exports.report import Cell, Column, Holds, PaperColumn, Row
from pumplog.exports.words import KIND_WORDS
from pumplog.logbook import Event
from pumplog.people.access import ACCESS_WORDS
from pumplog.quantities import Unit

if TYPE_CHECKING:
    from pumplog.exports.report_rows import KeptRows

_MINUTE: Final = timedelta(minutes=1)


def _numbers(name: str, unit: Unit, says: str) -> tuple[Column, Column]:
    head = says[:1].upper() + says[1:]
    return (
        Column(f"before_{name}", f"{head} before", "number", unit.value, f"{says}, as on record before"),
        Column(f"after_{name}", f"{head} after", "number", unit.value, f"{says}, as said by this entry"),
    )


def _text(name: str, head: str, says: str, holds: Holds = "text", unit: str = "") -> Column:
    return Column(name, head, holds, unit, says)


AUDIT_COLUMNS: Final = (
    _text("chain", "Chain", "records: the log of entries; access: the log of who came in, read and took out"),
    _text("sequence", "No.", "place in its chain", "count"),
    _text("happened_at_utc", "Happened", "when it happened, as said", "instant", "UTC"),
    _text("recorded_at_utc", "Recorded", "when it was written, by the server's clock", "instant", "UTC"),
    _text("recorded_after_minutes", "Recorded after", "from happening to writing, whole minutes", "count", "min"),
    _text("recorded_by", "By", "who recorded it, or did it"),
    _text("second_checker", "Second person", "who signed with them"),
    _text("pump_serial", "Pump", "serial of the pump; empty for the clinic's own entries"),
    _text("patient_id", "Patient number", "as in the pump's registration now"),
    _text("site", "Site", "of the pump, as registered now"),
    _text("kind", "Kind", "kind of entry, or of access, as a code"),
    _text("what", "What", "kind of entry in words"),
    _text("from_what_to_what", "From what to what", "each standing value that the entry changed, before and after"),
    _text("said", "Said", "what the entry says that is no change of anything: findings, volumes, steps of the visit"),
    _text("as_before", "As before", "what the entry says again without a change"),
    _text("why", "Why", "reasons, notes, and the reason given for each finding that asked for one"),
    _text("corrects_sequence", "Corrects no.", "the entry that this one corrects", "count"),
    _text("corrected_by_sequence", "Corrected by no.", "the correction in force, today", "count"),
    *_numbers("dose_mcg_per_day", Unit.MCG_PER_DAY, "dose of a simple continuous programme"),
    *_numbers("concentration_mcg_per_ml", Unit.MCG_PER_ML, "concentration of the first drug"),
    *_numbers("alarm_volume_ml", Unit.ML, "alarm volume"),
    _text("drawn_ml", "Drawn", "volume drawn from the reservoir", "number", "mL"),
    _text("volume_after_fill_ml", "After the fill", "volume in the reservoir after the fill", "number", "mL"),
    _text("event_id", "Event", "id of the event"),
    _text("about_id", "About", "id of the pump; of the person, tablet or thing in the access chain"),
    _text("body_version", "Body version", "version of the body's form", "count"),
    _text("body", "Body", "the exact text that was hashed"),
    _text("prior_hash", "Hash before", "SHA-256 of the event before it in its chain"),
    _text("hash", "Hash", "SHA-256 of this event, as defined in pumplog/logbook/chain.py"),
)


@dataclass(frozen=True)
class Known:
    """What is known of a pump by its id: what it is called, whose it is, where."""

    pump_serial: str
    patient_id: str
    site: str


AUDIT_PAPER: Final = (
    PaperColumn("No.", 5, (("", "sequence"), ("", "chain"))),
    PaperColumn("When", 8, (("", "happened_at_utc"), ("recorded ", "recorded_at_utc"))),
    PaperColumn("Who", 7, (("", "recorded_by"), ("with ", "second_checker"))),
    PaperColumn("What", 9, (("", "what"), ("pump ", "pump_serial"), ("patient ", "patient_id"), ("", "site"))),
    PaperColumn("From what to what", 25, (("", "from_what_to_what"), ("Said: ", "said"))),
    PaperColumn("Why", 11, (("", "why"), ("corrected by no. ", "corrected_by_sequence"))),
)

_UNKNOWN: Final = Known("", "", "")


@dataclass(frozen=True)
class AuditFilter:
    """What an audit is of: the days it happened or was written on, both in; one pump, site or person where named."""

    first_on: date
    last_on: date
    pump_serial: str | None = None
    site: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class AuditAsked:
    """Everything that the table is made of. `pumps` are those that whoever asks may see.

    `events` is the log from its beginning, gone through once; `corrections` are those of its events that correct.
    """

    asked: AuditFilter
    events: Iterable[Event]
    corrections: list[Event]
    access: list[Event]
    pumps: Mapping[str, Known]
    unseen: frozenset[str]
    people: Mapping[str, str]
    whole_clinic: bool
    zone: ZoneInfo
    is_of_pump: Callable[[str], bool]
    is_of_person: Callable[[str], bool]


def audit_rows(asked: AuditAsked) -> "KeptRows":
    """The rows of both chains in the order of writing; at one moment, records first."""
    from pumplog.exports.report_rows import KeptRows

    corrected = _corrected_by(asked.corrections)
    words = AuditWords(asked.zone)
    period = _period_of(asked)
    records = (
        _record_row(told, asked, corrected, words)
        for told in told_of(asked.events, asked.corrections)
        if period(told.event) and _is_asked_for(told, asked)
    )
    lines = (event for event in asked.access if period(event) and _is_access_asked_for(event, asked))
    access = (_access_row(event, asked, words) for event in lines)
    rows = KeptRows.of(AUDIT_COLUMNS, _merged(records, access))
    return rows.in_order_of(recorded_at_utc="ascending", chain="descending", sequence="ascending")


def _merged(records: Iterable[Row], access: Iterator[Row]) -> Iterator[Row]:
    """Both by the moment of writing, as long as each of them is: what is few between what is many."""
    waiting = next(access, None)
    for row in records:
        at: Any = row[_AT]
        while waiting is not None and waiting[_AT] < at:
            yield waiting
            waiting = next(access, None)
        yield row
    if waiting is not None:
        yield waiting
    yield from access


def _period_of(asked: AuditAsked) -> Callable[[Event], bool]:
    """Whether an event happened or was written within the days that were asked for, on the clinic's calendar."""
    begin = datetime.combine(asked.asked.first_on, time(), asked.zone).astimezone(UTC)
    end = datetime.combine(asked.asked.last_on + timedelta(days=1), time(), asked.zone).astimezone(UTC)
    return lambda event: begin <= event.recorded_at_utc < end or begin <= event.happened_at_utc < end


_AT: Final = [one.name for one in AUDIT_COLUMNS].index("recorded_at_utc")


def _is_asked_for(told: Told, asked: AuditAsked) -> bool:
    pump_id = told.event.pump_id
    if (pump_id not in asked.pumps and not asked.whole_clinic) or not asked.is_of_pump(pump_id):
        return False
    if asked.asked.person is None:
        return True
    return asked.is_of_person(told.event.recorded_by) or asked.is_of_person(_signed(told.body) or "")


def _is_access_asked_for(event: Event, asked: AuditAsked) -> bool:
    """A line about a pump goes by the pump; one about people is left out where a pump or site is named."""
    if event.pump_id in asked.unseen:
        return False
    narrowed = asked.asked.pump_serial is not None or asked.asked.site is not None
    if narrowed and not (event.pump_id in asked.pumps and asked.is_of_pump(event.pump_id)):
        return False
    person = asked.asked.person
    return person is None or any(map(asked.is_of_person, (event.recorded_by, asked.people.get(event.pump_id, ""))))


def _signed(body: Body) -> str | None:
    """Who signed with the one who recorded; of a correction, who signed what replaces."""
    signed = body.get("second_checker") or (body.get("replacement") or {}).get("second_checker")
    return str(signed) if signed else None


def _corrected_by(corrections: list[Event]) -> dict[str, int]:
    """By event id: the sequence of the correction in force. A correction that was itself corrected counts no more."""
    undone: set[str] = set()
    found: dict[str, int] = {}
    for event in reversed(corrections):
        if event.event_id not in undone:
            target = target_of(event)
            undone.add(target)
            found.setdefault(target, event.sequence)
    return found


def _record_row(told: Told, asked: AuditAsked, corrected: Mapping[str, int], words: AuditWords) -> Row:
    event, body = told.event, told.body
    known = asked.pumps.get(event.pump_id, _UNKNOWN)
    changes, new, repeats = words.changed(told)
    said = told.now or {} if told.corrects else body
    before = told.was or {} if told.corrects else told.before
    dose_before, concentration_before, alarm_before = _numbers_of(before)
    dose, concentration, alarm = _numbers_of(said)
    return (
        "records",
        event.sequence,
        event.happened_at_utc,
        event.recorded_at_utc,
        _minutes(event),
        event.recorded_by,
        _signed(body),
        known.pump_serial or body.get("pump_serial"),
        known.patient_id,
        known.site,
        event.kind,
        _what(told),
        changes,
        new,
        repeats,
        words.why(body),
        told.corrects.sequence if told.corrects else None,
        corrected.get(event.event_id),
        dose_before,
        dose,
        concentration_before,
        concentration,
        alarm_before,
        alarm,
        _number(said.get("drawn_ml")),
        _number(said.get("volume_after_fill_ml")),
        *_frame(event),
    )


def _access_row(event: Event, asked: AuditAsked, words: AuditWords) -> Row:
    known = asked.pumps.get(event.pump_id, _UNKNOWN)
    about = asked.people.get(event.pump_id)
    what = ACCESS_WORDS.get(event.kind, event.kind.replace("_", " "))
    nothing: list[None] = [None] * 10
    return (
        "access",
        event.sequence,
        event.happened_at_utc,
        event.recorded_at_utc,
        _minutes(event),
        event.recorded_by,
        None,
        known.pump_serial,
        known.patient_id,
        known.site,
        event.kind,
        f"{what[:1].upper()}{what[1:]}" + (f": {about}" if about else ""),
        "",
        "; ".join(words.part(name, value) for name, value in body_of(event).items()),
        "",
        "",
        *nothing,
        *_frame(event),
    )


def _frame(event: Event) -> tuple[Cell, ...]:
    return event.event_id, event.pump_id, event.body_version, event.body, event.prior_hash, event.hash


def _minutes(event: Event) -> int:
    return (event.recorded_at_utc - event.happened_at_utc) // _MINUTE


def _what(told: Told) -> str:
    words = KIND_WORDS.get(told.event.kind, told.event.kind)
    if told.corrects is None:
        return words
    how = "entered in error" if told.body.get("how") == "entered_in_error" else "replaced"
    target = KIND_WORDS.get(told.corrects.kind, told.corrects.kind)
    return f"{words}: no. {told.corrects.sequence} ({target[:1].lower()}{target[1:]}) is {how}"


Numbers = tuple[Decimal | None, Decimal | None, Decimal | None]


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
