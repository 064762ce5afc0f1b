"""The patient's card: what is in the pump, until when it lasts, what to watch for, whom to ring; one page."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from pumplog.entries.programme import SingleBolus, Stopped
from pumplog.exports.calendar_file import reference_of
from pumplog.exports.typeset import Paper, Tone, document
from pumplog.outlook import Outlook, drug_or_none
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Reference
from pumplog.reference.drugs import Signs
from pumplog.sources import source
from pumplog.state import PumpState

TITLE: Final = "My pump"
ABOUT: Final = (
    "A pump under my skin gives medicine into the fluid around my spinal cord, day and night. If it runs empty or "
    "stops, I can become seriously ill."
)
NOT_SET: Final = "________________________"
_LONGEST_COUNT: Final = 120
"""So many letters of a name the card has room for; a longer one is cut where it can be seen."""


def card_name(pump_id: str) -> str:
    """The file name of a card, which tells nothing of the patient."""
    return f"pump-card-{reference_of(pump_id)}.pdf"


def patient_card(state: PumpState, row: Outlook, reference: Reference, *, at: datetime) -> bytes:
    """The card as PDF, as things stand in this row; what nobody knows is said to be unknown."""
    clinic = reference.policy
    hold = "The dates hold while the pump runs as it is set now."
    made = f"Made {show_date(row.today)} by {_cut(clinic.clinic_name)}. {hold}"
    data = {
        "about": ABOUT,
        "facts": list(_facts(state, row)),
        "refill": f"Next refill by {show_date(row.refill_by)}" if row.refill_by else "Next refill: ask the clinic",
        "dates": list(_dates(state, row)),
        "unknown": list(_to_know(state, row)),
        "signs": _signs(state, reference),
        "numbers": [
            ("The clinic", clinic.phone or NOT_SET),
            ("In an emergency", clinic.emergency_phone or NOT_SET),
        ],
        "says": [clinic.card_says] if clinic.card_says else [],
    }
    return document("card", Paper(TITLE, _cut(clinic.clinic_name), made), data, at=at)


def _cut(words: str) -> str:
    """Words that fit; what is left out is seen to be."""
    return words if len(words) <= _LONGEST_COUNT else f"{words[:_LONGEST_COUNT]} …"


def _facts(state: PumpState, row: Outlook) -> Iterator[tuple[str, str]]:
    registered, standing = state.registered, state.standing
    if registered is not None:
        patient = registered.patient
        born = f", born {show_date(patient.date_of_birth)}" if patient.date_of_birth else ""
        yield "Name", f"{_cut(patient.name)}{born}"
        yield "Pump", f"{_cut(registered.pump.model)}, serial {_cut(registered.pump_serial)}"
    fluid = standing.fluid if standing else ()
    held = [f"{one.drug} {show(one.concentration_mcg_per_ml, Unit.MCG_PER_ML)}" for one in fluid]
    yield "In the pump", "\n".join(held) or "not known"
    yield "Dose", _dose(state, row)
    if standing is not None:
        yield "Filled", show_date(standing.filled_on)


def _dose(state: PumpState, row: Outlook) -> str:
    programme = state.standing.programme if state.standing else None
    if programme is None or row.dose_says is None:
        return "not known"
    if isinstance(programme, Stopped | SingleBolus):
        return "the pump is stopped"
    by_the_hour = " on average, in steps through the day" if programme.mode == "flex" else ""
    most = programme.max_patient_bolus_mcg_per_day
    own = f"; boluses I ask for: up to {show(most, Unit.MCG_PER_DAY)}" if most > 0 else ""
    return f"{row.dose_says}{by_the_hour}{own}"


def _dates(state: PumpState, row: Outlook) -> Iterator[tuple[str, str]]:
    if state.registered is not None and not state.registered.pump.has_alarm:
        yield "Alarm", "this pump has none"
    else:
        yield "Alarm expected", _day(row.alarm_date)
    yield "Empty expected", _day(row.empty_date)
    if row.next_visit_on is not None:
        yield "My next visit", f"{row.next_visit_on:%A}, {show_date(row.next_visit_on)}"


def _day(day: date | None) -> str:
    return show_date(day) if day is not None else "not known"


def _to_know(state: PumpState, row: Outlook) -> Iterator[str]:
    """What to know about the dates; with no date, that the clinic has to be asked."""
    if row.refill_by is None:
        yield "No refill date can be given: I ask the clinic before I go home."
    if not state.running:
        yield "The pump was not confirmed running when this was printed: I ask the clinic before I go home."
    if row.next_visit_on and row.refill_by and row.next_visit_on > row.refill_by:
        yield "My next visit is after the day to refill by: I ask the clinic for an earlier one."
    yield "I do not wait for the alarm: it is a back-up."


def _signs(state: PumpState, reference: Reference) -> list[dict[str, object]]:
    """The signs of too little and too much, of every drug in the pump; a drug without any is named as such."""
    fluid = state.standing.fluid if state.standing else ()
    drugs = [drug for one in fluid if (drug := drug_or_none(reference, one.drug)) is not None]
    others = [drug for drug in drugs if drug.withdrawal is None]
    stops = [f"{drug.name.capitalize()}: {drug.interruption_says}" for drug in others]
    unlisted = [drug.name for drug in drugs if drug.overdose is None]
    ask = [f"Not listed here for {', '.join(unlisted)}: I ask the clinic to write them down."] if unlisted else []
    less, more = ([drug.withdrawal for drug in drugs], [drug.overdose for drug in drugs])
    return [
        _box("Too little (withdrawal)", "danger", less, stops, [drug.interruption_source for drug in others]),
        _box("Too much (overdose)", "caution", more, ask, []),
    ]


def _box(
    title: str, tone: Tone, listed: Sequence[Signs | None], also: Sequence[str], rests_on: Sequence[str]
) -> dict[str, object]:
    """One box of signs, each once; what is unverified is called so, on paper too."""
    known = [one for one in listed if one is not None]
    signs = dict.fromkeys(sign for one in known for sign in one.signs)
    says = [*dict.fromkeys(one.says for one in known if one.says), *also]
    cited = [source(key) for key in (*(one.source for one in known), *rests_on)]
    trust = dict.fromkeys(f"{one.title}; {one.says}." for one in cited if one.unverified)
    nothing = [] if signs or says else ["Nothing is known to be in the pump: I ask the clinic."]
    return {"title": title, "tone": tone, "signs": list(signs), "says": [*says, *nothing], "trust": list(trust)}
