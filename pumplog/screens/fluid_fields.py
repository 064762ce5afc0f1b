"""What was filled: the drugs of the fluid, and the volumes."""

from decimal import Decimal

import streamlit as st

from pumplog.quantities import Unit, show
from pumplog.reference import Drug, Reference
from pumplog.screens.form import Form
from pumplog.screens.look import as_words
from pumplog.screens.programme_fields import drug_amount, mass_unit
from pumplog.state import Standing

MOST_DRUGS = 6


def fluid_fields(form: Form, reference: Reference, before: Standing | None) -> Decimal | None:
    """Ask for every drug of the fluid; returns the concentration of the primary one."""
    count_key = form.key("fluid_count")
    drugs_count = st.session_state.setdefault(count_key, 1)
    primary = _component(form, 0, reference, before)
    with st.container():
        for place in range(1, drugs_count):
            with st.container(border=True):
                _component(form, place, reference, None)
    with st.container(horizontal=True):
        if drugs_count < MOST_DRUGS and st.button("Add a drug of the mixture", key=f"{count_key}:more"):
            st.session_state[count_key] = drugs_count + 1
            st.rerun()
        if drugs_count > 1 and st.button("Remove the last drug", key=f"{count_key}:fewer"):
            st.session_state[count_key] = drugs_count - 1
            st.rerun()
    return primary


def _component(form: Form, place: int, reference: Reference, before: Standing | None) -> Decimal | None:
    part = form.part(f"fluid.{place}")
    words = {drug.name: drug.name.capitalize() for drug in reference.drugs}
    name = part.one_of("drug", "Drug" if place == 0 else f"Drug {place + 1}", words, required=True)
    drug = reference.drug(name) if name else None
    left, right = st.columns(2)
    with left:
        mass = mass_unit(part, "mass", "Concentration in")
    with right:
        concentration = drug_amount(
            part,
            "concentration_mcg_per_ml",
            "Concentration",
            Unit.MCG_PER_ML,
            mass,
            hint=_last_words(before) or "Type it from the label.",
            required=True,
        )
    one, two, three = st.columns(3)
    with one:
        part.text("lot", "Lot")
    with two:
        part.day("expiry_on", "Expiry date")
    with three:
        part.day("beyond_use_on", "Pharmacy's beyond-use date", hint=_beyond_use_hint(drug))
    with st.container():
        if place == 0 and drug is not None:
            _how_filled(form, drug)
    with st.container():
        _warn_of_change(before, concentration)
    return concentration


def _last_words(before: Standing | None) -> str:
    if before is None:
        return ""
    last = before.fluid[0]
    return f"Last fill: {last.drug} {show(last.concentration_mcg_per_ml, Unit.MCG_PER_ML)}. Type it from the label."


def _beyond_use_hint(drug: Drug | None) -> str:
    if drug is not None and drug.beyond_use_date_required:
        return f"Needed for {drug.name}: without it no refill date can be given."
    return ""


def _how_filled(form: Form, drug: Drug) -> None:
    """Asked only of a drug whose limit depends on it."""
    if drug.diluted_limit_days is not None:
        form.yes_no("diluted", "Diluted?")
    if drug.first_fill_limit_days is not None:
        form.yes_no("first_fill", "First fill with this drug?")


def _warn_of_change(before: Standing | None, concentration: Decimal | None) -> None:
    if before is None or concentration is None or concentration == before.concentration_mcg_per_ml:
        return
    old, new = (show(one, Unit.MCG_PER_ML) for one in (before.concentration_mcg_per_ml, concentration))
    st.warning(
        as_words(
            f"The concentration changes from {old} to {new}. "
            "Old drug is still in the tubing and catheter: answer the bridge bolus below."
        )
    )


def volume_fields(form: Form) -> None:
    """Ask what stayed in or went back, what was injected, and what is in the pump now."""
    one, two, three = st.columns(3)
    with one:
        form.number("volume_left_ml", "Left in or returned", Unit.ML, hint="Empty counts as 0 mL.")
    with two:
        form.number("injected_ml", "Injected", Unit.ML)
    with three:
        form.number("volume_after_fill_ml", "Volume after fill", Unit.ML, required=True)
