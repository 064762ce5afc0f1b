"""What the desk shows: the board, a pump's story, what was said. Only what whoever sits at it may see."""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from threading import RLock
from types import MappingProxyType
from typing import Self

from pumplog.clinic_days import ClinicCalendar
from pumplog.desk.allowed import asks_for
from pumplog.desk.calling import CallList, call_list_of
from pumplog.desk.finding import found_among
from pumplog.desk.memory import CLINIC, Memory, uncollected
from pumplog.desk.read_log import ReadLog
from pumplog.desk.replacing import replaced_serial
from pumplog.desk.shapes import Board, Found, PumpCard, Story
from pumplog.entries import AnyEntry, Corrected, Registered
from pumplog.entries.base import EARLIEST_YEAR, LATEST_YEAR
from pumplog.errors import EntryRefused, Fault, NotAllowed
from pumplog.logbook import Log
from pumplog.outlook import (
    NearMiss,
    Outlook,
    Projection,
    Tier,
    in_board_order,
    near_misses_of,
    open_transfer_of,
    outlook,
    project,
)
from pumplog.people import Act, Administration, Door, Person, access
from pumplog.reference import Reference
from pumplog.state import OpenRow, PumpState, fold_pump
from pumplog.state.course import Boluses

CALENDARS_KEPT_COUNT = 50
"""Calendars of past days that are kept for whoever steps through the story of a pump."""


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


class ReadingDesk:
    """The half of the desk that shows. Everything below is told what time it is; only the desk asks.

    Unbound, it is the desk of whoever holds the file itself: a terminal, or a demo without accounts. `as_person`
    gives the desk as one person has it, who sees the pumps of their sites and may what their roles allow.
    """

    def __init__(self, logbook: Log, reference: Reference, now: Callable[[], datetime] = utc_now) -> None:
        self.logbook = logbook
        self.reference = reference
        self.zone = reference.policy.zone_info
        self.door = Door(logbook, reference.policy)
        self.administration = Administration(logbook, self.door.accounts, self.door.tablets, self.door.proving)
        self.person: Person | None = None
        self._now = now
        self._memory = Memory(logbook, self.zone)
        self._read_log = ReadLog(logbook)
        self._at_the_board = RLock()
        self._outlooks: dict[str, tuple[tuple[int, int], date, Outlook]] = {}
        self._stories: dict[str, tuple[tuple[int, int], date, Story]] = {}
        self._projections: dict[str, tuple[PumpState, Projection]] = {}
        self._calendars: dict[tuple[int, date | None], ClinicCalendar] = {}
        self._near_misses: dict[str, tuple[int, date, tuple[NearMiss, ...]]] = {}

    def as_person(self, person: Person) -> Self:
        """The same desk over the same log, as this person has it."""
        bound = copy(self)
        bound.person = person
        return bound

    def may(self, act: Act) -> bool:
        """Whether whoever sits here may do this."""
        return self.person is None or self.person.may(act)

    def tell_not_allowed(self, act: Act) -> None:
        """Write down that whoever sits here asked for what they may not."""
        if self.person is not None:
            self.door.tell_not_allowed(self.person, act, at=self._now())

    def _sees(self, pump_id: str) -> bool:
        """Whether a pump is of the sites of whoever sits here; what is said about no pump is of all of them."""
        if self.person is None or self.person.sites is None:
            return True
        return pump_id != CLINIC and self.person.sees(_site_of(self._memory.state(pump_id)))

    def _refuse_unseen(self, pump_id: str) -> None:
        """Raise EntryRefused for another site's pump, as for one that is not there."""
        if not self._sees(pump_id):
            raise EntryRefused(Fault("pump_serial", "No such pump is on record: look for it on the board."))

    def _refuse_some_sites(self, because: str) -> None:
        """Raise NotAllowed for somebody who belongs to some sites only, as what they ask for concerns all of them."""
        if self.person is not None and self.person.sites is not None:
            raise NotAllowed(f"{because}: somebody who belongs to all of its sites does this.")

    def _seen_pump_ids(self) -> list[str]:
        return [pump_id for pump_id in self._memory.pump_ids() if self._sees(pump_id)]

    def now(self) -> datetime:
        """The moment it is, on the clinic's clock."""
        return self._now().astimezone(self.zone)

    def today(self) -> date:
        """The date in the clinic's calendar."""
        return self.now().date()

    @asks_for(Act.SEE_BOARD)
    def board(self, on: date | None = None) -> Board:
        """The board of a day, today unless named: every active pump exactly once, worst first.

        Whoever asks while it is being worked out waits for it, instead of working all of it out once more.
        """
        day = self._day(on)
        with self._at_the_board, uncollected():
            sequence = self._memory.catch_up()
            rows = [row for pump_id in self._seen_pump_ids() if (row := self._row(pump_id, day)) is not None]
        counted = Counter(row.tier for row in rows)
        return Board(
            on=day,
            rows=tuple(in_board_order(rows)),
            counts=MappingProxyType({tier: counted[tier] for tier in Tier}),
            open_rows=tuple(row for _, row in self._open_rows()),
            sequence=sequence,
        )

    @asks_for(Act.SEE_BOARD)
    def call_list(self, on: date | None = None) -> CallList:
        """Whom to call on a day, today unless named: nothing booked, missed, to call again, not confirmed."""
        board = self.board(on)
        states = (self._state(pump_id, board.on) for pump_id in self._seen_pump_ids() if self._has_left(pump_id))
        transfers = [found for state in states if (found := open_transfer_of(state, state.registered)) is not None]
        return call_list_of(board.on, board.rows, transfers)

    def _has_left(self, pump_id: str) -> bool:
        return self._memory.state(pump_id).retired is not None

    @asks_for(Act.SEE_BOARD)
    def near_misses(self, since: date) -> tuple[NearMiss, ...]:
        """Every refill from a day on that came late or nearly too late, the newest first; also of retired pumps."""
        since = self._day(since)
        self._memory.catch_up()
        found = [one for pump_id in self._seen_pump_ids() for one in self._near_misses_of(pump_id, since)]
        return tuple(sorted(found, key=lambda one: (one.refilled_on, one.event_id), reverse=True))

    def _near_misses_of(self, pump_id: str, since: date) -> tuple[NearMiss, ...]:
        """Those of one pump; worked out once, until more is said about it."""
        state = self._memory.state(pump_id)
        kept = self._near_misses.get(pump_id)
        if kept is None or kept[:2] != (state.latest, since):
            kept = (state.latest, since, tuple(near_misses_of(state, self.reference, since)))
            self._near_misses[pump_id] = kept
        return kept[2]

    def _open_rows(self) -> list[tuple[str, OpenRow]]:
        """The refused rows that whoever sits here may see, each with its pump; those of no pump are all sites'."""
        of_the_clinic = [CLINIC] if self._sees(CLINIC) else []
        pump_ids = [*of_the_clinic, *self._seen_pump_ids()]
        return [(pump_id, row) for pump_id in pump_ids for row in self._memory.state(pump_id).open_rows]

    def _day(self, on: date | None) -> date:
        """The day asked for, today unless named. Raises EntryRefused for a year that cannot be right."""
        if on is not None and not EARLIEST_YEAR <= on.year <= LATEST_YEAR:
            raise EntryRefused(Fault("on", f"The year {on.year} cannot be right: check the date."))
        return on or self.today()

    def _row(self, pump_id: str, day: date) -> Outlook | None:
        """The outlook of one pump on a day, or None when it is not on that day's list; worked out once."""
        latest = (self._memory.state(pump_id).latest, self._memory.state(CLINIC).latest)
        kept = self._outlooks.get(pump_id)
        if kept is not None and kept[:2] == (latest, day):
            return kept[2]
        state = self._state(pump_id, day)
        if state.retired is not None or not _begun(state, self._end_of(day)):
            return None
        row = self._outlook(state, day, projection=self._projection(pump_id, state))
        self._outlooks[pump_id] = (latest, day, row)
        return row

    def _projection(self, pump_id: str, state: PumpState) -> Projection:
        """The dates of one state, kept over midnight and over a new closed day: neither moves them."""
        kept = self._projections.get(pump_id)
        if kept is None or kept[0] is not state:
            kept = self._projections[pump_id] = (state, project(state, self.reference))
        return kept[1]

    def _outlook(
        self,
        state: PumpState,
        day: date,
        *,
        boluses: Boluses = Boluses.ALLOTTED,
        projection: Projection | None = None,
    ) -> Outlook:
        """The outlook of a state on a day, by the clinic's calendar as it was known then."""
        calendar = self._calendar(day)
        return outlook(state, self.reference, day, calendar=calendar, boluses=boluses, projection=projection)

    @asks_for(Act.SEE_BOARD)
    def calendar(self, on: date | None = None) -> ClinicCalendar:
        """Which days the clinic is open, as known at the end of a day, today unless named; the whole clinic's."""
        day = self._day(on)
        self._memory.catch_up()
        return self._calendar(day)

    def _calendar(self, day: date) -> ClinicCalendar:
        """The calendar as known on a day; made once, until more is said."""
        state = self._memory.state(CLINIC)
        known_since = state.last_happened_at
        asked = (state.latest, None if known_since is None or known_since <= self._end_of(day) else day)
        if asked not in self._calendars:
            if len(self._calendars) > CALENDARS_KEPT_COUNT:
                self._calendars.clear()
            self._calendars[asked] = ClinicCalendar(
                self.reference, self._state(CLINIC, day).clinic_days, state.latest
            )
        return self._calendars[asked]

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

    @asks_for(Act.SEE_BOARD)
    def pumps(self) -> list[PumpCard]:
        """Every registered pump, retired ones included, by serial."""
        self._memory.catch_up()
        states = [self._memory.state(pump_id) for pump_id in self._seen_pump_ids()]
        cards = [card_of(state, state.registered) for state in states if state.registered is not None]
        return sorted(cards, key=lambda card: card.pump_serial)

    @asks_for(Act.SEE_BOARD)
    def find_pump(self, typed: str) -> Found:
        """The pumps that fit what was typed or scanned.

        Raises EntryRefused for a code that cannot be read or whose serial is not on record.
        """
        return found_among(self.pumps(), typed)

    @asks_for(Act.SEE_BOARD)
    def pump_id(self, serial: str) -> str:
        """The pump of a serial. Raises EntryRefused when there is none."""
        self._memory.catch_up()
        found = self._memory.pump_id(serial)
        if found is None or not self._sees(found):
            raise EntryRefused(Fault("pump_serial", f'No pump with the serial "{serial}" is on record: check it.'))
        return found

    def _tell_taken_out(self, what: str, *, by: str, pumps_count: int) -> None:
        """Write down that data of so many pumps leave the house, before they do. Every way out comes by here."""
        self._read_log.took_out("paper_made", what, by=self._maker(by), at=self._now(), pumps_count=pumps_count)

    def _maker(self, by: str) -> str:
        """Who takes something out: whoever sits here, else the name given."""
        return self.person.name if self.person is not None else by.strip() or access.NOBODY

    @asks_for(Act.SEE_BOARD)
    def seen(self, pump_id: str) -> int:
        """What somebody who looks now has seen of a pump: the sequence of its latest event."""
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        return self._memory.state(pump_id).latest

    @asks_for(Act.SEE_BOARD)
    def seen_of(self, entry: AnyEntry) -> int:
        """What somebody who looks now has seen of the pump that an entry is about; 0 for a new pump.

        Of a pump that replaces another it is what they have seen of the old one.
        """
        self._memory.catch_up()
        pump_id = self._memory.pump_id(replaced_serial(entry) or entry.pump_serial or "")
        if pump_id is None:
            return 0
        self._refuse_unseen(pump_id)
        return self._memory.state(pump_id).latest

    def _states_and_rows(self) -> Iterator[tuple[PumpState, Outlook]]:
        """Every pump of today's board that whoever sits here may see, with its state."""
        day = self.today()
        for pump_id in self._seen_pump_ids():
            row = self._row(pump_id, day)
            if row is not None:
                yield self._state(pump_id, day), row


def _begun(state: PumpState, until: datetime) -> bool:
    """Whether anything had happened with this pump by then."""
    if state.standing is not None or state.open_alarms:
        return True
    return state.registered is not None and state.registered.happened_at <= until


def _site_of(state: PumpState) -> str | None:
    """The site of a pump; by the last registration when that was entered in error: it tells of a patient still."""
    if state.registered is not None:
        return state.registered.clinic_site
    entries = (line.said.entry for line in reversed(state.log) if line.said.kind in ("registered", "corrected"))
    said = (entry.replacement if isinstance(entry, Corrected) else entry for entry in entries)
    return next((entry.clinic_site for entry in said if isinstance(entry, Registered)), None)


def card_of(state: PumpState, registered: Registered) -> PumpCard:
    """Enough of a pump to find it by."""
    return PumpCard(
        pump_id=state.pump_id,
        pump_serial=registered.pump_serial,
        patient_id=registered.patient.patient_id,
        patient_name=registered.patient.name,
        pump_model=registered.pump.model,
        capacity_ml=registered.pump.capacity_ml,
        retired=state.retired is not None,
    )
