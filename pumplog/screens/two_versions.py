"""What was recorded meanwhile, beside what is on this screen."""

from collections.abc import Iterable
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from pumplog.desk import Desk, Preview
from pumplog.entries import Entry
from pumplog.screens.look import as_words
from pumplog.screens.wording import KIND_WORDS, lines_of
from pumplog.state import Said


def show_both_versions(desk: Desk, preview: Preview) -> None:
    """Show what was typed here beside what somebody else recorded since it was checked."""
    st.error("Somebody else recorded something about this pump while you were typing. Compare the two.")
    left, right = st.columns(2)
    with left.container(border=True):
        st.markdown("**Yours, not saved**")
        st.html(entry_html(preview.entry, desk.zone))
    with right.container(border=True):
        st.markdown("**Recorded meanwhile**")
        for said in desk.said_since(preview.pump_id, preview.seen):
            st.html(said_html(said, desk.zone))


def show_said_since(desk: Desk, preview: Preview, seen: int) -> None:
    """Say what was recorded between the first drawing of the form and its check."""
    newer = [said for said in desk.said_since(preview.pump_id, seen) if said.sequence <= preview.seen] if seen else []
    if not newer:
        return
    st.warning("Recorded about this pump since you began this form; the check counts it:")
    show_said(newer, desk.zone)


def show_said(newer: Iterable[Said], zone: ZoneInfo) -> None:
    """Show what was recorded, each with who recorded it."""
    for said in newer:
        with st.expander(as_words(f"{KIND_WORDS[said.entry.kind]}, by {said.recorded_by}"), expanded=True):
            st.html(said_html(said, zone))


def said_html(said: Said, zone: ZoneInfo) -> str:
    """Return an event of the log as lines, with who recorded it and when."""
    at = said.recorded_at_utc.astimezone(zone)
    words = f"{KIND_WORDS[said.entry.kind]}, recorded by {said.recorded_by} at {at:%H:%M}"
    return f'<p class="pl-who"><b>{escape(words)}</b></p>{entry_html(said.entry, zone)}'


def entry_html(entry: Entry, zone: ZoneInfo) -> str:
    """Return an entry as lines: the name of each thing said, and what was said."""
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in lines_of(entry, zone))
    return f'<dl class="pl-lines">{lines}</dl>'
