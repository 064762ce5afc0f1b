"""The look of every chart: text that can be read, colours of the page's theme."""

from typing import Any, TypeVar, cast

import altair as alt

from pumplog.screens import palette

Chart = TypeVar("Chart", alt.Chart, alt.LayerChart, alt.FacetChart, alt.VConcatChart)

_TEXT_PIXELS = 15
_FONT = '"Source Sans", sans-serif'  # the page's own


def dressed(chart: Chart, theme: str | None) -> Chart:
    """Return the chart in the look of the app; `theme` is `st.context.theme.type`."""
    ink, quiet, line = (shade.on(theme) for shade in (palette.INK, palette.QUIET, palette.LINE))
    text = {"labelFontSize": _TEXT_PIXELS, "titleFontSize": _TEXT_PIXELS, "labelColor": quiet, "titleColor": ink}
    worn: Chart = chart.configure(
        font=_FONT,
        axis={**text, "gridColor": line, "titleFontWeight": 500, "labelAngle": 0},
        legend={**text, "titleFontWeight": 500},
        text={"fontSize": _TEXT_PIXELS, "color": ink},
        title={"fontSize": _TEXT_PIXELS, "color": ink},
    )
    return worn


def layered(*charts: Any, height: int | None = None) -> alt.LayerChart:
    """Lay charts over one another; altair's own function does not say that a layer is a layer."""
    size = {} if height is None else {"height": height}
    return cast(alt.LayerChart, alt.layer(*charts, **size))


def time_axis() -> alt.Axis:
    """Return an axis of days, month in letters, whose labels keep clear of one another."""
    return alt.Axis(title=None, format="%-d %b %Y", labelOverlap=True, labelSeparation=14, tickCount=6, grid=False)
