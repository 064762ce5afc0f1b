"""One form for each thing that is said about an alarm, a scan or a replacement."""

from datetime import timedelta
from typing import Final

import streamlit as st

from pumplog.desk import Story
from pumplog.quantities import show_date
from pumplog.reference import ALARM_KINDS
from pumplog.screens.alarm_words import open_since_words
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, late_field, when_fields
from pumplog.screens.look import as_words
from pumplog.screens.wording import ALARM_WORDS, SCAN_WORDS, TONE_WORDS

KINDS_BY_TONE: Final = {"single": "single beep about hourly", "two_tone": "two-tone"}
SNOOZE_OFFERED: Final = timedelta(hours=1)


def alarm_heard_form(form: Form, ground: Ground) -> None:
    """An alarm on a phone call, in one screen; read back to the caller at its end."""
    tone = form.one_of("tone", "Tone", TONE_WORDS)
    hint = st.empty()
    alarm = form.one_of("alarm", "Which alarm", ALARM_WORDS, required=True)
    heard_tone = tone if tone in KINDS_BY_TONE else _tone_alone(alarm)
    if heard_tone is not None:
        hint.info(_can_mean(heard_tone))
    heard = form.moment("happened_at", "Heard", at=ground.at)
    left, right = st.columns(2)
    with left:
        heard_by = form.text("heard_by", "Heard by", example="the patient")
    with right:
        reported_by = form.text("reported_by", "Reported by", example="the patient's sister, by phone")
    late_field(form, ground, form.moment("reported_at", "Reported", at=ground.at))
    back = st.container()
    if alarm and heard:
        by = f", heard by {heard_by}" if heard_by else ""
        told = f", reported by {reported_by}" if reported_by else ""
        tones = f"{TONE_WORDS[tone].lower()}, " if tone else ""
        since = f"{show_date(heard.date())}, {heard:%H:%M}"
        back.html('<p class="pl-hint">Read it back to the caller:</p>')
        with back:
            st.text(f"{ground.pump_serial}: {tones}{ALARM_WORDS[alarm]}, since {since}{by}{told}.")


def _tone_alone(alarm: str | None) -> str | None:
    """The tone that was heard, where the alarm is not known but by its tone."""
    if alarm is None or ALARM_KINDS[alarm].known:
        return None
    return next((tone for tone, words in KINDS_BY_TONE.items() if words == ALARM_KINDS[alarm].tone), None)


def _can_mean(tone: str) -> str:
    """What a tone can mean, for somebody who does not know the kind."""
    kinds = [kind for kind in ALARM_KINDS.values() if kind.tone == KINDS_BY_TONE[tone]]
    known = ", ".join(kind.words for kind in kinds if kind.known)
    unknown = next(kind for kind in kinds if not kind.known)
    note = " ".join(note.says for note in unknown.notes)
    return f"{TONE_WORDS[tone]} can mean: {known}. Not known? Choose “{ALARM_WORDS[unknown.code]}”. {note}"


def alarm_taken_on_form(form: Form, ground: Ground) -> None:
    """Somebody sees to an alarm until it is closed."""
    when_fields(form, ground, "Taken on")
    form.text("owner", "Who sees to it?", value=ground.by or "", required=True)


def alarm_interrogated_form(form: Form, ground: Ground) -> None:
    """The pump was asked what its own log says."""
    when_fields(form, ground, "Interrogated")
    form.yes_no("pump_running", "Pump running?", required=True)
    known = {code: words for code, words in ALARM_WORDS.items() if ALARM_KINDS[code].known}
    form.one_of("alarm", "What does the pump's own log call it?", known)
    left, right = st.columns(2)
    with left:
        form.text("interrogated_by", "Interrogated by", value=ground.by or "")
    with right:
        form.text("shown", "Shown on the programmer", example="stall 10:02, recovery 10:21")


def alarm_snoozed_form(form: Form, ground: Ground) -> None:
    """The reminder of one alarm is quiet for a while; the pump stays where it is on the board."""
    st.caption("A snooze quiets the reminder of this one alarm. A red row stays red, and nothing else is hidden.")
    form.moment("ends_at", "Snooze until", at=ground.at + SNOOZE_OFFERED)
    form.text("reason", "Why can it wait?", example="on the way here, arrives at 11", required=True)


def snooze_cancelled_form(form: Form, ground: Ground) -> None:
    """The reminder is back before the end of the snooze."""
    st.caption(f"The reminder of pump {as_words(ground.pump_serial)} is back as soon as this is saved.")
    form.text("reason", "Why, if there is something to say")


def alarm_closed_form(form: Form, ground: Ground, story: Story) -> None:
    """An open alarm is closed with what was found and done."""
    words = {alarm.event_id: open_since_words(alarm, ground.at) for alarm in story.state.open_alarms}
    if not words:
        st.info("This pump has no open alarm.")
        form.fault("alarm_event_id", "This pump has no open alarm to close.")
        return
    if form.heard("alarm_event_id") is None:
        form.one_of("alarm_event_id", "Which alarm", words, required=True)
    when_fields(form, ground, "Cleared")
    form.text("found", "What was found?", long=True, required=True)
    form.text("action", "What was done?", long=True, required=True)
    left, right = st.columns(2)
    with left:
        form.text("found_by", "Found by", value=ground.by or "")
    with right:
        form.text("cleared_by", "Cleared by", value=ground.by or "")
    form.yes_no("pump_running", "Pump running?")


def imaged_form(form: Form, ground: Ground) -> None:
    """A scan in a magnet, planned or done."""
    how = form.one_of("how", "The MRI is", SCAN_WORDS, required=True)
    when = st.container()
    with when:
        if how == "planned":
            form.moment("planned_at", "Planned for", at=ground.at)
        else:
            when_fields(form, ground, "Ended")
    left, right = st.columns(2)
    with left:
        form.text("field_strength", "Field strength", example="1.5 T")
        form.text("where", "Where", example="North hospital, radiology")
    with right:
        form.text("scanner_model", "Model of the scanner")


def replacement_planned_form(form: Form, ground: Ground) -> None:
    """The pump is to be replaced on a day."""
    form.day("planned_on", "Replacement planned for", hint=f"Of pump {ground.pump_serial}.", required=True)
    form.text("where", "Where, and by whom", example="North hospital, neurosurgery", required=True)
