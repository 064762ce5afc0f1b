"""What keeps the log alive: backups, the word that one was put back, and a look over all of it."""

from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Final

from pumplog.desk.allowed import asks_for
from pumplog.desk.examining import (
    Check,
    of_orphans,
    of_the_chain,
    of_the_clock,
    of_the_memory,
    of_the_triggers,
    of_the_zone,
)
from pumplog.desk.papers import PaperMade, PapersDesk
from pumplog.logbook import Head, Shelf
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
    def last_backup(self) -> PaperMade:
        """When the last backup was made, by hand or by night, and whether the night has failed."""
        return self._paper("backup")

    @asks_for(Act.MANAGE_PEOPLE)
    def examine(self) -> tuple[Check, ...]:
        """What is well and what is not in the log, and in what was worked out from it; changes nothing."""
        whole, anew = copy(self), type(self)(self.logbook, self.reference, self._now)
        whole.person = None
        events, owners = self.logbook.events(), {one.person_id for one in self.door.accounts.everybody()}
        return (
            of_the_chain(self.logbook.verify()),
            of_the_triggers(guarded=self.logbook.guarded()),
            of_the_memory(as_kept=whole.board().rows, as_folded=anew.board().rows),
            *of_orphans(events, self.logbook.kept(Shelf.DRAFT), owners),
            of_the_clock(self.now(), events, self.logbook.access_events()),
            of_the_zone(self.reference.policy.zone),
        )

    @asks_for(Act.VERIFY)
    def is_part_of(self, head: Head) -> bool:
        """Whether this log once ended so: a copy that ends so is a copy of it."""
        if not head.row_count:
            return True
        return [event.hash for event in self.logbook.events(after=head.sequence - 1)[:1]] == [head.hash]

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
