"""A program that the crash tests start and kill: it says on standard output what was acknowledged."""

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from pumplog.logbook import Head, Logbook, store
from pumplog.logbook.anchor import write_anchor
from pumplog.logbook.database import Database
from pumplog.logbook.migrate import Migration, migrate, shipped_migrations
from tests.logbook.said import new

THREADS = 8
EVENTS_A_THREAD = 1_000_000
_saying = threading.Lock()


def say(words: str) -> None:
    """Tell the parent at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def hold(path: Path) -> None:
    """Keep the log open."""
    with Logbook.open(path):
        say("held")
        time.sleep(60)


def append(path: Path) -> None:
    """Append for ever from eight threads, each about a pump of its own; say each event once it is safe."""
    with Logbook.open(path) as log, ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda thread: _append_about(log, thread), range(THREADS)))


def append_and_fold(path: Path) -> None:
    """The same, with every save folded in at once: a kill falls into a fold as often as may be."""
    Database.fold_in.__kwdefaults__ = {"from_bytes": 1}
    append(path)


def _append_about(log: Logbook, thread: int) -> None:
    pump = f"P{thread}"
    written, seen = len(log.events(pump_id=pump)), log.latest(pump)
    while True:
        written += 1
        seen = log.append(new(thread * EVENTS_A_THREAD + written, pump=pump), seen=seen).sequence
        with _saying:
            say(f"{pump} {written}")


def die_before_anchor(path: Path) -> None:
    """Die between the commit and the anchor of five events."""

    def die(_database: Path, _head: Head) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    _append_five(path, die)


def die_after_anchor(path: Path) -> None:
    """Die between the anchor of five events and the checkpoint: the write-ahead log stays behind."""

    def die(database: Path, head: Head) -> None:
        write_anchor(database, head)
        os.kill(os.getpid(), signal.SIGKILL)

    _append_five(path, die)


def _append_five(path: Path, die: object) -> None:
    with Logbook.open(path) as log:
        vars(store)["write_anchor"] = die
        log.append_all([new(number) for number in range(7, 12)], seen={"P1": log.latest("P1")})


def die_in_migration(path: Path) -> None:
    """Die in the middle of a migration, after some of its statements."""
    connection = duckdb.connect(path)
    connection.create_function("die", lambda: os.kill(os.getpid(), signal.SIGKILL), [], "INTEGER", side_effects=True)
    steps = ["CREATE TABLE later (i INTEGER)", "INSERT INTO later VALUES (1)", "DROP VIEW alarm"]
    steps.insert(int(sys.argv[3]), "SELECT die()")
    later = Migration(version=900, name="900_later", sql="; ".join(steps))
    migrate(connection, (*shipped_migrations(), later))


if __name__ == "__main__":
    {
        "hold": hold,
        "append": append,
        "append-and-fold": append_and_fold,
        "die-before-anchor": die_before_anchor,
        "die-after-anchor": die_after_anchor,
        "die-in-migration": die_in_migration,
    }[sys.argv[1]](Path(sys.argv[2]))
