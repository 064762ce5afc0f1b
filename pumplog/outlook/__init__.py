"""JUDGEMENT after writing: state and reference on a day, to tiers, dates and bands."""

from pumplog.outlook.alarms import (
    AlarmNow,
    StallTask,
    alarms_now,
    in_alarm_order,
    protocol_because,
)
from pumplog.outlook.board import Outlook, in_board_order, outlook
from pumplog.outlook.calling import Asking, Calling, CallTask, OpenTransfer, open_transfer_of
from pumplog.outlook.drug_risk import DrugRisk
from pumplog.outlook.low_alarm import LowAlarm, low_alarm_of
from pumplog.outlook.near_miss import HowNear, NearMiss, how_near, near_misses_of
from pumplog.outlook.projection import Projection, StabilityLimit, drug_or_none, project
from pumplog.outlook.ratio_trend import (
    DRIFT_VISITS_COUNT,
    RatioOffer,
    RatioTrend,
    band_of,
    drift_of,
    drift_says,
    offer_over,
    ratio_trend_of,
)
from pumplog.outlook.replacement import Replacement, ReplacementStage, replacement_of
from pumplog.outlook.tiers import Tier, alarmed_tier, projected_tier, worst

__all__ = [
    "DRIFT_VISITS_COUNT",
    "AlarmNow",
    "Asking",
    "CallTask",
    "Calling",
    "DrugRisk",
    "HowNear",
    "LowAlarm",
    "NearMiss",
    "OpenTransfer",
    "Outlook",
    "Projection",
    "RatioOffer",
    "RatioTrend",
    "Replacement",
    "ReplacementStage",
    "StabilityLimit",
    "StallTask",
    "Tier",
    "alarmed_tier",
    "alarms_now",
    "band_of",
    "drift_of",
    "drift_says",
    "drug_or_none",
    "how_near",
    "in_alarm_order",
    "in_board_order",
    "low_alarm_of",
    "near_misses_of",
    "offer_over",
    "open_transfer_of",
    "outlook",
    "project",
    "projected_tier",
    "protocol_because",
    "ratio_trend_of",
    "replacement_of",
    "worst",
]
