"""The pump's own flow ratio: measured from visit to visit, and whether what a person accepted still stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from pumplog.entries import Deferred, RatioAccepted, Refilled
from pumplog.state.course import programmed_ml
from pumplog.state.model import OwnRatio, Visit

_THOUSANDTHS = 1000


@dataclass(frozen=True, slots=True)
class Measured:
    """What left the reservoir between the last known volume and a visit, and what was programmed to [mL]."""

    event_id: str
    at: datetime
    delivered_ml: Fraction
    programmed_ml: Fraction

    @property
    def ratio(self) -> Fraction:
        """Delivered over programmed."""
        return self.delivered_ml / self.programmed_ml


def measured_at(visits: Sequence[Visit]) -> tuple[Measured, ...]:
    """Every visit at which a ratio can be measured, in order: something was drawn, and programmed before it."""
    return tuple(one for visit in visits if (one := _measured(visit)) is not None)


def last_measured_at(visits: Sequence[Visit], count: int) -> tuple[Measured, ...]:
    """The last few of them, in order; of ten years of visits no others are worked out."""
    backwards = (one for visit in reversed(visits) if (one := _measured(visit)) is not None)
    return tuple(islice(backwards, count))[::-1]


def _measured(visit: Visit) -> Measured | None:
    drawn = visit.entry.drawn_ml if isinstance(visit.entry, Refilled | Deferred) else None
    programmed = programmed_ml(visit) if drawn is not None else None
    if drawn is None or not programmed:
        return None
    return Measured(visit.event_id, visit.at, visit.since_fill[0].volume_ml - Fraction(drawn), programmed)


def ratio_over(measured: Sequence[Measured]) -> Decimal:
    """All that was delivered over all that was programmed, to three decimals: a long interval weighs more."""
    delivered = sum((one.delivered_ml for one in measured), Fraction(0))
    programmed = sum((one.programmed_ml for one in measured), Fraction(0))
    return Decimal(round(delivered / programmed * _THOUSANDTHS)) / _THOUSANDTHS


def still_stands(accepted: RatioAccepted, visits: Sequence[Visit]) -> bool:
    """Whether the visits that a ratio was measured at still give it: none was taken back, or told otherwise since."""
    named = [one for one in measured_at(visits) if one.event_id in accepted.visit_event_ids]
    return len(named) == len(accepted.visit_event_ids) and ratio_over(named) == accepted.flow_ratio


def own_ratio_of(accepted: Sequence[OwnRatio], visits: Sequence[Visit]) -> OwnRatio | None:
    """The ratio that was accepted last, while its visits stand; none comes back from before it."""
    if not accepted or not still_stands(accepted[-1].said, visits):
        return None
    return accepted[-1]
