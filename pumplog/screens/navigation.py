"""The shell around every page: the menu, the style, the strip, and the one place that catches refusals."""

from pathlib import Path
from typing import Final

import streamlit as st

from pumplog.errors import PumplogError
from pumplog.screens import clinic, look
from pumplog.screens.person import ask_person, person

_MARK: Final = Path(__file__).with_name("mark.svg")  # a named icon would be fetched from outside
_VIEWS: Final = Path(__file__).parent / "views"
_TITLES: Final = {
    "board": "Board",
    "visit": "Record visit",
    "story": "Story",
    "register": "Register",
    "entries": "Other entries",
    "import_sheet": "Import",
    "method": "Method",
}


def page(name: str) -> st.Page:
    """The page of a view, by the name of its file: what `st.switch_page` takes."""
    return st.Page(_VIEWS / f"{name}.py", title=_TITLES[name], default=name == "board")


def pages() -> list[st.Page]:
    """Return the pages, home first; a flat list, so that each is one tap away."""
    return [page(name) for name in _TITLES]


def navigate() -> None:
    """Show the page that the address names, inside the shell."""
    st.set_page_config(page_icon=_MARK, layout="wide")
    chosen = st.navigation(pages(), position="top")
    look.wear()
    try:
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="strip"):
            look.status_strip(status())
            ask_person()
        chosen.run()
    except PumplogError as refusal:
        st.error(look.as_words(str(refusal)))


def status() -> look.Status:
    """Return what the strip says now."""
    desk = clinic.desk()
    checked = clinic.checked()
    ok = checked.verification.ok
    return look.Status(
        person=person(),
        clinic_day=desk.today(),
        zone=desk.reference.policy.zone,
        log_says=f"Log verified at {checked.at:%H:%M}" if ok else checked.verification.says,
        log_ok=ok,
        backup_says="Backup: none yet",
        demo=clinic.is_demo(),
    )
