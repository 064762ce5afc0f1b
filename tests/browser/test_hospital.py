"""Coming in by a hospital's sign-in, in a real browser, with a real provider beside."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pumplog.desk import Desk, utc_now
from pumplog.people import NewPerson, Role
from tests.browser.conftest import SIZES, Server, at_page, go_by_link, serving, settled
from tests.browser.provider import Provider, providing

pytestmark = pytest.mark.browser

BOSS, PASSWORD = "Ida Brandt", "seven quiet herons"
SETTINGS = """
[hospital]
provider = "Riverside Hospital"
issuer = "{issuer}"
client_id = "pumplog"
role_claim = "realm_access.roles"
[hospital.roles]
pump-nurses = ["recorder", "caller"]
pump-doctors = ["prescriber"]
"""
GO = "Sign in with Riverside Hospital"
PATIENCE_MS = 30_000


def nurse(name: str, **claims: object) -> dict[str, object]:
    """What the hospital says of a nurse, unless a test has it say something else."""
    return {"name": name, "realm_access": {"roles": ["staff", "pump-nurses"]}, **claims}


@dataclass(frozen=True)
class Place:
    """A clinic's server, its hospital's provider, and browsers that know neither yet."""

    server: Server
    provider: Provider
    browser: Browser
    opened: list[BrowserContext] = field(default_factory=list)

    def browser_of_its_own(self) -> BrowserContext:
        context = self.browser.new_context(base_url=self.server.url, viewport=SIZES["tablet"], has_touch=True)
        self.opened.append(context)
        return context

    def at_the_door(self) -> Page:
        page = self.browser_of_its_own().new_page()
        page.goto("/")
        return page

    def back_from_hospital(self, subject: str, **claims: object) -> Page:
        """The page of somebody who went to sign in at the hospital and came back."""
        page = self.at_the_door()
        self.go(page, subject, **claims)
        return page

    def go(self, page: Page, subject: str, **claims: object) -> None:
        """Have somebody go to the hospital from where they are, and come back."""
        self.provider.knows(subject, **claims)
        page.get_by_role("button", name=GO).click(timeout=PATIENCE_MS)
        self.provider.sign_in(page, subject)
        page.wait_for_url(f"{self.server.url}/**", timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Provider]]:
    """One server and one provider for all these tests: each test has people of its own."""
    folder = tmp_path_factory.mktemp("hospital")
    database = folder / "clinic.duckdb"
    with Desk.open(database) as desk:
        boss = NewPerson("ida", BOSS, frozenset({Role.ADMINISTRATOR}))
        desk.administration.add_first(boss, PASSWORD, at=utc_now())
    database.chmod(0o600)
    with providing(folder) as provider:
        for name, said in (("clinic.toml", SETTINGS.format(issuer=provider.issuer)), ("hospital.secret", "gB7rT")):
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(said, "utf-8")
        with serving(database, folder) as server:
            provider.answers()
            yield server, provider


@pytest.fixture(scope="module")
def nobody(clinic: tuple[Server, Provider], browser: Browser) -> Iterator[Page]:
    """A page in a browser in which nobody ever comes in."""
    context = browser.new_context(base_url=clinic[0].url, viewport=SIZES["tablet"], has_touch=True)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


@pytest.fixture
def place(clinic: tuple[Server, Provider], browser: Browser) -> Iterator[Place]:
    place = Place(*clinic, browser)
    yield place
    for context in place.opened:
        context.close()


def is_in(page: Page, name: str) -> None:
    """Wait until the page shows the board to somebody."""
    expect(page.locator(".pl-strip")).to_contain_text(f"Signed in: {name}", timeout=PATIENCE_MS)
    at_page(page, "Refill board", patience_ms=PATIENCE_MS)


def is_told(page: Page, says: str) -> None:
    """Wait until somebody is told why they are not in."""
    expect(page.get_by_test_id("stAlert")).to_contain_text(says, timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name=GO)).to_be_visible()


def administrator_looking_at(place: Place, name: str) -> Page:
    """The settings page of an administrator, signed in by password, with what somebody may laid out to be changed."""
    page = place.at_the_door()
    page.get_by_role("textbox", name="Sign-in name").fill("ida", timeout=PATIENCE_MS)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Change a person")).to_be_visible(timeout=PATIENCE_MS)
    settled(page)  # what is pressed while the page is still being drawn is let go of
    page.get_by_text("Change a person").click(timeout=PATIENCE_MS)
    settled(page)
    page.locator(".st-key-change-who").get_by_text(name, exact=True).click(timeout=PATIENCE_MS)
    expect(page.get_by_text("May sign in", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    return page


def take_away(administrator: Page, what: str) -> None:
    form = administrator.locator("[data-testid=stForm]").filter(has_text="May sign in")
    form.get_by_text(what, exact=True).click()
    form.get_by_role("button", name="Save what this person may do").click()
    expect(administrator.get_by_text("it holds from the next thing they do")).to_be_visible(timeout=PATIENCE_MS)


def test_somebody_comes_in_by_the_hospital_and_leaves_again_there_too(place: Place) -> None:
    page = place.back_from_hospital("mara", **nurse("Mara Keller"))
    is_in(page, "Mara Keller")
    kept = {cookie["name"]: cookie for cookie in page.context.cookies(place.server.url)}
    assert kept["_streamlit_user"]["expires"] <= time.time() + 12 * 3600
    assert kept["_streamlit_user"]["httpOnly"]
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out now").click()
    place.provider.sign_out(page)
    page.wait_for_url(f"{place.server.url}/**", timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name=GO)).to_be_visible(timeout=PATIENCE_MS)
    assert "_streamlit_user" not in {cookie["name"] for cookie in page.context.cookies(place.server.url)}


def test_a_locked_page_asks_for_the_hospital_again_and_stays_locked_when_loaded_anew(place: Place) -> None:
    page = place.back_from_hospital("noor", **nurse("Noor Haddad"))
    is_in(page, "Noor Haddad")
    page.get_by_role("button", name="Lock").click()
    at_page(page, "Locked", patience_ms=PATIENCE_MS)
    page.reload()
    expect(page.get_by_text("Noor Haddad, sign in with Riverside Hospital again")).to_be_visible(timeout=PATIENCE_MS)
    place.go(page, "noor", **nurse("Noor Haddad"))
    is_in(page, "Noor Haddad")


def test_a_sign_in_that_has_ended_opens_nothing(place: Place, nobody: Page) -> None:
    place.go(nobody, "late", **nurse("Lena Late", exp=int(time.time()) - 60))
    is_told(nobody, "The hospital's sign-in has ended")


def test_a_sign_in_made_for_another_program_opens_nothing(place: Place, nobody: Page) -> None:
    place.go(nobody, "payroll", **nurse("Paul Roll", aud="payroll", azp="pumplog"))
    is_told(nobody, "made this sign-in for another program")
    place.go(nobody, "payroll", **nurse("Paul Roll", aud="payroll"))  # Authlib's own part
    is_told(nobody, "came to nothing")


def test_who_turns_back_at_the_hospital_is_told_so(place: Place, nobody: Page) -> None:
    nobody.get_by_role("button", name=GO).click(timeout=PATIENCE_MS)
    place.provider.turn_back(nobody)
    is_told(nobody, "without signing in there")


def test_a_sign_in_carried_to_another_browser_opens_nothing_there(place: Place) -> None:
    page = place.back_from_hospital("olga", **nurse("Olga Novak"))
    is_in(page, "Olga Novak")
    stolen = [one for one in page.context.cookies(place.server.url) if one["name"].startswith("_streamlit")]
    thief = place.browser_of_its_own()
    thief.add_cookies(stolen)  # type: ignore[arg-type]  # what cookies() gives is what add_cookies() takes
    other = thief.new_page()
    other.goto("/")
    is_told(other, "made in another browser")


def test_what_the_administrator_takes_away_is_gone_at_the_next_action(place: Place) -> None:
    page = place.back_from_hospital("pia", **nurse("Pia Sommer"))
    is_in(page, "Pia Sommer")
    expect(page.get_by_role("link", name="Record visit")).to_be_visible()
    administrator = administrator_looking_at(place, "Pia Sommer")
    take_away(administrator, "Recorder")
    go_by_link(page, "Method")
    expect(page.get_by_role("link", name="Record visit")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Other entries")).to_be_visible()
    take_away(administrator, "May sign in")
    go_by_link(page, "Board")
    is_told(page, "switched off")
    place.go(page, "pia", **nurse("Pia Sommer"))
    is_told(page, "switched off")


def test_the_next_sign_in_brings_the_roles_that_the_hospital_says_then(place: Place) -> None:
    page = place.back_from_hospital("ruth", **nurse("Ruth Berger"))
    is_in(page, "Ruth Berger")
    expect(page.get_by_role("link", name="Record visit")).to_be_visible()
    elsewhere = place.back_from_hospital("ruth", **nurse("Ruth Berger", realm_access={"roles": ["pump-doctors"]}))
    is_in(elsewhere, "Ruth Berger")
    for one in (elsewhere, page):  # where she was signed in before, too
        go_by_link(one, "Method")
        expect(one.get_by_role("link", name="Record visit")).to_have_count(0, timeout=PATIENCE_MS)
        expect(one.get_by_role("link", name="Story")).to_be_visible()
