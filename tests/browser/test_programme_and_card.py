"""What is programmed, who signs it, and what goes home with the patient: on a tablet, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Server, serving, settled, shown
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH
from tests.browser.test_visit import (
    SERIALS,
    answer,
    button,
    choose,
    choose_the_pump,
    fill_in,
    go_to_step,
    press,
    tell,
    type_into,
)

pytestmark = pytest.mark.browser
ORDINARY, STRONGER, WEAKER = SERIALS[:3]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("programme")
    tell(folder / "clinic.duckdb")
    settings = folder / "clinic.toml"
    settings.write_text('phone = "020 7946 0100"\nemergency_phone = "020 7946 0199"\n', "utf-8")
    settings.chmod(0o600)
    with serving(folder / "clinic.duckdb", folder) as one:
        yield one


@pytest.fixture
def server(started: Server) -> Server:
    return started


def assert_can_be_used(page: Page) -> None:
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


def taken_home(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as coming:
        button(page, name).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def sign(page: Page, reason: str) -> None:
    """Answer what was found with a reason, and let T. Lindqvist sign under it."""
    reasons = page.get_by_label("Reason to go on", exact=True)
    for place in range(reasons.count()):
        reasons.nth(place).fill(reason)
        reasons.nth(place).press("Tab")
        settled(page)
    page.get_by_label("Second checker's sign-in name").fill("lindqvist")
    page.get_by_label("Their PIN or password").fill(PASSWORD)
    press(page, "Sign as second checker")
    expect(page.get_by_text("T. Lindqvist has checked this")).to_be_visible()


def test_the_card_and_the_next_visit_go_home_with_the_patient(tablet: Page, tmp_path: Path) -> None:
    page = shown(tablet, "/visit")
    choose_the_pump(page, ORDINARY)
    fill_in(page)
    expect(page.get_by_text("What you typed")).to_be_visible()
    assert_can_be_used(page)
    press(page, "Save as M. Keller")
    expect(page.get_by_text("none booked")).to_be_visible()
    press(page, "Book this day")
    expect(page.get_by_text("none booked")).to_have_count(0)
    assert_can_be_used(page)
    card = taken_home(page, "Patient card (PDF)", tmp_path)
    document = pypdfium2.PdfDocument(card)
    said = document[0].get_textpage().get_text_bounded()
    assert len(document) == 1
    document.close()
    for words in ("Anna Weber", "020\u00a07946\u00a00199".replace("\u00a0", " "), "Next refill by"):
        assert words in said.replace("\u00a0", " ")
    visit = taken_home(page, "Next visit for a calendar", tmp_path)
    assert b"SUMMARY:Pump refill" in visit.read_bytes()
    assert ORDINARY not in card.name + visit.name


def test_a_stronger_drug_with_flex_its_bridge_and_a_second_signature(tablet: Page) -> None:
    page = shown(tablet, "/visit")
    choose_the_pump(page, STRONGER)
    fill_in(page, concentration="2000")
    go_to_step(page, "Programmed")
    expect(
        page.get_by_text("the patient gets 25 mcg/day instead of 100 mcg/day for 180 h (7.5 days)")
    ).to_be_visible()
    choose(page, "Flex: steps through the day")
    type_into(page, "Step 1 lasts (h)", "8")
    type_into(page, "Step 1 rate (mcg/h)", "4")
    expect(page.get_by_text("8 h of 24 h filled: 16 h missing")).to_be_visible()
    button(page, "Copy").first.click()
    settled(page)
    expect(page.get_by_label("Step 2 lasts (h)", exact=True)).to_have_value("8")
    type_into(page, "Step 3 lasts (h)", "8")
    type_into(page, "Step 3 rate (mcg/h)", "4.5")
    expect(page.get_by_text("24 h of 24 h filled. In all 100 mcg/day.")).to_be_visible()
    press(page, "Add a step")
    button(page, "Remove").nth(3).click()
    settled(page)
    expect(page.get_by_text("16:00 to 24:00: 36 mcg in this step")).to_be_visible()
    answer(page, "Was the bridge bolus programmed?", "Yes")
    answer(page, "Bridge dose in", "mcg")
    type_into(page, "Bridge dose (mcg)", "187.5")
    type_into(page, "Runs for (h)", "45")
    answer(page, "Its amounts of drug are in", "mcg")
    type_into(page, "Programmer says: concentration (mcg/mL)", "500")
    expect(page.locator(".pl-differs")).to_contain_text("differs")
    page.keyboard.press("Escape")  # the calendar of the next field
    assert_can_be_used(page)
    type_into(page, "Programmer says: concentration (mcg/mL)", "2000")
    expect(page.locator(".pl-differs")).to_have_count(0)
    go_to_step(page, "Check and sign")
    sign(page, "Ordered by Dr Sand, read back by two")
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()


def test_a_weaker_drug_without_a_bridge_says_overdose_and_why(tablet: Page) -> None:
    page = shown(tablet, "/visit")
    choose_the_pump(page, WEAKER)
    fill_in(page, concentration="250")
    go_to_step(page, "Programmed")
    expect(page.get_by_text("gets 200 mcg/day instead of 100 mcg/day")).to_contain_text("overdose")
    answer(page, "Was the bridge bolus programmed?", "No")
    type_into(page, "Why not?", "Catheter aspirated and primed anew")
    go_to_step(page, "Check and sign")
    expect(page.get_by_text("No bridge was given (Catheter aspirated and primed anew)")).to_be_visible()
    sign(page, "Ordered by Dr Sand")
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
