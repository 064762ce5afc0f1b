"""PDF documents: a template of ours, and data that goes in as text and never as markup.

Typst sets them, with the fonts that it brings and no others: Libertinus Serif, and DejaVu Sans Mono for what that one
has no sign for. What neither can draw is spelt out as [U+1F600], so that no letter of a name is silently missing.
The same data at the same moment give the same bytes.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import typst

STANDARDS: Final[list[Any]] = ["a-2a", "ua-1"]
"""PDF/A-2a and PDF/UA-1: to be kept for years, and to be read aloud."""

PAPER: Final = "a4"
_LONGEST_WORD_COUNT: Final = 16
_PIECE_COUNT: Final = 8
_UNBROKEN: Final = re.compile(rf"[^\s\u200b]{{{_LONGEST_WORD_COUNT + 1},}}")
_NUMBER_AND_UNIT: Final = re.compile(r"(?<=[0-9]) (?=(?:mcg|mg|mL|cm|h)\b)")
_JOINERS: Final = frozenset("\u200b\u200c\u200d")
"""Signs that are not seen and may stay: where a word may break, and the joiners that some scripts need."""
_NOT_SEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DRAWN_BY_BOTH: Final = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180), 0xA0)))
"""Basic Latin, Latin-1 and Latin Extended-A: known to be drawn, and not asked about."""

Tone = Literal["danger", "caution"]


@dataclass(frozen=True)
class Paper:
    """What stands around a document: its title, whose it is, and the line at the foot of each page."""

    title: str
    clinic: str
    foot: str
    paper: str = PAPER


@dataclass(frozen=True)
class Heading:
    """A heading, which is also a bookmark; level 1 is the highest, and none may be left out."""

    words: str
    level: int = 1
    part: str = "heading"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a tone puts it on a ground of its own."""

    words: str
    strong: bool = False
    tone: Tone | None = None
    part: str = "paragraph"


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and what is said under it."""

    pairs: tuple[tuple[str, str], ...]
    part: str = "facts"


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, its share of the width (None: as wide as its words), numbers to the right."""

    head: str
    share: int | None = 1
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose head is repeated on each page; `tones` by the place of the row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    tones: tuple[Tone | None, ...] = ()
    part: str = "table"


@dataclass(frozen=True)
class Picture:
    """A chart as SVG, and what it says for those who cannot see it."""

    svg: str
    says: str
    part: str = "picture"


@dataclass(frozen=True)
class Seal:
    """A small square picture for a telephone to read, as SVG, and what it says."""

    svg: str
    says: str
    part: str = "seal"


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page."""

    part: str = "new page"


Part = Heading | Paragraph | Facts | Table | Picture | Seal | NewPage


def report(
    paper: Paper, parts: Iterable[Part], *, at: datetime, under: str | None = None, flipped: bool = False
) -> bytes:
    """A report of parts in their order, as PDF; `under` stands below the title, `flipped` is landscape."""
    data = {"under": under, "flipped": flipped, "parts": [asdict(one) for one in parts]}
    return document("report", paper, data, at=at)


def document(template: str, paper: Paper, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """A document by one of the templates, as PDF; `at` is written into it as the moment it was made."""
    said = drawable({**asdict(paper), **data})
    compiler = typst.Compiler(
        _folder() / f"{template}.typ",
        root=_folder(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(said, ensure_ascii=False)},
    )
    made = _compiled(compiler, int(at.timestamp()))
    assert isinstance(made, bytes)  # noqa: S101  several results are for pictures of pages
    return made


def _compiled(compiler: typst.Compiler, moment: int) -> Any:
    """The PDF in the strict form; in the plain one if a cluster of signs cannot be drawn: paper must never fail."""
    try:
        return compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=moment)
    except typst.TypstError as refusal:
        if "could not be displayed" not in str(refusal):
            raise
        return compiler.compile(format="pdf", timestamp=moment)


def picture_svg(spec: Mapping[str, Any]) -> str:
    """A Vega-Lite chart as SVG in the documents' own type; drawn here, from data in the chart, without a network."""
    import vl_convert

    type_of_documents = {"font": "Libertinus Serif"}
    dressed = {**spec, "config": {**spec.get("config", {}), **type_of_documents}}
    svg: str = vl_convert.vegalite_to_svg(dressed, allowed_base_urls=[])
    return svg


def drawable(value: Any) -> Any:
    """Data in which every text can be drawn: long words may break, and what no font draws is spelt out."""
    if isinstance(value, str):
        return _drawable_text(value)
    if isinstance(value, Mapping):
        return {key: one if key == "svg" else drawable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [drawable(one) for one in value]
    return value


def _drawable_text(text: str) -> str:
    plain = text if text.isascii() and text.isprintable() else _spelt_out(text)
    return _NUMBER_AND_UNIT.sub("\u00a0", _UNBROKEN.sub(_in_pieces, plain))


def _spelt_out(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ")
    return "".join(sign if sign == "\n" or _is_drawn(sign) else f"[U+{ord(sign):04X}]" for sign in lines)


def _in_pieces(word: re.Match[str]) -> str:
    """A long word with places where a line may end, so that nothing runs off the paper."""
    letters = word[0]
    return "\u200b".join(letters[at : at + _PIECE_COUNT] for at in range(0, len(letters), _PIECE_COUNT))


@cache
def _is_drawn(sign: str) -> bool:
    """Whether one of the fonts has this sign; control signs and those that turn a line around are spelt out."""
    if sign in _DRAWN_BY_BOTH or sign in _JOINERS:
        return True
    if unicodedata.category(sign) in _NOT_SEEN:
        return False
    carrier = f"◌{sign}" if unicodedata.combining(sign) else sign
    source = f'#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))\n#{json.dumps(carrier, ensure_ascii=False)}'
    trial = typst.Compiler(source.encode(), font_paths=_fonts(), ignore_system_fonts=True)
    try:
        trial.compile(format="pdf", pdf_standards=["a-2u"], timestamp=0)
    except typst.TypstError:
        return False
    return True


@cache
def _fonts() -> typst.Fonts:
    """The fonts that Typst brings, and none of the machine's."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@cache
def _folder() -> Path:
    return Path(str(files("pumplog.exports"))) / "templates"
