"""The pictures of a story: the reservoir as a saw-tooth, the flow ratio visit by visit, the dose."""

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import altair as alt
import pandas as pd

from pumplog.desk import Story
from pumplog.entries import AlarmHeard, Deferred, Refilled, Reprogrammed
from pumplog.reference import ALARM_KINDS, Policy
from pumplog.screens import palette
from pumplog.screens.charts import dressed, layered, time_axis
from pumplog.screens.story_log import log_until
from pumplog.state.course import steady_dose_mcg_per_day

LINES: Final = {"expected": "expected", "projected": "projected", "early": "faster or slower"}
FILLED, DRAWN, CHANGED, PUT_OFF, ALARM, AT_ALARM, AT_EMPTY = (
    "after fill",
    "drawn",
    "programme changed",
    "not refilled",
    "alarm heard",
    "at alarm volume",
    "at empty",
)
_SHAPES: Final = {
    FILLED: "circle",
    DRAWN: "diamond",
    CHANGED: "triangle-up",
    PUT_OFF: "square",
    ALARM: "triangle-down",
    AT_ALARM: "triangle-right",
    AT_EMPTY: "cross",
}
_CROSSED: Final = {"at alarm volume": AT_ALARM, "at empty": AT_EMPTY}
_FINDINGS: Final = {
    "within": (palette.ACCENT, "circle"),
    "evaluate": (palette.CAUTION, "triangle-up"),
    "stop and investigate": (palette.DANGER_BAR, "triangle-down"),
}
_POINTS: Final = "visits"
_BESIDE_BAND: Final = 0.05
_ROOM: Final = 1.1  # above the highest point, so that its mark is whole


def reservoir_chart(story: Story, zone: ZoneInfo, since: datetime, theme: str | None) -> alt.LayerChart:
    """The level in the reservoir from visit to visit, its projection with the band, and what happened on the way."""
    levels = pd.DataFrame(
        [
            {
                "at": _naive(level.at, zone),
                "level": float(level.volume_ml),
                "part": level.part,
                "line": LINES["early"] if level.part == "late" else LINES[level.part],
                "order": order,
            }
            for order, level in enumerate(story.levels)
            if level.part in (*LINES, "late") and level.at >= since
        ],
        columns=["at", "level", "part", "line", "order"],
    )
    x = alt.X("at:T", axis=time_axis(), scale=alt.Scale(padding=36))
    highest = max((float(level.volume_ml) for level in story.levels), default=0.0)
    y = alt.Y("level:Q", title="mL in the reservoir", scale=alt.Scale(domain=[0, highest * _ROOM], nice=False))
    lines = (
        alt.Chart(levels)
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=y,
            detail="part:N",
            order="order:Q",
            strokeDash=alt.StrokeDash(
                "line:N",
                title=None,
                scale=alt.Scale(domain=list(LINES.values()), range=[[1, 0], [7, 4], [2, 3]]),
                legend=_legend(),
            ),
            color=alt.condition(
                alt.datum.line == LINES["early"],
                alt.value(palette.QUIET.on(theme)),
                alt.value(palette.ACCENT.on(theme)),
            ),
        )
    )
    marks = pd.DataFrame(
        [mark for mark in _marks(story, zone) if mark["moment"] >= since],
        columns=["at", "moment", "level", "what", "says"],
    ).drop(columns="moment")
    present = [what for what in _SHAPES if what in set(marks["what"])]
    colours = {
        ALARM: palette.DANGER_BAR,
        AT_EMPTY: palette.DANGER_BAR,
        DRAWN: palette.INK,
        **dict.fromkeys((CHANGED, PUT_OFF, AT_ALARM), palette.CAUTION),
    }
    shades = [colours.get(what, palette.ACCENT).on(theme) for what in present]
    points = (
        alt.Chart(marks)
        .mark_point(size=90, filled=True, opacity=1)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape(
                "what:N",
                title=None,
                scale=alt.Scale(domain=present, range=[_SHAPES[what] for what in present]),
                legend=_legend(),
            ),
            color=alt.Color("what:N", title=None, scale=alt.Scale(domain=present, range=shades), legend=_legend()),
            tooltip=[
                alt.Tooltip("says:N", title="What"),
                alt.Tooltip("at:T", title="When", format="%-d %b %Y, %H:%M"),
            ],
        )
    )
    layers = [lines, *_levels_marked(story, theme), *_days_marked(story, theme), points]
    chart: alt.LayerChart = layered(*layers, height=300).resolve_scale(color="independent", shape="independent")
    return dressed(chart, theme)


def _marks(story: Story, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """Fills, residuals, changes, put-off visits and alarms as points with the words of their tooltip."""

    def mark(moment: datetime, level: Any, what: str, says: str) -> dict[str, Any]:
        return {"at": _naive(moment, zone), "moment": moment, "level": float(level), "what": what, "says": says}

    top = 0.0
    for line in story.visits:
        entry, at = line.visit.entry, line.visit.at
        level = line.visit.standing.volume_ml
        top = max(top, float(level))
        if isinstance(entry, Refilled):
            yield mark(at, level, FILLED, f"Filled to {float(level):g} mL")
        elif isinstance(entry, Reprogrammed):
            yield mark(at, level, CHANGED, "Programme changed")
        elif isinstance(entry, Deferred):
            yield mark(at, level, PUT_OFF, f"Not refilled, {float(level):g} mL left")
    for point in story.levels:
        if point.part == "drawn":
            yield mark(point.at, point.volume_ml, DRAWN, f"{float(point.volume_ml):g} mL drawn")
        elif point.part in _CROSSED:
            what = _CROSSED[point.part]
            yield mark(point.at, point.volume_ml, what, f"Expected {what}, {float(point.volume_ml):g} mL")
    for one in log_until(story.state.log, story.on, zone):
        heard = one.said.entry
        if isinstance(heard, AlarmHeard) and one.corrected_by is None:
            yield mark(heard.happened_at, top, ALARM, f"Alarm: {ALARM_KINDS[heard.alarm].words}")


def _levels_marked(story: Story, theme: str | None) -> list[alt.LayerChart]:
    """The alarm volume and empty, as lines across; so near to one another they share their words."""
    standing = story.state.standing
    has_alarm = story.state.registered is None or story.state.registered.pump.has_alarm
    red = palette.DANGER_BAR.on(theme)
    if standing is None or not has_alarm:
        return [_rule_across("empty", 0.0, red)]
    volume = float(standing.alarm_volume_ml)
    words = f"alarm volume {volume:g} mL, the red line is empty"
    return [_rule_across("", 0.0, red), _rule_across(words, volume, palette.CAUTION.on(theme))]


def _rule_across(words: str, level: float, colour: str) -> alt.LayerChart:
    base = alt.Chart(pd.DataFrame({"level": [level], "words": [words]})).encode(y="level:Q")
    text = base.mark_text(align="left", dy=-8, color=colour).encode(x=alt.value(4), text="words:N")
    return layered(base.mark_rule(color=colour, strokeWidth=1.5), text)


def _days_marked(story: Story, theme: str | None) -> list[alt.LayerChart]:
    """Today, and the day to refill by, as lines down; the earlier one has its word on the left."""
    days = [(story.on, "today", palette.INK.on(theme))]
    if story.outlook.refill_by is not None and story.state.retired is None:
        days.append((story.outlook.refill_by, "refill by", palette.ACCENT.on(theme)))
    days.sort()
    return [_rule_down(*day, on_left=place == 0) for place, day in enumerate(days)]


def _rule_down(day: date, words: str, colour: str, *, on_left: bool) -> alt.LayerChart:
    base = alt.Chart(pd.DataFrame({"at": [f"{day}T12:00:00"], "words": [words]})).encode(x="at:T")
    text = base.mark_text(
        align="right" if on_left else "left", dx=3 if on_left else -3, dy=-9, color=colour, fontWeight=600
    )
    return layered(base.mark_rule(color=colour, strokeWidth=1.5), text.encode(y=alt.value(0), text="words:N"))


def ratio_chart(story: Story, zone: ZoneInfo, policy: Policy, theme: str | None) -> alt.LayerChart | None:
    """The flow ratio at each visit where something was drawn, over its band; None when there is none."""
    spec = ratio_spec(story, zone, policy, theme)
    return alt.LayerChart.from_dict(spec) if spec is not None else None


def ratio_spec(story: Story, zone: ZoneInfo, policy: Policy, theme: str | None) -> dict[str, Any] | None:
    """The same picture as Vega-Lite has it, for a page that draws it with every field: only its points are new."""
    low, high = float(policy.finding_low_ratio.value), float(policy.finding_high_ratio.value)
    points = [
        {
            "at": _naive(line.visit.at, zone),
            "ratio": float(line.residual["flow_ratio"]),
            "finding": line.residual["finding"],
        }
        for line in story.visits
        if line.residual is not None and line.residual["flow_ratio"] is not None
    ]
    if not points:
        return None
    ratios = [point["ratio"] for point in points]
    around = min(*ratios, low) - _BESIDE_BAND, max(*ratios, high) + _BESIDE_BAND
    present = tuple(name for name in _FINDINGS if name in {point["finding"] for point in points})
    drawn = _ratio_drawn((low, high), around, present, theme)
    return {**drawn, "datasets": {**drawn["datasets"], _POINTS: points}}


@lru_cache(maxsize=64)
def _ratio_drawn(
    within: tuple[float, float], around: tuple[float, float], present: tuple[str, ...], theme: str | None
) -> dict[str, Any]:
    """The picture without its points: altair takes longer to write and check it than all the rest of a page."""
    shades = [_FINDINGS[name][0].on(theme) for name in present]
    base = alt.Chart(alt.NamedData(_POINTS)).encode(
        x=alt.X("at:T", axis=time_axis()),
        y=alt.Y("ratio:Q", title="Flow ratio", scale=alt.Scale(zero=False, domain=list(around))),
    )
    band = alt.Chart(alt.InlineData(values=[dict(zip(("low", "high"), within, strict=True))])).mark_rect(
        color=palette.GOOD.on(theme), opacity=0.14
    )
    points = base.mark_point(size=90, filled=True, opacity=1).encode(
        shape=alt.Shape(
            "finding:N",
            title=None,
            scale=alt.Scale(domain=list(present), range=[_FINDINGS[name][1] for name in present]),
        ),
        color=alt.Color(
            "finding:N", title=None, scale=alt.Scale(domain=list(present), range=shades), legend=_legend()
        ),
        tooltip=[
            alt.Tooltip("ratio:Q", title="Flow ratio", format=".2f"),
            alt.Tooltip("finding:N", title="Finding"),
            alt.Tooltip("at:T", title="Visit", format="%-d %b %Y"),
        ],
    )
    line = base.mark_line(color=palette.QUIET.on(theme), strokeWidth=1)
    chart = dressed(layered(band.encode(y="low:Q", y2="high:Q"), line, points, height=170), theme)
    drawn: dict[str, Any] = chart.to_dict()
    drawn["config"].pop("view", None)  # altair's own size of a picture that is given none
    return drawn


def dose_chart(story: Story, zone: ZoneInfo, theme: str | None) -> alt.Chart | None:
    """The programmed dose per day from change to change; None before the first fill."""
    rows: list[dict[str, Any]] = []
    for line in story.visits:
        standing = line.visit.standing
        dose = steady_dose_mcg_per_day(standing.programme, Fraction(standing.concentration_mcg_per_ml))
        rows.append({"at": _naive(line.visit.at, zone), "dose": float(dose)})
    if not rows:
        return None
    rows.append({"at": f"{story.on.isoformat()}T23:59:59", "dose": rows[-1]["dose"]})
    highest: float = max(row["dose"] for row in rows) or 1.0
    chart: alt.Chart = (
        alt.Chart(pd.DataFrame(rows), height=150)
        .mark_line(interpolate="step-after", color=palette.ACCENT.on(theme), strokeWidth=2)
        .encode(
            x=alt.X("at:T", axis=time_axis()),
            y=alt.Y("dose:Q", title="mcg/day", scale=alt.Scale(domain=[0, highest * _ROOM])),
        )
    )
    return dressed(chart, theme)


def _naive(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the clinic's clock, as a browser in any zone shows it unchanged."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def _legend() -> alt.Legend:
    return alt.Legend(orient="top", columns=0, labelLimit=0)
