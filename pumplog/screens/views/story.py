"""Pump story: the reservoir over time, and everything that was ever said about one pump."""

from datetime import UTC, date, datetime, time, timedelta
from html import escape

import altair as alt
import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.entries import serial_key
from pumplog.quantities import show_date
from pumplog.screens import clinic
from pumplog.screens.alarms_beside import alarms_beside
from pumplog.screens.going import PUMP_KEY, PUMP_PARAMETER, go_to, pump_in_hand
from pumplog.screens.look import as_words
from pumplog.screens.navigation import can_open
from pumplog.screens.planner_what_if import go_to_what_if
from pumplog.screens.sentences import dates_html, row_html
from pumplog.screens.story_charts import dose_chart, reservoir_chart
from pumplog.screens.story_clinical import clinical_sections
from pumplog.screens.story_lines import show_log
from pumplog.screens.story_log import log_until
from pumplog.screens.story_ratio import ratio_section
from pumplog.screens.wording import RETIRED_WORDS
from pumplog.screens.working import dates_working_html

LAST_YEAR, ALL_TIME = "Last 12 months", "Everything"
_YEAR = timedelta(days=365)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def page() -> None:
    """Show one pump from its first entry on."""
    desk = clinic.desk()
    st.title("Pump story", anchor=False)
    pump_id = chosen_pump(desk)
    if pump_id is None:
        return
    on = stood_on(desk, pump_id)
    story = desk.story_of(pump_id, on)
    header(story)
    with st.container(horizontal=True):
        if story.state.retired is None and st.button("Record visit", type="primary", key="to-visit"):
            go_to("visit", pump_id)
        if st.button("Other entries", key="to-entries"):
            go_to("entries", pump_id)
        can_be_tried = can_open("planner") and story.state.retired is None and story.state.standing is not None
        if can_be_tried and st.button("Try another dose", key="to-what-if"):
            go_to_what_if(pump_id)
    ways_to_other_pump(desk, story)
    pictures(desk, story)
    clinical_sections(desk, story)
    working(story)
    st.subheader("Everything that was said", anchor=False)
    log = log_until(story.state.log, story.on, desk.zone)
    show_log(desk, pump_id, log)
    later = len(story.state.log) - len(log)
    if later:
        st.caption(f"{later} later {'entry is' if later == 1 else 'entries are'} left out while you look back.")


def chosen_pump(desk: Desk) -> str | None:
    """Ask which pump; the one in hand is chosen already."""
    names = names_of_pumps(desk)
    if not names:
        st.write("No pump is on record yet.")
        if st.button("Register a pump", type="primary", key="go-register"):
            go_to("register")
        return None
    in_hand = pump_in_hand()
    if in_hand is not None and in_hand not in names:
        st.info("The pump that this address names is not on record here. Choose one below.")
    options = list(names)
    chosen = st.selectbox(
        "Which pump",
        options,
        index=options.index(in_hand) if in_hand in names else None,
        format_func=names.__getitem__,
        placeholder="Type a name, a serial or a patient number",
        key="story-pump",
    )
    if chosen is not None:
        st.session_state[PUMP_KEY] = chosen
        st.query_params[PUMP_PARAMETER] = chosen
    return chosen


def names_of_pumps(desk: Desk) -> dict[str, str]:
    """Every pump by its id in the words it is searched by: registered, retired, or only heard of."""
    names = {row.pump_id: f"Pump {row.pump_serial}, not registered" for row in desk.board().rows}
    for card in desk.pumps():
        retired = " (retired)" if card.retired else ""
        names[card.pump_id] = f"{card.patient_name}, pump {card.pump_serial}, patient {card.patient_id}{retired}"
    return dict(sorted(names.items(), key=lambda item: item[1].casefold()))


def stood_on(desk: Desk, pump_id: str) -> date | None:
    """Ask for a past day to look back to; None is today."""
    today = desk.today()
    with st.popover("Look back to a past day"):
        asked: date | None = st.date_input(
            "As it stood at the end of", value=None, max_value=today, format="YYYY-MM-DD", key=f"on-{pump_id}"
        )
    if asked is None or asked == today:
        return None
    st.warning(f"You are looking back: this is how the pump stood at the end of {show_date(asked)}.")
    return asked


def header(story: Story) -> None:
    """Show who it is, the dates and every reason; a retired pump has no dates any more."""
    retired, registered = story.state.retired, story.state.registered
    if retired is None:
        today = story.on == clinic.desk(touched=False).today()
        st.html(row_html(story.outlook, beside=alarms_beside(story.outlook) if today else ""))
        if story.as_used is not None:
            st.html(
                f'<p class="pl-quiet">With the patient boluses in fact used, instead of all that are allotted:</p>'
                f"{dates_html(story.as_used)}"
            )
        return
    name = escape(registered.patient.name) if registered else "No patient on record"
    to = f", {escape(retired.to_clinic or retired.replaced_by or '')}".rstrip(", ")
    st.html(
        f'<p class="pl-who"><b>{name}</b> <span class="pl-quiet">pump {escape(story.outlook.pump_serial)}</span></p>'
        f"<p>Not on the board since {show_date(retired.happened_at.date())}: {RETIRED_WORDS[retired.reason]}{to}.</p>"
    )


def ways_to_other_pump(desk: Desk, story: Story) -> None:
    """A way to the story of the pump before, and of the one that took this one's place."""
    registered, retired = story.state.registered, story.state.retired
    others = {
        "before": (registered.replaces if registered else None, "The pump before this one"),
        "after": (retired.replaced_by if retired else None, "The pump that took its place"),
    }
    known = {serial_key(card.pump_serial): card.pump_id for card in desk.pumps()}
    for name, (serial, words) in others.items():
        pump_id = known.get(serial_key(serial)) if serial else None
        if pump_id is not None:
            st.button(as_words(f"{words}: {serial}"), key=f"pump-{name}", on_click=_turn_to, args=(pump_id,))


def _turn_to(pump_id: str) -> None:
    """Choose another pump on this page: before its box is drawn, or the box would hold on to the one before."""
    st.session_state["story-pump"] = st.session_state[PUMP_KEY] = pump_id
    st.query_params[PUMP_PARAMETER] = pump_id


def pictures(desk: Desk, story: Story) -> None:
    """Show the saw-tooth, the flow ratio and the dose."""
    if not story.visits:
        return
    st.subheader("In the reservoir", anchor=False)
    st.segmented_control(
        "Show", [LAST_YEAR, ALL_TIME], default=LAST_YEAR, key="span", required=True, label_visibility="collapsed"
    )
    theme = st.context.theme.type
    last_year = st.session_state["span"] == LAST_YEAR
    since = datetime.combine(story.on, time(), tzinfo=desk.zone) - _YEAR if last_year else _EVER
    draw(reservoir_chart(story, desk.zone, since, theme), "reservoir")
    ratio_section(desk, story)
    doses = dose_chart(story, desk.zone, theme)
    if doses is not None:
        st.subheader("Dose over time", anchor=False)
        draw(doses, "dose")


def draw(chart: alt.Chart | alt.LayerChart, key: str) -> None:
    """Show a chart in its own colours."""
    st.altair_chart(chart, width="stretch", theme=None, key=key)


def working(story: Story) -> None:
    """Show how each date was worked out, folded."""
    lines = dates_working_html(story.outlook) if story.state.retired is None else ""
    if lines:
        st.subheader("How the dates are worked out", anchor=False)
        st.html(lines)


if __name__ == "__main__":
    page()
