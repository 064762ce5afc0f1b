"""A program that the tests of a full disk start: it writes until there is no room, then makes room and writes on.

No room is either a limit on the size of each file, or a small disk of its own with ballast on it.
"""

import json
import resource
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from pumplog.errors import LogbookDamaged, LogbookUnavailable, PumplogError
from pumplog.logbook import Kept, Logbook, Shelf
from pumplog.logbook.backup import BY_HAND, put_in_place
from pumplog.logbook.restore import restore
from tests.logbook.said import new

REFUSALS = 3
WRITES = 40
AT = datetime(2026, 5, 5, 3, 30, tzinfo=UTC)

Room = Callable[[], Any]


@contextmanager
def files_no_longer_than(size_bytes: int) -> Iterator[None]:
    """Have the machine refuse to make any file longer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def disk_with_only(free_bytes: int, folder: Path) -> Iterator[None]:
    """Fill the disk of a folder up to so much."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        file.write(b"\0" * max(0, shutil.disk_usage(folder).free - free_bytes))
    try:
        yield
    finally:
        ballast.unlink(missing_ok=True)


def fill(path: Path, no_room: Callable[[], Any]) -> dict[str, Any]:
    """Write, be refused, make room, write again; what was acknowledged, refused, and is there in the end."""
    acknowledged: list[str] = []
    refused: list[str] = []
    damaged: list[str] = []
    lines = count()

    def attempt(number: int, seen: int) -> int:
        event = new(number, body={"words": "x" * 700})
        log.keep([Kept(Shelf.DRAFT, "one", "y" * 300)], said=[new(5_000 + next(lines), kind="looked")])
        written = log.append(event, seen=seen).sequence
        acknowledged.append(event.event_id)
        return written

    with Logbook.open(path) as log:
        number, seen = 100, log.latest("P1")
        with no_room():
            for _ in range(WRITES):
                try:
                    seen = attempt(number, seen)
                    number += 1
                except (LogbookUnavailable, LogbookDamaged) as full:
                    refused.append(str(full))
                    damaged += [str(full)] * isinstance(full, LogbookDamaged)
                if len(refused) == REFUSALS:
                    break
        written = {event.event_id for event in log.events()}
        half = sorted(written - set(acknowledged) - {f"event-{place}" for place in range(1, 7)})
        attempt(number, log.latest("P1") if not half else log.latest("P1") - 1)
    with Logbook.open(path) as log:
        stored = [event.event_id for event in log.events()]
        whole = log.verify().ok
    return {
        "acknowledged": len(acknowledged),
        "lost": sorted(set(acknowledged) - set(stored)),
        "twice": len(stored) - len(set(stored)),
        "unsaid": half,
        "refused": refused,
        "damaged": damaged,
        "whole": whole,
    }


def together(path: Path, rounds: int) -> dict[str, Any]:
    """Four write and four read while the room goes and comes back; who was refused, and what is there in the end."""
    over = threading.Event()
    acknowledged, writers_refused, readers_refused = Counter[str](), list[str](), list[str]()

    def read() -> None:
        while not over.is_set():
            try:
                log.events()
            except PumplogError as refused:
                readers_refused.append(str(refused))

    def write(pump: str) -> None:
        while not over.is_set():
            number = int(pump) * 10_000 + acknowledged[pump]
            try:
                log.append(new(number, pump=pump, body={"words": "x" * 3_000}), seen=log.latest(pump))
                acknowledged[pump] += 1
            except PumplogError as refused:
                writers_refused.append(str(refused))
                time.sleep(0.05)

    with Logbook.open(path) as log:
        work = [threading.Thread(target=write, args=(str(pump),)) for pump in range(1, 5)]
        work += [threading.Thread(target=read) for _ in range(4)]
        for one in work:
            one.start()
        for size_bytes in (20_000, path.stat().st_size // 2) * rounds:
            time.sleep(0.4)
            with files_no_longer_than(size_bytes):
                time.sleep(0.6)
        written = sum(acknowledged.values())
        time.sleep(1)
        over.set()
        for one in work:
            one.join()
        went_on = sum(acknowledged.values()) > written
    with Logbook.open(path) as log:
        stored = Counter(event.pump_id for event in log.events())
        whole = log.verify().ok
    lost = sum((acknowledged - stored).values())
    return {
        "lost": lost,
        "whole": whole,
        "went_on": went_on,
        "writers_refused": writers_refused,
        "readers_refused": readers_refused,
    }


def copy_and_put_back(path: Path, to: Path, no_room: Callable[[], Any]) -> dict[str, Any]:
    """Try a backup and a restore without room: each is whole or refused, and leaves nothing behind."""
    said = []
    with Logbook.open(path) as log:
        made = put_in_place(log.copied(at=AT), to / "good", begins=BY_HAND, at=AT)
        with no_room():
            try:
                put_in_place(log.copied(at=AT), to / "tried", begins=BY_HAND, at=AT)
            except PumplogError as full:
                said.append(str(full))
        head = log.head()
    with no_room():
        try:
            restore(made.folder, path, at=AT)
        except PumplogError as full:
            said.append(str(full))
    left = sorted(one.name for one in (*path.parent.iterdir(), *(to / "tried").rglob("*")) if one.stat().st_size)
    return {"refused": said, "whole": Logbook.verify_file(path).row_count == head.row_count, "left": left}


def _tried(kind: str, template: Path, folder: Path, size_bytes: int) -> dict[str, Any]:
    shutil.rmtree(folder / "clinic", ignore_errors=True)
    shutil.rmtree(folder / "copies", ignore_errors=True)
    shutil.copytree(template, folder / "clinic")
    path = folder / "clinic" / "log.duckdb"
    if kind == "disk":
        return {"size_bytes": size_bytes, **fill(path, lambda: disk_with_only(size_bytes, folder))}
    if kind == "together":
        return together(path, size_bytes)
    if kind == "copies":
        limit = files_no_longer_than
        return {"size_bytes": size_bytes, **copy_and_put_back(path, folder / "copies", lambda: limit(size_bytes))}
    return {"size_bytes": size_bytes, **fill(path, lambda: files_no_longer_than(size_bytes))}


if __name__ == "__main__":
    kind, template, folder, *sizes = sys.argv[1:]
    for size in sizes:
        sys.stdout.write(json.dumps(_tried(kind, Path(template), Path(folder), int(size))) + "\n")
        sys.stdout.flush()
