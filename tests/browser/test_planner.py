"""The planner in a real browser: a holiday closure tried out and said, then every date booked by one press."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from pumplog.quantities import show_date
from tests.browser.conftest import Server, serving, settled, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH

pytestmark = pytest.mark.browser

SOON, LATER, LATEST = "NGP482113H", "NGP482114H", "NGP482115H"
PUMPS = ((SOON, "Weber, Anna", 60, 40), (LATER, "Olsen, Per", 30, None), (LATEST, "Lund, Ida", 28, None))
DAY = timedelta(days=1)


def tell(database: Path) -> date:
    """One pump due in seven weeks with a visit booked, two due later with none; the first one's refill-by date."""
    with Desk.open(database) as desk:
        for serial, name, days_ago, booked_in in PUMPS:
            filled_at = desk.now() - timedelta(days=days_ago)
            booked = {"next_visit_on": (desk.today() + booked_in * DAY).isoformat()} if booked_in else {}
            pump = {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"}
            registered = {
                "kind": "registered",
                "happened_at": (filled_at - DAY).isoformat(),
                "pump_serial": serial,
                "patient": {"patient_id": f"P-{serial[-3:]}", "name": name, "phone": "020 7946 0100"},
                "pump": pump,
            }
            refilled = {
                "kind": "refilled",
                "happened_at": filled_at.isoformat(),
                "pump_serial": serial,
                "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
                "volume_after_fill_ml": "20",
                "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
                "pump_running": True,
                **booked,
            }
            for said in (registered, refilled):
                entry = desk.read_entry(said)
                desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))
        refill_by = desk.story(SOON).outlook.refill_by
        assert refill_by is not None
        return refill_by


@dataclass(frozen=True)
class Clinic:
    """One clinic and one server for every test of this file."""

    server: Server
    refill_by: date


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    database = folder / "clinic.duckdb"
    refill_by = tell(database)
    with serving(database, folder) as started:
        yield Clinic(started, refill_by)


@pytest.fixture
def server(clinic: Clinic) -> Server:
    return clinic.server


def type_day(page: Page, label: str, day: date) -> None:
    """Type a day as the field asks for it, and see it read back in words."""
    page.get_by_role("group", name=label).get_by_role("spinbutton").first.focus()
    page.keyboard.type(f"{day:%Y%m%d}")
    page.keyboard.press("Escape")  # its calendar, which opened for the finger
    page.keyboard.press("Tab")
    settled(page)
    expect(page.get_by_text(f"{day:%A}, {show_date(day)}").first).to_be_visible()


def assert_calendar_fits_fingers(page: Page) -> None:
    """Open the calendar of a day: its buttons and its days are as large as everything else that is touched."""
    shown(page, "/planner")
    page.get_by_test_id("stDateInputCalendarButton").first.click()
    calendar = page.get_by_test_id("stDateInputCalendar")
    expect(calendar).to_be_visible()
    sizes = calendar.locator("button, [role=gridcell] > div").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"
    )
    assert len(sizes) > 30
    assert min(sizes) >= 44
    page.keyboard.press("Escape")
    expect(calendar).to_be_hidden()


def try_closure(page: Page, first: date, last: date) -> None:
    shown(page, "/planner")
    type_day(page, "First day closed", first)
    type_day(page, "Last day closed", last)


def assert_fit_for_a_tablet(page: Page) -> None:
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


def board_says(page: Page, serial: str) -> str:
    """What the board says of a pump, with plain spaces."""
    shown(page, "/")
    row = page.locator("article").filter(has_text=serial).first
    expect(row).to_contain_text("Book on or before")
    return " ".join(row.inner_text().split())


def test_a_holiday_closure_is_planned_and_the_board_moves_the_day_to_book_by(
    tablet: Page, clinic: Clinic, tmp_path: Path
) -> None:
    page, first, last = tablet, clinic.refill_by - 6 * DAY, clinic.refill_by + 8 * DAY
    before = board_says(page, SOON)
    assert_calendar_fits_fingers(page)
    try_closure(page, first, last)
    caught = page.locator(".st-key-caught article")
    expect(caught).to_have_count(1)
    expect(caught).to_contain_text("Weber, Anna")
    expect(caught).to_contain_text("would pass its alarm date while the clinic is closed")
    safe = " ".join(caught.inner_text().split()).partition("Last safe day: ")[2].partition(".")[0]
    assert safe not in before
    assert_fit_for_a_tablet(page)
    assert page.screenshot(path=tmp_path / "closure.png", full_page=True)
    colour = page.locator(".st-key-close-save p").evaluate("words => getComputedStyle(words).color")
    quiet = page.locator("[data-testid=stCaptionContainer] p").first.evaluate(
        "words => getComputedStyle(words).color"
    )
    assert colour == quiet  # what cannot be pressed yet is read all the same
    why = page.get_by_label("Why is the clinic closed?")
    why.fill("Holiday")
    why.press("Enter")
    settled(page)
    page.get_by_role("button", name=f"Close from {show_date(first)} to {show_date(last)}").click()
    settled(page)
    expect(page.get_by_text("said by M. Keller")).to_be_visible()
    assert safe in board_says(page, SOON)


def test_every_date_is_booked_by_one_press_and_undone_and_a_story_leads_to_another_dose(
    tablet: Page, tmp_path: Path
) -> None:
    page = shown(tablet, "/planner")
    page.get_by_text("A date for each pump", exact=True).click()
    settled(page)
    page.get_by_role("button", name="Propose dates").click()
    settled(page)
    page.get_by_text("Book all 2 dates at once").click()
    settled(page)
    assert_fit_for_a_tablet(page)
    assert page.screenshot(path=tmp_path / "dates.png", full_page=True)
    page.get_by_role("button", name="Book all 2 dates, as M. Keller").click()
    settled(page)
    expect(page.get_by_text("✓ Booked")).to_have_count(2)
    page.get_by_role("button", name="Undo these 2 bookings").click()
    settled(page)
    expect(page.get_by_text("✓ Booked")).to_have_count(0)
    assert "none booked" in board_says(page, LATER)
    page.locator("[class*=st-key-rows-]").get_by_role("button", name="Open", exact=True).last.click()
    settled(page)
    page.get_by_role("button", name="Try another dose").click()
    settled(page)
    expect(page.get_by_label("Dose per day")).to_be_visible()
    expect(page.get_by_text("Not a prescription")).to_be_visible()
