"""The method in a real browser: every tab can be read and touched, in light and in dark."""

from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage, Scheme, Server, settled, shown
from tests.browser.test_import import can_be_used

pytestmark = pytest.mark.browser


@pytest.fixture
def server(demo_server: Server) -> Server:
    return demo_server


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_method_can_be_read(open_page: OpenPage, scheme: Scheme, tmp_path: Path) -> None:
    page = shown(open_page("tablet", scheme), "/method")
    for place, tab in enumerate(("Calculations", "Tiers", "Policy", "Pumps and drugs", "Sources")):
        page.get_by_role("tab", name=tab).click()
        settled(page)
        for fold in page.locator("[role=tabpanel]:visible details.pl-fold:not([open]) > summary").all()[:3]:
            fold.click()
        can_be_used(page)
        page.screenshot(path=tmp_path / f"method-{scheme}-{place}.png")
