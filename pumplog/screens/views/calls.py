"""Calls: whom to call and why, one pump's calls and bookings, and the refills that came late."""

from html import escape

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.people import Act
from pumplog.screens import clinic
from pumplog.screens.call_forms import CALL_CHOICES, call_form, choices_for
from pumplog.screens.call_list import show_call_list
from pumplog.screens.call_words import outcome_words, visit_words
from pumplog.screens.check_and_save import check_then_save, show_saved
from pumplog.screens.choose_pump import choose_pump
from pumplog.screens.form import Form
from pumplog.screens.form_look import wear_forms
from pumplog.screens.going import pump_in_hand
from pumplog.screens.look import as_words, day_html
from pumplog.screens.near_miss_list import show_near_misses
from pumplog.screens.sheet import sheet
from pumplog.state import Booking, BookingStatus, Calls

LIST, NEAR_MISSES = "Call list", "Near misses"
LINES_COUNT = 5


def page() -> None:
    """Show one pump to call about, or the whole list, or the near misses."""
    wear_forms()
    st.title("Calls", anchor=False)
    desk = clinic.desk()
    logged = st.session_state.pop("call-logged", None)
    if logged:
        st.toast(as_words(logged), icon="☎")
    story = choose_pump(desk, "calls") if pump_in_hand() is not None else None
    if story is not None:
        one_pump(desk, story)
        st.divider()
    shown = st.segmented_control("Show", [LIST, NEAR_MISSES], default=LIST, key="calls-view", required=True)
    if shown == NEAR_MISSES:
        if not show_saved("near-miss", again="Another cause"):
            show_near_misses(desk)
    else:
        show_call_list(desk)
    if pump_in_hand() is None:
        with st.expander("A call about another pump"):
            choose_pump(desk, "calls")


def one_pump(desk: Desk, story: Story) -> None:
    """Show a pump's number, bookings and calls, and the form of what is to be said."""
    pump_id = story.state.pump_id
    st.html(diary_html(story))
    if not desk.may(Act.LOG_CALL) or show_saved(f"call:{pump_id}", again="Another call or booking"):
        return
    choices = choices_for(story)
    if not choices:
        return
    kind = st.pills(
        "What is to be written down?",
        choices,
        default=choices[0],
        format_func=CALL_CHOICES.__getitem__,
        key=f"call-kind:{pump_id}",
    )
    if kind is None:
        return
    name = f"{kind}:{pump_id}"
    form = Form(sheet(name, desk, pump_id))
    with st.container(border=True):
        call_form(kind, form, desk, story)
    check_then_save(name, form, desk, saved_as=f"call:{pump_id}")


def diary_html(story: Story) -> str:
    """Return the phone number, the newest bookings with what became of them, and the newest calls."""
    calls, registered = story.state.calls, story.state.registered
    phone = registered.patient.phone if registered else None
    number = f'☎ <b class="pl-phone">{escape(phone)}</b>' if phone else "☎ No phone number on record."
    asked = () if story.state.retired else story.outlook.calling.tasks
    tasks = "".join(f"<li>{escape(task.says)}</li>" for task in asked)
    bookings = sorted(calls.bookings, key=lambda one: one.visit_on, reverse=True)[:LINES_COUNT]
    lines = [booking_html(one, calls, story) for one in bookings]
    lines += [
        f"<li>{day_html(one.at.date())}, {escape(one.called_by)}: {escape(outcome_words(one.said))}</li>"
        for one in reversed(calls.contacts[-LINES_COUNT:])
    ]
    shown = "".join(lines) or "<li>No call and no booking on record.</li>"
    reasons = f'<ul class="pl-why pl-asks">{tasks}</ul>' if tasks else ""
    return f'<div class="pl-pump"><p>{number}</p>{reasons}<ul class="pl-why">{shown}</ul></div>'


def booking_html(booking: Booking, calls: Calls, story: Story) -> str:
    """Return one booking and what became of it."""
    if booking.status is not BookingStatus.OPEN:
        became = f"<b>{booking.status.value}</b>"
    elif calls.was_seen_on(booking.visit_on):
        became = "kept"
    elif calls.has_passed(booking, story.on):
        became = "<b>passed without a visit</b>"
    else:
        became = "booked"
    why = f" ({escape(booking.change_reason)})" if booking.change_reason else ""
    return f"<li>Visit {escape(visit_words(booking.visit))}: {became}{why}</li>"


if __name__ == "__main__":
    page()
