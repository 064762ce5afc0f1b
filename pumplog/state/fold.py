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
from pumplog.state.course import bridge_volume_ml, volume_at_ml
from pumplog.state.model import LogLine, OpenAlarm, OpenRow, PumpState, Said, Standing, Visit


def fold_pump(
    pump_id: str, events: Iterable[Said], *, zone: ZoneInfo, until_utc: datetime | None = None
) -> PumpState:
    """The state of one pump from its events; `until_utc` leaves out what happened after that instant.

    Registration, corrections and refused rows are facts about the record: they count whenever they were written.
    """
    written = sorted(events, key=lambda said: said.sequence)
    corrections = {said.entry.target_event_id: said for said in written if isinstance(said.entry, Corrected)}
    log = tuple(_log_line(said, corrections) for said in written)
    folding = _Folding(zone)
    happened: list[tuple[datetime, int, str, AnyEntry, str]] = []
    for said in written:
        entry = _as_corrected(said, corrections)
        if entry is None or isinstance(entry, Corrected):
            continue
        if isinstance(entry, Registered | RowRefused | RowSettled):
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
        log=log,
        last_happened_at=max((said.entry.happened_at for said in written), default=None),
    )


def _log_line(said: Said, corrections: dict[str, Said]) -> LogLine:
    correction = corrections.get(said.event_id)
    if correction is None or not isinstance(correction.entry, Corrected):
        return LogLine(said, None, None)
    return LogLine(said, correction.event_id, correction.entry.how)


def _as_corrected(said: Said, corrections: dict[str, Said]) -> AnyEntry | None:
    """The entry that holds now: itself, what replaced it, or nothing when it was entered in error.

    A correction can itself be corrected: only one that still holds counts.
    """
    correction = corrections.get(said.event_id)
    if correction is None:
        return said.entry
    standing_correction = _as_corrected(correction, corrections)
    if not isinstance(standing_correction, Corrected):
        return said.entry
    return standing_correction.replacement


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
                self.alarms[event_id] = OpenAlarm(event_id, entry, by)
            case AlarmClosed():
                self.alarms.pop(entry.alarm_event_id, None)
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
            volume_ml=Fraction(entry.volume_after_fill_ml),
            alarm_volume_ml=self._alarm_volume_ml(entry.alarm_volume_ml, keeps_last=False),
            fluid=entry.fluid,
            filled_on=local.date(),
            first_fill=entry.first_fill,
            diluted=entry.diluted,
            programme=entry.programme,
            at_once_ml=Fraction(entry.priming_ml or 0) + _bolus_ml(entry.single_bolus_mcg, concentration),
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
            volume_ml=max(Fraction(0), volume_at_ml(old, entry.happened_at)),
            alarm_volume_ml=self._alarm_volume_ml(entry.alarm_volume_ml, keeps_last=True),
            programme=entry.programme,
            at_once_ml=_bolus_ml(entry.single_bolus_mcg, old.concentration_mcg_per_ml),
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
            volume_ml=Fraction(entry.volume_left_ml),
            at_once_ml=Fraction(0),
            bridge_ml=Fraction(0),
            bridge_hours=Decimal(0),
        )
        self._visited(event_id, entry, standing)
        self.since_fill = (standing,)

    def _visited(self, event_id: str, entry: Refilled | Reprogrammed | Deferred, standing: Standing) -> None:
        self.visits.append(Visit(event_id, standing.since, entry, self.since_fill, standing))
        self.standing = standing

    def _alarm_volume_ml(self, typed: Decimal | None, *, keeps_last: bool) -> Decimal:
        """The alarm volume in force: as typed now, else as last programmed, else as registered."""
        if typed is not None:
            return typed
        if keeps_last and self.standing is not None:
            return self.standing.alarm_volume_ml
        return self.registered.pump.alarm_volume_ml if self.registered else Decimal(0)


def _bolus_ml(bolus_mcg: Decimal | None, concentration_mcg_per_ml: Decimal) -> Fraction:
    return Fraction(0) if bolus_mcg is None else Fraction(bolus_mcg) / Fraction(concentration_mcg_per_ml)


def _bridge_hours(bridge: Bridge | None) -> Decimal:
    return bridge.bridge_hours if bridge and bridge.given and bridge.bridge_hours else Decimal(0)
