"""An uploaded sheet as a file: private, gone as soon as it has been read, and under a name that does no harm."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

KINDS: Final = ("csv", "xlsx")
"""How the name of a sheet may end, which Streamlit asks for in the browser and again on the server."""

_NAME_LETTERS: Final = 100


@contextmanager
def private_file(content: bytes) -> Iterator[Path]:
    """Put uploaded bytes into a file that this process alone may read; it is deleted at the end, whatever happens.

    The file has a name of ours: what it is, is told by its content.
    """
    with TemporaryDirectory(prefix="pumplog-") as folder:
        path = Path(folder) / "sheet"
        path.touch(mode=0o600)
        path.write_bytes(content)
        yield path


def shown_name(name: str) -> str:
    """How an uploaded file is called on screen and in the log: without folders, on one line, and not endless.

    The name is what the sender says; nothing is opened or written by it.
    """
    last = re.split(r"[/\\]", name)[-1]
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in last).split())
    if not words.strip("."):
        return "a sheet without a name"
    half = _NAME_LETTERS // 2
    return words if len(words) <= _NAME_LETTERS else f"{words[:half]} … {words[-half:]}"
