"""What a proposed schedule says: who comes when, who does not fit, what would make room, what it costs."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pumplog.planning.needs import Need


@dataclass(frozen=True)
class Proposal:
    """One pump's proposed date; `left_ml` would be thrown away then, None when nobody knows."""

    need: Need
    on: date
    left_ml: Fraction | None
    because: str


@dataclass(frozen=True)
class Kept:
    """A booking that stands: in time, and on an open day."""

    need: Need
    on: date


@dataclass(frozen=True)
class Waiting:
    """A pump without a proposal, and why; `first_free_on` is the first day with room after its refill-by date."""

    need: Need
    because: str
    first_free_on: date | None = None


@dataclass(frozen=True)
class Room:
    """What would make room: so many more visits on a day, which is closed now when `closed_because` says why."""

    on: date
    visits_count: int
    closed_because: str | None


@dataclass(frozen=True)
class Cost:
    """What a plan costs: drug left over and crowding [mL], for so many pumps placed and not placed."""

    left_ml: Fraction
    crowding_ml: Fraction
    placed_count: int
    unplaced_count: int

    @property
    def total_ml(self) -> Fraction:
        """Both together [mL]."""
        return self.left_ml + self.crowding_ml


@dataclass(frozen=True)
class Schedule:
    """A plan from a day on: every pump is proposed, kept, left out with a reason, or due later, and exactly once."""

    today: date
    last_on: date
    proposals: tuple[Proposal, ...]
    kept: tuple[Kept, ...]
    not_fitting: tuple[Waiting, ...]
    later: tuple[Waiting, ...]
    room: tuple[Room, ...]
    cost: Cost
    bound_ml: Fraction
    first_come: Cost
