"""From one page to another, with the pump in hand. The address holds the pump's own id and nothing else."""

from typing import Final

import streamlit as st

from pumplog.screens.navigation import page

PUMP_KEY: Final = "pump_id"
"""Where every page finds, in the session, the pump that was chosen last."""

PUMP_PARAMETER: Final = "pump"


def go_to(view: str, pump_id: str | None = None) -> None:
    """Leave for another page, by the name of its file; does not come back."""
    if pump_id is None:
        st.switch_page(page(view))
    st.session_state[PUMP_KEY] = pump_id
    st.switch_page(page(view), query_params={PUMP_PARAMETER: pump_id})


def pump_in_hand() -> str | None:
    """The pump that the address names, or the one that was chosen last; whether it exists is not known here."""
    named = st.query_params.get(PUMP_PARAMETER)
    kept = st.session_state.get(PUMP_KEY)
    return named or (kept if isinstance(kept, str) else None)
