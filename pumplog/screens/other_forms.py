"""Everything that is said about a pump besides a refill and its registration: one form for each kind."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from pumplog.desk import Story
from pumplog.quantities import Unit, show
from pumplog.screens.alarm_forms import (
    alarm_closed_form,
    alarm_heard_form,
    alarm_interrogated_form,
    alarm_snoozed_form,
    alarm_taken_on_form,
    imaged_form,
    replacement_planned_form,
    snooze_cancelled_form,
)
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.programme_fields import drug_amount, mass_unit, programme_fields
from pumplog.screens.wording import RETIRED_WORDS

CHOICES: Final[Mapping[str, str]] = {
    "reprogrammed": "Programme changed",
    "deferred": "Visit without a refill, or pump emptied",
    "alarm_heard": "Alarm heard",
    "alarm_closed": "Close an alarm",
    "imaged": "MRI planned or done",
    "replacement_planned": "Replacement planned",
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


def retired_form(form: Form, ground: Ground) -> None:
    """A pump leaves the list, knowingly."""
    when_fields(form, ground, "Since")
    reason = form.one_of("reason", "Why", RETIRED_WORDS, required=True)
    if reason == "transferred":
        form.text("to_clinic", "Which clinic takes over?", required=True)


ALARM_FORMS: Final[Mapping[str, Callable[[Form, Ground], None]]] = {
    "alarm_heard": alarm_heard_form,
    "alarm_taken_on": alarm_taken_on_form,
    "alarm_interrogated": alarm_interrogated_form,
    "alarm_snoozed": alarm_snoozed_form,
    "snooze_cancelled": snooze_cancelled_form,
    "imaged": imaged_form,
    "replacement_planned": replacement_planned_form,
}


def other_form(kind: str, form: Form, ground: Ground, story: Story, *, alarm_event_id: str | None = None) -> None:
    """Draw the form of a kind, with the note that every entry may carry; of one alarm, when it is about one."""
    form.say("kind", kind)
    form.say("pump_serial", ground.pump_serial)
    form.say("alarm_event_id", alarm_event_id)
    if kind == "reprogrammed":
        reprogrammed_form(form, ground)
    elif kind == "deferred":
        deferred_form(form, ground)
    elif kind == "alarm_closed":
        alarm_closed_form(form, ground, story)
    elif kind in ALARM_FORMS:
        ALARM_FORMS[kind](form, ground)
    else:
        retired_form(form, ground)
    form.text("note", "Note", long=True)


def can_replace(kind: str) -> bool:
    """Whether an entry of this kind can be replaced on the screen, in a form of its own."""
    about_a_visit = ("registered", "refilled", "reprogrammed", "deferred", "retired")
    return kind in about_a_visit or kind in ("alarm_heard", "imaged", "replacement_planned")
