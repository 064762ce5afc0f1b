"""What stands in the place of every page until somebody is signed in: set-up, sign-in, lock, what must come first."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pumplog.errors import PumplogError, SignInLocked, SignInRefused
from pumplog.people import Must, NewPerson, Person, Role, Session
from pumplog.people.passwords import PIN_DIGITS_COUNT, SHORTEST_PASSWORD
from pumplog.screens import clinic, hospital_sign_in, signed_in
from pumplog.screens.look import as_words
from pumplog.screens.own_account import code_form, password_form

_SAID = "sign_in_says"


def way_in() -> Callable[[], None] | None:
    """What has to be drawn before any page: None when a page may be drawn."""
    if clinic.is_open_to_all():
        return None
    if not clinic.whole_desk().door.has_people():
        return set_up_form
    hospital_sign_in.come_in()
    try:
        clinic.desk()
    except SignInLocked as locked:
        return partial(lock_form, str(locked))
    except SignInRefused as refused:
        return partial(sign_in_form, None if clinic.session_id() is None else signed_in.why_ended(str(refused)))
    known = signed_in.session()
    return partial(duty_form, known) if known is not None and known.must else None


def _told(ask: Callable[[], None]) -> None:
    """Do what was asked; a refusal is kept, to be said where it was asked for."""
    st.session_state.pop(_SAID, None)
    try:
        ask()
    except PumplogError as refused:
        st.session_state[_SAID] = str(refused)
        return
    st.rerun()


def _say() -> None:
    said = st.session_state.get(_SAID)
    if said:
        st.error(as_words(said))


# --- the first person of a clinic ---


def set_up_form() -> None:
    """Ask for the code from the terminal and the first administrator."""
    whole = clinic.whole_desk()
    st.title("Set up this clinic", anchor=False)
    st.write(
        "Nobody has an account yet. The terminal in which pumplog was started shows a set-up code; with it, make "
        "the first administrator, who then adds everybody else."
    )
    with st.form("set-up", enter_to_submit=False, width=520):
        code = st.text_input("Set-up code", key="setup-code", autocomplete="off", placeholder="XXXX-XXXX-XXXX-XXXX")
        name = st.text_input("Your name, as it will stand in the log", key="setup-name", max_chars=80)
        word = st.text_input("Your sign-in name", key="setup-word", max_chars=80, autocomplete="username")
        first, second = new_password_fields("setup")
        pressed = st.form_submit_button("Make the first administrator", type="primary")
    st.caption("No code to be seen? Stop the server, run: pumplog people setup-code, and start it again.")
    if pressed:

        def make() -> None:
            refuse_unlike(first, second)
            new = NewPerson(word, name, frozenset({Role.ADMINISTRATOR}))
            whole.administration.set_up(code, new, first, address=signed_in.address(), at=whole.now())
            begun = whole.door.sign_in(
                word, first, browser=clinic.browser(), address=signed_in.address(), at=whole.now()
            )
            signed_in.begin(begun)

        _told(make)
    _say()


def new_password_fields(prefix: str) -> tuple[str, str]:
    """A new password, typed twice."""
    label = f"New password: {SHORTEST_PASSWORD} characters or more; a few words are easy to keep"
    first = st.text_input(label, key=f"{prefix}-new", type="password", autocomplete="new-password")
    second = st.text_input("The same again", key=f"{prefix}-again", type="password", autocomplete="new-password")
    return first, second


def refuse_unlike(first: str, second: str) -> None:
    """Raise SignInRefused when the two typed passwords differ."""
    if first != second:
        raise SignInRefused("The two passwords differ: type the new one twice.")


# --- signing in ---


def sign_in_form(said: str | None) -> None:
    """Ask who comes in: by a tap on a name and a PIN on the clinic's tablets, else by name and password."""
    st.title("Sign in", anchor=False)
    st.caption(as_words(f"pumplog · {clinic.whole_desk().reference.policy.clinic_name}"))
    if said:
        st.info(as_words(said))
    if clinic.browser() is None:
        st.error("This browser keeps no cookies, so a sign-in could not be held to it: allow them for this address.")
        return
    hospital_sign_in.offer()
    known_here = clinic.whole_desk().door.on_this_tablet(clinic.browser())
    if known_here:
        pin_form(known_here)
        with st.expander("Sign in with a password"):
            password_sign_in()
    else:
        password_sign_in()
    _say()


def pin_form(people: list[Person]) -> None:
    """Ask for a name by a tap, then for the PIN."""
    words = {person.person_id: as_words(person.name) for person in people}
    chosen = st.pills("Who are you?", list(words), format_func=words.__getitem__, key="pin-person")
    if not chosen:
        return
    with st.form("pin", clear_on_submit=True, width=360):
        # The name stands beside the label and not in it: what is read aloud is the label with its Markdown signs.
        st.write(words[chosen])
        pin = pin_field("Your PIN")
        pressed = st.form_submit_button("Sign in", type="primary", key="pin-go")
    if pressed:
        whole = clinic.whole_desk()
        _told(
            lambda: signed_in.begin(
                whole.door.sign_in_with_pin(
                    chosen, pin, browser=clinic.browser(), address=signed_in.address(), at=whole.now()
                )
            )
        )


def pin_field(label: str, *, key: str = "pin-typed") -> str:
    """A field for a PIN: digits on the keypad, dots on the screen."""
    with st.container(key=f"hidden-{key}"):
        return st.text_input(
            label,
            key=key,
            type="phone",
            icon="",
            placeholder=f"{PIN_DIGITS_COUNT} digits",
            max_chars=PIN_DIGITS_COUNT,
            autocomplete="off",
        )


def password_sign_in() -> None:
    """Ask for a name and a password, and for a code from those who use one."""
    whole = clinic.whole_desk()
    with st.form("sign-in", width=420, border=False):
        word = st.text_input("Sign-in name", key="sign-in-name", max_chars=80, autocomplete="username")
        password = st.text_input("Password", key="sign-in-password", type="password", autocomplete="current-password")
        code = st.text_input(
            "Code from your authenticator, if you use one",
            key="sign-in-code",
            type="phone",
            icon="",
            placeholder="6 digits",
            max_chars=8,
            autocomplete="one-time-code",
        )
        pressed = st.form_submit_button("Sign in", type="primary", key="sign-in-go")
    if pressed:
        _told(
            lambda: signed_in.begin(
                whole.door.sign_in(
                    word,
                    password,
                    code=code,
                    browser=clinic.browser(),
                    address=signed_in.address(),
                    at=whole.now(),
                )
            )
        )


# --- locked ---


def lock_form(said: str) -> None:
    """Ask whoever is signed in to prove it again; or let somebody else in meanwhile."""
    known, whole = signed_in.session(), clinic.whole_desk()
    if known is None:
        sign_in_form(None)
        return
    st.title("Locked", anchor=False)
    from_hospital = known.hospital_key is not None
    if from_hospital:
        hospital_sign_in.ask_again(known.name)
    else:
        st.write(as_words(said))
        unlock_form(known)
    _say()
    st.divider()
    st.subheader("Somebody else?", anchor=False)
    if not from_hospital:
        st.caption(f"What {as_words(known.name)} typed is kept aside on this page until they are back.")
        hospital_sign_in.offer()
    others = [one for one in whole.door.on_this_tablet(clinic.browser()) if one.person_id != known.person_id]
    if others:
        pin_form(others)
    with st.expander("Sign in with a password" if others else "Sign in as somebody else"):
        password_sign_in()


def unlock_form(known: Session) -> None:
    """Ask whoever is signed in for the PIN or the password; what they typed is still there behind it."""
    whole = clinic.whole_desk()
    by_pin = any(person.person_id == known.person_id for person in whole.door.on_this_tablet(clinic.browser()))
    with st.form("unlock", clear_on_submit=True, width=420):
        if by_pin:
            secret = pin_field("PIN", key="unlock-pin")
            password = ""
            with st.expander("I do not know my PIN"):
                password = st.text_input("Password", key="unlock-password", type="password", autocomplete="off")
            secret = password or secret
        else:
            secret = st.text_input(
                "Password", key="unlock-password", type="password", autocomplete="current-password"
            )
        pressed = st.form_submit_button("Unlock", type="primary", key="unlock-go")
    if pressed:

        def unlock() -> None:
            whole.door.unlock(
                known.session_id,
                secret,
                browser=clinic.browser(),
                address=signed_in.address(),
                at=whole.now(),
            )

        _told(unlock)


# --- what must come first ---


def duty_form(known: Session) -> None:
    """Ask for what has to be done before anything else: a password of one's own, an authenticator."""
    if Must.CHANGE_PASSWORD in known.must:
        st.title("Choose your own password", anchor=False)
        st.write("The password you were given is for once. Choose one that nobody else knows.")
        password_form(known, done=Must.CHANGE_PASSWORD)
    else:
        st.title("Add an authenticator", anchor=False)
        st.write("In this clinic administrators sign in with a code from their telephone as well.")
        code_form(known, done=Must.SET_CODE)
