"""What to look at in a refill visit: what was drawn against what was expected, and the filling itself."""

from collections.abc import Iterator
from datetime import date

from pumplog.calc.formula import Answer
from pumplog.calc.residual import EVALUATE, RESIDUAL, STOP
from pumplog.entries import Deferred, Refilled
from pumplog.errors import CalculationRefused
from pumplog.outlook import drug_or_none
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Policy, Reference
from pumplog.rules.filling import finding_of_day, finding_of_remeasured
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState, Visit
from pumplog.state.course import Boluses, patient_bolus_mcg_per_day, programmed_ml

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
        yield from _of_an_emptied_pump(visit, policy)
        return
    yield finding_of_answer(answer, put_off=isinstance(visit.entry, Deferred))
    if isinstance(visit.entry, Refilled) and visit.entry.patient_boluses_used_mcg is None and _allots(visit):
        says = "Patient boluses were counted as allotted: type what the pump's log shows for a closer expectation."
        yield Finding(Weight.NOTE, "boluses_assumed", says, "patient_boluses_used_mcg", "manufacturer_data")


def finding_of_answer(answer: Answer, *, put_off: bool) -> Finding:
    """What a residual asks for; putting the refill off passes a stop, since nothing is filled on top."""
    ratio, discrepancy = answer["flow_ratio"], answer["discrepancy_ml"]
    expected = show(answer["expected_ml"], Unit.ML, 1)
    beside = f" (flow ratio {show(ratio, Unit.RATIO, 2)})" if ratio is not None else ""
    numbers = f"Expected {expected}, drawn {show(answer['drawn_ml'], Unit.ML)}{beside}."
    if answer["expected_ml"] < 0:
        numbers += " By the programme the pump ran empty before this visit."
    if answer["finding"] == STOP and put_off:
        says = f"The refill was put off: investigate before the next. {numbers} {MORE_FOUND}"
        return Finding(Weight.NOTE, "residual_put_off", says, "drawn_ml", "sgouros_2010")
    if answer["finding"] == STOP:
        says = f"Stop and investigate before refilling. {numbers} {MORE_FOUND}"
        return Finding(Weight.STOP, "residual_stop", says, "drawn_ml", "sgouros_2010")
    if answer["finding"] == EVALUATE:
        cause = LESS_FOUND if discrepancy > 0 else MORE_FOUND
        return Finding(Weight.CONFIRM, "residual_evaluate", f"Evaluate. {numbers} {cause}", "drawn_ml", "asra_2017")
    says = f"Within the device's accuracy. {numbers} {NORMAL_DOES_NOT_RULE_OUT}"
    return Finding(Weight.NOTE, "residual_within", says, "drawn_ml", "flow_accuracy_2023")


def findings_of_drawn_change(entry: Refilled | Deferred) -> Iterator[Finding]:
    """A drawn volume that was changed once the expected one was in sight: both numbers stay."""
    first, now = entry.drawn_first_typed_ml, entry.drawn_ml
    if first is not None and now is not None and first != now:
        says = (
            f"The drawn volume was first typed as {show(first, Unit.ML)}, and changed to {show(now, Unit.ML)} after "
            "the expected one was shown. Read the syringe again, and say why."
        )
        yield Finding(Weight.CONFIRM, "drawn_changed", says, "drawn_ml", "house_policy")


def _allots(visit: Visit) -> bool:
    return any(patient_bolus_mcg_per_day(one.programme, Boluses.ALLOTTED) > 0 for one in visit.since_fill)


def _of_an_emptied_pump(visit: Visit, policy: Policy) -> Iterator[Finding]:
    """Fluid in a pump that was left with none: there is no flow to compare it with, and it is not explained."""
    drawn = visit.entry.drawn_ml if isinstance(visit.entry, Refilled | Deferred) else None
    empty = bool(visit.since_fill) and visit.since_fill[0].volume_ml == 0
    if empty and drawn is not None and drawn > policy.evaluate_ml.value:
        says = f"Evaluate. The pump was emptied, and {show(drawn, Unit.ML)} were drawn: say where they came from."
        yield Finding(Weight.CONFIRM, "residual_evaluate", says, "drawn_ml", policy.evaluate_ml.source)


def findings_of_emptying(visit: Visit, after: PumpState) -> Iterator[Finding]:
    """That a fill is the one an emptied pump was waiting for."""
    before = after.visits[: [one.event_id for one in after.visits].index(visit.event_id)]
    for one in reversed(before):
        if isinstance(one.entry, Refilled):
            return
        if isinstance(one.entry, Deferred) and one.entry.emptied:
            emptied = show_date(one.at.date())
            says = f"This fill is the one that the pump waited for: it was emptied on {emptied} ({one.entry.reason})."
            yield Finding(Weight.NOTE, "filled_after_emptying", says, "volume_after_fill_ml", "house_policy")
            return


def findings_of_fill(entry: Refilled, state: PumpState, reference: Reference, on: date) -> Iterator[Finding]:
    """The filling itself: pocket-fill signs, re-measured volume, expired drug, identity, screening strength."""
    if entry.pocket_fill_signs:
        signs = ", ".join(entry.pocket_fill_signs)
        says = f"Signs of a fill beside the pump ({signs}): {_observation_says(entry)}"
        yield Finding(Weight.CONFIRM, "pocket_fill", says, "pocket_fill_signs", "fda_pocket_fill")
    if entry.identifiers_confirmed is False:
        says = "The two identifiers were not confirmed: say why."
        yield Finding(Weight.CONFIRM, "identifiers", says, "identifiers_confirmed", "house_policy")
    if entry.aspiration_checked is False:
        says = "Aspiration was not checked: say why."
        yield Finding(Weight.CONFIRM, "aspiration", says, "aspiration_checked", "house_policy")
    if entry.remeasured_ml is not None and state.registered is not None:
        capacity_ml, after_ml = state.registered.pump.capacity_ml, entry.volume_after_fill_ml
        yield from _if_any(finding_of_remeasured(after_ml, entry.remeasured_ml, capacity_ml, reference.policy))
    for place, component in enumerate(entry.fluid):
        yield from _if_any(finding_of_day(component.drug, "expiry_on", component.expiry_on, on, place=place))
        yield from _if_any(finding_of_day(component.drug, "beyond_use_on", component.beyond_use_on, on, place=place))
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


def _observation_says(entry: Refilled) -> str:
    plan = entry.observation
    if plan is None:
        return "say how the patient is observed: for what, how long, by whom."
    return f"the patient is observed for {plan.what}, {plan.how_long}, by {plan.who}."


def _if_any(finding: Finding | None) -> Iterator[Finding]:
    if finding is not None:
        yield finding
