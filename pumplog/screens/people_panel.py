"""The people of a clinic, for an administrator: added, changed, switched off, given a new first password."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import streamlit as st

from pumplog.errors import PumplogError
from pumplog.people import ROLE_WORDS, Administration, NewPerson, Person, PersonLine, Role
from pumplog.screens.look import as_words
from pumplog.screens.tables import table_html

_TOLD: Final = "people-told"
_ONCE: Final = "people-once"


def people_panel(administration: Administration, by: Person, at: datetime) -> None:
    """List everybody and offer what an administrator can do about them."""
    st.subheader("People", anchor=False)
    _say()
    people = administration.people(by=by)
    st.html(people_html(people))
    with st.expander("Add a person", key="fold-add"):
        _add_form(administration, by, at)
    with st.expander("Change a person", key="fold-change"):
        _change_form(administration, people, by, at)


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


def _say() -> None:
    told = st.session_state.pop(_TOLD, None)
    if told is not None:
        st.success(told)
    once = st.session_state.get(_ONCE)
    if once is not None:
        name, password = once
        with st.container(border=True):
            st.write(
                f"First password of **{as_words(name)}**, shown this once. It must be changed at the first sign-in."
            )
            st.code(password, language=None)
            if st.button("I have handed it over", key="once-done"):
                del st.session_state[_ONCE]
                st.rerun()


def _add_form(administration: Administration, by: Person, at: datetime) -> None:
    with st.form("person-add", border=False, width=620):
        name = st.text_input("Name, as it will stand in the log", key="add-name", max_chars=80, autocomplete="off")
        word = st.text_input("Sign-in name", key="add-word", max_chars=80, autocomplete="off")
        roles, sites = _rights("add", frozenset(), None)
        pressed = st.form_submit_button("Add this person", type="primary")
    if pressed:

        def add() -> str:
            line, password = administration.add_person(NewPerson(word, name, roles, sites), by=by, at=at)
            st.session_state[_ONCE] = (line.name, password)
            return f"{as_words(line.name)} is added."

        _done(add)


def _rights(
    key: str, roles: frozenset[Role], sites: tuple[str, ...] | None
) -> tuple[frozenset[Role], tuple[str, ...] | None]:
    """Roles to tick, and sites by name; none named means all of them."""
    st.write("Roles")
    ticked = frozenset(
        role for role in Role if st.checkbox(ROLE_WORDS[role], value=role in roles, key=f"{key}-role-{role.value}")
    )
    typed = st.text_input(
        "Sites, one after the other with commas; leave it empty for all sites",
        value=", ".join(sites or ()),
        key=f"{key}-sites",
        max_chars=500,
    )
    named = tuple(site.strip() for site in typed.split(",") if site.strip())
    return ticked, named or None


def _change_form(administration: Administration, people: list[PersonLine], by: Person, at: datetime) -> None:
    by_id = {one.person_id: one for one in people}
    chosen = st.selectbox(
        "Whom?",
        list(by_id),
        index=None,
        format_func=lambda one: by_id[one].name,
        placeholder="Type or choose a name",
        key="change-who",
    )
    if chosen is None:
        return
    known = by_id[chosen]
    with st.form(f"person-change-{chosen}", border=False, width=620):
        roles, sites = _rights(f"change-{chosen}", known.roles, known.sites)
        enabled = st.checkbox("May sign in", value=known.enabled, key=f"change-{chosen}-enabled")
        pressed = st.form_submit_button("Save what this person may do", type="primary")
    if pressed:

        def change() -> str:
            line = administration.change_person(chosen, roles=roles, sites=sites, enabled=enabled, by=by, at=at)
            return f"{as_words(line.name)} is changed; it holds from the next thing they do."

        _done(change)
    if not known.from_hospital and st.button("Give a new first password", key=f"reset-{chosen}"):

        def reset() -> str:
            st.session_state[_ONCE] = (known.name, administration.reset_person(chosen, by=by, at=at))
            return f"{as_words(known.name)} has a new first password; PIN and authenticator are taken away."

        _done(reset)


def _done(ask: Callable[[], str]) -> None:
    """Do what was asked and say so at the top; or say here why not."""
    try:
        st.session_state[_TOLD] = ask()
    except PumplogError as refused:
        st.error(as_words(str(refused)))
        return
    st.rerun()
