"""The alarms of one pump from the ring to the close, its scans, and what is known of its replacement.

Everything about an alarm names the event in which it was heard, so the order of the entries does not matter:
an alarm stays closed when a correction moves it past its closing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Generic, TypeVar

from pumplog.entries import (
    AlarmClosed,
    AlarmHeard,
    AlarmInterrogated,
    AlarmSnoozed,
    AlarmTakenOn,
    Imaged,
    PumpEntry,
    ReplacementPlanned,
    SnoozeCancelled,
)

RECOVERY: Final = "MOTOR_STALL_RECOVERY"
STALL: Final = "MOTOR_STALL"

SaidT_co = TypeVar("SaidT_co", bound=PumpEntry, covariant=True)
AnAlarmSays = AlarmTakenOn | AlarmInterrogated | AlarmSnoozed | SnoozeCancelled | AlarmClosed


@dataclass(frozen=True, slots=True)
class Written(Generic[SaidT_co]):
    """Something said, with the event it was written in and who wrote it."""

    event_id: str
    said: SaidT_co
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm with all that was said about it; `snooze` is the one that nobody cancelled, ended or not."""

    event_id: str
    heard: AlarmHeard
    recorded_by: str
    taken_on: Written[AlarmTakenOn] | None = None
    interrogations: tuple[Written[AlarmInterrogated], ...] = ()
    snooze: Written[AlarmSnoozed] | None = None
    recovered_at: datetime | None = None
    answers_a_stall: bool = False
    closed: Written[AlarmClosed] | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """What it counts as: what was heard, and whatever the pump's own log called it since.

        What was heard is never taken back by an interrogation: only closing or correcting the alarm calms.
        """
        shown = (one.said.alarm for one in self.interrogations if one.said.alarm is not None)
        return tuple(dict.fromkeys((self.heard.alarm, *shown)))

    @property
    def owner(self) -> str | None:
        """Who sees to it, if anybody said so."""
        return self.taken_on.said.owner if self.taken_on else None

    @property
    def interrogated_at(self) -> datetime | None:
        """When the pump was first asked."""
        asked = [one.said.happened_at for one in self.interrogations]
        told = self.closed.said.interrogated_at if self.closed else None
        return min((*asked, *([told] if told else ())), default=None)

    @property
    def found_not_running(self) -> bool:
        """Whether the last interrogation found the pump standing still."""
        return bool(self.interrogations) and not self.interrogations[-1].said.pump_running

    @property
    def runs_again_at(self) -> datetime | None:
        """When a recovery was heard of, or an interrogation first showed the pump running."""
        running = [one.said.happened_at for one in self.interrogations if one.said.pump_running]
        return min((*running, *([self.recovered_at] if self.recovered_at else ())), default=None)


@dataclass(frozen=True)
class Alarms:
    """Every alarm of a pump in the order in which they were heard, open and closed; scans; the replacement.

    `found_stopped_at` is when closing an alarm last left the pump standing still.
    """

    all: tuple[Alarm, ...] = ()
    scans: tuple[Written[Imaged], ...] = ()
    replacement: Written[ReplacementPlanned] | None = None
    found_stopped_at: datetime | None = None

    @property
    def open(self) -> tuple[Alarm, ...]:
        """Those that nobody has closed; a recovery that answers a stall is told with that stall."""
        return tuple(alarm for alarm in self.all if alarm.closed is None and not alarm.answers_a_stall)

    def stopped_since(self, running_said_at: datetime | None) -> bool:
        """Whether an alarm found the pump standing still, and no visit since said that it runs."""
        if any(alarm.found_not_running for alarm in self.open):
            return True
        stopped_at = self.found_stopped_at
        return stopped_at is not None and (running_said_at is None or running_said_at < stopped_at)

    def heard_of(self, code: str) -> tuple[Alarm, ...]:
        """Every alarm, open or closed, that was or turned out to be of this kind."""
        return tuple(alarm for alarm in self.all if code in alarm.codes)


@dataclass
class AlarmsFolding:
    """What is known of the alarms so far, while the events of one pump go by in order of happening."""

    heard: list[Written[AlarmHeard]] = field(default_factory=list)
    about: dict[str, list[Written[AnAlarmSays]]] = field(default_factory=dict)
    scans: list[Written[Imaged]] = field(default_factory=list)
    replacement: Written[ReplacementPlanned] | None = None

    def take(self, event_id: str, entry: AlarmHeard | AnAlarmSays | Imaged | ReplacementPlanned, by: str) -> None:
        """Add one entry."""
        match entry:
            case AlarmHeard():
                self.heard.append(Written(event_id, entry, by))
            case Imaged():
                self.scans.append(Written(event_id, entry, by))
            case ReplacementPlanned():
                self.replacement = Written(event_id, entry, by)
            case _:
                self.about.setdefault(entry.alarm_event_id, []).append(Written(event_id, entry, by))

    def whole(self) -> Alarms:
        """Everything that was taken, put together."""
        alarms = [_alarm(one, self.about.get(one.event_id, ())) for one in self.heard]
        for place, one in enumerate(alarms):
            if one.heard.alarm == RECOVERY and one.closed is None:
                alarms = _answered(alarms, place)
        stops = [one.closed.said.happened_at for one in alarms if one.closed and _leaves_it_stopped(one)]
        return Alarms(tuple(alarms), tuple(self.scans), self.replacement, max(stops, default=None))


def _alarm(heard: Written[AlarmHeard], about: Iterable[Written[AnAlarmSays]]) -> Alarm:
    """An alarm with what was said about it, in order of happening."""
    alarm = Alarm(heard.event_id, heard.said, heard.recorded_by)
    for one in about:
        event_id, said, by = one.event_id, one.said, one.recorded_by
        match said:
            case AlarmTakenOn():
                alarm = replace(alarm, taken_on=Written(event_id, said, by))
            case AlarmInterrogated():
                alarm = _asked(alarm, Written(event_id, said, by))
            case AlarmSnoozed():
                alarm = replace(alarm, snooze=Written(event_id, said, by))
            case SnoozeCancelled():
                alarm = replace(alarm, snooze=None)
            case AlarmClosed():
                alarm = replace(alarm, closed=Written(event_id, said, by))
    return alarm


def _asked(alarm: Alarm, interrogation: Written[AlarmInterrogated]) -> Alarm:
    """An interrogation that shows something worse ends the snooze: it was given for what was known then."""
    asked = replace(alarm, interrogations=(*alarm.interrogations, interrogation))
    worse = asked.codes != alarm.codes or not interrogation.said.pump_running
    return replace(asked, snooze=None) if worse else asked


def _answered(alarms: list[Alarm], place: int) -> list[Alarm]:
    """The alarms with a recovery told to the stalls that were open when it was heard."""
    at = alarms[place].heard.happened_at
    stalls = [
        one
        for one, alarm in enumerate(alarms)
        if STALL in alarm.codes
        and alarm.heard.happened_at <= at
        and (alarm.closed is None or alarm.closed.said.happened_at >= at)
    ]
    answered = list(alarms)
    for one in stalls:
        answered[one] = replace(alarms[one], recovered_at=alarms[one].recovered_at or at)
    if stalls:
        answered[place] = replace(answered[place], answers_a_stall=True)
    return answered


def _leaves_it_stopped(alarm: Alarm) -> bool:
    """Whether closing the alarm left the pump standing still, or did not say otherwise."""
    closing = alarm.closed.said if alarm.closed else None
    said = closing.pump_running if closing else None
    return said is False or (said is None and alarm.found_not_running)
