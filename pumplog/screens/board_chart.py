"""The next eight weeks: how many pumps are to be booked by each clinic day, by tier, with room and closures."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import altair as alt
import pandas as pd

from pumplog.clinic_days import ClinicCalendar
from pumplog.outlook import Outlook
from pumplog.screens import palette
from pumplog.screens.charts import dressed, layered

WEEKS_COUNT: Final = 8
PICKED: Final = "picked"
DAY: Final = "day"


def rows_ahead(rows: Iterable[Outlook], today: date) -> dict[date, list[Outlook]]:
    """The pumps by the last open day on which each can be refilled in time, today in it; days in order.

    Where no day is open in time, it stands at its refill-by date.
    """
    last = today + timedelta(weeks=WEEKS_COUNT)
    found: dict[date, list[Outlook]] = {}
    for row in rows:
        day = row.book_on or row.refill_by
        if day is not None and today <= day < last:
            found.setdefault(day, []).append(row)
    return dict(sorted(found.items()))


def weeks_chart(
    ahead: dict[date, list[Outlook]], today: date, theme: str | None, calendar: ClinicCalendar
) -> alt.LayerChart:
    """A bar for each day to book by; closed days are shaded, and a line says how many visits there is room for.

    A tap anywhere above or on the bar picks the day.
    """
    bars = [bar for day, rows in ahead.items() for bar in _bars(day, rows)]
    days = [today + timedelta(days=number) for number in range(WEEKS_COUNT * 7)]
    room = {day: calendar.capacity(day) for day in days if calendar.is_open(day)}
    highest = max(len(rows) for rows in ahead.values())
    highest = max(highest, *room.values()) if max(room.values(), default=0) <= 2 * highest else highest
    taps = [{**_day(day), "says": f"{len(rows)} to refill", "low": 0, "top": highest} for day, rows in ahead.items()]
    present = [tier for tier in palette.TIERS if any(bar["tier"] == _words(tier) for bar in bars)]
    span = [_clock(today), _clock(today + timedelta(weeks=WEEKS_COUNT))]
    axis = alt.Axis(title=None, format="%-d %b", tickCount={"interval": "week", "step": 1}, grid=False)
    shades = [palette.TIERS[tier].bar.on(theme) for tier in present]
    drawn = (
        alt.Chart(pd.DataFrame(bars))
        .mark_rect(stroke=palette.PAGE.on(theme), strokeWidth=1)
        .encode(
            x=alt.X("begin:T", axis=axis, scale=alt.Scale(domain=span)),
            x2="end:T",
            y=alt.Y("low:Q", title="Pumps", axis=alt.Axis(tickMinStep=1, format="d")),
            y2="top:Q",
            color=alt.Color(
                "tier:N",
                title=None,
                scale=alt.Scale(domain=[_words(tier) for tier in present], range=shades),
                legend=alt.Legend(orient="top", labelLimit=0),
            ),
        )
    )
    picked = alt.selection_point(name=PICKED, fields=[DAY], on="click", empty=False)
    tapped = (
        alt.Chart(pd.DataFrame(taps))
        .mark_rect(color=palette.ACCENT.on(theme), cursor="pointer")
        .encode(
            x="begin:T",
            x2="end:T",
            y="low:Q",
            y2="top:Q",
            opacity=alt.condition(picked, alt.value(0.25), alt.value(0.001)),
            tooltip=[alt.Tooltip("begin:T", title="Book by", format="%A %-d %B"), alt.Tooltip("says:N", title=" ")],
        )
        .add_params(picked)
    )
    closed = _closed(days, calendar, highest, theme)
    return dressed(layered(*closed, drawn, *_room(room, highest, theme), tapped, height=200), theme)


def _closed(days: list[date], calendar: ClinicCalendar, highest: int, theme: str | None) -> list[alt.Chart]:
    """The closed days as shaded bands that say why."""
    closed = [(day, why) for day in days if (why := calendar.closed_because(day)) is not None]
    if not closed:
        return []
    bands = [{**_day(day), "why": _why_words(why), "low": 0, "top": highest} for day, why in closed]
    return [
        alt.Chart(pd.DataFrame(bands))
        .mark_rect(color=palette.LINE.on(theme), opacity=0.45)
        .encode(
            x="begin:T",
            x2="end:T",
            y="low:Q",
            y2="top:Q",
            tooltip=[alt.Tooltip("begin:T", title="Day", format="%A %-d %B"), alt.Tooltip("why:N", title=" ")],
        )
    ]


def _why_words(why: str) -> str:
    """Why a day is closed, without what somebody typed: a chart holds no typed words."""
    return "Closed by the clinic" if why.startswith("closed:") else f"{why[:1].upper()}{why[1:]}"


def _room(room: dict[date, int], highest: int, theme: str | None) -> list[alt.Chart]:
    """How many visits there is room for, as a short line over each open day; none where it would be off the chart."""
    lines = [{**_day(day), "visits": visits} for day, visits in room.items() if visits <= highest]
    if not lines:
        return []
    return [
        alt.Chart(pd.DataFrame(lines))
        .mark_rule(color=palette.INK.on(theme), strokeWidth=2)
        .encode(x="begin:T", x2="end:T", y="visits:Q")
    ]


def _bars(day: date, rows: list[Outlook]) -> Iterator[dict[str, Any]]:
    """The parts of one day's bar, the worst tier at the bottom."""
    counted = Counter(row.tier.value for row in rows)
    low = 0
    for tier in palette.TIERS:
        if counted[tier]:
            yield {**_day(day), "tier": _words(tier), "low": low, "top": low + counted[tier]}
            low += counted[tier]


def _words(tier: str) -> str:
    return f"{palette.TIERS[tier].symbol} {palette.TIERS[tier].word}"


def _day(day: date) -> dict[str, Any]:
    return {DAY: day.isoformat(), "begin": _midnight(day), "end": _midnight(day + timedelta(days=1))}


def _midnight(day: date) -> str:
    """A day as a browser in any zone shows it unchanged."""
    return f"{day}T00:00:00"


def _clock(day: date) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day)
