"""A plan as steps, and what was done beside it."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import altair as alt
import pandas as pd

from pumplog.outlook.plans import PlanAgainstFact
from pumplog.screens import palette
from pumplog.screens.charts import dressed, layered, time_axis

PLANNED, PROGRAMMED, TOLD = "planned", "programmed", "taken, as told"
_TIMES: Final = {"mcg": 1, "mg": 1000}
_AFTER: Final = timedelta(days=7)
_ROOM: Final = 1.1


def plan_chart(one: PlanAgainstFact, today: date, theme: str | None) -> alt.LayerChart:
    """The planned steps dashed, the programmed dose drawn through, doses by mouth as points."""
    made = one.plan.made
    end = max(today, made.steps[-1].from_on) + _AFTER
    planned = [_row(step.from_on, step.dose_mcg_per_day, made.typed_in, PLANNED) for step in made.steps]
    planned.append({**planned[-1], "on": end.isoformat()})
    by_pump = made.route == "intrathecal"
    facts = [
        _row(fact.on, fact.dose_mcg_per_day, made.typed_in, PROGRAMMED if by_pump else TOLD) for fact in one.facts
    ]
    if by_pump and facts:
        facts.append({**facts[-1], "on": max(today, one.facts[-1].on).isoformat()})
    highest = max(row["dose"] for row in (*planned, *facts)) or 1.0
    x = alt.X("on:T", axis=time_axis())
    y = alt.Y("dose:Q", title=f"{made.typed_in}/day", scale=alt.Scale(domain=[0, highest * _ROOM]))
    present = [PLANNED, PROGRAMMED if by_pump else TOLD]
    colour = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(domain=present, range=[palette.QUIET.on(theme), palette.ACCENT.on(theme)]),
        legend=alt.Legend(orient="top", columns=0, labelLimit=0),
    )
    tips = [alt.Tooltip("what:N", title="What"), alt.Tooltip("dose:Q", title=f"{made.typed_in}/day"), "on:T"]
    steps = alt.Chart(pd.DataFrame(planned)).mark_line(interpolate="step-after", strokeDash=[7, 4], strokeWidth=2)
    done = alt.Chart(pd.DataFrame(facts, columns=["on", "dose", "what"]))
    fact_marks = (
        done.mark_line(interpolate="step-after", strokeWidth=2) if by_pump else done.mark_point(size=80, filled=True)
    )
    layers = [chart.encode(x=x, y=y, color=colour, tooltip=tips) for chart in (steps, fact_marks)]
    return dressed(layered(*layers, height=170), theme)


def _row(on: date, dose_mcg_per_day: Decimal | Fraction, typed_in: str, what: str) -> dict[str, Any]:
    return {"on": on.isoformat(), "dose": float(dose_mcg_per_day) / _TIMES[typed_in], "what": what}
