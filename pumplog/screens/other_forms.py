"""Everything that is said about a pump besides a refill and its registration: one form for each kind."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from pumplog.desk import Story
from pumplog.quantities import Unit, show, show_date
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.programme_fields import drug_amount, mass_unit, programme_fields
from pumplog.screens.wording import ALARM_WORDS, RETIRED_WORDS, TONE_WORDS

CHOICES: Final[Mapping[str, str]] = {
    "reprogrammed": "Programme changed",
    "deferred": "Visit without a refill, or pump emptied",
    "alarm_heard": "Alarm heard",
    "alarm_closed": "Close an alarm",
    "retired": "Pump leaves the list",
    "corrected": "Correct an earlier entry",
}


def reprogrammed_form(form: Form, ground: Ground) -> None:
    """A programme change without a refill."""
    when_fields(form, ground, "Changed")
    programme_fields(form, ground.model)
    left, right = st.columns(2)
    with left:
        standing = ground.alarm_volume_ml
        hint = f"Now {show(standing, Unit.ML)}. Leave empty if unchanged." if standing is not None else ""
        form.number("alarm_volume_ml", "New alarm volume", Unit.ML, hint=hint)
    with right:
        form.text("prescriber", "Ordered by")
    with st.expander("More: an extra single bolus"):
        own = mass_unit(form, "single-mass", "Extra single bolus in")
        drug_amount(form, "single_bolus_mcg", "Extra single bolus", Unit.MCG, own)
    form.yes_no("pump_running", "Pump confirmed running?", required=True)


def deferred_form(form: Form, ground: Ground) -> None:
    """A visit that did not end in a refill; the dates restart from what is left."""
    when_fields(form, ground, "Visit")
    form.text("reason", "Why was the pump not refilled?", example="imaging first", required=True)
    left, right = st.columns(2)
    with left:
        form.number("drawn_ml", "Drawn, if it was", Unit.ML, hint="As read from the syringe.")
    with right:
        hint = "What is in the pump now; 0 if it was emptied."
        form.number("volume_left_ml", "Left in or returned", Unit.ML, hint=hint, required=True)
    form.yes_no("pump_running", "Pump running?")


def alarm_heard_form(form: Form, ground: Ground) -> None:
    """An alarm on a phone call, in one screen."""
    when_fields(form, ground, "Heard")
    form.one_of("alarm", "Which alarm", ALARM_WORDS, required=True)
    form.one_of("tone", "Tone", TONE_WORDS)
    form.text("reported_by", "Reported by", example="the patient's sister, by phone")


def alarm_closed_form(form: Form, ground: Ground, story: Story) -> None:
    """An open alarm is closed with what was found and done."""
    words = {
        alarm.event_id: f"{ALARM_WORDS[alarm.heard.alarm]}, {show_date(alarm.heard.happened_at.date())}"
        for alarm in story.state.open_alarms
    }
    if not words:
        st.info("This pump has no open alarm.")
        form.fault("alarm_event_id", "This pump has no open alarm to close.")
        return
    form.one_of("alarm_event_id", "Which alarm", words, required=True)
    when_fields(form, ground, "Cleared")
    form.text("found", "What was found?", long=True, required=True)
    form.text("action", "What was done?", long=True, required=True)


def retired_form(form: Form, ground: Ground) -> None:
    """A pump leaves the list, knowingly."""
    when_fields(form, ground, "Since")
    reason = form.one_of("reason", "Why", RETIRED_WORDS, required=True)
    if reason == "transferred":
        form.text("to_clinic", "Which clinic takes over?", required=True)


def other_form(kind: str, form: Form, ground: Ground, story: Story) -> None:
    """Draw the form of a kind, with the note that every entry may carry."""
    form.say("kind", kind)
    form.say("pump_serial", ground.pump_serial)
    if kind == "reprogrammed":
        reprogrammed_form(form, ground)
    elif kind == "deferred":
        deferred_form(form, ground)
    elif kind == "alarm_heard":
        alarm_heard_form(form, ground)
    elif kind == "alarm_closed":
        alarm_closed_form(form, ground, story)
    else:
        retired_form(form, ground)
    form.text("note", "Note", long=True)


def can_replace(kind: str) -> bool:
    """Whether an entry of this kind can be replaced on the screen, in a form of its own."""
    return kind in ("registered", "refilled", "reprogrammed", "deferred", "alarm_heard", "retired")
