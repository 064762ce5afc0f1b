"""Which entry is being corrected: chosen on the story, remembered for the form."""

from typing import Final

import streamlit as st

from pumplog.screens.going import go_to

_TARGET: Final = "correcting:"


def correct(pump_id: str, event_id: str) -> None:
    """Leave for the correction of an entry; does not come back."""
    st.session_state[f"{_TARGET}{pump_id}"] = event_id
    st.session_state[f"kind:{pump_id}"] = "corrected"
    go_to("entries", pump_id)


def target_of(pump_id: str) -> str | None:
    """The entry that the story sent here, if any."""
    found: str | None = st.session_state.get(f"{_TARGET}{pump_id}")
    return found


def forget_target(pump_id: str) -> None:
    """The correction is saved, or another entry is to be chosen."""
    st.session_state.pop(f"{_TARGET}{pump_id}", None)
