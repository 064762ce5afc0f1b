"""From a pump's state to its dates: which calculation answers, with what, or why none does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from pumplog.calc.course import NEXT_REFILL_IN_LEGS
from pumplog.calc.formula import Answer, Calculation
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.without_alarm import NEXT_REFILL_WITHOUT_ALARM
from pumplog.entries.programme import Flex
from pumplog.errors import CalculationRefused, EntryRefused
from pumplog.outlook.ratio_trend import band_of
from pumplog.quantities import show_date
from pumplog.reference import Drug, Reference
from pumplog.state import PumpState, Standing
from pumplog.state.course import Boluses, course_of, patient_bolus_mcg_per_day, steady_dose_mcg_per_day

Known = Mapping[str, Any]


@dataclass(frozen=True)
class StabilityLimit:
    """For how many days from the fill the drug is good, and what said so; or the reasons why nobody knows."""

    limit_days: int | None
    says: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Projection:
    """The dates of one pump, with what they were worked out from; `reasons` says why a date is missing.

    `values` holds every quantity by name; `explain` works the same answer out again with every line.
    """

    calculation: Calculation | None
    known: Known
    values: Known
    stability: StabilityLimit
    reasons: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether there is no full answer."""
        return bool(self.reasons)

    def day(self, name: str) -> date | None:
        """A date of the answer by name, or None."""
        found = self.values.get(name)
        return found if isinstance(found, date) else None

    def explain(self) -> Answer | None:
        """The answer with every line of working, or None when there is no answer at all."""
        return self.calculation.explain(self.known) if self.calculation else None


def drug_or_none(reference: Reference, name: str) -> Drug | None:
    """The drug of that name, or None when the reference does not know it."""
    try:
        return reference.drug(name)
    except EntryRefused:
        return None


def stability_limit(standing: Standing, reference: Reference) -> StabilityLimit:
    """The shortest of the drugs' limits in the pump and of the pharmacy's beyond-use dates."""
    limits: list[tuple[int, str]] = []
    reasons: list[str] = []
    for component in standing.fluid:
        drug = drug_or_none(reference, component.drug)
        if drug is None:
            reasons.append(f'The drug "{component.drug}" is not in the reference list: correct the entry.')
            continue
        limit = drug.limit_days(first_fill=standing.first_fill, diluted=standing.diluted)
        if limit is not None:
            limits.append((limit.value, f"{drug.name} is good for {limit.value} days in the pump"))
        if component.beyond_use_on is not None:
            days = (component.beyond_use_on - standing.filled_on).days
            if days < 1:
                reasons.append(
                    f"{drug.name.capitalize()} was at its beyond-use date, {show_date(component.beyond_use_on)}, "
                    "when it was filled: correct the fill, or refill."
                )
            limits.append(
                (days, f"the pharmacy's beyond-use date of {drug.name}, {show_date(component.beyond_use_on)}")
            )
        elif limit is None:
            reasons.append(
                f"{drug.name.capitalize()} has no beyond-use date on record: correct the last fill and type the "
                "pharmacy's date."
            )
    if reasons or not limits:
        return StabilityLimit(None, "", tuple(reasons))
    days, says = min(limits)
    return StabilityLimit(days, says, ())


def project(state: PumpState, reference: Reference, *, boluses: Boluses = Boluses.ALLOTTED) -> Projection:
    """The projection of one pump from its standing; never silent: without dates there are reasons.

    A reservoir with 0 mL in it is empty from that day on, whatever else is refused.
    """
    standing = state.standing
    nobody_knows = StabilityLimit(None, "", ())
    if standing is None:
        return Projection(None, {}, {}, nobody_knows, ("No fill is on record: record the refill visit.",))
    stability = stability_limit(standing, reference)
    calculation, known = _asked(state, standing, reference, stability, boluses)
    try:
        values = dict(calculation.answer(known))
    except CalculationRefused as refused:
        empty = {"empty_date": standing.since.date()} if standing.volume_ml <= 0 else {}
        return Projection(None, known, empty, stability, (*refused.reasons, *stability.reasons))
    if stability.reasons:
        for name in ("stability_date", "refill_by", "limited_by"):
            values[name] = None
    return Projection(calculation, known, values, stability, stability.reasons)


def _asked(
    state: PumpState, standing: Standing, reference: Reference, stability: StabilityLimit, boluses: Boluses
) -> tuple[Calculation, Known]:
    """Which calculation answers for this standing, and its inputs."""
    policy = reference.policy
    registered = state.registered
    fast, slow = band_of(state, policy)
    known: dict[str, Any] = {
        "filled_on": standing.since.date(),
        "drug_filled_on": standing.filled_on,
        "volume_after_fill_ml": standing.volume_ml,
        "alarm_volume_ml": standing.alarm_volume_ml,
        "stability_limit_days": stability.limit_days,
        "margin_days": policy.margin_days.value,
        "fast_flow_ratio": fast,
        "slow_flow_ratio": slow,
    }
    if registered is not None and not registered.pump.has_alarm:
        return NEXT_REFILL_WITHOUT_ALARM, known | {"course": course_of(standing, boluses)}
    if standing.is_fill and _is_steady(standing):
        concentration = Fraction(standing.concentration_mcg_per_ml)
        return NEXT_REFILL, known | {
            "concentration_mcg_per_ml": standing.concentration_mcg_per_ml,
            "dose_mcg_per_day": steady_dose_mcg_per_day(standing.programme, concentration),
            "max_patient_bolus_mcg_per_day": patient_bolus_mcg_per_day(standing.programme, boluses),
        }
    return NEXT_REFILL_IN_LEGS, known | {"course": course_of(standing, boluses)}


def _is_steady(standing: Standing) -> bool:
    """Whether one flow runs from the fill on, so that the plain line of arithmetic answers."""
    return not isinstance(standing.programme, Flex) and standing.at_once_ml == 0 and standing.bridge_ml == 0
