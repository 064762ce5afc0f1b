"""THE ONE DOOR: what the screens can, a script can, and nothing is written by any other way."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from pumplog.clinic_days import ClinicCalendar
from pumplog.desk.access_log import AccessDesk
from pumplog.desk.allowed import asks_for, refuse_unless
from pumplog.desk.data_out import DataOutDesk
from pumplog.desk.drafts import Draft, Unfinished, drafts_of, kept_draft, no_draft, owner_of
from pumplog.desk.handing_out import HandingOutDesk
from pumplog.desk.memory import CLINIC
from pumplog.desk.planner import PlanningDesk
from pumplog.desk.reading import card_of, utc_now
from pumplog.desk.replacing import (
    about_the_old_pump,
    refuse_another_patient,
    refuse_half,
    replaced_serial,
    retirement_id,
    retirement_of,
)
from pumplog.desk.reports import ReportsDesk
from pumplog.desk.several import Diary, by_pump, event_of_press, refuse_by_name
from pumplog.desk.shapes import ImportReport, Preview, Recorded
from pumplog.desk.sheet import NOON, plan_import
from pumplog.desk.upkeep import UpkeepDesk
from pumplog.entries import (
    BODY_VERSION,
    AboutTheDays,
    AnyEntry,
    ClinicEntry,
    Corrected,
    Registered,
    RowRefused,
    RowSettled,
    read_entry,
)
from pumplog.errors import EntryRefused, Fault, LogbookUnavailable, NotAllowed, StaleRecord
from pumplog.imports import DateOrder, Progress, Sheet, read_clinic_sheet
from pumplog.logbook import Lease, Logbook, NewEvent
from pumplog.logbook.remote import reach
from pumplog.outlook import Outlook
from pumplog.people import Act, act_of
from pumplog.people.person import name_key
from pumplog.reference import load_reference
from pumplog.rules import PREVIEW_ID, Judgement, judge, residual_of, unanswered, what_moved
from pumplog.rules.clinic_days import refuse_impossible_days
from pumplog.state import PumpState, Said


class Desk(DataOutDesk, UpkeepDesk, HandingOutDesk, PlanningDesk, ReportsDesk, AccessDesk):
    """One clinic's desk over one log: what it shows, and what is written through it."""

    @classmethod
    def open(
        cls, database: Path, *, clinic: Path | None = None, now: Callable[[], datetime] = utc_now, create: bool = True
    ) -> Self:
        """Open a clinic's log; its settings are `clinic.toml` beside the database unless named.

        Raises LogbookUnavailable or LogbookDamaged with what to do, EntryRefused for a bad setting.
        """
        return cls(Logbook.open(database, create=create), load_reference(_settings(database, clinic)), now)

    @classmethod
    def reach(cls, database: Path, *, now: Callable[[], datetime] = utc_now, create: bool = True) -> Self:
        """The desk over a log that the app may have open: asked there if it has, else opened here.

        Raises as `open` does.
        """
        reached = reach(database)
        if reached is None:
            return cls.open(database, now=now, create=create)
        return cls(reached, load_reference(_settings(database, None)), now)

    def close(self) -> None:
        """Close the log."""
        self.logbook.close()

    def __enter__(self) -> Self:
        """Hand over the open desk."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the log at the end of a `with` statement."""
        self.close()

    def read_entry(self, said: Mapping[str, Any]) -> AnyEntry:
        """The entry that a mapping says; a time without a zone is the clinic's, a day alone is its noon."""
        return read_entry(self._localised(said))

    def _localised(self, said: Mapping[str, Any]) -> dict[str, Any]:
        localised = dict(said)
        for name in ("happened_at", "reported_at", "interrogated_at", "ends_at", "planned_at"):
            if isinstance(localised.get(name), str):
                localised[name] = self._with_zone(localised[name])
        if isinstance(localised.get("replacement"), Mapping):
            localised["replacement"] = self._localised(localised["replacement"])
        return localised

    def _with_zone(self, text: str) -> str:
        try:
            moment = datetime.combine(date.fromisoformat(text.strip()), NOON)
        except ValueError:
            try:
                moment = datetime.fromisoformat(text.strip())
            except ValueError:
                return text
        return text if moment.tzinfo is not None else moment.replace(tzinfo=self.zone).isoformat()

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

    def _judge(self, entry: AnyEntry, pump_id: str, *, by: str) -> Judgement:
        events = self._memory.said(pump_id)
        judged = judge(entry, events, pump_id=pump_id, by=by, now=self._now(), reference=self.reference)
        old_id = self._replaced_id(entry)
        if old_id is not None and isinstance(entry, Registered):
            refuse_another_patient(entry, self._memory.state(old_id))
            try:
                self._judge(retirement_of(entry), old_id, by=by)
            except EntryRefused as refusal:
                raise EntryRefused(*about_the_old_pump(refusal.faults)) from refusal
        return judged

    def _replaced_id(self, entry: AnyEntry) -> str | None:
        """The pump whose place a registration takes. Raises EntryRefused for one that nobody here knows."""
        serial = replaced_serial(entry)
        if serial is None:
            return None
        old_id = self._memory.pump_id(serial)
        if old_id is None or not self._sees(old_id):
            raise EntryRefused(Fault("replaces", "No such pump is on record: check the serial of the old pump."))
        return old_id

    def _pump_id_for(self, entry: AnyEntry) -> str:
        """The pump that an entry is about, or an id for a new one. Raises EntryRefused for another site's."""
        if isinstance(entry, RowRefused | RowSettled):
            raise EntryRefused(
                Fault("kind", "Refused rows are written by an import: dismiss one on the board instead.")
            )
        if isinstance(entry, ClinicEntry):
            raise EntryRefused(
                Fault("kind", "The clinic's days are planned on the Planner, not with a pump's entries.")
            )
        refuse_half(entry)
        self._refuse_another_site(entry)
        known = self._memory.pump_id(entry.pump_serial)
        if known is None:
            return uuid4().hex
        if isinstance(entry, Registered) and not self._sees(known):
            says = "A pump of this serial is on record at a site that is not yours: ask an administrator."
            raise EntryRefused(Fault("pump_serial", says))
        self._refuse_unseen(known)
        return known

    def _refuse_another_site(self, entry: AnyEntry) -> None:
        """Raise EntryRefused when a pump would be put where whoever writes could not see it any more."""
        said = entry.replacement if isinstance(entry, Corrected) else entry
        if self.person is not None and isinstance(said, Registered) and not self.person.sees(said.clinic_site):
            says = "You do not belong to this site: name one of yours, or ask an administrator."
            raise EntryRefused(Fault("clinic_site", says))

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

    def _writer(self, by: str, act: Act) -> str:
        """The name for the record: of whoever sits here and no other, asked about anew."""
        name = _named(by)
        if self.person is None:
            if self.door.has_people():
                raise NotAllowed("This clinic has accounts: sign in, then record.")
            return name
        refuse_unless(self, act)
        account = self.door.accounts.of(self.person.person_id)
        if account is None or not account.enabled:
            raise NotAllowed("Your account was switched off: nothing was saved. Ask an administrator.")
        if name != account.name:
            raise NotAllowed(f"You are signed in as {account.name} and cannot save as somebody else.")
        if account.person != self.person:
            self.tell_not_allowed(act)
            raise NotAllowed("What you may do here was changed meanwhile: nothing was saved. Open the page again.")
        return name

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

    @asks_for(Act.LOG_CALL)
    def keep_draft(self, draft: Draft, *, by: str) -> None:
        """Keep what somebody has typed so far in place of what was kept of it; what is saved already is let be.

        Nothing of it is in the log, on the board or in a story. Raises as `record` does where they may not.
        """
        person = self._writer(by, act_of(draft.kind))
        self._memory.catch_up()
        if draft.pump_id is not None:
            self._refuse_unseen(draft.pump_id)
        if not self._memory.holds(draft.event_id):
            self.logbook.keep([kept_draft(owner_of(self.person, person), draft)])

    @asks_for(Act.LOG_CALL)
    def drafts(self, *, by: str) -> list[Unfinished]:
        """What this person has begun and not finished, the newest first; of pumps and kinds that are theirs now."""
        self._memory.catch_up()
        found = drafts_of(self.logbook, owner_of(self.person, _named(by)))
        return [self._unfinished(one) for one in found if self.may(act_of(one.kind)) and self._sees_pump_of(one)]

    def _sees_pump_of(self, draft: Draft) -> bool:
        return draft.pump_id is None or (draft.pump_id in self._memory.pump_ids() and self._sees(draft.pump_id))

    def _unfinished(self, draft: Draft) -> Unfinished:
        state = self._memory.state(draft.pump_id) if draft.pump_id else None
        registered = state.registered if state else None
        said = self._memory.said(draft.pump_id) if draft.pump_id else ()
        return Unfinished(
            draft=draft,
            card=card_of(state, registered) if state and registered else None,
            said_since=tuple(one for one in said if one.sequence > draft.seen and one.event_id != draft.event_id),
            saved=self._memory.holds(draft.event_id),
        )

    @asks_for(Act.LOG_CALL)
    def discard_draft(self, event_id: str, *, by: str) -> None:
        """Take away what somebody typed into a form, knowingly; a draft that is gone already is no fault."""
        self._drop_draft(event_id, self._writer(by, Act.LOG_CALL))

    def _drop_draft(self, event_id: str, by: str) -> None:
        owner = owner_of(self.person, by)
        gone = [no_draft(owner, one) for one in drafts_of(self.logbook, owner) if one.event_id == event_id]
        if gone:
            self.logbook.keep(gone)

    def second_check(
        self,
        entry: AnyEntry,
        *,
        event_id: str,
        session_id: str,
        sign_in_name: str,
        secret: str,
        code: str = "",
        browser: str | None = None,
    ) -> str:
        """Take a second person's sign under an entry that is about to be saved; their name, for its `second_checker`.

        `session_id` is the sign-in of whoever saves. Raises SignInRefused or NotAllowed; writes no entry.
        """
        refuse_unless(self, act_of(entry.kind))
        session = self.door.session(session_id)
        if self.person is not None and (session is None or session.person_id != self.person.person_id):
            raise NotAllowed("A second sign is asked for under your own sign-in: sign in again.")
        self._memory.catch_up()
        registered = self._memory.state(self._pump_id_for(entry)).registered
        return self.door.check_second(
            session_id,
            sign_in_name,
            secret,
            code=code,
            event_id=event_id,
            digest=_digest(entry),
            site=registered.clinic_site if registered else None,
            browser=browser,
            at=self._now(),
        )

    def _unsigned(self, entry: AnyEntry, event_id: str) -> list[Fault]:
        """What is missing when a second checker is named who has not signed under exactly this."""
        checker = _second_checker(entry)
        if self.person is None or checker is None:
            return []
        if name_key(checker) == name_key(self.person.name):
            return [Fault("second_checker", "The second checker is another person than the one who saves.")]
        if self.door.has_checked(checker, event_id=event_id, digest=_digest(entry), at=self._now()):
            return []
        return [Fault("second_checker", f"{checker} has not signed under this as it is now: let them sign again.")]

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

    def _event(self, entry: AnyEntry, pump_id: str, by: str, event_id: str) -> NewEvent:
        return NewEvent(event_id, pump_id, entry.kind, BODY_VERSION, entry.body(), entry.happened_at, self._now(), by)

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
        person = _named(by) if dry_run else self._writer(by, Act.IMPORT)
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


def _settings(database: Path, named: Path | None) -> Path | None:
    """The clinic's settings: as named, else `clinic.toml` beside the database where there is one."""
    beside = database.parent / "clinic.toml"
    return named if named is not None else (beside if beside.exists() else None)


def _second_checker(entry: AnyEntry) -> str | None:
    """The second checker whom an entry, or the entry it puts in another's place, names."""
    said = entry.replacement if isinstance(entry, Corrected) and entry.replacement else entry
    return getattr(said, "second_checker", None)


def _digest(entry: AnyEntry) -> str:
    """What a second checker signs under: everything the entry says, but for the checker's own name."""
    if isinstance(entry, Corrected) and entry.replacement:
        replacement = _without_checker(entry.replacement)
        unsigned: AnyEntry = entry.model_copy(update={"replacement": replacement})
    else:
        unsigned = _without_checker(entry)
    return sha256(unsigned.body().encode()).hexdigest()


def _without_checker(entry: AnyEntry) -> AnyEntry:
    return entry.model_copy(update={"second_checker": None}) if _second_checker(entry) else entry


def _named(by: str) -> str:
    person = by.strip()
    if not person:
        raise EntryRefused(Fault("by", "Every entry carries a person: say who you are."))
    if not person.isprintable():
        raise EntryRefused(Fault("by", "There are signs in the person's name that cannot be printed: type it again."))
    return person
