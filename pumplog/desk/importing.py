"""A clinic's sheet comes in: in one transaction, and what was refused of it stays in sight until it is settled."""

from pathlib import Path
from uuid import uuid4

from pumplog.desk.allowed import asks_for
from pumplog.desk.shapes import ImportReport
from pumplog.desk.sheet import plan_import
from pumplog.desk.writing import WritingDesk, named
from pumplog.entries import RowSettled
from pumplog.errors import EntryRefused, Fault
from pumplog.imports import DateOrder, Progress, Sheet, read_clinic_sheet
from pumplog.logbook import Lease
from pumplog.people import Act


class ImportingDesk(WritingDesk):
    """The desk as whoever brings a sheet uses it."""

    @asks_for(Act.IMPORT)
    def import_sheet(
        self,
        path: Path,
        *,
        by: str,
        seen: int,
        accept_good_rows: bool = False,
        dry_run: bool = False,
        date_order: DateOrder | None = None,
        sheet: str | None = None,
        name: str | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import a clinic's sheet in one transaction; one bad row means nothing is written unless told otherwise.

        `seen` is the head of the whole log that the person had seen: an import reads every pump.
        Raises EntryRefused for a file that cannot be read at all.
        """
        self._refuse_some_sites("A sheet may name pumps of every site")
        person = named(by) if dry_run else self._writer(by, Act.IMPORT)
        read = read_clinic_sheet(
            path,
            reference=self.reference,
            today=self.today(),
            date_order=date_order,
            sheet=sheet,
            progress=progress,
        )
        with self.logbook.leased(Lease.RECORDS):
            if not dry_run:
                self._writer(by, Act.IMPORT)  # asked again: reading a long sheet takes its time
            return self._import(
                read, name or path.name, person, seen, accept_good_rows=accept_good_rows, dry_run=dry_run
            )

    def _import(
        self, read: Sheet, name: str, by: str, seen: int, *, accept_good_rows: bool, dry_run: bool
    ) -> ImportReport:
        self._memory.catch_up()
        plan = plan_import(read, name, memory=self._memory, reference=self.reference, by=by, now=self._now())
        writes = not dry_run and (accept_good_rows or not plan.refused)
        if writes:
            events = [self._event(one.entry, one.pump_id, by, one.event_id) for one in plan.writes]
            latest = {event.pump_id: min(self._memory.state(event.pump_id).latest, seen) for event in events}
            self.logbook.append_all(events, seen=latest)
            self._memory.catch_up()
        return ImportReport(
            rows_count=read.rows_count,
            new_count=plan.new_count if writes or dry_run else 0,
            already_there_count=plan.already_there_count,
            pumps_count=plan.pumps_count,
            refused=plan.refused,
            written=writes,
        )

    @asks_for(Act.IMPORT)
    def dismiss_row(self, row_event_id: str, reason: str, *, by: str, seen: int) -> None:
        """Take a refused row off the banner, with a reason; it stays in the log."""
        if not reason.strip():
            raise EntryRefused(Fault("reason", "A refused row is dismissed only with a reason: type it."))
        person = self._writer(by, Act.IMPORT)
        self._memory.catch_up()
        for pump_id, one in self._open_rows():
            if one.event_id == row_event_id:
                entry = RowSettled(
                    happened_at=self._now(),
                    pump_serial=one.row.pump_serial,
                    row_event_id=row_event_id,
                    how="dismissed",
                    reason=reason,
                )
                self.logbook.append(self._event(entry, pump_id, person, uuid4().hex), seen=seen)
                return
        raise EntryRefused(Fault("row_event_id", "This refused row is not open any more: look at the board again."))
