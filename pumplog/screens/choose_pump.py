"""Which pump: found by name, patient id or serial in one box; then who it is, what it holds, what to mind."""

from collections.abc import Iterator
from html import escape

import streamlit as st

from pumplog.desk import Desk, PumpCard, Story
from pumplog.entries import Refilled
from pumplog.quantities import Unit, show, show_date
from pumplog.screens.going import PUMP_KEY, PUMP_PARAMETER, go_to, pump_in_hand
from pumplog.screens.look import tier_badge
from pumplog.screens.wording import ALARM_WORDS, MODE_WORDS, RISK_WORDS


def choose_pump(desk: Desk, view: str) -> Story | None:
    """Show the pump in hand, with a way to another; or ask which, and return None until one is chosen."""
    cards = {card.pump_id: card for card in desk.pumps()}
    in_hand = pump_in_hand()
    if in_hand not in cards:
        _ask(list(cards.values()), view)
        return None
    story = desk.story_of(in_hand)
    with st.container(border=True):
        st.html(who_html(story, retired=cards[in_hand].retired))
        if st.button("Another pump", key="another-pump"):
            st.session_state.pop(PUMP_KEY, None)
            st.query_params.pop(PUMP_PARAMETER, None)
            st.rerun()
    return story


def _ask(cards: list[PumpCard], view: str) -> None:
    if not cards:
        st.info("No pump is registered yet: register one, or import the clinic's sheet.")
        if st.button("Register a pump", type="primary"):
            go_to("register")
        return
    words = {card.pump_id: _card_words(card) for card in cards}
    chosen = st.selectbox(
        "Which pump? Scan the serial, or type a name, a patient id or a serial",
        list(words),
        index=None,
        format_func=words.__getitem__,
        placeholder="Scan or type here",
        filter_mode="contains",
        key="which-pump",
    )
    if chosen is not None:
        go_to(view, chosen)


def _card_words(card: PumpCard) -> str:
    retired = " · retired" if card.retired else ""
    return f"{card.patient_name} · {card.patient_id} · {card.pump_serial} · {card.pump_model}{retired}"


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
    if story.state.registered and story.state.registered.risk_flags:
        yield "Risks: " + ", ".join(RISK_WORDS[flag] for flag in story.state.registered.risk_flags) + "."
    for row in story.state.open_rows:
        yield f"Line {row.row.line_count} of {row.row.sheet} was refused and is not counted here."
