"""Settings, for whoever looks after the log: the last backup, a new one by one press, and a look over everything."""

from typing import Final

import streamlit as st

from pumplog.desk import Desk
from pumplog.desk.examining import Check, Health
from pumplog.errors import PumplogError
from pumplog.people import Act
from pumplog.screens import clinic
from pumplog.screens.look import as_words
from pumplog.screens.paper_ages import age_words
from pumplog.screens.person import person
from pumplog.serving.doctor import examine_open

EXAMINED: Final = "examined"
_MARKS: Final = {Health.WELL: "✓ Well", Health.LOOK: "▲ Look", Health.WRONG: "✕ Wrong"}


def upkeep_panel(desk: Desk) -> None:
    """Offer a backup, and a look over log, disk, settings and backups; what was found stays until asked again."""
    st.subheader("Backup and the health of the log", anchor=False)
    st.write(
        f"Last backup: {age_words(desk.last_backup(), desk.now())}. It goes into the folder that "
        "backup_to names in clinic.toml, else beside the log. To put one back, stop the app and give pumplog restore."
    )
    with st.container(horizontal=True):
        if st.button("Make a backup now", key="make-backup"):
            _back_up()
        if st.button("Look over everything", key="look-over"):
            st.session_state[EXAMINED] = examine_open(clinic.desk(), clinic.database().resolve())
    found = st.session_state.get(EXAMINED)
    if isinstance(found, tuple) and desk.may(Act.MANAGE_PEOPLE):
        for check in sorted(found, key=lambda check: list(_MARKS).index(check.health), reverse=True):
            _show(check)


def _back_up() -> None:
    try:
        made = clinic.desk().back_up(by=person() or "")
    except PumplogError as refused:
        st.error(as_words(str(refused)))
        return
    events = "1 event" if made.head.row_count == 1 else f"{made.head.row_count} events"
    st.success(f"Made and proved: {events}, in {as_words(str(made.folder))}.")


def _show(check: Check) -> None:
    text = f"**{_MARKS[check.health]}: {check.about}.** {as_words(check.says)}"
    if check.mend:
        text += f"  \n{as_words(check.mend)}"
    match check.health:
        case Health.WELL:
            st.markdown(text)
        case Health.LOOK:
            st.warning(text)
        case Health.WRONG:
            st.error(text)
