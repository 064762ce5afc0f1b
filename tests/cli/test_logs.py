"""`pumplog verify`, `demo` and `serve`, and a database that another process holds."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from pumplog.logbook.anchor import anchor_path
from tests.cli.terminal import INSTALLED, PYTHON, assert_sentences, example, inside, written
from tests.logbook.said import tamper

HOLD = "import sys; from pathlib import Path; from pumplog.logbook import Logbook\n"
HOLD += "log = Logbook.open(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"


@pytest.fixture(scope="module")
def two_events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    for kind in ("registered", "refilled"):
        entry = written(folder / "entry.json", example(kind))
        assert inside("record", entry, "--by", "M. Keller", "--database", folder / "log.duckdb").code == 0
    return folder


@pytest.fixture
def database(two_events: Path, tmp_path: Path) -> Path:
    """A log of two events that a test may harm."""
    for path in two_events.glob("log.duckdb*"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / "log.duckdb"


def test_verify_proves_a_good_log(database: Path) -> None:
    said = inside("verify", "--database", database, "--format", "json")
    assert (said.code, said.err) == (0, "")
    assert (said.json["ok"], said.json["rows"], said.json["first_bad"]) == (True, 2, None)
    text = inside("verify", "--database", database)
    assert (text.code, text.out) == (0, said.json["says"] + "\n")


def test_verify_names_the_first_altered_event(database: Path) -> None:
    tamper(database, "UPDATE event_log SET body = replace(body, '300', '30') WHERE sequence = 2")
    said = inside("verify", "--database", database, "--format", "json")
    assert (said.code, said.json["ok"], said.json["first_bad"]) == (1, False, 2)
    assert said.err == said.json["says"] + "\n"
    assert "event 2" in said.err.casefold()
    for words in (("due",), ("story", "NGX100001")):
        refused = inside(*words, "--database", database)
        assert (refused.code, refused.out) == (1, "")
        assert_sentences(refused.err)


def test_verify_tells_a_shortened_log_by_its_anchor(database: Path) -> None:
    tamper(database, "DELETE FROM event_log WHERE sequence = 2")
    said = inside("verify", "--database", database, "--format", "json")
    assert (said.code, said.json["ok"]) == (1, False)
    assert_sentences(said.err)


def test_verify_refuses_a_log_without_its_anchor_until_a_person_makes_a_new_one(database: Path) -> None:
    Path(f"{database}.anchor").unlink()
    said = inside("verify", "--database", database)
    assert (said.code, said.out) == (1, "")
    assert "anchor" in said.err
    assert inside("verify", "--new-anchor", "--database", database).code == 0
    assert inside("verify", "--database", database).code == 0


def test_verify_says_what_is_wrong_with_a_damaged_anchor_and_a_lost_log(database: Path) -> None:
    Path(f"{database}.anchor").write_text("{", "utf-8")
    said = inside("verify", "--database", database)
    assert said.code == 1
    assert_sentences(said.err)
    database.unlink()
    lost = inside("verify", "--database", database)
    assert (lost.code, lost.out) == (1, "")
    assert_sentences(lost.err)


def test_a_database_that_another_process_holds_is_refused_in_a_sentence(database: Path, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [PYTHON, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        entry = written(tmp_path / "entry.json", example("registered"))
        for words in (
            ("due",),
            ("story", "NGX100001"),
            ("verify",),
            ("record", entry, "--by", "M. Keller"),
            ("import", entry, "--dry-run"),
        ):
            said = inside(*words, "--database", database)
            assert (said.code, said.out) == (1, ""), words
            assert f"is open in another program (process {holder.pid})" in said.err
            assert_sentences(said.err)
    finally:
        holder.communicate("", timeout=60)


def test_the_demo_clinic_is_told_into_a_file_of_its_own_and_every_tier_is_on_its_board(tmp_path: Path) -> None:
    path = tmp_path / "new" / "demo.duckdb"
    assert inside("--database", path, "demo", "--format", "json").json == {"database": str(path)}
    rows = inside("due", "--database", path, "--format", "json").json
    assert len({row["tier"] for row in rows}) == 6
    head = inside("verify", "--database", path, "--format", "json").json
    assert inside("demo", "--database", path).code == 0
    assert inside("verify", "--database", path, "--format", "json").json == head


def test_a_real_log_is_never_taken_for_a_demo(database: Path) -> None:
    for words in (("demo",), ("serve", "--demo")):
        said = inside(*words, "--database", database)
        assert said.code == 1
        assert "holds a real log" in said.err
        assert_sentences(said.err)
    assert inside("verify", "--database", database).code == 0


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def served(tmp_path: Path, free_port: int) -> Iterator[tuple[int, Path, subprocess.Popen[bytes]]]:
    database = tmp_path / "clinic.duckdb"
    words = [str(INSTALLED), "--database", str(database), "serve", "--port", str(free_port)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    yield free_port, database, process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def test_serve_makes_the_database_and_answers_on_its_port(
    served: tuple[int, Path, subprocess.Popen[bytes]],
) -> None:
    port, database, process = served
    until = time.monotonic() + 90
    answer = None
    while answer is None and time.monotonic() < until:
        assert process.poll() is None
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as page:
                answer = page.status
        except OSError:
            time.sleep(0.3)
    assert answer == 200
    assert database.exists()
    taken = inside("serve", "--database", database.with_name("other.duckdb"), "--port", port)
    assert taken.code == 1
    assert "cannot be used" in taken.err


@pytest.mark.parametrize(("words", "code"), [(("--port", "0"), 1), (("--port", "99999"), 1), (("--port", "x"), 2)])
def test_serve_refuses_a_port_that_is_none(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    said = inside("serve", "--database", tmp_path / "clinic.duckdb", *words)
    assert (said.code, said.out) == (code, "")
    assert said.err


@pytest.mark.parametrize("elsewhere", ["0.0.0.0", "10.0.0.4"])  # noqa: S104  refused
def test_serve_refuses_an_address_that_others_reach_without_tls(elsewhere: str, tmp_path: Path) -> None:
    said = inside("serve", "--database", tmp_path / "clinic.duckdb", "--address", elsewhere)
    assert (said.code, said.out) == (1, "")
    assert "behind_tls_proxy = true" in said.err
    assert_sentences(said.err)


def test_serve_starts_over_a_log_that_does_not_open_so_that_tablets_show_the_way_out(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Served(Exception):
        """The start was reached."""

    def become(_program: str, words: list[str], _environment: dict[str, str]) -> None:
        raise Served(words)

    monkeypatch.setattr(os, "execve", become)
    anchor_path(database).unlink()
    with pytest.raises(Served, match="8765"):
        inside("serve", "--database", database, "--port", "8765")
    database.chmod(0o644)
    said = inside("serve", "--database", database, "--port", "8765")
    assert said.code == 1
    assert "its anchor" in said.err
    assert f"chmod 600 {database}" in said.err


def test_serve_refuses_a_log_that_others_may_read_but_not_such_a_demo(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Served(Exception):
        """The start was reached."""

    def become(_program: str, words: list[str], _environment: dict[str, str]) -> None:
        raise Served(words)

    monkeypatch.setattr(os, "execve", become)
    database.chmod(0o644)
    said = inside("serve", "--database", database)
    assert (said.code, said.out) == (1, "")
    assert f"chmod 600 {database}" in said.err

    demo = tmp_path / "demo" / "demo.duckdb"
    assert inside("demo", "--database", demo).code == 0
    demo.chmod(0o644)
    with pytest.raises(Served, match="--demo"):
        inside("serve", "--database", demo)
