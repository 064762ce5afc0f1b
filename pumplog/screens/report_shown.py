"""A report on the page: what it is of, its picture, its rows; the words are those of the paper."""

from html import escape
from typing import Final
from zoneinfo import ZoneInfo

import altair as alt
import streamlit as st

from pumplog.exports.report import Report, paper_rows
from pumplog.screens.charts import dressed
from pumplog.screens.tables import table_html, table_of_html

AT_ONCE_COUNT: Final = 25
ROWS_SHOWN: Final = "report_rows_shown"


def report_shown(report: Report, zone: ZoneInfo) -> None:
    """Show a report; its rows piece by piece."""
    st.subheader(report.title, anchor=False)
    st.html(table_html(("About", ""), report.facts, kind="pl-facts"))
    for note in report.notes:
        st.caption(note)
    for chart in report.charts:
        st.altair_chart(dressed(alt.Chart.from_dict(dict(chart.spec)), st.context.theme.type), theme=None)
        st.caption(chart.says)
    if not report.rows:
        st.info(report.when_empty)
        return
    count = max(AT_ONCE_COUNT, st.session_state.get(ROWS_SHOWN, 0))
    rows = paper_rows(report, report.rows[:count], zone)
    cells = [["<br>".join(map(escape, cell.split("\n"))) for cell in row] for row in rows]
    st.html(f'<div class="pl-wide">{table_of_html([one.head for one in report.on_paper], cells)}</div>')
    left = len(report.rows) - count
    if left > 0:
        more = min(AT_ONCE_COUNT * 4, left)
        st.button(f"Show {more} more of {left:,}", key="more-report", on_click=_more, args=(count + more,))


def _more(count: int) -> None:
    st.session_state[ROWS_SHOWN] = count
