"""People at a tablet of the clinic: the first administrator, a nurse's first day, PIN, lock, a second checker."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pumplog.desk import Desk
from tests.browser.conftest import PASSWORD, OpenPage, Server, go_by_link, serving, settled, sign_in, whole
from tests.browser.test_look import TOO_FAINT_TO_READ, TOO_SMALL_TO_READ, TOO_SMALL_TO_TOUCH
from tests.browser.test_pictures import KEPT
from tests.browser.test_visit import choose, choose_the_pump, fill_in, go_to_step, press, type_into
from tests.screens.filling import REFILLED, REGISTERED

pytestmark = pytest.mark.browser

ADMINISTRATOR, NURSE, CHECKER = "A. Brandt", "M. Keller", "R. Okafor"
PIN = "481923"


@pytest.fixture(scope="module")
def code(clinic_file: Path) -> str:
    """The code that the terminal shows at the first start."""
    with Desk.open(clinic_file) as desk:
        return desk.administration.make_setup_code(at=desk.now())


@pytest.fixture(scope="module")
def clinic_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One pump, in which 2 mL are expected now; and nobody who has an account."""
    path = tmp_path_factory.mktemp("people") / "clinic.duckdb"
    with Desk.open(path) as desk:
        filled_at = desk.now() - timedelta(days=90)
        registered = {**REGISTERED, "happened_at": (filled_at - timedelta(days=1)).isoformat()}
        for seen, said in enumerate((registered, {**REFILLED, "happened_at": filled_at.isoformat()})):
            desk.record(desk.read_entry(said), by="T. Lindqvist", seen=seen)
    return path


@pytest.fixture(scope="module")
def server(clinic_file: Path, code: str) -> Iterator[Server]:
    assert code
    with serving(clinic_file, clinic_file.parent, accounts=False) as started:
        yield started


def can_be_used(page: Page) -> None:
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == []
    assert page.evaluate(TOO_SMALL_TO_READ) == []
    assert page.evaluate(TOO_FAINT_TO_READ) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


def picture(page: Page, name: str) -> None:
    if os.environ.get("PUMPLOG_PICTURES") == "1":
        page.screenshot(path=KEPT / f"{name}.png")


def heading(page: Page, words: str) -> None:
    headings = page.get_by_role("heading", level=1)
    expect(headings.filter(has_text=words)).to_have_count(1, timeout=30_000)
    expect(headings).to_have_count(1, timeout=30_000)  # the page before may still be on its way out
    settled(page)


def opened(page: Page, path: str = "/") -> Page:
    page.goto(path)
    whole(page)
    return page


def with_pin(page: Page, name: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()
    settled(page)
    page.get_by_label("Your PIN", exact=True).fill(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(".pl-strip")).to_contain_text(f"Signed in: {name}", timeout=30_000)
    settled(page)


def test_a_clinic_is_set_up_and_its_tablet_changes_hands(open_page: OpenPage, code: str) -> None:
    """One journey, in the order of a first day: each step stands on the one before."""
    page = opened(open_page("tablet", "light"), "/story")
    heading(page, "Set up this clinic")
    can_be_used(page)
    for label, typed in (
        ("Set-up code", code.lower()),
        ("Your name, as it will stand in the log", ADMINISTRATOR),
        ("Your sign-in name", "brandt"),
    ):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Make the first administrator").click()
    expect(page.locator(".pl-strip")).to_contain_text(f"Signed in: {ADMINISTRATOR}", timeout=30_000)
    opened(page, "/")
    sign_in(page, "brandt")
    heading(page, "Settings")
    expect(page.get_by_role("link", name="Board")).to_have_count(0)

    firsts = [add(page, name, word, roles) for name, word, roles in PEOPLE]
    page.get_by_label("Name for the tablet you are at").fill("Room 2")
    page.get_by_role("button", name="Enrol this tablet").click()
    expect(page.get_by_text("You are at one of them.")).to_be_visible(timeout=30_000)
    settled(page)
    can_be_used(page)
    picture(page, "settings")
    leave(page)

    for (name, word, _), first in zip(PEOPLE, firsts, strict=True):
        first_day(page, name, word, first)
    opened(page)
    heading(page, "Sign in")
    expect(page.get_by_test_id("stButtonGroup").get_by_text(NURSE, exact=True)).to_be_visible()
    can_be_used(page)
    picture(page, "sign_in")

    with_pin(page, NURSE)
    page.get_by_role("link", name="Record visit").click()
    heading(page, "Record a refill visit")
    choose_the_pump(page)
    press(page, "Next: Drawn")
    type_into(page, "Drawn (mL)", "19")
    page.get_by_role("button", name="Lock", exact=True).click()
    heading(page, "Locked")
    expect(page.get_by_text("Anna Weber")).to_have_count(0)
    can_be_used(page)

    with_pin(page, CHECKER)
    heading(page, "Record a refill visit")
    press(page, "Next: Drawn")
    expect(page.get_by_label("Drawn (mL)", exact=True)).to_have_value("")
    page.get_by_role("button", name="Lock", exact=True).click()
    heading(page, "Locked")

    with_pin(page, NURSE)
    heading(page, "Record a refill visit")
    expect(page.get_by_label("Drawn (mL)", exact=True)).to_have_value("19")
    choose(page, "Refill all the same: a second person signs")
    type_into(page, "Why is it safe to refill?", "Read twice, prescriber present")
    go_to_step(page, "1 Who")
    fill_in(page, drawn="19")
    expect(page.get_by_text("What this would mean")).to_be_visible()
    sign_as_second(page, "keller", PASSWORD)
    expect(page.get_by_text("another person than the one who saves")).to_be_visible(timeout=30_000)
    sign_as_second(page, "okafor", PIN)
    expect(page.get_by_text(f"{CHECKER} has checked this")).to_be_visible(timeout=30_000)
    settled(page)
    can_be_used(page)
    press(page, f"Save as {NURSE}")
    expect(page.get_by_text(f"Refill visit: saved by {NURSE}.")).to_be_visible(timeout=30_000)
    leave(page)


PEOPLE = ((NURSE, "keller", ("Recorder",)), (CHECKER, "okafor", ("Prescriber or reviewer", "Recorder")))


def add(page: Page, name: str, word: str, roles: tuple[str, ...]) -> str:
    """Add a person; the first password."""
    form = page.locator(".st-key-fold-add")
    if not form.get_by_label("Sign-in name").is_visible():
        form.get_by_text("Add a person").click()
    form.get_by_label("Name, as it will stand in the log").fill(name)
    form.get_by_label("Sign-in name").fill(word)
    for role in form.get_by_test_id("stButtonGroup").locator("[aria-pressed=true], [aria-checked=true]").all():
        role.click()
    for role_name in roles:
        form.get_by_test_id("stButtonGroup").get_by_text(role_name, exact=True).click()
    form.get_by_role("button", name="Add this person").click()
    expect(form.get_by_text(f"{name} is added.")).to_be_visible(timeout=30_000)
    first = form.get_by_test_id("stCode").locator("code").inner_text().strip()
    form.get_by_role("button", name="I have handed it over").click()
    expect(form.get_by_text(f"{name} is added.")).to_have_count(0, timeout=30_000)
    settled(page)
    return first


def first_day(page: Page, name: str, word: str, first: str) -> None:
    """Sign in with the first password, choose one's own, set a PIN, and leave."""
    field = page.get_by_label("Sign-in name")
    if not field.is_visible():
        page.get_by_text("Sign in with a password").click()
    field.fill(word)
    page.get_by_label("Password", exact=True).fill(first)
    page.keyboard.press("Enter")
    heading(page, "Choose your own password")
    page.get_by_label("The password you have now").fill(first)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator(".pl-strip")).to_contain_text(f"Signed in: {name}", timeout=30_000)
    go_by_link(page, "Settings")
    heading(page, "Settings")
    page.get_by_text("Set a PIN for the clinic's tablets").click()
    page.get_by_role("textbox", name="Your password").first.fill(PASSWORD)
    page.get_by_label("New PIN").fill(PIN)
    page.get_by_role("button", name="Set the PIN").click()
    expect(page.get_by_text("Your PIN is set.")).to_be_visible(timeout=30_000)
    settled(page)
    leave(page)


def leave(page: Page) -> None:
    page.locator(".st-key-who").get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out now").click()
    heading(page, "Sign in")


def sign_as_second(page: Page, word: str, secret: str) -> None:
    page.get_by_label("Second checker's sign-in name").fill(word)
    page.get_by_role("textbox", name="Their PIN or password").fill(secret)
    page.get_by_role("button", name="Sign as second checker").click()
    settled(page)
