"""An entry is tried and written: what it would mean, what keeps it from being written, and what it moved."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from uuid import uuid4

from pumplog.clinic_days import ClinicCalendar
from pumplog.desk.allowed import asks_for, refuse_unless
from pumplog.desk.drafting import DraftingDesk
from pumplog.desk.memory import CLINIC
from pumplog.desk.replacing import retirement_id, retirement_of
from pumplog.desk.several import Diary, by_pump, event_of_press, refuse_by_name
from pumplog.desk.shapes import Preview, Recorded
from pumplog.desk.signing import SigningDesk
from pumplog.entries import AboutTheDays, AnyEntry, Corrected, Registered
from pumplog.errors import EntryRefused, Fault, LogbookUnavailable, StaleRecord
from pumplog.logbook import Lease
from pumplog.outlook import Outlook
from pumplog.people import Act, act_of
from pumplog.rules import PREVIEW_ID, residual_of, unanswered, what_moved
from pumplog.rules.clinic_days import refuse_impossible_days
from pumplog.state import PumpState, Said


class RecordingDesk(DraftingDesk, SigningDesk):
    """The desk as whoever records uses it."""

    def preview(self, entry: AnyEntry, *, by: str) -> Preview:
        """What recording an entry would mean. Raises EntryRefused with every fault; writes nothing.

        Of a pump that replaces another, the old one is what was there before.
        """
        refuse_unless(self, act_of(entry.kind))
        self._memory.catch_up()
        pump_id = self._pump_id_for(entry)
        looked_at = self._replaced_id(entry) or pump_id
        judged = self._judge(entry, pump_id, by=by)
        day = self.today()
        visit = next((visit for visit in judged.after.visits if visit.event_id == PREVIEW_ID), None)
        return Preview(
            entry=entry,
            pump_id=looked_at,
            findings=judged.findings,
            before=self._row(looked_at, day),
            after=self._on_the_board(judged.after, day),
            residual=residual_of(visit, self.reference.policy) if visit else None,
            programmer=judged.programmer,
            programmer_found=judged.programmer_found,
            seen=self._memory.state(looked_at).latest,
            moved=self._moved(entry, self._memory.state(pump_id), judged.after),
        )

    def _moved(self, entry: AnyEntry, before: PumpState, after: PumpState) -> tuple[str, ...]:
        """What a correction or a late entry moves; nothing is said of an entry that comes in its turn."""
        if not isinstance(entry, Corrected) and entry.late_reason is None:
            return ()
        day = self.today()
        old, new = (self._on_the_board(state, day) for state in (before, after))
        return what_moved(before, after, old, new, self.reference.policy)

    def _on_the_board(self, state: PumpState, day: date) -> Outlook | None:
        """The row of a pump as it would be; None of one that has left the board."""
        return None if state.retired else self._outlook(state, day)

    def record(self, entry: AnyEntry, *, by: str, seen: int, event_id: str | None = None) -> Recorded:
        """Write one entry. `event_id`, made when the form was first drawn, makes a second click harmless.

        Raises EntryRefused (faults, or findings without a reason), StaleRecord when something was said since
        `seen`, NotAllowed when this person may not, by what is kept about them at this moment.
        """
        with self.logbook.leased(Lease.RECORDS):
            person = self._writer(by, act_of(entry.kind))
            recorded = self._record(entry, by=person, seen=seen, event_id=event_id)
            if event_id is not None:
                with suppress(LogbookUnavailable):  # the entry is written: its draft says so when it is looked at
                    self._drop_draft(event_id, person)
            return recorded

    def _record(self, entry: AnyEntry, *, by: str, seen: int, event_id: str | None) -> Recorded:
        """One at a time, so that two people cannot register the same serial side by side."""
        own_id = event_id or uuid4().hex
        self._memory.catch_up()
        pump_id = self._pump_id_for(entry)
        if event_id is not None and self._memory.holds(event_id):
            return self._again(entry, event_id)
        old_id = self._replaced_id(entry)
        looked_at = old_id or pump_id
        before = self._memory.state(pump_id)
        latest = self._memory.state(looked_at).latest
        if latest != seen:
            raise StaleRecord(looked_at, seen=seen, latest=latest)
        findings = self._judge(entry, pump_id, by=by).findings
        missing = unanswered(entry, findings, by=by) or self._unsigned(entry, own_id)
        if missing:
            raise EntryRefused(*missing)
        event = self._event(entry, pump_id, by, own_id)
        if old_id is not None and isinstance(entry, Registered):
            retirement = self._event(retirement_of(entry), old_id, by, retirement_id(own_id))
            _, written = self.logbook.append_all([retirement, event], seen={old_id: seen, pump_id: 0})
            self._memory.catch_up()
        else:
            written = self.logbook.append(event, seen=seen)
            self._memory.take_written(written)
        moved = self._moved(entry, before, self._memory.state(pump_id))
        return Recorded(written, findings, self._row(pump_id, self.today()), moved)

    @asks_for(Act.LOG_CALL)
    def record_bookings(
        self, entries: Iterable[Diary], *, by: str, seen: Mapping[str, int], press_id: str
    ) -> Mapping[str, Said]:
        """Write bookings of several pumps, or what became of them, in one transaction; what was said, by pump.

        `seen` is what the person had seen of each pump; `press_id`, made when the button was first drawn, makes a
        second press harmless. Raises EntryRefused naming every pump that is not to be written; then none is.
        """
        with self.logbook.leased(Lease.RECORDS):
            person = self._writer(by, Act.LOG_CALL)
            self._memory.catch_up()
            said = by_pump(entries, self._pump_id_for)
            ids = {pump_id: event_of_press(press_id, pump_id) for pump_id in said}
            if not all(self._memory.holds(event_id) for event_id in ids.values()):
                refuse_by_name(said, lambda pump_id, entry: self._faults_of_one(pump_id, entry, person, seen))
                events = [self._event(entry, pump_id, person, ids[pump_id]) for pump_id, entry in said.items()]
                self.logbook.append_all(events, seen=seen)
                self._memory.catch_up()
            return {
                pump_id: next(one for one in reversed(self._memory.said(pump_id)) if one.event_id == event_id)
                for pump_id, event_id in ids.items()
            }

    def _faults_of_one(self, pump_id: str, entry: Diary, by: str, seen: Mapping[str, int]) -> Iterable[Fault]:
        """What keeps one of several entries from being written: something newer on record, or the rules."""
        if self._memory.state(pump_id).latest != seen.get(pump_id):
            return [Fault("pump_serial", "somebody recorded something about it since you looked: look again.")]
        try:
            return unanswered(entry, self._judge(entry, pump_id, by=by).findings, by=by)
        except EntryRefused as refusal:
            return refusal.faults

    @asks_for(Act.PLAN)
    def plan_days(self, entry: AboutTheDays, *, by: str, seen: int, event_id: str | None = None) -> ClinicCalendar:
        """Write a closure, lift one, or give a day room of its own, as said now; the calendar with it.

        `seen` is the `latest` of the calendar that the person had seen. Raises EntryRefused with every fault.
        """
        self._refuse_some_sites("Closures are the whole clinic's")
        with self.logbook.leased(Lease.RECORDS):
            person = self._writer(by, Act.PLAN)
            self._memory.catch_up()
            if event_id is None or not self._memory.holds(event_id):
                state = self._memory.state(CLINIC)
                if state.latest != seen:
                    raise StaleRecord(CLINIC, seen=seen, latest=state.latest, about="the clinic's days")
                refuse_impossible_days(entry, state.clinic_days, self.today())
                now = entry.model_copy(update={"happened_at": self._now()})
                written = self.logbook.append(self._event(now, CLINIC, person, event_id or uuid4().hex), seen=seen)
                self._memory.take_written(written)
            return self._calendar(self.today())

    def _again(self, entry: AnyEntry, event_id: str) -> Recorded:
        """The answer to the same event sent a second time: what was written the first time."""
        pump_id = self._memory.pump_id(entry.pump_serial or "")
        stored = [event for event in self.logbook.events(pump_id=pump_id) if event.event_id == event_id]
        if not stored or stored[0].body != entry.body():
            raise EntryRefused(
                Fault(
                    "event_id", "This form was saved already with other values: open the story and correct it there."
                )
            )
        return Recorded(stored[0], (), self._row(stored[0].pump_id, self.today()))
