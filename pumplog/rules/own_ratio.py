"""What cannot be when somebody accepts the pump's own flow ratio; and a drift of it, said while a visit is saved."""

from collections.abc import Iterator

from pumplog.entries import AnyEntry, RatioAccepted
from pumplog.errors import Fault
from pumplog.outlook import DRIFT_VISITS_COUNT, drift_of, drift_says, offer_over
from pumplog.quantities import Unit, show
from pumplog.reference import Policy
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState, Visit, last_measured_at, measured_at


def faults_of_ratio(entry: AnyEntry, state: PumpState, policy: Policy) -> Iterator[Fault]:
    """Visits without a ratio or not running, too few of them, a drift, or another number than they give."""
    if not isinstance(entry, RatioAccepted):
        return
    measured = [one for one in measured_at(state.visits) if one.at <= entry.happened_at]
    first = next((place for place, one in enumerate(measured) if one.event_id == entry.visit_event_ids[0]), 0)
    named = measured[first : first + len(entry.visit_event_ids)]
    offer = offer_over(named, policy)
    if tuple(one.event_id for one in named) != entry.visit_event_ids:
        says = "These are not visits running, each with a measured ratio: look at the story again and accept anew."
        yield Fault("visit_event_ids", says)
    elif drift_of(measured, policy):
        yield Fault("flow_ratio", f"{drift_says(drift_of(measured, policy), policy)} Accept no ratio until then.")
    elif offer is None:
        low, high, count = policy.finding_low_ratio, policy.finding_high_ratio, policy.own_ratio_visits_count
        yield Fault(
            "visit_event_ids",
            f"A pump's own ratio is measured at {count.value} visits or more (house policy), none of them a stop, "
            f"and lies from {low.value} to {high.value}: wait for more visits, or evaluate the pump.",
        )
    elif offer.flow_ratio != entry.flow_ratio:
        gives = show(offer.flow_ratio, Unit.RATIO)
        yield Fault("flow_ratio", f"These visits give a ratio of {gives}: accept that one, or none.")


def findings_of_drift(visit: Visit, after: PumpState, policy: Policy) -> Iterator[Finding]:
    """A note when this visit and the one before both lie outside the device's accuracy."""
    until = [one for one in after.visits if one.at <= visit.at]
    drift = drift_of(last_measured_at(until, DRIFT_VISITS_COUNT), policy)
    if drift and drift[-1].event_id == visit.event_id:
        yield Finding(Weight.NOTE, "ratio_drift", drift_says(drift, policy), "drawn_ml", "asra_2017")
