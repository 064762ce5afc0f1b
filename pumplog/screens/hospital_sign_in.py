"""Coming in by the hospital's sign-in: the button, and the way back."""

from typing import Final

import streamlit as st

from pumplog.errors import SignInRefused
from pumplog.people.hospital import identity_from
from pumplog.reference import Hospital
from pumplog.screens import clinic, signed_in
from pumplog.screens.hospital import PROVIDER
from pumplog.screens.hospital_answers import CAME_BACK, CANCELLED, REFUSED, UNREACHABLE
from pumplog.screens.look import as_words

_SAID: Final = "hospital_says"
_SHOWN: Final = "hospital_shown"
_WHY: Final = {
    CANCELLED: "You came back from {provider} without signing in there.",
    REFUSED: "The sign-in at {provider} came to nothing: try again. If it happens again, tell whoever looks after "
    "pumplog, whose server says why in its own log.",
    UNREACHABLE: "{provider} cannot be reached now: try again in a while, or sign in with a password of this clinic.",
}


def come_in() -> None:
    """Begin a session for whoever has just come back from the hospital; what speaks against it is kept to be said.

    Once for each page that is opened: Streamlit shows the same sign-in until the page is loaded anew.
    """
    hospital = _hospital()
    if hospital is None or clinic.session_id() is not None or st.session_state.get(_SHOWN) or not _is_known():
        return
    st.session_state[_SHOWN] = True
    whole = clinic.whole_desk()
    try:
        identity = identity_from(st.user.to_dict(), hospital, now=whole.now())
        begun = whole.door.enter_from_hospital(
            identity, browser=clinic.browser(), address=signed_in.address(), at=whole.now()
        )
    except SignInRefused as refused:
        st.session_state[_SAID] = str(refused)
        return
    signed_in.begin(begun)


def offer() -> None:
    """The button that leads to the hospital, and why the last time came to nothing; nothing without a hospital."""
    hospital = _hospital()
    if hospital is None:
        return
    came_back = st.query_params.pop(CAME_BACK, None)
    if came_back in _WHY:
        st.session_state[_SAID] = _WHY[came_back].format(provider=hospital.provider)
    if st.button(f"Sign in with {hospital.provider}", key="hospital-go", type="primary"):
        st.session_state.pop(_SAID, None)
        st.login(PROVIDER)
    said = st.session_state.get(_SAID)
    if said:
        st.error(as_words(said))


def ask_again(name: str) -> None:
    """Ask whoever came from the hospital and is locked out to prove it there again."""
    hospital = _hospital()
    provider = hospital.provider if hospital else "the hospital"
    st.write(f"Locked. {as_words(name)}, sign in with {as_words(provider)} again to go on.")
    offer()
    st.caption("The way there leaves this page: what was typed here and not saved is gone.")


def _hospital() -> Hospital | None:
    return clinic.whole_desk().reference.hospital


def _is_known() -> bool:
    """Whether the browser came with a sign-in at the hospital."""
    return st.user.get("is_logged_in") is True
