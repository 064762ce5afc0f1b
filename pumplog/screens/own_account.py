"""One's own password, PIN and authenticator, each changed by the password."""

from html import escape

import streamlit as st

from pumplog.errors import EntryRefused, Fault, PumplogError
from pumplog.people import Must, Session
from pumplog.people.codes import picture
from pumplog.people.passwords import PIN_DIGITS_COUNT, SHORTEST_PASSWORD
from pumplog.screens import clinic
from pumplog.screens.look import as_words

_PROPOSED = "code-proposed"


def password_form(known: Session, *, done: Must | None = None) -> None:
    """Change the password; `done` is the duty that it fulfils."""
    whole = clinic.whole_desk()
    with st.form("own-password", width=520, clear_on_submit=True):
        old = st.text_input("The password you have now", key="own-old", type="password", autocomplete="off")
        first = st.text_input(
            f"New password: {SHORTEST_PASSWORD} characters or more; a few words are easy to keep",
            key="own-new",
            type="password",
            autocomplete="new-password",
        )
        second = st.text_input("The same again", key="own-again", type="password", autocomplete="new-password")
        pressed = st.form_submit_button("Change the password", type="primary")
    if not pressed:
        return
    try:
        if first != second:
            raise EntryRefused(Fault("password", "The two passwords differ: type the new one twice."))
        whole.administration.change_password(known.person_id, old, first, at=whole.now())
    except PumplogError as refused:
        st.error(as_words(str(refused)))
        return
    whole.door.keep_after_change(known.session_id)
    _fulfilled(known, done)
    st.success("Your password is changed. Wherever else you were signed in, you are not any more.")


def pin_own_form(known: Session) -> None:
    """Set a PIN for the clinic's tablets."""
    whole = clinic.whole_desk()
    st.write(f"A PIN of {PIN_DIGITS_COUNT} digits signs you in on the clinic's own tablets, and nowhere else.")
    with st.form("own-pin", width=420, clear_on_submit=True):
        password = st.text_input("Your password", key="own-pin-password", type="password", autocomplete="off")
        with st.container(key="hidden-own-pin"):
            pin = st.text_input(
                "New PIN",
                key="own-pin",
                type="phone",
                icon="",
                placeholder="6 digits",
                max_chars=PIN_DIGITS_COUNT,
                autocomplete="off",
            )
        pressed = st.form_submit_button("Set the PIN")
    if not pressed:
        return
    try:
        whole.administration.set_pin(known.person_id, password, pin, at=whole.now())
    except PumplogError as refused:
        st.error(as_words(str(refused)))
        return
    st.success("Your PIN is set.")


def code_form(known: Session, *, done: Must | None = None) -> None:
    """Add an authenticator: its secret as a picture, and a first code to prove that it was read."""
    whole = clinic.whole_desk()
    secret = st.session_state.setdefault(_PROPOSED, whole.administration.propose_code_secret())
    clinic_name = whole.reference.policy.clinic_name
    st.write("Scan this with an authenticator on your telephone, then type the code that it shows.")
    with st.container(key="qr"):
        drawn = escape(picture(secret, name=known.name, clinic=f"pumplog {clinic_name}"))
        st.html(f'<img src="{drawn}" alt="QR code with the secret for the authenticator" width="260">')
    with st.expander("I cannot scan it"):
        st.code(" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)), language=None)
    with st.form("own-code", width=420, clear_on_submit=True):
        password = st.text_input("Your password", key="own-code-password", type="password", autocomplete="off")
        code = st.text_input(
            "Code from the authenticator",
            key="own-code",
            type="phone",
            icon="",
            placeholder="6 digits",
            max_chars=8,
            autocomplete="one-time-code",
        )
        pressed = st.form_submit_button("Use this authenticator", type="primary")
    if not pressed:
        return
    try:
        whole.administration.set_code(known.person_id, password, secret, code, at=whole.now())
    except PumplogError as refused:
        st.error(as_words(str(refused)))
        return
    st.session_state.pop(_PROPOSED, None)
    _fulfilled(known, done)
    st.success("From now on a code from your authenticator is asked for when you sign in.")


def _fulfilled(known: Session, done: Must | None) -> None:
    if done is not None:
        clinic.whole_desk().door.done(known.session_id, done)
        st.rerun()
