"""No room left, at every write: a clear sentence, nothing half-written, nothing acknowledged lost, and then on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.logbook.test_crash import ROOT, figure

KIB = 1024
EVERY_WRITE = [*range(0, 40 * KIB, 509), *range(40 * KIB, 1_600 * KIB, 16_411)]
"""Limits that fall into each write of a save, into each block of the file, and into what is folded in."""
SOME = [0, 700, 3_000, 12_000, 40_000, 300_000, 500_000, 800_000, 1_200_000]


def filled(kind: str, six: Path, folder: Path, sizes: list[int]) -> list[dict[str, Any]]:
    folder.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "tests.logbook.filler", kind, str(six.parent), str(folder), *map(str, sizes)]
    done = subprocess.run(words, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_clear_and_whole(told: list[dict[str, Any]]) -> int:
    """Nothing lost, doubled or half-written, whatever was refused; how many writes were refused."""
    for one in told:
        assert (one["lost"], one["twice"], one["damaged"], one["whole"]) == ([], 0, [], True), one
        assert len(one["unsaid"]) <= 1, one
        assert not one["unsaid"] or any("nothing was saved" not in sentence for sentence in one["refused"]), one
        for sentence in one["refused"]:
            assert sentence.endswith("."), one
            assert "No space left" in sentence or "File too large" in sentence or "no room left" in sentence, one
    return sum(len(one["refused"]) for one in told)


@pytest.mark.parametrize("sizes", [SOME, pytest.param(EVERY_WRITE, marks=pytest.mark.soak)], ids=["some", "every"])
def test_no_room_for_a_write_is_said_and_writing_goes_on_when_there_is(
    six: Path, tmp_path: Path, sizes: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    told = filled("limit", six, tmp_path / "full", sizes)
    assert len(told) == len(sizes)
    refused = assert_clear_and_whole(told)
    assert refused >= 3
    acknowledged = sum(one["acknowledged"] for one in told)
    figure(capsys, f"no room at {len(sizes)} sizes: {refused} refused, {acknowledged} acknowledged, lost: 0, half: 0")


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_while_the_disk_is_full_everybody_reads_on_and_writes_again_when_there_is_room(
    six: Path, tmp_path: Path, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reader is refused at most once each time the disk fills: when the log is given up under its hands."""
    (told,) = filled("together", six, tmp_path / "full", [rounds])
    assert (told["lost"], told["whole"], told["went_on"]) == (0, True, True), told
    assert told["writers_refused"]
    assert len(told["readers_refused"]) <= 4 * 2 * rounds, told
    assert {"no room left" in sentence for sentence in told["writers_refused"]} == {True}, told
    refused = f"{len(told['writers_refused'])} writers and {len(told['readers_refused'])} readers refused"
    figure(capsys, f"full {2 * rounds} times under four writers and four readers: {refused}, lost: 0")


def test_a_backup_and_a_restore_without_room_leave_everything_as_it_was(six: Path, tmp_path: Path) -> None:
    told = filled("copies", six, tmp_path / "full", [0, 20_000, 300_000, 1_200_000])
    for one in told:
        assert one["whole"], one
        assert len(one["refused"]) == 2, one
        assert [name for name in one["left"] if not name.endswith((".duckdb", ".anchor"))] == [], one


@pytest.mark.soak
def test_a_full_disk_of_its_own_is_the_same(six: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() != 0:
        pytest.skip("only the superuser can mount a disk; the limit on the size of files is tried by everybody")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], check=True)
    try:
        told = filled("disk", six, disk, list(range(0, 200 * KIB, 2_039)))
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    refused = assert_clear_and_whole(told)
    figure(capsys, f"a full disk at {len(told)} sizes: {refused} refused, lost: 0, half-written: 0")
