"""An alarm from the ring to the close: heard and reported, taken on, interrogated, snoozed, closed."""

from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from pumplog.entries.base import Instant, LongWords, PumpEntry, Words

AlarmCode = Literal[
    "LOW_RESERVOIR",
    "ELECTIVE_REPLACEMENT",
    "MEMORY_ERROR_NONCRITICAL",
    "EMPTY_RESERVOIR",
    "END_OF_SERVICE",
    "MOTOR_STALL",
    "STOPPED_OVER_48H",
    "MEMORY_ERROR_CRITICAL",
    "LOW_BATTERY_RESET",
    "MOTOR_STALL_RECOVERY",
    "PUMP_RESET",
    "TELEMETRY_FAILURE",
    "OTHER",
    "UNKNOWN_TWO_TONE",
    "UNKNOWN_SINGLE_BEEP",
]


class AboutAnAlarm(PumpEntry):
    """Something said about one alarm, by the event in which it was heard."""

    alarm_event_id: Words


class AlarmHeard(PumpEntry):
    """An alarm was heard, when it happened; it stays open until somebody closes it.

    Whoever telephones may know the tone alone: then the kind is one of the two UNKNOWN ones.
    """

    kind: Literal["alarm_heard"] = "alarm_heard"
    alarm: AlarmCode
    tone: Literal["single", "two_tone", "not_heard"] | None = None
    heard_by: Words | None = None
    reported_by: Words | None = None
    reported_at: Instant | None = None


class AlarmTakenOn(AboutAnAlarm):
    """Somebody sees to an open alarm until it is closed; the newest owner is the owner."""

    kind: Literal["alarm_taken_on"] = "alarm_taken_on"
    owner: Words


class AlarmInterrogated(AboutAnAlarm):
    """The pump was asked, when it happened: what its own log calls the alarm, and whether it runs."""

    kind: Literal["alarm_interrogated"] = "alarm_interrogated"
    interrogated_by: Words | None = None
    alarm: AlarmCode | None = None
    pump_running: bool
    shown: LongWords | None = None


class AlarmSnoozed(AboutAnAlarm):
    """The reminder of one alarm is quiet until its end, because of this; the alarm itself stays as it is."""

    kind: Literal["alarm_snoozed"] = "alarm_snoozed"
    ends_at: Instant
    reason: Words


class SnoozeCancelled(AboutAnAlarm):
    """The snooze of an alarm is over before its end."""

    kind: Literal["snooze_cancelled"] = "snooze_cancelled"
    reason: Words | None = None


class AlarmClosed(AboutAnAlarm):
    """An open alarm is closed, when it was cleared: what was found, what was done, by whom."""

    kind: Literal["alarm_closed"] = "alarm_closed"
    found: LongWords
    action: LongWords
    interrogated_at: Instant | None = None
    found_by: Words | None = None
    cleared_by: Words | None = None
    pump_running: bool | None = None


class Imaged(PumpEntry):
    """A scan in a magnet, planned or done; a done one ended when it happened."""

    kind: Literal["imaged"] = "imaged"
    how: Literal["planned", "done"]
    planned_at: Instant | None = None
    scanner_model: Words | None = None
    field_strength: Words | None = None
    where: Words | None = None

    @model_validator(mode="after")
    def _has_its_time(self) -> Self:
        if self.how == "planned" and self.planned_at is None:
            raise ValueError("A planned MRI needs its time: type for when it is planned.")
        if self.how == "done" and self.planned_at is not None:
            raise ValueError("An MRI that was done is not planned any more: leave its planned time out.")
        return self


class ReplacementPlanned(PumpEntry):
    """The pump is to be replaced on a day; the newest plan holds."""

    kind: Literal["replacement_planned"] = "replacement_planned"
    planned_on: date
    where: Words
