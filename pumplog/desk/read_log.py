"""Reading is written down: who opened whose story, and what left the house.

It goes into the log of who came in, a chain of its own, so that reading makes nobody's preview stale.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from pumplog.errors import LogbookUnavailable
from pumplog.logbook import Log, NewEvent
from pumplog.people import access

READ_AGAIN_AFTER: Final = timedelta(minutes=15)
"""Whoever opens a story again sooner has no second line: a page is drawn anew with every field that is filled in."""


class ReadLog:
    """Writes the lines of one clinic's desk, for all who sit at it."""

    def __init__(self, logbook: Log) -> None:
        self._logbook = logbook
        self._lock = Lock()
        self._told_at: dict[tuple[str, str], datetime] = {}
        self._waiting: list[NewEvent] = []

    def opened_story(self, pump_id: str, *, who: str, by: str, at: datetime, on: str | None = None) -> None:
        """Write down that somebody opened a pump's story, unless a line of theirs about it is younger than a while.

        `who` is by what the person is known, `by` their name, `on` the past day they look back to. The line is on
        the disk before the story is shown. A log that cannot be written keeps no story from who stands beside a
        patient: the line then waits for the next.
        """
        with self._lock:
            told_at = self._told_at.get((who, pump_id))
            if told_at is not None and timedelta(0) <= at - told_at < READ_AGAIN_AFTER:
                return
            self._told_at = {key: then for key, then in self._told_at.items() if at - then < READ_AGAIN_AFTER}
            self._told_at[who, pump_id] = at
            self._write(access.line("opened_story", pump_id, by=by, at=at, looked_back_to=on))

    def printed_board(self, *, by: str, at: datetime, pumps_count: int) -> None:
        """Write down that the board was printed at a terminal: as reading, which nothing keeps from a patient."""
        with self._lock:
            self._write(access.line("printed_board", access.TERMINAL, by=by, at=at, pumps_count=pumps_count))

    def _write(self, line: NewEvent) -> None:
        """Write a line, after those that wait; of them some may be written, though the writing ended in a refusal."""
        self._waiting.append(line)
        with suppress(LogbookUnavailable):
            if len(self._waiting) > 1:
                since = min(one.recorded_at_utc for one in self._waiting)
                written = {one.event_id for one in self._logbook.access_events(since=since)}
                self._waiting = [one for one in self._waiting if one.event_id not in written]
            self._logbook.keep(said=self._waiting)
            self._waiting = []

    def took_out(
        self, what: str, about: str, *, by: str, at: datetime, pumps_count: int | None = None, form: str | None = None
    ) -> None:
        """Write down that patients' data leave the house, before they do: `what` was made, about a pump or a paper.

        Raises LogbookUnavailable when that cannot be written; then nothing goes out.
        """
        self._logbook.keep(said=[access.line(what, about, by=by, at=at, pumps_count=pumps_count, form=form)])
