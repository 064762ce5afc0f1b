"""Colours can be read, states are never a colour alone, and what people typed stays text."""

import colorsys
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pumplog.screens import look, palette
from pumplog.screens.palette import Shade

ROOT = Path(__file__).parents[2]
THEME: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
READABLE = 4.5
SEEN = 3.0  # an edge or a symbol that must be told from its ground


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_the_ratio_of_the_guideline() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", palette.TIERS)
def test_every_tier_can_be_read(name: str, scheme: str) -> None:
    tier = palette.TIERS[name]
    assert contrast(tier.ink.on(scheme), tier.ground.on(scheme)) >= READABLE


def test_every_tier_has_its_own_word_and_symbol() -> None:
    assert len({tier.word for tier in palette.TIERS.values()}) == 6
    assert len({tier.symbol for tier in palette.TIERS.values()}) == 6
    assert list(palette.TIERS) == [
        "expected_empty",
        "cannot_project",
        "past_alarm",
        "overdue",
        "due_soon",
        "on_track",
    ]


@pytest.mark.parametrize("name", palette.TIERS)
def test_a_badge_says_its_tier_in_colour_and_word_and_symbol(name: str) -> None:
    badge = look.tier_badge(name)
    assert f"pl-tier-{name}" in badge
    assert palette.TIERS[name].word in badge
    assert palette.TIERS[name].symbol in badge
    assert f".pl-tier-{name}" in look.style_block()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (palette.INK, palette.PAGE),
        (palette.QUIET, palette.PAGE),
        (palette.ACCENT, palette.PAGE),
        (palette.ON_ACCENT, palette.ACCENT),
        (Shade("#ffffff", "#ffffff"), palette.TICKED),
        (palette.DANGER, palette.PAGE),
        (palette.DANGER, palette.DANGER_GROUND),
        (palette.GOOD, palette.PAGE),
        (palette.CAUTION, palette.PAGE),
        (palette.CAUTION, palette.CAUTION_GROUND),
        (palette.DEMO_INK, palette.DEMO),
    ],
)
def test_every_pair_of_the_palette_can_be_read(ink: Shade, ground: Shade, scheme: str) -> None:
    assert contrast(ink.on(scheme), ground.on(scheme)) >= READABLE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_the_theme_can_be_read(scheme: str) -> None:
    theme = THEME[scheme]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        for ink in ("textColor", "primaryColor", "linkColor", "grayTextColor"):
            assert contrast(theme[ink], theme[ground]) >= READABLE, (ink, ground)
        assert contrast(palette.QUIET.on(scheme), theme[ground]) >= READABLE
    for colour in ("red", "orange", "yellow", "green", "blue"):
        assert contrast(theme[f"{colour}TextColor"], theme[f"{colour}BackgroundColor"]) >= READABLE, colour
        assert contrast(theme[f"{colour}TextColor"], theme["backgroundColor"]) >= READABLE, colour
        assert contrast(theme[f"{colour}Color"], theme["backgroundColor"]) >= SEEN, colour


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_palette_and_the_theme_agree(scheme: str) -> None:
    assert palette.PAGE.on(scheme) == THEME[scheme]["backgroundColor"]
    assert palette.INK.on(scheme) == THEME[scheme]["textColor"]
    assert palette.ACCENT.on(scheme) == THEME[scheme]["primaryColor"]
    assert palette.LINE.on(scheme) == THEME[scheme]["borderColor"]


def is_red(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    return saturation > 0.2 and min(hue, 1 - hue) < 20 / 360


def test_red_is_kept_for_danger() -> None:
    red = [name for name, tier in palette.TIERS.items() if is_red(tier.ink.light) or is_red(tier.ground.light)]
    assert red == ["expected_empty", "cannot_project", "past_alarm", "overdue"]
    calm = [palette.ACCENT, palette.INK, palette.QUIET, palette.LINE, palette.GOOD, palette.CAUTION]
    assert not [shade for shade in calm if is_red(shade.light)]


def test_every_colour_of_the_style_block_is_known() -> None:
    block = look.style_block()
    used = set(re.findall(r"var\((--pl-[a-z-]+)\)", block))
    assert used <= set(re.findall(r"(--pl-[a-z-]+):", block))
    assert block.count("{") == block.count("}")


def status(*, person: str | None = "M. Keller", log_ok: bool = True, demo: bool = False) -> look.Status:
    return look.Status(
        person=person,
        clinic_day=date(2026, 5, 5),
        zone="Europe/Zurich",
        log_says="Log verified at 07:02",
        log_ok=log_ok,
        demo=demo,
        papers_say=("Backup: today 02:30",),
    )


def test_the_strip_says_who_when_and_whether_the_log_holds() -> None:
    strip = look.strip_html(status())
    for words in ("M. Keller", "5 May 2026", "Europe/Zurich", "Log verified at 07:02", "Backup: today 02:30"):
        assert words in strip
    assert "DEMO" not in strip
    assert 'role="alert"' not in strip


def test_the_strip_marks_a_demo_and_a_log_that_does_not_hold() -> None:
    strip = look.strip_html(status(demo=True, log_ok=False))
    assert "pl-demo" in strip
    assert ">DEMO<" in strip
    assert 'role="alert"' in strip


def test_the_strip_shows_a_name_as_text() -> None:
    strip = look.strip_html(status(person="<img src=x onerror=alert(1)>"))
    assert "<img" not in strip
    assert "&lt;img" in strip


def test_markdown_shows_what_was_typed_letter_for_letter() -> None:
    assert look.as_words("O'Neil") == "O'Neil"
    assert look.as_words("*a* [b](c) :red[d]") == r"\*a\* \[b\]\(c\) \:red\[d\]"
    assert look.as_words("two\nlines") == "two lines"
