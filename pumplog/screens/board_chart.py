"""The next eight weeks: how many refills fall due on each day, by tier."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import altair as alt
import pandas as pd

from pumplog.outlook import Outlook
from pumplog.screens import palette
from pumplog.screens.charts import dressed

WEEKS_COUNT: Final = 8
PICKED: Final = "picked"
DAY: Final = "day"


def rows_ahead(rows: Iterable[Outlook], today: date) -> list[Outlook]:
    """The pumps whose refill-by date lies in the coming weeks, today in it."""
    last = today + timedelta(weeks=WEEKS_COUNT)
    return [row for row in rows if row.refill_by is not None and today <= row.refill_by < last]


def weeks_chart(rows: Iterable[Outlook], today: date, theme: str | None) -> alt.Chart:
    """A bar for each day with a refill due; a tap picks the nearest day."""
    counted = Counter((row.refill_by, row.tier) for row in rows_ahead(rows, today))
    words = {tier: f"{shown.symbol} {shown.word}" for tier, shown in palette.TIERS.items()}
    table = pd.DataFrame(
        [
            {
                DAY: day.isoformat() if day else "",
                "begin": f"{day}T00:00:00",
                "end": f"{day + timedelta(days=1)}T00:00:00" if day else "",
                "tier": words[tier.value],
                "rank": tier.rank,
                "pumps": count,
            }
            for (day, tier), count in counted.items()
        ],
        columns=[DAY, "begin", "end", "tier", "rank", "pumps"],
    )
    present = [tier for tier in palette.TIERS if words[tier] in set(table["tier"])]
    span = [f"{today}T00:00:00", f"{today + timedelta(weeks=WEEKS_COUNT)}T00:00:00"]
    axis = alt.Axis(title=None, format="%-d %b", tickCount={"interval": "week", "step": 1}, grid=False)
    picked = alt.selection_point(name=PICKED, fields=[DAY], on="click", nearest=True)
    chart: alt.Chart = (
        alt.Chart(table, height=190)
        .mark_bar(stroke=palette.PAGE.on(theme), strokeWidth=1, cursor="pointer")
        .encode(
            x=alt.X("begin:T", axis=axis, scale=alt.Scale(domain=span)),
            x2="end:T",
            y=alt.Y("sum(pumps):Q", title="Pumps", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color(
                "tier:N",
                title=None,
                scale=alt.Scale(
                    domain=[words[tier] for tier in present],
                    range=[palette.TIERS[tier].bar.on(theme) for tier in present],
                ),
                legend=alt.Legend(orient="top"),
            ),
            order="rank:Q",
            opacity=alt.condition(picked, alt.value(1), alt.value(0.35)),
            tooltip=[
                alt.Tooltip("begin:T", title="Refill by", format="%A %-d %B %Y"),
                alt.Tooltip("tier:N", title="Tier"),
                alt.Tooltip("sum(pumps):Q", title="Pumps"),
            ],
        )
        .add_params(picked)
    )
    return dressed(chart, theme)
