"""The sign-in at this page: begun, locked, ended; and what one person typed is kept from the next."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import streamlit as st
from streamlit.runtime.state import get_session_state

from pumplog.errors import SignInLocked, SignInRefused
from pumplog.people import Session
from pumplog.screens import clinic
from pumplog.screens.look import as_words
from pumplog.screens.sheet import Sheet
from pumplog.screens.typed import is_filled_in

T = TypeVar("T")
WATCH_EVERY: Final = "15s"
_ENDED: Final = "ended_says"
_LEFT: Final = "left_behind"
PERSON_KEY: Final = "session_person_id"
_AS_DRAWN: Final = "as_drawn"
_OURS: Final = frozenset({clinic.SESSION_KEY, _LEFT, PERSON_KEY, _AS_DRAWN})
THIS_MACHINE: Final = "this machine"


def address() -> str:
    """Where the browser calls from, as far as the server can tell."""
    return st.context.ip_address or THIS_MACHINE


def session() -> Session | None:
    """The sign-in at this page, locked or not; None when there is none."""
    return clinic.whole_desk().door.session(clinic.session_id())


def name() -> str | None:
    """The name of whoever is signed in here."""
    known = session()
    return known.name if known else None


def begin(begun: Session) -> None:
    """Go on under a sign-in; what somebody else left in the fields of this page is put aside for them."""
    before = st.session_state.get(PERSON_KEY)
    if before != begun.person_id:
        left: dict[str, dict[str, Any]] = st.session_state.get(_LEFT, {})
        if before is not None:
            left[before] = st.session_state.get(_AS_DRAWN, {})
        for key in [key for key in st.session_state if key not in _OURS]:
            del st.session_state[key]
        for key, value in left.pop(begun.person_id, {}).items():
            st.session_state[key] = value
        st.session_state[_LEFT] = left
    st.session_state.pop(_ENDED, None)
    st.session_state[PERSON_KEY] = begun.person_id
    st.session_state[clinic.SESSION_KEY] = begun.session_id


def remember() -> None:
    """Keep what stands in the forms of this page: a page that is not drawn forgets it."""
    kept = get_session_state().filtered_state  # what `st.session_state` shows, without asking for each by itself
    ids = {value.event_id for value in kept.values() if isinstance(value, Sheet)}
    st.session_state[_AS_DRAWN] = {
        key: value
        for key, value in kept.items()
        if isinstance(value, Sheet) or (key.partition(":")[0] in ids and is_filled_in(key))
    }


def lock() -> None:
    """Lock this page: what is typed stays, and whoever is signed in stays so."""
    remember()  # now: what was typed last came with this very press
    known, whole = clinic.session_id(), clinic.whole_desk()
    if known is not None:
        whole.door.lock(known, at=whole.now())


def leave() -> None:
    """Sign out. Nothing of what was typed stays at this page: an unfinished form is kept for this person alone."""
    known, whole = session(), clinic.whole_desk()
    if known is not None:
        whole.door.sign_out(known.session_id, at=whole.now())
        if known.hospital_key is not None:
            st.logout()  # at the hospital too, where it can, so that the next person is asked who they are
    for key in list(st.session_state):
        del st.session_state[key]


def show_ways_out() -> None:
    """The lock, and under the person's name the way out."""
    known = session()
    if known is None:
        return
    st.button("Lock", key="lock", on_click=lock, icon=None)
    with st.popover("Sign out", key="who"):
        st.write(f"Signed in: {as_words(known.name)}")
        st.caption("A form that you began and did not save is kept for you, and offered when you sign in again.")
        st.button("Sign out now", key="sign-out", on_click=leave)


@st.fragment(run_every=WATCH_EVERY)
def watch() -> None:
    """Look every few seconds whether the server has locked this page or ended its sign-in, and draw it anew if so."""
    or_drawn_anew(lambda: clinic.desk(touched=False))


def or_drawn_anew(ask: Callable[[], T]) -> T:
    """What needs a sign-in; when there is none any more, the whole page is drawn anew instead."""
    try:
        return ask()
    except SignInLocked:
        st.rerun()
    except SignInRefused as refused:
        why_ended(str(refused))
        st.rerun()


def why_ended(says: str) -> str:
    """Why this page's sign-in is over: the first reason is kept until somebody signs in, for later ones know less."""
    kept: str = st.session_state.setdefault(_ENDED, says)
    return kept
