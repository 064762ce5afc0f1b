"""The report of alarms: how long each step took, from the ring to the close."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from pumplog.desk.alarms import AlarmResponse
from pumplog.exports.clinic_reports import ReportAsked, points_by_day
from pumplog.exports.report import Cell, Column, Report
from pumplog.reference import ALARM_KINDS

_MINUTE: Final = timedelta(minutes=1)


ALARM_COLUMNS: Final = (
    Column("heard_at_utc", "Heard", "instant", "UTC"),
    Column("pump_serial", "Pump", says="serial of the pump"),
    Column("alarm", "Alarm", says="as heard, and as the pump's own log called it"),
    Column("reported_after_minutes", "Reported after", "count", "min", "from hearing; empty: not recorded"),
    Column("taken_on_after_minutes", "Taken on after", "count", "min", "from hearing; empty: not recorded"),
    Column("interrogated_after_minutes", "Interrogated after", "count", "min", "from hearing; empty: not recorded"),
    Column("closed_after_minutes", "Closed after", "count", "min", "from hearing; empty: still open"),
    Column("owner", "Owner"),
    Column("recorded_by", "Recorded by"),
    Column("found", "Found"),
    Column("action", "Action"),
)


def alarms(asked: ReportAsked, responses: Iterable[AlarmResponse]) -> Report:
    """Every alarm heard in the period with the minutes to each step, in the order in which they were heard."""
    told = list(responses)
    closed = sorted(one.cleared_at - one.heard_at for one in told if one.cleared_at is not None)
    middle = f"{closed[len(closed) // 2] // _MINUTE:,} min" if closed else "none was closed"
    hours = ((one.heard_at, _hours(one), "closed") for one in told)
    return Report(
        slug=asked.kind.value,
        title="Alarm response times",
        columns=ALARM_COLUMNS,
        rows=tuple(map(_row, told)),
        facts=(
            ("Period", asked.period_words),
            ("Alarms heard", f"{len(told):,}"),
            ("Still open", f"{len(told) - len(closed):,}"),
            ("Middle time to close", middle),
        ),
        notes=(
            "A step that nobody recorded is empty, and not zero. Of two times in the middle, the longer is named.",
        ),
        charts=points_by_day(hours, "Hours to close", "Hours from hearing to closing, alarm by alarm."),
        when_empty="No alarm was heard in this period.",
    )


def _row(one: AlarmResponse) -> tuple[Cell, ...]:
    return (
        one.heard_at,
        one.pump_serial,
        " and ".join(ALARM_KINDS[code].words for code in one.codes),
        *(
            _minutes(one.heard_at, at)
            for at in (one.reported_at, one.taken_on_at, one.interrogated_at, one.cleared_at)
        ),
        one.owner,
        one.recorded_by,
        one.found,
        one.action,
    )


def _minutes(heard_at: datetime, at: datetime | None) -> int | None:
    return None if at is None else (at - heard_at) // _MINUTE


def _hours(one: AlarmResponse) -> Decimal | None:
    minutes = _minutes(one.heard_at, one.cleared_at)
    return None if minutes is None else Decimal(minutes) / 60
