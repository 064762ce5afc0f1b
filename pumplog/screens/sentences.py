"""One pump as a nurse would say it: the words of a board row, as HTML with every typed text escaped."""

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Final

from pumplog.errors import EntryRefused
from pumplog.outlook import DrugRisk, Outlook, Tier
from pumplog.quantities import show_date
from pumplog.reference import Interruption
from pumplog.scanning import read_scan, words_of
from pumplog.screens.call_words import outcome_words, visit_words
from pumplog.screens.look import day_html, tier_badge

RISK_WORDS: Final[Mapping[Interruption, str]] = {
    Interruption.HIGH: "dangerous to interrupt",
    Interruption.OPIOID: "opioid withdrawal if interrupted",
    Interruption.OTHER: "not stated here what an interruption does",
    Interruption.NONE: "no withdrawal listed",
}


def row_html(row: Outlook, *, found: bool = False, beside: str = "") -> str:
    """Return a pump as one card of sentences; `found` marks it as what was searched for, `beside` ends it."""
    parts = [
        who_html(row),
        holds_html(row),
        dates_html(row),
        next_html(row),
        contact_html(row),
        reasons_html(row),
    ]
    marked = " pl-found" if found else ""
    return f'<article class="pl-row pl-edge-{row.tier.value}{marked}">{"".join(parts)}{beside}</article>'


def who_html(row: Outlook) -> str:
    """Return the tier, and who it is."""
    name = escape(row.patient_name) if row.patient_name else "No patient on record"
    known = [f"pump {escape(row.pump_serial)}"]
    if row.patient_id:
        known.append(f"patient {escape(row.patient_id)}")
    if row.pump_model:
        known.append(escape(row.pump_model))
    numbers = f'<span class="pl-quiet">{", ".join(known)}</span>'
    return f'<p class="pl-who">{tier_badge(row.tier.value)} <b>{name}</b> {numbers}</p>'


def holds_html(row: Outlook) -> str:
    """Return what is in the pump and how much of it is given."""
    if row.fluid_says is None:
        return "<p>Nothing is known to be in the pump.</p>"
    dose = row.dose_says or "dose not known"
    given = "pump stopped" if dose == "stopped" else f"at {escape(dose)}"
    filled = f", last filled {day_html(row.last_fill_on)}" if row.last_fill_on else ""
    risks = "".join(f" {risk_html(risk)}" for risk in row.drug_risks)
    return f"<p>{escape(row.fluid_says[:1].upper() + row.fluid_says[1:])}, {given}{filled}.{risks}</p>"


def risk_html(risk: DrugRisk) -> str:
    """Return what stopping a drug does, and that its label has a boxed warning; what is unverified is called so."""
    words = f"{escape(risk.drug[:1].upper() + risk.drug[1:])}: {RISK_WORDS[risk.interruption]}"
    unverified = " (unverified)" if risk.unverified else ""
    boxed = ', <span class="pl-boxed">boxed warning</span>' if risk.boxed_warning else ""
    return f"<span>{words}{unverified}{boxed}.</span>"


def dates_html(row: Outlook) -> str:
    """Return the dates in their order of use; a date that nobody can give is said to be missing."""
    if row.refill_by is None:
        refill = "<b>Refill date not known</b>"
    elif row.tier is Tier.CANNOT_PROJECT:
        refill = f"<b>Refill date not known</b>; if the pump runs as programmed, refill by {day_html(row.refill_by)}"
    else:
        refill = f"<b>Refill by {day_html(row.refill_by)}</b>, {away(row.refill_by, row.today)}"
    asides = [escape(row.limited_by_says)] if row.limited_by_says else []
    if row.early_alarm_date:
        late = row.late_alarm_date if row.late_alarm_date != row.early_alarm_date else None
        to = f" to {day_html(late)}" if late else ""
        asides.append(f"may alarm from {day_html(row.early_alarm_date)}{to}")
    aside = f" ({'; '.join(asides)})" if asides else ""
    then = []
    if row.alarm_date:
        then.append(f"alarm {day_html(row.alarm_date)}")
    if row.empty_date:
        then.append(f"empty {day_html(row.empty_date)}{grace_words(row)}")
    return f"<p>{refill}{aside}{', ' if then else ''}{', '.join(then)}.</p>"


def grace_words(row: Outlook) -> str:
    """Return the days between alarm and empty, in brackets; nothing when they are not known."""
    if row.days_of_grace is None:
        return ""
    return f" ({days_words(row.days_of_grace)} of grace)"


def next_html(row: Outlook) -> str:
    """Return the day to book by, the next visit, and how to reach the patient."""
    booking = row.calling.next_booking
    if booking is None:
        booked = "Next visit: <b>none booked</b>."
    else:
        late = row.refill_by is not None and booking.visit_on > row.refill_by
        after = " <b>That is after the refill-by date.</b>" if late else ""
        booked = (
            f"Next visit <b>{escape(visit_words(booking.visit))}</b>, {away(booking.visit_on, row.today)}.{after}"
        )
    if row.refill_by is not None:
        booked = f"{escape(row.book_on_says)} {booked}"
    phone = (
        f' <span class="pl-whole">Phone {escape(row.phone)}.</span>'
        if row.phone
        else ' <span class="pl-quiet">No phone number on record.</span>'
    )
    return f"<p>{booked}{phone}</p>"


def contact_html(row: Outlook) -> str:
    """Return the last call with its outcome, and why somebody has to call."""
    last = row.calling.last_contact
    if last is None:
        said = '<span class="pl-quiet">No call on record.</span>'
    else:
        said = f"Last call {day_html(last.at.date())} by {escape(last.called_by)}: {escape(outcome_words(last.said))}"
    shown = [task.says for task in row.calling.tasks if task.since_on is not None]
    asks = "".join(f' <span class="pl-asks">☎ {escape(says)}</span>' for says in shown)
    return f"<p>{said}{asks}</p>"


def lines_html(rows: Iterable[Outlook]) -> str:
    """Return pumps as one line each, with what is needed to call: for those below the ones shown in full."""
    return f'<ol class="pl-lines">{"".join(map(_line_html, rows))}</ol>'


def _line_html(row: Outlook) -> str:
    name = escape(row.patient_name) if row.patient_name else "No patient on record"
    refill = f"refill by {show_date(row.refill_by)}" if row.refill_by else "refill date not known"
    empty = f", empty {show_date(row.empty_date)}" if row.empty_date else ""
    booked = f", booked {show_date(row.next_visit_on)}" if row.next_visit_on else ", <b>none booked</b>"
    phone = f", phone {escape(row.phone)}" if row.phone else ""
    drug = f", {escape(row.fluid_says)}" if row.fluid_says else ""
    return (
        f'<li class="pl-edge-{row.tier.value}"><b>{name}</b>, pump {escape(row.pump_serial)}{drug}: '
        f"{refill}{empty}{booked}{phone}.</li>"
    )


def reasons_html(row: Outlook) -> str:
    """Return every reason why the pump stands where it stands."""
    if not row.reasons:
        return ""
    return f'<ul class="pl-why">{"".join(f"<li>{escape(reason)}</li>" for reason in row.reasons)}</ul>'


def days_words(days: int) -> str:
    """Return a number of days in words: one day is not 1 days."""
    return "1 day" if days == 1 else f"{days:,} days"


def away(day: date, today: date) -> str:
    """Return how far a day is from today."""
    days = (day - today).days
    if days == 0:
        return "today"
    return f"in {days_words(days)}" if days > 0 else f"{days_words(-days)} ago"


def as_searched(typed: str) -> str:
    """Return what is looked for: of a scanned code its serial; a code that cannot be read is looked for as it is."""
    try:
        scanned = read_scan(typed)
    except EntryRefused:
        return typed
    return scanned.serial or typed if scanned is not None else words_of(typed)


def matches(row: Outlook, asked: str) -> bool:
    """Whether every word that was typed is found in a pump's name, numbers, drug or model."""
    known = (row.patient_name, row.patient_id, row.pump_serial, row.pump_model, row.fluid_says, row.phone)
    text = " ".join(word for word in known if word).casefold()
    return all(word in text for word in asked.casefold().split())
