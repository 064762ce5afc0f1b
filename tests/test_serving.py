"""The web server answers this machine alone, guarded, and says nothing about patients."""

import json
import os
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
from pumplog.serving import serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the server the way the command line does: this process becomes the server."""
    folder = tmp_path_factory.mktemp("serving")
    port = free_port()
    database = folder / "Martha Example.duckdb"
    words = (
        f"from pathlib import Path; from pumplog.serving import serve; serve(Path({str(database)!r}), port={port})"
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
    assert policy["connect-src"] == f"'self' ws://{host} wss://{host}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]


def test_a_host_that_is_no_host_name_is_not_repeated(address: str) -> None:
    _, headers, _ = get(f"{address}/healthz", Host="a; script-src *")
    assert headers["content-security-policy"].endswith("connect-src 'self'")


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
    assert environment["PUMPLOG_DATABASE"] == str(tmp_path / "clinic.duckdb")
