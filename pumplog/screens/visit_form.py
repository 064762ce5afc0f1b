"""The refill visit as one page of fields, in the order of the work."""

import streamlit as st

from pumplog.desk import Desk
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.visit_steps.drawn import drawn_step
from pumplog.screens.visit_steps.filled import filled_step
from pumplog.screens.visit_steps.leaving import leaving_step
from pumplog.screens.visit_steps.programmed import programmed_step
from pumplog.screens.visit_steps.who import who_step


def visit_form(form: Form, desk: Desk, ground: Ground) -> None:
    """Draw every field of a refill visit."""
    form.say("kind", "refilled")
    form.say("pump_serial", ground.pump_serial)
    with st.container(border=True):
        st.subheader("1 Who and when")
        who_step(form, ground)
    with st.container(border=True):
        st.subheader("2 Drawn")
        drawn_step(form)
    with st.container(border=True):
        st.subheader("3 Filled")
        concentration = filled_step(form, desk, ground)
    with st.container(border=True):
        st.subheader("4 Programmed")
        programmed_step(form, desk, ground, concentration)
    with st.container(border=True):
        st.subheader("5 Before the patient leaves")
        leaving_step(form)
