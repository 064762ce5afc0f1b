"""The fold: the events of one pump, in the order in which things happened, to its state.

Entries may be late, so state goes by when things happened, not by when they were written. Corrections
apply to the entry they name whenever that entry happened; both stay in the log.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
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
from pumplog.state.calls import Calls, CallsSoFar
from pumplog.state.clinic_days import DaysFolding
from pumplog.state.clinical import BESIDE_THE_TIME_LINE, CLINICAL_KINDS, Clinical, Telling
from pumplog.state.course import ExpectedVolume, bridge_volume_ml
from pumplog.state.model import KnownVolume, LogLine, OpenRow, OwnRatio, PumpState, Said, Standing, Visit
from pumplog.state.own_ratio import own_ratio_of

_NO_VOLUME = Fraction(0)
_NO_HOURS = Decimal(0)
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


Corrections = Mapping[str, tuple[str, Corrected]]
"""By the event id of what was corrected: the correction in force, with its own event id."""


def fold_pump(
    pump_id: str, events: Iterable[Said], *, zone: ZoneInfo, until_utc: datetime | None = None
) -> PumpState:
    """The state of one pump from its events; `until_utc` leaves out what happened after that instant.

    Registration, corrections and refused rows are facts about the record: they count whenever they were written.
    """
    written = sorted(events, key=lambda said: said.sequence)
    corrections = _corrections_in_force(written)
    folding = _Folding(zone)
    visited: list[Said] = []
    called: list[Said] = []
    told: list[Said] = []
    last_happened_at: datetime | None = None
    last_clinical_at: datetime | None = None
    for said in in_order_of_happening(written, corrections):
        if said.kind not in _ABOUT_THE_RECORD:
            last_happened_at = max(said.happened_at, last_happened_at or said.happened_at)
            if said.kind not in CALL_KINDS | BESIDE_THE_TIME_LINE:
                last_clinical_at = max(said.happened_at, last_clinical_at or said.happened_at)
        if said.kind in _TIMELESS or until_utc is None or said.happened_at <= until_utc:
            if said.kind in _VISITS:
                visited.append(said)
            elif said.kind in CALL_KINDS:
                called.append(said)
            elif said.kind in CLINICAL_KINDS:
                told.append(said)
            else:
                folding.take(said)
    registered = folding.registered
    begin, folding.alarm_volume_ml = _ground(visited)
    for said in visited[begin:]:
        folding.take(said)
    alarms = folding.alarms.whole()
    stopped = alarms.stopped_since(folding.running_said_at)
    return PumpState(
        pump_id=pump_id,
        latest=written[-1].sequence if written else 0,
        registered=registered,
        retired=folding.retired,
        running=folding.running and not stopped,
        found_stopped=stopped,
        emptied=folding.emptied,
        risks=folding.risks,
        standing=folding.standing,
        last_fill=folding.last_fill,
        alarms=alarms,
        open_rows=tuple(folding.rows.values()),
        clinic_days=folding.days.done(),
        log=tuple(_log_line(said, corrections) for said in written),
        last_happened_at=last_happened_at,
        typed_eri_on=lambda: _eri_on(visited, registered),
        last_clinical_at=last_clinical_at,
        all_calls=lambda: _calls(called, visited, zone),
        all_visits=lambda: _visits(visited, registered, zone),
        all_clinical=lambda: _clinical(told, zone),
        accepted_ratio=lambda: _own_ratio(folding.ratios, visited, registered, zone),
    )


_VISITS = frozenset({"refilled", "reprogrammed", "deferred"})
CALL_KINDS = frozenset({"contacted", "booked", "booking_changed", "transfer_confirmed", "near_miss_explained"})
"""What is said on the telephone and about the diary: it moves no date of the pump, and makes no other entry late."""
_ABOUT_THE_RECORD = frozenset({"row_refused", "row_settled"})
_TIMELESS = frozenset({"registered", *_ABOUT_THE_RECORD})
"""What counts whenever it was written: facts about the record, and who the pump is."""


def in_order_of_happening(written: Sequence[Said], corrections: Corrections) -> list[Said]:
    """What holds now of what was written, as corrected, in the order in which it happened.

    What is timeless keeps the order of writing, before all else.
    """
    holding = []
    for said in written:
        if said.kind == "corrected":
            continue
        if said.event_id in corrections:
            replacement = corrections[said.event_id][1].replacement
            if replacement is None:
                continue
            said = replace(said, words=replacement)  # noqa: PLW2901  the same event, with what holds now
        holding.append(said)
    return sorted(holding, key=lambda said: (said.kind not in _TIMELESS, _moment(said), said.sequence))


def _moment(said: Said) -> datetime:
    return _BEFORE_ALL if said.kind in _TIMELESS else said.happened_at


def _ground(visited: Sequence[Said]) -> tuple[int, Decimal | None]:
    """From which visit on the fold ends where it would from the first one on, and the alarm volume until then.

    A fill says all there is about the reservoir but two things: the concentration before it, which a bridge needs,
    and an alarm volume that it leaves unsaid. So: the last fill but one, with the alarm volume last typed before it.
    """
    fills = [place for place, said in enumerate(visited) if said.kind == "refilled"]
    if len(fills) < 2:
        return 0, None
    for place in range(fills[-2] - 1, fills[0] - 1, -1):
        if visited[place].mentions("alarm_volume_ml"):
            entry = visited[place].entry
            if isinstance(entry, Refilled | Reprogrammed) and entry.alarm_volume_ml is not None:
                return fills[-2], entry.alarm_volume_ml
    return fills[-2], None


def _eri_on(visited: Sequence[Said], registered: Registered | None) -> date | None:
    """The elective replacement date as a visit last typed it, else as registered."""
    for said in reversed(visited):
        if said.mentions("eri_on"):
            entry = said.entry
            if isinstance(entry, Refilled) and entry.eri_on is not None:
                return entry.eri_on
    return registered.pump.eri_on if registered else None


def _visits(visited: Sequence[Said], registered: Registered | None, zone: ZoneInfo) -> tuple[Visit, ...]:
    folding = _Folding(zone, registered=registered)
    for said in visited:
        folding.take(said)
    return tuple(folding.visits)


def _own_ratio(
    ratios: Sequence[OwnRatio], visited: Sequence[Said], registered: Registered | None, zone: ZoneInfo
) -> OwnRatio | None:
    """What a person accepted, if anything: only then is the time line gone along again."""
    return own_ratio_of(ratios, _visits(visited, registered, zone)) if ratios else None


def _calls(called: Sequence[Said], visited: Sequence[Said], zone: ZoneInfo) -> Calls:
    """Calls and bookings, read when somebody asks; the next visit that the last refill named is booked first."""
    folding = _Folding(zone)
    last_fill = next((said for said in reversed(visited) if said.kind == "refilled"), None)
    if last_fill is not None and last_fill.mentions("next_visit_on"):
        entry = last_fill.entry
        if isinstance(entry, Refilled) and entry.next_visit_on is not None:
            by = last_fill.recorded_by
            folding.calls.typed_at_visit(last_fill.event_id, entry.next_visit_on, entry.happened_at, by)
    for said in called:
        folding.take(said)
    return folding.calls.done([said.happened_at for said in visited])


def _clinical(told: Sequence[Said], zone: ZoneInfo) -> Clinical:
    folding = _Folding(zone)
    for said in told:
        folding.take(said)
    return folding.telling.told()


def _corrections_in_force(written: Sequence[Said]) -> Corrections:
    """The correction that holds for each corrected entry, with its event id: the newest one not itself corrected.

    Walked from the newest: whatever corrects a correction was written after it, and so is known already.
    """
    in_force: dict[str, tuple[str, Corrected]] = {}
    for said in reversed(written):
        if said.kind == "corrected" and said.event_id not in in_force and isinstance(said.entry, Corrected):
            in_force.setdefault(said.entry.target_event_id, (said.event_id, said.entry))
    return in_force


def _log_line(said: Said, corrections: Corrections) -> LogLine:
    if said.event_id not in corrections:
        return LogLine(said, None, None)
    event_id, correction = corrections[said.event_id]
    return LogLine(said, event_id, correction.how)


@dataclass
class _Folding:
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
