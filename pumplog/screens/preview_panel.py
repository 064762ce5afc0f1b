"""What an entry would mean: before and after side by side, the residual, each number with its working folded."""

from collections.abc import Iterable
from fractions import Fraction
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from pumplog.calc.formula import Answer
from pumplog.calc.residual import RESIDUAL
from pumplog.desk import Preview
from pumplog.outlook import Outlook
from pumplog.quantities import Unit, show, show_date
from pumplog.screens.look import tier_badge
from pumplog.screens.programmer_panel import sides_html
from pumplog.screens.wording import lines_of
from pumplog.screens.working import dates_working_html, line_html, lines_behind


def show_outlooks(preview: Preview) -> None:
    """Show the pump's outlook before and after, and the new refill-by date large."""
    before, after = preview.before, preview.after
    if after is None:
        st.html('<p class="pl-large">This pump leaves the board.</p>')
        return
    if after.refill_by is not None:
        aside = f'<span class="pl-quiet">{escape(after.limited_by_says or "")}</span>'
        st.html(f'<p class="pl-large">Refill by <b>{show_date(after.refill_by)}</b> {aside}</p>')
    else:
        st.html('<p class="pl-large">No refill date can be given.</p>')
    left, right = st.columns(2)
    with left.container(border=True):
        st.html(outlook_html("Before", before))
    with right.container(border=True):
        st.html(outlook_html("After", after))


def outlook_html(title: str, outlook: Outlook | None) -> str:
    """Return one outlook as lines, each date with its working folded under it; what is not known says so."""
    if outlook is None:
        return f'<p class="pl-who"><b>{title}</b></p><p>Not on the board.</p>'
    days = (outlook.refill_by, outlook.alarm_date, outlook.empty_date, outlook.stability_date)
    names = ("Refill by", "Alarm", "Empty", "Drug good until")
    worked_out = dates_working_html(outlook)
    plain = [] if worked_out else zip(names, days, strict=True)
    rows = [
        ("In the pump", escape(outlook.fluid_says or "nothing on record")),
        ("Dose", escape(outlook.dose_says or "not known")),
        *((words, show_date(day) if day else "not known") for words, day in plain),
        *((words, "not known") for words, day in zip(names, days, strict=True) if worked_out and day is None),
    ]
    why = "".join(f"<li>{escape(reason)}</li>" for reason in outlook.reasons)
    head = f'<p class="pl-who"><b>{title}</b> {tier_badge(outlook.tier.value)}</p>'
    return f'{head}{_lines_html(rows)}{worked_out}<ul class="pl-why">{why}</ul>'


def _lines_html(rows: Iterable[tuple[str, str]]) -> str:
    return f'<dl class="pl-lines">{"".join(f"<dt>{words}</dt><dd>{said}</dd>" for words, said in rows)}</dl>'


def show_typed(preview: Preview, zone: ZoneInfo) -> None:
    """Show what was typed, read back in one place, so that a slip of the hand is seen before it is signed."""
    lines = [(escape(words), escape(said)) for words, said in lines_of(preview.entry, zone)]
    if not lines:
        return
    st.subheader("What you typed")
    half = -(-len(lines) // 2)
    left, right = st.columns(2)
    for column, those in ((left, lines[:half]), (right, lines[half:])):
        with column:
            st.html(_lines_html(those))


def show_programmer(preview: Preview) -> None:
    """Show programmer says, we say, once the programmer was read."""
    for words, sides in (("As found: ", preview.programmer_found), ("", preview.programmer)):
        if any(one.programmer_says for one in sides):
            st.subheader(f"{words}{'p' if words else 'P'}rogrammer says, we say")
            st.html(sides_html(sides))


def show_residual(preview: Preview) -> None:
    """Show expected against drawn: only now, after the drawn volume was typed."""
    if preview.residual is not None:
        st.html(residual_html(preview.residual))


def residual_html(answer: Answer) -> str:
    """Return drawn, expected, what lies between them, and the flow ratio, the working folded under each."""
    ratio = answer["flow_ratio"]
    none = "none: nothing was programmed"
    cells = [
        ("Drawn", show(answer["drawn_ml"], Unit.ML), ""),
        ("Expected", _two_decimals(answer["expected_ml"], Unit.ML), _working_html(answer, "expected_ml")),
        (
            "Expected less drawn",
            _two_decimals(answer["discrepancy_ml"], Unit.ML),
            _working_html(answer, "discrepancy_ml"),
        ),
        (
            "Flow ratio",
            _two_decimals(ratio, Unit.RATIO) if ratio is not None else none,
            _working_html(answer, "flow_ratio"),
        ),
    ]
    shown = "".join(f"<div><span>{words}</span><b>{said}</b>{working}</div>" for words, said, working in cells)
    return f'<div class="pl-figures">{shown}</div>'


def _working_html(answer: Answer, name: str) -> str:
    lines = "".join(line_html(line) for line in lines_behind(name, RESIDUAL, answer.working))
    return f'<details class="pl-fold"><summary>Working</summary><ol>{lines}</ol></details>' if lines else ""


def _two_decimals(value: Fraction, unit: Unit) -> str:
    return show(round(value, 2), unit)
