"""The web server answers this machine alone, guarded, and says nothing about patients."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from pumplog.errors import EntryRefused
from pumplog.reference import Door
from pumplog.screens import focus, jump
from pumplog.screens.browser_cookie import BROWSER_COOKIE
from pumplog.screens.guard import hashes_of_scripts
from pumplog.serving import DATABASE_VARIABLE
from pumplog.serving.refusals import refuse_open_doors, refuse_serving_without_accounts
from pumplog.serving.start import serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serving")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Start the server the way the command line does: this process becomes the server."""
    port = free_port()
    database = folder / "Martha Example.duckdb"
    words = (
        "from pathlib import Path; from pumplog.serving.start import serve; "
        f"serve(Path({str(database)!r}), port={port})"
    )
    with subprocess.Popen(
        [sys.executable, "-c", words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"pumplog is at http://127.0.0.1:{port}   (Ctrl+C stops it)\n"
            wait_for_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the server does not listen")


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:  # noqa: S310  our own address
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read()


def test_health_answers_without_a_word_about_patients(address: str) -> None:
    status, headers, body = get(f"{address}/healthz")
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert set(json.loads(body)) == {"status", "version"}
    assert b"Martha" not in body


@pytest.mark.parametrize("path", ["/", "/healthz", "/_stcore/metrics", "/no/such/thing"])
def test_every_answer_carries_the_security_headers(address: str, path: str) -> None:
    _, headers, _ = get(address + path)
    host = address.removeprefix("http://")
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == f"'self' data: ws://{host}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"] is None, "nothing here speaks TLS"
    assert "camera=(self)," in headers["permissions-policy"]


def test_no_script_runs_but_our_own_and_the_one_line_in_streamlits_page(address: str) -> None:
    _, headers, page = get(address)
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    (written,), ours = hashes_of_scripts(page.decode()), hashes_of_scripts(jump.SCRIPT + focus.SCRIPT)
    assert len(ours) == 2
    assert policy["script-src"] == " ".join(("'self'", written, *ours))
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert {policy[name] for name in ("worker-src", "frame-src", "object-src")} == {"'none'"}


def test_the_program_may_be_kept_and_nothing_else(address: str) -> None:
    _, _, page = get(address)
    (script,) = re.findall(rb'<script type="module" crossorigin src="\./(static/js/[^"]+)"', page)
    assert "immutable" in get(f"{address}/{script.decode()}")[1]["cache-control"]
    for path in ("/static/no/such/thing", "/media/no-such-thing", "/_stcore/host-config"):
        assert get(address + path)[1]["cache-control"] == "no-store", path


def test_a_host_that_is_no_host_name_is_refused_and_not_repeated(address: str) -> None:
    status, headers, _ = get(f"{address}/healthz", Host="a; script-src *")
    assert status == 421
    assert headers["content-security-policy"].endswith("connect-src 'self' data:")


def test_a_browser_is_given_a_cookie_when_it_loads_a_page_and_keeps_it(address: str) -> None:
    given = get(address)[1].get_all("set-cookie")
    assert given is not None
    (cookie,) = given
    name, _, token = cookie.partition(";")[0].partition("=")
    assert name == BROWSER_COOKIE
    assert get(address, Cookie=f"{name}={token}")[1]["set-cookie"] is None
    assert get(f"{address}/healthz")[1]["set-cookie"] is None


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/agent/openapi.json"])
def test_closed_doors_are_not_there(address: str, path: str) -> None:
    assert get(address + path)[0] == 404


def test_listens_to_this_machine_alone(address: str) -> None:
    port = int(address.rsplit(":", 1)[1])
    listening = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    bound = {line.split()[1] for line in listening if line.split()[3] == "0A"}
    assert f"0100007F:{port:04X}" in bound
    assert f"00000000:{port:04X}" not in bound


@pytest.mark.parametrize("elsewhere", ["0.0.0.0", "192.168.1.5", "clinic.example", "::"])  # noqa: S104  refused
def test_refuses_to_listen_to_other_machines(tmp_path: Path, elsewhere: str) -> None:
    with pytest.raises(EntryRefused, match="not this machine's own address"):
        serve(tmp_path / "clinic.duckdb", address=elsewhere)


@pytest.mark.parametrize(
    ("settings", "field", "says"),
    [
        ('address = "10.0.0.4"', "door.address", "behind_tls_proxy = true"),
        ("behind_tls_proxy = true", "door.hosts", "name under [door] in clinic.toml"),
        (
            'address = "10.0.0.4"\nbehind_tls_proxy = true\nhosts = ["pumps"]',
            "door.proxy_addresses",
            "name the proxy's address",
        ),
    ],
)
def test_refuses_a_door_that_is_half_open(tmp_path: Path, settings: str, field: str, says: str) -> None:
    written = tmp_path / "clinic.toml"
    written.write_text(f"[door]\n{settings}\n", "utf-8")
    written.chmod(0o600)
    with pytest.raises(EntryRefused) as refusal:
        serve(tmp_path / "clinic.duckdb")
    (fault,) = refusal.value.faults
    assert fault.field == field
    assert says in fault.says
    assert "clinic.toml" in fault.says
    assert fault.says.endswith(".")


@pytest.mark.parametrize(
    "door",
    [
        Door(),
        Door(behind_tls_proxy=True, hosts=("pumps",)),
        Door(address="10.0.0.4", behind_tls_proxy=True, hosts=("pumps",), proxy_addresses=("10.0.0.9",)),
    ],
)
def test_a_door_that_is_shut_or_guarded_is_taken(door: Door) -> None:
    refuse_open_doors(door)


@pytest.mark.parametrize(
    ("has_people", "door", "served"),
    [
        (True, Door(address="10.0.0.4", behind_tls_proxy=True, hosts=("pumps.clinic.example",)), True),
        (True, Door(), True),
        (False, Door(), True),
        (False, Door(address="::1"), True),
        (False, Door(behind_tls_proxy=True, hosts=("pumps.clinic.example",)), False),
        (False, Door(address="10.0.0.4"), False),
        (False, Door(address="10.0.0.4", behind_tls_proxy=True, hosts=("pumps.clinic.example",)), False),
    ],
)
def test_without_accounts_nothing_is_served_to_others(has_people: bool, door: Door, served: bool) -> None:
    if served:
        refuse_serving_without_accounts(door, has_people=has_people)
        return
    with pytest.raises(EntryRefused, match="pumplog people add") as refusal:
        refuse_serving_without_accounts(door, has_people=has_people)
    assert refusal.value.faults[0].field == "accounts"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_refuses_a_port_that_does_not_exist(tmp_path: Path, port: int) -> None:
    with pytest.raises(EntryRefused, match="does not exist"):
        serve(tmp_path / "clinic.duckdb", port=port)


def test_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(EntryRefused, match="may be running already"):
            serve(tmp_path / "clinic.duckdb", port=other.getsockname()[1])


def test_the_server_is_told_which_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, list[str], dict[str, str]]] = []

    def become(program: str, words: list[str], environment: dict[str, str]) -> None:
        said.append((program, words, environment))
        raise SystemExit

    monkeypatch.setattr(os, "execve", become)
    with pytest.raises(SystemExit):
        serve(tmp_path / "clinic.duckdb", port=free_port())
    [(program, words, environment)] = said
    assert program == sys.executable
    assert words[1:3] == ["-m", "pumplog.screens"]
    assert "--demo" not in words
    assert environment["PUMPLOG_DATABASE"] == str(tmp_path / "clinic.duckdb")


def test_a_server_started_by_itself_refuses_what_pumplog_serve_refuses(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "pumplog.screens", "--address", "0.0.0.0"]  # noqa: S104  refused
    environment = {**os.environ, DATABASE_VARIABLE: str(tmp_path / "clinic.duckdb")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("0.0.0.0 is not this machine's own address")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_secret_for_cookies_outlives_the_server_and_is_told_to_nobody(address: str, folder: Path) -> None:
    secret = folder / "Martha Example.duckdb.cookie-secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    told = secret.read_text("ascii")
    assert len(told) == 64
    for path in ("/", "/healthz", "/_stcore/host-config"):
        _, headers, body = get(address + path)
        assert told not in str(headers)
        assert told.encode() not in body
