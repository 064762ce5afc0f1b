"""The clinic's own tablets, for an administrator: this browser made one, others taken off the list."""

from datetime import datetime

import streamlit as st

from pumplog.errors import PumplogError
from pumplog.people import Administration, Person
from pumplog.people.passwords import fingerprint
from pumplog.quantities import show_date
from pumplog.screens import clinic
from pumplog.screens.look import as_words


def tablet_panel(administration: Administration, by: Person, at: datetime) -> None:
    """List the enrolled tablets and offer to enrol this one."""
    st.subheader("Tablets", anchor=False)
    st.write("On an enrolled tablet people sign in by a tap on their name and a PIN; nowhere else does a PIN work.")
    tablets = administration.tablets(by=by)
    for tablet in tablets:
        with st.container(horizontal=True, vertical_alignment="center"):
            since = show_date(tablet.enrolled_at_utc.date())
            st.write(f"**{as_words(tablet.name)}**, enrolled {since} by {as_words(tablet.enrolled_by)}")
            if st.button("Take off the list", key=f"revoke-{tablet.tablet_id}"):
                administration.revoke_tablet(tablet.tablet_id, by=by, at=at)
                st.rerun()
    browser = clinic.browser()
    if browser is not None and any(tablet.browser == fingerprint(browser) for tablet in tablets):
        st.caption("You are at one of them.")
        return
    with st.form("tablet-add", border=False, width=420):
        name = st.text_input("Name for the tablet you are at", key="tablet-name", placeholder="Room 2", max_chars=60)
        pressed = st.form_submit_button("Enrol this tablet")
    if not pressed:
        return
    try:
        administration.enrol_tablet(name, browser=browser, by=by, at=at)
    except PumplogError as refused:
        st.error(as_words(str(refused)))
        return
    st.rerun()
