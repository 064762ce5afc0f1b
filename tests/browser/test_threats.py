"""What somebody tries who does not belong, or who has got hold of something: against a server as it is served."""

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pumplog.desk import Desk
from pumplog.screens.browser_cookie import BROWSER_COOKIE
from tests.browser.conftest import PASSWORD, SIZES, Server, at_page, copied, serving, settled, shown, whole
from tests.browser.streamlit_client import calling
from tests.browser.test_visit import RECORDED, SERIAL, begin_anew, button, choose_the_pump, fill_in, kinds, tell

pytestmark = pytest.mark.browser

PATIENT, NUMBER = "Anna Weber", "P-0100"
TELLING = (PATIENT, NUMBER, SERIAL)
SECRET = "canary of a secret"  # noqa: S105  of nobody
STRANGER = "s" * 43
"""The word of a browser that nobody signed in at."""


@pytest.fixture(scope="module")
def clinic_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pumps in each of which 2 mL are expected now."""
    path = tmp_path_factory.mktemp("threats") / "clinic.duckdb"
    tell(path)
    return path


@pytest.fixture(scope="module")
def server(clinic_file: Path) -> Iterator[Server]:
    """One server for all that is tried here; at its end it has told nobody anything."""
    with serving(clinic_file, clinic_file.parent) as started:
        yield started
        said = started.output.read_text()
        secret = (*TELLING, PASSWORD, "Keller", "keller", SECRET, "\x1b", "\u202e", "\x00", BROWSER_COOKIE)
        assert [word for word in secret if word in said] == [], said


@pytest.fixture(scope="module")
def pump_id(server: Server) -> str:
    with TemporaryDirectory() as folder, Desk.open(copied(server.database, Path(folder))) as desk:
        return desk.pump_id(SERIAL)


class Line:
    """The web socket of a page with a hand on it: what goes by is kept, held back or sent twice."""

    def __init__(self) -> None:
        self.session_id = ""
        self.times = 1
        self.holds = False
        self.held: list[bytes] = []
        self.saves: list[bytes] = []
        self.server: WebSocketRoute | None = None

    def over(self, page: Page) -> "Line":
        page.route_web_socket("**/_stcore/stream", self._opened)
        return self

    def _opened(self, route: WebSocketRoute) -> None:
        server = self.server = route.connect_to_server()

        def to_server(message: str | bytes) -> None:
            assert isinstance(message, bytes)
            if not is_a_save(message):
                server.send(message)
                return
            self.saves.append(message)
            if self.holds:
                self.held.append(message)
                return
            for _ in range(self.times):
                server.send(message)

        def to_page(message: str | bytes) -> None:
            assert isinstance(message, bytes)
            said = ForwardMsg.FromString(message)
            if said.WhichOneof("type") == "new_session":
                self.session_id = said.new_session.initialize.session_id
            route.send(message)

        route.on_message(to_server)
        server.on_message(to_page)

    def let_go(self) -> None:
        """Send what was held back."""
        assert self.held, "nothing was held back"
        assert self.server is not None
        for message in self.held:
            self.server.send(message)
        self.held.clear()


def is_a_save(message: bytes) -> bool:
    """Whether a button of saving is pressed by this message."""
    states = BackMsg.FromString(message).rerun_script.widget_states.widgets
    return any(state.trigger_value and state.id.endswith(":save") for state in states)


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=server.url, viewport=SIZES["desktop"], locale="en-GB", timezone_id="UTC")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def cookies_of(context: BrowserContext) -> str:
    """Every cookie of a browser, as it sends them."""
    return "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())


def tells(heard: list[bytes]) -> list[str]:
    """What of the patient was heard."""
    return [word for word in TELLING if any(word.encode() in one for one in heard)]


def checked_visit(page: Page) -> None:
    """A visit that was typed and checked: one press saves it."""
    shown(page, "/visit")
    choose_the_pump(page)
    begin_anew(page)
    fill_in(page)
    expect(button(page, "Save as M. Keller")).to_be_visible()


def written(server: Server) -> list[str]:
    """What the log says of the pump, as it lies on the disk now."""
    with TemporaryDirectory() as folder:
        return kinds(copied(server.database, Path(folder)), SERIAL)


# --- a page's address, without a sign-in ---


@pytest.mark.parametrize("path", ["/", "/visit", "/story", "/register", "/entries", "/import_sheet", "/settings"])
def test_no_address_shows_anything_to_nobody(page: Page, server: Server, pump_id: str, path: str) -> None:
    page.goto(f"{path}?pump={pump_id}")
    whole(page)
    at_page(page, "Sign in")
    assert [word for word in TELLING if word in page.content()] == []


@pytest.mark.parametrize(
    "query",
    ["pump=../../clinic.duckdb", "pump=%00", "pump=%27%20OR%201=1--", f"pump={'a' * 5000}", "pump=<b>&pump=2"],
)
def test_whatever_an_address_asks_for_it_opens_no_page_to_nobody(server: Server, query: str) -> None:
    with calling(server.url, cookies=f"{BROWSER_COOKIE}={STRANGER}") as caller:
        caller.ask("story", query)
        assert caller.headings == ["Sign in"]
        assert tells(caller.heard) == []


@pytest.mark.parametrize(
    "path",
    [
        "/../../clinic.duckdb",
        "/..%2f..%2fclinic.duckdb",
        "/static/../../../../clinic.duckdb",
        "/static/%2e%2e/%2e%2e/clinic.duckdb",
        "/app/static/../../clinic.duckdb",
        "/media/../clinic.duckdb",
        "/media/" + "a" * 3000,
        "/component/x/../../clinic.toml",
        "/_stcore/upload_file/../../clinic.duckdb",
        "/clinic.duckdb",
        "/%00",
        "//clinic.duckdb",
        "/~/+/clinic.duckdb.cookie-secret",
    ],
)
def test_no_path_leads_to_a_file_of_the_clinic(server: Server, path: str) -> None:
    asked = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    asked.putrequest("GET", path, skip_accept_encoding=True)
    asked.endheaders()
    answer = asked.getresponse()
    body = answer.read()
    asked.close()
    assert answer.status < 500
    assert answer.status >= 300 or b"<title>Streamlit</title>" in body, "our own empty page, at most"
    assert b"DUCK" not in body
    assert tells([body]) == []


# --- what was stolen ---


def test_every_cookie_of_a_browser_on_another_one_signs_nobody_in(
    page: Page, context: BrowserContext, browser: Browser, pump_id: str, server: Server
) -> None:
    shown(page, f"/story?pump={pump_id}")
    expect(page.get_by_text(PATIENT).first).to_be_visible()
    thief = browser.new_context(base_url=server.url, storage_state=context.storage_state())
    assert cookies_of(thief) == cookies_of(context)
    stolen = thief.new_page()
    stolen.goto(f"/story?pump={pump_id}")
    whole(stolen)
    at_page(stolen, "Sign in")
    assert [word for word in (*TELLING, "Keller") if word in stolen.content()] == []
    thief.close()


@pytest.mark.parametrize("cookies", ["", f"{BROWSER_COOKIE}={STRANGER}"], ids=["no cookie", "another browser's"])
def test_a_live_page_taken_over_by_its_id_shows_and_writes_nothing_elsewhere(
    page: Page, server: Server, pump_id: str, cookies: str
) -> None:
    line = Line().over(page)
    line.holds = True
    checked_visit(page)
    button(page, "Save as M. Keller").click()
    page.wait_for_timeout(300)
    (save,) = line.held
    assert line.session_id
    with calling(server.url, cookies=cookies, session_id=line.session_id) as thief:
        thief.ask("story", f"pump={pump_id}").send(save).ask("visit", f"pump={pump_id}")
        assert tells(thief.heard) == []
        assert set(thief.headings) == {"Sign in"}
    assert written(server) == RECORDED


def test_whoever_shows_a_live_pages_id_and_its_cookie_is_that_browser(
    page: Page, context: BrowserContext, server: Server, pump_id: str
) -> None:
    """What cannot be told apart, as docs/security.md says; without it the test above might have looked at nothing."""
    line = Line().over(page)
    shown(page, "/")
    with calling(server.url, cookies=cookies_of(context), session_id=line.session_id) as same:
        same.ask("story", f"pump={pump_id}")
        assert tells(same.heard) == list(TELLING)


@pytest.mark.parametrize("stolen", [False, True], ids=["own cookie", "stolen cookie"])
def test_a_message_of_another_page_saves_nothing(
    page: Page, context: BrowserContext, server: Server, pump_id: str, stolen: bool
) -> None:
    line = Line().over(page)
    line.holds = True
    checked_visit(page)
    button(page, "Save as M. Keller").click()
    page.wait_for_timeout(300)
    (save,) = line.held
    shows = cookies_of(context) if stolen else f"{BROWSER_COOKIE}={STRANGER}"
    with calling(server.url, cookies=shows, session_id=str(uuid4())) as forger:
        forger.send(save).ask("visit", f"pump={pump_id}").send(save)
        assert set(forger.headings) == {"Sign in"}
        assert tells(forger.heard) == []
    assert written(server) == RECORDED


def test_what_is_no_message_at_all_ends_nothing_but_itself(page: Page, server: Server) -> None:
    for rubbish in (b"", b"\xff" * 100, b"\x00" * 10_000, b"GET / HTTP/1.1\r\n\r\n"):
        with calling(server.url) as forger:
            forger.socket.send(rubbish)
            forger.socket.close()
    page.goto("/")
    whole(page)
    at_page(page, "Sign in")


def test_what_is_typed_at_the_door_is_never_in_the_servers_output(page: Page, server: Server) -> None:
    """What the output holds is looked at when the server has stopped."""
    page.goto("/")
    whole(page)
    page.get_by_label("Sign-in name").fill(f"keller\x1b[2J\u202e{SECRET}")
    page.get_by_label("Password", exact=True).fill(f"{SECRET}\x1b[31m and more")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("do not fit", timeout=15_000)
    assert SECRET not in server.output.read_text()


# --- too late ---

Way = Callable[[Page], None]


def lock(page: Page) -> None:
    button(page, "Lock").click()
    at_page(page, "Locked", patience_ms=15_000)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    button(page, "Sign out now").click()
    at_page(page, "Sign in", patience_ms=15_000)


@pytest.mark.parametrize("way", [lock, sign_out])
def test_a_save_that_comes_after_the_page_was_locked_or_left_writes_nothing(
    page: Page, server: Server, way: Way
) -> None:
    line = Line().over(page)
    checked_visit(page)
    line.holds = True
    button(page, "Save as M. Keller").click()
    page.wait_for_timeout(300)
    way(page)
    line.let_go()
    page.wait_for_timeout(1500)
    settled(page)
    assert page.get_by_role("heading", level=1).inner_text() in ("Locked", "Sign in")
    assert [word for word in TELLING if word in page.content()] == []
    assert written(server) == RECORDED


def test_a_save_that_is_sent_three_times_is_one_visit(page: Page, server: Server) -> None:
    """The last one of this file: nothing of what was tried before it has written anything."""
    line = Line().over(page)
    line.times = 3
    checked_visit(page)
    assert written(server) == RECORDED
    button(page, "Save as M. Keller").click()
    expect(page.get_by_text("Refill visit: saved by M. Keller.")).to_be_visible(timeout=15_000)
    page.wait_for_timeout(1000)
    assert len(line.saves) == 1
    assert written(server) == [*RECORDED, "refilled"]
