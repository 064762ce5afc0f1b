"""The anchor: how long the log was and how it ended, kept outside the database file.

A log that lost its newest events still opens and its chain still holds; only something outside can tell.
The log may be ahead of its anchor (a crash between the two), never behind.
"""

import errno
import json
import os
from pathlib import Path

from pumplog.errors import LogbookDamaged, LogbookUnavailable, Trouble
from pumplog.logbook.event import Head

_FORMAT = "pumplog-anchor-1"


def trouble_of(error: OSError) -> Trouble:
    """Whether a disk is full, or something else keeps a file from being reached."""
    return Trouble.FULL if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else Trouble.UNREACHABLE


def anchor_path(database: Path) -> Path:
    """Where the anchor of this database lies: beside it."""
    return database.with_name(database.name + ".anchor")


def access_name(database: Path) -> Path:
    """The name under which the log of who came in, kept in the same file, has an anchor of its own."""
    return database.with_name(database.name + ".access")


def read_anchor(database: Path) -> Head | None:
    """Read the anchor; None when there is none."""
    path = anchor_path(database)
    try:
        said = json.loads(path.read_bytes())
        if said["format"] == _FORMAT and int(said["row_count"]) >= 0:
            return Head(said["row_count"], str(said["head_hash"]), said["row_count"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LogbookUnavailable(f"The anchor file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError):
        pass
    raise LogbookDamaged(
        f"The anchor file {path} is damaged or was written by a newer pumplog. Put back the anchor from a "
        "backup, or move it away, look at the log's newest entries, and make a new one with "
        "'pumplog verify --new-anchor'.",
        Trouble.NO_ANCHOR,
    )


def write_anchor(database: Path, head: Head) -> None:
    """Replace the anchor so that a crash leaves the old one or the new one, never half of one."""
    path = anchor_path(database)
    temporary = path.with_name(path.name + ".new")
    said = json.dumps({"format": _FORMAT, "row_count": head.row_count, "head_hash": head.hash})
    try:
        temporary.touch(mode=0o600)
        with temporary.open("w") as file:
            file.write(said + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise LogbookUnavailable(
            f"The anchor file {path} cannot be written: {error.strerror}. Mend the disk or the "
            "folder, then try again: the same entry is never recorded twice.",
            trouble_of(error),
        ) from error
