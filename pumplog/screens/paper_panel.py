"""The papers of the day on the board: the call list and the downtime pack, made when somebody asks for them."""

import streamlit as st

from pumplog.desk import Desk, Papers
from pumplog.people import Act
from pumplog.screens import clinic
from pumplog.screens.person import person

_MIMES = {"html": "text/html", "txt": "text/plain", "pdf": "application/pdf", "ics": "text/calendar"}
_KIND_WORDS = {"html": "web page", "txt": "plain text", "pdf": "PDF", "ics": "calendar file"}
MADE = "papers_made"


def paper_panel(desk: Desk) -> None:
    """Offer to make the papers; what was made is there to take until something else is."""
    if not desk.may(Act.PRINT_LISTS):
        return
    st.subheader("On paper", anchor=False)
    st.write(
        "The call list of today for e-mail or print; and the downtime pack: due list, a card for each pump and blank "
        "forms for the days on which this program does not run. The calendar file names no patient."
    )
    with st.container(horizontal=True):
        if st.button("Make today's call list", key="make-digest"):
            st.session_state[MADE] = clinic.desk().digest(by=_maker())
        if st.button("Make the downtime pack", key="make-pack"):
            st.session_state[MADE] = clinic.desk().downtime_pack(by=_maker())
        if st.button("Make the calendar file", key="make-calendar"):
            st.session_state[MADE] = clinic.desk().calendar_feed(by=_maker())
    made = st.session_state.get(MADE)
    if isinstance(made, Papers):
        _take(made)


def _take(made: Papers) -> None:
    pumps = "1 pump" if made.pumps_count == 1 else f"{made.pumps_count} pumps"
    calendar = all(name.endswith(".ics") for name in made.files)
    care = "It names no patient." if calendar else "It names patients: keep it as you keep their records."
    st.success(f"Made, with {pumps}. {care}")
    with st.container(horizontal=True):
        for name, content in made.files.items():
            ending = name.rpartition(".")[2]
            st.download_button(
                f"Take it as {_KIND_WORDS[ending]}",
                content,
                file_name=name,
                mime=_MIMES[ending],
                key=f"take-{ending}",
                on_click="ignore",
            )


def _maker() -> str:
    return person() or ""
