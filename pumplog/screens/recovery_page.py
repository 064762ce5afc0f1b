"""What stands in the board's place while the log does not open: what it is, what to do, whom to call."""

import streamlit as st

from pumplog.errors import EntryRefused, LogbookDamaged, LogbookUnavailable
from pumplog.reference import load_reference, settings_beside
from pumplog.screens import clinic
from pumplog.screens.look import as_words
from pumplog.serving.recovery import Place, way_out


def recovery_page(trouble: LogbookDamaged | LogbookUnavailable) -> None:
    """Show the way out of one trouble, step by step, and a button to try again."""
    way = way_out(trouble.trouble, _place())
    st.title(way.title, anchor=False)
    st.error(as_words(str(trouble)))
    st.subheader("First of all", anchor=False)
    st.markdown(way.first)
    st.subheader("Then, one step after the other", anchor=False)
    st.markdown(way.steps)
    st.subheader("Who to call", anchor=False)
    st.markdown(way.call)
    st.button("Try again", key="try-again", type="primary")


def _place() -> Place:
    """The names of this clinic, as far as its settings can be read."""
    database = clinic.database().resolve()
    try:
        reference = load_reference(settings_beside(database))
    except EntryRefused:
        return Place(database)
    nightly = reference.nightly
    return Place(database, nightly.downtime_pack_to, nightly.backup_to, as_words(reference.policy.support_says))
