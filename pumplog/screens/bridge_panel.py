"""The bridge bolus: asked when the concentration is another than at the last fill."""

from decimal import Decimal

import streamlit as st

from pumplog.desk import Desk
from pumplog.entries.refilled import Bridge
from pumplog.errors import CalculationRefused
from pumplog.quantities import Unit, show
from pumplog.screens.form import Form
from pumplog.screens.look import as_words
from pumplog.screens.programme_fields import drug_amount, mass_unit
from pumplog.state import Standing


def bridge_panel(
    form: Form, desk: Desk, pump_id: str, before: Standing | None, concentration: Decimal | None
) -> None:
    """Ask about the bridge when old drug of another concentration fills this pump's path; else show nothing."""
    if before is None or concentration is None or concentration == before.concentration_mcg_per_ml:
        return
    bridge = form.part("bridge")
    with st.container(border=True, key="bridge"):
        st.subheader("Bridge bolus")
        reading = bridge.number(
            "tubing_ml", "Pump tubing volume, as the programmer uses it now", Unit.ML, hint=_registered(desk, pump_id)
        )
        with st.container():
            _worked_out(desk, pump_id, before, reading.value if reading else None)
        given = bridge.yes_no("given", "Was the bridge bolus programmed?")
        if given is None:
            bridge.fault("given", "The concentration changes: say whether a bridge bolus was programmed.")
        elif given:
            _as_programmed(bridge)
        else:
            bridge.text("reason_not_given", "Why not?", required=True)


def _as_programmed(bridge: Form) -> None:
    one, two, three = st.columns(3)
    with one:
        mass = mass_unit(bridge, "mass", "Bridge dose in")
    with two:
        hint = "As read from the programmer."
        drug_amount(bridge, "bridge_mcg", "Bridge dose", Unit.MCG, mass, hint=hint, required=True)
    with three:
        bridge.number("bridge_hours", "Runs for", Unit.HOURS, hint="As read from the programmer.", required=True)


def _registered(desk: Desk, pump_id: str) -> str:
    registered = desk.story_of(pump_id).state.registered
    tubing_ml = registered.pump.tubing_volume_ml if registered else None
    if tubing_ml is None:
        return "Not on record for this pump."
    return f"On record for this pump: {show(tubing_ml, Unit.ML)}. Leave empty if it is the same."


def _worked_out(desk: Desk, pump_id: str, before: Standing, tubing_ml: Decimal | None) -> None:
    try:
        answer = desk.bridge_for(pump_id, before, Bridge(given=False, tubing_ml=tubing_ml))
    except CalculationRefused as refusal:
        st.info(as_words("The bridge cannot be worked out here: " + " ".join(refusal.reasons)))
        return
    dose, hours = show(answer["bridge_mcg"], Unit.MCG), show(answer["bridge_hours"], Unit.HOURS, 1)
    path = show(answer["path_ml"], Unit.ML)
    st.html(
        f'<p class="pl-worked">Worked out for this pump: <b>{dose}</b> over <b>{hours}</b> '
        f"for {path} of old drug in its path. Check it against the programmer.</p>"
    )
    with st.expander("Working"):
        for line in answer.working:
            st.markdown(as_words(f"{line.meaning} {line.with_numbers} = {line.shown}"))
