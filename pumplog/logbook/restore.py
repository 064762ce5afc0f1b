"""Putting a backup in the place of a log: the old one is kept, and at no moment does an empty clinic stand there.

What is there before is moved aside, never over. The anchor of the log that is put back stands before the log itself
does: a crash in between leaves a log that is called missing, and the same command ends the work.
"""

import fcntl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from pumplog.errors import EntryRefused, Fault, LogbookDamaged, LogbookUnavailable
from pumplog.logbook.anchor import access_name, anchor_path, read_anchor, write_anchor
from pumplog.logbook.backup import Proven, copy_file, database_in, prove_copy, stamp
from pumplog.logbook.database import refusal
from pumplog.logbook.event import Head
from pumplog.logbook.folding import pair_path, sync_folder
from pumplog.logbook.remote import reach
from pumplog.logbook.store import Logbook
from pumplog.logbook.wal import wal_path

SETTINGS: Final = "clinic.toml"


@dataclass(frozen=True)
class Restored:
    """What was put back: how its log ends, what it replaced, and what that one had more.

    `replaced` is where the old log lies now; None when there was none. `missing_count` is by how many events the old
    log was longer, by its anchor; None when nobody can say. `settings` is what became of the backup's settings.
    """

    head: Head
    replaced: Path | None
    missing_count: int | None
    settings: str


def restore(backup: Path, database: Path, *, at: datetime) -> Restored:
    """Put a backup in the place of a log; proved before, and after it stands there.

    Raises LogbookUnavailable while a program has the log open, LogbookDamaged for a backup that does not prove
    itself, EntryRefused when the folder cannot be written to; then the old log is as it was.
    """
    database = database.resolve()
    source = database_in(backup.resolve())
    if source == database:
        raise EntryRefused(Fault("backup", f"{source} is the log itself: name a backup."))
    _refuse_running_app(database)
    proven = prove_copy(source)
    coming = database.with_name(f"{database.name}.restoring")
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        coming.unlink(missing_ok=True)
        try:
            copy_file(source, coming)
            _refuse_other(coming, proven)
            with _to_ourselves(database):
                missing_count = _missing_count(database, proven.head)
                replaced = _moved_aside(database, at)
                write_anchor(database, proven.head)
                write_anchor(access_name(database), proven.access_head)
                coming.rename(database)
                sync_folder(database.parent)
        finally:
            coming.unlink(missing_ok=True)
            for anchor in (anchor_path(coming), anchor_path(access_name(coming))):
                anchor.unlink(missing_ok=True)
        settings = _settings_of(source.parent, database.parent)
    except OSError as refused:
        why = refused.strerror or type(refused).__name__
        says = f"The folder {database.parent} cannot be written to ({why}): check that it has room, and is yours."
        raise EntryRefused(Fault("database", says)) from refused
    _refuse_other_log(database, proven.head, replaced)
    return Restored(proven.head, replaced, missing_count, settings)


def _refuse_running_app(database: Path) -> None:
    app = reach(database)
    if app is not None:
        with closing(app):
            raise LogbookUnavailable(
                f"The app has the log {database} open, and nothing was changed. Stop the app, restore, then start it "
                "again."
            )


@contextmanager
def _to_ourselves(database: Path) -> Iterator[None]:
    """Hold the old log as DuckDB would, so that no program opens it while it is moved aside."""
    if not database.is_file():
        yield
        return
    with database.open("rb+") as held:
        try:
            fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise _held_by_another(database) from taken
        yield


def _held_by_another(database: Path) -> LogbookUnavailable | LogbookDamaged:
    try:
        duckdb.connect(database, read_only=True).close()
    except duckdb.Error as error:
        return refusal(database, error)
    return LogbookUnavailable(f"The log {database} was open in another program just now. Try again.")


def _refuse_other(copy: Path, proven: Proven) -> None:
    """The copy beside the log is what the backup was: on this disk too."""
    write_anchor(copy, proven.head)
    write_anchor(access_name(copy), proven.access_head)
    if prove_copy(copy) != proven:
        raise LogbookDamaged(
            "The backup was not copied as it is: nothing was changed. Check the disk, then try again."
        )


def _missing_count(database: Path, head: Head) -> int | None:
    try:
        before = read_anchor(database)
    except LogbookDamaged:
        return None
    return None if before is None else max(0, before.row_count - head.row_count)


def _moved_aside(database: Path, at: datetime) -> Path | None:
    """Move the old log, with what was not yet folded in and copies of its anchors, to a name that says when."""
    pair = pair_path(database)
    parts = [path for path in (wal_path(pair), pair, wal_path(database), database) if path.exists()]
    if not parts:
        return None
    aside = database.with_name(f"{database.name}.replaced-{stamp(at)}")
    if aside.exists():
        raise LogbookUnavailable(f"{aside} is there already: wait a second, then try again. Nothing was changed.")
    for old, new in ((database, aside), (access_name(database), access_name(aside))):
        if anchor_path(old).is_file():
            copy_file(anchor_path(old), anchor_path(new))
    for path in parts:  # the log last: with its write-ahead log gone it would be found short, never silently
        path.rename(aside.with_name(aside.name + path.name.removeprefix(database.name)))
    sync_folder(database.parent)
    return aside


def _settings_of(backup: Path, folder: Path) -> str:
    """Put the settings of the backup beside the log when there are none; those that are there stay."""
    old, new = backup / SETTINGS, folder / SETTINGS
    if not old.is_file():
        return ""
    if not new.exists():
        copy_file(old, new)
        return f"The settings of that time were put back: {new}."
    if old.read_bytes() == new.read_bytes():
        return ""
    return f"The settings {new} were left as they are; the backup has others, in {old}: compare the two."


def _refuse_other_log(database: Path, head: Head, replaced: Path | None) -> None:
    """Open the log in its place as the app will: triggers back, both chains proved, anchors compared."""
    kept = f" The old log is {replaced}." if replaced is not None else ""
    with Logbook.open(database, create=False) as log:
        if log.head() != head or not log.verify().ok:
            raise LogbookDamaged(f"The log in its place is not what the backup was.{kept}")
