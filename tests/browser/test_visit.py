"""Record a visit in a real browser: check, then record; nothing lost, nothing twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from pumplog.desk import Desk
from pumplog.quantities import show_date
from tests.browser.conftest import (
    JOURNEY_SIZES,
    OpenPage,
    Server,
    Size,
    at_page,
    copied,
    go_by_link,
    serving,
    settled,
    shown,
)
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH

pytestmark = pytest.mark.browser

FILLED_DAYS_AGO = 90
RECORDED = ["registered", "refilled"]
SERIAL = "NGP482113H"
SERIALS = [SERIAL, *(f"NGP4821{number}H" for number in range(14, 25))]


def tell(database: Path) -> None:
    """Pumps filled ninety days ago with baclofen 500 mcg/mL at 100 mcg/day: 2 mL are expected in each now."""
    with Desk.open(database) as desk:
        filled_at = desk.now() - timedelta(days=FILLED_DAYS_AGO)
        for number, serial in enumerate(SERIALS):
            registered: dict[str, Any] = {
                "kind": "registered",
                "happened_at": (filled_at - timedelta(days=1)).isoformat(),
                "pump_serial": serial,
                "patient": {"patient_id": f"P-01{number:02}", "name": "Anna Weber", "date_of_birth": "1970-02-03"},
                "pump": {
                    "model": "SynchroMed II 8637-20",
                    "capacity_ml": "20",
                    "alarm_volume_ml": "1",
                    "tubing_volume_ml": "0.199",
                    "catheter_cm": "80",
                    "catheter_ml_per_cm": "0.0022",
                },
                "risk_flags": ["previous_withdrawal"],
            }
            refilled: dict[str, Any] = {
                "kind": "refilled",
                "happened_at": filled_at.isoformat(),
                "pump_serial": serial,
                "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}],
                "volume_after_fill_ml": "20",
                "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "100"},
                "pump_running": True,
            }
            first = desk.record(desk.read_entry(registered), by="T. Lindqvist", seen=0)
            desk.record(desk.read_entry(refilled), by="T. Lindqvist", seen=first.event.sequence)


def kinds(database: Path, serial: str) -> list[str]:
    """What the log says of one pump."""
    with Desk.open(database) as desk:
        return [event.kind for event in desk.logbook.events(pump_id=desk.pump_id(serial))]


@dataclass
class Clinic:
    """One clinic for all these tests: each has a pump of it to itself."""

    server: Server
    unused: Iterator[str] = field(default_factory=lambda: iter(SERIALS))
    last_said: dict[str, list[str]] = field(default_factory=dict)

    def assert_says(self, serial: str, *expected: str) -> None:
        """The log says this of a pump as it lies on the disk now, and will when the server lets go of it."""
        with TemporaryDirectory() as folder:
            assert kinds(copied(self.server.database, Path(folder)), serial) == list(expected)
        self.last_said[serial] = list(expected)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    database = folder / "clinic.duckdb"
    tell(database)
    with serving(database, folder) as started:
        opened = Clinic(started)
        yield opened
    assert {serial: kinds(database, serial) for serial in opened.last_said} == opened.last_said


@pytest.fixture
def server(clinic: Clinic) -> Server:
    return clinic.server


@pytest.fixture
def serial(clinic: Clinic) -> str:
    """The pump of this test."""
    return next(clinic.unused)


def choose_the_pump(page: Page, serial: str = SERIAL) -> None:
    box = page.get_by_role("textbox", name="Which pump?")
    box.click()
    box.press_sequentially(serial)  # as a scanner types it
    box.press("Enter")
    expect(page.locator(".pl-pump")).to_contain_text(serial)
    settled(page)


def begin_anew(page: Page) -> None:
    """Discard what an earlier test began and did not finish, where the page offers it."""
    if button(page, "Go on with it").count():
        button(page, "Discard it").click()
        press(page, "Discard for good")


def type_into(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")
    settled(page)


def choose(page: Page, words: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(words, exact=True).first.click()
    settled(page)


def answer(page: Page, question: str, word: str) -> None:
    group = page.get_by_role("radiogroup", name=question)
    group.locator("label").filter(has_text=word).first.click()
    settled(page)


def fill_in(page: Page, *, drawn: str = "2", concentration: str = "500") -> None:
    """Everything a plain refill asks for, step by step, up to the check; the dose stays as it was."""
    for words in ("Name", "Date of birth"):
        page.get_by_role("button", name=words, exact=True).click()
    press(page, "Next: Drawn")
    type_into(page, "Drawn (mL)", drawn)
    press(page, "Next: Filled")
    choose(page, "Baclofen")
    answer(page, "Concentration in", "mcg")
    type_into(page, "Concentration (mcg/mL)", concentration)
    type_into(page, "Volume after fill (mL)", "20")
    press(page, "Next: Programmed")
    choose(page, "Simple continuous")
    answer(page, "Amounts of drug in", "mcg")
    type_into(page, "Dose per day (mcg/day)", "100")
    answer(page, "Pump confirmed running?", "Yes")
    press(page, "Next: Check and sign")


def go_to_step(page: Page, name: str) -> None:
    page.locator(".st-key-steps").get_by_role("button", name=name).click()
    settled(page)


def press(page: Page, name: str) -> None:
    button(page, name).click()
    settled(page)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("size", JOURNEY_SIZES)
def test_a_visit_is_recorded_and_the_board_changes(open_page: OpenPage, size: Size, serial: str) -> None:
    page = shown(open_page(size, "light"), "/")
    row = page.locator("article", has_text=serial)
    expect(row).to_contain_text("Overdue")
    page.get_by_role("link", name="Record visit").click()
    choose_the_pump(page, serial)
    fill_in(page)
    expect(page.get_by_text("What this would mean")).to_be_visible()
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
    press(page, "To the board")
    row = page.locator("article", has_text=serial)
    expect(row).to_contain_text("On track")
    expect(row).to_contain_text(f"last filled {show_date(datetime.now(UTC).date())}")


@pytest.mark.parametrize("size", ["tablet", "desktop"])
def test_nothing_is_too_small_too_faint_or_off_the_page(open_page: OpenPage, size: Size, serial: str) -> None:
    page = shown(open_page(size, "light" if size == "tablet" else "dark"), "/visit")
    choose_the_pump(page, serial)
    fill_in(page, concentration="2000")
    expect(page.get_by_text("to be mended")).to_be_visible()
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


def checked_on(page: Page, serial: str, *, by: str = "keller", drawn: str = "2") -> Page:
    """A visit typed and checked by a person, and not saved."""
    shown(page, "/visit", sign_in_name=by)
    choose_the_pump(page, serial)
    fill_in(page, drawn=drawn)
    expect(page.get_by_text("What this would mean")).to_be_visible()
    return page


def test_a_double_click_on_save_is_one_visit(tablet: Page, clinic: Clinic, serial: str) -> None:
    page = checked_on(tablet, serial)
    button(page, "Save as M. Keller").dblclick()
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
    settled(page)
    clinic.assert_says(serial, *RECORDED, "refilled")


def test_enter_keeps_the_number_and_saves_nothing(tablet: Page, clinic: Clinic, serial: str) -> None:
    page = checked_on(tablet, serial)
    go_to_step(page, "2 Drawn")
    drawn = page.get_by_label("Drawn (mL)", exact=True)
    expect(drawn).to_be_focused()
    expect(drawn).to_have_attribute("type", "tel")
    drawn.fill("1,5")
    drawn.press("Enter")
    expect(page.get_by_text("understood: 1.5 mL")).to_be_visible()
    expect(drawn).to_have_value("1,5")
    settled(page)
    clinic.assert_says(serial, *RECORDED)


def test_two_tabs_on_one_pump_the_second_save_is_refused_and_shows_both(
    open_page: OpenPage, clinic: Clinic, serial: str
) -> None:
    first = open_page("tablet", "light")
    checked_on(first, serial, by="keller", drawn="2")
    second = open_page("tablet", "light", beside=first)
    checked_on(second, serial, by="lindqvist", drawn="2.5")
    first.bring_to_front()
    press(first, "Save as M. Keller")
    expect(first.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
    second.bring_to_front()
    press(second, "Save as T. Lindqvist")
    expect(second.get_by_text("Somebody else recorded something about this pump")).to_be_visible()
    lines = second.locator(".pl-lines")
    expect(lines.filter(has_text="2.5 mL")).to_have_count(1)
    expect(second.get_by_text("recorded by M. Keller")).to_be_visible()
    expect(button(second, "Save as T. Lindqvist")).to_have_count(0)
    go_to_step(second, "2 Drawn")
    expect(second.get_by_label("Drawn (mL)", exact=True)).to_have_value("2.5")
    clinic.assert_says(serial, *RECORDED, "refilled")


def test_an_ambiguous_comma_is_asked_about(tablet: Page, serial: str) -> None:
    page = shown(tablet, "/visit")
    choose_the_pump(page, serial)
    press(page, "Next: Drawn")
    press(page, "Next: Filled")
    type_into(page, "Injected (mL)", "1,500")
    expect(page.get_by_role("alert").filter(has_text="mean 1.5 mL or 1500 mL")).to_be_visible()
    type_into(page, "Injected (mL)", "1,5")
    expect(page.get_by_text("understood: 1.5 mL")).to_be_visible()


def test_a_concentration_change_asks_for_the_bridge_and_moves_nothing_under_the_hand(
    tablet: Page, serial: str
) -> None:
    """The warning and the bridge appear while the next number is being typed: it must not be lost."""
    page = shown(tablet, "/visit")
    choose_the_pump(page, serial)
    press(page, "Next: Drawn")
    press(page, "Next: Filled")
    choose(page, "Baclofen")
    answer(page, "Concentration in", "mcg")
    concentration = page.get_by_label("Concentration (mcg/mL)", exact=True)
    concentration.fill("2000")
    volume = page.get_by_label("Volume after fill (mL)", exact=True)
    volume.click()
    volume.press_sequentially("20", delay=30)
    warned = page.get_by_test_id("stAlertContentWarning")
    expect(warned.filter(has_text="The concentration changes from 500 mcg/mL to 2,000 mcg/mL")).to_be_visible()
    settled(page)
    expect(volume).to_have_value("20")
    expect(volume).to_be_focused()
    press(page, "Next: Programmed")
    expect(page.get_by_text("Worked out for this pump: 187.5 mcg over 45 h")).to_be_visible()
    press(page, "Next: Check and sign")
    listed = page.get_by_role("listitem").filter(has_text="say whether a bridge bolus was programmed")
    expect(listed).to_be_visible()


def test_what_was_typed_is_there_again_after_another_page(tablet: Page, serial: str) -> None:
    page = shown(tablet, "/visit")
    choose_the_pump(page, serial)
    press(page, "Next: Drawn")
    type_into(page, "Drawn (mL)", "2.5")
    go_by_link(page, "Method")
    at_page(page, "Method")
    page.get_by_role("link", name="Record visit").click()
    expect(page.get_by_label("Drawn (mL)", exact=True)).to_have_value("2.5")
