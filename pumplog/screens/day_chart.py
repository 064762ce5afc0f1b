"""The day of a flex programme as a picture: the rate hour by hour, and the hours that nothing fills."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import altair as alt
import pandas as pd

from pumplog.screens import palette
from pumplog.screens.charts import dressed, layered

_HEIGHT_PIXELS: Final = 170
_TICKS: Final = [0, 4, 8, 12, 16, 20, 24]


@dataclass(frozen=True)
class Step:
    """A stretch of the day at one rate, from an hour on."""

    number: int
    begins_hours: Decimal
    hours: Decimal
    rate_mcg_per_hour: Decimal


def day_chart(steps: list[Step], theme: str | None) -> alt.LayerChart:
    """Draw the steps over 24 hours; what is not filled stands hatched in caution, what is too much runs on."""
    rows = pd.DataFrame(
        {
            "from": [float(one.begins_hours) for one in steps],
            "to": [float(one.begins_hours + one.hours) for one in steps],
            "rate": [float(one.rate_mcg_per_hour) for one in steps],
            "said": [f"{one.rate_mcg_per_hour:f}" for one in steps],
        }
    )
    ends = max(24.0, float(rows["to"].max()))
    hours = alt.X("from:Q", title="Hour of the day", scale=alt.Scale(domain=[0, ends]), axis=alt.Axis(values=_TICKS))
    rate = alt.Y("rate:Q", title="mcg/h", scale=alt.Scale(zero=True))
    accent = palette.ACCENT.on(theme)
    parts: list[Any] = [
        alt.Chart(rows)
        .mark_rect(color=accent, opacity=0.35, stroke=accent, strokeWidth=2)
        .encode(x=hours, x2="to", y=rate, y2=alt.datum(0)),
        alt.Chart(rows)
        .mark_text(dy=-8, baseline="bottom")
        .encode(x=alt.X("mid:Q"), y=rate, text="said")
        .transform_calculate(mid="(datum.from + datum.to) / 2"),
    ]
    filled = float(rows["to"].max())
    if filled < 24:
        gap = pd.DataFrame({"from": [filled], "to": [24.0]})
        open_hours = (
            alt.Chart(gap).mark_rect(color=palette.CAUTION.on(theme), opacity=0.25).encode(x="from:Q", x2="to")
        )
        parts.append(open_hours)
    return dressed(layered(*parts, height=_HEIGHT_PIXELS), theme)
