"""An ordinary visit: what the server takes for each step, what a nurse's hand does, and how long Save takes."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from unittest.mock import patch

import streamlit as st
from playwright.sync_api import Page, expect, sync_playwright
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk, Draft
from pumplog.screens import clinic
from pumplog.screens.going import PUMP_KEY
from pumplog.serving import DATABASE_VARIABLE
from tests.browser.conftest import CHROMIUM, FLAGS, SIZES, TALK, serving, settled, shown
from tests.browser.test_visit import answer, choose, choose_the_pump, press, tell

ROOT = Path(__file__).parents[1]
TURNS_COUNT = 20
STEPS = (("Who", "Refilled by"), ("Drawn", "Drawn"), ("Filled", "Injected"), ("Programmed", "Priming bolus"))
COUNT_HANDS = """window.hands = {clicks: 0, keys: 0};
addEventListener('click', pressed => { if (pressed.isTrusted && pressed.detail) window.hands.clicks += 1; }, true);
addEventListener('keydown', pressed => { if (pressed.isTrusted) window.hands.keys += 1; }, true);"""


@dataclass(frozen=True)
class StepTime:
    """Re-runs of the page after one field of a step was changed [s]."""

    title: str
    median: float
    p95: float


@contextmanager
def visit_page(database: Path) -> Iterator[AppTest]:
    """The page of a visit of a pump in the middle of the board, with everybody let in."""
    logging.disable(logging.CRITICAL)
    with patch.dict(os.environ, {DATABASE_VARIABLE: str(database)}), patch.object(clinic, "is_open_to_all", _yes):
        rows = clinic.whole_desk().board().rows
        app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=120)
        app.session_state["person"] = "I. Thistlewick"
        app.session_state[PUMP_KEY] = rows[len(rows) // 2].pump_id
        app.run()
        app.switch_page(str(ROOT / "pumplog" / "screens" / "views" / "visit.py"))
        app.run()
        yield app
        st.cache_resource.clear()
    logging.disable(logging.NOTSET)


def _yes() -> bool:
    return True


def step_times(database: Path) -> Iterator[StepTime]:
    """Each step: a field is changed, the page drawn again, its draft kept; with what the test itself reads of it."""
    with visit_page(database) as app:
        sheet = app.session_state[f"sheet:visit:{app.session_state[PUMP_KEY]}"]
        for number, (title, label) in enumerate(STEPS, start=1):
            sheet.go_to_step(number)
            app.run()
            yield _timed(title, lambda turn, label=label: _type(app, label, f"{1 + turn / 100}"), app)  # type: ignore[misc]
        sheet.go_to_step(len(STEPS) + 1)
        app.run()
        yield _timed("Check and sign", lambda turn: _write(app, f"note {turn}"), app)


def _timed(title: str, change: Callable[[int], None], app: AppTest) -> StepTime:
    seconds = []
    for turn in range(TURNS_COUNT):
        change(turn)
        started = perf_counter()
        app.run()
        seconds.append(perf_counter() - started)
    return StepTime(title, median(seconds), quantiles(seconds, n=20)[-1])


def _type(app: AppTest, label: str, text: str) -> None:
    next(one for one in app.text_input if one.label.startswith(label)).set_value(text)


def _write(app: AppTest, text: str) -> None:
    app.text_area[-1].set_value(text)


@dataclass(frozen=True)
class Journey:
    """One ordinary visit in a browser of the size of a tablet."""

    clicks_count: int
    keys_count: int
    save_seconds: float


def ordinary_visit(folder: Path) -> Journey:
    """Same drug, concentration and dose as before; from the search for the pump to *Saved*."""
    database = folder / "visit.duckdb"
    tell(database)
    with serving(database, folder) as server, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=server.url, viewport=SIZES["tablet"], has_touch=True, locale="en-GB")
        page = context.new_page()
        page.add_init_script(TALK + COUNT_HANDS)
        shown(page, "/visit")
        page.evaluate("window.hands = {clicks: 0, keys: 0}")  # signing in is not the visit
        _work(page)
        saved = page.get_by_text("Refill visit: saved by M. Keller.")
        begun = perf_counter()
        page.get_by_role("button", name="Save as M. Keller", exact=True).click()
        expect(saved).to_be_visible()
        took = perf_counter() - begun
        hands: dict[str, Any] = page.evaluate("window.hands")
        browser.close()
    return Journey(hands["clicks"], hands["keys"], took)


def _work(page: Page) -> None:
    choose_the_pump(page)
    for words in ("Name", "Date of birth"):
        page.get_by_role("button", name=words, exact=True).click()
    press(page, "Next: Drawn")
    _key_in(page, "Drawn (mL)", "2")
    press(page, "Next: Filled")
    choose(page, "Baclofen")
    answer(page, "Concentration in", "mcg")
    _key_in(page, "Concentration (mcg/mL)", "500")
    _key_in(page, "Volume after fill (mL)", "20")
    press(page, "Next: Programmed")
    choose(page, "Simple continuous")
    answer(page, "Amounts of drug in", "mcg")
    _key_in(page, "Dose per day (mcg/day)", "100")
    answer(page, "Pump confirmed running?", "Yes")
    press(page, "Next: Check and sign")


def _key_in(page: Page, label: str, text: str) -> None:
    """By the keys alone: a field that has the focus already needs no tap."""
    typed = page.get_by_label(label, exact=True)
    if not typed.evaluate("one => one === document.activeElement"):
        typed.click()
    typed.press_sequentially(text)
    typed.press("Tab")
    settled(page)


def seconds_of_drafts(desk: Desk, turns_count: int = TURNS_COUNT) -> list[float]:
    """A draft of ninety fields kept anew each time, durable."""
    at, seconds = datetime(2026, 6, 1, 9, tzinfo=UTC), []
    pump_id = desk.pumps()[0].pump_id
    for turn in range(turns_count):
        fields = {f"field{number}": f"typed {turn}" for number in range(90)}
        draft = Draft("refilled", pump_id, "bench", at, at + timedelta(minutes=turn), 0, 1, 1, fields)
        started = perf_counter()
        desk.keep_draft(draft, by="I. Thistlewick")
        seconds.append(perf_counter() - started)
    return seconds
