"""What to look at in what is told of the patient: signs, interacting medicines, plans. None of it moves a date."""

from collections.abc import Iterator
from fractions import Fraction
from zoneinfo import ZoneInfo

from pumplog.entries import AnyEntry, DiaryDay, MedicinesListed, PlanEnded, PlanMade, Scored
from pumplog.entries.scored import OVERDOSE_SIGNS, WITHDRAWAL_SIGNS, Sign
from pumplog.errors import EntryRefused, Fault
from pumplog.outlook import drug_or_none
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Reference
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState
from pumplog.state.course import steady_dose_mcg_per_day

SIGN_WORDS: dict[Sign, str] = {
    "spasticity_returned": "spasticity is back",
    "itch_without_rash": "itch without a rash",
    "low_blood_pressure": "low or unstable blood pressure",
    "tingling": "tingling",
    "fever": "fever",
    "altered_mental_state": "altered mental state",
    "drowsiness": "drowsiness",
    "light_headedness": "light-headedness",
    "weak_breathing": "weak breathing",
    "seizures": "seizures",
    "floppiness_rising": "floppiness rising from the legs",
    "coma": "coma",
}
CLASS_WORDS = {
    "blood_pressure": "a blood-pressure medicine",
    "antidepressant": "an antidepressant",
    "sedative": "a sedative",
    "muscle_relaxant": "another muscle relaxant",
}


def faults_of_clinical(entry: AnyEntry, state: PumpState, reference: Reference, zone: ZoneInfo) -> Iterator[Fault]:
    """A diary of days to come, a plan for a drug nobody knows, the end of a plan that is not running."""
    if isinstance(entry, DiaryDay) and entry.diary_on > entry.happened_at.astimezone(zone).date():
        yield Fault("diary_on", "The day of the diary lies after it was told: check both.")
    if isinstance(entry, PlanMade) and entry.route == "intrathecal":
        try:
            reference.drug(entry.drug)
        except EntryRefused as refused:
            yield from (Fault("drug", fault.says) for fault in refused.faults)
    if isinstance(entry, PlanEnded):
        yield from _faults_of_ending(entry, state)


def _faults_of_ending(entry: PlanEnded, state: PumpState) -> Iterator[Fault]:
    found = next((plan for plan in state.clinical.open_plans if plan.event_id == entry.plan_event_id), None)
    if found is None:
        yield Fault("plan_event_id", "There is no such running plan for this pump: choose one of its running plans.")
    elif entry.happened_at < found.made.happened_at:
        yield Fault("happened_at", "This plan was made after that: check when it ended.")


def findings_of_clinical(entry: AnyEntry, event_id: str, after: PumpState, reference: Reference) -> Iterator[Finding]:
    """Signs that may be withdrawal or overdose; medicines of a class that interacts; what is unusual in a plan."""
    match entry:
        case Scored() | DiaryDay():
            yield from _signs(entry)
            if isinstance(entry, Scored) and entry.penn_frequency not in (None, "0") and entry.penn_severity is None:
                says = "Spasms are scored without their severity: ask for it, if it can be asked."
                yield Finding(Weight.NOTE, "penn_severity_missing", says, "penn_severity", "clinical_knowledge")
        case MedicinesListed():
            yield from _medicines(entry, after)
        case PlanMade():
            yield from _plan(entry, event_id, after, reference)
        case _:
            return


def _signs(entry: Scored | DiaryDay) -> Iterator[Finding]:
    for code, named, words in (
        ("withdrawal_signs", WITHDRAWAL_SIGNS, "withdrawal"),
        ("overdose_signs", OVERDOSE_SIGNS, "overdose"),
    ):
        told = [SIGN_WORDS[sign] for sign in entry.signs if sign in named]
        if told:
            says = (
                f"Among the signs of {words}: {', '.join(told)}. Follow the clinic's own protocol now, "
                "then say whom you told and what was done."
            )
            yield Finding(Weight.CONFIRM, code, says, "signs", "clinical_knowledge")


def _medicines(entry: MedicinesListed, after: PumpState) -> Iterator[Finding]:
    for place, one in enumerate(entry.medicines):
        if one.interacting_class is not None:
            says = (
                f"{one.name} was ticked as {CLASS_WORDS[one.interacting_class]}: this class interacts with the drug "
                "in the pump. Let the prescriber know."
            )
            about = f"medicines.{place}.interacting_class"
            yield Finding(Weight.NOTE, "interacting_class", says, about, "clinical_knowledge")
    if entry.alcohol:
        says = "Alcohol interacts with the drug in the pump. Let the prescriber know."
        yield Finding(Weight.NOTE, "alcohol", says, "alcohol", "clinical_knowledge")
    if entry.pregnancy == "pregnant" and "pregnancy" not in after.risk_flags:
        says = "Pregnancy is not among this patient's risks on record: change the risks as well."
        yield Finding(Weight.NOTE, "pregnancy_not_among_risks", says, "pregnancy", "house_policy")


def _plan(entry: PlanMade, event_id: str, after: PumpState, reference: Reference) -> Iterator[Finding]:
    same = [
        plan
        for plan in after.clinical.open_plans
        if plan.event_id != event_id and plan.made.route == entry.route and _same(plan.made.drug, entry.drug)
    ]
    if same:
        says = f"A plan for {entry.drug} by the same route is running already: end it, or say why both run."
        yield Finding(Weight.CONFIRM, "second_plan", says, "drug", "house_policy")
    if entry.route == "oral":
        return
    standing = after.standing
    if standing is not None and not _same_drug(standing.fluid[0].drug, entry.drug, reference):
        says = f"The pump holds {standing.fluid[0].drug}, the plan is for {entry.drug}: say why."
        yield Finding(Weight.CONFIRM, "plan_of_another_drug", says, "drug", "house_policy")
        standing = None
    now = (
        steady_dose_mcg_per_day(standing.programme, Fraction(standing.concentration_mcg_per_ml)) if standing else None
    )
    yield from _steps(entry, now, reference)


def _steps(entry: PlanMade, now_mcg_per_day: Fraction | None, reference: Reference) -> Iterator[Finding]:
    """A step that is more than usual: the first counts from the dose that is programmed now."""
    drug = drug_or_none(reference, entry.drug)
    if drug is None or not drug.titration_steps:
        return
    largest = max(drug.titration_steps, key=lambda step: step.high_ratio)
    before = now_mcg_per_day
    for place, step in enumerate(entry.steps):
        after = Fraction(step.dose_mcg_per_day)
        if before and after and abs(after - before) / before > Fraction(largest.high_ratio):
            says = (
                f"On {show_date(step.from_on)} the plan goes from {show(before, Unit.MCG_PER_DAY)} to "
                f"{show(after, Unit.MCG_PER_DAY)}; more in one step than is usual ({largest.population}). "
                "Say who decided it."
            )
            yield Finding(Weight.CONFIRM, "plan_step", says, f"steps.{place}.dose_mcg_per_day", largest.source)
            return
        before = after


def _same_drug(one: str, other: str, reference: Reference) -> bool:
    known = drug_or_none(reference, one), drug_or_none(reference, other)
    return known[0] is known[1] if all(known) else _same(one, other)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
