"""The README's pictures: each screen, at the size of a clinic tablet, of the demo clinic.

Every run opens every page and looks at it; `make pictures` also keeps them. The visit has a journey of its own.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from pumplog.outlook import Tier
from tests.browser.conftest import OpenPage, Server, settled, shown

pytestmark = pytest.mark.browser

KEPT = Path(__file__).parent.parent.parent / "docs" / "pictures"
PAGES = {
    "board": "/",
    "alarms": "/alarms",
    "calls": "/calls",
    "planner": "/planner",
    "story": "/story",
    "reports": "/reports",
    "register": "/register",
    "entries": "/entries",
    "import_sheet": "/import_sheet",
    "method": "/method",
}
NEEDS_A_PUMP = ("story", "entries")


@pytest.fixture(scope="module")
def pump_id(demo_database: Path) -> str:
    with Desk.open(demo_database) as desk:
        rows = desk.board().rows
    return next(row.pump_id for row in rows if row.tier is Tier.DUE_SOON)


@pytest.fixture
def server(demo_server: Server) -> Server:
    return demo_server


def take(page: Page, name: str, pump_id: str, folder: Path) -> Path:
    query = f"?pump={pump_id}" if name in NEEDS_A_PUMP else ""
    shown(page, PAGES[name] + query)
    if name == "reports":
        page.get_by_role("button", name="Show the report").click()
        expect(page.get_by_text("Near misses", exact=True).first).to_be_visible()
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
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
