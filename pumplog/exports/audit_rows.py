"""The audit table, made once for every format: a row for each thing that was said, read or taken out of the house."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from pumplog.exports.audit_changes import body_of
from pumplog.exports.audit_words import AuditWords
from pumplog.exports.report import Column, Holds, PaperColumn, Row
from pumplog.logbook import Event
from pumplog.people.access import ACCESS_WORDS
from pumplog.quantities import Unit

if TYPE_CHECKING:
    from pumplog.exports.audit_asked import AuditAsked
    from pumplog.exports.audit_table import Gathered
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


def audit_rows(asked: "AuditAsked", entries: "Gathered") -> "KeptRows":
    """The rows of both chains in the order of writing; at one moment, records first. The entries are used up."""
    from pumplog.exports.audit_table import audit_table
    from pumplog.exports.report_rows import KeptRows

    access = KeptRows.of(AUDIT_COLUMNS, _access_rows(asked)).table
    return KeptRows(audit_table(asked, entries, access))


def _access_rows(asked: "AuditAsked") -> Iterator[Row]:
    words, (begin, end) = AuditWords(asked.zone), asked.period
    for event in asked.access:
        within = begin <= event.recorded_at_utc < end or begin <= event.happened_at_utc < end
        if within and _is_access_asked_for(event, asked):
            yield _access_row(event, asked, words)


def _is_access_asked_for(event: Event, asked: "AuditAsked") -> bool:
    """A line about a pump goes by the pump; one about people is left out where a pump or site is named."""
    if event.pump_id in asked.unseen:
        return False
    narrowed = asked.asked.pump_serial is not None or asked.asked.site is not None
    if narrowed and not (event.pump_id in asked.pumps and asked.is_of_pump(event.pump_id)):
        return False
    return any(map(asked.is_of_person, (event.recorded_by, asked.people.get(event.pump_id, ""))))


def _access_row(event: Event, asked: "AuditAsked", words: AuditWords) -> Row:
    known = asked.pumps.get(event.pump_id, _UNKNOWN)
    about = asked.people.get(event.pump_id)
    what = ACCESS_WORDS.get(event.kind, event.kind.replace("_", " "))
    nothing: list[None] = [None] * 10
    return (
        "access",
        event.sequence,
        event.happened_at_utc,
        event.recorded_at_utc,
        (event.recorded_at_utc - event.happened_at_utc) // _MINUTE,
        event.recorded_by,
        None,
        known.pump_serial,
        known.patient_id,
        known.site,
        event.kind,
        f"{what[:1].upper()}{what[1:]}" + (f": {about}" if about else ""),
        "",
        "; ".join(words.part(name, value) for name, value in body_of(event.body).items()),
        "",
        "",
        *nothing,
        event.event_id,
        event.pump_id,
        event.body_version,
        event.body,
        event.prior_hash,
        event.hash,
    )
