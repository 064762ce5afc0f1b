"""The README's pictures: each screen, at the size of a clinic tablet, of the demo clinic.

Every run opens every page and looks at it; `make pictures` also keeps the pictures.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pumplog.demo import fill_demo
from pumplog.desk import Desk
from pumplog.outlook import Tier
from tests.browser.conftest import OpenPage, Server, serving, settled, shown

pytestmark = pytest.mark.browser

KEPT = Path(__file__).parent.parent.parent / "docs" / "pictures"
PAGES = {
    "board": "/",
    "visit": "/visit",
    "story": "/story",
    "register": "/register",
    "entries": "/entries",
    "import_sheet": "/import_sheet",
    "method": "/method",
}
NEEDS_A_PUMP = ("visit", "story", "entries")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    filled = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    fill_demo(filled)
    return filled


@pytest.fixture(scope="module")
def pump_id(database: Path) -> str:
    with Desk.open(database) as desk:
        rows = desk.board().rows
    return next(row.pump_id for row in rows if row.tier is Tier.DUE_SOON)


@pytest.fixture(scope="module")
def server(database: Path, pump_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    assert pump_id
    with serving(database, tmp_path_factory.mktemp("server")) as started:
        yield started


def take(page: Page, name: str, pump_id: str, folder: Path) -> Path:
    query = f"?pump={pump_id}" if name in NEEDS_A_PUMP else ""
    shown(page, PAGES[name] + query)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=30_000)
    settled(page)
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / f"{name}.png"
    page.screenshot(path=picture)
    return picture


@pytest.mark.parametrize("name", list(PAGES))
def test_each_page_of_the_demo_can_be_pictured(name: str, open_page: OpenPage, pump_id: str, tmp_path: Path) -> None:
    keep = os.environ.get("PUMPLOG_PICTURES") == "1"
    page = open_page("tablet", "light")
    picture = take(page, name, pump_id, KEPT if keep else tmp_path)
    assert picture.stat().st_size > 10_000
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
    expect(page.get_by_text("DEMO", exact=False).first).to_be_visible()
