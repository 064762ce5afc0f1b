"""Folding the write-ahead log in: cut short at any moment it loses nothing, and nobody else gets at the file."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from pumplog.errors import LogbookDamaged, LogbookUnavailable
from pumplog.logbook import Logbook, database
from pumplog.logbook.folding import drop_pair, pair_path
from pumplog.logbook.wal import wal_path
from tests.logbook.said import new
from tests.logbook.test_crash import ROOT

HEAD_BYTES, BLOCK_BYTES = 3 * 4096, 256 << 10
"""Of a DuckDB file: three headers, then blocks."""
EVENTS = 60

Files = dict[str, bytes]


@dataclass
class Fold:
    """A folder just before a fold was begun, and just before its pair would have been dropped."""

    before: Files
    after: Files

    def changed_blocks(self) -> list[range]:
        """Where a block that was there before is another now."""
        old, new = self.before["log.duckdb"], self.after["log.duckdb"]
        starts = range(HEAD_BYTES, len(old), BLOCK_BYTES)
        blocks = [range(start, start + BLOCK_BYTES) for start in starts]
        return [one for one in blocks if old[one.start : one.stop] != new[one.start : one.stop]]

    def torn(self, block: range) -> bytes:
        """The file when whoever folded was killed within this block, one quarter of it written."""
        torn = bytearray(self.before["log.duckdb"])
        written = slice(block.start, block.start + BLOCK_BYTES // 4)
        torn[written] = self.after["log.duckdb"][written]
        return bytes(torn)


def files_in(folder: Path) -> Files:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put(folder: Path, files: Files) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / "log.duckdb"


def assert_whole(path: Path, count: int = EVENTS) -> None:
    with Logbook.open(path, create=False) as log:
        assert log.head().row_count == count
        assert log.verify().ok
    left = [one for one in files_in(path.parent) if "unfolded" in one]
    assert left == []


@pytest.fixture(scope="module")
def fold(tmp_path_factory: pytest.TempPathFactory) -> Fold:
    """The last of sixty folds, after each save one."""
    folder = tmp_path_factory.mktemp("folding")
    path = folder / "log.duckdb"
    seen: list[Files] = []

    def dropped(at: Path) -> None:
        seen.append(files_in(folder))
        drop_pair(at)

    with Logbook.open(path) as log:
        for number in range(1, EVENTS):
            log.append(new(number), seen=number - 1)
            with log._database.writing() as cursor:
                log._database.fold_in(cursor, from_bytes=1)
        log.append(new(EVENTS), seen=EVENTS - 1)
        before = files_in(folder)
        with mock.patch.object(database, "drop_pair", dropped), log._database.writing() as cursor:
            log._database.fold_in(cursor, from_bytes=1)
    return Fold(before, seen[0])


def test_cut_short_within_any_block_it_loses_nothing(fold: Fold, tmp_path: Path) -> None:
    blocks = fold.changed_blocks()
    assert len(blocks) > 1
    for block in blocks:
        assert_whole(put(tmp_path / "log", {**fold.after, **fold.before, "log.duckdb": fold.torn(block)}))


def test_without_the_pair_some_of_these_would_be_refused(fold: Fold, tmp_path: Path) -> None:
    """Why there is a pair at all: when this fails, DuckDB no longer writes into blocks in use: the pair can go."""
    refused = 0
    for block in fold.changed_blocks():
        path = put(tmp_path / "log", {**fold.before, "log.duckdb": fold.torn(block)})
        with suppress(LogbookDamaged):
            Logbook.open(path).close()
            continue
        refused += 1
    assert refused


def test_cut_short_before_after_or_while_it_is_put_back_it_loses_nothing(fold: Fold, tmp_path: Path) -> None:
    pair, pair_wal = "log.duckdb.unfolded", "log.duckdb.unfolded.wal"
    half_made = {f"{pair}.new": fold.before["log.duckdb"][:5_000], pair_wal: b"half"}
    assert_whole(put(tmp_path / "log", fold.after))
    assert_whole(put(tmp_path / "log", {**fold.before, **half_made}))
    assert_whole(put(tmp_path / "log", {name: fold.after[name] for name in fold.after if name != pair}))
    torn = {**fold.after, "log.duckdb": fold.torn(fold.changed_blocks()[0]), "log.duckdb.wal": fold.after[pair_wal]}
    del torn[pair_wal]
    assert_whole(put(tmp_path / "log", {**torn, "log.duckdb.wal.checkpoint": b"left by DuckDB"}))


def test_a_file_cut_short_is_verified_without_changing_it(fold: Fold, tmp_path: Path) -> None:
    torn = {**fold.after, "log.duckdb": fold.torn(fold.changed_blocks()[0])}
    path = put(tmp_path / "log", torn)
    assert Logbook.verify_file(path).ok
    assert files_in(path.parent) == torn


@pytest.fixture
def held(fold: Fold, tmp_path: Path) -> Iterator[Path]:
    """A log that another program has open, and is folding."""
    path = put(tmp_path / "log", fold.before)
    command = [sys.executable, "-m", "tests.logbook.writer", "hold", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        for name in ("log.duckdb.unfolded", "log.duckdb.unfolded.wal"):
            (path.parent / name).write_bytes(fold.after[name])
        yield path
        holder.kill()


def test_the_pair_of_another_program_is_left_alone(held: Path) -> None:
    before = files_in(held.parent)
    with pytest.raises(LogbookUnavailable, match="open in another program"):
        Logbook.open(held)
    assert files_in(held.parent) == before


def test_after_a_fold_no_other_program_can_open_the_file(six: Path) -> None:
    with Logbook.open(six) as log:
        log.append(new(7), seen=6)
        with log._database.writing() as cursor:
            log._database.fold_in(cursor, from_bytes=1)
        assert not wal_path(six).exists()
        assert not pair_path(six).exists()
        command = [sys.executable, "-c", "import sys, duckdb; duckdb.connect(sys.argv[1])", str(six)]
        other = subprocess.run(command, check=False, capture_output=True, text=True)
    assert "Conflicting lock" in other.stderr


def test_a_log_that_does_not_prove_itself_is_left_as_it_is(six: Path) -> None:
    with Logbook.open(six) as log:
        log.append(new(7), seen=6)
        left = files_in(six.parent)
    cut = put(six.parent.with_name("cut"), {**left, "log.duckdb.wal": left["log.duckdb.wal"][:-10]})
    with pytest.raises(LogbookDamaged, match="shortened"):
        Logbook.open(cut)
    assert cut.read_bytes() == left["log.duckdb"]
