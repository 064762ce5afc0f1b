"""The colours that carry a meaning, each in a light and a dark form; the rest is in the theme.

A state is never a colour alone: every tier has a word and a symbol of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Shade:
    """One colour in the light theme and in the dark one."""

    light: str
    dark: str

    def css(self) -> str:
        """Return the colour as CSS that follows the page's own theme."""
        return f"light-dark({self.light}, {self.dark})"

    def on(self, theme: str | None) -> str:
        """Return the colour for a chart, which is drawn for one theme: "light" or "dark"."""
        return self.dark if theme == "dark" else self.light


@dataclass(frozen=True)
class TierLook:
    """How one tier is shown: the word, the symbol, and its colours; `bar` is its colour in a chart."""

    word: str
    symbol: str
    ink: Shade
    ground: Shade
    edge: Shade
    bar: Shade


PAGE: Final = Shade("#ffffff", "#12191d")
INK: Final = Shade("#1b262c", "#e7edf0")
QUIET: Final = Shade("#52606a", "#a9b6bd")
ACCENT: Final = Shade("#0b6672", "#7fd0dc")  # the theme's primaryColor
ON_ACCENT: Final = Shade("#ffffff", "#0b1a1e")
TICKED: Final = Shade("#0b6672", "#1f7a88")  # under the white tick of a checkbox
LINE: Final = Shade("#c9d3d8", "#3a4850")
DANGER: Final = Shade("#9c1c16", "#ffb3ac")
DANGER_GROUND: Final = Shade("#fdecea", "#43191a")
DEMO: Final = Shade("#b3261e", "#b3261e")
DEMO_INK: Final = Shade("#ffffff", "#ffffff")
GOOD: Final = Shade("#24553f", "#a9dcc0")
CAUTION: Final = Shade("#7a4a00", "#ffd28a")
CAUTION_GROUND: Final = Shade("#fff3dc", "#3a2a0c")

DANGER_BAR: Final = Shade("#b3261e", "#ff8a80")  # danger in a chart

_RED_EDGE: Final = Shade("#b3261e", "#ff8a80")

TIERS: Final[Mapping[str, TierLook]] = {
    "expected_empty": TierLook(
        "Expected empty",
        "✕",
        Shade("#ffffff", "#ffffff"),
        Shade("#9c1c16", "#b3261e"),
        Shade("#9c1c16", "#ff8a80"),
        Shade("#7d120d", "#ff6b5e"),
    ),
    "cannot_project": TierLook("Cannot project", "?", DANGER, PAGE, _RED_EDGE, Shade("#b3261e", "#ff8a80")),
    "past_alarm": TierLook(
        "Past alarm date",
        "▲",
        Shade("#7d120d", "#ffc9c4"),
        Shade("#f9d5d2", "#5c1f1c"),
        _RED_EDGE,
        Shade("#cc4a40", "#f2776d"),
    ),
    "overdue": TierLook(
        "Overdue", "!", DANGER, DANGER_GROUND, Shade("#e3aaa5", "#7d3a36"), Shade("#d9665c", "#d9827a")
    ),
    "due_soon": TierLook(
        "Due soon", "◔", CAUTION, CAUTION_GROUND, Shade("#e0c48f", "#6e5520"), Shade("#b37714", "#d9a441")
    ),
    "on_track": TierLook(
        "On track", "✓", GOOD, Shade("#e9f3ee", "#163026"), Shade("#b5d3c3", "#2f5a47"), Shade("#4a8a6c", "#6fb592")
    ),
}
"""The six tiers, worst first."""
