"""A program that the crash tests start and kill: it says on standard output what was acknowledged."""

import os
import signal
import sys
import time
from pathlib import Path

import duckdb

from pumplog.logbook import Head, Logbook, store
from pumplog.logbook.anchor import write_anchor
from pumplog.logbook.migrate import Migration, migrate, shipped_migrations
from tests.logbook.said import new


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
    """Append for ever, saying each sequence once it is safe."""
    with Logbook.open(path) as log:
        sequence = log.latest("P1")
        while True:
            sequence = log.append(new(sequence + 1), seen=sequence).sequence
            say(str(sequence))


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
    later = Migration(
        version=900,
        name="900_later",
        sql="CREATE TABLE later (i INTEGER); INSERT INTO later VALUES (1); DROP VIEW alarm; SELECT die();",
    )
    migrate(connection, (*shipped_migrations(), later))


if __name__ == "__main__":
    {
        "hold": hold,
        "append": append,
        "die-before-anchor": die_before_anchor,
        "die-after-anchor": die_after_anchor,
        "die-in-migration": die_in_migration,
    }[sys.argv[1]](Path(sys.argv[2]))
