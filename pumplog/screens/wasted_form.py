"""Controlled drug that was thrown away apart from a visit: found later, or of a vial that went into no pump."""

import streamlit as st

from pumplog.entries.refilled import Component
from pumplog.quantities import Unit
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.programme_fields import drug_amount, mass_unit
from pumplog.screens.waste_fields import amount_fields


def wasted_form(form: Form, ground: Ground) -> None:
    """Controlled drug thrown away apart from a visit, in front of a witness."""
    when_fields(form, ground, "Thrown away")
    left, right = st.columns(2)
    with left:
        drug = form.text("drug", "Which drug?", required=True)
        form.text("lot", "Lot")
    with right:
        mass = mass_unit(form, "mass", "Concentration in")
        concentration = drug_amount(
            form, "concentration_mcg_per_ml", "Concentration", Unit.MCG_PER_ML, mass, required=True
        )
    known = bool(drug and concentration)
    fluid = [Component(drug=drug, concentration_mcg_per_ml=concentration)] if known else []
    amount_fields(form.part("waste"), fluid, of="vial", required=True)
    form.text("reason", "Why, and where it was found")
