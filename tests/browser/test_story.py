"""The story in a real browser: charts drawn, folds that open, nothing cut, faint or too small."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from tests.browser.conftest import OpenPage, Scheme, Server, Size, settled, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH

pytestmark = pytest.mark.browser

CORRECTED, STOPPED, RETIRED = "DEMO2022", "DEMO2006", "DEMO2023"


@pytest.fixture(scope="module")
def pump_ids(demo_database: Path) -> dict[str, str]:
    with Desk.open(demo_database) as desk:
        return {serial: desk.pump_id(serial) for serial in (CORRECTED, STOPPED, RETIRED)}


@pytest.fixture
def server(demo_server: Server) -> Server:
    return demo_server


def story(page: Page, pump_id: str) -> Page:
    shown(page, f"/story?pump={pump_id}")
    expect(page.locator(".pl-log").first).to_be_attached()
    expect(page.locator("[data-testid=stVegaLiteChart] .marks").first).to_be_visible()
    settled(page)
    return page


@pytest.mark.parametrize(("size", "scheme"), [("tablet", "dark"), ("desktop", "light")])
def test_a_story_can_be_read_and_touched(
    open_page: OpenPage, pump_ids: dict[str, str], size: Size, scheme: Scheme, tmp_path: Path
) -> None:
    page = story(open_page(size, scheme), pump_ids[CORRECTED])
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true }")
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0
    assert page.screenshot(path=tmp_path / f"story-{size}-{scheme}.png")


def test_what_was_corrected_is_struck_through_and_readable(tablet: Page, pump_ids: dict[str, str]) -> None:
    page = story(tablet, pump_ids[CORRECTED])
    struck = page.locator(".pl-log del")
    expect(struck).to_have_count(2)
    expect(struck.first).to_have_css("text-decoration-line", "line-through")
    expect(page.locator(".pl-corrected").first).to_contain_text("see the correction")


def test_a_date_folds_open_to_its_working(tablet: Page, pump_ids: dict[str, str]) -> None:
    page = story(tablet, pump_ids[CORRECTED])
    fold = page.locator("details.pl-fold", has_text="Refill by").first
    line = fold.get_by_text("Source:").first
    expect(line).not_to_be_visible()
    fold.locator("summary").click()
    expect(line).to_be_visible()


@pytest.mark.parametrize("serial", [STOPPED, RETIRED])
def test_a_pump_without_dates_has_a_story(tablet: Page, pump_ids: dict[str, str], serial: str) -> None:
    page = story(tablet, pump_ids[serial])
    expect(page.get_by_text("Everything that was said")).to_be_visible()
    expect(page.locator("details", has_text="Drug good until")).to_have_count(0)
