"""Step 4: what was programmed."""

from decimal import Decimal

import streamlit as st

from pumplog.desk import Desk
from pumplog.quantities import Unit, show
from pumplog.screens.bridge_panel import bridge_panel
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.programme_fields import drug_amount, mass_unit, programme_fields


def programmed_step(form: Form, desk: Desk, ground: Ground, concentration: Decimal | None) -> None:
    """Ask what was programmed, and about the bridge where the concentration is another than before."""
    programme_fields(form, ground.model)
    with st.container():
        bridge_panel(form, desk, ground.pump_id, ground.before, concentration)
    _programmed(form, ground)


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
