"""A prescriber's plan beside what was done: the programmed dose, or what was told to be taken by mouth."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pumplog.entries.plan import PlanStep
from pumplog.state import Plan, PumpState
from pumplog.state.course import steady_dose_mcg_per_day


@dataclass(frozen=True)
class Fact:
    """From this day on, or on this day, this was the dose."""

    on: date
    dose_mcg_per_day: Fraction


@dataclass(frozen=True)
class PlanAgainstFact:
    """A plan with the facts beside it. `due` is the step that holds on the day, `fact` the newest fact by then."""

    plan: Plan
    facts: tuple[Fact, ...]
    due: PlanStep | None
    fact: Fact | None

    @property
    def agrees(self) -> bool | None:
        """Whether the newest fact is what the plan says; None while there is nothing to compare."""
        if self.due is None or self.fact is None:
            return None
        return self.fact.dose_mcg_per_day == Fraction(self.due.dose_mcg_per_day)


def plans_against_fact(state: PumpState, today: date) -> tuple[PlanAgainstFact, ...]:
    """Every plan of a pump's patient beside the facts: running ones first, of them the newest."""
    newest_first = sorted(state.clinical.plans, key=lambda plan: plan.made.happened_at, reverse=True)
    plans = sorted(newest_first, key=lambda plan: plan.ended is not None)
    return tuple(_against_fact(plan, state, today) for plan in plans)


def _against_fact(plan: Plan, state: PumpState, today: date) -> PlanAgainstFact:
    """A programmed dose holds until it is changed; what was taken on a day tells of that day alone."""
    by_pump = plan.made.route == "intrathecal"
    facts = _programmed(plan, state) if by_pump else _told(plan, state)
    steps = [step for step in plan.made.steps if step.from_on <= today]
    due = steps[-1] if steps else None
    known = [fact for fact in facts if fact.on <= today and (by_pump or due is None or fact.on >= due.from_on)]
    return PlanAgainstFact(plan, tuple(facts), due, known[-1] if known else None)


def _programmed(plan: Plan, state: PumpState) -> list[Fact]:
    """The programmed dose when the plan began, and each change since."""
    facts = [
        Fact(
            visit.at.date(),
            steady_dose_mcg_per_day(visit.standing.programme, Fraction(visit.standing.concentration_mcg_per_ml)),
        )
        for visit in state.visits
    ]
    first_on = plan.made.steps[0].from_on
    before = [fact for fact in facts if fact.on <= first_on]
    return [*before[-1:], *(fact for fact in facts if fact.on > first_on)]


def _told(plan: Plan, state: PumpState) -> list[Fact]:
    """What the diary tells of the plan's drug, day by day; a missed dose is none."""
    drug = _key(plan.made.drug)
    facts = [
        Fact(day.diary_on, Fraction(dose.dose_mcg_per_day or 0))
        for day in state.clinical.diary
        for dose in day.oral_doses
        if _key(dose.drug) == drug and (dose.taken == "missed" or dose.dose_mcg_per_day is not None)
    ]
    return sorted(facts, key=lambda fact: fact.on)


def _key(drug: str) -> str:
    return " ".join(drug.split()).casefold()
