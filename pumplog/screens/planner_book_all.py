"""All proposed dates booked by one press, and undone by another: what has been done with a plan since it was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Final
from uuid import uuid4

import streamlit as st

from pumplog.desk import Desk, Plan
from pumplog.entries import Booked, BookedVisit, BookingChanged
from pumplog.errors import EntryRefused, StaleRecord
from pumplog.people import Act
from pumplog.planning import Proposal
from pumplog.screens import clinic
from pumplog.screens.look import as_words
from pumplog.screens.person import person
from pumplog.state import Said

_ANSWERED: Final = "proposals_answered"
_REFUSALS_SHOWN_COUNT: Final = 10


@dataclass
class Answered:
    """What was done with a plan: the dates booked, what was seen of those pumps since, and the last press for all."""

    booked: dict[str, date] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    written_count: int = 0
    at_once: Mapping[str, Said] = field(default_factory=dict)
    press_id: str = field(default_factory=lambda: uuid4().hex)

    def take(self, written: Mapping[str, Said]) -> None:
        """What was just written was seen by whoever wrote it; the next press is another one.

        Several bookings can be undone together; one alone is cancelled on the Calls page.
        """
        self.seen.update({pump_id: one.sequence for pump_id, one in written.items()})
        self.written_count += len(written)
        if len(written) > 1:
            self.at_once = written if all(one.kind == "booked" for one in written.values()) else {}
        self.press_id = uuid4().hex


def answered() -> Answered:
    """What was done with the plan on this screen."""
    return st.session_state.setdefault(_ANSWERED, Answered())  # type: ignore[no-any-return]


def nothing_answered() -> None:
    """Begin anew: another plan was made."""
    st.session_state[_ANSWERED] = Answered()


def needs_reason(plan: Plan, one: Proposal) -> bool:
    """Whether a date lies after a refill-by date that is not past: that is booked with a reason, each by itself."""
    refill_by = plan.rows[one.need.pump_id].refill_by
    return refill_by is not None and plan.schedule.today <= refill_by < one.on


def book_all(plan: Plan) -> None:
    """Offer to book every proposed date that waits; after that, to undo it."""
    desk, done, by = clinic.desk(), answered(), person()
    if not desk.may(Act.LOG_CALL):
        return
    if done.at_once:
        _undo(desk, done, by)
    waiting = [one for one in plan.schedule.proposals if one.need.pump_id not in done.booked]
    alone = [one for one in waiting if needs_reason(plan, one)]
    together = [one for one in waiting if one not in alone]
    if alone:
        st.html(f"<p>After the refill-by date, so booked with a reason on the Calls page: {len(alone):,}.</p>")
    if len(together) < 2:
        return
    words = f"Book all {len(together):,} dates"
    with st.expander(f"{words} at once", key="book-all-fold"):
        st.write(
            f"This books the proposed date of each of {len(together):,} pumps, also of those further down the list, "
            "under your name. It tells no patient: each has still to be called."
        )
        shown = f"{words}, as {as_words(by)}" if by else words
        if st.button(shown, key="book-all", type="primary", disabled=by is None) and by is not None:
            _book(desk, plan, done, together, by)


def _book(desk: Desk, plan: Plan, done: Answered, together: Sequence[Proposal], by: str) -> None:
    at = desk.now()
    said = [
        Booked(
            happened_at=at,
            pump_serial=plan.rows[one.need.pump_id].pump_serial,
            booking=BookedVisit(visit_on=one.on),
        )
        for one in together
    ]
    if written(desk, done, said, {**plan.seen, **done.seen}, by):
        done.booked.update({one.need.pump_id: one.on for one in together})
        st.rerun()


def _undo(desk: Desk, done: Answered, by: str | None) -> None:
    """Say what was booked at once, and offer to cancel it again."""
    count = len(done.at_once)
    st.success(f"{count:,} dates booked. Each patient has still to be called.")
    if not st.button(f"Undo these {count:,} bookings", key="undo-all", disabled=by is None) or by is None:
        return
    at = desk.now()
    said = [
        BookingChanged(
            happened_at=at,
            pump_serial=one.entry.pump_serial,
            booking_event_id=one.event_id,
            change="cancelled",
            reason="booked with all proposed dates, and undone",
        )
        for one in done.at_once.values()
    ]
    undone, seen = done.at_once, {pump_id: one.sequence for pump_id, one in done.at_once.items()}
    if written(desk, done, said, seen, by):
        for pump_id in undone:
            done.booked.pop(pump_id, None)
        st.rerun()


def written(
    desk: Desk, done: Answered, said: Sequence[Booked | BookingChanged], seen: Mapping[str, int], by: str
) -> bool:
    """Write all of them; False when they were refused, and the screen says why."""
    try:
        taken = desk.record_bookings(said, by=by, seen=seen, press_id=done.press_id)
    except StaleRecord:
        st.error("Nothing was written: somebody recorded something about one of these pumps just now. Propose again.")
    except EntryRefused as refusal:
        _refused(refusal)
    else:
        done.take(taken)
        return True
    return False


def _refused(refusal: EntryRefused) -> None:
    """Show which pumps stood in the way of all."""
    st.error("Nothing was written, for these pumps stand in the way. Propose again, or open them one at a time.")
    for fault in refusal.faults[:_REFUSALS_SHOWN_COUNT]:
        st.html(f'<p class="pl-refused" role="alert">{escape(fault.says)}</p>')
    if len(refusal.faults) > _REFUSALS_SHOWN_COUNT:
        st.write(f"And {len(refusal.faults) - _REFUSALS_SHOWN_COUNT:,} more.")
