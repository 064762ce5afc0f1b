"""A part of a form that is repeated: how many rows there are, and one more or one fewer."""

import streamlit as st

from pumplog.screens.form import Form


def rows_count(form: Form, path: str, *, first: int = 1) -> int:
    """How many rows of a part are drawn now."""
    count: int = st.session_state.setdefault(form.key(f"{path}_count"), first)
    return count


def more_or_fewer(form: Form, path: str, word: str, *, lowest: int = 1, most: int) -> None:
    """Two presses below the rows: one more, or the last one away."""
    key = form.key(f"{path}_count")
    count = st.session_state[key]
    with st.container(horizontal=True):
        if count < most and st.button(f"Add a {word}", key=f"{key}:more"):
            st.session_state[key] = count + 1
            st.rerun()
        if count > lowest and st.button(f"Remove the last {word}", key=f"{key}:fewer"):
            st.session_state[key] = count - 1
            st.rerun()
