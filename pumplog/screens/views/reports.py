"""Reports: choose one and what it is of, see it, take it away as paper or data."""

from typing import Final

import streamlit as st

from pumplog.exports.clinic_reports import ReportKind
from pumplog.exports.report import Report
from pumplog.people import Act
from pumplog.screens import clinic
from pumplog.screens.data_out_panel import data_out_part
from pumplog.screens.form_look import wear_forms
from pumplog.screens.person import person
from pumplog.screens.report_filters import AUDIT, REPORT_WORDS, filters
from pumplog.screens.report_shown import report_shown
from pumplog.screens.report_taken import forget_files, take_part
from pumplog.screens.tables import wear_tables

SHOWN: Final = "report_shown"


def page() -> None:
    """Ask what is wanted; show what was made last, until something else is."""
    wear_forms()
    wear_tables()
    st.title("Reports", anchor=False)
    may_audit = clinic.desk().may(Act.EXPORT)
    offered = [name for name in REPORT_WORDS if name != AUDIT or may_audit]
    chosen = st.selectbox("Report", offered, format_func=REPORT_WORDS.__getitem__, key="report-kind")
    asked = filters(clinic.desk(), chosen)
    if st.button("Show the report", key="show-report", type="primary"):
        forget_files()
        bar = st.progress(0.0, text="Reading the log")

        def move(stage: str, done: int, total: int) -> None:
            bar.progress(min(1.0, done / max(1, total)), text=stage[:1].upper() + stage[1:])

        try:
            st.session_state[SHOWN] = asked(person() or "", move)
        finally:
            bar.empty()
    report = st.session_state.get(SHOWN)
    if isinstance(report, Report) and report.slug == chosen:
        report_shown(report, clinic.desk().zone)
        if may_audit:
            take_part(report)
        else:
            st.caption("Taking reports out of the house is for auditors: ask one, or an administrator for the role.")
    elif chosen == ReportKind.RECALL:
        st.caption("A model, serials from and to, or a drug's lot: one is enough, and more narrow it down.")
    if may_audit:
        data_out_part(clinic.desk())


if __name__ == "__main__":
    page()
