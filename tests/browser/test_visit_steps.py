"""Steps 1 to 3 on a tablet: a stop and both ways out of it, a mixture with its packages and its waste."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, settled, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH
from tests.browser.test_visit import (
    RECORDED,
    Clinic,
    answer,
    button,
    choose,
    choose_the_pump,
    fill_in,
    press,
    type_into,
)
from tests.browser.test_visit import clinic as clinic
from tests.browser.test_visit import serial as serial
from tests.browser.test_visit import server as server

pytestmark = pytest.mark.browser

GTIN = "08806091234568"
EXPECTED_IN_WORDS = "Expected less drawn"


def drawn_of(page: Page, serial: str, volume: str) -> Page:
    """The pump found by its code, two identifiers, and what was drawn; nothing expected is in sight before that."""
    shown(page, "/visit")
    choose_the_pump(page, serial)
    for words in ("Name", "Date of birth"):
        button(page, words).click()
    press(page, "Next: Drawn")
    expect(page.get_by_text(EXPECTED_IN_WORDS)).to_have_count(0)
    type_into(page, "Drawn (mL)", volume)
    expect(page.get_by_text(EXPECTED_IN_WORDS, exact=True)).to_be_visible()
    return page


def test_a_stop_is_put_off_where_it_is_found(tablet: Page, clinic: Clinic, serial: str) -> None:
    page = drawn_of(tablet, serial, "19")
    expect(page.get_by_text("Stop and investigate before refilling")).to_be_visible()
    expect(button(page, "Next: Filled")).to_be_disabled()
    choose(page, "Put the refill off")
    choose(page, "Imaging first")
    type_into(page, "Left in or returned (mL)", "19")
    answer(page, "Pump confirmed running?", "Yes")
    for name in (TOO_SMALL_TO_TOUCH, TOO_SMALL_TO_READ, TOO_FAINT_TO_READ):
        assert page.evaluate(name) == []
    press(page, "Next: Filled")
    expect(page.get_by_text("The refill is put off: nothing is filled.")).to_be_visible()
    press(page, "Next: Programmed")
    press(page, "Next: Check and sign")
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Visit without a refill: saved by M. Keller.")).to_be_visible()
    clinic.assert_says(serial, *RECORDED, "deferred")


def test_a_stop_is_passed_by_a_reason_and_a_second_person_who_signs(
    tablet: Page, clinic: Clinic, serial: str
) -> None:
    page = drawn_of(tablet, serial, "19")
    choose(page, "Refill all the same: a second person signs")
    expect(button(page, "Next: Filled")).to_be_disabled()
    type_into(page, "Why is it safe to refill?", "Log read, no stall, prescriber here")
    press(page, "Back: Who")
    for words in ("Name", "Date of birth"):
        button(page, words).click()
    fill_in(page, drawn="19")
    press(page, "Save as M. Keller")
    expect(page.get_by_text("a second person, not the one who records").first).to_be_visible()
    page.get_by_label("Second checker's sign-in name").fill("lindqvist")
    page.get_by_label("Their PIN or password").fill(PASSWORD)
    press(page, "Sign as second checker")
    expect(page.get_by_text("T. Lindqvist has checked this")).to_be_visible()
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
    clinic.assert_says(serial, *RECORDED, "refilled")


def test_a_mixture_is_scanned_row_by_row_and_its_waste_is_worked_out(tablet: Page, serial: str) -> None:
    page = drawn_of(tablet, serial, "2")
    press(page, "Next: Filled")
    choose(page, "Morphine")
    answer(page, "Concentration in", "mg")
    type_into(page, "Concentration (mg/mL)", "10")
    press(page, "Add a drug of the mixture")
    packages = page.get_by_label("Scan the package: fills the lot and the expiry date, never the concentration")
    for place, lot in enumerate(("AB12", "CD34")):
        packages.nth(place).press_sequentially(f"(01){GTIN}(17)300630(10){lot}")
        packages.nth(place).press("Enter")
        settled(page)
    lots = page.get_by_label("Lot", exact=True)
    expect(lots.nth(0)).to_have_value("AB12")
    expect(lots.nth(1)).to_have_value("CD34")
    expect(page.get_by_label("Concentration (mg/mL)")).to_have_value("10")
    press(page, "Take drug 2 away")
    expect(lots).to_have_count(1)
    expect(lots).to_have_value("AB12")
    type_into(page, "Volume after fill (mL)", "21")
    expect(page.get_by_role("alert").filter(has_text="more than the reservoir holds")).to_be_visible()
    wasted = page.locator(".st-key-step-3").get_by_label("Thrown away (mL)", exact=True)
    wasted.fill("1.5")
    wasted.press("Tab")
    settled(page)
    expect(page.get_by_text("1.5 mL × 10,000 mcg/mL of morphine = 15,000 mcg (15 mg)")).to_be_visible()
