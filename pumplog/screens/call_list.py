"""The call list: whom to call and why, with the number, and a call that nobody answered logged in one tap."""

from dataclasses import dataclass
from html import escape
from typing import Any, Final
from uuid import uuid4

import streamlit as st

from pumplog.desk import CallList, Desk
from pumplog.errors import EntryRefused, StaleRecord
from pumplog.outlook import Asking, OpenTransfer, Outlook, Tier
from pumplog.people import Act
from pumplog.screens.call_forms import next_open_day
from pumplog.screens.call_words import outcome_words
from pumplog.screens.going import go_to
from pumplog.screens.look import as_words, day_html, tier_badge
from pumplog.screens.navigation import can_open
from pumplog.screens.person import person
from pumplog.screens.sentences import reasons_html

ROWS_COUNT: Final = 25
EVERYBODY, TRANSFERS = "Everybody", "Transfers to confirm"
ASKING_WORDS: Final = {
    Asking.NOT_FOLLOWED_UP: "Missed, not followed up",
    Asking.CALL_AGAIN: "Call again",
    Asking.BOOKED_TOO_LATE: "Booked too late",
    Asking.NOTHING_BOOKED: "Nothing booked",
}


def show_call_list(desk: Desk) -> None:
    """Show whom to call today: red rows first, then transfers that nobody confirmed, then the calm ones."""
    listed = desk.call_list()
    counts = {EVERYBODY: len(listed.rows), **{ASKING_WORDS[one]: listed.counts[one] for one in Asking}}
    counts[TRANSFERS] = len(listed.transfers)
    chosen = st.segmented_control(
        "Whom to call",
        list(counts),
        default=EVERYBODY,
        format_func=lambda words: f"{words}: {counts[words]:,}",
        key="calling",
        required=True,
    )
    rows = rows_of(listed, chosen)
    shown = st.session_state.get("calls-shown", ROWS_COUNT)
    red = [row for row in rows[:shown] if row.tier.is_red]
    for row in red:
        show_row(desk, row)
    if chosen in (EVERYBODY, TRANSFERS):
        for transfer in listed.transfers:
            show_transfer(transfer)
    for row in rows[len(red) : shown]:
        show_row(desk, row)
    if len(rows) > shown:
        more = min(ROWS_COUNT, len(rows) - shown)
        st.button(f"Show {more} more of {len(rows) - shown:,}", key="calls-more", on_click=_show_more, args=(shown,))
    if not rows and not listed.transfers:
        st.success("Nobody has to be called: every pump has a visit booked in time.")


def _show_more(shown: int) -> None:
    st.session_state["calls-shown"] = shown + ROWS_COUNT


def rows_of(listed: CallList, chosen: str | None) -> list[Outlook]:
    """The rows of one reason to call; all of them for everybody."""
    if chosen == TRANSFERS:
        return []
    asking = next((one for one, words in ASKING_WORDS.items() if words == chosen), None)
    return [row for row in listed.rows if asking is None or row.calling.asks(asking)]


def show_row(desk: Desk, row: Outlook) -> None:
    """Show one pump to call about, and what can be done."""
    with st.container(horizontal=True, wrap=False, key=f"calling-{row.pump_id}"):
        st.html(call_html(row))
        with st.container(width=170, gap="small"):
            if desk.may(Act.LOG_CALL):
                if person():
                    no_answer(desk, row)
                if st.button("Log a call", key=f"log-{row.pump_id}", width="stretch"):
                    go_to("calls", row.pump_id)
            if can_open("story") and st.button("Open", key=f"call-open-{row.pump_id}", width="stretch"):
                go_to("story", row.pump_id)


@dataclass
class OneTap:
    """A call that nobody answered, ready to be written: a second tap on it is the same call."""

    event_id: str
    seen: int
    said: dict[str, Any] | None = None


def no_answer(desk: Desk, row: Outlook) -> None:
    """Show the button that writes down, in one tap, that nobody answered."""
    key = f"no-answer:{row.pump_id}"
    pressed = st.button("No answer", key=f"no-answer-{row.pump_id}", width="stretch")
    kept = st.session_state.get(key)
    if pressed and isinstance(kept, OneTap):
        log_no_answer(desk, row, kept)
    else:
        st.session_state[key] = OneTap(uuid4().hex, desk.seen(row.pump_id))


def log_no_answer(desk: Desk, row: Outlook, tap: OneTap) -> None:
    """Write that nobody answered, to be called again on the next open day."""
    again_on = next_open_day(desk)
    tap.said = tap.said or {
        "kind": "contacted",
        "pump_serial": row.pump_serial,
        "happened_at": desk.now().isoformat(),
        "outcome": "no_answer",
        "remind_on": again_on.isoformat(),
    }
    try:
        desk.record(desk.read_entry(tap.said), by=person() or "", seen=tap.seen, event_id=tap.event_id)
    except StaleRecord:
        st.warning("Somebody wrote about this pump just now: look at it again before logging this call.")
    except EntryRefused as refusal:
        st.error(as_words(str(refusal)))
    else:
        st.session_state["call-logged"] = (
            f"{row.patient_name or row.pump_serial}: no answer, call again {again_on:%A}."
        )
        st.rerun()


def call_html(row: Outlook) -> str:
    """Return one pump to call about: who, the number, until when, why it stands there, and every reason to call."""
    name = escape(row.patient_name) if row.patient_name else "No patient on record"
    phone = f"<b>{escape(row.phone)}</b>" if row.phone else '<span class="pl-quiet">No phone number on record</span>'
    refill = f"refill by <b>{day_html(row.refill_by)}</b>" if row.refill_by else "<b>refill date not known</b>"
    if row.refill_by and row.tier is Tier.CANNOT_PROJECT:
        refill = f"<b>refill date not known</b>; if the pump runs as programmed, {refill}"
    drug = f", {escape(row.fluid_says)}" if row.fluid_says else ""
    last = row.calling.last_contact
    said = (
        f"Last call {day_html(last.at.date())}: {escape(outcome_words(last.said))}" if last else "No call on record."
    )
    reasons = "".join(f"<li>{escape(task.says)}</li>" for task in row.calling.tasks)
    return (
        f'<article class="pl-row pl-edge-{row.tier.value}">'
        f'<p class="pl-who">{tier_badge(row.tier.value)} <b>{name}</b> ☎ {phone}</p>'
        f"<p>Pump {escape(row.pump_serial)}{drug}: {refill}. {escape(row.book_on_says)}</p>"
        f'{reasons_html(row)}<p>{said}</p><ul class="pl-why">{reasons}</ul></article>'
    )


def show_transfer(transfer: OpenTransfer) -> None:
    """Show a pump that left for another clinic, which has not confirmed it."""
    last = transfer.last_contact
    said = f" Last call {day_html(last.at.date())}: {escape(outcome_words(last.said))}" if last else ""
    phone = f" Patient's phone {escape(transfer.phone)}." if transfer.phone else ""
    with st.container(horizontal=True, wrap=False, key=f"transfer-{transfer.pump_id}"):
        st.html(
            f'<article class="pl-row"><p class="pl-who">⇢ <b>{escape(transfer.patient_name)}</b> '
            f'<span class="pl-quiet">pump {escape(transfer.pump_serial)}</span></p>'
            f"<p>Left for <b>{escape(transfer.to_clinic)}</b> on {day_html(transfer.left_on)}: that clinic has not "
            f"confirmed it.{said}{phone}</p></article>"
        )
        with st.container(width=170, gap="small"):
            if st.button("Log a call", key=f"log-{transfer.pump_id}", width="stretch"):
                go_to("calls", transfer.pump_id)
