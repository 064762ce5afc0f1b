"""A second person's sign under what is about to be saved, taken on the same page without losing what is typed."""

from typing import Any, Final

import streamlit as st

from pumplog.desk import Desk
from pumplog.entries import AnyEntry
from pumplog.errors import PumplogError
from pumplog.rules import Finding, needs_second, second_says
from pumplog.screens import clinic
from pumplog.screens.form import Form
from pumplog.screens.look import as_words
from pumplog.screens.person import LONGEST_NAME

_SAID: Final = "second-said"


def with_second_checker(
    form: Form, desk: Desk, entry: AnyEntry, findings: tuple[Finding, ...], unanswered: str | None
) -> AnyEntry:
    """The entry with whoever else looked; asked for where what was found takes two people, and not otherwise."""
    if not needs_second(findings):
        return entry
    why = second_says(findings)
    checker = _typed(form, why) if clinic.is_open_to_all() else _signed(form, desk, entry, why)
    if unanswered:
        st.error(as_words(unanswered))
    return _named(desk, entry, checker) if checker else entry


def _typed(form: Form, why: str) -> str | None:
    """A name, in a demo where nobody signs in."""
    st.caption(f"{why}: a second person looks at it too.")
    label = "Second checker: needed, not the one who saves"
    typed = st.text_input(label, key=form.key("second-checker"), max_chars=LONGEST_NAME, persist_state="session")
    return (typed or "").strip() or None


def _signed(form: Form, desk: Desk, entry: AnyEntry, why: str) -> str | None:
    """A sign: by name and PIN or password, under exactly what is shown; another text needs another one."""
    own, body = form.sheet, entry.body()
    if own.signed is not None and own.signed[0] == body:
        st.success(f"{as_words(own.signed[1])} has checked this and signs as the second person.")
        return own.signed[1]
    with st.container(border=True, key=form.key("second")):
        st.markdown(f"**{why}: a second person has to sign.**")
        if own.signed is not None:
            st.warning("Something was changed after the second person signed: they look again and sign anew.")
        st.caption("Somebody else than the one who saves, with their own sign-in. What you typed stays as it is.")
        with st.form(form.key("second-form"), clear_on_submit=True, border=False, width=420):
            name = st.text_input("Second checker's sign-in name", key=form.key("second-name"), max_chars=LONGEST_NAME)
            secret = st.text_input(
                "Their PIN or password", key=form.key("second-secret"), type="password", autocomplete="off"
            )
            code = st.text_input(
                "Their authenticator's code, if they use one", key=form.key("second-code"), max_chars=8
            )
            pressed = st.form_submit_button("Sign as second checker")
        if pressed:
            _sign(form, desk, entry, name, secret, code)
    return None


def _sign(form: Form, desk: Desk, entry: AnyEntry, name: str, secret: str, code: str) -> None:
    """Take the sign, or say why not."""
    try:
        checker = desk.second_check(
            entry,
            event_id=form.sheet.event_id,
            session_id=clinic.session_id() or "",
            sign_in_name=name,
            secret=secret,
            code=code,
            browser=clinic.browser(),
        )
    except PumplogError as refused:
        st.error(as_words(str(refused)))
        return
    form.sheet.signed = (entry.body(), checker)
    st.rerun()


def _named(desk: Desk, entry: AnyEntry, checker: str) -> AnyEntry:
    """The entry with the second checker's name where it belongs."""
    said: dict[str, Any] = entry.model_dump(mode="json", exclude_none=True)
    (said["replacement"] if said.get("replacement") else said)["second_checker"] = checker
    return desk.read_entry(said)
