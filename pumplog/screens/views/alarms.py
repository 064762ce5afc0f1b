"""Alarms: log one on a phone call; the open ones stay on top until somebody closes them."""

from html import escape

import streamlit as st

from pumplog.desk import Alarms, Desk
from pumplog.outlook import AlarmNow
from pumplog.people import act_of
from pumplog.screens import clinic, signed_in
from pumplog.screens.alarm_task import Task, begin, end, form_of, task_in_hand
from pumplog.screens.alarm_words import alarm_html, alarm_line_html, replacement_html
from pumplog.screens.check_and_save import show_saved
from pumplog.screens.form_look import wear_forms
from pumplog.screens.going import go_to
from pumplog.screens.look import as_words
from pumplog.screens.protocol_panel import protocol_html
from pumplog.screens.sentences import away
from pumplog.screens.story_log import moment_words

REFRESH_EVERY = "60s"
SAVED = "alarms"
LINES_ABOVE_COUNT = 5
"""So many lines leave room for the form on a tablet."""


def page() -> None:
    """Show what is open; or, under it, the form that was asked for."""
    wear_forms()
    st.title("Alarms", anchor=False)
    desk = clinic.desk()
    if show_saved(SAVED, again="On with the alarms"):
        end()
    task = task_in_hand()
    if task is None:
        if desk.may(act_of("alarm_heard")) and st.button("Log an alarm", type="primary", key="log-alarm"):
            begin(Task("alarm_heard"))
        alarms_at_once()
        return
    open_above(desk.alarms(), task, desk)
    if st.button("Back to the alarms", key="task-back"):
        end()
        st.rerun()
    form_of(task, desk, saved_as=SAVED)


@st.fragment(run_every=REFRESH_EVERY)
def alarms_at_once() -> None:
    """Show every open alarm as it is this minute; it refreshes itself and touches no form."""
    desk = signed_in.or_drawn_anew(lambda: clinic.desk(touched=False))
    alarms = desk.alarms()
    waiting = [one for one in alarms.open if one.waits]
    quiet = [one for one in alarms.open if not one.waits]
    st.subheader(f"Open alarms: {len(alarms.open)}", anchor=False)
    if not alarms.open:
        st.write("No alarm is open.")
    for one in waiting:
        alarm_card(one, desk)
    if quiet:
        st.subheader(f"Snoozed: {len(quiet)}", anchor=False)
        for one in quiet:
            alarm_card(one, desk)
    replacements(alarms, desk)
    scans(alarms, desk)


def alarm_card(one: AlarmNow, desk: Desk) -> None:
    """Show one alarm, the protocol where it is called for, and what can be said about it."""
    alarm, pump_id = one.alarm, one.row.pump_id
    with st.container(key=f"alarm-{alarm.event_id}"):
        st.html(alarm_html(one, desk.zone) + protocol_html(one.row, desk.reference))
        steps = {
            "alarm_taken_on": "Take it on" if alarm.owner is None else "Another owner",
            "alarm_interrogated": "Interrogated",
            **({"snooze_cancelled": "Cancel snooze"} if alarm.snooze else {"alarm_snoozed": "Snooze"}),
            "alarm_closed": "Close",
        }
        with st.container(horizontal=True):
            for kind, words in steps.items():
                if desk.may(act_of(kind)) and st.button(words, key=f"{kind}-{alarm.event_id}"):
                    begin(Task(kind, pump_id, alarm.event_id))
            if st.button("Story", key=f"story-{alarm.event_id}"):
                go_to("story", pump_id)


def open_above(alarms: Alarms, task: Task, desk: Desk) -> None:
    """Keep the open alarms on top while a form is filled in, each as a line; the one it is about comes first."""
    others = sorted(alarms.open, key=lambda one: one.alarm.event_id != task.alarm_event_id)
    for one in others[:LINES_ABOVE_COUNT]:
        about = "pl-found" if one.alarm.event_id == task.alarm_event_id else ""
        name = escape(one.row.patient_name or "No patient on record")
        st.html(
            f'<div class="pl-row pl-edge-{one.row.tier.value} {about}"><p class="pl-who"><b>{name}</b> '
            f'<span class="pl-quiet">pump {escape(one.row.pump_serial)}</span></p>'
            f"{alarm_line_html(one, desk.zone)}</div>"
        )
    if len(others) > LINES_ABOVE_COUNT:
        st.caption(f"{len(others) - LINES_ABOVE_COUNT} more are open.")


def replacements(alarms: Alarms, desk: Desk) -> None:
    """Show the pumps that come to the end of their battery, the late ones first."""
    st.subheader(f"Replacement to be planned: {len(alarms.replacements)}", anchor=False)
    if not alarms.replacements:
        st.write("No pump is due for replacement.")
    for one in alarms.replacements:
        with st.container(key=f"replacement-{one.pump_id}"):
            st.html(replacement_html(one))
            with st.container(horizontal=True):
                if desk.may(act_of("replacement_planned")) and st.button("Plan it", key=f"plan-{one.pump_id}"):
                    begin(Task("replacement_planned", one.pump_id))
                if st.button("Story", key=f"story-of-{one.pump_id}"):
                    go_to("story", one.pump_id)


def scans(alarms: Alarms, desk: Desk) -> None:
    """Show the scans that are planned, or were just now, until what came of them is recorded."""
    if not alarms.scans:
        return
    st.subheader(f"MRI ahead: {len(alarms.scans)}", anchor=False)
    for one in alarms.scans:
        with st.container(key=f"scan-{one.row.pump_id}"):
            who = as_words(f"{one.row.patient_name or 'No patient on record'}, pump {one.row.pump_serial}")
            where = f", {as_words(one.scan.where)}" if one.scan.where else ""
            day = one.planned_at.astimezone(desk.zone).date()
            st.write(f"**{who}**: {moment_words(one.planned_at, desk.zone)}{where}, {away(day, one.row.today)}.")
            if desk.may(act_of("imaged")) and st.button("Record it as done", key=f"scan-done-{one.row.pump_id}"):
                begin(Task("imaged", one.row.pump_id))


if __name__ == "__main__":
    page()
