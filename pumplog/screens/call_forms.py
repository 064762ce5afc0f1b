"""The forms of the telephone and the diary: a call, a booking, what became of one, a transfer, a near miss."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.quantities import show_date
from pumplog.screens.call_words import visit_words
from pumplog.screens.form import Form
from pumplog.screens.wording import BOOKING_CHANGE_WORDS, CAUSE_WORDS, OUTCOME_WORDS
from pumplog.state import Booking, BookingStatus

CALL_CHOICES: Final[Mapping[str, str]] = {
    "contacted": "Log a call",
    "booked": "Book a visit",
    "booking_changed": "Change a booking",
    "transfer_confirmed": "Transfer confirmed",
}
_STEP: Final = 300
"""Times of visits are offered in steps of this many seconds; any other can be typed."""


def choices_for(story: Story) -> list[str]:
    """Which of these can be said about a pump now."""
    retired = story.state.retired
    if retired is None:
        booked = ["booking_changed"] if changeable(story) else []
        return ["contacted", "booked", *booked]
    if retired.reason != "transferred":
        return []
    return ["contacted", *(["transfer_confirmed"] if story.state.calls.transfer is None else [])]


def changeable(story: Story) -> list[Booking]:
    """The bookings that may still be moved, cancelled or marked: open ones, and missed ones to be moved."""
    calls = story.state.calls
    standing = [one for one in calls.bookings if one.status is not BookingStatus.CANCELLED]
    return sorted(
        (one for one in standing if not calls.was_seen_on(one.visit_on)), key=lambda one: one.visit_on, reverse=True
    )


def call_form(kind: str, form: Form, desk: Desk, story: Story) -> None:
    """Draw the form of a kind, about one pump."""
    form.say("kind", kind)
    if story.state.registered is not None:
        form.say("pump_serial", story.state.registered.pump_serial)
    match kind:
        case "contacted":
            contacted_form(form, desk, story)
        case "booked":
            booking_fields(form, story)
        case "booking_changed":
            booking_changed_form(form, story)
        case _:
            transfer_form(form, story)
    with st.expander("More: a note"):
        form.text("note", "Note", long=True)


def contacted_form(form: Form, desk: Desk, story: Story) -> None:
    """What came of a call, and what follows from it."""
    outcome = form.one_of("outcome", "What came of it?", outcomes_of(story), required=True)
    with st.container():
        if outcome == "booked":
            booking_fields(form, story)
    with st.container():
        if outcome == "other":
            form.text("outcome_text", "In words", required=True)
        elif outcome in ("refused", "moved", "in_hospital_elsewhere"):
            form.text("outcome_text", "In words, if there is more to say")
    with st.container():
        if outcome is not None and outcome not in ("booked", "moved"):
            proposed = next_open_day(desk) if outcome == "no_answer" else None
            form.day("remind_on", "Call again on", value=proposed, required=outcome == "call_again")
    form.text("spoke_with", "Spoken with, if not the patient", example="the patient's sister")


def outcomes_of(story: Story) -> Mapping[str, str]:
    """What can come of a call: nothing is booked any more for a pump that has left."""
    left = story.state.retired is not None
    return {code: words for code, words in OUTCOME_WORDS.items() if not (left and code == "booked")}


def next_open_day(desk: Desk) -> date:
    """The next day on which somebody is there to call again."""
    tomorrow = desk.today() + timedelta(days=1)
    return desk.calendar().first_open_on_or_after(tomorrow) or tomorrow


def booking_fields(form: Form, story: Story) -> None:
    """A visit that is booked: its day, and what else is known."""
    part = form.part("booking")
    row = story.outlook
    hint = row.book_on_says if row.refill_by is not None else ""
    left, right = st.columns(2)
    with left:
        part.day("visit_on", "Day of the visit", hint=hint, required=True)
    with right:
        clock = st.time_input(
            "Time, if it is agreed", value=None, step=_STEP, key=part.key("visit_time"), persist_state="session"
        )
        part.say("visit_time", clock.isoformat() if clock else None)
    registered = story.state.registered
    left, right = st.columns(2)
    with left:
        part.text("site", "Where", value=(registered.clinic_site if registered else None) or "")
    with right:
        part.text("clinician", "With whom")


def booking_changed_form(form: Form, story: Story) -> None:
    """A booking is moved, cancelled, or was missed."""
    words = {one.event_id: visit_words(one.visit) for one in changeable(story)}
    first = next(iter(words)) if len(words) == 1 else None
    form.one_of("booking_event_id", "Which booking", words, first=first, required=True)
    change = form.one_of("change", "What became of it?", BOOKING_CHANGE_WORDS, required=True)
    with st.container():
        if change == "moved":
            booking_fields(form, story)
    form.text("reason", "Why, if it was said")


def transfer_form(form: Form, story: Story) -> None:
    """The receiving clinic says that it has the pump on its list."""
    left = story.state.retired
    form.text("receiving_clinic", "Which clinic", value=(left.to_clinic if left else None) or "", required=True)
    form.text("confirmed_by", "Who there said so", example="their pump nurse, by phone", required=True)


def near_miss_form(form: Form, pump_serial: str, event_id: str, refilled_on: date) -> None:
    """The cause of one near miss."""
    form.say("kind", "near_miss_explained")
    form.say("pump_serial", pump_serial)
    form.say("visit_event_id", event_id)
    cause = form.one_of("cause", f"Why was the refill of {show_date(refilled_on)} late?", CAUSE_WORDS, required=True)
    form.text("cause_text", "In words", required=cause == "other")
