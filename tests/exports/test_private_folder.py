"""Files with patients in them: whole or not at all, for their owner alone, old ones let go."""

import os
import stat
from datetime import date
from pathlib import Path

import pytest

from pumplog.errors import EntryRefused
from pumplog.exports.private_folder import let_go_of_old, put_files


def test_writes_for_the_owner_alone_whatever_the_machine_allows(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        (path,) = put_files(tmp_path / "new" / "folder", {"a.txt": b"one"})
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_of_the_same_name_is_replaced_in_one_step(tmp_path: Path) -> None:
    put_files(tmp_path, {"a.txt": b"one"})
    with (tmp_path / "a.txt").open("rb") as reading:
        put_files(tmp_path, {"a.txt": b"two"})
        assert reading.read() == b"one"
    assert (tmp_path / "a.txt").read_bytes() == b"two"


def test_a_link_in_the_folder_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").symlink_to(tmp_path / "elsewhere")
    put_files(tmp_path / "out", {"a.txt": b"one"})
    assert (tmp_path / "elsewhere").read_text() == "mine"


def test_a_full_disk_is_said_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_files(tmp_path, {"a.txt": b"one"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pumplog.exports.private_folder.os.fsync", full)
    with pytest.raises(EntryRefused, match="No space left on device"):
        put_files(tmp_path, {"a.txt": b"two"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"one"


def test_old_days_go_and_the_newest_and_whatever_is_not_ours_stay(tmp_path: Path) -> None:
    names = ("digest-2026-05-01.txt", "digest-2026-05-01.pdf", "digest-2026-05-06.txt", "digest-2026-05-20.txt")
    others = ("digest-2026-05-01.txt.bak", "downtime-pack-2026-05-01.pdf", "digest-notes.txt")
    put_files(tmp_path, dict.fromkeys((*names, *others), b""))
    gone = let_go_of_old(tmp_path, "digest", today=date(2026, 5, 20), keep_days=14)
    assert gone == ("digest-2026-05-01.pdf", "digest-2026-05-01.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((*names[2:], *others))


def test_the_newest_stays_however_old_it_is(tmp_path: Path) -> None:
    put_files(tmp_path, {"digest-2026-01-01.txt": b""})
    assert let_go_of_old(tmp_path, "digest", today=date(2026, 5, 20), keep_days=14) == ()


def test_a_name_that_only_looks_like_a_day_is_left_alone(tmp_path: Path) -> None:
    put_files(tmp_path, {"digest-2026-02-31.txt": b"", "digest-2026-05-20.txt": b""})
    assert let_go_of_old(tmp_path, "digest", today=date(2026, 5, 20), keep_days=1) == ()
