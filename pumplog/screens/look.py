"""The look shared by every page: the style block, the tier badge, the status strip.

Whatever came from a person goes through `html.escape` here, or through `as_words` where Streamlit
would read it as Markdown.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import streamlit as st

from pumplog.quantities import show_date
from pumplog.screens import palette

_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=])")


def as_words(said: str) -> str:
    """Return what a person typed so that Markdown shows it letter for letter."""
    return _MARKDOWN.sub(r"\\\1", " ".join(said.split()))


def tier_badge(tier: str) -> str:
    """Return a tier as HTML: its colour, its word and its symbol together."""
    shown = palette.TIERS[tier]
    symbol = f'<span class="pl-symbol" aria-hidden="true">{shown.symbol}</span>'
    return f'<span class="pl-badge pl-tier-{tier}">{symbol}<span>{shown.word}</span></span>'


def day_html(day: date) -> str:
    """Return a date as HTML that no line break cuts."""
    return f'<time datetime="{day.isoformat()}">{show_date(day)}</time>'


@dataclass(frozen=True)
class Status:
    """What the strip on every page says."""

    person: str | None
    clinic_day: date
    zone: str
    log_says: str
    log_ok: bool
    demo: bool
    signs_in: bool = True
    papers_say: tuple[str, ...] = ()
    papers_failed: tuple[str, ...] = ()


def _who(status: Status) -> str:
    if status.person:
        return f"<span>{'Signed in' if status.signs_in else 'Recording'}: <b>{escape(status.person)}</b></span>"
    return "<span>Nobody is signed in</span>" if status.signs_in else "<span>Nobody named yet</span>"


def strip_html(status: Status) -> str:
    """Return the strip as HTML; a log that does not prove itself stands out."""
    log = escape(status.log_says)
    parts = [
        '<span class="pl-demo">DEMO</span>' if status.demo else "",
        _who(status),
        f"<span><b>{show_date(status.clinic_day)}</b> ({escape(status.zone)})</span>",
        f"<span>{log}</span>" if status.log_ok else f'<span class="pl-alert" role="alert">✕ {log}</span>',
        *(f"<span>{escape(says)}</span>" for says in status.papers_say),
        *(f'<span class="pl-alert" role="alert">✕ {escape(says)}</span>' for says in status.papers_failed),
    ]
    return f'<div class="pl-strip" role="status">{"".join(parts)}</div>'


def status_strip(status: Status) -> None:
    """Show who is recording, the clinic's date and zone, log verified when, last backup, DEMO in red."""
    st.html(strip_html(status))


def wear() -> None:
    """Put the style block on the page; called once, by the navigation."""
    st.html(style_block())


@cache
def style_block() -> str:
    """Return the style block: the colours as variables, then the rules of `look.css`."""
    tokens = {
        "page": palette.PAGE,
        "ink": palette.INK,
        "quiet": palette.QUIET,
        "line": palette.LINE,
        "accent": palette.ACCENT,
        "on-accent": palette.ON_ACCENT,
        "ticked": palette.TICKED,
        "danger": palette.DANGER,
        "danger-ground": palette.DANGER_GROUND,
        "demo": palette.DEMO,
        "demo-ink": palette.DEMO_INK,
        "good": palette.GOOD,
        "caution": palette.CAUTION,
        "caution-ground": palette.CAUTION_GROUND,
    }
    variables = "".join(f"--pl-{name}: {shade.css()};" for name, shade in tokens.items())
    tiers = "".join(
        f".pl-tier-{tier}, .st-key-tier-{tier} button {{ color: {shown.ink.css()};"
        f" background: {shown.ground.css()}; border-color: {shown.edge.css()}; }}\n"
        f".pl-edge-{tier} {{ border-left-color: {shown.bar.css()}; }}\n"
        for tier, shown in palette.TIERS.items()
    )
    rules = Path(__file__).with_name("look.css").read_text(encoding="utf-8")
    return f"<style>:root {{ {variables} }}\n{tiers}{rules}</style>"
