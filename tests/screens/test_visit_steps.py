"""Steps 1 to 3 of a visit: what was drawn, putting off, packages, mixtures, volumes, waste."""

from datetime import date
from decimal import Decimal

import pytest

from pumplog.desk import Desk
from pumplog.entries import Deferred
from tests.screens.conftest import OpenApp
from tests.screens.filling import REFILLED, Page, one_pump, opened_for
from tests.screens.test_visit import fill_in, last_fill, written

GTIN = "08806091234568"
SCAN = "Scan the package"


@pytest.fixture
def pump_id(desk: Desk) -> str:
    return one_pump(desk)


@pytest.fixture
def page(open_app: OpenApp, pump_id: str) -> Page:
    return opened_for(open_app, "visit", pump_id)


def test_a_number_changed_after_the_expected_was_seen_stays_known(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page, drawn="1.4").run()
    page.type("Drawn", "1.8")
    assert "First typed 1.4 mL, now 1.8 mL" in page.warned
    page.check()
    assert "changed to 1.8 mL after the expected one was shown" in page.text
    page.type("Reason to go on", "Bubble in the syringe").press("Save")
    fill = last_fill(desk, pump_id)
    assert (fill.drawn_ml, fill.drawn_first_typed_ml) == (Decimal("1.8"), Decimal("1.4"))


def test_a_number_typed_back_was_never_changed(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page, drawn="1.8").run()
    page.type("Drawn", "1.4").run()
    page.type("Drawn", "1.8").check().press("Save")
    assert last_fill(desk, pump_id).drawn_first_typed_ml is None


def test_a_stop_is_put_off_in_the_step_itself_and_nothing_of_a_fill_is_said(
    page: Page, desk: Desk, pump_id: str
) -> None:
    fill_in(page, drawn="").type("Drawn", "19").tap("Stop: what happens now?", "put_off")
    assert "The refill is put off: nothing is filled." in page.step(3).text
    page.check()
    assert "Why was the pump not refilled: choose one" in page.refused
    page.tap("Why was the pump not refilled?", "residual_unexplained").type("Left in or returned", "19")
    page.answer("Pump confirmed running", "Yes").check()
    assert "The refill was put off: investigate before the next." in page.text
    page.press("Save as M. Keller")
    entry = written(desk, pump_id)[-1]
    assert isinstance(entry, Deferred)
    assert (entry.drawn_ml, entry.volume_left_ml, entry.pump_running) == (Decimal(19), Decimal(19), True)
    assert (entry.reason_code, entry.reason) == ("residual_unexplained", "The volume drawn is not explained")
    assert entry.identifiers_confirmed is True
    assert desk.story_of(pump_id).outlook.alarm_date == date(2026, 8, 25)  # (19 - 2) / 0.2 = 85 days from 1 June


def test_any_visit_may_end_without_a_refill(page: Page, desk: Desk, pump_id: str) -> None:
    page.tap_all("Which identifiers", "name", "serial").type("Drawn", "2").tick("The pump is not refilled today")
    page.tap("Why was the pump not refilled?", "other").type("Reason in words", "Fever").type(
        "Left in or returned", "2"
    )
    page.answer("Pump confirmed running", "Yes").check().press("Save")
    assert isinstance(written(desk, pump_id)[-1], Deferred)


def test_what_the_programmer_says_before_the_fill_stands_beside_ours_once_what_was_drawn_is_typed(page: Page) -> None:
    page.step(2).answer("Its amounts of drug are in", "mcg").type("Programmer says: dose now", "250").run()
    assert "We say" not in page.text
    page.type("Drawn", "2")
    assert "<td>250 mcg/day</td><td>100 mcg/day</td><td>▲ differs</td>" in page.text
    assert "The pump may have been programmed somewhere else" in page.text
    fill_in(page).check()
    assert "The programmer says the dose as found is 250 mcg/day, we say 100 mcg/day." in page.text
    assert "As found: programmer says, we say" in [one.value for one in page.app.subheader]


# --- packages ---


def test_a_package_fills_lot_and_dates_and_never_the_concentration(page: Page, desk: Desk, pump_id: str) -> None:
    page.type(SCAN, f"]d201{GTIN}1727063010AB12\x1d").run()
    assert "scanned: <b>lot AB12, expiry 30 Jun 2027, product 08806091234568</b>" in page.text
    assert "Type the concentration from the label" in page.text
    fields = {one.label: one.value for one in page.app.text_input}
    assert (fields["Lot"], fields["Concentration"]) == ("AB12", "")
    page.check()
    assert "Concentration is missing" in page.refused
    page.app.session_state[f"sheet:visit:{pump_id}"].go_to_step(3)
    fill_in(page.run()).check().press("Save")
    component = last_fill(desk, pump_id).fluid[0]
    assert (component.lot, component.gtin, component.expiry_on) == ("AB12", GTIN, date(2027, 6, 30))
    assert component.concentration_mcg_per_ml == 500


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0108806091234567", "check digit"),
        ("+A123BJC5D6E71", "HIBC"),
        ("AB12", "no code of a package"),
        (f"01{GTIN}10AB1221X77", "may run on into another field"),
    ],
)
def test_a_package_that_cannot_be_read_whole_says_so(page: Page, typed: str, says: str) -> None:
    page.type(SCAN, typed).run()
    assert says in page.text


def test_an_expired_drug_is_a_stop_as_soon_as_it_is_scanned(page: Page) -> None:
    page.tap("Drug", "baclofen").type(SCAN, f"01{GTIN}17260531").run()
    assert "Baclofen expired on 31 May 2026: do not use it." in page.text
    fill_in(page).check()
    assert "baclofen expired on 31 May 2026" in page.text
    assert page.has("text_input", "Reason to go on")


# --- mixtures, volumes, signs, waste ---


def test_a_row_taken_away_leaves_the_others_as_they_are(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page).press("Add a drug of the mixture").press("Add a drug of the mixture")
    page.tap("Drug 2", "bupivacaine").tap("Drug 3", "clonidine").run()
    [one for one in page.app.radio if one.label == "Concentration in"][2].set_value("mcg")
    page.run()
    [one for one in page.app.text_input if one.label == "Concentration (mcg/mL)"][-1].set_value("50")
    page.run().press("Take drug 2 away")
    assert not page.has("button_group", "Drug 3")
    page.check()
    entry = page.app.session_state[f"sheet:visit:{pump_id}"].checked.said
    assert (entry["fluid.1.drug"], entry["fluid.1.concentration_mcg_per_ml"]) == ("clonidine", "50")


@pytest.mark.parametrize(
    ("left", "injected", "after", "says"),
    [
        ("2", "19", "21", "more than the reservoir holds, 20 mL"),
        ("2", "17", "20", "is not the volume left, 2 mL, plus the injected, 17 mL"),
        ("", "21", "", "The injected volume, 21 mL, is more than"),
    ],
)
def test_volumes_that_cannot_be_are_said_while_they_are_typed(
    page: Page, left: str, injected: str, after: str, says: str
) -> None:
    page.type("Left in or returned", left).type("Injected", injected).type("Volume after fill", after)
    assert says in page.text


def test_signs_beside_the_pump_ask_for_the_plan_and_the_plan_answers_the_check(
    page: Page, desk: Desk, pump_id: str
) -> None:
    fill_in(page).tap_all("Signs of a fill beside", "swelling").check()
    assert "Observed for: type it" in page.refused
    page.type("Observed for", "drowsiness").type("How long", "4 hours").type("By whom", "J. Frey").check()
    assert "the patient is observed for drowsiness, 4 hours, by J. Frey" in page.text
    assert not page.has("text_input", "Reason to go on")
    page.press("Save")
    fill = last_fill(desk, pump_id)
    assert fill.observation is not None
    assert fill.confirmed == {"pocket_fill": "Observed for drowsiness, 4 hours, by J. Frey"}


def test_re_measured_is_compared_at_once(page: Page) -> None:
    page.type("Volume after fill", "20").type("Re-measured", "18.5")
    assert "1.5 mL less was re-measured than filled, over 1 mL" in page.text


def test_waste_shows_its_working_and_a_difference_asks_why(page: Page, desk: Desk, pump_id: str) -> None:
    fill_in(page).tap("Drug", "morphine").type("Injected", "20").run()
    page.step(3).type("Thrown away", "1.5").run()
    page.type("In the vials", "22").type("Witness", "m. keller").type("How it was thrown", "container").run()
    assert "1.5 mL × 500 mcg/mL of morphine = 750 mcg (0.75 mg)" in page.text
    page.check()
    assert "another person than the one who records" in page.refused
    page.type("Witness", "J. Frey").check()
    assert (
        "22 mL in the vials or the syringe: 20 mL injected, 1.5 mL wasted; 0.5 mL is not accounted for" in page.text
    )


def test_waste_found_later_is_recorded_by_itself(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    page = opened_for(open_app, "entries", pump_id).tap("What happened?", "wasted")
    page.type("Which drug?", "morphine").answer("Concentration in", "mg").type("Concentration", "10")
    page.type("Thrown away", "1.5").type("In the vials", "2").type("Kept", "0.5").run()
    page.type("Witness", "J. Frey").type("How it was thrown", "container").check()
    assert "1.5 mL × 10,000 mcg/mL of morphine = 15,000 mcg (15 mg)" in page.text
    page.press("Save")
    assert written(desk, pump_id)[-1].kind == "wasted"


def test_the_last_visits_are_a_picture_beside_the_finding(open_app: OpenApp, desk: Desk) -> None:
    second = REFILLED | {"happened_at": "2026-04-02T09:30", "drawn_ml": "14"}
    page = opened_for(open_app, "visit", one_pump(desk, second))
    page.press("Next")
    assert len(page.app.get("vega_lite_chart")) == 0
    page.type("Drawn", "8").run()
    assert len(page.app.get("vega_lite_chart")) == 1


def test_a_step_with_a_number_that_cannot_be_read_is_to_be_mended_before_any_check(page: Page) -> None:
    page.press("Next: Drawn").type("Drawn", "1,500").press("Next: Filled")

    def drawn_step() -> str:
        return next(one.label for one in page.step(3).app.button if one.label.startswith("2 Drawn"))

    assert drawn_step() == "2 Drawn\n▲ to mend"
    page.type("Drawn", "1,5")
    assert drawn_step() == "2 Drawn\n✓ done"
