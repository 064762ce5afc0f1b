"""`make bench`: medians beside the floor each can be compared with. Figures are printed, never asserted."""

import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from pumplog.demo import fill_demo
from tests import bench_board, bench_column, bench_log, bench_plan, bench_reports, bench_visit
from tests.browser.conftest import CHROMIUM
from tests.clinic_of_ten_years import fill_ten_years

CASES_COUNT = 100_000
COLUMN_COUNT = 1_000_000
SAMPLE_COUNT = 25_000
RUNS_COUNT = 5
VISITS_COUNT = 25
PROVEN_COUNT = 500_000
PAPER_PUMPS_COUNT = 500


@dataclass(frozen=True)
class Figure:
    """Several runs of one thing [s]."""

    median: float
    best: float


def figure(runs: Iterable[float]) -> Figure:
    """The median and the best of several runs."""
    seconds = list(runs)
    return Figure(median(seconds), min(seconds))


def several(seconds: Callable[[], float], runs_count: int = RUNS_COUNT) -> Figure:
    """The figure of several runs, one after the other."""
    return figure(seconds() for _ in range(runs_count))


def line(what: str, ours: Figure, goal: str, *floors: tuple[str, Figure]) -> None:
    """One figure, its goal, and each floor with the ratio to it."""
    print(f"{what:<58} {shown(ours)}   goal {goal}")
    for floor, found in floors:
        print(f"    floor: {floor:<47} {shown(found)}   ratio {ours.median / found.median:.1f}")


def shown(one: Figure) -> str:
    """The median and the best."""
    return f"{duration(one.median):>9} (best {duration(one.best):>9})"


def duration(seconds: float) -> str:
    """Seconds, or milliseconds below one second."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def machine() -> None:
    """What all this ran on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "numpy", "pandas", "pydantic"))
    cores_count = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    print(f"{cores_count} cores, {platform.machine()}, Python {platform.python_version()}, {packages}")
    print(f"load before: {load:.1f} (above 0.5 somebody else is running here, and figures are too high)\n")


def cases(folder: Path) -> None:
    """A file of cases through the command line."""
    given, out, floor_out = folder / "cases.csv", folder / "out.csv", folder / "floor.csv"
    bench_column.write_cases(given, CASES_COUNT)
    ours = several(lambda: bench_column.seconds_of_cases(given, out), 3)
    floor = several(lambda: bench_column.seconds_of_numpy_cases(given, floor_out), 3)
    line(
        f"calc next-refill --cases, {CASES_COUNT:,} rows, whole process",
        ours,
        "3 s",
        ("pandas and plain numpy", floor),
    )
    compared, differing = bench_column.differing_in(out, floor_out)
    print(f"    {compared:,} rows compared with the floor's binary floats, {differing:,} differ in a date\n")


def column() -> None:
    """The calculation over columns, alone."""
    table = bench_column.realistic(COLUMN_COUNT)
    ours = several(lambda: bench_column.seconds_of_column(table))
    floor = several(lambda: bench_column.seconds_of_numpy_column(table))
    what = f"column of {COLUMN_COUNT:,} next-refill answers"
    line(what, ours, "1,000,000 a second", ("the same arithmetic in plain numpy", floor))
    print(f"    {COLUMN_COUNT / ours.median:,.0f} answers a second")
    compared, differing = bench_column.unequal_among(table, SAMPLE_COUNT)
    print(f"    {compared:,} rows compared with the explained answers, {differing:,} differ\n")


def log(folder: Path) -> None:
    """A log of ten years."""
    database = folder / "ten_years.duckdb"
    events_count = fill_ten_years(database, until=bench_log.UNTIL)
    first = several(lambda: bench_log.seconds_to_first_board(database))
    plain = several(lambda: bench_log.seconds_to_read_plainly(database))
    floor = ("reading the same events with plain DuckDB", plain)
    line(f"log of {events_count:,} events: open to first board", first, "1.5 s", floor)
    plain_log = bench_log.PlainLog(database, folder / "plain.duckdb")
    with bench_log.open_desk(database) as desk:
        rows_count = len(desk.board().rows)
        again = several(lambda: bench_log.seconds_of_board_again(desk), VISITS_COUNT)
        asked = several(lambda: bench_log.seconds_of_asking_plainly(desk), VISITS_COUNT)
        line(f"board of {rows_count} pumps again", again, "50 ms", ("asking the log whether anything is new", asked))
        with bench_log.counted() as every:
            visits = [bench_log.seconds_of_visit(desk, number, number) for number in range(VISITS_COUNT)]
        commit = several(lambda: plain_log.seconds_of_commit(checkpoint=False), VISITS_COUNT)
        with_checkpoint = several(lambda: plain_log.seconds_of_commit(checkpoint=True), VISITS_COUNT)
        floors = ("a bare one-row commit", commit), ("the same with CHECKPOINT", with_checkpoint)
        line("one more visit, durable, worked out again", figure(visits), "30 ms", *floors)
        bench_log.seconds_of_board_again(desk)
        entry = desk.read_entry(bench_log.one_more_visit(desk, VISITS_COUNT, VISITS_COUNT))
        pump_id = desk.pump_id(entry.pump_serial or "")
        seen = desk.seen(pump_id)
        with bench_log.counted() as worked_out:
            desk.record(entry, by="I. Thistlewick", seen=seen)
            desk.board()
    print(f"    {VISITS_COUNT} visits: {len(set(every.outlooks))} pumps' outlooks worked out")
    others = (set(worked_out.outlooks) | set(worked_out.folded)) - {pump_id}
    print(f"    a save and the board after it: {len(worked_out.outlooks)} outlooks worked out,")
    print(f"    of other pumps than the one visited: {len(others)} of {rows_count - 1}")


def proof(folder: Path) -> None:
    """A long log walked from end to end."""
    database = folder / "long.duckdb"
    bench_log.write_long_log(database, PROVEN_COUNT)
    ours = several(lambda: bench_log.seconds_to_verify(database), 3)
    plain = several(lambda: bench_log.seconds_to_read_plainly(database), 3)
    floor = ("reading the same events with plain DuckDB", plain)
    line(f"log of {PROVEN_COUNT:,} events: verified from end to end", ours, "10 s", floor)


def plan() -> None:
    """The proposed schedule of a registry, and what it costs."""
    proposed = bench_plan.seconds_of_plan()[1]
    ours = several(lambda: bench_plan.seconds_of_plan()[0], 3)
    line(f"schedule of {bench_plan.PUMPS_COUNT:,} pumps over 26 weeks", ours, "20 s")
    for words in bench_plan.plan_lines(proposed):
        print(words)
    print()


def papers(folder: Path) -> None:
    """The papers of a large clinic."""
    database = folder / "papers.duckdb"
    fill_ten_years(database, until=bench_log.UNTIL, pumps_count=PAPER_PUMPS_COUNT)
    with bench_log.open_desk(database) as desk:
        pumps_count = len(desk.board().rows)
        digest = several(lambda: bench_log.seconds_of_papers(lambda: desk.digest(by="bench")), 3)
        pack = several(lambda: bench_log.seconds_of_papers(lambda: desk.downtime_pack(by="bench")), 3)
        (content,) = desk.downtime_pack(by="bench").files.values()
    line(f"digest of {pumps_count} pumps: HTML, text and PDF", digest, "none set")
    line(f"downtime pack of {pumps_count} pumps, {len(content) / 1e6:.1f} MB", pack, "none set")


def reports(folder: Path) -> None:
    """The audit report of a long log."""
    times = bench_reports.report_times(folder)
    what = f"audit of {times.events_count:,} events"
    for form in ("csv", "parquet"):
        seconds = times.seconds["table"] + times.seconds[form]
        line(f"{what} as {form}, its table and the walk included", figure([seconds]), "5 s")
    paper = f"{times.pages_count:,} pages of PDF in {times.volumes_count} volumes"
    line(paper, figure([times.seconds["pdf"]]), "60 s for 2,000 pages")
    memory = times.memory
    print(
        f"    memory: {memory.before_mb:,} MB with the log read, at most {memory.peak_mb:,} MB, children included\n"
    )


def visit(folder: Path) -> None:
    """The refill visit: server time of each step, a draft, a nurse's clicks and keys, Save."""
    demo, ten_years = folder / "demo.duckdb", folder / "ten_years.duckdb"
    fill_demo(demo)
    for what, database in (("demo clinic", demo), ("log of ten years", ten_years)):
        for step in bench_visit.step_times(database):
            times = f"{duration(step.median):>9} p95 {duration(step.p95):>9}"
            print(f"visit, {what}, step {step.title:<16} {times}   goal p95 150 ms")
    with bench_log.open_desk(ten_years) as desk:
        line("a draft of 90 fields kept", figure(bench_visit.seconds_of_drafts(desk)), "30 ms")
    if not CHROMIUM.exists():
        print("no browser here: clicks, keys and Save are not measured")
        return
    journey = bench_visit.ordinary_visit(folder)
    print(f"an ordinary visit: {journey.clicks_count} taps and {journey.keys_count} keys, the search included")
    print(f"from Save to Saved, in the browser: {duration(journey.save_seconds)}")


def board(folder: Path) -> None:
    """The board of a registry: the desk, the page's script, and a browser."""
    database, served = folder / "registry.duckdb", folder / "served"
    served.mkdir()
    bench_board.fill_registry(database, today=datetime.now(UTC).date())
    desk = bench_board.desk_times(database, 3)
    what = f"board of {bench_board.PUMPS_COUNT:,} pumps"
    line(f"{what}: open to first board", figure(desk.first), "10 s")
    line(f"{what} again", figure(desk.again), "200 ms")
    line(f"{what}, first of the next day", figure(desk.next_day), "3 s")
    line(f"{what}: the page's whole script again", figure(bench_board.script_times(database, RUNS_COUNT)), "1 s")
    times = bench_board.browser_times(database, served, RUNS_COUNT)
    if times is None:
        print(f"    no browser here ({CHROMIUM}): first paint and search not measured\n")
        return
    line(f"{what} on a tablet: reload to first row", figure(times.first_row), "2 s")
    line("    to the whole page at rest", figure(times.whole), "4 s")
    line("    a search, to its row", figure(times.searched), "2 s")
    started = bench_board.start_times(database, served, 1)
    if started is not None:
        line("    first browser of a server, as soon as it answers", figure(started.at_once), "none set")
        line("    the same, half a minute later", figure(started.later), "2 s")
    print(f"    over the wire: the page {median(times.page_bytes):,.0f} bytes, ", end="")
    print(f"a search {median(times.searched_bytes):,.0f} bytes\n")


def main() -> None:
    """Print every figure."""
    machine()
    with TemporaryDirectory() as folder:
        column()
        plan()
        board(Path(folder))
        log(Path(folder))
        proof(Path(folder))
        print()
        papers(Path(folder))
        print()
        reports(Path(folder))
        visit(Path(folder))
        print()
        cases(Path(folder))


if __name__ == "__main__":
    main()
