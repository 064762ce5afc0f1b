"""The alarms of all pumps at a moment, the replacements and scans ahead, and how each alarm was answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pumplog.entries import Imaged
from pumplog.outlook import (
    AlarmNow,
    Outlook,
    Replacement,
    ReplacementStage,
    alarms_now,
    in_alarm_order,
    replacement_of,
)
from pumplog.reference import Reference
from pumplog.state import Alarm, PumpState

SCANS_KEPT_DAYS = 2
"""A planned scan stays on the list for this long after its time, so that what came of it is recorded."""


@dataclass(frozen=True)
class ScanAhead:
    """A scan that is planned, or was just now, with the row of its pump."""

    row: Outlook
    scan: Imaged
    planned_at: datetime


@dataclass(frozen=True)
class Alarms:
    """Every open alarm at a moment, those that wait first; replacements and scans to come."""

    at: datetime
    open: tuple[AlarmNow, ...]
    replacements: tuple[Replacement, ...]
    scans: tuple[ScanAhead, ...]


@dataclass(frozen=True)
class AlarmResponse:
    """One alarm from the ring to the close: when each step was, who took it; what is not there was not recorded."""

    pump_id: str
    pump_serial: str
    alarm_event_id: str
    codes: tuple[str, ...]
    heard_at: datetime
    heard_by: str | None
    reported_at: datetime | None
    reported_by: str | None
    recorded_by: str
    owner: str | None
    taken_on_at: datetime | None
    interrogated_at: datetime | None
    interrogated_by: str | None
    cleared_at: datetime | None
    cleared_by: str | None
    found: str | None
    action: str | None

    @property
    def heard_to_cleared(self) -> timedelta | None:
        """From the ring to the close; None while it is open."""
        return self.cleared_at - self.heard_at if self.cleared_at else None


def alarms_of(rows: Iterable[tuple[PumpState, Outlook]], reference: Reference, now: datetime) -> Alarms:
    """The alarms of some pumps at a moment."""
    open_now: list[AlarmNow] = []
    replacements: list[Replacement] = []
    scans: list[ScanAhead] = []
    for state, row in rows:
        if state.open_alarms:
            open_now += alarms_now(state, row, reference, now)
        scans += _scans_ahead(state, row, now)
        due = replacement_of(state, reference, row.today)
        if due is not None and due.stage is not ReplacementStage.AHEAD:
            replacements.append(due)
    stages = list(ReplacementStage)
    return Alarms(
        at=now,
        open=tuple(in_alarm_order(open_now)),
        replacements=tuple(sorted(replacements, key=lambda one: (stages.index(one.stage), one.replace_by))),
        scans=tuple(sorted(scans, key=lambda one: one.planned_at)),
    )


def _scans_ahead(state: PumpState, row: Outlook, now: datetime) -> Iterable[ScanAhead]:
    """What is planned and not yet told as done."""
    done = [one.said.happened_at for one in state.alarms.scans if one.said.how == "done"]
    for one in state.alarms.scans:
        planned_at = one.said.planned_at
        if planned_at is None or now - planned_at > timedelta(days=SCANS_KEPT_DAYS):
            continue
        if not any(at >= planned_at - timedelta(days=1) for at in done):
            yield ScanAhead(row, one.said, planned_at)


def responses_of(states: Iterable[PumpState], first: date, last: date, reference: Reference) -> list[AlarmResponse]:
    """Every alarm heard from one day to another, both in, in the order in which they were heard."""
    zone = reference.policy.zone_info
    found = [
        _response(state, alarm)
        for state in states
        for alarm in state.alarms.all
        if first <= alarm.heard.happened_at.astimezone(zone).date() <= last
    ]
    return sorted(found, key=lambda one: (one.heard_at, one.alarm_event_id))


def _response(state: PumpState, alarm: Alarm) -> AlarmResponse:
    closed = alarm.closed
    asked = alarm.interrogations[0] if alarm.interrogations else None
    return AlarmResponse(
        pump_id=state.pump_id,
        pump_serial=alarm.heard.pump_serial,
        alarm_event_id=alarm.event_id,
        codes=alarm.codes,
        heard_at=alarm.heard.happened_at,
        heard_by=alarm.heard.heard_by,
        reported_at=alarm.heard.reported_at,
        reported_by=alarm.heard.reported_by,
        recorded_by=alarm.recorded_by,
        owner=alarm.owner,
        taken_on_at=alarm.taken_on.said.happened_at if alarm.taken_on else None,
        interrogated_at=alarm.interrogated_at,
        interrogated_by=(asked.said.interrogated_by or asked.recorded_by) if asked else None,
        cleared_at=closed.said.happened_at if closed else None,
        cleared_by=(closed.said.cleared_by or closed.recorded_by) if closed else None,
        found=closed.said.found if closed else None,
        action=closed.said.action if closed else None,
    )
