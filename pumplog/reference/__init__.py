"""Reference data as frozen models: pumps, drugs, alarm kinds and policy, each value with its source.

The rows live in `data/reference/*.toml`. A value whose source is unverified says so (`.unverified`):
it may be offered to a person, and is used only after that person confirmed it.
"""

from pumplog.reference.alarms import ALARM_KINDS, AlarmKind, AlarmWeight
from pumplog.reference.calendar import WEEKDAY_NAMES, CalendarSettings, public_holidays
from pumplog.reference.door import Door, is_own
from pumplog.reference.drugs import DoseLevel, Drug, Interruption, Signs, Strength, TitrationStep
from pumplog.reference.folder import data_folder
from pumplog.reference.graded import Graded, GradedCount, Note, Sourced
from pumplog.reference.hospital import Hospital
from pumplog.reference.loading import Reference, load_reference, settings_beside
from pumplog.reference.policy import Policy, PolicyCount, PolicyNumber
from pumplog.reference.pumps import PumpKind, PumpModel

__all__ = [
    "ALARM_KINDS",
    "WEEKDAY_NAMES",
    "AlarmKind",
    "AlarmWeight",
    "CalendarSettings",
    "Door",
    "DoseLevel",
    "Drug",
    "Graded",
    "GradedCount",
    "Hospital",
    "Interruption",
    "Note",
    "Policy",
    "PolicyCount",
    "PolicyNumber",
    "PumpKind",
    "PumpModel",
    "Reference",
    "Signs",
    "Sourced",
    "Strength",
    "TitrationStep",
    "data_folder",
    "is_own",
    "load_reference",
    "public_holidays",
    "settings_beside",
]
