"""What paper says of a pump, in plain sentences: the words of lists, cards and digests."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from pumplog.entries.programme import (
    WEEKDAYS,
    FixedFlow,
    Flex,
    FlexDay,
    MinimumRate,
    PeriodicBolus,
    Programme,
    SimpleContinuous,
    SingleBolus,
    Stopped,
)
from pumplog.exports.log_words import moment_words
from pumplog.outlook import Outlook, Tier
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import ALARM_KINDS, Interruption
from pumplog.state import Contact, PumpState
from pumplog.state.course import flex_week_mcg

TIER_WORDS: Final[Mapping[Tier, str]] = {
    Tier.EXPECTED_EMPTY: "✕ Expected empty",
    Tier.CANNOT_PROJECT: "? Cannot project",
    Tier.PAST_ALARM: "▲ Past alarm date",
    Tier.OVERDUE: "! Overdue",
    Tier.DUE_SOON: "◔ Due soon",
    Tier.ON_TRACK: "✓ On track",
}
"""A state as symbol and word, as on every screen."""

NO_PHONE: Final = "no phone number on record"

RISK_SAYS: Final[Mapping[str, str]] = {
    "lesion_t6_or_above": "lesion at T6 or above",
    "previous_withdrawal": "withdrawal before",
    "cannot_communicate": "cannot tell us about symptoms",
    "pregnancy": "pregnancy",
}

INTERRUPTION_SAYS: Final[Mapping[Interruption, str]] = {
    Interruption.HIGH: "Withdrawal class of the drug: high.",
    Interruption.OPIOID: "Withdrawal class of the drug: opioid.",
    Interruption.OTHER: "Withdrawal class of the drug: not known.",
    Interruption.NONE: "Withdrawal class of the drug: none recognised.",
}


def day_words(day: date) -> str:
    """A day with its weekday: Tuesday 5 May 2026."""
    return f"{day:%A} {show_date(day)}"


def days_words(days: int) -> str:
    """So many days in words: one day is not 1 days."""
    return "1 day" if days == 1 else f"{days:,} days"


def away_words(day: date, today: date) -> str:
    """How far a day is from another."""
    days = (day - today).days
    if days == 0:
        return "today"
    return f"in {days_words(days)}" if days > 0 else f"{days_words(-days)} ago"


def who_words(row: Outlook) -> str:
    """Whose pump it is, with the numbers by which both are known."""
    known = [f"pump {row.pump_serial}", *([f"patient {row.patient_id}"] if row.patient_id else [])]
    return f"{row.patient_name or 'No patient on record'} ({', '.join(known)})"


def holds_words(row: Outlook) -> str:
    """What is in the pump and how much of it is given."""
    if row.fluid_says is None:
        return "Nothing is known to be in the pump."
    given = "pump stopped" if row.dose_says == "stopped" else f"at {row.dose_says or 'a dose that is not known'}"
    filled = f", last filled {show_date(row.last_fill_on)}" if row.last_fill_on else ""
    return f"{row.fluid_says[:1].upper()}{row.fluid_says[1:]}, {given}{filled}."


def dates_words(row: Outlook) -> str:
    """The dates in their order of use; one that nobody can give is said to be missing."""
    if row.refill_by is None:
        refill = "Refill date not known"
    elif row.tier is Tier.CANNOT_PROJECT:
        refill = f"Refill date not known; if the pump runs as programmed, refill by {show_date(row.refill_by)}"
    else:
        refill = f"Refill by {show_date(row.refill_by)}, {away_words(row.refill_by, row.today)}"
    aside = f" ({row.limited_by_says})" if row.limited_by_says else ""
    alarm = f"; alarm {show_date(row.alarm_date)}" if row.alarm_date else ""
    grace = f" ({days_words(row.days_of_grace)} of grace)" if row.days_of_grace is not None else ""
    empty = f"; empty {show_date(row.empty_date)}{grace}" if row.empty_date else ""
    return f"{refill}{aside}{alarm}{empty}."


def booked_words(row: Outlook) -> str:
    """The next visit, or that there is none."""
    if row.next_visit_on is None:
        return "Next visit: none booked."
    return f"Next visit {show_date(row.next_visit_on)}, {away_words(row.next_visit_on, row.today)}."


def phone_words(row: Outlook) -> str:
    """How the patient is reached."""
    return row.phone or NO_PHONE


def risk_words(state: PumpState) -> str | None:
    """What makes an interruption worse for this patient; None when nothing is on record."""
    flags = state.registered.risk_flags if state.registered else ()
    return ", ".join(RISK_SAYS.get(flag, flag) for flag in flags) or None


def contact_words(last: Contact | None) -> str:
    """The last call and what came of it; that there is none on record."""
    if last is None:
        return "No call is on record."
    said = last.said
    came = said.outcome_text if said.outcome == "other" else said.outcome.replace("_", " ")
    return f"Last call {show_date(last.at.date())}, {last.at:%H:%M} by {last.called_by}: {came}."


def alarm_lines(state: PumpState, zone: ZoneInfo) -> tuple[str, ...]:
    """Each open alarm: what was heard, when, and who told of it."""
    return tuple(
        f"{_capital(' and '.join(ALARM_KINDS[code].words for code in one.codes))}, "
        f"heard {moment_words(one.heard.happened_at, zone)}"
        + (f", told by {one.heard.reported_by}" if one.heard.reported_by else "")
        + (f". {one.owner} sees to it." if one.owner else ". Nobody has taken it on.")
        for one in state.open_alarms
    )


def programme_lines(programme: Programme) -> tuple[str, ...]:
    """A programme whole, a line for each thing that would have to be typed into a programmer to set it again."""
    return (*_mode_lines(programme), *_bolus_lines(programme))


def _mode_lines(programme: Programme) -> tuple[str, ...]:
    match programme:
        case SimpleContinuous():
            return (f"Simple continuous, {show(programme.dose_mcg_per_day, Unit.MCG_PER_DAY)}",)
        case Flex():
            week = show(Fraction(flex_week_mcg(programme), 7), Unit.MCG_PER_DAY)
            return (f"Flex, {week} over the week", *(line for day in programme.days for line in _flex_lines(day)))
        case PeriodicBolus():
            bolus, hours = show(programme.bolus_mcg, Unit.MCG), show(programme.every_hours, Unit.HOURS)
            between = show(programme.background_mcg_per_day, Unit.MCG_PER_DAY)
            return (f"Periodic bolus, {bolus} every {hours}, {between} between",)
        case MinimumRate():
            return (f"Minimum rate, {show(programme.flow_ml_per_day, Unit.ML_PER_DAY)}",)
        case FixedFlow():
            return (f"Fixed flow, {show(programme.flow_ml_per_day, Unit.ML_PER_DAY)}",)
        case SingleBolus():
            return (f"One bolus of {show(programme.bolus_mcg, Unit.MCG)}, then stopped",)
        case Stopped():
            return ("Stopped",)
        case _:
            assert_never(programme)


def _flex_lines(day: FlexDay) -> Iterator[str]:
    names = "every day" if set(day.weekdays) == set(WEEKDAYS) else ", ".join(one.capitalize() for one in day.weekdays)
    steps = "; ".join(
        f"{show(step.hours, Unit.HOURS)} at {show(step.rate_mcg_per_hour, Unit.MCG_PER_HOUR)}" for step in day.steps
    )
    yield f"From midnight, {names}: {steps}"


def _bolus_lines(programme: Programme) -> Iterator[str]:
    most = getattr(programme, "max_patient_bolus_mcg_per_day", 0)
    if most:
        yield f"Patient boluses: at most {show(most, Unit.MCG_PER_DAY)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
