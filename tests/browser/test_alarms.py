"""An alarm call in a real browser, from the ring to the close, at the tablet and at the desktop."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from tests.browser.conftest import JOURNEY_SIZES, OpenPage, Server, Size, serving, settled, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH

pytestmark = pytest.mark.browser

PUMPS: dict[Size, tuple[str, str]] = {"tablet": ("NGT100", "Anna Weber"), "desktop": ("NGD200", "Ben Okoro")}


def tell(database: Path) -> None:
    """A pump for each size, filled 85 days ago: its low alarm is due in 35 days."""
    words = 'protocol = "Ring the consultant on call."\nemergency_phone = "020 7946 0199"\n'
    settings = database.parent / "clinic.toml"
    settings.write_text(words, "utf-8")
    settings.chmod(0o600)
    with Desk.open(database) as desk:
        filled_at = desk.now() - timedelta(days=85)
        for serial, name in PUMPS.values():
            pump = {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"}
            entries: tuple[dict[str, Any], ...] = (
                {"kind": "registered", "patient": {"patient_id": f"P-{serial}", "name": name}, "pump": pump},
                {
                    "kind": "refilled",
                    "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
                    "volume_after_fill_ml": "20",
                    "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
                    "pump_running": True,
                },
            )
            for said in entries:
                entry = desk.read_entry({"happened_at": filled_at.isoformat(), "pump_serial": serial, **said})
                desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("alarms")
    tell(folder / "clinic.duckdb")
    with serving(folder / "clinic.duckdb", folder) as started:
        yield started


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    settled(page)


def check_and_save(page: Page) -> None:
    press(page, "Check")
    press(page, "Save as M. Keller")
    press(page, "On with the alarms")


def assert_can_be_read_and_touched(page: Page, size: Size) -> None:
    for script in (TOO_SMALL_TO_TOUCH, TOO_SMALL_TO_READ, TOO_FAINT_TO_READ):
        assert page.evaluate(script) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= (820 if size == "tablet" else 1440)


@pytest.mark.parametrize("size", JOURNEY_SIZES)
def test_an_alarm_call_from_ring_to_closed(open_page: OpenPage, size: Size, tmp_path: Path) -> None:
    serial, name = PUMPS[size]
    page = shown(open_page(size, "light"), "/alarms")

    press(page, "Log an alarm")
    box = page.get_by_role("textbox", name="Which pump?")
    box.click()
    box.press_sequentially(serial)
    box.press("Enter")
    expect(page.locator(".pl-pump")).to_contain_text(name)
    settled(page)
    page.get_by_role("radio", name="Single beep, about hourly").click()
    expect(page.get_by_text("Single beep, about hourly can mean: low reservoir")).to_be_visible()
    page.get_by_role("radio", name="Single beep, kind not known yet").click()
    page.get_by_label("Heard by").fill("the patient")
    page.get_by_label("Reported by").fill("his wife")
    page.get_by_label("Reported by").blur()
    settled(page)
    expect(page.get_by_text(f"{serial}: single beep, about hourly", exact=False)).to_be_visible()
    assert_can_be_read_and_touched(page, size)
    page.screenshot(path=tmp_path / "call.png")
    press(page, "Check")
    expect(page.get_by_text("Evidence only", exact=False).first).to_be_visible()
    press(page, "Save as M. Keller")
    press(page, "On with the alarms")

    card = page.locator("article.pl-row", has_text=name).first
    expect(card).to_contain_text("Single beep, kind not known yet")
    expect(card).to_contain_text("Nobody has taken it on yet.")
    expect(card).to_contain_text("1.41 times the programmed flow")
    expect(page.get_by_text("Emergency 020 7946 0199").first).to_be_visible()
    assert_can_be_read_and_touched(page, size)

    press(page, "Take it on")
    check_and_save(page)
    expect(card).to_contain_text("M. Keller sees to it")

    press(page, "Snooze")
    page.get_by_label("Why can it wait?").fill("arrives at noon")
    page.get_by_label("Why can it wait?").blur()
    settled(page)
    check_and_save(page)
    expect(card).to_contain_text("because: arrives at noon")
    page.screenshot(path=tmp_path / "snoozed.png")

    press(page, "Interrogated")
    page.get_by_text("Yes", exact=True).first.click()
    page.get_by_role("radio", name="Low reservoir").click()
    settled(page)
    check_and_save(page)
    expect(card).to_contain_text("pump running")
    expect(card).not_to_contain_text("Snoozed")  # it turned out to be something else than was snoozed

    press(page, "Close")
    page.get_by_label("What was found?").fill("2 mL left")
    page.get_by_label("What was done?").fill("refill booked for today")
    page.get_by_label("What was done?").blur()
    settled(page)
    check_and_save(page)
    expect(page.get_by_text("No alarm is open.")).to_be_visible()
