"""The XML inside an XLSX file, read piece by piece, never the whole of it at once.

A workbook is read here and not through openpyxl's workbook, because that reads a sheet to its end before
it gives the first row: a sheet with a million rows could then not be refused quickly.
"""

from collections.abc import Callable, Iterator
from typing import IO, Final
from xml.parsers.expat import ParserCreate

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_CHUNK_BYTES: Final = 1 << 16


def parse(file: IO[bytes], start: Start, end: End, text: Text) -> Iterator[None]:
    """Tell the elements and the text of a file as they are met; yields after each piece read.

    Names come without their prefix. A document that declares a type is refused with `ValueError`:
    no spreadsheet program writes one, and entities can unpack to any size.
    """
    parser = ParserCreate()

    def root(name: str, attributes: dict[str, str]) -> None:
        prefixed = ":" in name
        parser.StartElementHandler = (lambda name, given: start(_bare(name), given)) if prefixed else start
        parser.EndElementHandler = (lambda name: end(_bare(name))) if prefixed else end
        parser.StartElementHandler(name, attributes)

    parser.buffer_text = True
    parser.StartElementHandler = root
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    while chunk := file.read(_CHUNK_BYTES):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def elements(file: IO[bytes], *names: str) -> Iterator[tuple[str, dict[str, str]]]:
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
