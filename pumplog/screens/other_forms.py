"""Everything that is said about a pump besides a refill and its registration: one form for each kind."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.entries import Refilled
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
from pumplog.screens.bridge_panel import bridge_panel
from pumplog.screens.clinical_forms import diary_form, medicines_form, risks_form, scored_form
from pumplog.screens.deferred_forms import deferred_form, emptied_form
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.plan_forms import plan_ended_form, plan_made_form
from pumplog.screens.programme_fields import drug_amount, mass_unit, programme_fields
from pumplog.screens.wasted_form import wasted_form
from pumplog.screens.wording import PLACE_WORDS, RETIRED_WORDS

CHOICES: Final[Mapping[str, str]] = {
    "reprogrammed": "Programme changed",
    "deferred": "Visit without a refill",
    "emptied": "Pump emptied, for an MRI",
    "scored": "Scores",
    "diary": "Symptom diary",
    "medicines": "Medicines",
    "risk_flags_changed": "Risks changed",
    "plan_made": "Plan for the dose",
    "plan_ended": "End a plan",
    "alarm_heard": "Alarm heard",
    "alarm_closed": "Close an alarm",
    "imaged": "MRI planned or done",
    "replacement_planned": "Replacement planned",
    "replaced": "Pump replaced by a new one",
    "wasted": "Controlled drug wasted, apart from a visit",
    "retired": "Pump leaves the list",
    "corrected": "Correct an earlier entry",
}


def reprogrammed_form(form: Form, desk: Desk, ground: Ground, story: Story) -> None:
    """A programme change without a refill."""
    when_fields(form, ground, "Changed")
    form.one_of("place", "Where", PLACE_WORDS)
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
    _late_bridge(form, desk, ground, story)
    form.yes_no("pump_running", "Pump confirmed running?", required=True)


def _late_bridge(form: Form, desk: Desk, ground: Ground, story: Story) -> None:
    """A bridge that is programmed only now: asked where the last fill brought another concentration."""
    fills = [visit for visit in story.state.visits if isinstance(visit.entry, Refilled)]
    old = fills[-1].since_fill[-1] if fills and fills[-1].since_fill else None
    now = fills[-1].standing.concentration_mcg_per_ml if fills else None
    with st.container():
        if old is None or old.concentration_mcg_per_ml == now:
            return
        words = "The last fill changed the concentration: a bridge bolus is programmed with this change"
        if st.checkbox(words, key=form.key("late_bridge"), persist_state="session"):
            bridge_panel(form, desk, ground.pump_id, old, now)


def retired_form(form: Form, ground: Ground) -> None:
    """A pump leaves the list, knowingly; one that is replaced leaves it with the form of the new one."""
    when_fields(form, ground, "Since")
    words = {reason: words for reason, words in RETIRED_WORDS.items() if reason != "replaced"}
    reason = form.one_of("reason", "Why", words, required=True)
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


def other_form(
    kind: str, form: Form, desk: Desk, ground: Ground, story: Story, *, alarm_event_id: str | None = None
) -> None:
    """Draw the form of a kind, with the note that every entry may carry; of one alarm, when it is about one."""
    form.say("kind", "deferred" if kind == "emptied" else kind)
    form.say("pump_serial", ground.pump_serial)
    form.say("alarm_event_id", alarm_event_id)
    match kind:
        case "reprogrammed":
            reprogrammed_form(form, desk, ground, story)
        case "deferred":
            deferred_form(form, ground)
        case "emptied":
            emptied_form(form, ground)
        case "alarm_closed":
            alarm_closed_form(form, ground, story)
        case "wasted":
            wasted_form(form, ground)
        case "scored":
            scored_form(form, ground)
        case "diary":
            diary_form(form, ground)
        case "medicines":
            medicines_form(form, ground, story)
        case "risk_flags_changed":
            risks_form(form, ground, story)
        case "plan_made":
            plan_made_form(form, desk, ground)
        case "plan_ended":
            plan_ended_form(form, ground, story)
        case _ if kind in ALARM_FORMS:
            ALARM_FORMS[kind](form, ground)
        case _:
            retired_form(form, ground)
    form.text("note", "Note", long=True)


def can_replace(kind: str) -> bool:
    """Whether an entry of this kind can be replaced on the screen, in a form of its own."""
    return kind in _REPLACED_ON_SCREEN


_REPLACED_ON_SCREEN: Final = frozenset(
    {
        *("registered", "refilled", "reprogrammed", "deferred", "retired"),
        *("alarm_heard", "imaged", "replacement_planned"),
        *("scored", "diary", "medicines", "risk_flags_changed", "plan_made"),
    }
)
"""An entry that closes or ends another is taken back instead, and said anew."""
