"""The board of a registry of 5,000 pumps: asked of the desk, drawn by its script, and in a browser on a tablet."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep
from unittest.mock import patch

import streamlit as st
from playwright.sync_api import Browser, WebSocket, sync_playwright
from streamlit.testing.v1 import AppTest

from pumplog.demo.clinic import MARK_SERIAL
from pumplog.demo.teller import event_id_of, pump_id_of
from pumplog.desk import Desk
from pumplog.logbook import Logbook, NewEvent
from pumplog.serving import DATABASE_VARIABLE
from tests.browser.conftest import CHROMIUM, FLAGS, SIZES, Watch, serving, settled, shown
from tests.clinic_of_ten_years import filled_once

PUMPS_COUNT = 5_000
ENTRY_POINT = Path(__file__).parents[1] / "streamlit_app.py"


def fill_registry(database: Path, *, today: date, pumps_count: int = PUMPS_COUNT) -> None:
    """Write a registry in which every pump was registered and filled once; marked as a demo: nobody signs in."""
    told = filled_once(until=today, pumps_count=pumps_count)
    events = [marked(event) if event.pump_id == told[0].pump_id else event for event in told]
    with Logbook.open(database) as logbook:
        logbook.append_all(events, seen={event.pump_id: 0 for event in events})


def marked(event: NewEvent) -> NewEvent:
    """The same event under the pump that marks a demo."""
    registered = event.kind == "registered"
    event_id = event_id_of(MARK_SERIAL, "registration") if registered else event.event_id
    return replace(event, event_id=event_id, pump_id=pump_id_of(MARK_SERIAL))


@dataclass
class DeskTimes:
    """Seconds that the desk takes: the first board after a start, the same again, the first of the next day."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    next_day: list[float] = field(default_factory=list)


def desk_times(database: Path, runs_count: int) -> DeskTimes:
    """Several starts, each with a board, the same again, and that of the day after."""
    times = DeskTimes()
    noon = datetime.now(UTC)
    for _ in range(runs_count):
        with Desk.open(database, now=lambda: noon) as desk:
            times.first.append(_seconds_of_board(desk))
            times.again += [_seconds_of_board(desk) for _ in range(runs_count)]
            desk._now = lambda: noon + timedelta(days=1)
            times.next_day.append(_seconds_of_board(desk))
    return times


def _seconds_of_board(desk: Desk) -> float:
    started = perf_counter()
    desk.board()
    return perf_counter() - started


def script_times(database: Path, runs_count: int) -> list[float]:
    """Seconds of the page's whole script, drawn again and again by somebody at the file itself."""
    with patch.dict(os.environ, {DATABASE_VARIABLE: str(database)}):
        app = AppTest.from_file(ENTRY_POINT, default_timeout=600).run()
        if app.exception or not [button for button in app.button if (button.key or "").startswith("open-row-")]:
            raise AssertionError("the board was not drawn")
        found = [_seconds_of_script(app) for _ in range(runs_count)]
    st.cache_resource.clear()
    return found


def _seconds_of_script(app: AppTest) -> float:
    started = perf_counter()
    app.run()
    return perf_counter() - started


@dataclass
class BrowserTimes:
    """Seconds and bytes in a browser: to the first row and to the whole page; a search; what came over the wire."""

    first_row: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    searched: list[float] = field(default_factory=list)
    page_bytes: list[int] = field(default_factory=list)
    searched_bytes: list[int] = field(default_factory=list)


def browser_times(database: Path, folder: Path, runs_count: int) -> BrowserTimes | None:
    """The board opened on a tablet, and a pump searched for, several times; None where there is no browser."""
    if not CHROMIUM.exists():
        return None
    times = BrowserTimes()
    with serving(database, folder) as server, _browser() as browser:
        for _ in range(runs_count + 1):
            _one_opening(browser, server.url, times)
    for found in (times.first_row, times.whole, times.searched, times.page_bytes, times.searched_bytes):
        found.pop(0)  # the first is that of a server that has just started
    return times


@dataclass
class StartTimes:
    """Seconds to the first row in the first browser of a server: at once, and half a minute after the start."""

    at_once: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)


def start_times(database: Path, folder: Path, runs_count: int) -> StartTimes | None:
    """The first person of a server that has just started, several times; None where there is no browser."""
    if not CHROMIUM.exists():
        return None
    times = StartTimes()
    with _browser() as browser:
        for _ in range(runs_count):
            for found, wait_seconds in ((times.at_once, 0), (times.later, 30)):
                with serving(database, folder) as server:
                    sleep(wait_seconds)
                    found.append(_seconds_to_first_row(browser, server.url))
    return times


def _seconds_to_first_row(browser: Browser, url: str) -> float:
    context = browser.new_context(base_url=url, viewport=SIZES["tablet"], has_touch=True, locale="en-GB")
    page = context.new_page()
    started = perf_counter()
    page.goto("/")
    page.locator("article.pl-row").first.wait_for(timeout=600_000)
    seconds = perf_counter() - started
    context.close()
    return seconds


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def _one_opening(browser: Browser, url: str, times: BrowserTimes) -> None:
    context = browser.new_context(base_url=url, viewport=SIZES["tablet"], has_touch=True, locale="en-GB")
    context.set_default_timeout(600_000)
    page = context.new_page()
    Watch().over(page)
    shown(page, "/")
    came: list[int] = []

    def count(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: came.append(len(frame)))

    page.on("websocket", count)
    started = perf_counter()
    page.reload()
    page.locator("article.pl-row").first.wait_for()
    times.first_row.append(perf_counter() - started)
    settled(page)
    times.whole.append(perf_counter() - started)
    times.page_bytes.append(sum(came))
    came.clear()
    find = page.get_by_label("Find a pump")
    started = perf_counter()
    find.fill("BENCH00042")
    find.press("Enter")
    page.locator(".st-key-rows-found article").first.wait_for()
    times.searched.append(perf_counter() - started)
    settled(page)
    times.searched_bytes.append(sum(came))
    context.close()
