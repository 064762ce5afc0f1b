"""WORDS: what a person may say, one file per kind; frozen, and nothing unknown gets in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from pumplog.entries.alarm import (
    AlarmClosed,
    AlarmHeard,
    AlarmInterrogated,
    AlarmSnoozed,
    AlarmTakenOn,
    Imaged,
    ReplacementPlanned,
    SnoozeCancelled,
)
from pumplog.entries.base import Entry, PumpEntry, serial_key
from pumplog.entries.calls import Booked, BookedVisit, BookingChanged, Contacted, TransferConfirmed
from pumplog.entries.clinic_days import CapacitySet, ClinicEntry, ClosureLifted, ClosureSet
from pumplog.entries.corrected import Correctable, CorrectableEntry, Corrected
from pumplog.entries.deferred import Deferred
from pumplog.entries.diary import DiaryDay
from pumplog.entries.medicines import MedicinesListed, RiskFlagsChanged
from pumplog.entries.near_miss import NearMissExplained
from pumplog.entries.plan import PlanEnded, PlanMade
from pumplog.entries.ratio import RatioAccepted
from pumplog.entries.refilled import Refilled
from pumplog.entries.refusals import faults_of
from pumplog.entries.registered import Registered
from pumplog.entries.reprogrammed import Reprogrammed
from pumplog.entries.retired import Retired
from pumplog.entries.row import RowRefused, RowSettled
from pumplog.entries.scored import Scored
from pumplog.entries.waste import Wasted
from pumplog.errors import EntryRefused, Fault, LogbookDamaged

AboutTheDays = ClosureSet | ClosureLifted | CapacitySet
AnyEntry = CorrectableEntry | Corrected | RowRefused | RowSettled | ClosureSet | ClosureLifted | CapacitySet
KINDS: Mapping[str, type[AnyEntry]] = MappingProxyType(
    {
        "registered": Registered,
        "refilled": Refilled,
        "reprogrammed": Reprogrammed,
        "deferred": Deferred,
        "alarm_heard": AlarmHeard,
        "alarm_taken_on": AlarmTakenOn,
        "alarm_interrogated": AlarmInterrogated,
        "alarm_snoozed": AlarmSnoozed,
        "snooze_cancelled": SnoozeCancelled,
        "alarm_closed": AlarmClosed,
        "imaged": Imaged,
        "replacement_planned": ReplacementPlanned,
        "retired": Retired,
        "contacted": Contacted,
        "booked": Booked,
        "booking_changed": BookingChanged,
        "transfer_confirmed": TransferConfirmed,
        "near_miss_explained": NearMissExplained,
        "scored": Scored,
        "diary": DiaryDay,
        "medicines": MedicinesListed,
        "risk_flags_changed": RiskFlagsChanged,
        "plan_made": PlanMade,
        "plan_ended": PlanEnded,
        "wasted": Wasted,
        "ratio_accepted": RatioAccepted,
        "corrected": Corrected,
        "row_refused": RowRefused,
        "row_settled": RowSettled,
        "closure_set": ClosureSet,
        "closure_lifted": ClosureLifted,
        "capacity_set": CapacitySet,
    }
)
BODY_VERSION = 1


def read_entry(said: Mapping[str, Any]) -> AnyEntry:
    """The entry that a mapping says. Raises EntryRefused with a fault for every field that does not fit."""
    kind = said.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise EntryRefused(Fault("kind", f"The kind of entry is missing or unknown: say one of {', '.join(KINDS)}."))
    try:
        return KINDS[kind].model_validate(said)
    except ValidationError as error:
        raise EntryRefused(*faults_of(error)) from error


def upcast(kind: str, body_version: int, body: str) -> AnyEntry:
    """The entry that a written body holds, whatever version it was written in.

    Raises EntryRefused for what a newer program wrote, LogbookDamaged for a body that nobody can read.
    """
    if body_version > BODY_VERSION or kind not in KINDS:
        raise EntryRefused(Fault("kind", f"A newer program wrote this {kind} entry: update pumplog to read it."))
    try:
        return KINDS[kind].model_validate_json(body)
    except ValidationError as error:
        says = " ".join(fault.says for fault in faults_of(error))
        raise LogbookDamaged(f"A {kind} entry in the log cannot be read. {says} Put back the last backup.") from error


def schema(kind: str) -> dict[str, Any]:
    """The JSON schema of a kind of entry. Raises EntryRefused for an unknown kind."""
    if kind not in KINDS:
        raise EntryRefused(Fault("kind", f'There is no entry of kind "{kind}": say one of {", ".join(KINDS)}.'))
    return KINDS[kind].model_json_schema()


__all__ = [
    "BODY_VERSION",
    "KINDS",
    "AboutTheDays",
    "AlarmClosed",
    "AlarmHeard",
    "AlarmInterrogated",
    "AlarmSnoozed",
    "AlarmTakenOn",
    "AnyEntry",
    "Booked",
    "BookedVisit",
    "BookingChanged",
    "CapacitySet",
    "ClinicEntry",
    "ClosureLifted",
    "ClosureSet",
    "Contacted",
    "Correctable",
    "Corrected",
    "Deferred",
    "DiaryDay",
    "Entry",
    "Imaged",
    "MedicinesListed",
    "NearMissExplained",
    "PlanEnded",
    "PlanMade",
    "PumpEntry",
    "RatioAccepted",
    "Refilled",
    "Registered",
    "ReplacementPlanned",
    "Reprogrammed",
    "Retired",
    "RiskFlagsChanged",
    "RowRefused",
    "RowSettled",
    "Scored",
    "SnoozeCancelled",
    "TransferConfirmed",
    "Wasted",
    "read_entry",
    "schema",
    "serial_key",
    "upcast",
]
