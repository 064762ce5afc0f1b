"""The audit table, made once for every format: a row for each thing that was said, read or taken out of the house."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from pumplog.exports.audit_changes import Body, Told, body_of, told_of
from pumplog.exports.audit_words import AuditWords
from pumplog.exports.report import Cell, Column, Holds, PaperColumn
from pumplog.exports.words import KIND_WORDS
from pumplog.logbook import Event
from pumplog.people.access import ACCESS_WORDS
from pumplog.quantities import Unit

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
    """Everything that the table is made of. `pumps` are those that whoever asks may see."""

    asked: AuditFilter
    events: list[Event]
    access: list[Event]
    pumps: Mapping[str, Known]
    unseen: frozenset[str]
    people: Mapping[str, str]
    whole_clinic: bool
    zone: ZoneInfo
    is_of_pump: Callable[[str], bool]
    is_of_person: Callable[[str], bool]


AuditRow = tuple[Cell, ...]


def audit_rows(asked: AuditAsked) -> tuple[AuditRow, ...]:
    """The rows of both chains in the order of writing; at one moment, records first."""
    corrected = _corrected_by(asked.events)
    words = AuditWords(asked.zone)
    period = _period_of(asked)
    records = [
        _record_row(told, asked, corrected, words)
        for told in told_of(asked.events)
        if period(told.event) and _is_asked_for(told, asked)
    ]
    lines = (event for event in asked.access if period(event) and _is_access_asked_for(event, asked))
    access = [_access_row(event, asked, words) for event in lines]
    return tuple(sorted([*records, *access], key=itemgetter(_AT)))


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


def _corrected_by(events: Iterable[Event]) -> dict[str, int]:
    """By event id: the sequence of the correction in force. A correction that was itself corrected counts no more."""
    undone: set[str] = set()
    found: dict[str, int] = {}
    for event in reversed([one for one in events if one.kind == "corrected"]):
        if event.event_id not in undone:
            target = str(body_of(event)["target_event_id"])
            undone.add(target)
            found.setdefault(target, event.sequence)
    return found


def _record_row(told: Told, asked: AuditAsked, corrected: Mapping[str, int], words: AuditWords) -> AuditRow:
    event, body = told.event, told.body
    known = asked.pumps.get(event.pump_id, _UNKNOWN)
    changes, new, repeats = words.changed(told)
    said = told.now or {} if told.corrects else body
    before = told.was or {} if told.corrects else told.before
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
        "; ".join(words.why(body)),
        told.corrects.sequence if told.corrects else None,
        corrected.get(event.event_id),
        *_pair(_dose, before, said),
        *_pair(_concentration, before, said),
        *_pair(_alarm_volume, before, said),
        _number(said.get("drawn_ml")),
        _number(said.get("volume_after_fill_ml")),
        *_frame(event),
    )


def _access_row(event: Event, asked: AuditAsked, words: AuditWords) -> AuditRow:
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


Said = Mapping[str, Any]


def _pair(
    number: Callable[[Said], Decimal | None], before: Said, said: Said
) -> tuple[Decimal | None, Decimal | None]:
    """A number before and after; None where nothing was known, or nothing is said."""
    return number(before), number(said)


def _dose(said: Said) -> Decimal | None:
    return _number(said.get("programme", _NOTHING).get("dose_mcg_per_day"))


def _concentration(said: Said) -> Decimal | None:
    fluid = said.get("fluid")
    return _number(fluid[0].get("concentration_mcg_per_ml")) if fluid else None


def _alarm_volume(said: Said) -> Decimal | None:
    return _number(said.get("alarm_volume_ml"))


@lru_cache(maxsize=4096)
def _number(said: str | None) -> Decimal | None:
    return None if said is None else Decimal(said)


_NOTHING: Final[Mapping[str, Any]] = {}
