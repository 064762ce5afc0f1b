"""An uploaded sheet as a file: private, and gone as soon as it has been read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


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
