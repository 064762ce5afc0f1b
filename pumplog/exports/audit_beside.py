"""Part of a long audit told in a process beside this one: a second processor takes the entries of some pumps.

Entries go to it as Arrow columns over its own pipe while the log is read, and what they say comes back the same way.
It knows the words of an audit alone: the process that is started takes little before it begins.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.abc import MetaPathFinder
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, Final
from zlib import crc32

import pyarrow as pa

from pumplog.errors import EntryRefused, Fault
from pumplog.exports.audit_said import Telling, said_schema, said_tables

BESIDE_FROM_COUNT: Final = 20_000
"""House policy: with fewer entries, starting a process takes longer than it saves."""

PYTHON: Final = sys.executable
_SHARERS_COUNT: Final = 2
"""It takes every second pump, as their ids happen to fall: it has to start, and this one to verify the log."""


class Beside:
    """The process beside: it is given entries by a thread of its own, and tells at the end what they say."""

    def __init__(self, process: subprocess.Popen[bytes], telling: Telling, schema: pa.Schema) -> None:
        """Say to a process that was started with pipes what it must know."""
        self._process = process
        self._sent: SimpleQueue[pa.Table | None] = SimpleQueue()
        self._is_its: dict[str, bool] = {}
        self._feeder = Thread(target=self._feed, args=(pickle.dumps((telling, schema)),), daemon=True)
        self._feeder.start()

    def given(self, entries: pa.Table) -> pa.Table:
        """Give it the entries of its pumps; what is left is for whoever gives."""
        ids = entries["pump_id"].to_pylist()
        for pump_id in set(ids) - self._is_its.keys():
            self._is_its[pump_id] = crc32(pump_id.encode()) % _SHARERS_COUNT == 0
        its = list(map(self._is_its.__getitem__, ids))
        self._sent.put(entries.filter(pa.array(its)))
        return entries.filter(pa.array([not one for one in its]))

    def said(self) -> list[pa.Table]:
        """What it tells of everything that it was given. Raises EntryRefused when the process did not end well."""
        self._sent.put(None)
        self._feeder.join()
        told: list[pa.Table] = []
        whole = False
        with suppress(pa.ArrowInvalid), pa.ipc.open_stream(self._process.stdout) as coming:
            told += (pa.Table.from_batches([batch]) for batch in coming)
            whole = True
        if self._process.wait() != 0 or not whole:
            raise EntryRefused(
                Fault("audit", "Part of the audit could not be worked out on this machine: ask again.")
            )
        return told

    def give_up(self) -> None:
        """End the process, if it has not ended, and the thread with it."""
        self._process.kill()
        self._sent.put(None)
        self._feeder.join()

    def _feed(self, first: bytes) -> None:
        """Write table by table; a process that has ended says so by its code.

        Each goes out whole in one go: at every return from writing, this thread has to wait for the one that tells.
        """
        assert self._process.stdin is not None  # noqa: S101  it was started with a pipe
        with suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(first)
            while (entries := self._sent.get()) is not None:
                pipe.write(pickle.dumps(entries))
            pipe.write(pickle.dumps(None))


@contextmanager
def beside(telling: Telling, schema: pa.Schema, entries_count: int) -> Iterator[Beside | None]:
    """A process beside this one that knows what it must; ended when it is not needed any more.

    None where it would not help: for a short log, for one person's entries, without a second processor; and where
    the machine starts no other process.
    """
    helps = entries_count >= BESIDE_FROM_COUNT and telling.is_by is None and (os.cpu_count() or 1) > 1
    process = _started() if helps else None
    if process is None:
        yield None
        return
    with process:
        other = Beside(process, telling, schema)
        try:
            yield other
        finally:
            other.give_up()


def _started() -> subprocess.Popen[bytes] | None:
    command = [PYTHON, "-m", "pumplog.exports.audit_beside"]
    try:  # what it complains of is not kept: it could quote what an entry says
        return subprocess.Popen(  # noqa: S603  our own words alone
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return None


def _tell(given: BinaryIO, back: BinaryIO) -> None:
    """Be the process beside: hear what must be known, then entries; tell at the end what they say.

    Whoever listens is busy until then: what came earlier would only be waited for.
    """
    gc.disable()  # nothing here goes round in circles, and the process ends soon
    telling, schema = pickle.load(given)  # noqa: S301  said by the process that started this one
    coming = iter(partial(pickle.load, given), None)
    tables = list(said_tables(telling, coming, schema))
    with pa.ipc.new_stream(back, said_schema(schema)) as stream:
        for table in tables:
            stream.write_table(table)


class _NotPandas(MetaPathFinder):
    """Arrow loads pandas, a third of the memory of this process, to ask whether a list is one of its series."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Refuse pandas, without which Arrow does as well; all else is for others to find."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


if __name__ == "__main__":
    sys.meta_path.insert(0, _NotPandas())
    _tell(sys.stdin.buffer, sys.stdout.buffer)
