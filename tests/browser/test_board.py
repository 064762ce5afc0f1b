"""The board in a real browser: on a tablet and on a desktop, in light and in dark, of the demo clinic."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from tests.browser.conftest import OpenPage, Scheme, Server, Size, at_page, copied, serving, settled, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own: one of these tests writes into it."""
    folder = tmp_path_factory.mktemp("board")
    with serving(copied(demo_database, folder), folder) as started:
        yield started


def board(page: Page) -> Page:
    """The board with its last row and its chart drawn."""
    shown(page, "/")
    expect(page.locator("[data-testid=stVegaLiteChart] .marks")).to_be_visible()
    expect(page.locator("[class*=st-key-rows-on_track] article").first).to_be_attached()
    settled(page)
    return page


@pytest.mark.parametrize(("size", "scheme"), [("tablet", "light"), ("desktop", "dark")])
def test_the_board_can_be_read_and_touched(open_page: OpenPage, size: Size, scheme: Scheme, tmp_path: Path) -> None:
    page = board(open_page(size, scheme))
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0
    assert page.screenshot(path=tmp_path / f"board-{size}-{scheme}.png")


def test_a_count_jumps_to_its_rows(tablet: Page) -> None:
    page = board(tablet)
    rows = page.locator("[class*=st-key-rows-on_track]")
    expect(rows.locator("article").first).not_to_be_in_viewport()
    for _ in range(2):  # pressed a second time it does the same
        page.locator(".st-key-tier-on_track button").click()
        expect(rows.locator("article").first).to_be_in_viewport()
        page.wait_for_timeout(1_500)  # what came late has not pushed them away
        expect(rows.locator("article").first).to_be_in_viewport(timeout=5_000)
        page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 0)")
        expect(rows.locator("article").first).not_to_be_in_viewport()


def test_a_tap_on_a_bar_lists_its_day(tablet: Page) -> None:
    page = board(tablet)
    chart = page.locator("[data-testid=stVegaLiteChart] .marks")
    chart.scroll_into_view_if_needed()
    days = page.get_by_role("combobox", name="Pumps of one day")
    expect(days).to_have_value("")
    box = chart.bounding_box()
    assert box is not None
    hint = page.locator("#vg-tooltip-element.visible")
    for across in range(60, int(box["width"]) - 20, 12):
        page.mouse.move(box["x"] + across, box["y"] + box["height"] * 0.6)
        page.wait_for_timeout(100)  # the hint of a bar comes with the next drawing
        if hint.count():
            break
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("[class*=st-key-day-] article").first).to_be_visible()


def test_the_board_refreshes_itself_and_leaves_alone_what_is_being_typed(
    open_page: OpenPage, server: Server, tmp_path: Path
) -> None:
    page = open_page("tablet", "light")
    page.clock.install()
    find = board(page).get_by_label("Find a pump")
    find.press_sequentially("Quill")  # and no Enter: nobody has searched yet
    with Desk.reach(server.database) as desk:  # the app has the file: it writes this for us, as for somebody else
        calm = next(row for row in reversed(desk.board().rows) if not row.tier.is_red)
        said = {"kind": "alarm_heard", "pump_serial": calm.pump_serial, "alarm": "EMPTY_RESERVOIR"}
        entry = desk.read_entry({**said, "happened_at": desk.now().isoformat()})
        desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))
    red = page.locator(".st-key-rows-expected_empty").filter(has_text=calm.pump_serial)
    expect(red).to_have_count(0)
    page.clock.fast_forward(61_000)
    expect(red).to_be_visible()
    expect(find).to_have_value("Quill")
    expect(find).to_be_focused()


def test_a_row_opens_its_story_and_keeps_who_is_recording(tablet: Page) -> None:
    page = board(tablet)
    page.get_by_role("button", name="Who is recording?").click()
    page.get_by_label("Your name, as it stands in the log").fill("M. Keller")
    page.keyboard.press("Enter")
    expect(page.locator(".pl-strip")).to_contain_text("Recording: M. Keller")
    page.keyboard.press("Escape")
    row = page.locator("[class*=st-key-rows-] article").first
    name = row.locator(".pl-who b").inner_text()
    page.get_by_role("button", name="Open", exact=True).first.click()
    at_page(page, "Pump story")
    expect(page.locator("article .pl-who b")).to_have_text(name)
    expect(page.locator(".pl-strip")).to_contain_text("M. Keller")
    assert "pump=" in page.url
