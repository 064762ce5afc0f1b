"""The look of every chart: text that can be read, colours of the page's theme."""

from typing import TypeVar

import altair as alt

from pumplog.screens import palette

Chart = TypeVar("Chart", alt.Chart, alt.LayerChart, alt.FacetChart, alt.VConcatChart)

_TEXT_PIXELS = 15


def dressed(chart: Chart, theme: str | None) -> Chart:
    """Return the chart in the look of the app; `theme` is `st.context.theme.type`."""
    ink, quiet, line = (shade.on(theme) for shade in (palette.INK, palette.QUIET, palette.LINE))
    text = {"labelFontSize": _TEXT_PIXELS, "titleFontSize": _TEXT_PIXELS, "labelColor": quiet, "titleColor": ink}
    worn: Chart = chart.configure(
        axis={**text, "gridColor": line, "titleFontWeight": 500, "labelAngle": 0},
        legend={**text, "titleFontWeight": 500},
        text={"fontSize": _TEXT_PIXELS, "color": ink},
        title={"fontSize": _TEXT_PIXELS, "color": ink},
    )
    return worn
