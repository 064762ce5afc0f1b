"""One shape for every report: a table with its columns said, what stands above it, and a chart where one helps.

Page, paper and data file are made from the same `Report`, so that they cannot differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from pumplog.exports.log_words import moment_words
from pumplog.quantities import Unit, show, show_date

Cell = str | int | bool | Decimal | date | datetime | None
"""What a row may hold. None: does not apply, or was not said."""

Holds = Literal["text", "count", "number", "flag", "day", "instant"]

Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """One column: its name for machines, its head for people, what it holds, its unit, and what it is."""

    name: str
    head: str
    holds: Holds = "text"
    unit: str = ""
    says: str = ""


@dataclass(frozen=True)
class PaperColumn:
    """One column on paper: its head, its share of the width, and its lines: a word before, a column's name."""

    head: str
    share: int | None
    lines: tuple[tuple[str, str], ...]
    number: bool = False


@dataclass(frozen=True)
class Chart:
    """A picture of a report: a Vega-Lite specification with its data in it, and what it shows in words."""

    spec: Mapping[str, Any]
    says: str


@dataclass(frozen=True)
class Seal:
    """A picture that a telephone reads, as SVG, and what it says in words."""

    svg: str
    says: str


@dataclass(frozen=True)
class Report:
    """A table with everything that is said about it. `slug` begins file names; it never tells of a patient."""

    slug: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    when_empty: str = "No row fits what was asked for."
    about: Mapping[str, Any] = field(default_factory=dict)
    paper: tuple[PaperColumn, ...] = ()
    by_month_of: str | None = None
    seal: Seal | None = None

    @property
    def on_paper(self) -> tuple[PaperColumn, ...]:
        """The columns on paper: as said, else one for each column."""
        each = (PaperColumn(one.head, 1, (("", one.name),), one.holds in ("count", "number")) for one in self.columns)
        return self.paper or tuple(each)

    def place(self, name: str) -> int:
        """Where a column stands in a row."""
        return next(place for place, one in enumerate(self.columns) if one.name == name)

    def column(self, name: str) -> list[Cell]:
        """The cells of one column, from the first row to the last."""
        place = self.place(name)
        return [row[place] for row in self.rows]


def cell_words(column: Column, cell: Cell, zone: ZoneInfo) -> str:
    """One cell as people read it, instants on the clinic's clock; what does not apply is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return moment_words(cell, zone)
    if isinstance(cell, date):
        return show_date(cell)
    if isinstance(cell, Decimal):
        return show(cell, Unit(column.unit)) if column.unit in _UNITS else f"{cell:f} {column.unit}".rstrip()
    if isinstance(cell, int):
        return f"{cell:,}" if column.holds == "count" else str(cell)
    return cell


def paper_rows(report: Report, rows: Iterable[Row], zone: ZoneInfo) -> tuple[tuple[str, ...], ...]:
    """Rows as people read them, on paper and on a page: a text for each column on paper, of one or more lines."""
    places = {one.name: (place, one) for place, one in enumerate(report.columns)}
    columns = [[(before, *places[name]) for before, name in one.lines] for one in report.on_paper]

    def said(row: Row, lines: list[tuple[str, int, Column]]) -> str:
        words = ((before, cell_words(column, row[place], zone)) for before, place, column in lines)
        return "\n".join(f"{before}{word}" for before, word in words if word)

    return tuple(tuple(said(row, lines) for lines in columns) for row in rows)


_UNITS: Final = frozenset(unit.value for unit in Unit)
