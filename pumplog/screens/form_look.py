"""The look of forms and of what a check shows."""

from functools import cache
from pathlib import Path

import streamlit as st


def wear_forms() -> None:
    """Put the style of forms on the page."""
    st.html(_style_block())


@cache
def _style_block() -> str:
    rules = Path(__file__).with_name("forms.css").read_text(encoding="utf-8")
    return f"<style>{rules}</style>"
