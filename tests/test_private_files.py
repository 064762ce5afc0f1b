"""Files with patients or secrets in them belong to their owner alone, and are not served otherwise."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pumplog.errors import EntryRefused
from pumplog.serving.private_files import (
    cookie_secret,
    keep_files_private,
    refuse_files_that_others_may_read,
    secret_path,
)
from pumplog.serving.refusals import door_of
from pumplog.serving.start import refuse_unsafe_start
from tests.cli.terminal import INSTALLED, SAMPLE

ROOT = Path(__file__).parent.parent
KEPT_BESIDE = ("", ".anchor", ".wal", ".wal.1.kept", ".cookie-secret", ".signing-key", ".copy")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clinic's folder, with the account's home and the place of the start in it, and nothing open to others."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def made(path: Path, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    path.chmod(mode)
    return path


def refusal(database: Path) -> str:
    with pytest.raises(EntryRefused) as refused:
        refuse_files_that_others_may_read(database)
    (fault,) = refused.value.faults
    assert fault.field == "files"
    return fault.says


@pytest.mark.parametrize("beside", KEPT_BESIDE)
@pytest.mark.parametrize("mode", [0o604, 0o602, 0o644, 0o601])
def test_a_database_or_a_file_beside_it_that_others_may_read_is_refused_with_the_mend(
    folder: Path, beside: str, mode: int
) -> None:
    database = made(folder / "the clinic.duckdb")
    wrong = made(folder / f"the clinic.duckdb{beside}", mode)
    says = refusal(database)
    assert wrong.name in says
    mend = says.partition("with: ")[2].removesuffix(" .")
    subprocess.run(shlex.split(mend), check=True)
    assert wrong.stat().st_mode & 0o777 == 0o600
    refuse_files_that_others_may_read(database)


@pytest.mark.parametrize("name", ["clinic.toml", ".streamlit/secrets.toml", "home/.streamlit/secrets.toml"])
def test_settings_and_secrets_that_others_may_read_are_refused(folder: Path, name: str) -> None:
    database = made(folder / "clinic.duckdb")
    made(folder / name, 0o644)
    assert f"chmod 600 {folder / name}" in refusal(database)


def test_every_file_that_others_may_read_is_named_at_once(folder: Path) -> None:
    database = made(folder / "clinic.duckdb", 0o644)
    made(folder / "clinic.toml", 0o644)
    assert "read or change clinic.duckdb, clinic.toml, which are" in refusal(database)


def test_private_files_and_those_of_a_group_are_served(folder: Path) -> None:
    database = made(folder / "clinic.duckdb")
    made(folder / "clinic.duckdb.anchor", 0o660)
    made(folder / "clinic.toml", 0o640)
    made(folder / "notes.txt", 0o644)
    refuse_files_that_others_may_read(database)
    refuse_files_that_others_may_read(folder / "not" / "there.duckdb")


def test_a_demo_has_no_patients_to_hide(folder: Path) -> None:
    database = made(folder / "demo.duckdb", 0o644)
    refuse_unsafe_start(database, door_of(database), demo=True)
    with pytest.raises(EntryRefused, match="chmod 600"):
        refuse_unsafe_start(database, door_of(database), demo=False)


@pytest.mark.usefixtures("_usual_umask")
def test_what_is_written_after_the_start_is_private(tmp_path: Path) -> None:
    keep_files_private()
    (tmp_path / "file").write_text("said")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("_usual_umask")
def test_an_import_from_the_terminal_leaves_nothing_that_others_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    words = ["--database", str(folder / "clinic.duckdb"), "import", str(SAMPLE), "--accept-good-rows"]
    subprocess.run([INSTALLED, *words, "--by", "M. Keller"], check=True, capture_output=True, timeout=120)
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())}
    assert modes.pop("new") == "0o700"
    assert {"clinic.duckdb", "clinic.duckdb.anchor"} <= modes.keys()
    assert set(modes.values()) == {"0o600"}
    refuse_files_that_others_may_read(folder / "clinic.duckdb")


def test_a_start_from_files_that_others_may_read_is_refused_in_a_sentence(folder: Path) -> None:
    database = made(folder / "clinic.duckdb", 0o644)
    environment = {**os.environ, "PUMPLOG_DATABASE": str(database)}
    words = [sys.executable, "-m", "pumplog.screens"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "chmod 600" in done.stderr
    assert not secret_path(database).exists()


# The secret with which cookies are signed


def test_the_secret_stays_the_same_and_is_of_its_owner_alone(folder: Path) -> None:
    database = folder / "new" / "clinic.duckdb"
    secret = cookie_secret(database)
    assert cookie_secret(database) == secret
    assert len(secret) == 64
    assert secret_path(database).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in database.parent.iterdir()] == ["clinic.duckdb.cookie-secret"]
    assert cookie_secret(folder / "other.duckdb") != secret


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64, b"a b" * 30])
def test_a_secret_that_is_none_is_replaced(folder: Path, content: bytes) -> None:
    database = folder / "clinic.duckdb"
    made(secret_path(database)).write_bytes(content)
    secret = cookie_secret(database)
    assert len(secret) == 64
    assert cookie_secret(database) == secret


def test_a_secret_that_cannot_be_kept_is_refused_in_a_sentence(folder: Path) -> None:
    database = folder / "clinic.duckdb"
    secret_path(database).mkdir()
    with pytest.raises(EntryRefused, match="give it and its folder to the account that serves"):
        cookie_secret(database)


@pytest.mark.parametrize(
    "name",
    [".streamlit/secrets.toml", "data/local/clinic.duckdb", "data/local/clinic.toml", "x.duckdb.cookie-secret"],
)
def test_secrets_and_patients_in_a_checkout_are_never_committed(name: str) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    assert subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False).returncode == 0
    tracked = subprocess.run(["git", "ls-files", name], cwd=ROOT, check=True, capture_output=True, text=True)
    assert tracked.stdout == ""
