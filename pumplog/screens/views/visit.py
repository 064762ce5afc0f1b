"""Record a refill visit: check, then record."""

import streamlit as st

from pumplog.quantities import Unit
from pumplog.screens.fields import number_field


def page() -> None:
    """Ask for the numbers of one visit."""
    st.title("Record a visit")
    left, right = st.columns(2)
    with left:
        number_field("Drawn", Unit.ML, key="drawn", field="drawn_ml", example="3.5")
        number_field("Volume after fill", Unit.ML, key="filled", field="volume_after_fill_ml", example="20")
    with right:
        number_field("Concentration", Unit.MCG_PER_ML, key="conc", field="concentration_mcg_per_ml", example="2000")
        st.selectbox("Drug", ["baclofen", "morphine"], index=None)
    st.date_input("Visit", value=None)
    st.checkbox("Pump confirmed running")
    st.radio("Place", ["Clinic", "Home"], horizontal=True, index=None)
    st.text_area("Notes")
    with st.expander("Working"):
        st.write("20 mL × 2,000 mcg/mL")
    st.button("Save as M. Keller", type="primary")


if __name__ == "__main__":
    page()
