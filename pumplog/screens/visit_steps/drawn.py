"""Step 2: what was drawn."""

import streamlit as st

from pumplog.quantities import Unit
from pumplog.screens.form import Form
from pumplog.screens.programme_fields import drug_amount, mass_unit


def drawn_step(form: Form) -> None:
    """Ask what was drawn, and what the pump and its programmer said."""
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
