"""The files that hold patients or secrets: written for their owner alone, and refused when others may read them."""

import os
import secrets
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pumplog
from pumplog.errors import EntryRefused, Fault

_OWNER_ALONE: Final = 0o077
_OTHERS: Final = 0o007
_SECRET_BYTES: Final = 32


def keep_files_private() -> None:
    """Have every file that this process writes from now on belong to its owner alone."""
    os.umask(_OWNER_ALONE)


def refuse_files_that_others_may_read(database: Path) -> None:
    """Refuse a database, anything kept beside it, or a file of secrets that everybody on the machine may read."""
    open_to_all = [path for path in _files_with_secrets(database) if _others_may(path)]
    if open_to_all:
        names = ", ".join(path.name for path in open_to_all)
        one = len(open_to_all) == 1
        says = f"Everybody on this machine may read or change {names}, which {'is' if one else 'are'} the clinic's"
        mend = f"chmod 600 {shlex.join(map(str, open_to_all))}"
        raise EntryRefused(
            Fault("files", f"{says} own: give {'it' if one else 'them'} to its owner alone with: {mend} .")
        )


def secret_path(database: Path) -> Path:
    """Where the secret lies with which cookies are signed: beside the database."""
    return database.with_name(f"{database.name}.cookie-secret")


def cookie_secret(database: Path) -> str:
    """The secret with which cookies are signed, made at the first start; a new one makes every signed cookie void."""
    path = secret_path(database)
    try:
        kept = path.read_bytes().strip() if path.exists() else b""
        if len(kept) >= 2 * _SECRET_BYTES and kept.isalnum():
            return kept.decode("ascii")
        return _new_secret(path)
    except OSError as error:
        says = f"The file {path} for signing cookies cannot be read or written ({error.strerror})"
        raise EntryRefused(
            Fault("cookie_secret", f"{says}: give it and its folder to the account that serves.")
        ) from error


def _new_secret(path: Path) -> str:
    """A new secret, in its place as a whole or not at all."""
    fresh = secrets.token_hex(_SECRET_BYTES)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return fresh


def _files_with_secrets(database: Path) -> Iterator[Path]:
    """The database and whatever is kept beside it under its name, the clinic's settings, Streamlit's secrets."""
    folder = database.parent
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.name.startswith(database.name))
    yield folder / "clinic.toml"
    package = Path(pumplog.__file__).parent
    starts = dict.fromkeys((Path.cwd(), _home(), package.parent, package / "data"))
    yield from (start / ".streamlit" / "secrets.toml" for start in starts if start is not None)


def _home() -> Path | None:
    """The home of the account that serves; a service account may have none."""
    with suppress(RuntimeError):
        return Path.home()
    return None


def _others_may(path: Path) -> bool:
    return path.is_file() and bool(path.stat().st_mode & _OTHERS)
