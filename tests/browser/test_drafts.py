"""What comes between the steps of a visit in a real browser: a killed server, no Wi-Fi, a turned tablet, two tabs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Page, expect

from pumplog.serving import DATABASE_VARIABLE
from tests.browser.conftest import (
    PASSWORD,
    SERVER,
    SIZES,
    Contexts,
    OpenPage,
    Server,
    Watch,
    at_page,
    copied,
    free_port,
    give_accounts,
    settled,
    shown,
    sign_in,
    wait_until_healthy,
    whole,
)
from tests.browser.test_visit import (
    RECORDED,
    SERIALS,
    answer,
    button,
    choose,
    choose_the_pump,
    fill_in,
    go_to_step,
    kinds,
    press,
    tell,
    type_into,
)

pytestmark = pytest.mark.browser


@dataclass
class Killable:
    """A server that can be killed as a power cut would, and started again on the same log and address."""

    server: Server
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    unused: Iterator[str] = field(default_factory=lambda: iter(SERIALS))

    def start(self) -> None:
        port = self.server.url.rpartition(":")[2]
        environment = {**os.environ, DATABASE_VARIABLE: str(self.server.database)}
        with self.server.output.open("ab") as written:
            self.process = subprocess.Popen(
                [sys.executable, *SERVER, "--port", port],
                env=environment,
                cwd=self.folder,
                stdout=written,
                stderr=written,
            )
        wait_until_healthy(self.server, self.process)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def written(self, serial: str) -> list[str]:
        with TemporaryDirectory() as folder:
            return kinds(copied(self.server.database, Path(folder)), serial)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killable]:
    folder = tmp_path_factory.mktemp("drafts")
    database = folder / "clinic.duckdb"
    tell(database)
    give_accounts(database)
    opened = Killable(Server(f"http://127.0.0.1:{free_port()}", database, folder / "server.txt"), folder)
    opened.start()
    yield opened
    opened.kill()


@pytest.fixture
def server(clinic: Killable) -> Server:
    return clinic.server


@pytest.fixture
def serial(clinic: Killable) -> str:
    return next(clinic.unused)


def come_back(page: Page) -> None:
    """Open the page anew, as somebody whose tablet lost its server, and go on."""
    page.reload()
    whole(page)
    if page.get_by_role("heading", level=1).inner_text() == "Sign in":
        sign_in(page, "keller")
    press(page, "Go on with it")


def test_a_visit_survives_the_death_of_the_server_between_each_pair_of_steps(
    contexts: Contexts, clinic: Killable, serial: str
) -> None:
    """Killed as by a power cut: what was typed, the step, and what cannot be read are there again."""
    context = contexts.take(clinic.server.url, "tablet")  # its console may complain of a server that is away
    page = context.new_page()
    Watch().over(page)
    shown(page, "/visit")
    choose_the_pump(page, serial)
    for words in ("Name", "Date of birth"):
        page.get_by_role("button", name=words, exact=True).click()
    press(page, "Next: Drawn")
    for leave, refill in STEPS:
        clinic.kill()
        clinic.start()
        come_back(page)
        refill(page)
        press(page, leave)
    expect(page.get_by_text("What this would mean")).to_be_visible()
    assert clinic.written(serial) == RECORDED
    clinic.kill()
    clinic.start()
    come_back(page)
    for step, label, value in TYPED:
        go_to_step(page, step)
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    go_to_step(page, "5 Check and sign")
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
    assert clinic.written(serial) == [*RECORDED, "refilled"]
    shown(page, "/visit")
    expect(button(page, "Go on with it")).to_have_count(0)
    contexts.give_back(clinic.server.url, "tablet", context)


def drawn(page: Page) -> None:
    type_into(page, "Drawn (mL)", "1,9")
    page.get_by_text("understood: 1.9 mL").wait_for()


def filled(page: Page) -> None:
    choose(page, "Baclofen")
    answer(page, "Concentration in", "mcg")
    type_into(page, "Concentration (mcg/mL)", "500")
    type_into(page, "Volume after fill (mL)", "20")
    type_into(page, "Lot", "half a word")


def programmed(page: Page) -> None:
    choose(page, "Simple continuous")
    answer(page, "Amounts of drug in", "mcg")
    type_into(page, "Dose per day (mcg/day)", "100")
    answer(page, "Pump confirmed running?", "Yes")


STEPS = (("Next: Filled", drawn), ("Next: Programmed", filled), ("Next: Check and sign", programmed))
TYPED = (
    ("2 Drawn", "Drawn (mL)", "1,9"),
    ("3 Filled", "Concentration (mcg/mL)", "500"),
    ("3 Filled", "Lot", "half a word"),
    ("4 Programmed", "Dose per day (mcg/day)", "100"),
)


def without_wifi(page: Page, serial: str, seconds: float) -> None:
    shown(page, "/visit")
    choose_the_pump(page, serial)
    press(page, "Next: Drawn")
    type_into(page, "Drawn (mL)", "1,9")
    page.context.set_offline(True)
    field = page.get_by_label("Drawn (mL)", exact=True)
    field.fill("1,8")
    page.wait_for_timeout(seconds * 1000)
    expect(field).to_have_value("1,8")
    page.context.set_offline(False)


def test_what_was_typed_without_wifi_is_there_when_it_is_back(
    contexts: Contexts, clinic: Killable, serial: str
) -> None:
    context = contexts.take(clinic.server.url, "tablet")
    page = context.new_page()
    Watch().over(page)
    without_wifi(page, serial, 3)
    page.get_by_label("Drawn (mL)", exact=True).press("Enter")
    expect(page.get_by_text("understood: 1.8 mL")).to_be_visible()
    settled(page)
    fill_in_from_the_second_step(page)
    type_into(page, "Reason to go on", "read again without Wi-Fi")
    press(page, "Save as M. Keller")
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
    assert clinic.written(serial) == [*RECORDED, "refilled"]
    contexts.give_back(clinic.server.url, "tablet", context)


@pytest.mark.soak
def test_five_minutes_without_wifi_lose_nothing_that_had_been_sent(
    contexts: Contexts, clinic: Killable, serial: str
) -> None:
    """The server forgets the session after two minutes; the draft is offered again."""
    context = contexts.take(clinic.server.url, "tablet")
    page = context.new_page()
    Watch().over(page)
    without_wifi(page, serial, 300)
    come_back(page)
    expect(page.get_by_label("Drawn (mL)", exact=True)).to_have_value("1,9")
    contexts.give_back(clinic.server.url, "tablet", context)


def fill_in_from_the_second_step(page: Page) -> None:
    go_to_step(page, "1 Who")
    for words in ("Name", "Date of birth"):
        page.get_by_role("button", name=words, exact=True).click()
    press(page, "Next: Drawn")
    press(page, "Next: Filled")
    filled(page)
    press(page, "Next: Programmed")
    programmed(page)
    press(page, "Next: Check and sign")


def test_a_turned_tablet_loses_nothing_and_scrolls_only_down(tablet: Page, serial: str) -> None:
    page = tablet
    shown(page, "/visit")
    choose_the_pump(page, serial)
    press(page, "Next: Drawn")
    page.get_by_label("Drawn (mL)", exact=True).fill("1,9")  # not yet sent
    upright = SIZES["tablet"]
    for width, height in ((upright["height"], upright["width"]), (upright["width"], upright["height"])):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_label("Drawn (mL)", exact=True)).to_have_value("1,9")
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
        expect(button(page, "Next: Filled")).to_be_in_viewport()
    press(page, "Next: Filled")
    go_to_step(page, "2 Drawn")
    expect(page.get_by_label("Drawn (mL)", exact=True)).to_have_value("1,9")


def test_the_same_visit_sent_from_two_tabs_is_one_visit_and_a_locked_tablet_loses_nothing(
    open_page: OpenPage, clinic: Killable, serial: str
) -> None:
    first = open_page("tablet", "light")
    shown(first, "/visit")
    choose_the_pump(first, serial)
    fill_in(first)
    first.get_by_role("button", name="Lock", exact=True).click()
    expect(first.get_by_role("heading", level=1, name="Locked")).to_be_visible()  # while the page below is fading
    settled(first)
    first.get_by_label("Password", exact=True).first.fill(PASSWORD)
    first.keyboard.press("Enter")
    expect(button(first, "Save as M. Keller")).to_be_visible()
    settled(first)
    second = open_page("tablet", "light")  # another tablet of the same person
    shown(second, "/")
    line = second.locator(".st-key-unfinished")
    expect(line).to_contain_text(f"Refill visit of Anna Weber ({serial})")
    line.get_by_role("button", name="Go on").first.click()  # the newest
    at_page(second, "Record a refill visit")
    press(second, "Go on with it")
    expect(button(second, "Save as M. Keller")).to_be_visible()
    for page in (first, second):
        page.bring_to_front()
        press(page, "Save as M. Keller")
        expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible()
    assert clinic.written(serial) == [*RECORDED, "refilled"]
