"""How each open alarm of a pump stands at a moment: how old, whose, quiet or not, and what is still to be done."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pumplog.entries import AlarmSnoozed
from pumplog.errors import EntryRefused
from pumplog.outlook.board import Outlook
from pumplog.outlook.low_alarm import LowAlarm, low_alarm_of
from pumplog.outlook.tiers import Tier, alarmed_tier
from pumplog.quantities import show_date
from pumplog.reference import ALARM_KINDS, Interruption, PumpModel, Reference
from pumplog.state import Alarm, PumpState, Written
from pumplog.state.alarms import STALL


@dataclass(frozen=True)
class StallTask:
    """A motor stall around a scan whose recovery nobody has recorded: until when it is expected, and what to say."""

    scanned_at: datetime
    expected_by_at: datetime | None
    late: bool
    says: str


@dataclass(frozen=True)
class AlarmNow:
    """One open alarm at a moment, with the row of its pump. A snooze quiets the reminder and nothing else."""

    alarm: Alarm
    row: Outlook
    age: timedelta
    critical: bool
    tier: Tier
    snooze: Written[AlarmSnoozed] | None
    low_alarm: LowAlarm | None
    stall: StallTask | None

    @property
    def waits(self) -> bool:
        """Whether somebody should see to it now: nobody has quieted it, or something ran out meanwhile."""
        return self.snooze is None or (self.stall is not None and self.stall.late)


def alarms_now(state: PumpState, row: Outlook, reference: Reference, now: datetime) -> tuple[AlarmNow, ...]:
    """Every open alarm of a pump as it stands now."""
    return tuple(
        AlarmNow(
            alarm=alarm,
            row=row,
            age=now - alarm.heard.happened_at,
            critical=any(ALARM_KINDS[code].critical for code in alarm.codes),
            tier=alarmed_tier(alarm.codes, running=not alarm.found_not_running),
            snooze=snooze_in_force(alarm, row.empty_date, now, reference.policy.zone_info),
            low_alarm=low_alarm_of(alarm, state, reference),
            stall=stall_task(alarm, state, reference, now),
        )
        for alarm in state.open_alarms
    )


def in_alarm_order(alarms: list[AlarmNow]) -> list[AlarmNow]:
    """Those that wait first; of them the worst, then the oldest."""
    return sorted(alarms, key=lambda one: (not one.waits, one.tier.rank, one.alarm.heard.happened_at))


def snooze_in_force(
    alarm: Alarm, empty_date: date | None, now: datetime, zone: ZoneInfo
) -> Written[AlarmSnoozed] | None:
    """The snooze that quiets an alarm now: not ended by itself, and the pump's empty date not reached.

    The empty date is today's, which may have come nearer since the snooze was given.
    """
    if alarm.snooze is None or now >= alarm.snooze.said.ends_at:
        return None
    if empty_date is None or now >= datetime.combine(empty_date, time(), tzinfo=zone):
        return None
    return alarm.snooze


def stall_task(alarm: Alarm, state: PumpState, reference: Reference, now: datetime) -> StallTask | None:
    """What is still to be recorded about a stall around a scan; None for any other alarm, or once it runs again."""
    model = _model(state, reference)
    scanned_at = scan_around(alarm, state, model)
    if scanned_at is None or alarm.runs_again_at is not None:
        return None
    zone = reference.policy.zone_info
    window = model.restart_after_mri_minutes if model else None
    head = f"Motor stall around the MRI of {_moment(scanned_at, zone)}: recovery not yet recorded."
    if window is None:
        says = f"{head} No restart window is known for this pump: interrogate it."
        return StallTask(scanned_at, None, late=True, says=says)
    expected_by = scanned_at + timedelta(minutes=window.value)
    if now <= expected_by:
        says = f"{head} A restart is normally seen within {window.value} minutes, by {_clock(expected_by, zone)}."
        return StallTask(scanned_at, expected_by, late=False, says=says)
    reported = model.restart_reported_hours if model else None
    aside = f" ({reported.says})" if reported else ""
    says = f"{head} The {window.value} minutes in which it is normally seen are over{aside}: interrogate the pump."
    return StallTask(scanned_at, expected_by, late=True, says=says)


def scan_around(alarm: Alarm, state: PumpState, model: PumpModel | None) -> datetime | None:
    """When the scan was that a stall goes with: the last one, done or planned, within a day of the alarm.

    A day, since that is the longest time after which a restart was reported.
    """
    if STALL not in alarm.codes:
        return None
    reported = model.restart_reported_hours if model else None
    reach = timedelta(hours=reported.value if reported else 24)
    scans = [one.said.planned_at or one.said.happened_at for one in state.alarms.scans]
    near = [scanned_at for scanned_at in scans if abs(scanned_at - alarm.heard.happened_at) <= reach]
    return max(near, default=None)


def protocol_because(row: Outlook) -> str | None:
    """Why the clinic's own protocol is shown beside a pump; None when it is not.

    A critical alarm is open, or a drug whose withdrawal is dangerous is past its alarm date.
    """
    critical = [ALARM_KINDS[code].words for code in row.open_alarm_codes if ALARM_KINDS[code].critical]
    if critical:
        return f"A critical alarm is open ({', '.join(critical)}): drug may not be flowing."
    if row.interruption is not Interruption.HIGH:
        return None
    dates = (row.alarm_date, row.empty_date)
    if any(day is not None and day <= row.today for day in dates):
        return f"Past its alarm date, and stopping {row.drug} abruptly can harm."
    if row.tier in (Tier.EXPECTED_EMPTY, Tier.PAST_ALARM):
        return f"Its alarm for a low reservoir is open, and stopping {row.drug} abruptly can harm."
    return None


def _model(state: PumpState, reference: Reference) -> PumpModel | None:
    if state.registered is None:
        return None
    try:
        return reference.pump_model(state.registered.pump.model)
    except EntryRefused:
        return None


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{show_date(moment.astimezone(zone).date())}, {_clock(moment, zone)}"
