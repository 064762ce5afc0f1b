"""The tiers as a table: what the dates say, and which open alarms lead there."""

from html import escape

from pumplog.outlook import Tier, alarmed_tier
from pumplog.quantities import Unit, show
from pumplog.reference import ALARM_KINDS, Policy
from pumplog.screens.look import tier_badge
from pumplog.screens.tables import table_of_html


def tiers_html(policy: Policy) -> str:
    """Return the tiers, worst first; the alarms are sorted into them by the same function that sorts the board."""
    by_dates = _by_dates(policy)
    rows = [(tier_badge(tier.value), escape(by_dates[tier]), _alarms(tier)) for tier in Tier]
    return table_of_html(("Tier", "By the dates", "By what is open"), rows, kind="pl-tiers")


def _by_dates(policy: Policy) -> dict[Tier, str]:
    soon = show(policy.due_soon_days.value, Unit.DAYS)
    return {
        Tier.EXPECTED_EMPTY: "The empty date is today or has passed.",
        Tier.CANNOT_PROJECT: "There is no answer, or only a part of one; every reason is shown.",
        Tier.PAST_ALARM: "The alarm date is today or has passed.",
        Tier.OVERDUE: "The refill-by date has passed.",
        Tier.DUE_SOON: f"The refill-by date is today or within {soon}, both ends in (house policy).",
        Tier.ON_TRACK: "The refill-by date is further ahead.",
    }


def _alarms(tier: Tier) -> str:
    words = [kind.words for code, kind in ALARM_KINDS.items() if alarmed_tier([code], running=True) is tier]
    if tier is alarmed_tier((), running=False):
        words.insert(0, "the last visit recorded the pump as not running")
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in words)}</ul>" if words else ""
