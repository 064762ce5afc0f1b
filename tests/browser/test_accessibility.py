"""Every page under axe-core, as somebody with a screen reader or a keyboard would meet it.

Nothing serious is found, Streamlit's own widgets included: there is no list of exceptions.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from tests.browser import test_visit
from tests.browser.conftest import OpenPage, Server, serving, settled, shown, whole
from tests.browser.test_visit import SERIALS, choose_the_pump, fill_in, go_to_step

pytestmark = pytest.mark.browser

PAGES: Final = (
    "/",
    "/alarms",
    "/calls",
    "/planner",
    "/register",
    "/entries",
    "/import_sheet",
    "/method",
    "/settings",
)
ASKED: Final = {"resultTypes": ["violations"]}


def tell(database: Path) -> None:
    """A clinic's pumps, one of them with an open alarm: each page has something to show."""
    test_visit.tell(database)
    with Desk.open(database) as desk:
        said: dict[str, Any] = {
            "kind": "alarm_heard",
            "happened_at": (desk.now() - timedelta(hours=2)).isoformat(),
            "pump_serial": SERIALS[0],
            "alarm": "MOTOR_STALL",
            "tone": "two_tone",
        }
        entry = desk.read_entry(said)
        desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("accessibility")
    tell(folder / "clinic.duckdb")
    with serving(folder / "clinic.duckdb", folder) as started:
        yield started


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical here: the rule, the place, what is wrong."""
    settled(page)
    found = Axe().run(page, options=ASKED).response["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:300]} ({node['failureSummary'][:200]})"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_every_page_can_be_used_without_seeing_it_or_without_a_mouse(open_page: OpenPage) -> None:
    page = open_page("tablet", "light")
    page.goto("/")
    whole(page)
    found = {"sign in": faults(page)}
    for path in PAGES:
        shown(page, path)
        found[path] = faults(page)
    shown(page, "/")
    page.get_by_role("button", name="Open", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pump story")
    found["story"] = faults(page)
    shown(page, "/visit")
    choose_the_pump(page, SERIALS[1])
    found["visit"] = faults(page)
    fill_in(page)
    found["5 Check and sign"] = faults(page)
    for step in ("2 Drawn", "3 Filled", "4 Programmed"):
        go_to_step(page, step)
        found[step] = faults(page)
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
    page.evaluate("document.querySelector('h1').innerHTML += '<img src=\"data:,\"><button></button>'")
    assert [one.split(":")[0] for one in faults(page)] == ["critical button-name", "critical image-alt"]
