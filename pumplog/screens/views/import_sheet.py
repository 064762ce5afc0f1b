"""Import a clinic's spreadsheet: choose, check, then import."""

from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pumplog.desk import ImportReport
from pumplog.errors import EntryRefused, StaleRecord
from pumplog.imports import Columns, DateOrder, read_sheet, recognise_columns
from pumplog.screens import clinic, look
from pumplog.screens.form_look import wear_forms
from pumplog.screens.going import go_to
from pumplog.screens.import_choice import Checked, Chosen
from pumplog.screens.import_report import columns_html, counts_html, faults_html, refused_rows_count
from pumplog.screens.person import person
from pumplog.screens.tables import wear_tables
from pumplog.screens.upload import KINDS, private_file, shown_name

FAULTS_AT_ONCE_COUNT: Final = 100
_COLUMNS, _CHECKED, _IMPORTED = "import_columns", "import_checked", "import_done"
_SHOWN = "import_faults_shown"
_ORDERS: Final[dict[str, DateOrder | None]] = {
    "Not said: refuse such a date": None,
    "3 April (day first)": "dmy",
    "4 March (month first)": "mdy",
}


def page() -> None:
    """Show the three steps; each appears when the one before it is done."""
    st.title("Import a sheet")
    wear_forms()
    wear_tables()
    done = st.session_state.get(_IMPORTED)
    if isinstance(done, ImportReport):
        imported(done)
        return
    st.write(
        "One row is one refill visit, as CSV or XLSX. Checking writes nothing; "
        "a row that is not clear is refused, never guessed."
    )
    upload = st.file_uploader("The clinic's spreadsheet", type=KINDS, key="sheet_file")
    if upload is None:
        return
    chosen = choose_how(upload)
    try:
        understood(chosen)
        checked = check(chosen)
        if checked is not None:
            found(chosen, checked)
    except EntryRefused as refusal:
        for fault in refusal.faults:
            st.error(look.as_words(fault.says))


def choose_how(upload: UploadedFile) -> Chosen:
    """Ask what a file alone does not tell."""
    said = st.radio("In this sheet 03/04/2026 means", _ORDERS, horizontal=True, key="date_order")
    sheet = None
    if upload.getvalue().startswith(b"PK"):
        sheet = st.text_input("Name of the sheet in the workbook", key="sheet_name", placeholder="the first one")
    return Chosen(upload, _ORDERS[said], sheet or None)


def understood(chosen: Chosen) -> None:
    """Show how each header is understood. Raises EntryRefused when the file cannot be read by its headers."""
    kept = st.session_state.get(_COLUMNS)
    if kept is None or kept[0] != chosen.is_what:
        with private_file(chosen.upload.getvalue()) as path:
            raw = read_sheet(path, policy=clinic.desk().reference.policy, sheet=chosen.sheet)
        kept = (chosen.is_what, recognise_columns(raw.headers))
        st.session_state[_COLUMNS] = kept
    columns: Columns = kept[1]
    with st.expander("How each header is understood", expanded=bool(columns.faults)):
        st.html(columns_html(columns.understood))
    if columns.faults:
        raise EntryRefused(*columns.faults)


def check(chosen: Chosen) -> Checked | None:
    """Check when asked to; what the last check of this very choice found."""
    if st.button("Check the sheet", key="check", type="secondary"):
        seen = clinic.desk().head().sequence
        report = read(chosen, by=person() or "nobody", seen=seen, dry_run=True)
        st.session_state[_CHECKED] = Checked(chosen.is_what, report, seen)
        st.session_state[_SHOWN] = FAULTS_AT_ONCE_COUNT
    checked = st.session_state.get(_CHECKED)
    return checked if isinstance(checked, Checked) and checked.is_what == chosen.is_what else None


def found(chosen: Chosen, checked: Checked) -> None:
    """Show what the check found, and offer to import."""
    report = checked.report
    st.subheader("What the check found", anchor=False)
    st.html(counts_html(report))
    st.caption("Nothing has been written yet.")
    refused = refused_rows_count(report)
    if refused:
        st.subheader("Refused rows", anchor=False)
        shown = st.session_state[_SHOWN]
        st.html(faults_html(report.refused[:shown]))
        if len(report.refused) > shown and st.button(f"Show more of the {len(report.refused):,} faults", key="more"):
            st.session_state[_SHOWN] = shown + FAULTS_AT_ONCE_COUNT
            st.rerun()
        st.write(
            f"Mend {'it' if refused == 1 else 'them'} in the sheet and check again; or import the good rows now: "
            "the refused ones then stay on the board until they are mended or dismissed."
        )
    elif not report.new_count:
        st.info("Everything in this sheet is on record already: there is nothing to import.")
        return
    by = person()
    if by is None:
        st.info("Say who you are at the top of the page before you import.")
    what = "the good rows" if refused else "all"
    asked = st.button(
        f"Import {what} as {look.as_words(by)}" if by else f"Import {what}",
        key="import",
        type="primary",
        disabled=by is None,
    )
    if asked and by is not None:
        write(chosen, checked, by)


def write(chosen: Chosen, checked: Checked, by: str) -> None:
    """Import in one transaction, then show the result in place of the steps."""
    try:
        report = read(chosen, by=by, seen=checked.seen, accept_good_rows=bool(checked.report.refused))
    except StaleRecord:
        st.session_state.pop(_CHECKED)
        raise
    st.session_state[_IMPORTED] = report
    st.session_state.pop(_CHECKED)
    st.rerun()


def read(
    chosen: Chosen, *, by: str, seen: int, accept_good_rows: bool = False, dry_run: bool = False
) -> ImportReport:
    """Read the sheet at the desk, with a bar that shows how far it has come."""
    bar = st.progress(0.0, text="Reading the sheet")

    def move(done: int, of: int) -> None:
        bar.progress(done / max(of, 1), text=f"{done:,} of {of:,} rows")

    try:
        with private_file(chosen.upload.getvalue()) as path:
            return clinic.desk().import_sheet(
                path,
                by=by,
                seen=seen,
                accept_good_rows=accept_good_rows,
                dry_run=dry_run,
                date_order=chosen.date_order,
                sheet=chosen.sheet,
                name=shown_name(chosen.upload.name),
                progress=move,
            )
    finally:
        bar.empty()


def imported(report: ImportReport) -> None:
    """Show what was written, and where to go from here."""
    refused = refused_rows_count(report)
    st.success(f"{report.new_count:,} visits of {report.pumps_count:,} pumps were imported.")
    st.html(counts_html(report))
    if refused:
        st.warning(f"{refused:,} rows were refused. They stay on the board until they are mended or dismissed.")
    with st.container(horizontal=True):
        if st.button("Open the board", key="to_board", type="primary"):
            st.session_state.pop(_IMPORTED)
            go_to("board")
        if st.button("Import another sheet", key="another"):
            st.session_state.pop(_IMPORTED)
            st.rerun()


if __name__ == "__main__":
    page()
