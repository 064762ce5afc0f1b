"""The fold: the events of one pump, in the order in which things happened, to its state.

Entries may be late, so state goes by when things happened, not by when they were written. Corrections
apply to the entry they name whenever that entry happened; both stay in the log.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from pumplog.entries import (
    AlarmClosed,
    AlarmHeard,
    AnyEntry,
    Corrected,
    Deferred,
    Refilled,
    Registered,
    Reprogrammed,
    Retired,
    RowRefused,
    RowSettled,
)
from pumplog.entries.refilled import Bridge
from pumplog.state.course import ExpectedVolume, bridge_volume_ml
from pumplog.state.model import KnownVolume, LogLine, OpenAlarm, OpenRow, PumpState, Said, Standing, Visit

_NO_VOLUME = Fraction(0)
_NO_HOURS = Decimal(0)


def fold_pump(
    pump_id: str, events: Iterable[Said], *, zone: ZoneInfo, until_utc: datetime | None = None
) -> PumpState:
    """The state of one pump from its events; `until_utc` leaves out what happened after that instant.

    Registration, corrections and refused rows are facts about the record: they count whenever they were written.
    """
    written = sorted(events, key=lambda said: said.sequence)
    corrections = _corrections_in_force(written)
    folding = _Folding(zone)
    happened: list[tuple[datetime, int, str, AnyEntry, str]] = []
    last_happened_at: datetime | None = None
    for said in written:
        entry = _as_corrected(said, corrections)
        if entry is None or isinstance(entry, Corrected):
            continue
        if isinstance(entry, RowRefused | RowSettled):
            folding.take(said.event_id, entry, said.recorded_by)
            continue
        last_happened_at = max(entry.happened_at, last_happened_at or entry.happened_at)
        if isinstance(entry, Registered):
            folding.take(said.event_id, entry, said.recorded_by)
        elif until_utc is None or entry.happened_at <= until_utc:
            happened.append((entry.happened_at, said.sequence, said.event_id, entry, said.recorded_by))
    happened.sort(key=lambda item: (item[0], item[1]))
    for _, _, event_id, entry, by in happened:
        folding.take(event_id, entry, by)
    return PumpState(
        pump_id=pump_id,
        latest=written[-1].sequence if written else 0,
        registered=folding.registered,
        retired=folding.retired,
        running=folding.running,
        standing=folding.standing,
        visits=tuple(folding.visits),
        open_alarms=tuple(folding.alarms.values()),
        open_rows=tuple(folding.rows.values()),
        log=tuple(_log_line(said, corrections) for said in written),
        last_happened_at=last_happened_at,
    )


def _corrections_in_force(written: list[Said]) -> dict[str, tuple[str, Corrected]]:
    """The correction that holds for each corrected entry, with its event id: the newest one not itself corrected.

    Walked from the newest: whatever corrects a correction was written after it, and so is known already.
    """
    in_force: dict[str, tuple[str, Corrected]] = {}
    for said in reversed(written):
        if isinstance(said.entry, Corrected) and said.event_id not in in_force:
            in_force.setdefault(said.entry.target_event_id, (said.event_id, said.entry))
    return in_force


def _log_line(said: Said, corrections: dict[str, tuple[str, Corrected]]) -> LogLine:
    if said.event_id not in corrections:
        return LogLine(said, None, None)
    event_id, correction = corrections[said.event_id]
    return LogLine(said, event_id, correction.how)


def _as_corrected(said: Said, corrections: dict[str, tuple[str, Corrected]]) -> AnyEntry | None:
    """The entry that holds now: itself, what replaced it, or nothing when it was entered in error."""
    if said.event_id not in corrections:
        return said.entry
    return corrections[said.event_id][1].replacement


@dataclass
class _Folding:
    """What is known so far, while the events of one pump go by in order."""

    zone: ZoneInfo
    registered: Registered | None = None
    retired: Retired | None = None
    running: bool = True
    standing: Standing | None = None
    visits: list[Visit] = field(default_factory=list)
    alarms: dict[str, OpenAlarm] = field(default_factory=dict)
    closed_alarm_ids: set[str] = field(default_factory=set)
    rows: dict[str, OpenRow] = field(default_factory=dict)
    since_fill: tuple[Standing, ...] = ()

    def take(self, event_id: str, entry: AnyEntry, by: str) -> None:
        """Add one entry to what is known."""
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
                if event_id not in self.closed_alarm_ids:
                    self.alarms[event_id] = OpenAlarm(event_id, entry, by)
            case AlarmClosed():
                self.alarms.pop(entry.alarm_event_id, None)
                self.closed_alarm_ids.add(entry.alarm_event_id)
            case Retired():
                self.retired = entry
            case RowRefused():
                self.rows[event_id] = OpenRow(event_id, entry)
            case RowSettled():
                self.rows.pop(entry.row_event_id, None)
            case Corrected():
                raise AssertionError("corrections are applied before the fold")

    def _refilled(self, event_id: str, entry: Refilled) -> None:
        self.running = entry.pump_running is not False
        local = entry.happened_at.astimezone(self.zone)
        concentration = entry.fluid[0].concentration_mcg_per_ml
        old = self.standing.concentration_mcg_per_ml if self.standing else None
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
            bridge_ml=bridge_volume_ml(entry.bridge, old.concentration_mcg_per_ml),
            bridge_hours=_bridge_hours(entry.bridge),
        )
        self._visited(event_id, entry, standing)
        self.since_fill = (*self.since_fill, standing)

    def _deferred(self, event_id: str, entry: Deferred) -> None:
        if entry.pump_running is not None:
            self.running = entry.pump_running
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
