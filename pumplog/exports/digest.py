"""The day's call list: who waits, why, and how they are reached. One list, which HTML, text and PDF only set."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from pumplog.exports.log_words import moment_words
from pumplog.exports.typeset import Tone
from pumplog.exports.words import (
    INTERRUPTION_SAYS,
    NO_PHONE,
    TIER_WORDS,
    alarm_lines,
    booked_words,
    contact_words,
    dates_words,
    day_words,
    holds_words,
    phone_words,
    risk_words,
    who_words,
)
from pumplog.outlook import OpenTransfer, Outlook, Tier
from pumplog.reference import ALARM_KINDS
from pumplog.reference.policy import Policy
from pumplog.state import OpenRow, PumpState

NAMED_FIRST_COUNT: Final = 12
"""So many are named on the page of what to do first; the lists behind it name all."""


@dataclass(frozen=True)
class Opened:
    """Who looked at the board: working days on which nobody did, each in words, and who has today."""

    missed_says: tuple[str, ...]
    today_by: tuple[str, ...]
    is_working_day: bool


@dataclass(frozen=True)
class Asked:
    """Everything that a digest is made from; `whose` says of which sites' pumps it tells."""

    policy: Policy
    whose: str
    on: date
    at: datetime
    by: str
    rows: tuple[Outlook, ...]
    states: Mapping[str, PumpState]
    open_rows: tuple[OpenRow, ...]
    transfers: tuple[OpenTransfer, ...]
    opened: Opened


@dataclass(frozen=True)
class Item:
    """One pump or thing on a list: who, how urgent in a word, how to reach them, and why, a sentence a line."""

    who: str
    says: tuple[str, ...]
    phone: str | None = None
    mark: str | None = None
    tone: Tone | None = None


@dataclass(frozen=True)
class Section:
    """A list under its heading; `when_empty` is said in the place of nothing."""

    title: str
    items: tuple[Item, ...]
    when_empty: str
    says: str = ""


@dataclass(frozen=True)
class Digest:
    """What is told on a day. `loud` comes before everything else."""

    title: str
    clinic: str
    under: str
    foot: str
    on: date
    at: datetime
    loud: tuple[str, ...]
    calm: tuple[str, ...]
    first: tuple[Section, ...]
    sections: tuple[Section, ...]


def digest_of(asked: Asked) -> Digest:
    """The digest of a day."""
    made = moment_words(asked.at, asked.policy.zone_info)
    red = [row for row in asked.rows if row.tier.is_red]
    return Digest(
        title=f"Call list for {day_words(asked.on)}",
        clinic=asked.policy.clinic_name,
        under=f"{asked.policy.clinic_name}, {asked.whose}",
        foot=f"Confidential: patients' data. Made {made} by {asked.by}, zone {asked.policy.zone}.",
        on=asked.on,
        at=asked.at,
        loud=asked.opened.missed_says,
        calm=(_counts(asked.rows), _opened_today(asked.opened)),
        first=tuple(_first(asked, red)),
        sections=tuple(_sections(asked, red)),
    )


def _counts(rows: Sequence[Outlook]) -> str:
    counted = [(tier, sum(row.tier is tier for row in rows)) for tier in Tier]
    return f"{len(rows)} pumps: " + ", ".join(f"{count} {TIER_WORDS[tier].lower()}" for tier, count in counted) + "."


def _opened_today(opened: Opened) -> str:
    if opened.today_by:
        return f"The board was opened on this day by {', '.join(opened.today_by)}."
    return "Nobody has opened the board on this day" + (
        " yet: open it." if opened.is_working_day else ", on which the clinic is closed."
    )


# --- what to do first ---


def _first(asked: Asked, red: Sequence[Outlook]) -> Iterator[Section]:
    """The page that is read when there is time for one page."""
    for tier in (Tier.EXPECTED_EMPTY, Tier.CANNOT_PROJECT, Tier.PAST_ALARM, Tier.OVERDUE):
        of_tier = [row for row in red if row.tier is tier]
        if of_tier:
            yield Section(f"{TIER_WORDS[tier]}: {len(of_tier)}", _named(of_tier), "", _why_first(tier))
    if not red:
        yield Section("Nothing is red", (), "No pump is expected empty, past its alarm date, overdue or unknown.")
    not_booked = [row for row in asked.rows if row.tier is Tier.DUE_SOON and row.next_visit_on is None]
    if not_booked:
        says = "Their refill is due within the days of house policy, and no visit is booked."
        yield Section(f"Due soon and nothing booked: {len(not_booked)}", _named(not_booked), "", says)


def _why_first(tier: Tier) -> str:
    return {
        Tier.EXPECTED_EMPTY: "By the programme nothing is left in the reservoir. Reach them before all others.",
        Tier.CANNOT_PROJECT: "Nobody can say how long they will last: find out what is missing, and record it.",
        Tier.PAST_ALARM: "The pump may be sounding its alarm, heard or not.",
        Tier.OVERDUE: "The refill-by date has passed; the alarm comes next.",
    }[tier]


def _named(rows: Sequence[Outlook]) -> tuple[Item, ...]:
    """Who, and why."""
    shown = [
        Item(who_words(row), row.reasons or (dates_words(row),), phone=phone_words(row), tone=_tone(row.tier))
        for row in rows[:NAMED_FIRST_COUNT]
    ]
    if len(rows) > NAMED_FIRST_COUNT:
        shown.append(Item(f"And {len(rows) - NAMED_FIRST_COUNT} more", ("They are in the lists behind this page.",)))
    return tuple(shown)


def _tone(tier: Tier) -> Tone | None:
    if tier.is_red:
        return "danger"
    return "caution" if tier is Tier.DUE_SOON else None


# --- the lists ---


def _sections(asked: Asked, red: Sequence[Outlook]) -> Iterator[Section]:
    soon = [row for row in asked.rows if row.tier is Tier.DUE_SOON]
    yield Section("Red", _items(asked, red), "No pump is red.", "Every red pump, worst first, with every reason.")
    yield Section("Due soon", _items(asked, soon), "No refill is due soon.")
    yield Section("Open alarms", tuple(_alarms(asked)), "No alarm is open.", "Open until somebody closes them.")
    yield Section("Visits missed, or passed without a visit", tuple(_lapsed(asked)), "All were followed up.")
    yield Section("Call again", tuple(_again(asked)), "Nobody is to be called again by this day.")
    late = [row for row in asked.rows if row.next_visit_on and row.refill_by and row.next_visit_on > row.refill_by]
    yield Section("Booked after the refill-by date", tuple(_short(row) for row in late), "None.")
    not_booked = [row for row in asked.rows if row.next_visit_on is None]
    yield Section(
        "Nothing booked",
        tuple(_short(row) for row in not_booked),
        "Every pump has a visit booked.",
        "Whatever the tier.",
    )
    yield Section(
        "Transfers not confirmed",
        tuple(_transfer(one) for one in asked.transfers),
        "No pump has left for a clinic that has not confirmed it.",
        "These pumps left this clinic's list, and nobody knows yet that they are on another one.",
    )
    yield Section(
        "Refused rows of imported sheets",
        tuple(Item(f"Line {one.row.line_count} of {one.row.sheet}", _faults(one)) for one in asked.open_rows),
        "None is open.",
    )


def _items(asked: Asked, rows: Iterable[Outlook]) -> tuple[Item, ...]:
    return tuple(_whole(row, asked.states[row.pump_id]) for row in rows)


def _whole(row: Outlook, state: PumpState) -> Item:
    """One pump with all that a caller needs to know before the telephone is picked up."""
    risk = risk_words(state)
    return Item(
        who=who_words(row),
        says=(
            *row.reasons,
            dates_words(row),
            holds_words(row),
            *((INTERRUPTION_SAYS[row.interruption],) if row.interruption else ()),
            *((f"Risk: {risk}.",) if risk else ()),
            booked_words(row),
            *((row.book_on_says,) if row.next_visit_on is None else ()),
            contact_words(row.calling.last_contact),
        ),
        phone=phone_words(row),
        mark=TIER_WORDS[row.tier],
        tone=_tone(row.tier),
    )


def _short(row: Outlook) -> Item:
    return Item(who_words(row), (dates_words(row),), phone_words(row), TIER_WORDS[row.tier], _tone(row.tier))


def _alarms(asked: Asked) -> Iterator[Item]:
    for row in asked.rows:
        state = asked.states[row.pump_id]
        if state.open_alarms:
            critical = any(ALARM_KINDS[code].critical for code in row.open_alarm_codes)
            says = alarm_lines(state, asked.policy.zone_info)
            yield Item(who_words(row), says, phone_words(row), tone="danger" if critical else "caution")


def _lapsed(asked: Asked) -> Iterator[Item]:
    """Visits that nobody came to, and after which nobody did anything."""
    for row in asked.rows:
        state = asked.states[row.pump_id]
        for booking in state.calls.not_followed_up(asked.on):
            says = f"The visit of {day_words(booking.visit_on)} was missed or passed, and nobody has followed it up."
            yield replace(_short(row), says=(says, contact_words(row.calling.last_contact), dates_words(row)))


def _again(asked: Asked) -> Iterator[Item]:
    """Calls that asked for another one by this day."""
    for row in asked.rows:
        state = asked.states[row.pump_id]
        reminder = state.calls.reminder()
        again_on = reminder.asks_again_on if reminder else None
        if again_on is not None and again_on <= asked.on:
            says = f"To be called again from {day_words(again_on)}."
            yield replace(_short(row), says=(says, contact_words(row.calling.last_contact), dates_words(row)))


def _transfer(one: OpenTransfer) -> Item:
    """A pump that is between two clinics."""
    who = f"{one.patient_name} (pump {one.pump_serial}, patient {one.patient_id})"
    says = f"Left for {one.to_clinic} on {day_words(one.left_on)}, which has not confirmed that it has the pump."
    return Item(who, (says, contact_words(one.last_contact)), one.phone or NO_PHONE)


def _faults(one: OpenRow) -> tuple[str, ...]:
    pump = (f"Pump {one.row.pump_serial}.",) if one.row.pump_serial else ("No pump is named.",)
    return (*pump, *(fault.says for fault in one.row.faults))


def file_stem(on: date) -> str:
    """The name of a day's files: a day, and nothing about anybody."""
    return f"digest-{on.isoformat()}"


def unopened_says(missed: Sequence[tuple[date, Sequence[str]]]) -> tuple[str, ...]:
    """That nobody looked on working days, the newest first: nobody at all, or nobody who sees some sites."""
    says = [
        f"{day_words(day)}: nobody who sees {' or '.join(sites)}" if sites else f"{day_words(day)}: nobody"
        for day, sites in missed
    ]
    if not says:
        return ()
    return (f"NOBODY OPENED THE BOARD ON A WORKING DAY. {says[0]}.", *(f"{one}." for one in says[1:]))
