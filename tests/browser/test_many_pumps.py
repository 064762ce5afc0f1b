"""A clinic of many pumps on a tablet: nothing red out of sight, a no-answer called again, axe-core on every page.

axe-core finds nothing serious, in Streamlit's own widgets neither. What it finds below that is Streamlit's, by name.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from pumplog.logbook import Logbook
from pumplog.outlook import Tier
from pumplog.screens import views
from tests.browser import test_visit
from tests.browser.conftest import OpenPage, Server, at_page, copied, serving, settled, shown, whole
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH, WIDER_THAN_THE_SCREEN
from tests.browser.test_visit import SERIALS, choose, choose_the_pump, fill_in, go_to_step, kinds, press, type_into
from tests.clinic_of_ten_years import filled_once

pytestmark = pytest.mark.browser

VIEWS: Final = [one for one in Path(views.__file__).parent.glob("*.py") if one.stem != "__init__"]
PAGES: Final = (
    "/",
    "/alarms",
    "/calls",
    "/planner",
    "/reports",
    "/register",
    "/entries",
    "/import_sheet",
    "/method",
    "/settings",
)
ASKED: Final = {"resultTypes": ["violations"]}
OF_STREAMLIT: Final = {
    "moderate heading-order": "h3",  # its subheader is a third heading, and follows the title, the first
    "minor presentation-role-conflict": "section",  # where its uploader takes a file that is dropped
}
"""What axe finds beside the serious: the rule, and the element of Streamlit's that it finds it in."""
PUMPS_COUNT: Final = 150
RUNG: Final = SERIALS[2]
RED: Final = tuple(tier.value for tier in Tier if tier.is_red)


def tell(database: Path) -> None:
    """A registry with a third of its pumps late, and others at hand: one with an open alarm, one that was rung."""
    today = datetime.now(UTC).date()
    events = filled_once(until=today, pumps_count=PUMPS_COUNT, late_every=3)
    with Logbook.open(database) as logbook:
        logbook.append_all(events, seen={event.pump_id: 0 for event in events})
    test_visit.tell(database)
    with Desk.open(database) as desk:
        alarm = {"kind": "alarm_heard", "pump_serial": SERIALS[0], "alarm": "MOTOR_STALL", "tone": "two_tone"}
        call = {"kind": "contacted", "pump_serial": RUNG, "outcome": "no_answer", "remind_on": desk.today()}
        for said, hours_ago in ((alarm, 2), (call, 30)):
            entry = desk.read_entry({**said, "happened_at": (desk.now() - timedelta(hours=hours_ago)).isoformat()})
            desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("many_pumps")
    tell(folder / "clinic.duckdb")
    with serving(folder / "clinic.duckdb", folder) as started:
        yield started


def faults(page: Page) -> list[str]:
    """What axe finds here, but for what is Streamlit's and not serious: the rule, the place, what is wrong."""
    settled(page)
    found = Axe().run(page, options=ASKED).response["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:300]} ({node['failureSummary'][:200]})"
        for one in found
        for node in one["nodes"]
        if not is_of_streamlit(f"{one['impact']} {one['id']}", node["html"])
    ]


def is_of_streamlit(rule: str, html: str) -> bool:
    """Whether a finding is one that is listed by name, in an element that Streamlit makes."""
    element = OF_STREAMLIT.get(rule)
    return element is not None and html.startswith(f"<{element} ")


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
    at_page(page, "Pump story")
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
    assert {"board" if place == "/" else place.strip("/") for place in found} >= {one.stem for one in VIEWS}
    page.evaluate("document.querySelector('h1').innerHTML += '<img src=\"data:,\"><button></button>'")
    assert [one.split(":")[0] for one in faults(page)] == ["critical button-name", "critical image-alt"]


def test_every_red_row_is_there_and_calm_ones_come_page_by_page(tablet: Page, server: Server, tmp_path: Path) -> None:
    page = shown(tablet, "/")
    with Desk.open(copied(server.database, tmp_path)) as desk:
        board = desk.board()
    most = max(RED, key=lambda tier: board.counts[Tier(tier)])
    assert board.counts[Tier(most)] > 20  # so many that not all of them stand in full
    for tier in RED:
        count = board.counts[Tier(tier)]
        rows = page.locator(f".st-key-rows-{tier}").locator("article, ol.pl-lines > li")
        expect(rows).to_have_count(count)
        if count:
            expect(page.locator(f".st-key-tier-{tier}")).to_contain_text(str(count))
    calm = page.locator(".st-key-rows-on_track article")
    expect(calm).to_have_count(25)
    page.locator(".st-key-more-on_track button").click()
    expect(calm).to_have_count(50)
    first = page.locator(f".st-key-rows-{most} article").first
    expect(first).not_to_be_in_viewport()
    page.locator(f".st-key-tier-{most} button").click()
    expect(first).to_be_in_viewport()
    assert page.evaluate(WIDER_THAN_THE_SCREEN) is False


def test_a_no_answer_is_called_again(tablet: Page, server: Server, tmp_path: Path) -> None:
    page = shown(tablet, "/calls")
    choose(page, "Call again: 1")
    row = page.locator("[class*=st-key-calling-]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(RUNG)
    expect(row).to_contain_text("Nobody answered: call again from")
    press(page, "No answer")
    expect(row).to_have_count(0)
    page.get_by_test_id("stButtonGroup").get_by_text("Nothing booked:").click()
    settled(page)
    page.locator(".st-key-calls-more button").click()
    settled(page)
    again = row.filter(has_text=RUNG)
    expect(again).to_contain_text("No answer, call again on")
    again.get_by_role("button", name="Log a call").click()
    expect(page.locator(".pl-pump").filter(has_text="No answer, call again on").first).to_be_visible()
    settled(page)
    choose(page, "Refused a visit")
    for name in (TOO_SMALL_TO_TOUCH, TOO_SMALL_TO_READ, TOO_FAINT_TO_READ):
        assert page.evaluate(name) == []
    type_into(page, "In words, if there is more to say", "wants to speak to the doctor first")
    press(page, "Check")
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Refused a visit (wants to speak to the doctor first)").first).to_be_visible()
    assert page.screenshot(path=tmp_path / "called.png")
    assert kinds(copied(server.database, tmp_path), RUNG)[-3:] == ["contacted"] * 3
