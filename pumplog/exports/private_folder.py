"""Files with patients in them, put into a folder: whole or not at all, for their owner alone, old ones let go."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from pumplog.errors import EntryRefused, Fault


def put_files(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, made when it is not there; each replaces one of its name in one step.

    Raises EntryRefused with what the machine said, and leaves no half of a file.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in files.items():
            _put(folder / name, content)
        _sync(folder)
    except OSError as refused:
        why = refused.strerror or type(refused).__name__
        says = f"The folder {folder} cannot be written to ({why}): check that it is there, has room, and is yours."
        raise EntryRefused(Fault("out", says)) from refused
    return tuple(folder / name for name in files)


def let_go_of_old(folder: Path, stem: str, *, today: date, keep_days: int) -> tuple[str, ...]:
    """Take away files named `<stem>-<day>.…` of days longer ago than that; the newest of them always stays."""
    named = re.compile(rf"{re.escape(stem)}-([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})\.[a-z]+")
    matched = [(match[1], path) for path in folder.iterdir() if (match := named.fullmatch(path.name))]
    dated = [(day, path) for said, path in matched if (day := _day(said)) is not None]
    newest = max((day for day, _ in dated), default=today)
    old = [path for day, path in dated if day < min(newest, today - timedelta(days=keep_days))]
    for path in old:
        path.unlink(missing_ok=True)
    return tuple(sorted(path.name for path in old))


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:  # the name only looks like ours
        return None


def _put(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Have the folder itself remember the new names."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
