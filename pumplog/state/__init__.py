"""MEANING: what the events about a pump add up to. A fold: no clock, no database."""

from pumplog.state.alarms import Alarm, Alarms, Written
from pumplog.state.calls import Booking, BookingStatus, Calls, Contact
from pumplog.state.clinic_days import ORDINARY_DAYS, ClinicDays, Closure
from pumplog.state.clinical import Clinical, Plan
from pumplog.state.fold import CALL_KINDS, fold_pump
from pumplog.state.holding import Holding, holding
from pumplog.state.model import KnownVolume, LogLine, OpenRow, OwnRatio, PumpState, Said, Standing, Unread, Visit
from pumplog.state.own_ratio import Measured, last_measured_at, measured_at, ratio_over

__all__ = [
    "CALL_KINDS",
    "ORDINARY_DAYS",
    "Alarm",
    "Alarms",
    "Booking",
    "BookingStatus",
    "Calls",
    "ClinicDays",
    "Clinical",
    "Closure",
    "Contact",
    "Holding",
    "KnownVolume",
    "LogLine",
    "Measured",
    "OpenRow",
    "OwnRatio",
    "Plan",
    "PumpState",
    "Said",
    "Standing",
    "Unread",
    "Visit",
    "Written",
    "fold_pump",
    "holding",
    "last_measured_at",
    "measured_at",
    "ratio_over",
]
