"""Planner: which days are open, who a closure would catch, a date for each pump, what to order."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from pumplog.people import Act
from pumplog.screens import clinic
from pumplog.screens.form_look import wear_forms
from pumplog.screens.planner_closures import closures_part
from pumplog.screens.planner_dates import dates_part
from pumplog.screens.planner_lists import not_booked_part, order_part, replacements_part
from pumplog.screens.planner_what_if import ANOTHER_DOSE, PART_ASKED, what_if_part
from pumplog.screens.tables import wear_tables

PARTS: Final[Mapping[str, Callable[[], None]]] = {
    "Closures and days": closures_part,
    "A date for each pump": dates_part,
    "None booked": not_booked_part,
    "Ordering": order_part,
    ANOTHER_DOSE: what_if_part,
    "Replacements": replacements_part,
}


def page() -> None:
    """Show one part at a time, the one that was tapped."""
    wear_forms()
    wear_tables()
    st.title("Planner", anchor=False)
    shown = [name for name in PARTS if name != "A date for each pump" or clinic.desk().may(Act.PLAN)]
    if PART_ASKED in st.session_state:
        st.session_state["part"] = st.session_state.pop(PART_ASKED)
    chosen = st.segmented_control("Part of the planner", shown, default=shown[0], key="part", required=True)
    PARTS[chosen or shown[0]]()


if __name__ == "__main__":
    page()
