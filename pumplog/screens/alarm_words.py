"""An open alarm in words, as HTML with every typed text escaped: whose it is, how old, quiet or not, what is left."""

from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from pumplog.outlook import AlarmNow, LowAlarm, Replacement
from pumplog.reference import ALARM_KINDS
from pumplog.screens.look import tier_badge
from pumplog.screens.sentences import days_words
from pumplog.screens.story_log import moment_words
from pumplog.screens.wording import ALARM_WORDS
from pumplog.screens.working import line_html
from pumplog.state import Alarm


def age_words(age: timedelta) -> str:
    """Return how old something is: minutes in the first hour, then hours, then days and hours."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 24:
        return f"{hours} h {minutes % 60} min"
    return f"{days_words(hours // 24)} {hours % 24} h"


def kinds_words(alarm: Alarm) -> str:
    """Return what an alarm is: as it was heard, and as the pump's own log called it since."""
    return " and ".join(ALARM_WORDS[code] for code in alarm.codes)


def alarm_html(now: AlarmNow, zone: ZoneInfo) -> str:
    """Return one open alarm as a card: who, which, how old, whose, what is still to be done."""
    row, alarm = now.row, now.alarm
    name = escape(row.patient_name) if row.patient_name else "No patient on record"
    phone = f" · phone {escape(row.phone)}" if row.phone else ""
    symbol = '<span aria-hidden="true">▲</span> ' if now.critical else ""
    mind = ' class="pl-mind"' if now.critical else ""
    parts = [
        f'<p class="pl-who">{tier_badge(row.tier.value)} <b>{name}</b> '
        f'<span class="pl-quiet">pump {escape(row.pump_serial)}{phone}</span></p>',
        f"<p><b{mind}>{symbol}{escape(kinds_words(alarm))}</b>, open for <b>{age_words(now.age)}</b>.</p>",
        unknown_html(alarm),
        f"<p>{_heard(alarm, zone)}</p>",
        f"<p>{steps_html(alarm, zone)}</p>",
        quiet_html(now, zone),
        f'<p class="{"pl-mind" if now.stall.late else "pl-careful"}">▲ {escape(now.stall.says)}</p>'
        if now.stall
        else "",
        low_alarm_html(now.low_alarm) if now.low_alarm else "",
    ]
    return f'<article class="pl-row pl-edge-{row.tier.value}">{"".join(parts)}</article>'


def alarm_line_html(now: AlarmNow, zone: ZoneInfo) -> str:
    """Return one open alarm as a line: for a row of the board, and above a form."""
    owner = f"{escape(now.alarm.owner)} sees to it" if now.alarm.owner else "<b>nobody has taken it on</b>"
    symbol = '<span aria-hidden="true">▲</span> ' if now.critical else ""
    mind = ' class="pl-mind"' if now.critical else ""
    line = f"<p><b{mind}>{symbol}{escape(kinds_words(now.alarm))}</b>, open for {age_words(now.age)}; {owner}.</p>"
    late = f'<p class="pl-mind">▲ {escape(now.stall.says)}</p>' if now.stall and now.stall.late else ""
    return f"{line}{late}{quiet_html(now, zone)}"


def unknown_html(alarm: Alarm) -> str:
    """Return what a tone whose kind nobody knows yet is taken for; nothing for a kind that is known."""
    kinds = [ALARM_KINDS[code] for code in alarm.codes]
    notes = [note.says for kind in kinds if not kind.known for note in kind.notes]
    return "".join(f'<p class="pl-careful">{escape(says)}</p>' for says in notes)


def _heard(alarm: Alarm, zone: ZoneInfo) -> str:
    heard = alarm.heard
    by = f" by {escape(heard.heard_by)}" if heard.heard_by else ""
    told = [f"Heard {moment_words(heard.happened_at, zone)}{by}"]
    if heard.reported_at or heard.reported_by:
        at = f" {moment_words(heard.reported_at, zone)}" if heard.reported_at else ""
        who = f" by {escape(heard.reported_by)}" if heard.reported_by else ""
        told.append(f"reported{at}{who}")
    return f"{', '.join(told)}; written down by {escape(alarm.recorded_by)}."


def steps_html(alarm: Alarm, zone: ZoneInfo) -> str:
    """Return who sees to an alarm, and what the pump said when it was asked."""
    taken = alarm.taken_on
    said = ["<b>Nobody has taken it on yet.</b>"]
    if taken is not None:
        said = [f"<b>{escape(taken.said.owner)}</b> sees to it since {moment_words(taken.said.happened_at, zone)}."]
    if not alarm.interrogations:
        said.append("Not interrogated yet.")
    for one in alarm.interrogations:
        by = escape(one.said.interrogated_by or one.recorded_by)
        shown = f"{escape(ALARM_WORDS[one.said.alarm])}; " if one.said.alarm else ""
        runs = "pump running" if one.said.pump_running else '<b class="pl-mind">pump NOT running</b>'
        said.append(f"Interrogated {moment_words(one.said.happened_at, zone)} by {by}: {shown}{runs}.")
    return " ".join(said)


def quiet_html(now: AlarmNow, zone: ZoneInfo) -> str:
    """Return the snooze in force, whose and why; nothing when there is none."""
    snooze = now.snooze
    if snooze is None:
        return ""
    until = moment_words(snooze.said.ends_at, zone)
    by, because = escape(snooze.recorded_by), escape(snooze.said.reason)
    head = f'<span aria-hidden="true">◷</span> <b>Snoozed until {until}</b>'
    return f'<p class="pl-careful">{head} by {by} because: {because}</p>'


def low_alarm_html(evidence: LowAlarm) -> str:
    """Return what a low-reservoir alarm says beside the projection, its working folded under it."""
    lines = "".join(line_html(line) for line in evidence.answer.working)
    mind = "" if evidence.within else ' class="pl-careful"'
    return (
        f"<p{mind}>{escape(evidence.says)}</p>"
        f'<details class="pl-fold"><summary>How this was worked out</summary><ol>{lines}</ol></details>'
    )


def replacement_html(one: Replacement) -> str:
    """Return a pump that comes to the end of its battery: loudly when its replacement is late."""
    name = escape(one.patient_name) if one.patient_name else "No patient on record"
    phone = f" · phone {escape(one.phone)}" if one.phone else ""
    mind = ' class="pl-mind"' if one.stage.is_red else ""
    symbol = '<span aria-hidden="true">▲</span> ' if one.stage.is_red else ""
    where = f" At {escape(one.planned_where)}." if one.planned_where else ""
    return (
        f'<article class="pl-row"><p class="pl-who"><b>{name}</b> '
        f'<span class="pl-quiet">pump {escape(one.pump_serial)}{phone}</span></p>'
        f"<p{mind}>{symbol}<b>{escape(one.says)}</b>{where}</p>"
        f'<p class="pl-quiet">{escape(one.because[:1].upper() + one.because[1:])}.</p></article>'
    )


def open_since_words(alarm: Alarm, at: datetime) -> str:
    """Return an alarm as a choice: which, and how long it has been open."""
    return f"{kinds_words(alarm)}, open for {age_words(at - alarm.heard.happened_at)}"
