"""Register a pump: what is offered shows its source and is typed by a person."""

from decimal import Decimal

import pytest

from pumplog.desk import Desk
from pumplog.entries import Registered
from tests.screens.conftest import OpenApp
from tests.screens.filling import SERIAL, Page, one_pump, opened_for


@pytest.fixture
def page(open_app: OpenApp) -> Page:
    return opened_for(open_app, "register")


def fill_in(page: Page, *, model: str = "SynchroMed II 8637-20", serial: str = "NEW1") -> Page:
    page.type("Name", "Ben Roth").type("Patient id", "P-0200").type("Phone", "555 0100")
    page.type("Pump serial", serial).tap("Pump model", model)
    page.type("Reservoir capacity", "20")
    return page.answer("Does this pump have an alarm?", "Yes").type("Alarm volume", "2")


def registered(desk: Desk, serial: str = "NEW1") -> Registered:
    state = desk.story(serial).state
    assert state.registered is not None
    return state.registered


def test_a_pump_is_checked_and_then_registered(page: Page, desk: Desk) -> None:
    fill_in(page).tap_all("Risks", "previous_withdrawal").press("Check")
    assert desk.pumps() == []
    page.press("Save as M. Keller")
    entry = registered(desk)
    assert entry.patient.name == "Ben Roth"
    assert entry.pump.capacity_ml == 20
    assert entry.risk_flags == ("previous_withdrawal",)
    page.press("Record its fill")
    assert "Ben Roth" in page.text
    assert "No fill is on record yet" in page.text


GTIN = "08806091234568"
LABEL = "Scan the label of the pump"


def test_the_label_of_the_pump_fills_its_serial_and_product_number(page: Page, desk: Desk) -> None:
    page.type(LABEL, f"]d201{GTIN}17300630\x1d21SCAN7").run()
    assert f"scanned: <b>serial SCAN7, product {GTIN}</b>" in page.text
    assert (page.value("Pump serial"), page.value("Product number")) == ("SCAN7", GTIN)
    fill_in(page, serial="SCAN7").press("Check").press("Save as M. Keller")
    assert registered(desk, "SCAN7").pump.gtin == GTIN


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0108806091234567", "check digit"),
        ("+A123BJC5D6E71", "HIBC"),
        ("NEW1", "This is no code of a pump: type the serial from the label."),
    ],
)
def test_a_label_that_cannot_be_read_fills_nothing_and_says_why(page: Page, typed: str, says: str) -> None:
    page.type(LABEL, typed).run()
    assert says in page.text
    assert (page.value("Pump serial"), page.value("Product number")) == ("", "")


def test_an_empty_form_names_what_is_missing(page: Page, desk: Desk) -> None:
    page.press("Check")
    for words in ("Name: type it", "Patient id: type it", "Pump serial: type it", "Pump model: choose one"):
        assert words in page.refused
    assert "Reservoir capacity is missing" in page.refused
    assert desk.pumps() == []


def test_offers_show_their_source_and_are_not_typed_for_the_person(page: Page) -> None:
    page.tap("Pump model", "SynchroMed II 8637-20")
    assert "2 mL, the usual setting" in page.text
    assert "4 mL, used for patients who withdrew above 2 mL (Neurosurgery 2004" in page.text
    assert "0.199 mL, earlier software (unverified: check against the programmer's printout)" in page.text
    assert [one.value for one in page.app.text_input if one.label.endswith(("(mL)", "(cm)", "(mL/cm)"))] == [""] * 5


def test_an_unverified_value_is_confirmed_with_a_tick(page: Page, desk: Desk) -> None:
    fill_in(page, model="SynchroMed III 8667-20").press("Check")
    assert "Capacity of this model is unverified in our list" in page.text
    page.tick("The capacity is as on the printout").tick("The alarm volume is as on the printout")
    page.tick("The alarm is as in the pump's papers").press("Check")
    assert "Capacity of this model is unverified" not in page.text
    page.press("Save")
    assert registered(desk).confirmed_unverified == ("capacity_ml", "has_alarm", "alarm_volume_ml")


def test_another_capacity_than_the_models_asks_for_a_reason(page: Page, desk: Desk) -> None:
    fill_in(page).type("Reservoir capacity", "40").press("Check")
    assert "is listed with 20 mL, 40 mL was typed" in page.text
    page.type("Reason to go on", "As on the implant card").press("Save")
    assert registered(desk).confirmed == {"capacity_unlike_model": "As on the implant card"}


def test_a_pump_on_no_list_is_typed(page: Page, desk: Desk) -> None:
    fill_in(page, model="Other").press("Check")
    assert "Model, from the pump's papers: type it" in page.refused
    page.type("Model, from the pump's papers", "Old Pump 18").press("Check")
    assert '"Old Pump 18" is not in the reference list' in page.text.replace("&quot;", '"')
    page.press("Save")
    assert registered(desk).pump.model == "Old Pump 18"


def test_a_pump_without_an_alarm_is_asked_for_no_alarm_volume(page: Page, desk: Desk) -> None:
    fill_in(page, model="Codman 3000").answer("Does this pump have an alarm?", "No")
    assert not page.has("text_input", "Alarm volume")
    page.press("Check").press("Save")
    assert registered(desk).pump.has_alarm is False


def test_an_alarm_volume_above_the_capacity_is_refused(page: Page, desk: Desk) -> None:
    fill_in(page).type("Alarm volume", "20").press("Check")
    assert "is not below the capacity" in page.refused
    assert desk.pumps() == []


def test_a_serial_is_registered_once(page: Page, desk: Desk) -> None:
    one_pump(desk)
    fill_in(page, serial=SERIAL.lower()).press("Check")
    assert "A pump with this serial is registered already" in page.refused


def test_catheter_and_tubing_are_kept_for_the_bridge(page: Page, desk: Desk) -> None:
    fill_in(page).type("Pump tubing volume", "0.199").type("Catheter length", "80")
    page.type("Catheter volume per cm", "0.0022").press("Check").press("Save")
    pump = registered(desk).pump
    assert (pump.tubing_volume_ml, pump.catheter_cm, pump.catheter_ml_per_cm) == (
        Decimal("0.199"),
        Decimal(80),
        Decimal("0.0022"),
    )
