"""The banner of refused rows: each stays in sight until a later import mends it, or somebody says why not."""

from html import escape

import streamlit as st

from pumplog.desk import Desk
from pumplog.desk.memory import CLINIC
from pumplog.errors import EntryRefused, PumplogError
from pumplog.people import Act
from pumplog.screens import clinic, look
from pumplog.screens.person import person
from pumplog.state import OpenRow

PER_PAGE_COUNT = 10
_REFUSED_KEY = "refused_row_said"


@st.fragment
def refused_rows() -> None:
    """Show how many rows are refused; open, each with its faults and a way to dismiss it with a reason."""
    desk = clinic.desk()
    rows = desk.board().open_rows
    said = st.session_state.pop(_REFUSED_KEY, None)
    if said:
        st.error(look.as_words(said))
    if not rows:
        return
    many = f"{len(rows)} rows of imported sheets were" if len(rows) > 1 else "1 row of an imported sheet was"
    with st.container(key="refused"):
        fold = st.expander(f"⚠ **{many} refused** and not taken in", key="refused-fold", on_change="rerun")
        if fold.open:
            with fold:
                _open_rows(desk, rows)


def _open_rows(desk: Desk, rows: tuple[OpenRow, ...]) -> None:
    st.write("Mend the sheet and import it again, or dismiss a row and say why. Either way it stays in the log.")
    by = person()
    may_dismiss = desk.may(Act.IMPORT)
    if by is None:
        st.info("Say who you are at the top of the page before you dismiss a row.")
    for one in rows[:PER_PAGE_COUNT]:
        st.html(refused_html(one))
        if not may_dismiss:
            continue
        with st.container(horizontal=True, vertical_alignment="bottom"):
            reason_key = f"reason-{one.event_id}"
            st.text_input("Reason to dismiss it", key=reason_key, max_chars=500)
            st.button(
                f"Dismiss as {look.as_words(by)}" if by else "Dismiss",
                key=f"dismiss-{one.event_id}",
                disabled=by is None,
                on_click=_dismiss,
                args=(one, reason_key, by or "", _seen(desk, one)),
            )
    if len(rows) > PER_PAGE_COUNT:
        st.caption(f"The first {PER_PAGE_COUNT} of {len(rows)}. The others follow as these are settled.")


def _dismiss(one: OpenRow, reason_key: str, by: str, seen: int) -> None:
    # A press runs before the page is drawn: the desk is asked for here, so that a locked page writes nothing.
    try:
        clinic.desk().dismiss_row(one.event_id, st.session_state[reason_key], by=by, seen=seen)
    except PumplogError as refusal:
        st.session_state[_REFUSED_KEY] = str(refusal)


def _seen(desk: Desk, one: OpenRow) -> int:
    """What has been seen of the pump that the row is filed under; rows of unknown pumps are the clinic's."""
    try:
        pump_id = desk.pump_id(one.row.pump_serial or "")
    except EntryRefused:
        return desk.seen(CLINIC)
    filed = any(row.event_id == one.event_id for row in desk.story_of(pump_id).state.open_rows)
    return desk.seen(pump_id if filed else CLINIC)


def refused_html(one: OpenRow) -> str:
    """Return a refused row as its line and the sentences of its faults."""
    serial = f", pump {escape(one.row.pump_serial)}" if one.row.pump_serial else ""
    faults = "".join(f"<li>{escape(fault.says)}</li>" for fault in one.row.faults)
    return (
        f'<p class="pl-who"><b>Line {one.row.line_count} of {escape(one.row.sheet)}</b>{serial}</p>'
        f'<ul class="pl-why">{faults}</ul>'
    )
