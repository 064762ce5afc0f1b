"""What a pump's maker does not allow of a drug: strengths outside its range, boluses by the patient."""

from collections.abc import Iterator
from decimal import Decimal

from pumplog.entries.programme import Programme, SingleBolus, Stopped
from pumplog.errors import EntryRefused
from pumplog.outlook import drug_or_none
from pumplog.quantities import Unit, show
from pumplog.reference import Reference
from pumplog.reference.pumps import MakersLimit, PumpModel
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState, Standing


def findings_of_makers_limits(after: Standing, state: PumpState, reference: Reference) -> Iterator[Finding]:
    """What the pump would hold and do, against what its maker allows; nothing of a model that nobody wrote down."""
    model = _model(state, reference)
    if model is None:
        return
    for limit in model.drug_limits:
        for place, component in enumerate(after.fluid):
            if drug_or_none(reference, component.drug) is drug_or_none(reference, limit.drug):
                yield from _strength(limit, model.name, component.concentration_mcg_per_ml, place)
                yield from _boluses(limit, model.name, after.programme)


def _model(state: PumpState, reference: Reference) -> PumpModel | None:
    if state.registered is None:
        return None
    try:
        return reference.pump_model(state.registered.pump.model)
    except EntryRefused:
        return None


def _strength(limit: MakersLimit, model: str, strength: Decimal, place: int) -> Iterator[Finding]:
    if not limit.low_mcg_per_ml <= strength <= limit.high_mcg_per_ml:
        says = (
            f"The maker of {model} allows {limit.drug} of {show(limit.low_mcg_per_ml, Unit.MCG_PER_ML)} to "
            f"{show(limit.high_mcg_per_ml, Unit.MCG_PER_ML)}, and this is {show(strength, Unit.MCG_PER_ML)}. "
            "Check the vial and the order, then say why."
        )
        about = f"fluid.{place}.concentration_mcg_per_ml"
        yield Finding(Weight.CONFIRM, "makers_strength", says, about, limit.source)


def _boluses(limit: MakersLimit, model: str, programme: Programme) -> Iterator[Finding]:
    if isinstance(programme, Stopped | SingleBolus) or limit.patient_boluses_allowed:
        return
    if programme.max_patient_bolus_mcg_per_day > 0:
        says = (
            f"The maker of {model} allows no patient boluses of {limit.drug}, and "
            f"{show(programme.max_patient_bolus_mcg_per_day, Unit.MCG_PER_DAY)} are allotted. Say who decided it."
        )
        about = "programme.max_patient_bolus_mcg_per_day"
        yield Finding(Weight.CONFIRM, "makers_no_patient_boluses", says, about, limit.source)
