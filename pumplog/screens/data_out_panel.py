"""Data for other programs and for studies: made when somebody asks, taken as one file; that it left is logged."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import streamlit as st

from pumplog.desk import Desk, Papers
from pumplog.screens.person import person

OUT: Final = "data_out"
FHIR, VIEWS, WITHOUT_PEOPLE = "fhir", "views", "deidentified"
DATA_WORDS: Final[Mapping[str, str]] = {
    FHIR: "FHIR R4 bundle",
    VIEWS: "Analyst's tables (Parquet)",
    WITHOUT_PEOPLE: "Record without people",
}
_SAYS: Final[Mapping[str, str]] = {
    FHIR: "For another clinic's software: one pump, or all that happened in a period. It names patients.",
    VIEWS: "Every table of docs/analyst.md with its units. They name patients.",
    WITHOUT_PEOPLE: "For studies: no names, serials or calendar days. A rare course can still be known again: "
    "hand it on with that in mind.",
}
_BACK_DAYS: Final = 365


def data_out_part(desk: Desk) -> None:
    """Ask what is wanted, make it, and offer it."""
    with st.expander("For other programs, and for studies"):
        what = st.pills("What is wanted?", list(DATA_WORDS), format_func=DATA_WORDS.__getitem__, key="data-out-kind")
        if what is None:
            return
        st.caption(_SAYS[what])
        serial, first, last = _of(desk) if what == FHIR else (None, None, None)
        if st.button("Make it", key="make-data-out"):
            st.session_state.pop(OUT, None)
            with st.spinner("Making it", show_time=True):
                made = _made(desk, what, serial, first, last)
            st.session_state[OUT] = what, made, _archive(made)
        kept = st.session_state.get(OUT)
        if kept is not None and kept[0] == what:
            _offer(*kept)


def _of(desk: Desk) -> tuple[str | None, date | None, date | None]:
    """Of which pump, or of which days."""
    one, two, three = st.columns(3)
    serial = one.text_input("Pump, by its serial", key="data-out-pump", placeholder="every pump").strip() or None
    today = desk.today()
    first = two.date_input("From", today - timedelta(days=_BACK_DAYS), format="DD/MM/YYYY", key="data-out-from")
    last = three.date_input("To", today, format="DD/MM/YYYY", key="data-out-to")
    return serial, first, last


def _made(desk: Desk, what: str, serial: str | None, first: date | None, last: date | None) -> Papers:
    by = person() or ""
    if what == FHIR:
        return desk.export_fhir(by=by, pump_serial=serial, first=first, last=last)
    return desk.export_views(by=by) if what == VIEWS else desk.export_deidentified(by=by)


def _offer(what: str, made: Papers, archive: bytes) -> None:
    pumps = f"{made.pumps_count} pump{'' if made.pumps_count == 1 else 's'}"
    st.success(f"{DATA_WORDS[what]} of {pumps}: {len(made.files)} file{'' if len(made.files) == 1 else 's'}.")
    name = f"pumplog-{what}-{made.on:%Y-%m-%d}.zip"
    st.download_button("Take it (ZIP)", archive, name, "application/zip", key="take-data-out", on_click="ignore")


def _archive(made: Papers) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.files.items():
            archive.writestr(name, content)
    return written.getvalue()
