"""What to look at in a refill visit or a programme change: residual, concentration, dose, drug, running."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from pumplog.calc.bridge import FORGOTTEN_BRIDGE, PATH
from pumplog.calc.course import flow_ml_per_day
from pumplog.calc.dose import lasting_days
from pumplog.calc.formula import Answer
from pumplog.calc.residual import EVALUATE, RESIDUAL, STOP
from pumplog.entries import Deferred, Refilled, Reprogrammed
from pumplog.errors import CalculationRefused
from pumplog.outlook import drug_or_none, project
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Policy, Reference
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState, Standing, Visit
from pumplog.state.course import Boluses, course_of, patient_bolus_mcg_per_day, programmed_ml, steady_dose_mcg_per_day

LESS_FOUND = (
    "Less was found than expected: over-delivery, incomplete aspiration, "
    "or part of the last fill went beside the pump."
)
MORE_FOUND = (
    "More was found than expected: under-delivery from a stall, a kinked or blocked catheter, "
    "or a stop nobody noticed."
)
NORMAL_DOES_NOT_RULE_OUT = "A leak or disconnection beyond the pump gives a normal volume."


def residual_of(visit: Visit, policy: Policy) -> Answer | None:
    """Expected against drawn at a visit, explained; None when nothing was drawn or no fill came before."""
    drawn = visit.entry.drawn_ml if isinstance(visit.entry, Refilled | Deferred) else None
    programmed = programmed_ml(visit)
    if drawn is None or programmed is None:
        return None
    known = {
        "volume_after_fill_ml": visit.since_fill[0].volume_ml,
        "programmed_ml": programmed,
        "drawn_ml": drawn,
        "evaluate_ml": policy.evaluate_ml.value,
        "stop_ml": policy.stop_ml.value,
        "finding_low_ratio": policy.finding_low_ratio.value,
        "finding_high_ratio": policy.finding_high_ratio.value,
    }
    try:
        return RESIDUAL.explain(known)
    except CalculationRefused:
        return None


def findings_of_residual(visit: Visit, policy: Policy) -> Iterator[Finding]:
    """Within, evaluate, or stop and investigate, in words."""
    answer = residual_of(visit, policy)
    if answer is None:
        return
    ratio = answer["flow_ratio"]
    expected, discrepancy = show(answer["expected_ml"], Unit.ML, 1), answer["discrepancy_ml"]
    beside = f" (flow ratio {show(ratio, Unit.RATIO, 2)})" if ratio is not None else ""
    numbers = f"Expected {expected}, drawn {show(answer['drawn_ml'], Unit.ML)}{beside}."
    if answer["expected_ml"] < 0:
        numbers += " By the programme the pump ran empty before this visit."
    if answer["finding"] == STOP:
        says = f"Stop and investigate before refilling. {numbers} {MORE_FOUND}"
        yield Finding(Weight.STOP, "residual_stop", says, "drawn_ml", "sgouros_2010")
    elif answer["finding"] == EVALUATE:
        cause = LESS_FOUND if discrepancy > 0 else MORE_FOUND
        yield Finding(Weight.CONFIRM, "residual_evaluate", f"Evaluate. {numbers} {cause}", "drawn_ml", "asra_2017")
    else:
        says = f"Within the device's accuracy. {numbers} {NORMAL_DOES_NOT_RULE_OUT}"
        yield Finding(Weight.NOTE, "residual_within", says, "drawn_ml", "flow_accuracy_2023")
    if isinstance(visit.entry, Refilled) and visit.entry.patient_boluses_used_mcg is None and _allots(visit):
        says = "Patient boluses were counted as allotted: type what the pump's log shows for a closer expectation."
        yield Finding(Weight.NOTE, "boluses_assumed", says, "patient_boluses_used_mcg", "manufacturer_data")


def _allots(visit: Visit) -> bool:
    return any(patient_bolus_mcg_per_day(one.programme, Boluses.ALLOTTED) > 0 for one in visit.since_fill)


def findings_of_fill(entry: Refilled, state: PumpState, reference: Reference, on: date) -> Iterator[Finding]:
    """The filling itself: pocket-fill signs, re-measured volume, expired drug, identity, screening strength."""
    if entry.pocket_fill_signs:
        signs = ", ".join(entry.pocket_fill_signs)
        says = f"Signs of a fill beside the pump ({signs}): say how the patient is observed."
        yield Finding(Weight.CONFIRM, "pocket_fill", says, "pocket_fill_signs", "fda_pocket_fill")
    if entry.identifiers_confirmed is False:
        says = "The two identifiers were not confirmed: say why."
        yield Finding(Weight.CONFIRM, "identifiers", says, "identifiers_confirmed", "house_policy")
    if entry.aspiration_checked is False:
        says = "Aspiration was not checked: say why."
        yield Finding(Weight.CONFIRM, "aspiration", says, "aspiration_checked", "house_policy")
    yield from _remeasured(entry, state, reference)
    for place, component in enumerate(entry.fluid):
        for name, words in (("expiry_on", "expired"), ("beyond_use_on", "was past its beyond-use date")):
            day = getattr(component, name)
            if day is not None and day < on:
                says = f"{component.drug} {words} on {show_date(day)}: do not use it."
                yield Finding(Weight.STOP, f"{name}_passed", says, f"fluid.{place}.{name}", "house_policy")
        drug = drug_or_none(reference, component.drug)
        strengths = drug.strengths if drug else ()
        if any(
            s.screening_only and s.concentration_mcg_per_ml == component.concentration_mcg_per_ml for s in strengths
        ):
            says = f"{show(component.concentration_mcg_per_ml, Unit.MCG_PER_ML)} is supplied for screening only."
            about = f"fluid.{place}.concentration_mcg_per_ml"
            yield Finding(Weight.CONFIRM, "screening_strength", says, about, "manufacturer_data")
        if drug and drug.beyond_use_date_required and component.beyond_use_on is None:
            says = f"Compounded {drug.name} without the pharmacy's beyond-use date cannot be projected: type it."
            about = f"fluid.{place}.beyond_use_on"
            yield Finding(Weight.CONFIRM, "beyond_use_missing", says, about, "house_policy")


def _remeasured(entry: Refilled, state: PumpState, reference: Reference) -> Iterator[Finding]:
    if entry.remeasured_ml is None or state.registered is None:
        return
    limit = reference.policy.remeasured_limit_ml(state.registered.pump.capacity_ml)
    missing_ml = entry.volume_after_fill_ml - entry.remeasured_ml
    if limit is not None and missing_ml > limit.value:
        says = (
            f"{show(missing_ml, Unit.ML)} less was re-measured than filled, over {show(limit.value, Unit.ML)}: "
            "part of the fill may be beside the pump."
        )
        yield Finding(Weight.CONFIRM, "remeasured", says, "remeasured_ml", limit.source)


def findings_of_programme(
    entry: Refilled | Reprogrammed, before: Standing | None, after: Standing, state: PumpState, reference: Reference
) -> Iterator[Finding]:
    """The programme: concentration and bridge, dose step, plausibility, running."""
    if entry.pump_running is False:
        says = "The pump was recorded as not running: it will stay red until it runs. Say why."
        yield Finding(Weight.CONFIRM, "not_running", says, "pump_running", "house_policy")
    if before is not None:
        yield from _drugs(before, after, reference)
        yield from _concentration(entry, before, after, state)
        yield from _dose_step(before, after, reference)
    yield from _dose_level(after, reference)
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


def _concentration(
    entry: Refilled | Reprogrammed, before: Standing, after: Standing, state: PumpState
) -> Iterator[Finding]:
    old, new = before.concentration_mcg_per_ml, after.concentration_mcg_per_ml
    if old == new:
        return
    change = f"The concentration changes from {show(old, Unit.MCG_PER_ML)} to {show(new, Unit.MCG_PER_ML)}."
    consequence = _consequence(before, after, state)
    if entry.bridge is None:
        says = f"{change} Say whether a bridge bolus was given, or why not. {consequence}"
        yield Finding(Weight.CONFIRM, "concentration_change", says, "bridge", "boster_2016")
    elif not entry.bridge.given:
        says = f"{change} No bridge was given ({entry.bridge.reason_not_given}). {consequence}"
        yield Finding(Weight.CONFIRM, "bridge_not_given", says, "bridge", "boster_2016")
    else:
        says = f"{change} A bridge was given; check it against the programmer."
        yield Finding(Weight.CONFIRM, "concentration_change", says, "bridge", "boster_2016")


def _consequence(before: Standing, after: Standing, state: PumpState) -> str:
    """What a forgotten bridge would do, in words; without the path volume only the dose, not the hours."""
    pump = state.registered.pump if state.registered else None
    known = {
        "tubing_ml": pump.tubing_volume_ml if pump else None,
        "catheter_cm": pump.catheter_cm if pump else None,
        "ml_per_cm": pump.catheter_ml_per_cm if pump else None,
        "old_mcg_per_ml": before.concentration_mcg_per_ml,
        "new_mcg_per_ml": after.concentration_mcg_per_ml,
        "new_dose_mcg_per_day": steady_dose_mcg_per_day(after.programme, Fraction(after.concentration_mcg_per_ml)),
    }
    direction = "underdose" if after.concentration_mcg_per_ml > before.concentration_mcg_per_ml else "overdose"
    if PATH.reasons_against(PATH.inside(known)):
        return f"Without a bridge: {direction} until the old drug has cleared (path volume not on record)."
    try:
        answer = FORGOTTEN_BRIDGE.answer(known)
    except CalculationRefused:
        return f"Without a bridge: {direction} until the old drug has cleared."
    return (
        f"Without a bridge: {direction}, {show(answer['if_forgotten_mcg_per_day'], Unit.MCG_PER_DAY, 0)} "
        f"for {show(answer['if_forgotten_hours'], Unit.HOURS, 2)}."
    )


def _dose_step(before: Standing, after: Standing, reference: Reference) -> Iterator[Finding]:
    drug = drug_or_none(reference, after.fluid[0].drug)
    old = steady_dose_mcg_per_day(before.programme, Fraction(before.concentration_mcg_per_ml))
    new = steady_dose_mcg_per_day(after.programme, Fraction(after.concentration_mcg_per_ml))
    same_drug = drug is not None and drug is drug_or_none(reference, before.fluid[0].drug)
    if drug is None or not same_drug or not drug.titration_steps or old == 0 or new == 0:
        return
    largest = max(drug.titration_steps, key=lambda step: step.high_ratio)
    step = abs(new - old) / old
    if step > Fraction(largest.high_ratio):
        percent = show(Fraction(step * 100), Unit.RATIO, 0)
        says = (
            f"The dose changes by {percent} % in one step, from {show(old, Unit.MCG_PER_DAY)} to "
            f"{show(new, Unit.MCG_PER_DAY)}; more than is usual ({largest.population}). Say who decided it."
        )
        yield Finding(Weight.CONFIRM, "dose_step", says, "programme", largest.source)


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


def findings_of_programmer(entry: Refilled, after: PumpState, reference: Reference) -> Iterator[Finding]:
    """Where the programmer says another alarm date than we do."""
    ours = project(after, reference).day("alarm_date")
    theirs = entry.programmer_alarm_on
    if ours is None or theirs is None or abs((ours - theirs).days) <= 1:
        return
    says = (
        f"The programmer says the alarm is due on {show_date(theirs)}, we say {show_date(ours)}: "
        "compare volume, dose and concentration on the printout."
    )
    yield Finding(Weight.CONFIRM, "programmer_differs", says, "programmer_alarm_on", "house_policy")
