"""The XML inside an XLSX file, read piece by piece, never the whole of it at once.

A workbook is read here and not through openpyxl's workbook, because that reads a sheet to its end before
it gives the first row: a sheet with a million rows could then not be refused quickly.
"""

from collections.abc import Callable, Iterator
from typing import Final, Protocol
from xml.parsers.expat import ParserCreate

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_CHUNK_BYTES: Final = 1 << 16
_UNFINISHED_BYTES: Final = 1 << 20
"""No element of a sheet is this long. The parser looks at an unfinished one anew with every piece it is given."""

_DEPTH_CEILING_COUNT: Final = 100
_NAMES_CEILING_COUNT: Final = 10_000
"""A workbook's elements are nested a few deep, and have some hundred names; the parser remembers each one."""


class Source(Protocol):
    """Anything that gives bytes piece by piece."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; none at the end."""
        ...


def parse(file: Source, start: Start, end: End, text: Text) -> Iterator[None]:
    """Tell the elements and the text of a file as they are met; yields after each piece read.

    Names come without their prefix. A document that declares a type is refused with `ValueError`:
    no spreadsheet program writes one, and entities can unpack to any size.
    """
    parser = ParserCreate()
    depth_count = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth_count
        depth_count += 1
        if depth_count > _DEPTH_CEILING_COUNT:
            raise ValueError("the elements of the workbook are nested too deeply")
        start(_bare(name) if ":" in name else name, attributes)

    def ended(name: str) -> None:
        nonlocal depth_count
        depth_count -= 1
        end(_bare(name) if ":" in name else name)

    parser.buffer_text = True
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    given_bytes = 0
    while chunk := file.read(_CHUNK_BYTES):
        given_bytes += len(chunk)
        parser.Parse(chunk, False)
        if given_bytes - parser.CurrentByteIndex > _UNFINISHED_BYTES:
            raise ValueError("an element of the workbook does not end")
        if len(parser.intern) > _NAMES_CEILING_COUNT:
            raise ValueError("the workbook has more names of elements than there are")
        yield
    parser.Parse(b"", True)
    yield


def elements(file: Source, *names: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of these names with their attributes, in order."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name in names:
            found.append((name, attributes))

    for _ in parse(file, start, lambda _name: None, lambda _text: None):
        yield from found
        found.clear()


def _bare(name: str) -> str:
    """The name of an element without its prefix."""
    return name.rpartition(":")[2]


def _refuse_doctype(*_declaration: object) -> None:
    raise ValueError("a workbook does not declare a document type")
