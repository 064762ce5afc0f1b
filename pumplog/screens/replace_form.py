"""A pump takes another's place in the same patient: the old one leaves the list and the new one comes, in one go."""

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.look import as_words
from pumplog.screens.register_form import pump_fields
from pumplog.screens.wording import RISK_WORDS


def replace_form(form: Form, desk: Desk, ground: Ground, story: Story) -> None:
    """Ask for the new pump alone: who the patient is stands, as it is on record."""
    registered = story.state.registered
    if registered is None:
        raise AssertionError("a form about a pump stands on its registration")
    form.say("kind", "registered")
    form.say("replaces", ground.pump_serial)
    for name, value in registered.patient.model_dump(mode="json", exclude_none=True).items():
        form.say(f"patient.{name}", value)
    form.say("clinic_site", registered.clinic_site)
    if story.state.risk_flags:
        form.say("risk_flags", list(story.state.risk_flags))
    risks = ", ".join(RISK_WORDS[flag] for flag in story.state.risk_flags)
    patient = registered.patient
    says = (
        f"For {patient.name}, patient {patient.patient_id}. Pump {ground.pump_serial} leaves the list when the new "
        "one comes, and its story stays to be read. The new pump is red until its first fill is recorded."
    )
    st.info(as_words(f"{says} Risks taken over: {risks}." if risks else says))
    form.moment("happened_at", "Replaced", at=ground.at)
    pump_fields(form, desk.reference, serial=None)
    form.text("implant_site", "Where the new pump lies", value="", example="left abdomen")
    form.text("note", "Note: what was left in the old pump, and where it went", long=True)
