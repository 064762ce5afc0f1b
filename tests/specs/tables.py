"""Reads the pipe tables of the specifications: heading by heading, row by row."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WHY = "why"


@dataclass(frozen=True)
class Row:
    """One row: its cells by header, and where it stands."""

    file: str
    heading: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, header: str) -> str:
        return self.cells[header]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def rows(file: str, heading: str) -> list[Row]:
    """The rows under a heading of a specification; there is at least one."""
    found = [row for row in every_row(file) if row.heading == heading]
    assert found, f"{file} has no table under {heading!r}"
    return found


def headings(file: str) -> set[str]:
    """Every heading with a table under it."""
    return {row.heading for row in every_row(file)}


def every_row(file: str) -> list[Row]:
    """Every row of every table of a specification."""
    heading, headers, found = "", [""], []
    for line, text in enumerate((HERE / file).read_text(encoding="utf-8").splitlines(), start=1):
        if text.startswith("## "):
            heading, headers = text.removeprefix("## "), []
        if not text.startswith("|"):
            headers = []
            continue
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        if not headers:
            headers = cells
        elif not set("".join(cells)) <= set("-: "):
            assert len(cells) == len(headers), f"{file}:{line} has {len(cells)} cells under {len(headers)} headers"
            found.append(Row(file, heading, line, dict(zip(headers, cells, strict=True))))
    return found
