"""JUDGEMENT after writing: state and reference on a day, to tiers, dates and bands."""

from pumplog.outlook.board import Outlook, in_board_order, outlook
from pumplog.outlook.projection import Projection, StabilityLimit, drug_or_none, project
from pumplog.outlook.tiers import Tier, alarmed_tier, projected_tier, worst

__all__ = [
    "Outlook",
    "Projection",
    "StabilityLimit",
    "Tier",
    "alarmed_tier",
    "drug_or_none",
    "in_board_order",
    "outlook",
    "project",
    "projected_tier",
    "worst",
]
