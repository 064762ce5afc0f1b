"""The downtime pack: everything that a clinic needs on paper for the days on which this program does not run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pumplog.calc.formula import Answer
from pumplog.entries.refilled import Component
from pumplog.exports.log_words import moment_words
from pumplog.exports.typeset import Paper, document
from pumplog.exports.words import (
    INTERRUPTION_SAYS,
    TIER_WORDS,
    alarm_lines,
    booked_words,
    contact_words,
    dates_words,
    phone_words,
    programme_lines,
    risk_words,
    who_words,
)
from pumplog.outlook import Outlook, Tier
from pumplog.quantities import Unit, show, show_date
from pumplog.reference.policy import Policy
from pumplog.state import PumpState, Visit

FORMS_COUNT: Final = 5
"""Blank visit forms in a pack, unless more are asked for; any of them may be copied."""
RESIDUALS_COUNT: Final = 3

HOW_TO_GO_ON: Final = (
    "The lists and cards show what was on record when this pack was made. Whatever happened since is not in them: "
    "ask whoever was there, and look at the programmer's own printout.",
    "Work down the due list: it is sorted as the board is, worst first. The dates hold for a pump that ran as "
    "programmed and was not touched since.",
    "Fill in one visit form for each visit, one line of the alarm and call list for each alarm and each call, at the "
    "time, with the hour. Sign it. What was not done is struck through, not left empty.",
    "What stands in this pack is what was recorded, not an order: read the pump itself before and after.",
    "Type the drawn volume onto the form before you look up an expected one.",
    "When the program runs again, type in every form as a late entry: with the day and hour at which it happened, "
    "and 'paper form, typed in afterwards' as the reason. Then two people compare form and screen.",
    "Keep the forms as the clinic keeps its records. Destroy this pack when a newer one is there: it names patients.",
)
"""How to go on by paper: about records alone, no orders about treatment."""


@dataclass(frozen=True)
class OnPaper:
    """One pump as it goes onto a card; `residuals` are its last visits at which something was drawn, newest last."""

    row: Outlook
    state: PumpState
    residuals: tuple[tuple[Visit, Answer], ...]


@dataclass(frozen=True)
class PackAsked:
    """Everything that a pack is made from."""

    policy: Policy
    whose: str
    at: datetime
    by: str
    pumps: tuple[OnPaper, ...]
    forms_count: int = FORMS_COUNT


def downtime_pack(asked: PackAsked) -> bytes:
    """The pack as PDF: how to go on, the due list, a card for each pump, blank forms."""
    zone = asked.policy.zone_info
    made = moment_words(asked.at, zone)
    paper = Paper(
        title="Downtime pack",
        clinic=asked.policy.clinic_name,
        foot=f"Confidential: patients' data. As on record {made} ({asked.policy.zone}). Made by {asked.by}.",
    )
    rows = [one.row for one in asked.pumps]
    data = {
        "under": f"{asked.policy.clinic_name}, {asked.whose}. As on record {made}.",
        "numbers": _numbers(asked.policy),
        "how": HOW_TO_GO_ON,
        "counts": [[TIER_WORDS[tier], str(sum(row.tier is tier for row in rows))] for tier in Tier],
        "due": [_due_line(row) for row in rows],
        "due_tones": [_tone(row) for row in rows],
        "cards": [_card(one, asked) for one in asked.pumps],
        "forms_count": asked.forms_count,
    }
    return document("downtime", paper, data, at=asked.at)


def _numbers(policy: Policy) -> list[list[str]]:
    """The clinic's own words and numbers; what it has not written down is left to be written in by hand."""
    blank = "not written into clinic.toml: write it here by hand before you need it"
    named = (("Clinic", policy.phone), ("Emergencies", policy.emergency_phone), ("Protocol", policy.protocol))
    return [[words, said or blank] for words, said in named]


def _due_line(row: Outlook) -> list[str]:
    days = (row.refill_by, row.alarm_date, row.empty_date, row.next_visit_on)
    return [
        f"{row.patient_name or 'No patient on record'}\n{row.patient_id or ''}".strip(),
        row.pump_serial,
        row.phone or "none",
        TIER_WORDS[row.tier],
        *(show_date(day) if day else "none" for day in days),
    ]


def _tone(row: Outlook) -> str | None:
    if row.tier.is_red:
        return "danger"
    return "caution" if row.tier is Tier.DUE_SOON else None


# --- a card for each pump ---


def _card(one: OnPaper, asked: PackAsked) -> dict[str, Any]:
    row, state = one.row, one.state
    zone = asked.policy.zone_info
    return {
        "who": who_words(row),
        "tier": TIER_WORDS[row.tier],
        "tone": _tone(row),
        "risk": risk_words(state),
        "reasons": row.reasons,
        "alarms": alarm_lines(state, zone),
        "facts": [list(pair) for pair in (*_of_patient(one), *_of_pump(one), *_of_fill(one))],
        "dates": [dates_words(row), *_band(row), f"{booked_words(row)} {contact_words(row.calling.last_contact)}"],
        "residuals": [_residual_line(visit, answer) for visit, answer in one.residuals[-RESIDUALS_COUNT:]],
    }


def _of_patient(one: OnPaper) -> Iterator[tuple[str, str]]:
    patient = one.state.registered.patient if one.state.registered else None
    yield "Phone", phone_words(one.row)
    if patient is not None and patient.date_of_birth is not None:
        yield "Born", show_date(patient.date_of_birth)
    if one.state.registered is not None and one.state.registered.clinic_site:
        yield "Site", one.state.registered.clinic_site


def _of_pump(one: OnPaper) -> Iterator[tuple[str, str]]:
    registered, standing = one.state.registered, one.state.standing
    if registered is not None:
        pump = registered.pump
        yield "Pump", f"{pump.model}, reservoir {show(pump.capacity_ml, Unit.ML)}"
        path = [
            f"tubing {show(pump.tubing_volume_ml, Unit.ML)}" if pump.tubing_volume_ml is not None else "",
            f"catheter {show(pump.catheter_cm, Unit.CM)}" if pump.catheter_cm is not None else "",
            f"at {show(pump.catheter_ml_per_cm, Unit.ML_PER_CM)}" if pump.catheter_ml_per_cm is not None else "",
        ]
        if any(path):
            yield "Path", ", ".join(part for part in path if part)
        if registered.implant_site:
            yield "Lies", registered.implant_site
    volume = standing.alarm_volume_ml if standing else (registered.pump.alarm_volume_ml if registered else None)
    if registered is not None and not registered.pump.has_alarm:
        yield "Alarm volume", "this pump has no alarm"
    elif volume is not None:
        yield "Alarm volume", show(volume, Unit.ML)


def _of_fill(one: OnPaper) -> Iterator[tuple[str, str]]:
    standing = one.state.standing
    if standing is None:
        yield "Holds", "nothing is known to be in the pump"
        return
    yield "Holds", "; ".join(_component_words(component) for component in standing.fluid)
    since = f"{show_date(standing.since.date())}, {standing.since:%H:%M}"
    yield "Volume", f"{show(standing.volume_ml, Unit.ML, 1)} on {since}"
    if standing.filled_on != standing.since.date():
        yield "Filled", show_date(standing.filled_on)
    yield "Programme", "\n".join(programme_lines(standing.programme))
    if not one.state.running:
        yield "Running", "recorded as NOT running"
    if one.row.interruption is not None:
        yield "If interrupted", INTERRUPTION_SAYS[one.row.interruption]


def _component_words(component: Component) -> str:
    parts = [f"{component.drug} {show(component.concentration_mcg_per_ml, Unit.MCG_PER_ML)}"]
    if component.lot:
        parts.append(f"lot {component.lot}")
    if component.beyond_use_on:
        parts.append(f"beyond use {show_date(component.beyond_use_on)}")
    return ", ".join(parts)


def _band(row: Outlook) -> Iterator[str]:
    if row.early_alarm_date and row.late_alarm_date:
        yield f"Alarm band {show_date(row.early_alarm_date)} to {show_date(row.late_alarm_date)}."
    if row.stability_date:
        yield f"Drug good until {show_date(row.stability_date)}."


def _residual_line(visit: Visit, answer: Answer) -> str:
    ratio = answer["flow_ratio"]
    shown = f", ratio {show(ratio, Unit.RATIO, 2)}" if ratio is not None else ""
    expected, drawn = show(answer["expected_ml"], Unit.ML, 1), show(answer["drawn_ml"], Unit.ML)
    return f"{show_date(visit.at.date())}: expected {expected}, drawn {drawn}{shown}: {answer['finding']}"


def pack_name(at: datetime) -> str:
    """The name of a pack's file: a day, and nothing about anybody."""
    return f"downtime-pack-{at.date().isoformat()}.pdf"
