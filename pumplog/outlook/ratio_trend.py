"""The flow ratio from visit to visit: a drift, the pump's own ratio to offer, and the band that holds.

None of it moves a nominal date or a tier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pumplog.calc.residual import STOP, finding
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Policy
from pumplog.state import Measured, OwnRatio, PumpState, measured_at, ratio_over

DRIFT_VISITS_COUNT = 2
"""Running visits outside the device's accuracy that make a drift: one reading often does not repeat."""
_PROGRAMMED = Decimal(1)


@dataclass(frozen=True)
class RatioOffer:
    """A ratio that a person may accept, with the visits that it was measured at, the oldest first."""

    flow_ratio: Decimal
    measured: tuple[Measured, ...]


@dataclass(frozen=True)
class RatioTrend:
    """The last visits where they drift, what may be accepted, and what was."""

    drift: tuple[Measured, ...]
    offer: RatioOffer | None
    accepted: OwnRatio | None
    measured_count: int


def band_of(state: PumpState, policy: Policy) -> tuple[Decimal, Decimal]:
    """The flow ratios at the fast and the slow end of the band: around the pump's own ratio, once accepted.

    The programmed flow always lies within, so that a pump known to be slow never warns later than its own date.
    """
    fast, slow = Decimal(policy.band_fast_ratio.value), Decimal(policy.band_slow_ratio.value)
    if state.own_ratio is None:
        return fast, slow
    own = state.own_ratio.said.flow_ratio
    return max(_PROGRAMMED, own * fast), min(_PROGRAMMED, own * slow)


def ratio_trend_of(state: PumpState, policy: Policy) -> RatioTrend:
    """What the ratios of a pump come to."""
    measured = measured_at(state.visits)
    drift = drift_of(measured, policy)
    accepted = state.own_ratio
    return RatioTrend(drift, None if drift else _offer(measured, accepted, policy), accepted, len(measured))


def drift_of(measured: Sequence[Measured], policy: Policy) -> tuple[Measured, ...]:
    """The last two visits when both lie outside the device's accuracy; none otherwise. The bounds are within."""
    last = tuple(measured[-DRIFT_VISITS_COUNT:])
    if len(measured) < DRIFT_VISITS_COUNT or any(within(one, policy) for one in last):
        return ()
    return last


def within(one: Measured, policy: Policy) -> bool:
    """Whether a ratio lies within the device's accuracy, its bounds included."""
    return policy.finding_low_ratio.value <= one.ratio <= policy.finding_high_ratio.value


def drift_says(drift: Sequence[Measured], policy: Policy) -> str:
    """A drift in words: which visits, what they gave, and which way."""
    low, high = policy.finding_low_ratio.value, policy.finding_high_ratio.value
    gave = " and ".join(f"{show(one.ratio, Unit.RATIO, 2)} on {show_date(one.at.date())}" for one in drift)
    over = [one.ratio > 1 for one in drift]
    way = "more left the reservoir than was programmed" if all(over) else "less left it than was programmed"
    if any(over) and not all(over):
        way = "first one way, then the other"
    return f"The flow drifts: two visits running lie outside {low} to {high}, {gave}; {way}. Evaluate the pump."


def offer_over(measured: Sequence[Measured], policy: Policy) -> RatioOffer | None:
    """The ratio over these visits, if it may be accepted: enough of them, none a stop, all in all within accuracy."""
    if len(measured) < policy.own_ratio_visits_count.value or any(_is_stop(one, policy) for one in measured):
        return None
    ratio = ratio_over(measured)
    if not policy.finding_low_ratio.value <= ratio <= policy.finding_high_ratio.value:
        return None
    return RatioOffer(ratio, tuple(measured))


def _offer(measured: Sequence[Measured], accepted: OwnRatio | None, policy: Policy) -> RatioOffer | None:
    """The offer over the last visits; none while the ratio accepted was measured at these."""
    offer = offer_over(measured[-policy.own_ratio_visits_count.value :], policy)
    if offer is None or (accepted is not None and offer.measured[-1].event_id in accepted.said.visit_event_ids):
        return None
    return offer


def _is_stop(one: Measured, policy: Policy) -> bool:
    return bool(
        finding(
            one.delivered_ml - one.programmed_ml,
            one.ratio,
            policy.evaluate_ml.value,
            policy.stop_ml.value,
            policy.finding_low_ratio.value,
            policy.finding_high_ratio.value,
        )
        == STOP
    )
