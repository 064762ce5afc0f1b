"""The shell around every page: the menu, the style, the strip, and the one place that catches refusals."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import streamlit as st

from pumplog.errors import PumplogError
from pumplog.screens import look, serving

_MARK: Final = Path(__file__).with_name("mark.svg")  # a named icon would be fetched from outside
_VIEWS: Final = Path(__file__).parent / "views"


def pages() -> list[st.Page]:
    """Return the pages, home first; a flat list, so that each is one tap away."""
    return [
        st.Page(_VIEWS / "board.py", title="Refill board", icon=":material/checklist:", default=True),
        st.Page(_VIEWS / "visit.py", title="Record a visit", icon=":material/edit_note:"),
    ]


def navigate() -> None:
    """Show the page that the address names, inside the shell."""
    st.set_page_config(page_icon=_MARK, layout="wide")
    chosen = st.navigation(pages(), position="top")
    look.wear()
    look.status_strip(status())
    try:
        chosen.run()
    except PumplogError as refusal:
        st.error(look.as_words(str(refusal)))


def status() -> look.Status:
    """Return what the strip says now."""
    return look.Status(
        person=None,
        clinic_day=datetime.now(UTC).date(),
        zone="UTC",
        log_says="Log not read yet",
        log_ok=True,
        backup_says="No backup yet",
        demo=serving.is_demo(),
    )
