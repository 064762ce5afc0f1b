"""The key with which heads are signed: a private file beside the database, made at first need.

It shows that a head was made where this file lies, not by whom: whoever administers the machine holds it too. Against
them stands the copy of a head that is kept elsewhere, on paper.
"""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from pumplog.errors import LogbookUnavailable

_OWNER_ALONE: Final = 0o600


def signing_key_path(database: Path) -> Path:
    """Where the key lies: beside the database."""
    return database.with_name(f"{database.name}.signing-key")


def signing_key(database: Path) -> Ed25519PrivateKey:
    """The key of this database, made when there is none. Raises LogbookUnavailable for a file that is no key."""
    path = signing_key_path(database)
    try:
        kept = path.read_bytes() if path.exists() else _made(path)
    except OSError as error:
        raise LogbookUnavailable(
            f"The file {path} for signing heads cannot be read or written ({error.strerror}): give it and its folder "
            "to the account that serves."
        ) from error
    try:
        key = load_pem_private_key(kept, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise LogbookUnavailable(
        f"The file {path} holds no key for signing heads. Put it back from a backup; or move it away, and a new key "
        "is made, which heads signed from then on name."
    )


def _made(path: Path) -> bytes:
    """Make a key, in its place as a whole or not at all."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return pem
