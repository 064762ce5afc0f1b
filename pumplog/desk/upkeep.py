"""What keeps the log alive: backups, and the word that one was put back."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from pumplog.desk.allowed import asks_for
from pumplog.desk.papers import PapersDesk
from pumplog.logbook.backup import BY_HAND, BY_NIGHT, Backup, let_go_of_old_backups, put_in_place
from pumplog.logbook.restore import SETTINGS, Restored
from pumplog.people import Act, access

BACKUPS: Final = "backups"
"""The folder beside the log for backups that nobody has named a folder for: on the same disk as the log."""


class UpkeepDesk(PapersDesk):
    """The desk of whoever looks after the log."""

    @asks_for(Act.MANAGE_PEOPLE)
    def back_up(self, to: Path | None = None, *, by: str, by_night: bool = False) -> Backup:
        """Copy the log as it is now, prove the copy where it lies, and put it into a folder of its own.

        Goes to `to`, else to the folder of the night's backups, else into a folder beside the log. A backup of the
        night lets go of the oldest ones of the night. Raises EntryRefused when it cannot be put there.
        """
        at = self._now()
        copied = self.logbook.copied(at=at)
        folder = to or self.reference.nightly.backup_to or copied.database.parent / BACKUPS
        settings = copied.database.parent / SETTINGS
        begins = BY_NIGHT if by_night else BY_HAND
        made = put_in_place(copied, folder.absolute(), begins=begins, at=at, beside=[settings])
        said = access.line("backed_up", "log", by=self._maker(by), at=at, events_count=made.head.row_count)
        self._keep_paper("backup", replace(self._paper("backup"), made_at=self.now()), said)
        if by_night:
            keep_count = self.reference.nightly.keep_backups_count
            let_go_of_old_backups(made.folder.parent, keep_count=keep_count, newest=made.folder)
        return made

    @asks_for(Act.MANAGE_PEOPLE)
    def tell_restored(self, restored: Restored, *, by: str) -> None:
        """Write into the log of who came in that a backup was put in this log's place, and what it did not hold."""
        said = access.line(
            "restored",
            "log",
            by=self._maker(by),
            at=self._now(),
            events_count=restored.head.row_count,
            missing_count=restored.missing_count,
        )
        self.logbook.keep(said=[said])
