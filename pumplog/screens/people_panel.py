"""The people of a clinic, for an administrator: added, changed, switched off, given a new first password."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import streamlit as st

from pumplog.errors import PumplogError
from pumplog.people import ROLE_WORDS, Administration, NewPerson, Person, PersonLine, Role
from pumplog.screens.look import as_words
from pumplog.screens.tables import table_html

_TOLD: Final = "people-told"


@dataclass(frozen=True)
class _Told:
    """What was done with which form; a first password is shown once."""

    where: str
    name: str
    says: str
    password: str | None


def people_panel(administration: Administration, by: Person, at: datetime) -> None:
    """List everybody and offer what an administrator can do about them."""
    st.subheader("People", anchor=False)
    people = administration.people(by=by)
    st.html(people_html(people))
    with st.expander("Add a person", key="fold-add"):
        _add_form(administration, by, at)
        _say("add")
    with st.expander("Change a person", key="fold-change"):
        _change_form(administration, people, by, at)
        _say("change")


def people_html(people: list[PersonLine]) -> str:
    """Return everybody as a table."""
    rows = [
        [
            one.name,
            "at the hospital" if one.from_hospital else one.sign_in_name,
            ", ".join(sorted(ROLE_WORDS[role] for role in one.roles)),
            "all" if one.sites is None else ", ".join(one.sites),
            "signs in" if one.enabled else "✕ switched off",
            ", ".join(word for word, has in (("PIN", one.has_pin), ("authenticator", one.has_code)) if has) or "–",
        ]
        for one in people
    ]
    return table_html(["Name in the log", "Sign-in name", "Roles", "Sites", "State", "Also has"], rows)


def _say(where: str) -> None:
    """Say what was done, under the form it was done with; a first password stays until it was handed over."""
    told = st.session_state.get(_TOLD)
    if told is None or told.where != where:
        return
    st.success(as_words(told.says))
    if told.password is None:
        return
    with st.container(border=True):
        st.write(f"First password of **{as_words(told.name)}**, shown this once. It is changed at the first sign-in.")
        st.code(told.password, language=None)
        if st.button("I have handed it over", key="once-done"):
            del st.session_state[_TOLD]
            st.rerun()


def _add_form(administration: Administration, by: Person, at: datetime) -> None:
    with st.form("person-add", border=False, width=620):
        name = st.text_input("Name, as it will stand in the log", key="add-name", max_chars=80, autocomplete="off")
        word = st.text_input("Sign-in name", key="add-word", max_chars=80, autocomplete="off")
        roles, sites = _rights("add", frozenset(), None)
        pressed = st.form_submit_button("Add this person", type="primary")
    if pressed:

        def add() -> _Told:
            line, password = administration.add_person(NewPerson(word, name, roles, sites), by=by, at=at)
            return _Told("add", line.name, f"{line.name} is added.", password)

        _done(add)


def _rights(
    key: str, roles: frozenset[Role], sites: tuple[str, ...] | None
) -> tuple[frozenset[Role], tuple[str, ...] | None]:
    """Roles to choose, and sites by name; none named means all of them."""
    chosen = st.pills(
        "Roles, one or several",
        list(Role),
        selection_mode="multi",
        default=sorted(roles),
        format_func=ROLE_WORDS.__getitem__,
        key=f"{key}-roles",
    )
    typed = st.text_input(
        "Sites, one after the other with commas; leave it empty for all sites",
        value=", ".join(sites or ()),
        key=f"{key}-sites",
        max_chars=500,
    )
    named = tuple(site.strip() for site in typed.split(",") if site.strip())
    return frozenset(chosen), named or None


def _change_form(administration: Administration, people: list[PersonLine], by: Person, at: datetime) -> None:
    by_id = {one.person_id: one for one in people}
    # Names to tap, and no list that drops down: that one opened on some devices by typing alone.
    words = {person_id: as_words(one.name) for person_id, one in by_id.items()}
    chosen = st.pills("Whom?", list(words), format_func=words.__getitem__, key="change-who")
    if chosen is None:
        return
    known = by_id[chosen]
    with st.form(f"person-change-{chosen}", border=False, width=620):
        roles, sites = _rights(f"change-{chosen}", known.roles, known.sites)
        enabled = st.checkbox("May sign in", value=known.enabled, key=f"change-{chosen}-enabled")
        pressed = st.form_submit_button("Save what this person may do", type="primary")
    if pressed:

        def change() -> _Told:
            line = administration.change_person(chosen, roles=roles, sites=sites, enabled=enabled, by=by, at=at)
            return _Told("change", line.name, f"{line.name} is changed; it holds from the next thing they do.", None)

        _done(change)
    if not known.from_hospital and st.button("Give a new first password", key=f"reset-{chosen}"):

        def reset() -> _Told:
            password = administration.reset_person(chosen, by=by, at=at)
            says = f"{known.name} has a new first password; PIN and authenticator are taken away."
            return _Told("change", known.name, says, password)

        _done(reset)


def _done(ask: Callable[[], _Told]) -> None:
    """Do what was asked; or say here why not."""
    st.session_state.pop(_TOLD, None)
    try:
        st.session_state[_TOLD] = ask()
    except PumplogError as refused:
        st.error(as_words(str(refused)))
        return
    st.rerun()
