"""A backup is whole or is not there; what is put back is what was copied, and what was there before is kept."""

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pumplog.errors import EntryRefused, LogbookDamaged, LogbookUnavailable, PumplogError
from pumplog.logbook import Logbook, backup
from pumplog.logbook import restore as restoring
from pumplog.logbook.anchor import access_name, anchor_path, read_anchor, write_anchor
from pumplog.logbook.answering import answering
from pumplog.logbook.backup import BY_HAND, BY_NIGHT, Backup, let_go_of_old_backups, prove_copy, put_in_place
from pumplog.logbook.restore import Restored, restore
from tests.logbook.said import NOON, new, tamper
from tests.logbook.test_crash import ROOT

AT = datetime(2026, 5, 5, 3, 30, tzinfo=UTC)


def backed_up(log: Logbook, to: Path, *, at: datetime = AT, begins: str = BY_HAND) -> Backup:
    return put_in_place(log.copied(at=at), to, begins=begins, at=at)


def names(folder: Path) -> set[str]:
    """What lies there, without the empty write-ahead log of a log that nobody wrote to."""
    found = [path for path in folder.iterdir() if path.is_dir() or path.stat().st_size] if folder.exists() else []
    return {path.name for path in found}


@pytest.fixture
def kept(six: Path, tmp_path: Path) -> Backup:
    """A backup of six events and of a line of who came in."""
    with Logbook.open(six) as log:
        log.keep(said=[new(900, kind="signed_in")])
        return backed_up(log, tmp_path / "backups")


# --- the drill ---


def test_what_is_put_back_is_what_was_copied_with_its_triggers(six: Path, kept: Backup) -> None:
    with Logbook.open(six) as log:
        before, said, came_in = log.head(), log.events(), log.access_events()
        log.append_all([new(7), new(8)], seen={"P1": 6})
    restored = restore(kept.folder, six, at=AT)
    assert restored == Restored(before, six.with_name("log.duckdb.replaced-2026-05-05T03-30-00Z"), 2, "")
    with Logbook.open(six) as log:
        assert (log.head(), log.events(), log.access_events()) == (before, said, came_in)
        assert read_anchor(six) == before
        assert read_anchor(access_name(six)) == prove_copy(kept.database).access_head
        with pytest.raises(LogbookDamaged, match="may be changed"), log._database.reading() as cursor:
            cursor.execute("UPDATE event_log SET body = '{}'")
        assert log.append(new(7), seen=6).sequence == 7
    assert restored.replaced is not None
    with Logbook.open(restored.replaced) as old:
        assert old.head().row_count == 8
        assert old.verify().ok


def test_the_same_drill_on_an_empty_disk(kept: Backup, tmp_path: Path) -> None:
    restored = restore(kept.database, tmp_path / "new disk" / "log.duckdb", at=AT)
    assert (restored.replaced, restored.missing_count) == (None, None)
    assert Logbook.verify_file(tmp_path / "new disk" / "log.duckdb").ok


# --- the backup ---


def test_a_backup_is_a_folder_of_its_owner_alone_named_by_its_moment(kept: Backup, six: Path) -> None:
    assert kept.folder.name == "pumplog-backup-2026-05-05T03-30-00Z"
    assert names(kept.folder) == {"log.duckdb", "log.duckdb.anchor", "log.duckdb.access.anchor"}
    assert {path.stat().st_mode & 0o777 for path in kept.folder.iterdir()} == {0o600}
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert prove_copy(kept.database).guarded
    assert names(six.parent) == {"log.duckdb", "log.duckdb.anchor", "log.duckdb.access.anchor"}


def test_a_backup_under_load_is_one_moment_and_stops_nobody(six: Path, tmp_path: Path) -> None:
    over = threading.Event()
    written: dict[str, int] = {}

    def write(pump: str) -> None:
        seen = 0
        while not over.is_set():
            written[pump] = written.get(pump, 0) + 1
            seen = log.append(new(int(pump) * 10_000 + written[pump], pump=pump), seen=seen).sequence

    with Logbook.open(six) as log:
        writers = [threading.Thread(target=write, args=(str(pump),)) for pump in range(1, 9)]
        for writer in writers:
            writer.start()
        made = [backed_up(log, tmp_path / "b", at=AT + timedelta(hours=hour)) for hour in range(3)]
        over.set()
        for writer in writers:
            writer.join()
        events = log.events()
        assert log.verify().ok
    assert len(events) == 6 + sum(written.values())
    assert len({one.head.row_count for one in made}) == 3
    for one in made:
        assert one.head.hash == events[one.head.row_count - 1].hash


def test_a_backup_through_the_app_is_the_same(six: Path, tmp_path: Path) -> None:
    with Logbook.open(six) as log, answering(six, log):
        words = [sys.executable, "-m", "pumplog", "--database", str(six), "backup", "--to", str(tmp_path / "b")]
        done = subprocess.run([*words, "--by", "M. Keller"], check=False, cwd=ROOT, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert "6 events, every one of them proved" in done.stdout
        assert [line.kind for line in log.access_events()] == ["backed_up"]
    (folder,) = (tmp_path / "b").iterdir()
    assert prove_copy(folder / "log.duckdb").head.row_count == 6


def test_on_another_disk_the_copy_is_copied(six: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def to_another_disk(self: Path, target: Path) -> Path:
        if self.name.endswith(".copy"):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", to_another_disk)
    with Logbook.open(six) as log:
        made = backed_up(log, tmp_path / "b")
    assert prove_copy(made.database).head.row_count == 6
    assert made.database.stat().st_mode & 0o777 == 0o600
    assert names(six.parent) == {"log.duckdb", "log.duckdb.anchor"}


def test_a_copy_that_is_not_the_log_is_thrown_away(
    six: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(source: Path, target: Path) -> None:
        shutil.move(source, target)
        tamper(target, "UPDATE event_log SET recorded_by = 'somebody' WHERE sequence = 3")

    monkeypatch.setattr(backup, "move", spoilt)
    with Logbook.open(six) as log, pytest.raises(LogbookDamaged, match="Event 3 was altered"):
        backed_up(log, tmp_path / "b")
    assert names(tmp_path / "b") == set()


def test_a_folder_that_cannot_take_it_is_named_and_nothing_is_left(six: Path, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("in the way")
    with Logbook.open(six) as log, pytest.raises(EntryRefused, match=r"No backup could be put into .*has room"):
        backed_up(log, tmp_path / "b")
    assert names(six.parent) == {"log.duckdb", "log.duckdb.anchor"}


def test_what_a_killed_backup_left_is_taken_away_after_a_day(six: Path, tmp_path: Path) -> None:
    left, fresh = six.with_name("log.duckdb.0123.copy"), six.with_name("log.duckdb.4567.copy")
    for path, hours in ((left, 25), (fresh, 1)):
        path.touch()
        moment = (AT - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    with Logbook.open(six) as log:
        backed_up(log, tmp_path / "b")
    assert not left.exists()
    assert fresh.exists()


def test_the_oldest_backups_of_the_night_alone_are_let_go(six: Path, tmp_path: Path) -> None:
    to = tmp_path / "b"
    with Logbook.open(six) as log:
        backed_up(log, to, at=AT - timedelta(days=90))
        nights = [backed_up(log, to, at=AT + timedelta(days=day), begins=BY_NIGHT) for day in (400, 1, 2, 3)]
    assert let_go_of_old_backups(to, keep_count=2, newest=nights[1].folder) == (
        "pumplog-nightly-2026-05-07T03-30-00Z",
    )
    kept_dates = {"2026-02-04", "2026-05-06", "2026-05-08", "2027-06-09"}
    assert {name.split("-", 2)[2][:10] for name in names(to)} == kept_dates


# --- putting it back ---


def test_refuses_a_backup_that_does_not_prove_itself_and_leaves_the_log(six: Path, kept: Backup) -> None:
    before = six.read_bytes()
    tamper(kept.database, "UPDATE event_log SET body = '{}' WHERE sequence = 4")
    with pytest.raises(LogbookDamaged, match="Event 4 was altered"):
        restore(kept.folder, six, at=AT)
    assert six.read_bytes() == before


@pytest.mark.parametrize("spoil", ["shortened", "no anchor", "not a log", "no backup", "the log itself"])
def test_refuses_what_is_no_whole_backup(six: Path, kept: Backup, spoil: str) -> None:
    named = kept.folder
    if spoil == "shortened":
        tamper(kept.database, "DELETE FROM event_log WHERE sequence = 6")
    elif spoil == "no anchor":
        anchor_path(kept.database).unlink()
        named = kept.database
    elif spoil == "not a log":
        kept.database.write_text("serial;visit\n" * 1000)
    elif spoil == "no backup":
        named = kept.folder / "elsewhere"
    else:
        named = six
    before = {name: (six.parent / name).read_bytes() for name in names(six.parent)}
    with pytest.raises(PumplogError):
        restore(named, six, at=AT)
    assert {name: (six.parent / name).read_bytes() for name in names(six.parent)} == before


def test_refuses_while_the_app_or_another_program_has_the_log_open(six: Path, kept: Backup) -> None:
    command = [sys.executable, "-m", "tests.logbook.writer", "hold", str(six)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LogbookUnavailable, match=rf"open in another program \(process {holder.pid}\)"):
            restore(kept.folder, six, at=AT)
        holder.kill()
    words = [sys.executable, "-m", "pumplog", "--database", str(six), "restore", str(kept.folder)]
    with Logbook.open(six) as log, answering(six, log):
        done = subprocess.run(words, check=False, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 1
        assert "Stop the app" in done.stderr
        assert log.append(new(7), seen=6).sequence == 7


def test_takes_the_place_of_a_log_that_can_no_longer_be_read(six: Path, kept: Backup) -> None:
    six.write_bytes(b"\0" * 100_000)
    anchor_path(six).write_text("{")
    restored = restore(kept.folder, six, at=AT)
    assert restored.missing_count is None
    assert restored.replaced is not None
    assert restored.replaced.read_bytes() == b"\0" * 100_000
    assert Logbook.verify_file(six).ok


def test_a_copy_without_triggers_gets_them(six: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{six}' AS log (READ_ONLY)")
        connection.execute(f"ATTACH '{bare}' AS bare (STORAGE_VERSION 'v2.0.0')")
        connection.execute("COPY FROM DATABASE log TO bare")
    shutil.copy(anchor_path(six), anchor_path(bare))
    assert not prove_copy(bare).guarded
    restore(bare, six, at=AT)
    assert prove_copy(six).guarded


class Killed(BaseException):
    """The power goes."""


@pytest.fixture
def power(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have the power go before a step of putting back: name it in the list."""
    goes_before: list[str] = []

    def before(step: str, does: Callable[..., Any], *, of: str) -> Callable[..., Any]:
        def done(path: Path, *given: Any) -> Any:
            if step in goes_before and path.name == of:
                raise Killed
            return does(path, *given)

        return done

    rename = Path.rename
    monkeypatch.setattr(restoring, "write_anchor", before("anchor", write_anchor, of="log.duckdb"))
    monkeypatch.setattr(restoring, "_moved_aside", before("aside", restoring._moved_aside, of="log.duckdb"))
    monkeypatch.setattr(Path, "rename", before("renamed", rename, of="log.duckdb.restoring"))
    return goes_before


@pytest.mark.parametrize("step", ["aside", "anchor", "renamed"])
def test_when_the_power_goes_while_it_is_put_back_the_log_is_whole_or_called_missing(
    step: str, six: Path, kept: Backup, power: list[str]
) -> None:
    with Logbook.open(six) as log:
        log.append_all([new(7), new(8)], seen={"P1": 6})
    power.append(step)
    with pytest.raises(Killed):
        restore(kept.folder, six, at=AT)
    power.clear()
    if step == "aside":
        assert Logbook.verify_file(six).row_count == 8
    else:
        with pytest.raises(LogbookDamaged, match=r"is missing, but its anchor says it had [68] events"):
            Logbook.open(six)
    restore(kept.folder, six, at=AT + timedelta(minutes=1))
    with Logbook.open(six) as log:
        assert log.head() == kept.head
    assert any(Logbook.verify_file(path).row_count == 8 for path in six.parent.glob("*.replaced-*Z"))


def test_two_backups_of_one_second_have_two_names(six: Path, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    with Logbook.open(six) as log:
        made = [put_in_place(log.copied(at=NOON), to, begins=BY_HAND, at=NOON) for _ in range(2)]
    assert sorted(path.name for path in to.iterdir()) == [
        "pumplog-backup-2026-05-05T12-00-00Z",
        "pumplog-backup-2026-05-05T12-00-01Z",
    ]
    assert made[0].head == made[1].head
