"""Register a pump in a real browser, and record its first fill from there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Server, Size, serving, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH
from tests.browser.test_visit import answer, begin_anew, choose, press, type_into

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A clinic that begins without a pump; one of these tests registers one."""
    folder = tmp_path_factory.mktemp("clinic")
    with serving(folder / "clinic.duckdb", folder) as started:
        yield started


def test_a_pump_is_registered_and_its_fill_comes_next(tablet: Page) -> None:
    page = shown(tablet, "/register")
    for label, text in (("Name", "Ben Roth"), ("Patient id", "P-0200"), ("Pump serial", "NGP900001H")):
        type_into(page, label, text)
    choose(page, "SynchroMed II 8637-20")
    expect(page.get_by_text("0.199 mL, earlier software (unverified: check against")).to_be_visible()
    type_into(page, "Reservoir capacity (mL)", "20")
    answer(page, "Does this pump have an alarm?", "Yes")
    type_into(page, "Alarm volume (mL)", "2")
    press(page, "Check")
    expect(page.get_by_text("What this would mean")).to_be_visible()
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Pump registered: saved by M. Keller.")).to_be_visible()
    press(page, "Record its fill")
    expect(page.locator(".pl-pump")).to_contain_text("Ben Roth")
    press(page, "Next: Drawn")
    expect(page.get_by_label("Drawn (mL)", exact=True)).to_have_value("")


@pytest.mark.parametrize("size", ["tablet", "desktop"])
def test_nothing_is_too_small_too_faint_or_off_the_page(open_page: OpenPage, size: Size) -> None:
    page = shown(open_page(size, "dark" if size == "tablet" else "light"), "/register")
    begin_anew(page)
    choose(page, "SynchroMed III 8667-20")
    press(page, "Check")
    expect(page.get_by_text("to be mended")).to_be_visible()
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0
