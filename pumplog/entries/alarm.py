"""An alarm is heard, and later closed with what was found."""

from typing import Literal

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
]


class AlarmHeard(PumpEntry):
    """An alarm was heard; it stays open until somebody closes it."""

    kind: Literal["alarm_heard"] = "alarm_heard"
    alarm: AlarmCode
    tone: Literal["single", "two_tone", "not_heard"] | None = None
    reported_by: Words | None = None
    reported_at: Instant | None = None


class AlarmClosed(PumpEntry):
    """An open alarm is closed: what was found, what was done."""

    kind: Literal["alarm_closed"] = "alarm_closed"
    alarm_event_id: Words
    found: LongWords
    action: LongWords
    interrogated_at: Instant | None = None
