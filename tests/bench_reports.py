"""The audit report of a long log: its table, its data files, its paper; and what memory all of it took."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import TypeVar

import pypdfium2

from pumplog.desk import Desk
from pumplog.exports.audit_rows import AuditFilter
from pumplog.exports.report import Report
from pumplog.exports.report_set import ReportFormat
from tests.bench_log import open_desk
from tests.clinic_of_ten_years import fill_ten_years

PUMPS_COUNT = 834
UNTIL = date(2026, 6, 1)
EVERY = AuditFilter(date(2000, 1, 1), date(2030, 1, 1))
PAPER_ROWS_COUNT = 13_800


Made = TypeVar("Made")


@dataclass
class Memory:
    """The most that this process and its children held at one moment [MB]."""

    peak_mb: int = 0
    before_mb: int = 0


@dataclass
class Times:
    """What was measured: seconds by what was done, pages, memory."""

    events_count: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    pages_count: int = 0
    volumes_count: int = 0
    memory: Memory = field(default_factory=Memory)


def report_times(folder: Path) -> Times:
    """An audit of every event as CSV and as Parquet, and the newest rows of it as about 2,000 pages of PDF."""
    times = Times(events_count=fill_ten_years(folder / "audit.duckdb", until=UNTIL, pumps_count=PUMPS_COUNT))
    with open_desk(folder / "audit.duckdb") as desk:
        desk.pumps()
        with _watched(times.memory):
            report = _timed(times, "table", partial(desk.audit, EVERY, by="bench"))
            for form in (ReportFormat.CSV, ReportFormat.PARQUET):
                _timed(times, form.value, partial(_exported, desk, report, form))
            newest = replace(report, rows=report.rows[-PAPER_ROWS_COUNT:])
            files = _timed(times, "pdf", partial(_exported, desk, newest, ReportFormat.PDF))
    papers = [content for name, content in files.items() if name.endswith(".pdf")]
    times.volumes_count = len(papers)
    times.pages_count = sum(len(pypdfium2.PdfDocument(content)) for content in papers)
    return times


def _exported(desk: Desk, report: Report, form: ReportFormat) -> dict[str, bytes]:
    return dict(desk.export_report(report, [form], by="bench").files)


def _timed(times: Times, what: str, make: Callable[[], Made]) -> Made:
    started = perf_counter()
    made = make()
    times.seconds[what] = perf_counter() - started
    return made


@contextmanager
def _watched(memory: Memory) -> Iterator[None]:
    """Look ten times a second at what this process and its children hold."""
    memory.before_mb = _held_mb()
    done = Event()

    def watch() -> None:
        while not done.wait(0.1):
            memory.peak_mb = max(memory.peak_mb, _held_mb())

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _held_mb() -> int:
    """Of this process and its children; one that is not yet another program still shares our own memory."""
    own = os.getpid()
    children = Path(f"/proc/{own}/task").glob("*/children")
    pids = [int(pid) for path in children for pid in path.read_text().split()]
    others = [pid for pid in pids if _command(pid) != _command(own)]
    return sum(map(_resident_kb, (own, *others))) // 1024


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended meanwhile
        return b""


def _resident_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it ended meanwhile
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
