"""Calls and bookings in the words of whoever reads them: text, to be escaped where it is shown."""

from pumplog.entries import Booked, BookedVisit, BookingChanged, Contacted, NearMissExplained, TransferConfirmed
from pumplog.quantities import show_date
from pumplog.screens.wording import BOOKING_CHANGE_WORDS, CAUSE_WORDS, OUTCOME_WORDS

CallEntry = Contacted | Booked | BookingChanged | TransferConfirmed | NearMissExplained


def summary_of_call(entry: CallEntry) -> str:
    """Return the one sentence that a call or a booking comes down to."""
    match entry:
        case Contacted():
            return outcome_words(entry)
        case Booked():
            return f"{visit_words(entry.booking)}."
        case BookingChanged():
            to = f" ({visit_words(entry.booking)})" if entry.booking else ""
            return f"{BOOKING_CHANGE_WORDS[entry.change]}{to}{_because(entry.reason)}."
        case TransferConfirmed():
            return f"{entry.receiving_clinic} has the pump on its list, says {entry.confirmed_by}."
        case NearMissExplained():
            return f"{CAUSE_WORDS[entry.cause]}{_because(entry.cause_text)}."


def outcome_words(entry: Contacted) -> str:
    """Return what came of a call, with the visit or the day that was agreed."""
    words = OUTCOME_WORDS[entry.outcome]
    if entry.outcome == "call_again":
        words = "Asked to be called again"
    if entry.booking is not None:
        words = f"{words}: {visit_words(entry.booking)}"
    remind = f", call again on {show_date(entry.remind_on)}" if entry.remind_on else ""
    return f"{words}{_because(entry.outcome_text)}{remind}."


def visit_words(visit: BookedVisit) -> str:
    """Return a booked visit: its day, time, place, and with whom."""
    at = f" at {visit.visit_time:%H:%M}" if visit.visit_time else ""
    where = f", {visit.site}" if visit.site else ""
    whom = f", with {visit.clinician}" if visit.clinician else ""
    return f"{show_date(visit.visit_on)}{at}{where}{whom}"


def _because(words: str | None) -> str:
    return f" ({words.rstrip('.')})" if words else ""
