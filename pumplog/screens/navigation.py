"""The shell around every page: the menu, the style, the strip, and the one place that catches refusals."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import streamlit as st

from pumplog.errors import LogbookDamaged, LogbookUnavailable, PumplogError
from pumplog.people import Act
from pumplog.people.roles import acts_of
from pumplog.screens import clinic, look, sign_in, signed_in
from pumplog.screens.paper_ages import PAPER_WORDS, age_words, failed_words
from pumplog.screens.person import ask_person, person
from pumplog.screens.recovery_page import recovery_page

_MARK: Final = Path(__file__).with_name("mark.svg")  # a named icon would be fetched from outside
_VIEWS: Final = Path(__file__).parent / "views"
_TITLES: Final = {
    "board": "Board",
    "alarms": "Alarms",
    "calls": "Calls",
    "visit": "Record visit",
    "story": "Story",
    "planner": "Planner",
    "reports": "Reports",
    "register": "Register",
    "entries": "Other entries",
    "import_sheet": "Import",
    "method": "Method",
    "settings": "Settings",
}
NEEDS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "board": Act.SEE_BOARD,
        "alarms": Act.SEE_BOARD,
        "calls": Act.SEE_BOARD,
        "visit": Act.RECORD,
        "story": Act.SEE_STORY,
        "planner": Act.SEE_BOARD,
        "reports": Act.SEE_STORY,
        "register": Act.RECORD,
        "entries": Act.LOG_CALL,
        "import_sheet": Act.IMPORT,
    }
)
"""What somebody must be allowed to see a page in the menu. The desk asks again, whatever page asks it."""


def page(name: str) -> st.Page:
    """The page of a view, by the name of its file: what `st.switch_page` takes."""
    return _page(name, _home())


def _page(name: str, home: str) -> st.Page:
    return st.Page(_VIEWS / f"{name}.py", title=_TITLES[name], default=name == home)


def _home() -> str:
    """The page that is shown first: the board, or Settings to somebody who sees no pumps."""
    return _first_of(_of_use())


def _first_of(names: Sequence[str]) -> str:
    return "board" if "board" in names else "settings"


def can_open(name: str) -> bool:
    """Whether whoever is here finds something on a page. To nobody in particular each of them shows the way in."""
    return name in _of_use()


def _of_use() -> list[str]:
    known = signed_in.session()
    acts = acts_of(known.roles) if known is not None and known.roles else frozenset(NEEDS.values())
    return [name for name in _TITLES if name not in NEEDS or NEEDS[name] in acts]


def pages() -> list[st.Page]:
    """Return the pages that are of use to whoever is here, home first; a flat list, so that each is one tap away."""
    names = _of_use()
    home = _first_of(names)
    return [_page(name, home) for name in names]


def navigate() -> None:
    """Show the page that the address names, inside the shell; or the way in, for as long as nobody is signed in."""
    st.set_page_config(page_icon=_MARK, layout="wide")
    look.wear()
    try:
        clinic.whole_desk()
    except (LogbookDamaged, LogbookUnavailable) as trouble:
        recovery_page(trouble)
        return
    except PumplogError as refusal:
        st.error(look.as_words(str(refusal)))
        return
    try:
        way_in = sign_in.way_in()
        chosen = st.navigation(pages(), position="hidden" if way_in else "top")
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="strip"):
            look.status_strip(status())
            if way_in is None:
                ask_person()
        if way_in is not None:
            way_in()
            return
        if clinic.is_open_to_all():
            chosen.run()
            return
        signed_in.watch()
        signed_in.remember()  # before, since the next press may cut the drawing short; after, for what is new on it
        chosen.run()
        signed_in.remember()
    except PumplogError as refusal:
        st.error(look.as_words(str(refusal)))


def status() -> look.Status:
    """Return what the strip says now."""
    whole = clinic.whole_desk()
    checked = clinic.checked()
    ok = checked.verification.ok
    papers = whole.papers()
    return look.Status(
        person=person(),
        clinic_day=whole.today(),
        zone=whole.reference.policy.zone,
        log_says=f"Log verified at {checked.at:%H:%M}" if ok else checked.verification.says,
        log_ok=ok,
        demo=clinic.is_demo(),
        signs_in=not clinic.is_open_to_all(),
        papers_say=tuple(f"{words}: {age_words(papers[kind], whole.now())}" for kind, words in PAPER_WORDS.items()),
        papers_failed=tuple(failed_words(kind, papers[kind]) for kind in PAPER_WORDS if papers[kind].failed_at),
    )
