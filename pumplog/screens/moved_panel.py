"""What a correction or a late entry moves, sentence by sentence: before it is saved, and after."""

from collections.abc import Sequence
from html import escape

import streamlit as st


def moved_html(moved: Sequence[str], *, saved: bool) -> str:
    """Return what moves, or what has moved."""
    head = "What this has moved" if saved else "What this moves"
    lines = "".join(f"<li>{escape(says)}</li>" for says in moved)
    return f'<div class="pl-finding pl-note pl-moved"><p><b>{head}</b></p><ul class="pl-why">{lines}</ul></div>'


def show_moved(moved: Sequence[str], *, saved: bool = False) -> None:
    """Show it, where there is something to say."""
    if moved:
        st.html(moved_html(moved, saved=saved))
