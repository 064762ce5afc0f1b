"""The papers of the night, made by the app itself on the clinic's clock; late when it slept, never left out."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pumplog.desk import Desk, PaperKind, Papers
from pumplog.errors import PumplogError
from pumplog.exports.private_folder import let_go_of_old, put_files

_LOOK_EVERY_SECONDS: Final = 30
TRY_AGAIN_AFTER: Final = timedelta(minutes=15)
THE_NIGHT: Final = "pumplog, by night"


@dataclass(frozen=True)
class Task:
    """One paper of the night: where it goes, how its files begin, and how it is made."""

    kind: PaperKind
    folder: Path
    stem: str
    make: Callable[[], Papers]


def tasks_of(desk: Desk) -> Iterator[Task]:
    """The papers that the clinic wants made at night."""
    wanted = desk.reference.nightly
    if wanted.digest_to is not None:
        yield Task("digest", wanted.digest_to, "digest", lambda: desk.digest(by=THE_NIGHT))
    if wanted.downtime_pack_to is not None:
        yield Task(
            "downtime_pack", wanted.downtime_pack_to, "downtime-pack", lambda: desk.downtime_pack(by=THE_NIGHT)
        )


class NightlyPapers:
    """Makes what is due, each time it is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tried: dict[PaperKind, datetime] = {}

    def make_due(self) -> list[PaperKind]:
        """Make and write every paper that is due now; which were tried. A failure is kept, for the strip to say."""
        now = self._desk.now()
        due = [task for task in tasks_of(self._desk) if self._is_due(task, now)]
        for task in due:
            self._tried[task.kind] = now
            try:
                self._make(task)
            except (PumplogError, OSError) as refused:
                self._desk.tell_paper_failed(task.kind, str(refused))
        return [task.kind for task in due]

    def _is_due(self, task: Task, now: datetime) -> bool:
        """Whether the hour of the last night has come, on the clinic's clock, and nothing was put in place since."""
        at = self._desk.reference.nightly.at
        night = now.date() if now.time() >= at else now.date() - timedelta(days=1)
        in_place = self._desk.papers()[task.kind].by_night_at
        if in_place is not None and (in_place.date(), in_place.time()) >= (night, at):
            return False
        tried = self._tried.get(task.kind)
        return tried is None or now.astimezone(UTC) - tried.astimezone(UTC) >= TRY_AGAIN_AFTER

    def _make(self, task: Task) -> None:
        made = task.make()
        put_files(task.folder, made.files)
        self._desk.tell_paper_in_place(task.kind)
        let_go_of_old(task.folder, task.stem, today=made.on, keep_days=self._desk.reference.nightly.keep_days)


class NightWatch:
    """A thread of the app that looks at the clock; it ends with the app."""

    def __init__(self, desk: Callable[[], Desk]) -> None:
        self._desk = desk
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="nightly papers", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; what is being made is finished first."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=60)

    def _look(self) -> None:
        papers: NightlyPapers | None = None
        while not self._over.wait(_LOOK_EVERY_SECONDS):
            try:
                papers = papers or NightlyPapers(self._desk())
                papers.make_due()
            except PumplogError:  # the log cannot be opened now: every page says so, and the next look asks again
                papers = None
