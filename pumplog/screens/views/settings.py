"""Settings: one's own sign-in, people, tablets, who may do what, who came in, and what the clinic has set."""

import streamlit as st

from pumplog.people import Act
from pumplog.screens import clinic, signed_in
from pumplog.screens.access_panel import access_panel
from pumplog.screens.look import as_words
from pumplog.screens.method_reference import policy_html
from pumplog.screens.own_account import code_form, password_form, pin_own_form
from pumplog.screens.people_panel import people_panel
from pumplog.screens.roles_table import roles_html
from pumplog.screens.tables import wear_tables
from pumplog.screens.tablet_panel import tablet_panel
from pumplog.screens.upkeep_panel import upkeep_panel


def page() -> None:
    """Show the parts that are for whoever is here."""
    wear_tables()
    st.title("Settings", anchor=False)
    desk, known = clinic.desk(), signed_in.session()
    if known is not None:
        own_account(from_hospital=known.hospital_key is not None)
    if desk.person is not None and desk.may(Act.MANAGE_PEOPLE):
        people_panel(desk.administration, desk.person, desk.now())
        tablet_panel(desk.administration, desk.person, desk.now())
        upkeep_panel(desk)
    if desk.person is not None and desk.may(Act.SEE_ACCESS):
        access_panel(desk)
    st.subheader("Who may do what", anchor=False)
    st.html(roles_html())
    st.subheader("What this clinic has set", anchor=False)
    st.write(
        "House policy is called house policy. An administrator changes a value in the file clinic.toml beside the "
        "database, on the server, and starts the app again. The README lists what can stand there: also the "
        "protocol, the numbers to ring and, under [calendar], the country whose holidays are kept."
    )
    st.html(policy_html(desk.reference.policy))


def own_account(*, from_hospital: bool) -> None:
    """Change what signs one in; a hospital's people do so at the hospital."""
    known = signed_in.session()
    if known is None:
        return
    st.subheader("Your sign-in", anchor=False)
    if from_hospital:
        st.write(
            f"{as_words(known.name)}, you sign in at the hospital: your password and your roles are changed there."
        )
        return
    with st.expander("Change your password", key="fold-password"):
        password_form(known)
    with st.expander("Set a PIN for the clinic's tablets", key="fold-pin"):
        pin_own_form(known)
    with st.expander("Add an authenticator on your telephone", key="fold-code", on_change="rerun") as fold:
        if fold.open:
            code_form(known)


if __name__ == "__main__":
    page()
