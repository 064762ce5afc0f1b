"""The refill visit as one page of fields, in the order of the work."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.errors import EntryRefused
from pumplog.quantities import Unit, show
from pumplog.reference import PumpModel
from pumplog.screens.bridge_panel import bridge_panel
from pumplog.screens.fluid_fields import fluid_fields, volume_fields
from pumplog.screens.form import Form
from pumplog.screens.programme_fields import drug_amount, mass_unit, programme_fields
from pumplog.screens.wording import PLACE_WORDS, POCKET_FILL_WORDS
from pumplog.state import Standing


@dataclass(frozen=True)
class Ground:
    """What a form about a pump stands on: the pump, what it held before, and when something last happened.

    `last_happened_at` is None where an entry is replaced: a replacement is never late.
    """

    pump_id: str
    pump_serial: str
    model: PumpModel | None
    before: Standing | None
    alarm_volume_ml: Decimal | None
    last_happened_at: datetime | None
    at: datetime
    by: str | None


def ground_of(desk: Desk, story: Story, at: datetime, by: str | None) -> Ground | None:
    """The ground of a new entry, or None for a pump that nobody registered."""
    registered, standing = story.state.registered, story.state.standing
    if registered is None:
        return None
    return Ground(
        pump_id=story.state.pump_id,
        pump_serial=registered.pump_serial,
        model=model_of(desk, registered.pump.model),
        before=standing,
        alarm_volume_ml=standing.alarm_volume_ml if standing else registered.pump.alarm_volume_ml,
        last_happened_at=story.state.last_happened_at,
        at=at,
        by=by,
    )


def model_of(desk: Desk, name: str) -> PumpModel | None:
    """The reference row of a pump model, or None for one on no list."""
    try:
        return desk.reference.pump_model(name)
    except EntryRefused:
        return None


def when_fields(form: Form, ground: Ground, label: str) -> None:
    """Ask when it happened; and why it is late, when something later is on record."""
    moment = form.moment("happened_at", label, at=ground.at)
    last = ground.last_happened_at
    with st.container():
        if moment is not None and last is not None and moment < last:
            st.warning("Something that happened later is already on record for this pump: this is a late entry.")
            example = "paper form, typed in afterwards"
            form.text("late_reason", "Why is it late?", example=example, required=True)


def visit_form(form: Form, desk: Desk, ground: Ground) -> None:
    """Draw every field of a refill visit."""
    form.say("kind", "refilled")
    form.say("pump_serial", ground.pump_serial)
    with st.container(border=True):
        st.subheader("1 Who and when")
        _who(form, ground)
    with st.container(border=True):
        st.subheader("2 Drawn")
        _drawn(form)
    with st.container(border=True):
        st.subheader("3 Filled")
        concentration = fluid_fields(form, desk.reference, ground.before)
        volume_fields(form)
        _filling(form)
    with st.container(border=True):
        st.subheader("4 Programmed")
        programme_fields(form, ground.model)
        with st.container():
            bridge_panel(form, desk, ground.pump_id, ground.before, concentration)
        _programmed(form, ground)
    with st.container(border=True):
        st.subheader("5 Before the patient leaves")
        _leaving(form)


def _who(form: Form, ground: Ground) -> None:
    words = {"name": "Name", "born": "Date of birth", "patient": "Patient id", "serial": "Pump serial"}
    ticked = st.pills(
        "Which identifiers did you confirm? Two are needed",
        list(words),
        selection_mode="multi",
        format_func=words.__getitem__,
        key=form.key("identifiers"),
        persist_state="session",
    )
    form.say("identifiers_confirmed", len(ticked) >= 2)
    form.mark("identifiers_confirmed")
    when_fields(form, ground, "Visit")
    left, right = st.columns(2)
    with left:
        form.one_of("place", "Where", PLACE_WORDS, first="clinic")
    with right:
        form.text("refilled_by", "Refilled by", value=ground.by or "")


def _drawn(form: Form) -> None:
    left, right = st.columns(2)
    with left:
        hint = "As read from the syringe."
        form.number("drawn_ml", "Drawn", Unit.ML, hint=hint)
    with right:
        form.yes_no("interrogated", "Pump interrogated first?")
    with st.expander("More: what the programmer said, the aspirate, the needle"):
        left, right = st.columns(2)
        with left:
            form.number("programmer_volume_ml", "Programmer says: volume", Unit.ML)
            form.text("appearance", "Aspirate looked", example="clear")
            form.text("needle", "Needle")
        with right:
            form.day("eri_on", "Elective replacement date")
            attempts = form.number("attempts_count", "Attempts", Unit.RATIO, hint="How often the needle was placed.")
            if attempts is not None and attempts.value != attempts.value.to_integral_value():
                form.fault("attempts_count", "Attempts: type a whole number.")
        mass = mass_unit(form, "used-mass", "Boluses the patient used, in")
        hint = "In all since the last fill, from the pump's log."
        drug_amount(form, "patient_boluses_used_mcg", "Boluses the patient used", Unit.MCG, mass, hint=hint)


def _filling(form: Form) -> None:
    left, right = st.columns(2)
    with left:
        form.yes_no("rinsed", "Rinsed?")
    with right:
        form.yes_no("aspiration_checked", "Aspiration checked?")
    form.several("pocket_fill_signs", "Signs of a fill beside the pump, if any", POCKET_FILL_WORDS)
    with st.expander("More: re-measured, wasted drug"):
        form.number("remeasured_ml", "Re-measured right after the fill", Unit.ML)
        waste = form.part("waste")
        st.markdown("**Wasted controlled drug**")
        one, two, three = st.columns(3)
        with one:
            volume = waste.number("volume_ml", "Wasted", Unit.ML)
        needed = volume is not None
        with two:
            witness = waste.text("witness", "Witness", required=needed)
        with three:
            method = waste.text("method", "How", required=needed)
        if (witness or method) and volume is None:
            waste.fault("volume_ml", "Wasted: type the volume.")


def _programmed(form: Form, ground: Ground) -> None:
    left, right = st.columns(2)
    with left:
        standing = ground.alarm_volume_ml
        hint = f"Now {show(standing, Unit.ML)}. Leave empty if unchanged." if standing is not None else ""
        form.number("alarm_volume_ml", "New alarm volume", Unit.ML, hint=hint)
    with right:
        form.day("programmer_alarm_on", "Programmer says: alarm date")
    with st.expander("More: priming, an extra single bolus"):
        form.number("priming_ml", "Priming bolus", Unit.ML)
        own = mass_unit(form, "single-mass", "Extra single bolus in")
        drug_amount(form, "single_bolus_mcg", "Extra single bolus", Unit.MCG, own)
    form.yes_no("pump_running", "Pump confirmed running?", required=True)


def _leaving(form: Form) -> None:
    with st.container(horizontal=True):
        form.tick("teaching_done", "Teaching done")
        form.tick("signs_restated", "Signs of withdrawal and overdose told again")
        form.tick("card_given", "Card handed over")
    form.day("next_visit_on", "Next visit booked for")
    form.text("note", "Note", long=True)
