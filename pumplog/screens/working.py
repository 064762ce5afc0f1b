"""The working under a date: every line that leads to it, in order, with its numbers and its source."""

from collections.abc import Iterable
from html import escape
from typing import Final

from pumplog.calc.formula import Calculation, Line, filed, spoken
from pumplog.outlook import Outlook
from pumplog.quantities import show_date
from pumplog.sources import source

DATES: Final = {
    "refill_by": "Refill by",
    "alarm_date": "Alarm",
    "empty_date": "Empty",
    "stability_date": "Drug good until",
    "early_alarm_date": "May alarm from",
    "late_alarm_date": "Alarm if the pump runs slow",
}


def lines_behind(name: str, calculation: Calculation, working: Iterable[Line]) -> list[Line]:
    """The lines that a quantity is worked out from, in the order of working, its own last."""
    needs = {filed(one).name: filed(one).parameters for one in calculation.formulas}
    wanted, ahead = set[str](), [name]
    while ahead:
        one = ahead.pop()
        if one not in wanted:
            wanted.add(one)
            ahead += needs.get(one, ())
    return [line for line in working if line.name in wanted]


def line_html(line: Line) -> str:
    """Return one line of working: what it is, how it is written, with the numbers in, and who says so."""
    cited = source(line.source)
    return (
        f"<li><b>{escape(line.meaning)}</b>"
        f'<span class="pl-written">{escape(spoken(line.name))} = {escape(line.written)}</span>'
        f'<span class="pl-written">= {escape(line.with_numbers)}</span>'
        f'<span class="pl-written">= <b>{escape(line.shown)}</b></span>'
        f'<span class="pl-quiet">Source: {escape(cited.title)} ({cited.kind.value})</span></li>'
    )


def dates_working_html(row: Outlook) -> str:
    """Return each date of a pump with its working folded under it; nothing when there is no answer."""
    answer, calculation = row.projection.explain(), row.projection.calculation
    if answer is None or calculation is None:
        return ""
    folds = []
    for name, words in DATES.items():
        day = row.projection.day(name)
        if day is None:
            continue
        lines = "".join(line_html(line) for line in lines_behind(name, calculation, answer.working))
        title = f"<summary>{words} <b>{show_date(day)}</b></summary>"
        folds.append(f'<details class="pl-fold">{title}<ol>{lines}</ol></details>')
    return "".join(folds)
