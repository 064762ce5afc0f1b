"""The words for what is told of the patient: scores, signs, diary, medicines, plans."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from pydantic import BaseModel

from pumplog.entries import DiaryDay, MedicinesListed, PlanMade, Scored
from pumplog.entries.diary import OralDose
from pumplog.entries.medicines import Medicine
from pumplog.entries.plan import PlanStep
from pumplog.entries.scored import OVERDOSE_SIGNS, WITHDRAWAL_SIGNS, Ashworth
from pumplog.quantities import Unit, show, show_date
from pumplog.rules.clinical import SIGN_WORDS


def capital(words: str) -> str:
    """Words as a sentence or a button begins with them."""
    return words[:1].upper() + words[1:]


JOINT_WORDS: Final[Mapping[str, str]] = {
    "shoulder": "Shoulder",
    "elbow": "Elbow",
    "wrist": "Wrist",
    "fingers": "Fingers",
    "hip": "Hip",
    "knee": "Knee",
    "ankle": "Ankle",
}
SIDE_WORDS: Final[Mapping[str, str]] = {"left": "Left", "right": "Right"}
ASHWORTH_GRADES: Final = ("0", "1", "1+", "2", "3", "4")
PENN_FREQUENCIES: Final = ("0", "1", "2", "3", "4")
PENN_SEVERITIES: Final = ("1", "2", "3")
ZERO_TO_TEN: Final = tuple(str(grade) for grade in range(11))
WITHDRAWAL_WORDS: Final[Mapping[str, str]] = {sign: capital(SIGN_WORDS[sign]) for sign in WITHDRAWAL_SIGNS}
OVERDOSE_WORDS: Final[Mapping[str, str]] = {sign: capital(SIGN_WORDS[sign]) for sign in OVERDOSE_SIGNS}
TONE_OF_DAY_WORDS: Final[Mapping[str, str]] = {"looser": "Looser", "as_usual": "As usual", "tighter": "Tighter"}
TAKEN_WORDS: Final[Mapping[str, str]] = {"taken": "Taken", "part": "A part of it", "missed": "Missed"}
CLASS_WORDS: Final[Mapping[str, str]] = {
    "blood_pressure": "Blood-pressure medicine",
    "antidepressant": "Antidepressant",
    "sedative": "Sedative",
    "muscle_relaxant": "Other muscle relaxant",
}
PREGNANCY_WORDS: Final[Mapping[str, str]] = {
    "neither": "Neither",
    "pregnant": "Pregnant",
    "breastfeeding": "Breastfeeding",
}
ROUTE_WORDS: Final[Mapping[str, str]] = {"intrathecal": "By the pump", "oral": "By mouth"}
ENDED_WORDS: Final[Mapping[str, str]] = {"completed": "All steps are done", "stopped": "Left before its end"}
DEFERRAL_WORDS: Final[Mapping[str, str]] = {
    "emptied_for_mri": "Emptied for an MRI",
    "emptied_for_other": "Emptied for another reason",
    "imaging_first": "Imaging first",
    "residual_unexplained": "The volume drawn is not explained",
    "patient_unwell": "Patient unwell",
    "drug_not_there": "Drug not there",
    "other": "Other",
}
CLINICAL_CODES: Final[Mapping[str, str]] = {
    **WITHDRAWAL_WORDS,
    **OVERDOSE_WORDS,
    **TONE_OF_DAY_WORDS,
    **TAKEN_WORDS,
    **CLASS_WORDS,
    **PREGNANCY_WORDS,
    **ROUTE_WORDS,
    **ENDED_WORDS,
    **{code: words for code, words in DEFERRAL_WORDS.items() if code != "other"},
}

_PER_DAY: Final[Mapping[str, tuple[Unit, int]]] = {
    "mcg": (Unit.MCG_PER_DAY, 1),
    "mg": (Unit.MG_PER_DAY, 1000),
}


def dose_words(dose_mcg_per_day: Decimal | Fraction, typed_in: str) -> str:
    """A dose per day in the unit it was ordered in."""
    unit, times = _PER_DAY[typed_in]
    return show(Fraction(dose_mcg_per_day) / times, unit)


def oral_words(dose: OralDose) -> str:
    """What was taken of one drug on one day, in mg, as doses by mouth are."""
    amount = f", {dose_words(dose.dose_mcg_per_day, 'mg')}" if dose.dose_mcg_per_day is not None else ""
    return f"{dose.drug}: {TAKEN_WORDS[dose.taken].lower()}{amount}"


def medicine_words(one: Medicine) -> str:
    """One medicine with its dose, and the class that interacts when one was ticked."""
    dose = f", {one.dose}" if one.dose else ""
    interacts = f" (interacts: {CLASS_WORDS[one.interacting_class].lower()})" if one.interacting_class else ""
    return f"{one.name}{dose}{interacts}"


def clinical_line(part: BaseModel) -> tuple[str, str] | None:
    """A piece of a clinical entry as one line, name and words; None for any other piece."""
    match part:
        case Ashworth():
            return f"{JOINT_WORDS[part.joint]}, {part.side}", f"Ashworth {part.grade}"
        case OralDose():
            return "By mouth", oral_words(part)
        case Medicine():
            return "Medicine", medicine_words(part)
        case _:
            return None


def step_words(step: PlanStep, typed_in: Literal["mcg", "mg"]) -> str:
    """One step of a plan."""
    return f"from {show_date(step.from_on)} {dose_words(step.dose_mcg_per_day, typed_in)}"


def scored_summary(entry: Scored) -> str:
    """The scores in one sentence: each by itself, never put together."""
    parts = [f"{JOINT_WORDS[one.joint].lower()} {one.side} {one.grade}" for one in entry.ashworth]
    said = [f"Ashworth {', '.join(parts)}"] if parts else []
    if entry.penn_frequency is not None:
        severity = f", severity {entry.penn_severity}" if entry.penn_severity else ""
        said.append(f"Penn {entry.penn_frequency}{severity}")
    said += [f"{name} {grade}" for name, grade in (("pain", entry.pain), ("itch", entry.itch)) if grade is not None]
    if entry.falls_count is not None:
        said.append("1 fall" if entry.falls_count == 1 else f"{entry.falls_count} falls")
    said += _felt(entry.signs, entry.side_effects)
    return f"{'; '.join(said)}."


def diary_summary(entry: DiaryDay) -> str:
    """A day of the diary in one sentence."""
    said = [f"tone {TONE_OF_DAY_WORDS[entry.tone].lower()}"] if entry.tone else []
    said += [oral_words(one) for one in entry.oral_doses]
    said += _felt(entry.signs, entry.side_effects)
    return f"{show_date(entry.diary_on)}: {'; '.join(said) or 'see the note'}."


def medicines_summary(entry: MedicinesListed) -> str:
    """The list of medicines in one sentence."""
    said = [medicine_words(one) for one in entry.medicines] or ["no medicines"]
    if entry.alcohol:
        said.append("alcohol (interacts)")
    if entry.pregnancy in ("pregnant", "breastfeeding"):
        said.append(PREGNANCY_WORDS[entry.pregnancy].lower())
    return f"{'; '.join(said)}."


def plan_summary(entry: PlanMade) -> str:
    """A plan in one sentence: every step as the prescriber ordered it."""
    steps = ", ".join(step_words(step, entry.typed_in) for step in entry.steps)
    return f"{entry.drug} {ROUTE_WORDS[entry.route].lower()}, {steps}; ordered by {entry.prescriber}."


def _felt(signs: Iterable[str], side_effects: str | None) -> list[str]:
    told = [CLINICAL_CODES[sign].lower() for sign in signs]
    return [*told, *([side_effects] if side_effects else [])]
