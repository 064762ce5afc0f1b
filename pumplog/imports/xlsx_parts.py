"""The parts of an XLSX file, which is a zip archive: refused when they are too many, too dense or too much.

What an archive says of itself is looked at before anything is unpacked; what is unpacked is counted all the same,
because it need not be true.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from zipfile import ZipFile

from pumplog.errors import EntryRefused
from pumplog.imports.raw import Deadline, refused_file
from pumplog.reference import Policy

_UNPACKED_TIMES: Final = 2
"""A workbook may unpack to this many times what a file may weigh; more is a trap or a mistake."""

_RATIO_CEILING: Final = 200
_RATIO_FROM_BYTES: Final = 1_000_000
"""Sheets of repeated cells pack to a fiftieth, bombs to a thousandth; a small part may be as dense as it likes."""

_PARTS_CEILING_COUNT: Final = 1_000
_PART_MARK: Final = b"PK\x01\x02"
"""A workbook has some dozens of parts; each stands in the directory of the file under this mark."""


@contextmanager
def open_parts(path: Path, policy: Policy, deadline: Deadline) -> Iterator["Parts"]:
    """Open a workbook by its parts; refused before unpacking when it is a bomb."""
    # Counted before the directory is read, which takes time and memory for each part.
    if path.read_bytes().count(_PART_MARK) > _PARTS_CEILING_COUNT:
        raise _too_much(f"The workbook has more than {_PARTS_CEILING_COUNT:,} parts")
    with ZipFile(path) as archive:
        _refuse_a_bomb(archive, policy)
        yield Parts(archive, policy, deadline)


def _refuse_a_bomb(archive: ZipFile, policy: Policy) -> None:
    """Refuse before unpacking what says of itself that it unpacks to far more than a sheet of refill visits."""
    ceiling = _unpacked_ceiling(policy)
    if sum(member.file_size for member in archive.infolist()) > ceiling:
        raise _unpacks_to_more_than(ceiling)
    for member in archive.infolist():
        if member.file_size > max(_RATIO_FROM_BYTES, _RATIO_CEILING * member.compress_size):
            raise _too_much(f"A part of the workbook unpacks to more than {_RATIO_CEILING} times its size")


def _unpacked_ceiling(policy: Policy) -> int:
    return _UNPACKED_TIMES * policy.import_bytes_ceiling_count.value


def _unpacks_to_more_than(ceiling: int) -> EntryRefused:
    return _too_much(f"The workbook unpacks to more than {ceiling // 1_000_000:,} MB")


def _too_much(says: str) -> EntryRefused:
    return refused_file(f"{says}: keep the sheet with the refill visits alone, split it, and save it again.")


class Parts:
    """The parts of a workbook, which are counted while they are read: what a file says of its sizes may be untrue."""

    def __init__(self, archive: ZipFile, policy: Policy, deadline: Deadline) -> None:
        self._archive = archive
        self._ceiling = _unpacked_ceiling(policy)
        self._deadline = deadline
        self._unpacked_bytes = 0

    @contextmanager
    def open(self, path: str) -> Iterator["_Part"]:
        """Open one part to be read."""
        with self._archive.open(path) as file:
            yield _Part(file, self)

    def count(self, unpacked_bytes: int) -> None:
        """Count what was read; refuse when it is too much, or has taken too long."""
        self._deadline.check()
        self._unpacked_bytes += unpacked_bytes
        if self._unpacked_bytes > self._ceiling:
            raise _unpacks_to_more_than(self._ceiling)


class _Part:
    """One part of a workbook."""

    def __init__(self, file: IO[bytes], parts: Parts) -> None:
        self._file = file
        self._parts = parts

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`."""
        chunk = self._file.read(size)
        self._parts.count(len(chunk))
        return chunk
