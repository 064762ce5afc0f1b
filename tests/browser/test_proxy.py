"""Behind nginx with TLS, with the file that a clinic is given: pages, web sockets, names, headers, callers."""

import base64
import hashlib
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import BadStatusLine, HTTPConnection, HTTPMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, Playwright, expect

from pumplog.demo import fill_demo
from pumplog.reference import load_reference
from pumplog.screens.browser_cookie import BROWSER_COOKIE
from pumplog.screens.guard import HEADERS
from pumplog.serving.refusals import refuse_open_doors
from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE_SECONDS, SIZES, Watch, free_port, missing, serving

pytestmark = pytest.mark.browser

FILE = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"
TELLING = Path(__file__).with_name("telling_the_caller.py")
NAME = "pumps.clinic.example"
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.txt;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/pumplog.conf;
}}
"""


@dataclass(frozen=True)
class Clinic:
    """What stands in front of the app, and the app behind it."""

    app_port: int
    http_port: int
    https_port: int
    certificate: Path
    key_hash: str

    @property
    def host(self) -> str:
        return f"{NAME}:{self.https_port}"

    @property
    def url(self) -> str:
        return f"https://{self.host}"


def certificate_of(folder: Path) -> tuple[Path, Path, str]:
    """A certificate of our own making, its key, and the hash by which a browser is told to take it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    key_hash = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    return folder / "certificate.pem", folder / "key.pem", key_hash


def filled_in(text: str, changes: Mapping[str, str]) -> str:
    """The clinic's file with its ports and paths put in; a place that is not there is a mistake of this test."""
    for old, new in changes.items():
        text, count = re.subn(rf"(?m)^(?!#)(.*){re.escape(old)}", rf"\g<1>{new}", text)
        assert count, f"{old!r} is not in {FILE.name}"
    return text


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if nginx is None:
        missing("no nginx to put in front (Debian: apt-get install nginx-light)")
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "clinic.toml").write_text(f'[door]\nhosts = ["{NAME}"]\nbehind_tls_proxy = true\n')
    fill_demo(folder / "demo.duckdb")
    with ExitStack() as ending:
        app = ending.enter_context(serving(folder / "demo.duckdb", folder, program=[str(TELLING)]))
        app_port = int(app.url.rpartition(":")[2])
        certificate, key, key_hash = certificate_of(folder)
        found = Clinic(app_port, free_port(), free_port(), certificate, key_hash)
        changes = {
            "listen 80": f"listen 127.0.0.1:{found.http_port}",
            "listen 443": f"listen 127.0.0.1:{found.https_port}",
            "127.0.0.1:8501": f"127.0.0.1:{app_port}",
            "/etc/ssl/certs/pumplog.pem": str(certificate),
            "/etc/ssl/private/pumplog.key": str(key),
        }
        (folder / "pumplog.conf").write_text(filled_in(FILE.read_text("utf-8"), changes), "utf-8")
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder), "utf-8")
        ending.enter_context(running([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")], found, folder))
        yield found


@contextmanager
def running(words: list[str], clinic: Clinic, folder: Path) -> Iterator[None]:
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < deadline and process.poll() is None:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", clinic.https_port)) == 0:
                        break
                time.sleep(0.05)
            else:
                process.kill()
                said = process.stdout.read().decode() if process.stdout else ""
                pytest.fail(f"nginx did not start: {said}{(folder / 'error.txt').read_text()}")
            yield
        finally:
            process.terminate()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    text: str


def ask(
    clinic: Clinic,
    path: str,
    *,
    tls: bool = True,
    source: str = "127.0.0.1",
    host: str | None = None,
    headers: Mapping[str, str] | None = None,
    straight: bool = False,
) -> Answer:
    """Ask from an address of this machine; `straight` goes past the proxy to the app itself."""
    port = clinic.app_port if straight else clinic.https_port if tls else clinic.http_port
    plain = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))
    connection = HTTPConnection("127.0.0.1", port)
    if tls and not straight:
        trust = ssl.create_default_context(cafile=str(clinic.certificate))
        connection.sock = trust.wrap_socket(plain, server_hostname=NAME)
    else:
        connection.sock = plain
    try:
        connection.request("GET", path, headers={"Host": host or clinic.host, **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def over_tls(clinic: Clinic, playwright: Playwright) -> Iterator[Browser]:
    """A browser that finds the clinic's name on this machine, and takes the clinic's own certificate."""
    own = [
        f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={clinic.key_hash}",
    ]
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *own])
    yield opened
    opened.close()


def test_a_page_works_over_https_and_its_web_socket_over_wss(clinic: Clinic, over_tls: Browser) -> None:
    context = over_tls.new_context(base_url=clinic.url, viewport=SIZES["tablet"])
    page = context.new_page()
    watch = Watch(own=NAME)
    watch.over(page)
    sockets: list[str] = []
    page.on("websocket", lambda opened: sockets.append(opened.url))
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    assert sockets == [f"wss://{clinic.host}/_stcore/stream"]

    given = {cookie["name"]: cookie for cookie in context.cookies()}
    cookie = given[BROWSER_COOKIE]
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
    page.goto("/method")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    again = {one["name"]: one for one in context.cookies()}
    assert again[BROWSER_COOKIE]["value"] == cookie["value"]
    context.close()
    assert watch.complaints == []
    assert watch.elsewhere == []


def test_a_page_from_another_site_leads_back_to_the_same_browser(clinic: Clinic, over_tls: Browser) -> None:
    context = over_tls.new_context()
    page = context.new_page()
    page.goto(f"{clinic.url}/healthz")
    page.goto(clinic.url)
    before = [one["value"] for one in context.cookies() if one["name"] == BROWSER_COOKIE]
    page.route("https://hospital.example/", lambda route: route.fulfill(body=f'<a href="{clinic.url}/">back</a>'))
    page.goto("https://hospital.example/")
    page.get_by_text("back").click()
    page.wait_for_url(f"{clinic.url}/")
    after = [one["value"] for one in context.cookies(clinic.url) if one["name"] == BROWSER_COOKIE]
    context.close()
    assert len(before) == 1
    assert after == before


def test_every_answer_carries_the_security_headers_once(clinic: Clinic) -> None:
    for path in ("/", "/healthz", "/_stcore/metrics"):
        answer = ask(clinic, path)
        for name, value in {**HEADERS, "strict-transport-security": "max-age=31536000"}.items():
            assert answer.headers.get_all(name) == [value], f"{name} of {path}"
        assert answer.headers["content-security-policy"].endswith(f"connect-src 'self' data: wss://{clinic.host}")
        assert answer.headers["server"] == "nginx"


def test_plain_http_only_says_where_to_go(clinic: Clinic) -> None:
    answer = ask(clinic, "/visit?pump=1", tls=False, host=NAME)
    assert (answer.status, answer.headers["location"]) == (301, f"https://{NAME}/visit?pump=1")


@pytest.mark.parametrize("tls", [True, False])
@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1", f"{NAME}.evil.example"])
def test_a_wrong_name_is_not_answered_by_the_proxy(clinic: Clinic, name: str, tls: bool) -> None:
    with pytest.raises(BadStatusLine):
        ask(clinic, "/", host=name, tls=tls)


def test_a_wrong_name_is_refused_by_the_app_too(clinic: Clinic) -> None:
    assert ask(clinic, "/", host="evil.example", straight=True).status == 421


def test_a_name_without_a_certificate_gets_no_further_than_its_greeting(clinic: Clinic) -> None:
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", clinic.https_port), timeout=30) as plain,
        pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"),
    ):
        anybody.wrap_socket(plain, server_hostname="evil.example")


def test_old_tls_is_not_spoken(clinic: Clinic) -> None:
    old = ssl.create_default_context(cafile=str(clinic.certificate))
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", clinic.https_port), timeout=30) as plain,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(plain, server_hostname=NAME)


def test_the_app_knows_callers_by_the_proxys_word_and_by_no_other(clinic: Clinic) -> None:
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"}
    assert ask(clinic, "/caller", source="127.0.0.9").text == "127.0.0.9 https"
    assert ask(clinic, "/caller", source="127.0.0.9", headers=forged).text == "127.0.0.9 https", "thrown away"
    believed = ask(clinic, "/caller", straight=True, headers=forged).text
    assert believed == "6.6.6.6 https", "from where the proxy runs"
    assert ask(clinic, "/caller", straight=True, source="127.0.0.2", headers=forged).text == "127.0.0.2 http"


def test_a_body_larger_than_any_sheet_is_refused_by_the_proxy(clinic: Clinic) -> None:
    headers = {"Content-Length": str(67 * 1024 * 1024)}
    assert ask(clinic, "/_stcore/upload_file/x/y", headers=headers).status == 413


def test_the_settings_named_in_the_file_are_a_door_that_is_taken(tmp_path: Path) -> None:
    text = FILE.read_text("utf-8")
    settings = tmp_path / "clinic.toml"
    settings.write_text("\n".join(re.findall(r"(?m)^#          (\S.*)$", text)), "utf-8")
    door = load_reference(settings).door
    refuse_open_doors(door)
    assert (door.behind_tls_proxy, door.hosts) == (True, (NAME,))
    assert text.count(f"server_name {NAME};") == 2
