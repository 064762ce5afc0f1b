"""A report on paper: what it is of on the first page, then its rows; a long one in volumes.

Setting a table takes memory in proportion to its rows, so a volume holds `VOLUME_ROWS_COUNT` of them and is set in a
process of its own, one after the other. Each volume is a whole document: tagged, PDF/A-2a, with its own bookmarks,
pages numbered x of y, and the volume numbered likewise on every page, so that a missing page or volume is noticed.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from pumplog.errors import EntryRefused, Fault
from pumplog.exports import typeset
from pumplog.exports.report import Cell, Report, paper_rows
from pumplog.exports.volume import set_volume

VOLUME_ROWS_COUNT: Final = 250
"""House policy: so many rows of an audit fill about forty pages."""
WHOLE_ROWS_COUNT: Final = 1_000
"""House policy: up to so many rows a report is one document, whatever memory its setting takes for a moment."""

Rows = Sequence[tuple[Cell, ...]]


def report_pdf(
    report: Report, *, at: datetime, clinic: str, zone: ZoneInfo, tell: Callable[[int, int], None] | None = None
) -> dict[str, bytes]:
    """The report as PDF by file name: one file, or one for each volume. `tell` hears how many are done."""
    rows_count = len(report.rows)
    size = rows_count if rows_count <= WHOLE_ROWS_COUNT else VOLUME_ROWS_COUNT
    count = -(-rows_count // size) if rows_count else 1

    def asked(place: int) -> dict[str, Any]:
        return _volume(report, report.rows[place * size : (place + 1) * size], place, count, clinic, zone, at)

    if count == 1:
        here = rows_count <= VOLUME_ROWS_COUNT
        return {f"{report.slug}.pdf": set_volume(asked(0)) if here else _set_outside(asked(0))}
    files: dict[str, bytes] = {}
    for place in range(1, count + 1):
        files[f"{report.slug}-volume-{place:0{len(str(count))}}-of-{count}.pdf"] = _set_outside(asked(place - 1))
        if tell is not None:
            tell(place, count)
    return files


def _volume(
    report: Report, rows: Rows, place: int, of: int, clinic: str, zone: ZoneInfo, at: datetime
) -> dict[str, Any]:
    """What one volume is set from, as plain data."""
    which = f"Volume {place + 1} of {of}" if of > 1 else ""
    made = dict(report.facts).get("Made", "")
    foot = " · ".join(part for part in (which, report.title, f"made {made}" if made else "") if part)
    parts = [*(_front(report) if place == 0 else (typeset.Heading("Rows"),)), *_tables(report, rows, zone)]
    under = which or None
    paper = typeset.Paper(title=report.title, clinic=clinic, foot=foot)
    return {
        "paper": asdict(paper),
        "data": {"under": under, "flipped": True, "parts": [asdict(part) for part in parts]},
        "at": at.isoformat(),
    }


def _front(report: Report) -> Iterator[typeset.Part]:
    if report.facts:
        yield typeset.Heading("What this report is of")
        yield typeset.Facts(report.facts)
    if report.seal is not None:
        yield typeset.Seal(report.seal.svg, report.seal.says)
    for note in report.notes:
        yield typeset.Paragraph(note)
    for chart in report.charts:
        yield typeset.Picture(typeset.picture_svg(chart.spec), chart.says)
    yield typeset.Heading("Rows")
    if not report.rows:
        yield typeset.Paragraph(report.when_empty)


def _tables(report: Report, rows: Rows, zone: ZoneInfo) -> Iterator[typeset.Part]:
    columns = tuple(typeset.Column(one.head, one.share, one.number) for one in report.on_paper)
    for month, those in groupby(rows, _month_of(report, zone)):
        if month:
            yield typeset.Heading(month, 2)
        yield typeset.Table(columns, paper_rows(report, those, zone))


def _month_of(report: Report, zone: ZoneInfo) -> Callable[[tuple[Cell, ...]], str]:
    if report.by_month_of is None:
        return lambda _: ""
    place = report.place(report.by_month_of)

    def month(row: tuple[Cell, ...]) -> str:
        cell = row[place]
        if isinstance(cell, datetime):
            cell = cell.astimezone(zone).date()
        return f"{cell:%B %Y}" if isinstance(cell, date) else "Without a day"

    return month


def _set_outside(asked: dict[str, Any]) -> bytes:
    """One volume as PDF, set in a process of its own, which gives its memory back."""
    command = [sys.executable, "-m", "pumplog.exports.volume"]
    done = subprocess.run(command, input=json.dumps(asked).encode(), capture_output=True, check=False)  # noqa: S603  our own words alone
    if done.returncode != 0:
        raise EntryRefused(Fault("format", "A volume could not be set as PDF on this machine: take another form."))
    return done.stdout
