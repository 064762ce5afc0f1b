"""MEANING: what the events about a pump add up to. A fold: no clock, no database."""

from pumplog.state.fold import fold_pump
from pumplog.state.model import KnownVolume, LogLine, OpenAlarm, OpenRow, PumpState, Said, Standing, Unread, Visit

__all__ = [
    "KnownVolume",
    "LogLine",
    "OpenAlarm",
    "OpenRow",
    "PumpState",
    "Said",
    "Standing",
    "Unread",
    "Visit",
    "fold_pump",
]
