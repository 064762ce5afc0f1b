"""THE ONE DOOR: what the screens can, a script can, and nothing is written by any other way."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from threading import RLock
from types import MappingProxyType, TracebackType
from typing import Any, Self
from uuid import uuid4

from pumplog.calc.bridge import BRIDGE
from pumplog.calc.formula import Answer
from pumplog.desk.memory import CLINIC, Memory, uncollected
from pumplog.desk.saw_tooth import levels_of
from pumplog.desk.shapes import Board, ImportReport, Preview, PumpCard, Recorded, Story, VisitLine
from pumplog.desk.sheet import NOON, plan_import
from pumplog.entries import BODY_VERSION, AnyEntry, Registered, RowRefused, RowSettled, read_entry
from pumplog.entries.base import EARLIEST_YEAR, LATEST_YEAR
from pumplog.errors import EntryRefused, Fault, StaleRecord
from pumplog.imports import DateOrder, Progress, Sheet, read_clinic_sheet
from pumplog.logbook import Head, Logbook, NewEvent, Verification
from pumplog.outlook import Outlook, Tier, in_board_order, outlook
from pumplog.reference import Reference, load_reference
from pumplog.rules import PREVIEW_ID, Judgement, judge, residual_of, unanswered
from pumplog.state import PumpState, Said, Standing, fold_pump
from pumplog.state.course import Boluses, steady_dose_mcg_per_day


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


class Desk:
    """One clinic's desk over one log. Everything below is told what time it is; only the desk asks."""

    def __init__(self, logbook: Logbook, reference: Reference, now: Callable[[], datetime] = utc_now) -> None:
        self.logbook = logbook
        self.reference = reference
        self.zone = reference.policy.zone_info
        self._now = now
        self._memory = Memory(logbook, self.zone)
        self._outlooks: dict[str, tuple[int, date, Outlook]] = {}
        self._writing = RLock()

    @classmethod
    def open(
        cls, database: Path, *, clinic: Path | None = None, now: Callable[[], datetime] = utc_now, create: bool = True
    ) -> Self:
        """Open a clinic's log; its settings are `clinic.toml` beside the database unless named.

        Raises LogbookUnavailable or LogbookDamaged with what to do, EntryRefused for a bad setting.
        """
        beside = database.parent / "clinic.toml"
        settings = clinic if clinic is not None else (beside if beside.exists() else None)
        return cls(Logbook.open(database, create=create), load_reference(settings), now)

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

    def now(self) -> datetime:
        """The moment it is, on the clinic's clock."""
        return self._now().astimezone(self.zone)

    def today(self) -> date:
        """The date in the clinic's calendar."""
        return self.now().date()

    def board(self, on: date | None = None) -> Board:
        """The board of a day, today unless named: every active pump exactly once, worst first."""
        day = self._day(on)
        with uncollected():
            sequence = self._memory.catch_up()
            rows = [row for pump_id in self._memory.pump_ids() if (row := self._row(pump_id, day)) is not None]
        counted = Counter(row.tier for row in rows)
        clinic_rows = self._memory.state(CLINIC).open_rows
        open_rows = [one for pump_id in self._memory.pump_ids() for one in self._memory.state(pump_id).open_rows]
        return Board(
            on=day,
            rows=tuple(in_board_order(rows)),
            counts=MappingProxyType({tier: counted[tier] for tier in Tier}),
            open_rows=(*clinic_rows, *open_rows),
            sequence=sequence,
        )

    def _day(self, on: date | None) -> date:
        """The day asked for, today unless named. Raises EntryRefused for a year that cannot be right."""
        if on is not None and not EARLIEST_YEAR <= on.year <= LATEST_YEAR:
            raise EntryRefused(Fault("on", f"The year {on.year} cannot be right: check the date."))
        return on or self.today()

    def _row(self, pump_id: str, day: date) -> Outlook | None:
        """The outlook of one pump on a day, or None when it is not on that day's list; worked out once."""
        latest = self._memory.state(pump_id).latest
        kept = self._outlooks.get(pump_id)
        if kept is not None and kept[:2] == (latest, day):
            return kept[2]
        state = self._state(pump_id, day)
        if state.retired is not None or not _begun(state, self._end_of(day)):
            return None
        row = outlook(state, self.reference, day)
        self._outlooks[pump_id] = (latest, day, row)
        return row

    def _state(self, pump_id: str, day: date) -> PumpState:
        """The state of a pump at the end of a day in the clinic's calendar."""
        state = self._memory.state(pump_id)
        until = self._end_of(day)
        if state.last_happened_at is None or state.last_happened_at <= until:
            return state
        return fold_pump(pump_id, self._memory.said(pump_id), zone=self.zone, until_utc=until)

    def _end_of(self, day: date) -> datetime:
        """The last microsecond of a day in the clinic's calendar, whatever the clocks do that night."""
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=self.zone)
        return midnight.astimezone(UTC) - timedelta(microseconds=1)

    def pumps(self) -> list[PumpCard]:
        """Every registered pump, retired ones included, by serial."""
        self._memory.catch_up()
        states = [self._memory.state(pump_id) for pump_id in self._memory.pump_ids()]
        cards = [_card(state, state.registered) for state in states if state.registered is not None]
        return sorted(cards, key=lambda card: card.pump_serial)

    def pump_id(self, serial: str) -> str:
        """The pump of a serial. Raises EntryRefused when there is none."""
        self._memory.catch_up()
        found = self._memory.pump_id(serial)
        if found is None:
            raise EntryRefused(Fault("pump_serial", f'No pump with the serial "{serial}" is on record: check it.'))
        return found

    def story(self, serial: str, on: date | None = None) -> Story:
        """Everything about one pump as it stood at the end of a day, today unless named."""
        return self.story_of(self.pump_id(serial), on)

    def story_of(self, pump_id: str, on: date | None = None) -> Story:
        """The story by the pump's own id, which carries no patient's data."""
        day = self._day(on)
        self._memory.catch_up()
        state = self._state(pump_id, day)
        row = outlook(state, self.reference, day)
        standing = state.standing
        used = standing.programme if standing else None
        known = getattr(used, "actual_patient_bolus_mcg_per_day", None)
        as_used = outlook(state, self.reference, day, boluses=Boluses.AS_USED) if known is not None else None
        visits = tuple(VisitLine(visit, residual_of(visit, self.reference.policy)) for visit in state.visits)
        as_of = min(self._now(), self._end_of(day))
        return Story(day, state, row, visits, levels_of(state, row, as_of), as_used)

    def seen(self, pump_id: str) -> int:
        """What somebody who looks now has seen of a pump: the sequence of its latest event."""
        self._memory.catch_up()
        return self._memory.state(pump_id).latest

    def seen_of(self, entry: AnyEntry) -> int:
        """What somebody who looks now has seen of the pump that an entry is about; 0 for a new pump."""
        self._memory.catch_up()
        pump_id = self._memory.pump_id(entry.pump_serial or "")
        return self._memory.state(pump_id).latest if pump_id else 0

    def said_since(self, pump_id: str, seen: int) -> tuple[Said, ...]:
        """What was said about a pump after somebody looked."""
        self._memory.catch_up()
        return tuple(said for said in self._memory.said(pump_id) if said.sequence > seen)

    def read_entry(self, said: Mapping[str, Any]) -> AnyEntry:
        """The entry that a mapping says; a time without a zone is the clinic's, a day alone is its noon."""
        return read_entry(self._localised(said))

    def _localised(self, said: Mapping[str, Any]) -> dict[str, Any]:
        localised = dict(said)
        for name in ("happened_at", "reported_at", "interrogated_at"):
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

    def bridge_for(self, pump_id: str, before: Standing, *, tubing_ml: Decimal | None = None) -> Answer:
        """The bridge bolus after a change of concentration, by this pump's own path, with its working.

        `before` held the old drug; `tubing_ml` as the programmer states it now, else as registered.
        Raises CalculationRefused with every reason.
        """
        self._memory.catch_up()
        registered = self._memory.state(pump_id).registered
        pump = registered.pump if registered else None
        old_mcg_per_ml = before.concentration_mcg_per_ml
        known = {
            "tubing_ml": tubing_ml if tubing_ml is not None or pump is None else pump.tubing_volume_ml,
            "catheter_cm": pump.catheter_cm if pump else None,
            "ml_per_cm": pump.catheter_ml_per_cm if pump else None,
            "old_mcg_per_ml": old_mcg_per_ml,
            "old_dose_mcg_per_day": steady_dose_mcg_per_day(before.programme, Fraction(old_mcg_per_ml)),
        }
        return BRIDGE.explain(known)

    def preview(self, entry: AnyEntry, *, by: str) -> Preview:
        """What recording an entry would mean. Raises EntryRefused with every fault; writes nothing."""
        self._memory.catch_up()
        pump_id = self._pump_id_for(entry)
        judged = self._judge(entry, pump_id, by=by)
        day = self.today()
        visit = next((visit for visit in judged.after.visits if visit.event_id == PREVIEW_ID), None)
        return Preview(
            entry=entry,
            pump_id=pump_id,
            findings=judged.findings,
            before=self._row(pump_id, day),
            after=None if judged.after.retired else outlook(judged.after, self.reference, day),
            residual=residual_of(visit, self.reference.policy) if visit else None,
            seen=self._memory.state(pump_id).latest,
        )

    def _judge(self, entry: AnyEntry, pump_id: str, *, by: str) -> Judgement:
        events = self._memory.said(pump_id)
        return judge(entry, events, pump_id=pump_id, by=by, now=self._now(), reference=self.reference)

    def _pump_id_for(self, entry: AnyEntry) -> str:
        if isinstance(entry, RowRefused | RowSettled):
            raise EntryRefused(
                Fault("kind", "Refused rows are written by an import: dismiss one on the board instead.")
            )
        return self._memory.pump_id(entry.pump_serial) or uuid4().hex

    def record(self, entry: AnyEntry, *, by: str, seen: int, event_id: str | None = None) -> Recorded:
        """Write one entry. `event_id`, made when the form was first drawn, makes a second click harmless.

        Raises EntryRefused (faults, or findings without a reason), StaleRecord when something was said since `seen`.
        """
        with self._writing:
            return self._record(entry, by=_named(by), seen=seen, event_id=event_id)

    def _record(self, entry: AnyEntry, *, by: str, seen: int, event_id: str | None) -> Recorded:
        """One at a time, so that two people cannot register the same serial side by side."""
        own_id = event_id or uuid4().hex
        self._memory.catch_up()
        if event_id is not None and self._memory.holds(event_id):
            return self._again(entry, event_id)
        pump_id = self._pump_id_for(entry)
        latest = self._memory.state(pump_id).latest
        if latest != seen:
            raise StaleRecord(pump_id, seen=seen, latest=latest)
        findings = self._judge(entry, pump_id, by=by).findings
        missing = unanswered(entry, findings, by=by)
        if missing:
            raise EntryRefused(*missing)
        written = self.logbook.append(self._event(entry, pump_id, by, own_id), seen=seen)
        self._memory.take_written(written)
        return Recorded(written, findings, self._row(pump_id, self.today()))

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
        person = _named(by)
        read = read_clinic_sheet(
            path,
            reference=self.reference,
            today=self.today(),
            date_order=date_order,
            sheet=sheet,
            progress=progress,
        )
        with self._writing:
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

    def dismiss_row(self, row_event_id: str, reason: str, *, by: str, seen: int) -> None:
        """Take a refused row off the banner, with a reason; it stays in the log."""
        if not reason.strip():
            raise EntryRefused(Fault("reason", "A refused row is dismissed only with a reason: type it."))
        self._memory.catch_up()
        for pump_id in (CLINIC, *self._memory.pump_ids()):
            for one in self._memory.state(pump_id).open_rows:
                if one.event_id == row_event_id:
                    entry = RowSettled(
                        happened_at=self._now(),
                        pump_serial=one.row.pump_serial,
                        row_event_id=row_event_id,
                        how="dismissed",
                        reason=reason,
                    )
                    self.logbook.append(self._event(entry, pump_id, _named(by), uuid4().hex), seen=seen)
                    return
        raise EntryRefused(Fault("row_event_id", "This refused row is not open any more: look at the board again."))

    def verify(self) -> Verification:
        """Walk the chain of the whole log and compare the anchor."""
        return self.logbook.verify()

    def head(self) -> Head:
        """The end of the log: row count, hash, sequence."""
        return self.logbook.head()


def _named(by: str) -> str:
    person = by.strip()
    if not person:
        raise EntryRefused(Fault("by", "Every entry carries a person: say who you are."))
    if not person.isprintable():
        raise EntryRefused(Fault("by", "There are signs in the person's name that cannot be printed: type it again."))
    return person


def _begun(state: PumpState, until: datetime) -> bool:
    """Whether anything had happened with this pump by then."""
    if state.standing is not None or state.open_alarms:
        return True
    return state.registered is not None and state.registered.happened_at <= until


def _card(state: PumpState, registered: Registered) -> PumpCard:
    return PumpCard(
        pump_id=state.pump_id,
        pump_serial=registered.pump_serial,
        patient_id=registered.patient.patient_id,
        patient_name=registered.patient.name,
        pump_model=registered.pump.model,
        capacity_ml=registered.pump.capacity_ml,
        retired=state.retired is not None,
    )
