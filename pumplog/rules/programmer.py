"""Programmer says, we say: what was read from the programmer at the end beside what was typed and worked out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pumplog.entries import Refilled
from pumplog.entries.programme import Flex, Programme
from pumplog.outlook import project
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Policy, Reference
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState, Visit
from pumplog.state.course import steady_dose_mcg_per_day

Amount = Decimal | Fraction | None


@dataclass(frozen=True)
class Four:
    """The four things that a programmer and we say of a pump after a visit; None is not said."""

    volume_ml: Amount = None
    dose_mcg_per_day: Amount = None
    concentration_mcg_per_ml: Amount = None
    alarm_on: date | None = None


@dataclass(frozen=True)
class Subject:
    """One of the four: its finding's code, the field it is about, its name, what a difference can mean."""

    code: str
    about: str
    words: str
    explains: str


@dataclass(frozen=True)
class Compared:
    """One of the four as both say it, in words, whether the two differ, and who says from when on."""

    subject: Subject
    programmer_says: str | None
    we_say: str | None
    differs: bool
    source: str


VOLUME = Subject(
    "programmer_volume_differs",
    "programmer_volume_after_fill_ml",
    "volume",
    "The programmer may not have been told the new volume: its alarm date is then wrong. Update it, or read the "
    "volume after fill again.",
)
DOSE = Subject(
    "programmer_dose_differs",
    "programmer_dose_mcg_per_day",
    "dose",
    "The pump may run another programme than the one typed, or the new one was not sent to it, or mcg and mg were "
    "taken for each other. Interrogate the pump again.",
)
CONCENTRATION = Subject(
    "programmer_concentration_differs",
    "programmer_concentration_mcg_per_ml",
    "concentration",
    "The programmer was not told the concentration that was filled, or the vial is another: the pump then gives a "
    "wrong dose. Read the label and the printout again.",
)
ALARM = Subject(
    "programmer_differs",
    "programmer_alarm_on",
    "alarm date",
    "Compare volume, dose, concentration and alarm volume on the printout: one of them is not the same here and "
    "there.",
)


def compared(programmer: Four, ours: Four, policy: Policy) -> tuple[Compared, ...]:
    """The four side by side. What only one of the two says differs in nothing."""
    volume, dose, days = policy.programmer_volume_ml, policy.programmer_dose_ratio, policy.programmer_alarm_days
    rounding = Fraction(dose.value) * Fraction(ours.dose_mcg_per_day or 0)
    strengths = (programmer.concentration_mcg_per_ml, ours.concentration_mcg_per_ml)
    theirs_on, ours_on = programmer.alarm_on, ours.alarm_on
    apart = theirs_on is not None and ours_on is not None and abs((theirs_on - ours_on).days) > days.value
    return (
        _amounts(VOLUME, programmer.volume_ml, ours.volume_ml, Unit.ML, Fraction(volume.value), volume.source),
        _amounts(DOSE, programmer.dose_mcg_per_day, ours.dose_mcg_per_day, Unit.MCG_PER_DAY, rounding, dose.source),
        _amounts(CONCENTRATION, *strengths, Unit.MCG_PER_ML, Fraction(0), "house_policy"),
        Compared(ALARM, _day_words(theirs_on), _day_words(ours_on), apart, days.source),
    )


def _amounts(subject: Subject, theirs: Amount, ours: Amount, unit: Unit, within: Fraction, source: str) -> Compared:
    differs = theirs is not None and ours is not None and abs(Fraction(theirs) - Fraction(ours)) > within
    theirs_says, ours_says = (None if one is None else show(one, unit) for one in (theirs, ours))
    return Compared(subject, theirs_says, ours_says, differs, source)


def _day_words(day: date | None) -> str | None:
    return None if day is None else show_date(day)


def sides_of(entry: Refilled, visit: Visit, after: PumpState, reference: Reference) -> tuple[Compared, ...]:
    """The four of a visit. Where a later visit stands, our alarm date is that one's, and says nothing of this."""
    stands = after.standing is not None and after.standing.event_id == visit.event_id
    programmer = Four(
        entry.programmer_volume_after_fill_ml,
        entry.programmer_dose_mcg_per_day,
        entry.programmer_concentration_mcg_per_ml,
        entry.programmer_alarm_on,
    )
    concentration = entry.fluid[0].concentration_mcg_per_ml
    ours = Four(
        entry.volume_after_fill_ml,
        dose_of_a_day(entry.programme, concentration),
        concentration,
        project(after, reference).day("alarm_date") if stands else None,
    )
    return compared(programmer, ours, reference.policy)


def dose_of_a_day(programme: Programme, concentration_mcg_per_ml: Decimal) -> Fraction | None:
    """The dose that a programme gives on each of its days [mcg/day]; None where the weekdays differ."""
    if isinstance(programme, Flex) and len(programme.days) > 1:
        return None
    return steady_dose_mcg_per_day(programme, Fraction(concentration_mcg_per_ml))


def findings_of_programmer(sides: tuple[Compared, ...]) -> Iterator[Finding]:
    """Each thing that the programmer says otherwise."""
    for one in sides:
        if one.differs:
            said = f"The programmer says the {one.subject.words} is {one.programmer_says}, we say {one.we_say}."
            says = f"{said} {one.subject.explains}"
            yield Finding(Weight.CONFIRM, one.subject.code, says, one.subject.about, one.source)
