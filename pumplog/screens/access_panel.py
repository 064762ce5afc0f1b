"""Who came in, who read what, what left the house: that log in words, by day, person and pump."""

from datetime import timedelta
from typing import Final

import streamlit as st

from pumplog.desk import AccessLine, Desk
from pumplog.people import Act
from pumplog.quantities import show_date
from pumplog.screens.tables import table_html

NEWEST_COUNT: Final = 200
_WEEK: Final = timedelta(days=6)


def access_panel(desk: Desk) -> None:
    """Show the lines of some days, the newest first."""
    st.subheader("Who came in and what was read", anchor=False)
    with st.expander("Sign-ins, stories opened, files taken out", key="fold-access", on_change="rerun") as fold:
        if fold.open:
            _lines(desk)


def _lines(desk: Desk) -> None:
    today = desk.today()
    with st.container(horizontal=True):
        first = st.date_input("From", today - _WEEK, max_value=today, format="YYYY-MM-DD", key="access-first")
        last = st.date_input("To", today, max_value=today, format="YYYY-MM-DD", key="access-last")
        people = sorted(account.name for account in desk.door.accounts.everybody())
        by = st.selectbox("Person", people, index=None, placeholder="Everybody", key="access-by")
        pump_id = _pump_asked(desk)
    if last < first:
        st.error("The last day is before the first: check both.")
        return
    lines = desk.access_lines(first, last, pump_id=pump_id, by=by)
    if not lines:
        st.write("Nothing was written of that.")
        return
    if len(lines) > NEWEST_COUNT:
        st.caption(f"The newest {NEWEST_COUNT} of {len(lines):,} lines: choose fewer days, a person or a pump.")
    rows = [_row(line) for line in lines[-NEWEST_COUNT:][::-1]]
    st.html(table_html(["When", "Who", "What", "About", "More"], rows))


def _pump_asked(desk: Desk) -> str | None:
    """The pump to look for; not asked of whoever may see none."""
    if not desk.may(Act.SEE_STORY):
        return None
    serials = {card.pump_id: card.pump_serial for card in desk.pumps()}
    chosen: str | None = st.selectbox(
        "Pump",
        list(serials),
        index=None,
        format_func=serials.__getitem__,
        placeholder="Every pump",
        key="access-pump",
    )
    return chosen


def _row(line: AccessLine) -> list[str]:
    told = ", ".join(f"{key.replace('_', ' ')} {_shown(value)}" for key, value in line.told.items())
    return [f"{show_date(line.at.date())} {line.at:%H:%M}", line.by, line.says, line.about, told]


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
