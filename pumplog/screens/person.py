"""Who is recording: whoever is signed in; in a demo without accounts, a name typed once and kept for the session."""

from typing import Final

import streamlit as st

from pumplog.screens import clinic, signed_in

_KEPT: Final = "person"
_TYPED: Final = "person_typed"
LONGEST_NAME: Final = 80


def person() -> str | None:
    """The name of whoever is recording, or None while nobody has said."""
    if not clinic.is_open_to_all():
        return signed_in.name()
    kept = st.session_state.get(_KEPT)
    return kept if isinstance(kept, str) else None


def set_person(name: str) -> None:
    """Keep a name; spaces alone are nobody."""
    st.session_state[_KEPT] = " ".join(name.split())[:LONGEST_NAME] or None


def ask_person() -> None:
    """A small place to say who is recording, or to lock and to leave."""
    if not clinic.is_open_to_all():
        signed_in.show_ways_out()
        return
    known = person()
    with st.popover("Change person" if known else "Who is recording?", key="who"):
        st.text_input("Your name, as it stands in the log", key=_TYPED, max_chars=LONGEST_NAME, on_change=_take)
        st.caption("Kept until this page is closed or reloaded.")


def _take() -> None:
    set_person(st.session_state[_TYPED])
