"""The time line of one pump: what is known after each event, in the order in which they happened."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from pumplog.entries import (
    AlarmClosed,
    AlarmHeard,
    AlarmInterrogated,
    AlarmSnoozed,
    AlarmTakenOn,
    Booked,
    BookingChanged,
    CapacitySet,
    ClosureLifted,
    ClosureSet,
    Contacted,
    Corrected,
    Deferred,
    DiaryDay,
    Imaged,
    MedicinesListed,
    NearMissExplained,
    PlanEnded,
    PlanMade,
    RatioAccepted,
    Refilled,
    Registered,
    ReplacementPlanned,
    Reprogrammed,
    Retired,
    RiskFlagsChanged,
    RowRefused,
    RowSettled,
    Scored,
    SnoozeCancelled,
    TransferConfirmed,
    Wasted,
)
from pumplog.entries.refilled import Bridge
from pumplog.state.alarms import AlarmsFolding
from pumplog.state.calls import CallsSoFar
from pumplog.state.clinic_days import DaysFolding
from pumplog.state.clinical import Telling
from pumplog.state.course import ExpectedVolume, bridge_volume_ml
from pumplog.state.model import KnownVolume, OpenRow, OwnRatio, Said, Standing, Visit

_NO_VOLUME = Fraction(0)
_NO_HOURS = Decimal(0)


@dataclass
class Folding:
    """What is known so far, while the events of one pump go by in order."""

    zone: ZoneInfo
    registered: Registered | None = None
    retired: Retired | None = None
    running: bool = True
    emptied: Deferred | None = None
    risks: RiskFlagsChanged | None = None
    standing: Standing | None = None
    last_fill: Refilled | None = None
    visits: list[Visit] = field(default_factory=list)
    running_said_at: datetime | None = None
    alarms: AlarmsFolding = field(default_factory=AlarmsFolding)
    rows: dict[str, OpenRow] = field(default_factory=dict)
    days: DaysFolding = field(default_factory=DaysFolding)
    since_fill: tuple[Standing, ...] = ()
    alarm_volume_ml: Decimal | None = None
    old_mcg_per_ml: Decimal | None = None
    telling: Telling = field(default_factory=Telling)
    ratios: list[OwnRatio] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls = CallsSoFar(self.zone)

    def take(self, said: Said) -> None:
        """Add one entry to what is known."""
        event_id, entry = said.event_id, said.entry
        match entry:
            case Registered():
                self.registered = entry
            case Refilled():
                self._refilled(event_id, entry)
            case Reprogrammed():
                self._reprogrammed(event_id, entry)
            case Deferred():
                self._deferred(event_id, entry)
            case AlarmHeard():
                self.alarms.take(event_id, entry, said.recorded_by)
            case AlarmTakenOn():
                self.alarms.take(event_id, entry, said.recorded_by)
            case AlarmInterrogated():
                self.alarms.take(event_id, entry, said.recorded_by)
            case AlarmSnoozed():
                self.alarms.take(event_id, entry, said.recorded_by)
            case SnoozeCancelled():
                self.alarms.take(event_id, entry, said.recorded_by)
            case AlarmClosed():
                self.alarms.take(event_id, entry, said.recorded_by)
            case Imaged():
                self.alarms.take(event_id, entry, said.recorded_by)
            case ReplacementPlanned():
                self.alarms.take(event_id, entry, said.recorded_by)
            case Retired():
                self.retired = entry
            case Contacted():
                self.calls.contacted(event_id, entry, said.recorded_by)
            case Booked():
                self.calls.booked(event_id, entry, said.recorded_by)
            case BookingChanged():
                self.calls.changed(entry, said.recorded_by)
            case TransferConfirmed():
                self.calls.transfer = entry
            case NearMissExplained():
                self.calls.explained[entry.visit_event_id] = entry
            case Scored():
                self.telling.scores.append(entry)
            case DiaryDay():
                self.telling.diary.append(entry)
            case MedicinesListed():
                self.telling.medicines = entry
            case RiskFlagsChanged():
                self.risks = entry
            case PlanMade():
                self.telling.made[event_id] = entry
            case PlanEnded():
                self.telling.ended[entry.plan_event_id] = entry
            case Wasted():
                return  # what never went into the pump: told in its log, and moving nothing
            case RatioAccepted():
                self.ratios.append(OwnRatio(entry, said.recorded_by))
            case RowRefused():
                self.rows[event_id] = OpenRow(event_id, entry)
            case RowSettled():
                self.rows.pop(entry.row_event_id, None)
            case ClosureSet():
                self.days.closure_set(event_id, entry, said.recorded_by)
            case ClosureLifted():
                self.days.closure_lifted(entry)
            case CapacitySet():
                self.days.capacity_set(entry)
            case Corrected():
                raise AssertionError("corrections are applied before the fold")

    def _refilled(self, event_id: str, entry: Refilled) -> None:
        self.last_fill = entry
        self.running, self.emptied = entry.pump_running is not False, None
        self.running_said_at = entry.happened_at
        local = entry.happened_at.astimezone(self.zone)
        concentration = entry.fluid[0].concentration_mcg_per_ml
        old = self.standing.concentration_mcg_per_ml if self.standing else None
        self.old_mcg_per_ml = old
        standing = Standing(
            event_id=event_id,
            since=local,
            is_fill=True,
            volume=KnownVolume(Fraction(entry.volume_after_fill_ml)),
            alarm_volume_ml=self._alarm_volume_ml(entry.alarm_volume_ml),
            fluid=entry.fluid,
            filled_on=local.date(),
            first_fill=entry.first_fill,
            diluted=entry.diluted,
            programme=entry.programme,
            at_once_ml=_at_once_ml(entry.single_bolus_mcg, concentration, priming_ml=entry.priming_ml),
            bridge_ml=bridge_volume_ml(entry.bridge, old),
            bridge_hours=_bridge_hours(entry.bridge),
        )
        self._visited(event_id, entry, standing)
        self.since_fill = (standing,)

    def _reprogrammed(self, event_id: str, entry: Reprogrammed) -> None:
        self.running = entry.pump_running
        self.running_said_at = entry.happened_at
        old = self.standing
        if old is None:
            return
        standing = replace(
            old,
            event_id=event_id,
            since=entry.happened_at.astimezone(self.zone),
            is_fill=False,
            volume=ExpectedVolume(self.since_fill, entry.happened_at),
            alarm_volume_ml=self._alarm_volume_ml(entry.alarm_volume_ml),
            programme=entry.programme,
            at_once_ml=_at_once_ml(entry.single_bolus_mcg, old.concentration_mcg_per_ml),
            bridge_ml=bridge_volume_ml(entry.bridge, self.old_mcg_per_ml or old.concentration_mcg_per_ml),
            bridge_hours=_bridge_hours(entry.bridge),
        )
        self._visited(event_id, entry, standing)
        self.since_fill = (*self.since_fill, standing)

    def _deferred(self, event_id: str, entry: Deferred) -> None:
        if entry.pump_running is not None:
            self.running = entry.pump_running
            self.running_said_at = entry.happened_at
        if entry.emptied:
            self.emptied = entry
        if self.standing is None:
            return
        standing = replace(
            self.standing,
            event_id=event_id,
            since=entry.happened_at.astimezone(self.zone),
            is_fill=False,
            volume=KnownVolume(Fraction(entry.volume_left_ml)),
            at_once_ml=_NO_VOLUME,
            bridge_ml=_NO_VOLUME,
            bridge_hours=_NO_HOURS,
        )
        self._visited(event_id, entry, standing)
        self.since_fill = (standing,)

    def _visited(self, event_id: str, entry: Refilled | Reprogrammed | Deferred, standing: Standing) -> None:
        self.visits.append(Visit(event_id, standing.since, entry, self.since_fill, standing))
        self.standing = standing

    def _alarm_volume_ml(self, typed: Decimal | None) -> Decimal:
        """The alarm volume in force: as typed now, else as last programmed, else as registered."""
        if typed is not None:
            return typed
        if self.standing is not None:
            return self.standing.alarm_volume_ml
        if self.alarm_volume_ml is not None:
            return self.alarm_volume_ml
        return self.registered.pump.alarm_volume_ml if self.registered else Decimal(0)


def _at_once_ml(
    bolus_mcg: Decimal | None, concentration_mcg_per_ml: Decimal, *, priming_ml: Decimal | None = None
) -> Fraction:
    """What leaves the reservoir at the start; most visits have nothing of it, and a fold has many visits."""
    at_once_ml = _NO_VOLUME
    if bolus_mcg is not None:
        at_once_ml += Fraction(bolus_mcg) / Fraction(concentration_mcg_per_ml)
    if priming_ml is not None:
        at_once_ml += Fraction(priming_ml)
    return at_once_ml


def _bridge_hours(bridge: Bridge | None) -> Decimal:
    return bridge.bridge_hours if bridge and bridge.given and bridge.bridge_hours else _NO_HOURS
