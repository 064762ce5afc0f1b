"""The log of a story line by line, each with a way to correct it."""

from collections.abc import Sequence

import streamlit as st

from pumplog.desk import Desk
from pumplog.people import act_of
from pumplog.screens.correcting import correct
from pumplog.screens.story_log import event_html, newest_first
from pumplog.state import LogLine

SHOWN_COUNT = 20
_NOT_CORRECTED = ("row_refused", "row_settled")


def show_log(desk: Desk, pump_id: str, log: Sequence[LogLine]) -> None:
    """Show the newest lines with a Correct button each; the older ones on asking."""
    lines = newest_first(log)
    every = f"all-lines:{pump_id}"
    shown = lines if st.session_state.get(every) else lines[:SHOWN_COUNT]
    may = desk.may(act_of("corrected"))
    with st.container(key="log", gap="small"):
        for line in shown:
            _show_line(desk, pump_id, line, may=may)
    if len(shown) < len(lines) and st.button(f"Show all {len(lines)} lines", key=f"{every}:press"):
        st.session_state[every] = True
        st.rerun()


def _show_line(desk: Desk, pump_id: str, line: LogLine, *, may: bool) -> None:
    html = f'<ol class="pl-log">{event_html(line, desk.zone)}</ol>'
    if not may or line.corrected_by is not None or line.said.kind in _NOT_CORRECTED:
        st.html(html)
        return
    words, button = st.columns([6, 1], vertical_alignment="top")
    words.html(html)
    if button.button("Correct", key=f"correct-{line.said.event_id}", help="Say what is wrong with this entry"):
        correct(pump_id, line.said.event_id)
