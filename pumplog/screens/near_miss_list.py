"""Near misses: every refill that came late, those without a cause first, and how many there were each month."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from pumplog.desk import Desk
from pumplog.outlook import HowNear, NearMiss
from pumplog.people import Act
from pumplog.screens import palette
from pumplog.screens.call_forms import near_miss_form
from pumplog.screens.charts import dressed, layered
from pumplog.screens.check_and_save import check_then_save
from pumplog.screens.form import Form
from pumplog.screens.look import day_html
from pumplog.screens.sheet import sheet
from pumplog.screens.wording import CAUSE_WORDS

ROWS_COUNT: Final = 25
YEARS: Final = {1: "12 months", 2: "2 years", 5: "5 years"}
WITH, WITHOUT = "Cause given", "No cause yet"
HOW_WORDS: Final = {
    HowNear.AFTER_EMPTY: "on or after the empty date",
    HowNear.NEAR_EMPTY: "shortly before the empty date",
    HowNear.AFTER_ALARM: "on or after the alarm date",
    HowNear.AFTER_REFILL_BY: "after the refill-by date",
}


def show_near_misses(desk: Desk) -> None:
    """Show the run by month and every near miss, those without a cause first."""
    today = desk.today()
    years = st.segmented_control(
        "Looking back", list(YEARS), default=1, format_func=YEARS.__getitem__, key="near-miss-years", required=True
    )
    found = desk.near_misses(_months_back(today, 12 * (years or 1)))
    near = desk.reference.policy.near_empty_days.value
    st.caption(
        f"A refill after refill-by, on or after the alarm date, or within {near} days of empty (house policy)."
    )
    if not found:
        st.success("None.")
        return
    st.altair_chart(near_miss_chart(found, today, st.context.theme.type), width="stretch", theme=None)
    for explained in (False, True):
        listed = [one for one in found if (one.explained is not None) == explained]
        st.subheader(f"{WITH if explained else WITHOUT}: {len(listed):,}", anchor=False)
        key = f"near-miss-shown-{explained}"
        shown = st.session_state.get(key, ROWS_COUNT)
        for one in listed[:shown]:
            show_near_miss(desk, one)
        if len(listed) > shown:
            st.button(f"Show more of {len(listed) - shown:,}", key=f"more-{key}", on_click=_more, args=(key, shown))


def _more(key: str, shown: int) -> None:
    st.session_state[key] = shown + ROWS_COUNT


def _months_back(today: date, months_count: int) -> date:
    """The first day of the month so many months ago."""
    months = today.year * 12 + today.month - 1 - months_count
    return date(months // 12, months % 12 + 1, 1)


def show_near_miss(desk: Desk, one: NearMiss) -> None:
    """Show one near miss, with its cause or a way to give it."""
    with st.container(horizontal=True, wrap=False, key=f"near-miss-{one.event_id}"):
        st.html(near_miss_html(one))
        with st.container(width=170):
            if desk.may(Act.LOG_CALL):
                words = "Give the cause" if one.explained is None else "Another cause"
                if st.button(words, key=f"cause-{one.event_id}", width="stretch"):
                    st.session_state["near-miss"] = one.event_id
    if st.session_state.get("near-miss") == one.event_id:
        name = f"near-miss:{one.event_id}"
        form = Form(sheet(name, desk, one.pump_id))
        with st.container(border=True):
            near_miss_form(form, one.pump_serial, one.event_id, one.refilled_on)
        check_then_save(name, form, desk, saved_as="near-miss")


def near_miss_html(one: NearMiss) -> str:
    """Return one near miss: who, when, how near, by which dates, and why."""
    name = escape(one.patient_name) if one.patient_name else "No patient on record"
    how = " and ".join(HOW_WORDS[each] for each in one.how)
    named = (("refill by", one.refill_by), ("alarm", one.alarm_date), ("empty", one.empty_date))
    dates = ", ".join(f"{words} {day_html(day)}" for words, day in named if day is not None)
    cause = '<b class="pl-asks">No cause given yet.</b>'
    if one.explained is not None:
        more = f": {escape(one.explained.cause_text)}" if one.explained.cause_text else ""
        cause = f"Cause: <b>{CAUSE_WORDS[one.explained.cause]}</b>{more}."
    return (
        f'<article class="pl-row"><p class="pl-who"><b>{name}</b> '
        f'<span class="pl-quiet">pump {escape(one.pump_serial)}</span></p>'
        f"<p>Refilled {day_html(one.refilled_on)}, {how} ({dates}).</p><p>{cause}</p></article>"
    )


def near_miss_chart(found: Sequence[NearMiss], today: date, theme: str | None) -> alt.LayerChart:
    """A bar for each month, those without a cause marked; months without any are there too."""
    counted = Counter((one.refilled_on.replace(day=1), one.explained is not None) for one in found)
    month, bars = min(one.refilled_on for one in found).replace(day=1), []
    while month <= today:
        for explained in (True, False):
            words = WITH if explained else WITHOUT
            bars.append({"month": f"{month}T00:00:00", "cause": words, "count": counted[(month, explained)]})
        month = _months_back(month, -1)
    shades = [palette.ACCENT.on(theme), palette.TIERS["due_soon"].bar.on(theme)]
    drawn = (
        alt.Chart(pd.DataFrame(bars))
        .mark_bar()
        .encode(
            x=alt.X("yearmonth(month):O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("count:Q", title="Near misses", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color(
                "cause:N",
                title=None,
                scale=alt.Scale(domain=[WITH, WITHOUT], range=shades),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("yearmonth(month):T", title="Month"),
                alt.Tooltip("cause:N", title=" "),
                alt.Tooltip("count:Q", title="Near misses"),
            ],
        )
    )
    return dressed(layered(drawn, height=200), theme)
