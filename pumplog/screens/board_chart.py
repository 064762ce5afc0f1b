"""The next eight weeks: how many refills fall due on each day, by tier."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import altair as alt
import pandas as pd

from pumplog.outlook import Outlook
from pumplog.screens import palette
from pumplog.screens.charts import dressed, layered

WEEKS_COUNT: Final = 8
PICKED: Final = "picked"
DAY: Final = "day"


def rows_ahead(rows: Iterable[Outlook], today: date) -> dict[date, list[Outlook]]:
    """The pumps to be refilled by each day of the coming weeks, today in it; days in order."""
    last = today + timedelta(weeks=WEEKS_COUNT)
    found: dict[date, list[Outlook]] = {}
    for row in rows:
        if row.refill_by is not None and today <= row.refill_by < last:
            found.setdefault(row.refill_by, []).append(row)
    return dict(sorted(found.items()))


def weeks_chart(ahead: dict[date, list[Outlook]], today: date, theme: str | None) -> alt.LayerChart:
    """A bar for each day with a refill due; a tap anywhere above or on the bar picks the day."""
    bars = [bar for day, rows in ahead.items() for bar in _bars(day, rows)]
    highest = max(len(rows) for rows in ahead.values())
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
            tooltip=[alt.Tooltip("begin:T", title="Refill by", format="%A %-d %B"), alt.Tooltip("says:N", title=" ")],
        )
        .add_params(picked)
    )
    return dressed(layered(drawn, tapped, height=200), theme)


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
