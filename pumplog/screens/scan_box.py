"""One box for what is typed and for what is scanned, by a scanner that types or by the tablet's camera.

A picture is looked at on this server when it is taken and kept nowhere: what was read of it is typed into the box.
"""

from collections.abc import Callable
from typing import Final

import streamlit as st

from pumplog.errors import EntryRefused
from pumplog.scanning.pictures import codes_in
from pumplog.screens.look import as_words

LONGEST: Final = 400
_OPEN, _PICTURE, _SAYS = "camera-open", "camera-picture", "camera-says"


def scan_box(
    label: str, *, key: str, placeholder: str, live: bool = False, take: Callable[[str], None] | None = None
) -> str:
    """Ask for words or a code; `live` takes them while they are typed.

    `take` is called with what was scanned before anything is drawn, and leaves the box empty for the next.
    """
    st.session_state.setdefault(key, "")
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}:box"):
        typed = st.text_input(
            label,
            key=key,
            placeholder=placeholder,
            max_chars=LONGEST,
            autocomplete="off",
            live=live,
            width="stretch",
            on_change=_take if take else "rerun",
            args=(key, take) if take else None,
        )
        is_open = st.session_state.get(f"{key}:{_OPEN}", False)
        words = "Close the camera" if is_open else "Use the camera"
        st.button(words, key=f"{key}:camera", on_click=_open_or_close, args=(key,))
    if is_open:
        _camera(key, take)
    says = st.session_state.get(f"{key}:{_SAYS}")
    if says:
        st.warning(as_words(says))
    return (typed or "").strip()


def _take(key: str, take: Callable[[str], None]) -> None:
    typed = str(st.session_state.get(key, "")).strip()
    if typed:
        take(typed)
    st.session_state[key] = ""


def _open_or_close(key: str) -> None:
    st.session_state[f"{key}:{_OPEN}"] = not st.session_state.get(f"{key}:{_OPEN}", False)
    st.session_state[f"{key}:{_SAYS}"] = None


def _camera(key: str, take: Callable[[str], None] | None) -> None:
    """A camera of its own for each picture: with the widget, its picture is gone."""
    taken_count = st.session_state.get(f"{key}:{_PICTURE}", 0)
    own = f"{key}:{_PICTURE}:{taken_count}"
    st.camera_input(
        "Hold the square code in the middle, then take the picture", key=own, on_change=_look, args=(key, own, take)
    )


def _look(key: str, own: str, take: Callable[[str], None] | None = None) -> None:
    picture = st.session_state.get(own)
    if picture is None:
        return
    st.session_state[f"{key}:{_PICTURE}"] = st.session_state.get(f"{key}:{_PICTURE}", 0) + 1
    try:
        codes = codes_in(picture.getvalue())
    except EntryRefused as refused:
        st.session_state[f"{key}:{_SAYS}"] = str(refused)
        return
    if len(codes) != 1:
        found = "No code was found" if not codes else "More than one code was found"
        st.session_state[f"{key}:{_SAYS}"] = f"{found} in the picture: hold one square code nearer and take it again."
        return
    st.session_state[key], st.session_state[f"{key}:{_OPEN}"] = codes[0], False
    st.session_state[f"{key}:{_SAYS}"] = None
    if take is not None:
        _take(key, take)
