"""Which pump: found by name, patient id or serial in one box; then who it is, what it holds, what to mind."""

from collections.abc import Iterator
from html import escape

import streamlit as st

from pumplog.desk import Desk, PumpCard, Story
from pumplog.entries import Refilled
from pumplog.errors import EntryRefused
from pumplog.quantities import Unit, show, show_date
from pumplog.screens.going import PUMP_KEY, PUMP_PARAMETER, go_to, pump_in_hand
from pumplog.screens.look import as_words, tier_badge
from pumplog.screens.navigation import can_open
from pumplog.screens.scan_box import scan_box
from pumplog.screens.wording import ALARM_WORDS, MODE_WORDS, RISK_WORDS


def choose_pump(desk: Desk, view: str) -> Story | None:
    """Show the pump in hand, with a way to another; or ask which, and return None until one is chosen."""
    story = _in_hand(desk)
    if story is None:
        _ask(desk, view)
        return None
    with st.container(border=True):
        st.html(who_html(story, retired=story.state.retired is not None))
        if st.button("Another pump", key="another-pump"):
            st.session_state.pop(PUMP_KEY, None)
            st.query_params.pop(PUMP_PARAMETER, None)
            st.rerun()
    return story


def _in_hand(desk: Desk) -> Story | None:
    """The story of the pump in hand, or None when there is none, or none that is registered here."""
    in_hand = pump_in_hand()
    if in_hand is None:
        return None
    try:
        story = desk.story_of(in_hand)
    except EntryRefused:
        return None
    return story if story.state.registered is not None else None


def _ask(desk: Desk, view: str) -> None:
    typed = scan_box(
        "Which pump? Scan it, or type a name, a patient id or a serial",
        key="which-pump",
        placeholder="Scan or type here",
        live=True,
    )
    try:
        found = desk.find_pump(typed)
    except EntryRefused as refused:
        st.error(as_words(str(refused)))
        _register_instead()
        return
    if found.meant is not None:
        st.session_state.pop("which-pump", None)
        go_to(view, found.meant.pump_id)
    if not found.cards:
        says = "No pump fits that: type less of it, or another word." if typed else "No pump is registered yet."
        st.info(says)
        _register_instead()
        return
    with st.container(key="pumps-found"):
        for card in found.cards:
            if st.button(_card_words(card), key=f"choose-{card.pump_id}", width="stretch"):
                st.session_state.pop("which-pump", None)
                go_to(view, card.pump_id)
    if found.fitting_count > len(found.cards):
        st.caption(f"{len(found.cards)} of {found.fitting_count:,} pumps: type more to narrow them down.")


def _register_instead() -> None:
    if can_open("register") and st.button("Register a pump", key="register-instead"):
        go_to("register")


def _card_words(card: PumpCard) -> str:
    retired = " · retired" if card.retired else ""
    said = f"{card.patient_name} · {card.patient_id} · {card.pump_serial} · {card.pump_model}"
    return f"{as_words(said)}{retired}"


def who_html(story: Story, *, retired: bool) -> str:
    """Return the pump in hand as HTML: patient, pump, last fill, programme, alarms, risks."""
    registered = story.state.registered
    if registered is None:
        return "<p>This pump is not registered: register it with its patient first.</p>"
    patient, row = registered.patient, story.outlook
    born = f", born {show_date(patient.date_of_birth)}" if patient.date_of_birth else ""
    badge = "" if retired else tier_badge(row.tier.value)
    by = f" Refill by <b>{show_date(row.refill_by)}</b>." if row.refill_by and not retired else ""
    lines = [
        f'<p class="pl-who"><b>{escape(patient.name)}</b>{born} {badge}{by}</p>',
        f"<p>Patient {escape(patient.patient_id)} · pump {escape(registered.pump_serial)} · "
        f"{escape(registered.pump.model)}, {show(registered.pump.capacity_ml, Unit.ML)}</p>",
        *(f"<p>{line}</p>" for line in _holds(story)),
        *(f'<p class="pl-mind">▲ {escape(line)}</p>' for line in _to_mind(story, retired=retired)),
    ]
    return f'<div class="pl-pump">{"".join(lines)}</div>'


def _holds(story: Story) -> Iterator[str]:
    fills = [visit for visit in story.state.visits if isinstance(visit.entry, Refilled)]
    standing = story.state.standing
    if not fills or standing is None:
        yield "No fill is on record yet."
        return
    last = fills[-1]
    assert isinstance(last.entry, Refilled)  # noqa: S101  chosen for it just above
    filled, fluid = show(last.entry.volume_after_fill_ml, Unit.ML), escape(story.outlook.fluid_says or "")
    yield f"Last fill <b>{show_date(last.at.date())}</b>: {fluid}, {filled} after fill."
    mode = MODE_WORDS[standing.programme.mode]
    dose = "" if mode == MODE_WORDS["stopped"] else f", {escape(story.outlook.dose_says or '')}"
    alarm = show(standing.alarm_volume_ml, Unit.ML)
    yield f"Programme: {mode[:1].lower()}{mode[1:]}{dose}. Alarm volume {alarm}."


def _to_mind(story: Story, *, retired: bool) -> Iterator[str]:
    if retired:
        yield "This pump is retired."
    for alarm in story.state.open_alarms:
        heard = show_date(alarm.heard.happened_at.date())
        yield f"Open alarm since {heard}: {ALARM_WORDS[alarm.heard.alarm]}."
    if not story.state.running:
        yield "The last visit recorded the pump as not running."
    if story.state.risk_flags:
        yield "Risks: " + ", ".join(RISK_WORDS[flag] for flag in story.state.risk_flags) + "."
    for row in story.state.open_rows:
        yield f"Line {row.row.line_count} of {row.row.sheet} was refused and is not counted here."
