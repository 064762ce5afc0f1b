"""Refill board: the first thing seen in the morning."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

import altair as alt
import streamlit as st

from pumplog.clinic_days import ClinicCalendar
from pumplog.desk import Board
from pumplog.outlook import Outlook, Tier
from pumplog.quantities import show_date
from pumplog.screens import clinic, look, palette, signed_in
from pumplog.screens.alarms_beside import alarms_beside, alarms_strip
from pumplog.screens.board_chart import DAY, PICKED, WEEKS_COUNT, rows_ahead, weeks_chart
from pumplog.screens.drafts import show_unfinished
from pumplog.screens.going import go_to
from pumplog.screens.jump import jump_to
from pumplog.screens.navigation import can_open
from pumplog.screens.paper_panel import paper_panel
from pumplog.screens.person import person
from pumplog.screens.refused_rows import refused_rows
from pumplog.screens.sentences import as_searched, lines_html, matches, row_html

REFRESH_EVERY = "60s"
CALM_ROWS_COUNT = 25
RED_ROWS_COUNT = 20
"""So many red rows of a tier stand in full, with what can be done; the rest of them are a line each, all of them."""
ALL, NOT_BOOKED = "All", "None booked"


class Way(NamedTuple):
    """What can be done about a pump from its row: a name for the key, the page that it opens, its words."""

    name: str
    view: str
    words: str


WAYS: Final = (
    Way("call", "calls", "Log a call"),
    Way("visit", "visit", "Record visit"),
    Way("open", "story", "Open"),
)


def page() -> None:
    """Show every active pump, worst first."""
    st.title("Refill board", anchor=False)
    clinic.desk().opened_board(by=person() or "")
    refused_rows()
    show_unfinished(clinic.desk())
    board_now()
    paper_panel(clinic.desk(touched=False))


@st.fragment(run_every=REFRESH_EVERY)
def board_now() -> None:
    """Show the board as it is this minute; it refreshes itself and touches no form."""
    desk = signed_in.or_drawn_anew(lambda: clinic.desk(touched=_was_touched()))
    board = desk.board()
    if not board.rows:
        nothing_yet()
        return
    alarms_strip()
    pressed = tier_counts(board)
    if pressed is not None:
        jump_to(f"rows-{pressed}")
    ways = tuple(way for way in WAYS if can_open(way.view))  # asked once: a board has hundreds of rows
    asked = st.text_input("Find a pump", key="find", placeholder="name, serial, patient number, drug or phone")
    found = [row for row in board.rows if asked and matches(row, as_searched(asked))]
    if asked:
        found_rows(found, asked, ways)
    red = [row for row in board.rows if row.tier.is_red]
    calm = [row for row in board.rows if not row.tier.is_red]
    by_tier(red, found, ways)
    coming_weeks(board, ways)
    if not asked:
        calm_rows(calm, ways)


def _was_touched() -> bool:
    """Whether somebody searched, filtered or chose since the board was last drawn: its own clock touches nothing."""
    said = repr([st.session_state.get(key) for key in ("find", "calm", "day", "jumps")])
    touched = st.session_state.get("board_said") != said
    st.session_state["board_said"] = said
    return touched


def tier_counts(board: Board) -> str | None:
    """Show how many pumps each tier has; the tier that was pressed."""
    pressed = None
    with st.container(horizontal=True, key="tiers"):
        for tier in Tier:
            shown, count = palette.TIERS[tier.value], board.counts[tier]
            key = f"tier-{tier.value}" if count else f"none-{tier.value}"
            words = f"{shown.symbol} **{count}** {shown.word}"
            if st.button(words, key=key, disabled=not count, on_click=None if tier.is_red else _show_all):
                pressed = tier.value
    return pressed


def _show_all() -> None:
    """Take away what narrows the calm rows, so that the rows of the tier are there to jump to."""
    st.session_state["find"], st.session_state["calm"] = "", ALL


def found_rows(found: list[Outlook], asked: str, ways: Iterable[Way]) -> None:
    """Show what was searched for, red or calm, before everything else."""
    with st.container(key="rows-found"):
        st.subheader(f"{len(found)} found", anchor=False)
        if not found:
            st.write(f"No active pump fits “{look.as_words(asked)}”. A retired one is found on the Story page.")
        for row in found[:CALM_ROWS_COUNT]:
            show_row(row, "found", ways)
        if len(found) > CALM_ROWS_COUNT:
            st.caption(f"The first {CALM_ROWS_COUNT} of {len(found)}: type more to narrow them down.")
    st.caption("The red rows stay below, whatever is searched for.")


def by_tier(rows: Iterable[Outlook], found: list[Outlook], ways: Iterable[Way]) -> None:
    """Show rows under the heading of their tier, all of them."""
    known = {row.pump_id for row in found}
    for tier, group in groupby(rows, key=lambda row: row.tier):
        listed = list(group)
        with st.container(key=f"rows-{tier.value}"):
            tier_heading(tier, len(listed))
            shown = st.session_state.get(f"shown-{tier.value}", RED_ROWS_COUNT)
            for row in listed[:shown]:
                show_row(row, "row", ways, found=row.pump_id in known)
            rest_of_red(tier, listed[shown:], shown)


def rest_of_red(tier: Tier, rest: list[Outlook], shown: int) -> None:
    """Show the red rows below those in full: a line each, and a way to have more of them in full."""
    if not rest:
        return
    more = min(CALM_ROWS_COUNT, len(rest))
    st.button(
        f"Show {more} more in full, of {len(rest):,} below",
        key=f"more-{tier.value}",
        on_click=_show_more,
        args=(tier.value, shown),
    )
    st.html(lines_html(rest))


def tier_heading(tier: Tier, count: int) -> None:
    """Show a tier's word and how many pumps it has."""
    st.html(
        f'<h2 class="pl-tier-heading">{palette.TIERS[tier.value].word} <span class="pl-quiet">{count}</span></h2>'
    )


def calm_rows(rows: list[Outlook], ways: Iterable[Way]) -> None:
    """Show the rows that no red tier holds, narrowed by the filter and a page at a time."""
    if not rows:
        return
    choices = [ALL, *(palette.TIERS[tier.value].word for tier in (Tier.DUE_SOON, Tier.ON_TRACK)), NOT_BOOKED]
    st.segmented_control("Show of the rows below", choices, default=ALL, key="calm", required=True)
    chosen = st.session_state["calm"]
    for tier in (Tier.DUE_SOON, Tier.ON_TRACK):
        listed = [row for row in rows if row.tier is tier and _is_chosen(row, chosen)]
        if listed:
            with st.container(key=f"rows-{tier.value}"):
                tier_heading(tier, len(listed))
                shown = st.session_state.get(f"shown-{tier.value}", CALM_ROWS_COUNT)
                for row in listed[:shown]:
                    show_row(row, "row", ways)
                if len(listed) > shown:
                    more = min(CALM_ROWS_COUNT, len(listed) - shown)
                    st.button(
                        f"Show {more} more of {len(listed) - shown}",
                        key=f"more-{tier.value}",
                        on_click=_show_more,
                        args=(tier.value, shown),
                    )


def _is_chosen(row: Outlook, chosen: str) -> bool:
    if chosen == NOT_BOOKED:
        return row.next_visit_on is None
    return chosen in (ALL, palette.TIERS[row.tier.value].word)


def _show_more(tier: str, shown: int) -> None:
    st.session_state[f"shown-{tier}"] = shown + CALM_ROWS_COUNT


def show_row(row: Outlook, place: str, ways: Iterable[Way], *, found: bool = False) -> None:
    """Show one pump in sentences, with what can be done about it."""
    with st.container(horizontal=True, wrap=False, key=f"{place}-{row.pump_id}"):
        st.html(row_html(row, found=found, beside=alarms_beside(row)))
        with st.container(width=150, gap="small"):
            for way in ways:
                if st.button(way.words, key=f"{way.name}-{place}-{row.pump_id}", width="stretch"):
                    go_to(way.view, row.pump_id)


def coming_weeks(board: Board, ways: Iterable[Way]) -> None:
    """Show the refills due in the coming weeks, and those of a day that was tapped or chosen."""
    st.subheader(f"To be refilled in the next {WEEKS_COUNT} weeks", anchor=False)
    st.caption("By the last open day before refill-by. Closed days are shaded; the line is the room for visits.")
    ahead = rows_ahead(board.rows, board.on)
    if not ahead:
        st.write("None.")
        return
    theme = st.context.theme.type
    calendar = clinic.desk(touched=False).calendar()
    chart = _weeks_chart(str(clinic.database()), _whose(), board.sequence, board.on, theme, ahead, calendar)
    st.altair_chart(chart, width="stretch", key="weeks", on_select=_take_day, selection_mode=PICKED, theme=None)
    chosen = st.selectbox(
        "Pumps of one day",
        list(ahead),
        index=None,
        format_func=lambda day: f"{day:%A} {show_date(day)}: {len(ahead[day])} to refill",
        placeholder="Tap a bar, or choose a day here",
        key="day",
    )
    for row in ahead[chosen] if chosen else ():
        show_row(row, "day", ways)


def _take_day() -> None:
    """Take the day whose bar was tapped; a second tap lets it go."""
    picked = st.session_state["weeks"]["selection"].get(PICKED) or [{}]
    day = picked[0].get(DAY)
    st.session_state["day"] = date.fromisoformat(day) if day else None


def _whose() -> frozenset[str] | None:
    """The sites whose pumps are drawn."""
    person = clinic.desk(touched=False).person
    return None if person is None else person.sites


@st.cache_resource(max_entries=16, show_spinner=False)
def _weeks_chart(
    database: str,  # noqa: ARG001  part of the key
    sites: frozenset[str] | None,  # noqa: ARG001  part of the key: people of other sites see another chart
    sequence: int,  # noqa: ARG001  part of the key
    day: date,
    theme: str | None,
    _ahead: dict[date, list[Outlook]],
    _calendar: ClinicCalendar,
) -> alt.LayerChart:
    return weeks_chart(_ahead, day, theme, _calendar)


def nothing_yet() -> None:
    """Say what to do with an empty log."""
    st.write("No pump is on record yet. Bring in the sheet your clinic keeps today, or register the first pump.")
    with st.container(horizontal=True):
        if can_open("import_sheet") and st.button("Import a sheet", type="primary", key="go-import"):
            go_to("import_sheet")
        if can_open("register") and st.button("Register a pump", key="go-register"):
            go_to("register")
    st.caption("To look around first, start the demo clinic from a terminal: pumplog serve --demo")


if __name__ == "__main__":
    page()
