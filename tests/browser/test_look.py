"""The look in a real browser: sizes that can be touched and read, and nothing fetched from elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Scheme, Server, Size, copied, serving, shown

pytestmark = pytest.mark.browser

TOO_SMALL_TO_TOUCH = """() => [...document.querySelectorAll(
    'button, [role=tab], summary, [data-testid=stTopNavLink], [role=radio], [data-testid=stRadioOption], ' +
    '[data-testid=stCheckbox] label, [data-testid=stTextInputRootElement], [data-testid=stDateInputField]')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().height < 44)
  .map(e => (e.dataset.testid || e.tagName) + ': ' + (e.innerText || e.ariaLabel))"""

TOO_SMALL_TO_READ = """() => {
  const found = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || e.closest('style, script, noscript, .katex, svg')) continue;
    if (e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 16) found.add(e.innerText);
  }
  return [...found];
}"""

TOO_FAINT_TO_READ = """() => {
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d');
  const rgba = colour => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, alpha, under) => [0, 1, 2].map(i => top[i] * alpha + under[i] * (1 - alpha));
  const line = e => { const up = []; for (; e; e = e.parentElement) up.unshift(e); return up; };
  const ground = e => line(e).reduce((under, one) => {
    const colour = rgba(getComputedStyle(one).backgroundColor);
    return over(colour, colour[3], under);
  }, [255, 255, 255]);
  const light = c => c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const found = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || e.closest('style, script, noscript, [disabled], canvas')) continue;
    if (!e.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const under = ground(e), ink = rgba(getComputedStyle(e).color);
    const alpha = line(e).reduce((a, one) => a * parseFloat(getComputedStyle(one).opacity), ink[3]);
    const [low, high] = [light(under), light(over(ink, alpha, under))].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) found.add(e.innerText + ' ' + ratio.toFixed(2));
  }
  return [...found];
}"""

WIDER_THAN_THE_SCREEN = """() => document.querySelector('[data-testid=stMain]').scrollWidth > innerWidth
  || document.documentElement.scrollWidth > innerWidth"""

PAGES = ("/", "/visit", "/story", "/register", "/entries", "/import_sheet", "/method")


@pytest.fixture(scope="module")
def server(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose every word is of these tests: the last of them reads them all."""
    folder = tmp_path_factory.mktemp("look")
    with serving(copied(demo_database, folder), folder) as started:
        yield started


@pytest.mark.parametrize(("size", "scheme"), [("tablet", "light"), ("desktop", "light"), ("tablet", "dark")])
def test_nothing_is_too_small_or_too_faint_and_nothing_scrolls_sideways(
    open_page: OpenPage, size: Size, scheme: Scheme
) -> None:
    page = open_page(size, scheme)
    found = {}
    for path in PAGES:
        shown(page, path)
        found[path] = [
            *page.evaluate(TOO_SMALL_TO_TOUCH),
            *page.evaluate(TOO_SMALL_TO_READ),
            *page.evaluate(TOO_FAINT_TO_READ),
            *(["scrolls sideways"] if page.evaluate(WIDER_THAN_THE_SCREEN) else []),
        ]
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 25, 29)")])
def test_the_page_follows_the_theme_of_the_device(open_page: OpenPage, scheme: Scheme, ground: str) -> None:
    page = shown(open_page("tablet", scheme), "/")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)


def test_the_icon_of_the_tab_comes_with_the_page(tablet: Page) -> None:
    page = shown(tablet, "/")
    addresses = page.evaluate("[...document.querySelectorAll('link[rel*=icon]')].map(link => link.href)")
    assert addresses
    assert all(address.startswith("data:") for address in addresses)


def test_the_demo_says_so_on_every_page(tablet: Page) -> None:
    for path in PAGES:
        mark = shown(tablet, path).get_by_text("DEMO", exact=True)
        expect(mark).to_be_visible()
        expect(mark).to_have_css("background-color", "rgb(179, 38, 30)")


def test_the_server_says_where_it_is_and_nothing_else(tablet: Page, server: Server) -> None:
    shown(tablet, "/")
    assert server.output.read_text().splitlines() == [f"pumplog is at {server.url}   (Ctrl+C stops it)"]
