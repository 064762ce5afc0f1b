"""Step 3: what was filled."""

from decimal import Decimal

import streamlit as st

from pumplog.desk import Desk
from pumplog.quantities import Unit
from pumplog.screens.fluid_fields import fluid_fields, volume_fields
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.wording import POCKET_FILL_WORDS


def filled_step(form: Form, desk: Desk, ground: Ground) -> Decimal | None:
    """Ask what was filled; the concentration of the primary drug, which step 4 needs for the bridge."""
    concentration = fluid_fields(form, desk.reference, ground.before)
    volume_fields(form)
    _filling(form)
    return concentration


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
