"""Other records on a tablet: scores by taps, a pump replaced, a correction that says what it moves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from tests.browser.conftest import Server, copied, serving, settled, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH

pytestmark = pytest.mark.browser

SCORED, CORRECTED, REPLACED = "NGP700001H", "NGP700002H", "NGP700003H"


def tell(database: Path) -> dict[str, str]:
    """Three pumps filled 60 and 10 days ago; their ids by serial."""
    with Desk.open(database) as desk:
        filled_at = desk.now() - timedelta(days=60)
        for number, serial in enumerate((SCORED, CORRECTED, REPLACED)):
            registered: dict[str, Any] = {
                "kind": "registered",
                "happened_at": (filled_at - timedelta(days=1)).isoformat(),
                "pump_serial": serial,
                "patient": {"patient_id": f"P-07{number:02}", "name": "Anna Weber", "date_of_birth": "1970-02-03"},
                "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"},
                "risk_flags": ["previous_withdrawal"],
            }
            refilled: dict[str, Any] = {
                "kind": "refilled",
                "pump_serial": serial,
                "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}],
                "volume_after_fill_ml": "20",
                "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "100"},
                "pump_running": True,
            }
            second = {"happened_at": (filled_at + timedelta(days=50)).isoformat(), "drawn_ml": "10"}
            scored = {
                "kind": "scored",
                "happened_at": (filled_at + timedelta(days=50)).isoformat(),
                "pump_serial": serial,
                "ashworth": [{"joint": "knee", "side": "left", "grade": "3"}],
                "pain": "6",
            }
            for said in (
                registered,
                {**refilled, "happened_at": filled_at.isoformat()},
                {**refilled, **second},
                scored,
            ):
                entry = desk.read_entry(said)
                desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))
        return {card.pump_serial: card.pump_id for card in desk.pumps()}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("records")
    pump_ids = tell(folder / "clinic.duckdb")
    with serving(folder / "clinic.duckdb", folder) as started:
        yield started, pump_ids


@pytest.fixture
def server(told: tuple[Server, dict[str, str]]) -> Server:
    return told[0]


@pytest.fixture
def pump_ids(told: tuple[Server, dict[str, str]]) -> dict[str, str]:
    return told[1]


def kinds(server: Server, folder: Path, serial: str) -> list[str]:
    """What the log says of a pump, as it lies on the disk now."""
    with Desk.open(copied(server.database, folder)) as desk:
        return [event.kind for event in desk.logbook.events(pump_id=desk.pump_id(serial))]


def tap(page: Page, group: str, words: str) -> None:
    labelled = page.get_by_test_id("stButtonGroup").filter(has_text=group)
    labelled.get_by_text(words, exact=True).first.click()
    settled(page)


def type_into(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")
    settled(page)


def answer(page: Page, question: str, word: str) -> None:
    page.get_by_role("radiogroup", name=question).locator("label").filter(has_text=word).first.click()
    settled(page)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).first.click()
    settled(page)


def assert_can_be_read_and_touched(page: Page) -> None:
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


def test_scores_are_tapped_checked_and_seen_in_the_story(
    tablet: Page, server: Server, pump_ids: dict[str, str], tmp_path: Path
) -> None:
    page = shown(tablet, f"/entries?pump={pump_ids[SCORED]}")
    tap(page, "What happened?", "Scores")
    tap(page, "Knee, left", "1+")
    tap(page, "Knee, right", "2")
    tap(page, "Pain, 0 to 10", "4")
    assert_can_be_read_and_touched(page)
    press(page, "Check")
    expect(page.get_by_text("Nothing stands out.")).to_be_visible()
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Clinical scores: saved by M. Keller")).to_be_visible()
    assert kinds(server, tmp_path, SCORED)[-1] == "scored"
    press(page, "To this pump's story")
    table = page.locator(".pl-scores")
    expect(table.locator("tr", has_text="Knee, left")).to_contain_text("31+")
    expect(table.locator("tr", has_text="Pain")).to_contain_text("64")
    assert_can_be_read_and_touched(page)


def test_a_correction_says_what_moves_before_it_is_saved_and_after(
    tablet: Page, server: Server, pump_ids: dict[str, str], tmp_path: Path
) -> None:
    page = shown(tablet, f"/story?pump={pump_ids[CORRECTED]}")
    page.get_by_role("button", name="Correct", exact=True).nth(1).click()
    expect(page.get_by_role("heading", name="Other entries")).to_be_visible()
    settled(page)
    expect(page.locator(".pl-lines").first).to_contain_text("Volume after fill")
    tap(page, "What about it?", "It was entered in error: take it out of account")
    type_into(page, "Why is it corrected?", "typed into the wrong pump")
    press(page, "Check")
    moves = page.locator(".pl-moved")
    expect(moves).to_contain_text("What this moves")
    expect(moves).to_contain_text("Refill by was")
    sentence = moves.locator("li").first.inner_text()
    press(page, "Save as M. Keller")
    expect(page.locator(".pl-moved")).to_contain_text("What this has moved")
    expect(page.locator(".pl-moved")).to_contain_text(sentence)
    assert kinds(server, tmp_path, CORRECTED)[-1] == "corrected"
    press(page, "To this pump's story")
    expect(page.locator(".pl-log del")).to_have_count(1)


def test_a_pump_is_replaced_in_one_form_and_the_two_stories_are_linked(
    tablet: Page, server: Server, pump_ids: dict[str, str], tmp_path: Path
) -> None:
    page = shown(tablet, f"/entries?pump={pump_ids[REPLACED]}")
    tap(page, "What happened?", "Pump replaced by a new one")
    type_into(page, "Pump serial", "NGP800001H")
    tap(page, "Pump model", "SynchroMed II 8637-40")
    type_into(page, "Reservoir capacity (mL)", "40")
    answer(page, "Does this pump have an alarm?", "Yes")
    assert_can_be_read_and_touched(page)
    type_into(page, "Alarm volume (mL)", "2")
    press(page, "Check")
    expect(page.get_by_text("No refill date can be given.")).to_be_visible()
    press(page, "Save as M. Keller")
    expect(page.get_by_role("button", name="Record its fill")).to_be_visible()
    assert kinds(server, tmp_path, REPLACED)[-1] == "retired"
    press(page, "To this pump's story")
    press(page, f"The pump before this one: {REPLACED}")
    expect(page.get_by_text("Not on the board since")).to_be_visible()
    expect(page.get_by_role("button", name="The pump that took its place: NGP800001H")).to_be_visible()
    shown(page, "/")
    expect(page.locator("body")).to_contain_text("NGP800001H")
