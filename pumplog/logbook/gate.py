"""Who is at a file now: cursors are lent through here, so that the file is opened anew only while nobody has one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from pumplog.errors import LogbookUnavailable

_PATIENCE_SECONDS: Final = 60
"""A long log is read in less; whoever waits longer is told to try again."""


class Gate:
    """Open to everybody, except while one thread has the file to itself."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside_count = 0
        self._alone: int | None = None

    def is_mine(self) -> bool:
        """Whether this thread has the file to itself."""
        return self._alone == threading.get_ident()

    def is_empty(self) -> bool:
        """Whether nobody is at the file just now."""
        with self._changed:
            return self._inside_count == 0

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Be at the file together with others. Raises LogbookUnavailable when one has it alone for too long."""
        with self._changed:
            self._wait(lambda: self._alone is None or self.is_mine())
            self._inside_count += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside_count -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody is at the file, and keep everybody else out. Raises LogbookUnavailable after too long."""
        with self._changed:
            self._wait(lambda: self._alone is None)
            self._alone = threading.get_ident()
            try:
                self._wait(lambda: self._inside_count == 0)
            except LogbookUnavailable:
                self._alone = None
                self._changed.notify_all()
                raise
        try:
            yield
        finally:
            with self._changed:
                self._alone = None
                self._changed.notify_all()

    def _wait(self, until: Callable[[], bool]) -> None:
        if not self._changed.wait_for(until, timeout=_PATIENCE_SECONDS):
            raise LogbookUnavailable("The log is being opened again, which takes long. Nothing was saved: try again.")
