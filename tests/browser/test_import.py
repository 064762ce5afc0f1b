"""The spreadsheet journey: from a clinic's own sheet to a board that tells the truth."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import JOURNEY_SIZES, OpenPage, Size, settled, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH

pytestmark = pytest.mark.browser

SHEET = Path(__file__).parents[1] / "data" / "spreadsheet" / "clinic.csv"


def can_be_used(page: Page) -> None:
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", JOURNEY_SIZES)
def test_a_clinics_sheet_becomes_a_board(open_page: OpenPage, size: Size, tmp_path: Path) -> None:
    page = shown(open_page(size, "light"), "/import_sheet")
    page.locator("input[type=file]").set_input_files(SHEET)
    page.get_by_text("How each header is understood").click()
    expect(page.get_by_role("cell", name="Volume after fill", exact=True)).to_be_visible()
    page.screenshot(path=tmp_path / f"{size}-headers.png")
    page.get_by_text("How each header is understood").click()

    page.get_by_role("button", name="Check the sheet").click()
    expect(page.get_by_text("Nothing has been written yet.")).to_be_visible()
    expect(page.get_by_role("cell", name="has no unit")).to_be_visible()
    settled(page)
    can_be_used(page)
    page.screenshot(path=tmp_path / f"{size}-checked.png", full_page=True)

    page.get_by_role("button", name="Import the good rows as M. Keller").click()
    expect(page.get_by_text("158 visits of 40 pumps were imported.")).to_be_visible()
    settled(page)
    can_be_used(page)
    page.screenshot(path=tmp_path / f"{size}-imported.png")

    page.get_by_role("button", name="Open the board").click()
    expect(page.get_by_role("heading", name="Refill board")).to_be_visible()
    expect(page.get_by_text("10 rows of imported sheets were refused")).to_be_visible()
    expect(page.locator(".pl-row .pl-tier-expected_empty, .pl-row.pl-tier-expected_empty").first).to_be_visible()
    settled(page)
    page.screenshot(path=tmp_path / f"{size}-board.png")
