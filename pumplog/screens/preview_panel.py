"""What an entry would mean: before and after side by side, the residual, and the working folded."""

from fractions import Fraction
from html import escape

import streamlit as st

from pumplog.calc.formula import Answer, Line
from pumplog.desk import Preview
from pumplog.outlook import Outlook
from pumplog.quantities import Unit, show, show_date
from pumplog.screens.look import as_words, tier_badge
from pumplog.sources import SOURCES


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
    """Return one outlook as lines; what is not known says so."""
    if outlook is None:
        return f'<p class="pl-who"><b>{title}</b></p><p>Not on the board.</p>'
    rows = [
        ("In the pump", escape(outlook.fluid_says or "nothing on record")),
        ("Dose", escape(outlook.dose_says or "not known")),
        *(
            (words, show_date(day) if day else "not known")
            for words, day in (
                ("Refill by", outlook.refill_by),
                ("Alarm", outlook.alarm_date),
                ("Empty", outlook.empty_date),
                ("Drug good until", outlook.stability_date),
            )
        ),
    ]
    lines = "".join(f"<dt>{words}</dt><dd>{said}</dd>" for words, said in rows)
    why = "".join(f"<li>{escape(reason)}</li>" for reason in outlook.reasons)
    head = f'<p class="pl-who"><b>{title}</b> {tier_badge(outlook.tier.value)}</p>'
    return f'{head}<dl class="pl-lines">{lines}</dl><ul class="pl-why">{why}</ul>'


def show_residual(preview: Preview) -> None:
    """Show expected against drawn: only now, after the drawn volume was typed."""
    if preview.residual is not None:
        st.html(residual_html(preview.residual))


def residual_html(answer: Answer) -> str:
    """Return drawn, expected, what lies between them, and the flow ratio."""
    ratio = answer["flow_ratio"]
    cells = [
        ("Drawn", show(answer["drawn_ml"], Unit.ML)),
        ("Expected", _two_decimals(answer["expected_ml"], Unit.ML)),
        ("Expected less drawn", _two_decimals(answer["discrepancy_ml"], Unit.ML)),
        ("Flow ratio", _two_decimals(ratio, Unit.RATIO) if ratio is not None else "none: nothing was programmed"),
    ]
    shown = "".join(f"<div><span>{words}</span><b>{said}</b></div>" for words, said in cells)
    return f'<div class="pl-figures">{shown}</div>'


def _two_decimals(value: Fraction, unit: Unit) -> str:
    return show(round(value, 2), unit)


def show_working(preview: Preview) -> None:
    """Show how every number was worked out, folded away."""
    after = preview.after.projection.explain() if preview.after else None
    for of, answer in (("dates were", after), ("residual was", preview.residual)):
        if answer is not None:
            with st.expander(f"How the {of} worked out"):
                _lines(answer)


def _lines(answer: Answer) -> None:
    for line in answer.working:
        st.markdown(_line_words(line))


def _line_words(line: Line) -> str:
    parts = (line.meaning, line.with_numbers, line.shown, SOURCES[line.source].title)
    meaning, numbers, shown, source = (as_words(part) for part in parts)
    return f"**{meaning}**  \n{numbers} = **{shown}**  \n{source}"
