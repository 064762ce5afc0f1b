"""An ordinary visit: what the server takes for each step, what a nurse's hand does, and how long Save takes."""

import gc
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from unittest.mock import patch

import streamlit as st
from playwright.sync_api import Page, expect, sync_playwright
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk, Draft
from pumplog.entries import Refilled
from pumplog.entries.programme import SimpleContinuous
from pumplog.quantities import plain
from pumplog.screens import clinic
from pumplog.screens.going import PUMP_KEY
from pumplog.serving import DATABASE_VARIABLE
from tests.browser.conftest import CHROMIUM, FLAGS, SIZES, TALK, serving, settled, shown
from tests.browser.test_visit import answer, choose, choose_the_pump, press, tell
from tests.screens.filling import Page as Filled

ROOT = Path(__file__).parents[1]
TURNS_COUNT = 20
STEPS = (("Who", "Refilled by", 1), ("Drawn", "Drawn", 0), ("Filled", "Lot", 1), ("Programmed", "Priming bolus", 0))
COUNT_HANDS = """window.hands = {clicks: 0, keys: 0};
addEventListener('click', pressed => { if (pressed.isTrusted && pressed.detail) window.hands.clicks += 1; }, true);
addEventListener('keydown', pressed => { if (pressed.isTrusted) window.hands.keys += 1; }, true);"""


@dataclass(frozen=True)
class StepTime:
    """Re-runs of the page after one field of a step was changed [s]."""

    title: str
    median: float
    p95: float


@dataclass(frozen=True)
class Usual:
    """A pump of one drug at one rate, and what is drawn of it today if it runs as it should."""

    pump_id: str
    drug: str
    concentration: str
    dose: str
    filled: str
    drawn_ml: Decimal


def usual_pump(desk: Desk) -> Usual:
    """The first such pump from the middle of the board on: its visit goes through with nothing to stop it."""
    rows = desk.board().rows
    for row in (*rows[len(rows) // 2 :], *rows):
        state = desk.story_of(row.pump_id).state
        standing, last = state.standing, state.visits[-1].entry if state.visits else None
        drawn = desk.drawn_against_expected(row.pump_id, Decimal(2), at=desk.now())
        if standing is None or drawn is None or not isinstance(last, Refilled) or len(standing.fluid) > 1:
            continue
        expected_ml = drawn.line.residual["expected_ml"] if drawn.line.residual else 0
        if expected_ml > 1 and isinstance(standing.programme, SimpleContinuous):
            fluid = standing.fluid[0]
            concentration, dose = plain(fluid.concentration_mcg_per_ml), plain(standing.programme.dose_mcg_per_day)
            filled = plain(last.volume_after_fill_ml)
            return Usual(row.pump_id, fluid.drug, concentration, dose, filled, round(Decimal(float(expected_ml)), 1))
    raise LookupError("No pump of one drug at one rate is on this board.")


@contextmanager
def visit_page(database: Path) -> Iterator[tuple[AppTest, Usual]]:
    """The page of a visit of a pump in the middle of the board, with everybody let in."""
    logging.disable(logging.CRITICAL)
    with patch.dict(os.environ, {DATABASE_VARIABLE: str(database)}), patch.object(clinic, "is_open_to_all", _yes):
        desk = clinic.whole_desk()
        ended = max(event.happened_at_utc for event in desk.logbook.events()).astimezone(UTC)
        desk._now = lambda: ended + timedelta(hours=1)  # a log of ten years that ended some time ago
        usual = usual_pump(desk)
        gc.collect()
        gc.freeze()  # as the server does once it has read the log
        app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=120)
        app.session_state["person"] = "I. Thistlewick"
        app.session_state[PUMP_KEY] = usual.pump_id
        app.run()
        app.switch_page(str(ROOT / "pumplog" / "screens" / "views" / "visit.py"))
        app.run()
        yield app, usual
        gc.unfreeze()
        st.cache_resource.clear()
    logging.disable(logging.NOTSET)


def _yes() -> bool:
    return True


def step_times(database: Path) -> Iterator[StepTime]:
    """Each step of a whole visit: a field is changed, the page drawn again, its draft kept.

    With what the test itself reads of the page. Nothing holds the visit, and its check finds no fault.
    """
    with visit_page(database) as (app, usual):
        fill = Filled(app).tap_all("Which identifiers", "name", "serial").type("Drawn", plain(usual.drawn_ml))
        fill.tap("Drug", usual.drug).answer("Concentration in", "mcg").type("Concentration", usual.concentration)
        fill.type("Volume after fill", usual.filled).tap("The pump now runs", "simple_continuous")
        fill.answer("Amounts of drug in", "mcg").type("Dose per day", usual.dose).answer(
            "Pump confirmed running", "Yes"
        )
        sheet = app.session_state[f"sheet:visit:{usual.pump_id}"]
        for number, (title, label, begins) in enumerate(STEPS, start=1):
            sheet.go_to_step(number)
            fill.run()
            base = usual.drawn_ml if label == "Drawn" else Decimal(begins)
            yield _timed(title, lambda turn, label=label, base=base: _type(app, label, base, turn), app)  # type: ignore[misc]
            assert sheet.step == number, f"the visit is held at step {sheet.step}"
            _type(app, label, base if label in ("Drawn", "Refilled by") else None, 0)
        fill.check()
        assert fill.has("button", "Save as"), fill.refused
        yield _timed("Check and sign", lambda turn: _write(app, f"note {turn}"), app)


def _timed(title: str, change: Callable[[int], None], app: AppTest) -> StepTime:
    seconds = []
    for turn in range(TURNS_COUNT):
        change(turn)
        started = perf_counter()
        app.run()
        seconds.append(perf_counter() - started)
    return StepTime(title, median(seconds), quantiles(seconds, n=20)[-1])


def _type(app: AppTest, label: str, base: Decimal | None, turn: int) -> None:
    """A field that says something else with every turn, by hundredths; None empties it."""
    text = "" if base is None else plain(base + Decimal(turn) / 100)
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
