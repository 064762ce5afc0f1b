"""A backup: a folder with a copy of the log, its anchors and the clinic's settings; put in place whole or not at all.

Its name says when it was made, in UTC, and nothing else. The copy is proved where it comes to lie, by opening it
again, before the folder gets its name.
"""

import errno
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

import duckdb

from pumplog.errors import EntryRefused, Fault, LogbookDamaged
from pumplog.logbook.anchor import access_name, anchor_path, read_anchor, write_anchor
from pumplog.logbook.chain import EMPTY
from pumplog.logbook.copying import Copied
from pumplog.logbook.database import is_there, open_read_only
from pumplog.logbook.event import Head
from pumplog.logbook.folding import sync_folder
from pumplog.logbook.guards import guards_are_whole
from pumplog.logbook.migrate import known_version, shipped_migrations
from pumplog.logbook.proof import HAS_ACCESS_LOG, prove
from pumplog.logbook.table import ACCESS_LOG

BY_HAND: Final = "pumplog-backup"
BY_NIGHT: Final = "pumplog-nightly"
"""How the names of backups begin; those of the night alone are let go of when they are many."""
_STAMP_LENGTH: Final = len("2026-05-05T03-30-00Z")


@dataclass(frozen=True)
class Backup:
    """A backup in its place: its folder, the copy in it, and how the log of the copy ends."""

    folder: Path
    database: Path
    head: Head


@dataclass(frozen=True)
class Proven:
    """How both logs of a copy end, and whether the triggers that refuse changes are on them."""

    head: Head
    access_head: Head
    guarded: bool


def put_in_place(copied: Copied, to: Path, *, begins: str, at: datetime, beside: Iterable[Path] = ()) -> Backup:
    """Move a copy and what belongs to it into a folder of its own under `to`; proved there before it has its name.

    `beside` are files that are copied with it, where they are there. Raises EntryRefused when the folder cannot be
    written to, LogbookDamaged when the copy does not prove itself; then nothing is left of it.
    """
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = _free_name(to, begins, at)
        fresh, folder = to / f".{name}.new", to / name
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        try:
            database = fresh / copied.database.name
            move(copied.path, database)
            for path in beside:
                if path.is_file():
                    copy_file(path, fresh / path.name)
            write_anchor(database, copied.head)
            write_anchor(access_name(database), copied.access_head)
            proven = prove_copy(database)
            if (proven.head, proven.access_head) != (copied.head, copied.access_head) or not proven.guarded:
                raise LogbookDamaged("The backup is not what the log was when it was copied: it was thrown away.")
            sync_folder(fresh)
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        sync_folder(to)
    except OSError as refused:
        why = refused.strerror or type(refused).__name__
        says = f"No backup could be put into {to} ({why}): check that the folder is there, has room, and is yours."
        raise EntryRefused(Fault("to", says)) from refused
    finally:
        copied.path.unlink(missing_ok=True)
    return Backup(folder, folder / copied.database.name, proven.head)


def _free_name(to: Path, begins: str, at: datetime) -> str:
    """A name by its second, or by the next one that no other backup has: two may be made within one."""
    later = (f"{begins}-{stamp(at + timedelta(seconds=seconds))}" for seconds in count())
    return next(name for name in later if not (to / name).exists())


def prove_copy(database: Path) -> Proven:
    """Walk both logs of a copy whole and compare their anchors; nothing of it is changed.

    Raises LogbookDamaged with what is wrong, LogbookUnavailable for what is not a log, or a newer one.
    """
    anchor, access_anchor = read_anchor(database), read_anchor(access_name(database))
    if anchor is None:
        raise LogbookDamaged(
            f"The copy {database} has no anchor {anchor_path(database).name} beside it, so nobody can say whether "
            "its newest events were cut off. Take a backup that has one."
        )
    with open_read_only(database) as cursor:
        try:
            version = known_version(cursor, shipped_migrations())
            found, head = prove(cursor, anchor)
            access_head = EMPTY
            if found.ok and version >= HAS_ACCESS_LOG:
                found, access_head = prove(cursor, access_anchor, ACCESS_LOG)
            guarded = guards_are_whole(cursor)
        except duckdb.Error as error:
            said = str(error).partition("\n")[0].rstrip(".")
            raise LogbookDamaged(f"The copy {database} cannot be read ({said}).") from error
    if not found.ok:
        raise LogbookDamaged(f"The copy {database} does not prove itself. {found.says}")
    if head != anchor:
        raise LogbookDamaged(f"The copy {database} and its anchor do not end alike.")
    return Proven(head, access_head, guarded)


def let_go_of_old_backups(to: Path, *, keep_count: int, newest: Path) -> tuple[str, ...]:
    """Take away the oldest backups of the night beyond so many, never `newest`; by their names, not by the clock."""
    found = _backups_in(to, BY_NIGHT)
    old = [path for path in found[:-keep_count] if path != newest]
    for path in old:
        leaving = path.with_name(f".{path.name}.old")  # half a backup must not look like one
        path.rename(leaving)
        shutil.rmtree(leaving)
    return tuple(path.name for path in old)


def newest_backup(to: Path) -> Path | None:
    """The copy in the newest backup of a folder, by its name; None when there is none."""
    found = [*_backups_in(to, BY_NIGHT), *_backups_in(to, BY_HAND)]
    return database_in(max(found, key=lambda path: path.name[-_STAMP_LENGTH:])) if found else None


def _backups_in(to: Path, begins: str) -> list[Path]:
    """Every backup of a kind, oldest first."""
    named = re.compile(rf"{re.escape(begins)}-[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}Z")
    return sorted(path for path in to.iterdir() if path.is_dir() and named.fullmatch(path.name))


def stamp(at: datetime) -> str:
    """A moment as it stands in a file's name, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")


def database_in(backup: Path) -> Path:
    """The copy in a backup, named by its folder or by the file itself. Raises EntryRefused when there is none."""
    if backup.is_dir():
        found = [path for path in sorted(backup.iterdir()) if path.is_file() and anchor_path(path).is_file()]
        if len(found) != 1:
            says = f"There is no backup in the folder {backup}: name the one that 'pumplog backup' made."
            raise EntryRefused(Fault("backup", says))
        return found[0]
    if not is_there(backup):
        raise EntryRefused(Fault("backup", f"There is no backup at {backup}: check the path."))
    return backup


def move(source: Path, target: Path) -> None:
    """Move a file, to another disk too; its owner alone may read it, and it is on the disk when this ends."""
    try:
        source.rename(target)
    except OSError as refused:
        if refused.errno != errno.EXDEV:
            raise
        copy_file(source, target)
        source.unlink()
    else:
        target.chmod(0o600)
        _sync(target)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file for its owner alone; on the disk when this ends."""
    with (
        source.open("rb") as old,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new,
    ):
        shutil.copyfileobj(old, new, 1 << 20)
        new.flush()
        os.fsync(new.fileno())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
