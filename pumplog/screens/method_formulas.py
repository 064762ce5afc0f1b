"""Formulas as a person reads them: from their own docstrings, with the numbers of a worked case."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from pumplog.calc.formula import Answer, Calculation, Formula, Line, filed, shown, spoken
from pumplog.screens.method_cases import WorkedCase
from pumplog.screens.method_sources import source_html
from pumplog.sources import SOURCES

_PARTS = ("Parameters", "Returns", "Limits", "References")
_CODE_NAME = re.compile(r"`?\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b`?")


@dataclass(frozen=True)
class About:
    """What a docstring says besides its first line: why, and its named parts."""

    why: str
    parts: dict[str, str]


def about(function: Callable[..., Any]) -> About:
    """Read a docstring: paragraphs of why, then Parameters, Returns, Limits and References; examples are left out."""
    text = (inspect.getdoc(function) or "").split(">>>")[0]
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")[1:]]
    why = [paragraph for paragraph in paragraphs if paragraph and not paragraph.startswith(_PARTS)]
    named = " ".join(paragraph for paragraph in paragraphs if paragraph.startswith(_PARTS))
    pieces = re.split(rf"\b({'|'.join(_PARTS)}): ", named)[1:]
    parts = dict(zip(pieces[::2], (piece.strip() for piece in pieces[1::2]), strict=True))
    return About(in_words(" ".join(why)), {name: in_words(said) for name, said in parts.items()})


def in_words(text: str) -> str:
    """A text with its code names said as a person says them: quantities by name, sources by title."""

    def said(match: re.Match[str]) -> str:
        name = match.group().strip("`")
        return SOURCES[name].title if name in SOURCES else spoken(name)

    return _CODE_NAME.sub(said, text)


def calculation_html(calculation: Calculation, case: WorkedCase, answer: Answer, *, is_open: bool) -> str:
    """Return a calculation with a worked case: what is given, then every formula with its numbers."""
    given = "".join(
        f"<dt>{escape(_capital(spoken(name)))}</dt><dd>{escape(shown(name, answer.values[name]))}</dd>"
        for name in calculation.inputs
        if answer.values[name] is not None
    )
    lines = "".join(
        _line_html(filed(one), line) for one, line in zip(calculation.formulas, answer.working, strict=True)
    )
    refusals = "".join(f"<li>{escape(one.says)}</li>" for one in calculation.requirements)
    return (
        f'<details class="pl-fold pl-calculation"{" open" if is_open else ""}>'
        f"<summary><b>{escape(calculation.title)}</b></summary>"
        f"<p>{escape(case.says)}</p><dl>{given}</dl><ol>{lines}</ol>"
        f"{_fold('When there is no answer, and what to do', f'<ul>{refusals}</ul>') if refusals else ''}</details>"
    )


def _line_html(formula: Formula, line: Line) -> str:
    return (
        f"<li><span><b>{escape(_capital(spoken(line.name)))}: {escape(line.shown)}</b></span>"
        f"<span>{escape(line.meaning)}</span>"
        f'<span class="pl-written">= {escape(line.written)}</span>'
        f'<span class="pl-written">= {escape(line.with_numbers)}</span>'
        f"{_more_html(formula)}</li>"
    )


def building_block_html(formula: Formula) -> str:
    """Return a formula that stands in no calculation: its meaning and how it is written."""
    return (
        f"<li><span><b>{escape(_capital(spoken(formula.name)))}</b></span><span>{escape(formula.meaning)}</span>"
        f'<span class="pl-written">= {escape(in_words(formula.written))}</span>{_more_html(formula)}</li>'
    )


def _more_html(formula: Formula) -> str:
    """Why it is so, what it takes and gives, where it does not hold, and who says so."""
    read = about(formula.function)
    why = f"<p>{escape(read.why)}</p>" if read.why else ""
    words = {"Parameters": "Takes", "Returns": "Gives", "Limits": "Limits"}
    parts = "".join(
        f"<dt>{words[name]}</dt><dd>{escape(said)}</dd>" for name, said in read.parts.items() if name in words
    )
    return _fold(
        "Why, limits and source", f"{why}<dl>{parts}<dt>Source</dt><dd>{source_html(formula.source)}</dd></dl>"
    )


def _fold(title: str, inside: str) -> str:
    return f'<details class="pl-fold"><summary class="pl-quiet">{title}</summary>{inside}</details>'


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
