"""The papers and the backup of the night, made by the app itself on the clinic's clock; late, never left out."""

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
    """One thing that is made at night, and how it is made and put in its place."""

    kind: PaperKind
    do: Callable[[], object]


def tasks_of(desk: Desk) -> Iterator[Task]:
    """What the clinic wants made at night; the backup first, since it asks least of what is in the log."""
    wanted = desk.reference.nightly
    if (backups := wanted.backup_to) is not None:
        yield Task("backup", lambda: desk.back_up(backups, by=THE_NIGHT, by_night=True))
    if (digests := wanted.digest_to) is not None:
        yield Task("digest", lambda: _put(desk.digest(by=THE_NIGHT), digests, "digest", wanted.keep_days))
    if (packs := wanted.downtime_pack_to) is not None:
        yield Task(
            "downtime_pack",
            lambda: _put(desk.downtime_pack(by=THE_NIGHT), packs, "downtime-pack", wanted.keep_days),
        )


def _put(made: Papers, folder: Path, stem: str, keep_days: int) -> None:
    put_files(folder, made.files)
    let_go_of_old(folder, stem, today=made.on, keep_days=keep_days)


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
                task.do()
                self._desk.tell_paper_in_place(task.kind)
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
