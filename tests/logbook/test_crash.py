"""Killed, cut short, flipped: what was acknowledged is there, or the log says that it is not."""

import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from pumplog.errors import LogbookDamaged, LogbookUnavailable
from pumplog.logbook import Logbook
from pumplog.logbook.anchor import anchor_path, read_anchor
from pumplog.logbook.folding import pair_path
from pumplog.logbook.wal import KEPT_AT_MOST, kept_wals, wal_path
from tests.logbook.said import new
from tests.logbook.writer import EVENTS_A_THREAD, THREADS

ROOT = Path(__file__).parents[2]


def run_writer(deed: str, path: Path, *words: str) -> int:
    command = [sys.executable, "-m", "tests.logbook.writer", deed, str(path), *words]
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def killed_while_appending(path: Path, after_s: float, deed: str = "append") -> dict[str, int]:
    """Start eight writers in one program, kill it so long after its first save, and tell what it had acknowledged."""
    command = [sys.executable, "-m", "tests.logbook.writer", deed, str(path)]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(after_s)
        writer.kill()
        lines = (first + writer.stdout.read()).splitlines()
    return {pump: int(count) for pump, count in (line.split() for line in lines if line.count(" ") == 1)}


@pytest.mark.parametrize(
    ("kills", "deed"),
    [
        (5, "append"),
        pytest.param(200, "append", marks=pytest.mark.soak),
        pytest.param(200, "append-and-fold", marks=pytest.mark.soak),
    ],
)
def test_a_killed_writer_loses_nothing_acknowledged(
    path: Path, kills: int, deed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of eight threads has at most one event under way when the program is killed: that one may be there."""
    acknowledged, lost, unsaid, cut_short = Counter[str](), 0, 0, 0
    for kill in range(kills):
        after_s = 0.4 * (kill * 0.6180339887 % 1)  # spread evenly, in no order
        told = killed_while_appending(path, after_s, deed)
        cut_short += pair_path(path).exists()
        with Logbook.open(path, create=False) as log:
            kept = log.events()
            assert log.verify().ok
        assert [event.sequence for event in kept] == list(range(1, len(kept) + 1))
        numbers = {pump: [event.event_id for event in kept if event.pump_id == pump] for pump in told}
        for pump, count in told.items():
            first = int(pump[1:]) * EVENTS_A_THREAD
            assert numbers[pump] == [f"event-{first + place}" for place in range(1, len(numbers[pump]) + 1)]
            assert len(numbers[pump]) <= count + 1
            acknowledged[pump] = count
        there = Counter(event.pump_id for event in kept)
        lost += sum((acknowledged - there).values())
        unsaid = len(kept) - sum(acknowledged.values())
    assert lost == 0
    assert len(acknowledged) > 1  # how many of the eight had their turn is the machine's affair
    figure(
        capsys,
        f"{kills} kills while 8 threads wrote ({deed}), {cut_short} of them within a fold: {len(kept)} rows, "
        f"acknowledged rows lost: {lost}",
    )
    assert unsaid <= THREADS * kills


def test_a_crash_before_the_anchor_leaves_the_log_ahead_and_whole(six: Path) -> None:
    assert run_writer("die-before-anchor", six) == -9
    before = read_anchor(six)
    assert before is not None
    assert before.row_count == 6
    with Logbook.open(six) as log:
        assert log.head().row_count == 11
        assert read_anchor(six) == log.head()


@pytest.fixture(scope="module")
def _crashed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crashed")
    path = folder / "log.duckdb"
    with Logbook.open(path) as log:
        log.append_all([new(number) for number in range(1, 7)], seen={"P1": 0})
    assert run_writer("die-after-anchor", path) == -9
    return folder


@pytest.fixture
def crashed(path: Path, _crashed_once: Path) -> Path:
    """A log of eleven events, the last five of them only in the write-ahead log."""
    shutil.copytree(_crashed_once, path.parent)
    return path


def test_an_uncut_write_ahead_log_is_folded_in_and_a_copy_kept(crashed: Path) -> None:
    left = wal_path(crashed).read_bytes()
    with Logbook.open(crashed) as log:
        assert log.head().row_count == 11
        assert log.verify().ok
    (kept,) = kept_wals(crashed)
    assert kept.name == "log.duckdb.wal.1.kept"
    assert kept.read_bytes() == left
    assert kept.stat().st_mode & 0o777 == 0o600
    Logbook.open(crashed).close()
    assert kept_wals(crashed) == [kept]


def test_verifying_a_crashed_file_changes_nothing(crashed: Path) -> None:
    before = {file.name: file.read_bytes() for file in crashed.parent.iterdir()}
    assert Logbook.verify_file(crashed).ok
    assert {file.name: file.read_bytes() for file in crashed.parent.iterdir()} == before


def figure(capsys: pytest.CaptureFixture[str], words: str) -> None:
    """Print a figure of the campaign, past pytest's own capture."""
    with capsys.disabled():
        sys.stdout.write(f"\n    {words}\n")


@pytest.mark.soak
def test_a_write_ahead_log_cut_at_every_byte_is_found_out(
    crashed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = wal_path(crashed).read_bytes()
    whole = refused = 0
    for length in range(len(left) + 1):
        folder = tmp_path / "cut"
        shutil.copytree(crashed.parent, folder)
        wal_path(folder / "log.duckdb").write_bytes(left[:length])
        if is_whole_and_not_refused(folder / "log.duckdb", 11):
            whole += 1
        else:
            refused += 1
        shutil.rmtree(folder)
    figure(
        capsys, f"write-ahead log cut at {len(left) + 1} places: {refused} refused, {whole} whole, silent losses: 0"
    )
    assert whole >= 1


@pytest.mark.parametrize("part", [0.0, 0.02, 0.5, 0.9, 0.999])
def test_a_cut_write_ahead_log_is_found_out(crashed: Path, part: float) -> None:
    left = wal_path(crashed).read_bytes()
    wal_path(crashed).write_bytes(left[: int(len(left) * part)])
    found = Logbook.verify_file(crashed)
    assert (found.ok, found.first_bad) == (False, 7)
    with pytest.raises(LogbookDamaged, match="shortened: the anchor says 11 events, the file has 6"):
        Logbook.open(crashed)


def test_a_removed_write_ahead_log_is_found_out(crashed: Path) -> None:
    wal_path(crashed).unlink()
    with pytest.raises(LogbookDamaged, match="11 events, the file has 6"):
        Logbook.open(crashed)


@pytest.mark.parametrize("flips", [12, pytest.param(2_000, marks=pytest.mark.soak)])
def test_a_flipped_byte_in_the_write_ahead_log_is_harmless_or_found_out(
    crashed: Path, tmp_path: Path, flips: int, capsys: pytest.CaptureFixture[str]
) -> None:
    left = wal_path(crashed).read_bytes()
    whole = 0
    for flip in range(flips):
        octets = bytearray(left)
        octets[flip * len(left) // flips] ^= 1 << flip % 8
        folder = tmp_path / "flipped"
        shutil.copytree(crashed.parent, folder)
        wal_path(folder / "log.duckdb").write_bytes(octets)
        whole += is_whole_and_not_refused(folder / "log.duckdb", 11)
        shutil.rmtree(folder)
    figure(
        capsys, f"{flips} bits flipped in a write-ahead log: {flips - whole} refused, {whole} whole, silent losses: 0"
    )


@pytest.mark.parametrize("flips", [10, pytest.param(1_000, marks=pytest.mark.soak)])
def test_a_flipped_byte_in_the_database_is_harmless_or_found_out(
    six: Path, tmp_path: Path, flips: int, capsys: pytest.CaptureFixture[str]
) -> None:
    stored, whole = six.read_bytes(), 0
    for flip in range(flips):
        octets = bytearray(stored)
        octets[(flip * len(stored) // flips + 100) % len(stored)] ^= 1 << flip % 8
        folder = tmp_path / "flipped"
        shutil.copytree(six.parent, folder)
        (folder / "log.duckdb").write_bytes(octets)
        whole += is_whole_and_not_refused(folder / "log.duckdb", 6)
        shutil.rmtree(folder)
    figure(capsys, f"{flips} bits flipped in a database: {flips - whole} refused, {whole} whole, silent losses: 0")


def is_whole_and_not_refused(path: Path, count: int) -> bool:
    """Whether a log opens; then everything is in it, and looking at the file alone said the same."""
    verified = Logbook.verify_file(path)
    try:
        with Logbook.open(path) as log:
            assert [event.event_id for event in log.events()] == [f"event-{number}" for number in range(1, count + 1)]
    except (LogbookDamaged, LogbookUnavailable):
        return False
    assert verified.ok
    return True


def test_only_the_newest_copies_are_kept(crashed: Path) -> None:
    whole = {file: file.read_bytes() for file in (crashed, wal_path(crashed), anchor_path(crashed))}
    for crash in range(KEPT_AT_MOST + 2):
        for file, octets in whole.items():
            file.write_bytes(octets)
        wal_path(crashed).write_bytes(whole[wal_path(crashed)] + bytes([crash]))
        with suppress(LogbookDamaged):
            Logbook.open(crashed).close()
    assert [copy.name for copy in kept_wals(crashed)] == [f"log.duckdb.wal.{number}.kept" for number in range(3, 8)]


def test_the_same_leftover_is_kept_once(crashed: Path) -> None:
    cut = wal_path(crashed).read_bytes()[:-10]
    database = crashed.read_bytes()
    for _ in range(3):
        crashed.write_bytes(database)
        wal_path(crashed).write_bytes(cut)
        with pytest.raises(LogbookDamaged):
            Logbook.open(crashed)
    assert len(kept_wals(crashed)) == 1


@pytest.mark.parametrize("before_step", [0, 1, 2, 3])
def test_a_migration_killed_half_way_leaves_the_older_log_usable(six: Path, before_step: int) -> None:
    assert run_writer("die-in-migration", six, str(before_step)) == -9
    with Logbook.open(six) as log:
        assert log.append(new(7), seen=6).sequence == 7
        with log._database.reading() as cursor:
            assert cursor.execute("SELECT max(version) FROM migration").fetchall()[0][0] < 900
            assert cursor.execute("SELECT count(*) FROM alarm").fetchall() == [(0,)]
            with pytest.raises(duckdb.CatalogException):
                cursor.execute("FROM later")
