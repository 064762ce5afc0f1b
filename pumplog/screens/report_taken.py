"""Taking a report away: its forms are made when somebody asks, with their manifest; that it left is logged."""

import io
import zipfile
from typing import Final

import streamlit as st

from pumplog.exports.report import Report
from pumplog.exports.report_set import ReportFormat, ReportSet
from pumplog.screens import clinic
from pumplog.screens.person import person
from pumplog.screens.report_shown import ROWS_SHOWN

TAKEN: Final = "report_taken"
FORMAT_WORDS: Final = {
    ReportFormat.PDF: "PDF",
    ReportFormat.XLSX: "Excel",
    ReportFormat.CSV: "CSV",
    ReportFormat.PARQUET: "Parquet",
    ReportFormat.JSON: "JSON",
}


def forget_files() -> None:
    """Let go of what was made of another report."""
    for name in (TAKEN, ROWS_SHOWN):
        st.session_state.pop(name, None)


def take_part(report: Report) -> None:
    """Ask for the forms, make them, and offer them as one set with its manifest."""
    st.subheader("Take it away", anchor=False)
    forms = st.pills(
        "Forms",
        list(FORMAT_WORDS),
        selection_mode="multi",
        default=[ReportFormat.PDF],
        format_func=FORMAT_WORDS.__getitem__,
        key="report-forms",
    )
    if st.button("Make the files", key="make-report", disabled=not forms):
        bar = st.progress(0.0, text="Beginning")

        def move(stage: str, done: int, total: int) -> None:
            bar.progress(min(1.0, done / max(1, total)), text=f"{stage[:1].upper()}{stage[1:]}: {done} of {total}")

        try:
            made = clinic.desk().export_report(report, forms, by=person() or "", progress=move)
            st.session_state[TAKEN] = made, _archive(made)
        finally:
            bar.empty()
    taken = st.session_state.get(TAKEN)
    if taken is not None:
        _offer(*taken)


def _offer(made: ReportSet, archive: bytes) -> None:
    files = ", ".join(made.files)
    st.success(f"Made: {files}. It names patients: keep it as you keep their records.")
    st.download_button(
        "Take the set (ZIP)", archive, f"{made.folder}.zip", "application/zip", key="take-report", on_click="ignore"
    )
    st.caption("Unpacked, 'pumplog export check manifest.json' proves every file of it, without the database.")


def _archive(made: ReportSet) -> bytes:
    """The set as one file to take: a folder with its manifest in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.files.items():
            archive.writestr(f"{made.folder}/{name}", content)
    return written.getvalue()
