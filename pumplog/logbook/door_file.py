"""Where the app that has a log open can be asked: a file beside the database that its owner alone can read."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_FORMAT: Final = "pumplog-door-1"


@dataclass(frozen=True)
class DoorFile:
    """The socket of the app, the word that opens it, and the very file that it has open.

    A copy of the database that somebody made together with this file is another file: it must not lead to the
    app of the first one. So the file is named by its place on the disk, not by its path.
    """

    socket: str
    token: str
    process_id: int
    device: int
    inode: int


def door_file_path(database: Path) -> Path:
    """Where the file lies: beside the database."""
    return database.with_name(f"{database.name}.door")


def write_door_file(database: Path, *, socket: str, token: str) -> None:
    """Say where this process can be asked about a database that it has open."""
    place = database.stat()
    door = DoorFile(socket, token, os.getpid(), place.st_dev, place.st_ino)
    path = door_file_path(database)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"format": _FORMAT, **asdict(door)}, file)


def read_door_file(database: Path) -> DoorFile | None:
    """What the file beside a database says; None when there is none for this very file, or none that can be read."""
    try:
        said = json.loads(door_file_path(database).read_bytes())
        if said.pop("format") != _FORMAT:
            return None
        door, place = DoorFile(**said), database.stat()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return door if (door.device, door.inode) == (place.st_dev, place.st_ino) else None


def remove_door_file(database: Path) -> None:
    """Take the file away when it is this process's own."""
    door = read_door_file(database)
    if door is not None and door.process_id == os.getpid():
        door_file_path(database).unlink(missing_ok=True)
