"""The one secret that a clinic keeps in a file: by it the hospital's provider knows this program.

It stands alone in the file, so that a secret handed over by systemd or a container needs no further form.
"""

import os
import stat
from pathlib import Path
from typing import Final

from pumplog.errors import EntryRefused, Fault

SECRET_VARIABLE: Final = "PUMPLOG_HOSPITAL_SECRET"  # noqa: S105  the name of a variable that names a file
_BESIDE_THE_DATABASE: Final = "hospital.secret"
_LONGEST_BYTES: Final = 4096


def secret_file(database: Path) -> Path:
    """The file with the client secret: where the environment says, or `hospital.secret` beside the database."""
    said = os.environ.get(SECRET_VARIABLE)
    return Path(said) if said else database.parent / _BESIDE_THE_DATABASE


def client_secret(path: Path) -> str:
    """The secret in a file; refused, with the mend, if it is not there or others may read it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_LONGEST_BYTES + 1)
    except OSError as error:
        says = f"The hospital's client secret cannot be read from {path.name} ({error.strerror}): put it there,"
        raise _refused(f"{says} or name its file in {SECRET_VARIABLE}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        says = f"{path.name} holds a secret that others on this machine may read: set it to its owner alone"
        raise _refused(f"{says} (chmod 600 {path.name}).")
    text = content.decode("ascii", errors="replace").strip()
    if len(content) > _LONGEST_BYTES or not text or not text.isascii() or not text.isprintable() or " " in text:
        raise _refused(f"{path.name} must hold the hospital's client secret and nothing else, on one line.")
    return text


def _refused(says: str) -> EntryRefused:
    return EntryRefused(Fault("hospital.secret", says))
