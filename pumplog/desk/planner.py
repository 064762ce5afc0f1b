"""What the planner shows: a date for each pump, a closure or a dose tried out, what to order. It writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pumplog.desk.allowed import asks_for
from pumplog.desk.memory import uncollected
from pumplog.desk.reading import ReadingDesk
from pumplog.errors import EntryRefused, Fault
from pumplog.outlook import Outlook
from pumplog.people import Act
from pumplog.planning import (
    HORIZON_WEEKS,
    ORDER_DAYS,
    Closing,
    OrderLine,
    Progress,
    Schedule,
    Tried,
    WhatIf,
    caught_by_closure,
    needs_of,
    order_lines,
    propose,
    what_if,
)

LONGEST_PLAN_WEEKS = 52


@dataclass(frozen=True)
class Plan:
    """A proposed schedule, with the row of each pump in it; `sequence` is the newest event it knows of.

    `seen` is what somebody who reads the plan has seen of each pump: it goes back with a booking.
    """

    schedule: Schedule
    rows: Mapping[str, Outlook]
    sequence: int
    seen: Mapping[str, int]


class PlanningDesk(ReadingDesk):
    """The part of the desk that looks ahead."""

    @asks_for(Act.PLAN)
    def plan(self, *, weeks_count: int = HORIZON_WEEKS, progress: Progress | None = None) -> Plan:
        """Propose a date for each pump of the whole clinic that has no good booking. Nothing is booked by this.

        Raises EntryRefused for more weeks than can be planned, NotAllowed for somebody of some sites only.
        """
        self._refuse_some_sites("Days and their room are shared by the whole clinic")
        if not 1 <= weeks_count <= LONGEST_PLAN_WEEKS:
            raise EntryRefused(Fault("weeks_count", f"Plan from 1 to {LONGEST_PLAN_WEEKS} weeks ahead."))
        board = self.board()
        calendar = self._calendar(board.on)
        needs = needs_of(board.rows, calendar)
        schedule = propose(needs, calendar, board.on, weeks_count=weeks_count, progress=progress)
        seen = {row.pump_id: self._memory.state(row.pump_id).latest for row in board.rows}
        return Plan(schedule, {row.pump_id: row for row in board.rows}, board.sequence, seen)

    @asks_for(Act.SEE_BOARD)
    def try_closure(self, first: date, last: date) -> Closing:
        """Who a closure would catch, before it is said. Raises EntryRefused for days that cannot be right."""
        first, last = self._day(first), self._day(last)
        if last < first:
            raise EntryRefused(Fault("last_on", "The last day of the closure is before its first: check both."))
        board = self.board()
        return caught_by_closure(board.rows, self.calendar(), first, last, board.on)

    @asks_for(Act.SEE_BOARD)
    def order(self, *, days_count: int = ORDER_DAYS) -> list[OrderLine]:
        """What the visits of the coming days take: drug by drug, reservoir by reservoir."""
        today = self.today()
        with uncollected():
            self._memory.catch_up()
            first_open = self._calendar(today).first_open_on_or_after(today)
            pumps = [(row, state) for state, row in self._states_and_rows()]
        return order_lines(pumps, today, first_open, days_count=days_count)

    @asks_for(Act.SEE_STORY)
    def what_if(self, pump_id: str, asked: Tried) -> WhatIf:
        """The dates that another dose, concentration or alarm volume would give. Nothing is written.

        Raises CalculationRefused with every reason.
        """
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        return what_if(
            self._memory.state(pump_id),
            self._memory.said(pump_id),
            asked,
            reference=self.reference,
            calendar=self._calendar(self.today()),
            now=self._now(),
            today=self.today(),
        )
