"""After saving, while the patient is still there: the card, the next visit, and a calendar file."""

from datetime import date
from typing import Any

import streamlit as st

from pumplog.desk import Desk, visit_file_name
from pumplog.errors import EntryRefused, StaleRecord
from pumplog.exports.patient_card import card_name
from pumplog.outlook import Outlook
from pumplog.people import Act
from pumplog.quantities import show_date
from pumplog.screens.fields import date_field
from pumplog.screens.look import as_words
from pumplog.screens.person import person


def going_home(desk: Desk, pump_id: str) -> None:
    """Offer what a patient takes home, to whoever may hand it out."""
    if not desk.may(Act.HAND_OUT):
        return
    story = desk.story_of(pump_id)
    with st.container(border=True, key="going-home"):
        st.subheader("Before the patient goes home")
        _booking(desk, story.outlook)
        _files(desk, story.outlook)


def _files(desk: Desk, row: Outlook) -> None:
    """Each file is made when it is asked for: who takes one away takes it then."""
    pump_id = row.pump_id
    with st.container(horizontal=True):
        st.download_button(
            "Patient card (PDF)",
            lambda: desk.patient_card(pump_id, by=person() or "").content,
            file_name=card_name(pump_id),
            mime="application/pdf",
            key="card",
            type="primary",
            on_click="ignore",
        )
        if row.next_visit_on or row.refill_by:
            st.download_button(
                "Next visit for a calendar",
                lambda: desk.visit_file(pump_id, by=person() or "").content,
                file_name=visit_file_name(pump_id),
                mime="text/calendar",
                key="visit-file",
                on_click="ignore",
            )
    st.caption("The names of these files, and the calendar entry, tell nothing about the patient.")


def _booking(desk: Desk, row: Outlook) -> None:
    """The next visit: as booked, or to be booked now, with the last day that is early enough."""
    if row.next_visit_on is not None:
        st.html(f"<p>Next visit: <b>{row.next_visit_on:%A}, {show_date(row.next_visit_on)}</b>.</p>")
        return
    last = f" The last day for it is <b>{row.book_on:%A}, {show_date(row.book_on)}</b>." if row.book_on else ""
    st.html(f"<p>Next visit: <b>none booked</b>.{last}</p>")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = date_field("Next visit on", key=f"book-day:{row.pump_id}", value=row.book_on)
        late = row.refill_by is not None and day is not None and day > row.refill_by
        reason = (
            st.text_input("It is after the refill-by date: why?", key=f"book-why:{row.pump_id}") if late else None
        )
        if st.button("Book this day", key="book", disabled=day is None) and day is not None:
            _book(desk, row, day, reason)


def _book(desk: Desk, row: Outlook, day: date, reason: str | None) -> None:
    said: dict[str, Any] = {
        "kind": "booked",
        "happened_at": desk.now().isoformat(),
        "pump_serial": row.pump_serial,
        "booking": {"visit_on": day.isoformat()},
        "confirmed": {"booked_after_refill_by": reason} if reason else {},
    }
    try:
        entry = desk.read_entry(said)
        desk.record(entry, by=person() or "", seen=desk.seen(row.pump_id))
    except EntryRefused as refused:
        st.error(as_words(str(refused)))
    except StaleRecord:
        st.error("Somebody else recorded something about this pump meanwhile: look at the day again, then book.")
    else:
        st.rerun()
