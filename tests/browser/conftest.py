"""A real server and a real browser: what a nurse would have in front of her."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from pumplog.demo import fill_demo, is_demo
from pumplog.desk import Desk
from pumplog.people import NewPerson, Role
from pumplog.serving import DATABASE_VARIABLE

CHROMIUM = Path("/usr/bin/chromium")
# Each page would start a renderer for the address bar's own pages, which nobody sees: a second of work. Of several
# such flags the last one counts, so what Playwright switches off is said again.
SWITCHED_OFF = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = [
    f"--disable-features={','.join(SWITCHED_OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES: dict[str, ViewportSize] = {
    "tablet": {"width": 820, "height": 1180},
    "desktop": {"width": 1440, "height": 900},
}
PATIENCE_SECONDS = 60
PATIENCE_MS = PATIENCE_SECONDS * 1000
expect.set_options(timeout=30_000)  # a slow machine is no fault of the page
KELLER = "M. Keller"
PASSWORD = "a heron on one leg"  # noqa: S105  of people who do not exist
SERVER = ("-m", "pumplog.screens")
TELL_WHAT_THE_POLICY_STOPS = """addEventListener('securitypolicyviolation', stopped => {
  // Streamlit's number library tries WebAssembly first, and does without.
  if (stopped.blockedURI !== 'wasm-eval')
    console.error(`the policy stopped ${stopped.blockedURI} by ${stopped.violatedDirective}`)
})"""

# When the page was last touched, asked its server for something, heard from it, and came to rest.
TALK = """
window.talk = {touched: 0, asked: 0, heard: 0, rested: 0};
const note = what => () => { window.talk[what] = performance.now(); };
window.WebSocket = class extends WebSocket {
    constructor(...words) {
        super(...words);
        this.addEventListener('message', note('heard'));
    }
    send(...words) {
        note('asked')();
        super.send(...words);
    }
};
for (const touch of ['click', 'keydown', 'input', 'change', 'focusout']) {
    document.addEventListener(touch, note('touched'), true);
}
new MutationObserver(note('rested')).observe(
    document, {subtree: true, attributes: true, attributeFilter: ['data-test-script-state']});
"""
# The script says that it is not running before a click has reached the server, and until the page has drawn
# the first of the answer. A run too short for the page to draw its beginning is known by the silence after it.
AT_REST = """() => {
    const script = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState;
    if (script !== 'notRunning' || !window.talk) return script === 'notRunning';
    const {touched, asked, heard, rested} = window.talk, now = performance.now();
    return now - touched > 100 && now - heard > 50
        && (rested > asked || (heard > asked && now - heard > 500));
}"""

Size = Literal["tablet", "desktop"]
JOURNEY_SIZES = ("tablet", pytest.param("desktop", marks=pytest.mark.soak))
"""A long journey is made on the tablet each time, and on the desktop as well in `make soak`."""
Scheme = Literal["light", "dark"]


class OpenPage(Protocol):
    """A way to open a browser of a size and theme, or one more tab of the browser that a page is in."""

    def __call__(self, size: Size, scheme: Scheme, *, beside: Page | None = None) -> Page: ...


def missing(reason: str) -> NoReturn:
    """Say what a test cannot do without: a skip on somebody's own machine, a failure where all must run."""
    if os.environ.get("PUMPLOG_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives every browser of a run: there can be one only."""
    if not CHROMIUM.exists():
        missing(f"no browser: {CHROMIUM} is missing (Debian: apt-get install chromium)")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield opened
    opened.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The database that `server` is started on; a journey that needs pumps fills it first."""
    return tmp_path / "clinic.duckdb"


@dataclass(frozen=True)
class Server:
    url: str
    database: Path
    output: Path


@pytest.fixture
def server(database: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own. Tests that write nothing name the demo's instead; others share one by module."""
    with serving(database, tmp_path) as started:
        yield started


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clinic as it is told today: to be read, never to be served or written."""
    database = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    fill_demo(database)
    return database


@pytest.fixture(scope="session")
def demo_server(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo clinic for every test that writes nothing: a server is seconds of work to start."""
    folder = tmp_path_factory.mktemp("demo-server")
    with serving(copied(demo_database, folder), folder) as started:
        yield started


def copied(database: Path, folder: Path) -> Path:
    """A database with all that lies beside it, as a crash would leave it if a server has it open."""
    for path in sorted(database.parent.glob(f"{database.name}*")):
        shutil.copy(path, folder / path.name)
    return folder / database.name


@contextmanager
def serving(
    database: Path, folder: Path, *, program: Sequence[str] = SERVER, accounts: bool = True
) -> Iterator[Server]:
    """Start a server on a free port of this machine, and stop it at the end; in a clinic M. Keller may sign in."""
    if accounts:
        give_accounts(database)
    port = known_port()
    output = folder / "server.txt"
    words = [sys.executable, *program, "--port", str(port)]
    environment = {**os.environ, DATABASE_VARIABLE: str(database)}
    with (
        output.open("wb") as written,
        subprocess.Popen(words, env=environment, cwd=folder, stdout=written, stderr=written) as process,
    ):
        try:
            started = Server(f"http://127.0.0.1:{port}", database, output)
            wait_until_healthy(started, process)
            yield started
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def give_accounts(database: Path) -> None:
    """Let M. Keller sign in, who may everything, and T. Lindqvist, who checks; in a demo nobody needs to."""
    if is_demo(database):
        return
    with Desk.open(database) as desk:
        if desk.door.has_people():
            return
        every = frozenset({Role.ADMINISTRATOR, Role.RECORDER, Role.PRESCRIBER, Role.AUDITOR})
        first = desk.administration.add_first(NewPerson("keller", KELLER, every), PASSWORD, at=desk.now())
        second = NewPerson("lindqvist", "T. Lindqvist", frozenset({Role.RECORDER, Role.PRESCRIBER}))
        line, temporary = desk.administration.add_person(second, by=first.person, at=desk.now())
        desk.administration.change_password(line.person_id, temporary, PASSWORD, at=desk.now())


_known_ports: list[int] = []


def known_port() -> int:
    """A free port, one where a server was before if there is one: a browser at rest has its scripts compiled."""
    for port in _known_ports:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    _known_ports.append(free_port())
    return _known_ports[-1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 2 * PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=2):  # noqa: S310  our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{server.output.read_text()}")


@dataclass
class Watch:
    """Everything a page did that it must not do: complaints in its console, requests to elsewhere."""

    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    own: str = "127.0.0.1"

    def over(self, page: Page) -> None:
        page.add_init_script(TELL_WHAT_THE_POLICY_STOPS + TALK)
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self.see)
        page.on("websocket", lambda socket: self.see_address(socket.url))

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not is_search_for_the_server(message):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def see(self, request: Request) -> None:
        self.see_address(request.url)

    def see_address(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob") and parts.hostname != self.own:
            self.elsewhere.append(address)


def is_search_for_the_server(message: ConsoleMessage) -> bool:
    """Opened at /visit, Streamlit looks for itself under /visit first, finds nothing and looks under /."""
    path = urlsplit(message.location["url"]).path
    parts = path.strip("/").split("/")
    return "404" in message.text and parts[1:] in (["_stcore", "health"], ["_stcore", "host-config"])


class Contexts:
    """Browsers at rest, each handed from test to test as if it were new.

    A new one reads and compiles all of Streamlit's scripts again, which is most of the work of opening a page.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.idle: dict[tuple[str, Size], list[BrowserContext]] = defaultdict(list)

    def take(self, url: str, size: Size) -> BrowserContext:
        """A browser nobody has now; two taken at once are two people's."""
        idle = self.idle[url, size]
        return idle.pop() if idle else self.new(url, size)

    def new(self, url: str, size: Size) -> BrowserContext:
        context = self.browser.new_context(
            base_url=url,
            viewport=SIZES[size],
            has_touch=size == "tablet",
            locale="en-GB",
            timezone_id="UTC",
            reduced_motion="reduce",  # without a graphics card each frame of what moves is painted by the processor
        )
        context.set_default_timeout(PATIENCE_MS)
        return context

    def give_back(self, url: str, size: Size, context: BrowserContext) -> None:
        """Close its tabs and forget its cookies and all that its pages have stored."""
        for page in context.pages:
            page.close()
        context.clear_permissions()
        context.set_storage_state({"cookies": [], "origins": []})
        self.idle[url, size].append(context)


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest.fixture
def open_page(contexts: Contexts, server: Server) -> Iterator[OpenPage]:
    """A way to open browsers of any size and theme on the server; each is watched to the end of the test."""
    watch = Watch()
    taken: list[tuple[Size, BrowserContext]] = []

    def opened(size: Size, scheme: Scheme, *, beside: Page | None = None) -> Page:
        context = beside.context if beside else contexts.take(server.url, size)
        if beside is None:
            taken.append((size, context))
        page = context.new_page()
        page.emulate_media(color_scheme=scheme)
        watch.over(page)
        return page

    yield opened
    for size, context in taken:
        contexts.give_back(server.url, size, context)
    assert watch.complaints == []
    assert watch.elsewhere == []


@pytest.fixture
def tablet(open_page: OpenPage) -> Page:
    return open_page("tablet", "light")


@pytest.fixture
def desktop(open_page: OpenPage) -> Page:
    return open_page("desktop", "light")


def shown(page: Page, path: str, *, sign_in_name: str = "keller") -> Page:
    """Go to a page and wait until it is whole: heading, style and strip there, script at rest; signed in if asked.

    Every test comes to its pages this way: what a page asks of whoever opens it is answered here.
    """
    page.goto(path)
    whole(page)
    if page.get_by_role("heading", level=1).inner_text() == "Sign in":
        sign_in(page, sign_in_name)
    return page


def go_by_link(page: Page, name: str) -> None:
    """Go to a page by its link at the top; on a tablet the last ones are behind a button that says how many more."""
    link = page.get_by_role("link", name=name, exact=True)
    more = page.get_by_role("button", name=re.compile(r"^\d+ more"))
    expect(link.or_(more).first).to_be_visible()
    if link.count():
        link.click()
    else:
        more.click()
        page.get_by_role("menuitem", name=name, exact=True).click()


def at_page(page: Page, heading: str, *, patience_ms: float = 30_000) -> None:
    """Wait until the page of this heading is there, and the one before has faded away."""
    expect(page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible(timeout=patience_ms)
    expect(page.get_by_role("heading", level=1)).to_have_count(1, timeout=patience_ms)


def whole(page: Page) -> None:
    """Wait until a page is there, with its heading, its style and its strip."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".pl-strip")).to_have_css("display", "flex")
    settled(page)


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Sign in by name and password, where the page asks for them."""
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Lock")).to_be_visible()
    settled(page)


def settled(page: Page) -> None:
    """Wait until the script of a watched page is at rest, as after a click."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not page.evaluate(AT_REST):  # no page may be asked to wait by itself: it may not evaluate words
        if time.monotonic() > deadline:
            pytest.fail("the script of the page does not come to rest")
        page.wait_for_timeout(50)
