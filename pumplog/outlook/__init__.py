"""JUDGEMENT after writing: state and reference on a day, to tiers, dates and bands."""

from pumplog.outlook.alarms import (
    AlarmNow,
    StallTask,
    alarms_now,
    in_alarm_order,
    protocol_because,
)
from pumplog.outlook.board import Outlook, in_board_order, outlook
from pumplog.outlook.low_alarm import LowAlarm, low_alarm_of
from pumplog.outlook.projection import Projection, StabilityLimit, drug_or_none, project
from pumplog.outlook.replacement import Replacement, ReplacementStage, replacement_of
from pumplog.outlook.tiers import Tier, alarmed_tier, projected_tier, worst

__all__ = [
    "AlarmNow",
    "LowAlarm",
    "Outlook",
    "Projection",
    "Replacement",
    "ReplacementStage",
    "StabilityLimit",
    "StallTask",
    "Tier",
    "alarmed_tier",
    "alarms_now",
    "drug_or_none",
    "in_alarm_order",
    "in_board_order",
    "low_alarm_of",
    "outlook",
    "project",
    "projected_tier",
    "protocol_because",
    "replacement_of",
    "worst",
]
