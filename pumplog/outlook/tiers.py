"""How urgent a pump is: the one function that every list and every page asks."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum

from pumplog.reference import ALARM_KINDS


class Tier(Enum):
    """The tiers, worst first. Red are those that no filter may hide."""

    EXPECTED_EMPTY = "expected_empty"
    CANNOT_PROJECT = "cannot_project"
    PAST_ALARM = "past_alarm"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    ON_TRACK = "on_track"

    @property
    def rank(self) -> int:
        """Place in the order, 0 the worst."""
        return list(Tier).index(self)

    @property
    def is_red(self) -> bool:
        """Whether the pump must stay in sight whatever is filtered."""
        return self.rank <= Tier.OVERDUE.rank


def worst(tiers: Iterable[Tier]) -> Tier:
    """The worst of some tiers; on track when there are none."""
    return min(tiers, key=lambda tier: tier.rank, default=Tier.ON_TRACK)


def projected_tier(
    today: date,
    *,
    refill_by: date | None,
    alarm_date: date | None,
    empty_date: date | None,
    refused: bool,
    due_soon_days: int,
) -> Tier:
    """The tier that the dates give on a day; all bounds belong to the worse side.

    Empty on or before the day; refused; alarm on or before the day; refill-by before the day; refill-by within
    `due_soon_days` from the day, both ends in. A date that is not given says nothing, but without a refill-by
    date the answer is refused, never fine.
    """
    found = [Tier.ON_TRACK]
    if empty_date is not None and empty_date <= today:
        found.append(Tier.EXPECTED_EMPTY)
    if refused or refill_by is None:
        found.append(Tier.CANNOT_PROJECT)
    if alarm_date is not None and alarm_date <= today:
        found.append(Tier.PAST_ALARM)
    if refill_by is not None and refill_by < today:
        found.append(Tier.OVERDUE)
    if refill_by is not None and refill_by <= today + timedelta(days=due_soon_days):
        found.append(Tier.DUE_SOON)
    return worst(found)


def alarmed_tier(open_alarm_codes: Iterable[str], *, running: bool) -> Tier:
    """The tier that open alarms give, and a last visit that recorded the pump as not running."""
    found = [_tier_of_alarm(code) for code in open_alarm_codes]
    if not running:
        found.append(Tier.CANNOT_PROJECT)
    return worst(found)


def emptied_tier(*, emptied: bool) -> Tier:
    """The tier of a pump that was emptied on purpose: red until it is refilled, whatever was left in it."""
    return Tier.CANNOT_PROJECT if emptied else Tier.ON_TRACK


def _tier_of_alarm(code: str) -> Tier:
    if code == "EMPTY_RESERVOIR":
        return Tier.EXPECTED_EMPTY
    if code in ("LOW_RESERVOIR", "UNKNOWN_SINGLE_BEEP"):  # of what a single beep can be, the one to act on
        return Tier.PAST_ALARM
    return Tier.CANNOT_PROJECT if ALARM_KINDS[code].critical else Tier.ON_TRACK
