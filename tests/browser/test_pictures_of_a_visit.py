"""The README's pictures of a refill visit: each of its steps, typed in the demo clinic, and what comes after saving.

Every run goes through the visit; `make pictures` also keeps the pictures.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, copied, serving, settled, shown
from tests.browser.test_pictures import KEPT
from tests.browser.test_visit import answer, button, choose, choose_the_pump, press, type_into

pytestmark = pytest.mark.browser

SERIAL = "DEMO1005"  # 40 mL of baclofen 1,000 mcg/mL at 390 mcg/day, filled 85 days ago: 6.85 mL are expected


@pytest.fixture(scope="module")
def server(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo clinic of this module's own, since a visit is saved in it."""
    folder = tmp_path_factory.mktemp("pictures")
    with serving(copied(demo_database, folder), folder) as started:
        yield started


def take(page: Page, name: str, folder: Path) -> None:
    """The step in sight from its top, as somebody has it who has just typed it."""
    settled(page)
    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 0)")
    picture = folder / f"{name}.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000


def test_each_step_of_a_visit_can_be_pictured(tablet: Page, tmp_path: Path) -> None:
    folder = KEPT if os.environ.get("PUMPLOG_PICTURES") == "1" else tmp_path
    page = shown(tablet, "/visit")
    button(page, "Who is recording?").click()
    name = page.get_by_label("Your name, as it stands in the log")
    name.fill("M. Keller")
    name.press("Enter")
    settled(page)
    page.keyboard.press("Escape")
    choose_the_pump(page, SERIAL)
    for words in ("Name", "Date of birth"):
        button(page, words).click()
        settled(page)
    take(page, "visit", folder)

    press(page, "Next: Drawn")
    type_into(page, "Drawn (mL)", "6.5")
    answer(page, "Pump interrogated first?", "Yes")
    expect(page.get_by_text("Expected less drawn", exact=True)).to_be_visible()
    take(page, "visit_drawn", folder)

    press(page, "Next: Filled")
    choose(page, "Baclofen")
    answer(page, "Concentration in", "mcg")
    type_into(page, "Concentration (mcg/mL)", "1000")
    type_into(page, "Volume after fill (mL)", "40")
    take(page, "visit_filled", folder)

    press(page, "Next: Programmed")
    choose(page, "Simple continuous")
    answer(page, "Amounts of drug in", "mcg")
    type_into(page, "Dose per day (mcg/day)", "390")
    answer(page, "Pump confirmed running?", "Yes")
    take(page, "visit_programmed", folder)

    press(page, "Next: Check and sign")
    expect(page.get_by_text("What this would mean")).to_be_visible()
    take(page, "visit_check", folder)

    press(page, "Save as M. Keller")
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
    take(page, "visit_saved", folder)
