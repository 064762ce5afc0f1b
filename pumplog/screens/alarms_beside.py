"""Open alarms on the pages that are not theirs: a strip above the board, lines in a pump's row and story."""

import streamlit as st

from pumplog.outlook import AlarmNow, Outlook, protocol_because
from pumplog.screens import clinic
from pumplog.screens.alarm_words import age_words, alarm_line_html
from pumplog.screens.going import go_to
from pumplog.screens.protocol_panel import protocol_html


def alarms_strip() -> None:
    """Say how many alarms are open and how many wait; nothing when none is and no replacement is late."""
    alarms = clinic.desk(touched=False).alarms()
    late_count = sum(one.stage.is_red for one in alarms.replacements)
    if not alarms.open and not late_count:
        return
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="alarms-strip"):
        st.html(f'<p role="status">{strip_words(alarms.open, late_count)}</p>')
        with st.container(width=150):
            if st.button("Alarms", key="to-alarms", width="stretch"):
                go_to("alarms")


def strip_words(open_now: tuple[AlarmNow, ...], late_count: int) -> str:
    """Return the strip: how many are open, how many nobody has taken on, the oldest, how many are snoozed."""
    parts = []
    if open_now:
        ownerless = sum(one.alarm.owner is None for one in open_now)
        quiet = sum(not one.waits for one in open_now)
        parts.append(f"<b>{len(open_now)} open {'alarm' if len(open_now) == 1 else 'alarms'}</b>")
        parts.append(f"the oldest for {age_words(max(one.age for one in open_now))}")
        parts += [f'<b class="pl-mind">▲ {ownerless} taken on by nobody</b>'] if ownerless else []
        parts += [f"{quiet} snoozed"] if quiet else []
    if late_count:
        words = "replacement" if late_count == 1 else "replacements"
        parts.append(f'<b class="pl-mind">▲ {late_count} pump {words} late</b>')
    return " · ".join(parts)


def alarms_beside(row: Outlook) -> str:
    """Return what belongs under a pump's row: owner, age and snooze of its open alarms; the clinic's protocol."""
    if not row.open_alarm_codes and protocol_because(row) is None:
        return ""
    desk = clinic.desk(touched=False)
    lines = [alarm_line_html(one, desk.zone) for one in desk.alarms_of(row.pump_id)]
    return "".join(lines) + protocol_html(row, desk.reference)
