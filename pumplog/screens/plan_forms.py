"""A prescriber's plan for the dose, typed step by step as it was ordered; and its end. Nothing is proposed."""

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.quantities import Unit, show_date
from pumplog.screens.clinical_words import ENDED_WORDS, ROUTE_WORDS
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.rows import more_or_fewer, rows_count

MOST_STEPS = 40


def plan_made_form(form: Form, desk: Desk, ground: Ground) -> None:
    """Route, drug, who ordered it, and every step with its first day and its dose."""
    when_fields(form, ground, "Ordered")
    left, right = st.columns(2)
    with left:
        route = form.one_of("route", "Which dose?", ROUTE_WORDS, required=True)
    with right:
        form.text("prescriber", "Ordered by", required=True)
    with st.container():
        if route == "intrathecal":
            words = {drug.name: drug.name.capitalize() for drug in desk.reference.drugs}
            form.one_of("drug", "Drug of the plan", words, required=True)
        elif route == "oral":
            form.text("drug", "Drug of the plan, as ordered", required=True)
    typed_in = form.one_of("typed_in", "The order is written in", {"mcg": "mcg/day", "mg": "mg/day"}, required=True)
    for place in range(rows_count(form, "steps")):
        step = form.part(f"steps.{place}")
        left, right = st.columns(2)
        with left:
            step.day("from_on", f"Step {place + 1} from", required=True)
        with right:
            unit = Unit.MG_PER_DAY if typed_in == "mg" else Unit.MCG_PER_DAY
            step.number(
                "dose_mcg_per_day",
                f"Step {place + 1} dose",
                Unit.MCG_PER_DAY,
                typed_in=unit,
                unit_in_label=typed_in is not None,
                hint="0 at the end of a taper.",
                required=True,
            )
    more_or_fewer(form, "steps", "step", most=MOST_STEPS)


def plan_ended_form(form: Form, ground: Ground, story: Story) -> None:
    """A running plan is done, or left."""
    words = {
        plan.event_id: f"{plan.made.drug.capitalize()} {ROUTE_WORDS[plan.made.route].lower()}, "
        f"from {show_date(plan.made.steps[0].from_on)}"
        for plan in story.state.clinical.open_plans
    }
    if not words:
        st.info("This pump has no running plan.")
        form.fault("plan_event_id", "This pump has no running plan to end.")
        return
    form.one_of("plan_event_id", "Which plan", words, required=True)
    when_fields(form, ground, "Ended")
    form.one_of("how", "How did it end?", ENDED_WORDS, required=True)
    form.text("reason", "Why?", required=True)
    form.text("prescriber", "Decided by")
