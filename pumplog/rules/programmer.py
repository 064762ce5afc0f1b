"""Programmer says, we say: what was read from the programmer, as found and at the end, beside what we know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pumplog.entries import Deferred, Refilled
from pumplog.entries.found import FoundAtVisit
from pumplog.entries.programme import Flex, Programme
from pumplog.outlook import project
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Policy, Reference
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState, Visit
from pumplog.state.course import Boluses, patient_bolus_mcg_per_day, programmed_ml, steady_dose_mcg_per_day

Amount = Decimal | Fraction | None


@dataclass(frozen=True)
class Four:
    """The four things that a programmer and we say of a pump, before or after a visit; None is not said."""

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
AT_THE_END = (VOLUME, DOSE, CONCENTRATION, ALARM)

_UNKNOWN_CHANGE = (
    "The pump may have been programmed somewhere else and nobody has told it here, or the last visit was typed "
    "otherwise than it was programmed. Find out before anything is filled, and record the change that is missing."
)
AS_FOUND = (
    Subject(
        "found_volume_differs",
        "programmer_volume_ml",
        "volume as found",
        "The programmer counts from another volume or another programme than is on record here; patient boluses that "
        "were used count too. Compare the last fill and every change since.",
    ),
    Subject("found_dose_differs", "programmer_found_dose_mcg_per_day", "dose as found", _UNKNOWN_CHANGE),
    Subject(
        "found_concentration_differs",
        "programmer_found_concentration_mcg_per_ml",
        "concentration as found",
        "The programmer was told another concentration than was filled by this record: the pump has then given "
        "another dose than it shows. Compare the label of the last fill with its printout.",
    ),
    Subject(
        "found_alarm_differs",
        "programmer_found_alarm_on",
        "alarm date as found",
        "Compare volume, dose, concentration and alarm volume with the last visit: one of them is not the same here "
        "and there.",
    ),
)


def compared(
    programmer: Four, ours: Four, policy: Policy, subjects: Sequence[Subject] = AT_THE_END
) -> tuple[Compared, ...]:
    """The four side by side. What only one of the two says differs in nothing."""
    of_volume, of_dose, of_concentration, of_alarm = subjects
    volume, dose, days = policy.programmer_volume_ml, policy.programmer_dose_ratio, policy.programmer_alarm_days
    rounding = Fraction(dose.value) * Fraction(ours.dose_mcg_per_day or 0)
    strengths = (programmer.concentration_mcg_per_ml, ours.concentration_mcg_per_ml)
    theirs_on, ours_on = programmer.alarm_on, ours.alarm_on
    apart = theirs_on is not None and ours_on is not None and abs((theirs_on - ours_on).days) > days.value
    return (
        _amounts(of_volume, programmer.volume_ml, ours.volume_ml, Unit.ML, Fraction(volume.value), volume.source),
        _amounts(
            of_dose, programmer.dose_mcg_per_day, ours.dose_mcg_per_day, Unit.MCG_PER_DAY, rounding, dose.source
        ),
        _amounts(of_concentration, *strengths, Unit.MCG_PER_ML, Fraction(0), "house_policy"),
        Compared(of_alarm, _day_words(theirs_on), _day_words(ours_on), apart, days.source),
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


def found_of(entry: FoundAtVisit) -> Four:
    """What the programmer said before anything was drawn."""
    return Four(
        entry.programmer_volume_ml,
        entry.programmer_found_dose_mcg_per_day,
        entry.programmer_found_concentration_mcg_per_ml,
        entry.programmer_found_alarm_on,
    )


def found_sides_of(programmer: Four, visit: Visit, before: PumpState, reference: Reference) -> tuple[Compared, ...]:
    """The four as found at a visit, beside what was known of the pump before it; nothing before the first fill.

    The volume is not compared where patient boluses are allotted and nobody has read how many were used. Where
    something later is on record, our alarm date is that one's, and is left out.
    """
    if not visit.since_fill:
        return ()
    standing = visit.since_fill[-1]
    concentration = standing.concentration_mcg_per_ml
    stands = before.standing is not None and before.standing.event_id == standing.event_id
    ours = Four(
        _expected_ml(visit),
        dose_of_a_day(standing.programme, concentration),
        concentration,
        project(before, reference).day("alarm_date") if stands else None,
    )
    return compared(programmer, ours, reference.policy, AS_FOUND)


def _expected_ml(visit: Visit) -> Fraction | None:
    programmed = programmed_ml(visit)
    counted = isinstance(visit.entry, Refilled | Deferred) and visit.entry.patient_boluses_used_mcg is not None
    allotted = any(patient_bolus_mcg_per_day(one.programme, Boluses.ALLOTTED) > 0 for one in visit.since_fill)
    if programmed is None or (allotted and not counted):
        return None
    return Fraction(visit.since_fill[0].volume_ml) - programmed


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
