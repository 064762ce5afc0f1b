"""What every paper and page calls an entry and a moment: the few words that stand on nothing else of the house."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pumplog.quantities import show_date

KIND_WORDS: Final[Mapping[str, str]] = {
    "registered": "Pump registered",
    "refilled": "Refill visit",
    "reprogrammed": "Programme change",
    "deferred": "Visit without a refill",
    "alarm_heard": "Alarm heard",
    "alarm_taken_on": "Alarm taken on",
    "alarm_interrogated": "Pump interrogated for an alarm",
    "alarm_snoozed": "Alarm snoozed",
    "snooze_cancelled": "Snooze cancelled",
    "alarm_closed": "Alarm closed",
    "imaged": "MRI",
    "replacement_planned": "Pump replacement planned",
    "retired": "Pump retired",
    "contacted": "Call",
    "booked": "Visit booked",
    "booking_changed": "Booking changed",
    "transfer_confirmed": "Transfer confirmed",
    "near_miss_explained": "Cause of a near miss",
    "scored": "Clinical scores",
    "diary": "Symptom diary",
    "medicines": "Current medicines",
    "risk_flags_changed": "Risks changed",
    "plan_made": "Plan for the dose",
    "plan_ended": "Plan ended",
    "wasted": "Controlled drug wasted",
    "ratio_accepted": "The pump’s own flow ratio accepted",
    "corrected": "Correction",
    "row_refused": "Row of a sheet refused",
    "row_settled": "Refused row settled",
    "closure_set": "Clinic closed",
    "closure_lifted": "Closure lifted",
    "capacity_set": "Room on a day",
}
"""An entry by its kind, as every screen and every paper calls it."""


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the clinic's clock."""
    here = moment.astimezone(zone)
    return f"{show_date(here.date())}, {here:%H:%M}"
