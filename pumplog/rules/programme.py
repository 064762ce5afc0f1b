"""What to look at in a programme: concentration and bridge, dose step, plausibility, patient boluses, running."""

from collections.abc import Iterator
from fractions import Fraction

from pumplog.calc.course import flow_ml_per_day
from pumplog.calc.dose import lasting_days
from pumplog.entries import Refilled, Reprogrammed
from pumplog.entries.programme import Programme, SingleBolus, Stopped
from pumplog.outlook import drug_or_none
from pumplog.quantities import Unit, show
from pumplog.reference import Drug, Reference
from pumplog.rules.bridge import findings_of_bridge
from pumplog.rules.findings import Finding, Weight
from pumplog.rules.maker import findings_of_makers_limits
from pumplog.state import PumpState, Standing
from pumplog.state.course import course_of, steady_dose_mcg_per_day


def findings_of_programme(
    entry: Refilled | Reprogrammed, before: Standing | None, after: Standing, state: PumpState, reference: Reference
) -> Iterator[Finding]:
    """The programme: concentration and bridge, dose step, plausibility, patient boluses, running."""
    if entry.pump_running is False:
        says = "The pump was recorded as not running: it will stay red until it runs. Say why."
        yield Finding(Weight.CONFIRM, "not_running", says, "pump_running", "house_policy")
    if before is not None:
        yield from _drugs(before, after, reference)
        yield from findings_of_bridge(entry, before, after, state, reference.policy)
        yield from _dose_step(before, after, reference)
    yield from _dose_level(after, reference)
    yield from _patient_boluses(after.programme)
    yield from findings_of_makers_limits(after, state, reference)
    flow = flow_ml_per_day(course_of(after))
    shortest = reference.policy.shortest_plausible_days
    if flow > 0 and (days := lasting_days(after.volume_ml, flow)) < shortest.value:
        says = (
            f"At {show(flow, Unit.ML_PER_DAY, 2)} this fill lasts only {show(days, Unit.DAYS, 2)}: "
            "check the dose, the concentration and the unit (mL/day, not mL/h)."
        )
        yield Finding(Weight.CONFIRM, "lasts_too_short", says, "programme", shortest.source)


def _drugs(before: Standing, after: Standing, reference: Reference) -> Iterator[Finding]:
    """Another drug than before: at the same strength nothing else would ask."""
    old, new = (
        sorted(drug.name if (drug := drug_or_none(reference, one.drug)) else one.drug for one in standing.fluid)
        for standing in (before, after)
    )
    if old != new:
        says = (
            f"The pump held {' with '.join(old)} and now holds {' with '.join(new)}; the old drug is still in its "
            "tubing and catheter. Check the vial and the order, then say why."
        )
        yield Finding(Weight.CONFIRM, "drug_change", says, "fluid.0.drug", "house_policy")


def _dose_step(before: Standing, after: Standing, reference: Reference) -> Iterator[Finding]:
    """A dose that changes by more than the clinic lets one person change it in one step."""
    drug = drug_or_none(reference, after.fluid[0].drug)
    old = steady_dose_mcg_per_day(before.programme, Fraction(before.concentration_mcg_per_ml))
    new = steady_dose_mcg_per_day(after.programme, Fraction(after.concentration_mcg_per_ml))
    same_drug = drug is not None and drug is drug_or_none(reference, before.fluid[0].drug)
    if drug is None or not same_drug or old == 0 or new == 0:
        return
    step, limit = abs(new - old) / old, reference.policy.dose_step_ratio
    says = (
        f"The dose changes by {_percent(step)} in one step, from {show(old, Unit.MCG_PER_DAY)} to "
        f"{show(new, Unit.MCG_PER_DAY)}"
    )
    usual = _usual_steps(drug)
    if step > Fraction(limit.value):
        more = f"{says}; more than {_percent(Fraction(limit.value))}.{usual} Say who decided it."
        yield Finding(Weight.CONFIRM, "dose_step", more, "programme", limit.source, two_people=True)
    elif any(step > Fraction(one.high_ratio) for one in drug.titration_steps):
        yield Finding(Weight.NOTE, "dose_step_usual", f"{says}.{usual}", "programme", drug.titration_steps[0].source)


def _usual_steps(drug: Drug) -> str:
    """The steps that were published for a drug, in words; nothing when none were."""
    if not drug.titration_steps:
        return ""
    steps = "; ".join(f"{one.population}: up to {_percent(Fraction(one.high_ratio))}" for one in drug.titration_steps)
    return f" Published steps ({steps})."


def _percent(part: Fraction) -> str:
    return f"{show(part * 100, Unit.RATIO, 0)} %"


def _dose_level(after: Standing, reference: Reference) -> Iterator[Finding]:
    drug = drug_or_none(reference, after.fluid[0].drug)
    if drug is None or not drug.dose_levels:
        return
    highest = max(drug.dose_levels, key=lambda level: level.high_mcg_per_day)
    dose = steady_dose_mcg_per_day(after.programme, Fraction(after.concentration_mcg_per_ml))
    if dose > Fraction(highest.high_mcg_per_day):
        says = (
            f"{show(dose, Unit.MCG_PER_DAY)} is above the usual range ({highest.population}: up to "
            f"{show(highest.high_mcg_per_day, Unit.MCG_PER_DAY)})."
        )
        yield Finding(Weight.NOTE, "dose_level", says, "programme", highest.source)


def _patient_boluses(programme: Programme) -> Iterator[Finding]:
    """The most in a day against what one activation and the lock-out allow: they are typed apart."""
    if isinstance(programme, Stopped | SingleBolus):
        return
    most, each = programme.max_patient_bolus_mcg_per_day, programme.patient_bolus_mcg
    if each is None:
        return
    about = "programme.max_patient_bolus_mcg_per_day"
    if each > most:
        says = (
            f"One patient bolus is {show(each, Unit.MCG)}, and no more than {show(most, Unit.MCG_PER_DAY)} is "
            "allowed: compare both with the programmer."
        )
        yield Finding(Weight.CONFIRM, "patient_bolus_over_limit", says, about, "house_policy")
    lockout = programme.patient_bolus_lockout_hours
    if lockout is not None and (reached := Fraction(each) * int(24 // lockout)) < most:
        says = (
            f"With {show(lockout, Unit.HOURS)} between boluses of {show(each, Unit.MCG)} a patient reaches "
            f"{show(reached, Unit.MCG_PER_DAY)}, less than the {show(most, Unit.MCG_PER_DAY)} allowed: dates are "
            "planned with what is allowed."
        )
        yield Finding(Weight.NOTE, "patient_bolus_lockout", says, about, "arithmetic")
