"""The clinic's days: when it is open, who a closure would catch before it is said, and the closures in force."""

from datetime import date
from html import escape
from typing import Final
from uuid import uuid4

import streamlit as st

from pumplog.clinic_days import ClinicCalendar
from pumplog.desk import Desk
from pumplog.entries import AboutTheDays, CapacitySet, ClosureLifted, ClosureSet
from pumplog.people import Act
from pumplog.planning import Caught, Closing
from pumplog.quantities import show_date
from pumplog.reference import WEEKDAY_NAMES
from pumplog.screens import clinic, look
from pumplog.screens.fields import date_field
from pumplog.screens.going import go_to
from pumplog.screens.look import as_words, day_html
from pumplog.screens.navigation import can_open
from pumplog.screens.person import person
from pumplog.screens.sentences import who_html
from pumplog.state import Closure

MOST_VISITS_COUNT: Final = 1_000
PASSES_WORDS: Final = {
    "empty": ("✕", "would run empty while the clinic is closed"),
    "unknown": ("?", "has no dates that could be worked out, so nobody can say"),
    "alarm": ("▲", "would pass its alarm date while the clinic is closed"),
    "refill_by": ("●", "would pass its refill-by date while the clinic is closed"),
    "booked": ("→", "has a visit booked in these days"),
}


def closures_part() -> None:
    """Try a closure out, say it, and see which are in force; give a day room of its own."""
    desk = clinic.desk()
    calendar = desk.calendar()
    st.html(f"<p>{opening_words(calendar)}</p>")
    st.subheader("If we close from … to …", anchor=False)
    left, right = st.columns(2)
    with left:
        first = date_field("First day closed", key="close-first")
    with right:
        last = date_field("Last day closed", key="close-last")
    if first is None or last is None:
        st.caption("Choose both days to see who would be caught. Nothing is written by looking.")
    elif last < first:
        st.html('<p class="pl-refused" role="alert">The last day is before the first: check both.</p>')
    else:
        closing = desk.try_closure(first, last)
        closing_shown(closing)
        say_closure(desk, calendar, first, last)
    in_force(desk, calendar)
    own_room(desk, calendar)


def opening_words(calendar: ClinicCalendar) -> str:
    """Return when the clinic is open, and whose holidays it keeps."""
    settings, policy = calendar.reference.calendar, calendar.reference.policy
    weekdays = ", ".join(one.capitalize() for one in WEEKDAY_NAMES if one in settings.open_weekdays)
    if settings.country is None:
        holidays = (
            "<b>No public holidays are known:</b> an administrator can add the country (calendar, see Settings)"
        )
    else:
        place = f"{settings.country}, {settings.region}" if settings.region else settings.country
        holidays = f"Closed on the public holidays of {escape(place)}"
    room = f"{policy.visits_per_day_count.value} refill visits a day"
    if settings.visits:
        room += ", but " + ", ".join(f"{count} on a {one.capitalize()}" for one, count in settings.visits.items())
    return f"Open {escape(weekdays)} ({escape(policy.zone)}). {holidays}. Room for {escape(room)}."


def closing_shown(closing: Closing) -> None:
    """Show every pump that the closure would catch, worst first, with its last safe day."""
    opens = f"{closing.opens_on:%A} {show_date(closing.opens_on)}" if closing.opens_on else "no day within two years"
    if not closing.caught:
        st.success(f"Nobody would be caught. The clinic would open again on {opens}.")
        return
    count = len(closing.caught)
    who = "1 pump would be caught" if count == 1 else f"{count:,} pumps would be caught"
    st.warning(f"{who}. The clinic would open again on {opens}.")
    with st.container(key="caught"):
        for one in closing.caught:
            with st.container(horizontal=True, wrap=False, key=f"caught-{one.row.pump_id}"):
                st.html(caught_html(one))
                if can_open("story") and st.button("Open", key=f"open-caught-{one.row.pump_id}"):
                    go_to("story", one.row.pump_id)


def caught_html(one: Caught) -> str:
    """Return one pump that would be caught: who, what would happen, the last safe day."""
    symbol, words = PASSES_WORDS[one.passes]
    row = one.row
    dates = [
        f"{name} {day_html(day)}"
        for name, day in (("refill by", row.refill_by), ("alarm", row.alarm_date), ("empty", row.empty_date))
        if day is not None
    ]
    known = f"{', '.join(dates)}." if dates else ""
    if one.last_safe.on is not None:
        safe = f"Last safe day: <b>{day_html(one.last_safe.on)}</b>."
    else:
        safe = f"<b>No safe day is left.</b> {escape(one.last_safe.says)}"
    days = " and ".join(day_html(booking.visit_on) for booking in row.calling.booked_ahead)
    booked = f" Booked {days}." if days else " <b>None booked.</b>"
    return (
        f'<article class="pl-row pl-edge-{row.tier.value}">{who_html(row)}'
        f"<p>{symbol} This pump {words}: {known}</p><p>{safe}{booked}</p></article>"
    )


def say_closure(desk: Desk, calendar: ClinicCalendar, first: date, last: date) -> None:
    """Record the closure that was tried out, by whoever may."""
    if not desk.may(Act.PLAN):
        return
    reason = st.text_input(
        "Why is the clinic closed?", key="close-why", max_chars=200, placeholder="Christmas closure"
    )
    entry = ClosureSet(happened_at=desk.now(), first_on=first, last_on=last, reason=reason or "closed")
    saves(desk, calendar, entry, f"Close from {show_date(first)} to {show_date(last)}", "close", bool(reason.strip()))


def saves(desk: Desk, calendar: ClinicCalendar, entry: AboutTheDays, words: str, key: str, ready: bool) -> None:
    """Show a button that writes one entry once, under the name of whoever is here."""
    by = person()
    event_id = st.session_state.setdefault(f"{key}-event", uuid4().hex)
    shown = f"{words}, as {as_words(by)}" if by else words
    if st.button(shown, key=f"{key}-save", type="primary", disabled=by is None or not ready) and by is not None:
        desk.plan_days(entry, by=by, seen=calendar.latest, event_id=event_id)
        st.session_state.pop(f"{key}-event")
        st.session_state["planned"] = f"{words}: recorded."
        st.rerun()
    if not ready:
        st.caption("Type the reason first: it stands in the log with your name.")


def in_force(desk: Desk, calendar: ClinicCalendar) -> None:
    """Show the closures and days of their own that hold, with who said so; lift one."""
    st.subheader("Closures and days in force", anchor=False)
    said = st.session_state.pop("planned", None)
    if said:
        st.success(as_words(said))
    today = desk.today()
    ahead = [one for one in calendar.said.closures if one.last_on >= today]
    for one in ahead:
        st.html(f"<p>{closure_html(desk, one)}</p>")
        if desk.may(Act.PLAN):
            with st.expander(f"Lift the closure of {show_date(one.first_on)}", key=f"lift-fold-{one.event_id}"):
                reason = st.text_input("Why is it lifted?", key=f"lift-why-{one.event_id}", max_chars=200)
                entry = ClosureLifted(
                    happened_at=desk.now(), closure_event_id=one.event_id, reason=reason or "lifted"
                )
                saves(desk, calendar, entry, "Lift this closure", f"lift-{one.event_id}", bool(reason.strip()))
    own = {day: count for day, count in calendar.said.visits.items() if day >= today}
    for day, count in own.items():
        st.html(f"<p>{day:%A} {day_html(day)}: room for {count} visits on this day alone.</p>")
    if not ahead and not own:
        st.write("None: the clinic is open as on any other week.")


def closure_html(desk: Desk, one: Closure) -> str:
    """Return a closure, who said so, and when."""
    said_on = show_date(one.set_at_utc.astimezone(desk.zone).date())
    quiet = f'<span class="pl-quiet">said by {escape(one.set_by)} on {said_on}</span>'
    return f"<b>{day_html(one.first_on)} to {day_html(one.last_on)}</b>: {escape(one.reason)}, {quiet}"


def own_room(desk: Desk, calendar: ClinicCalendar) -> None:
    """Give one day more or less room, or open a weekday or holiday on which the clinic is shut."""
    if not desk.may(Act.PLAN):
        return
    with st.expander("More or less room on one day, or open on a closed weekday", key="room-fold"):
        day = date_field("Which day", key="room-day")
        typed = st.text_input("How many refill visits fit", key="room-count", type="phone", max_chars=4)
        reason = st.text_input("Why", key="room-why", max_chars=200)
        count = int(typed) if typed and typed.strip().isdecimal() else None
        if typed and (count is None or count > MOST_VISITS_COUNT):
            says = f"Type a whole number from 0 to {MOST_VISITS_COUNT:,}."
            st.html(f'<p class="pl-refused" role="alert">{says}</p>')
        elif day is not None and count is not None:
            st.caption(look.as_words(day_words(calendar, day)))
            entry = CapacitySet(happened_at=desk.now(), day_date=day, visits_count=count, reason=reason or "planned")
            words = f"Room for {count} on {show_date(day)}"
            saves(desk, calendar, entry, words, "room", bool(reason.strip()))


def day_words(calendar: ClinicCalendar, day: date) -> str:
    """Return what a day is like now."""
    closed = calendar.closed_because(day)
    now = f"Now {closed}" if closed else f"Now room for {calendar.capacity(day)} visits"
    return f"{day:%A} {show_date(day)}. {now}."
