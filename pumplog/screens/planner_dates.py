"""A proposed date for each pump: shown with its reasons and its cost; a person decides."""

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from typing import Final

import streamlit as st

from pumplog.desk import Plan
from pumplog.entries import Booked, BookedVisit
from pumplog.people import Act
from pumplog.planning import HORIZON_WEEKS, Cost, Proposal, Waiting
from pumplog.quantities import Unit, show, show_date
from pumplog.screens import clinic
from pumplog.screens.going import go_to
from pumplog.screens.look import day_html
from pumplog.screens.navigation import can_open
from pumplog.screens.person import person
from pumplog.screens.planner_book_all import answered, book_all, nothing_answered, written
from pumplog.screens.sentences import who_html
from pumplog.screens.tables import table_html

_PLAN: Final = "proposed_plan"
_SHOWN: Final = "proposals_shown"
AT_ONCE_COUNT: Final = 25
_NOT_ALL_FIT: Final = (
    "Not everybody fits, so these numbers are not about the same pumps. This plan first places the pumps whose drug "
    "does the most harm when it is interrupted, and only then saves drug. First come, first served leaves other "
    "pumps out, and may cost less for that reason alone."
)


def dates_part() -> None:
    """Propose when asked to; show what was proposed last."""
    desk = clinic.desk()
    st.write(
        "One date for each pump without a good booking: never after its refill-by date, on open days, within their "
        "room. Red pumps come first. Bookings that are in time stand. Proposing books nothing: a person books."
    )
    st.caption("Only the next refill of each pump is placed; the one after it depends on what is filled then.")
    weeks = st.segmented_control("Weeks ahead", (4, 8, 13, HORIZON_WEEKS), default=HORIZON_WEEKS, key="plan-weeks")
    if st.button("Propose dates", key="propose", type="primary"):
        bar = st.progress(0.0, text="Reading the board")

        def move(percent: int, doing: str) -> None:
            bar.progress(percent / 100, text=doing)

        try:
            st.session_state[_PLAN] = desk.plan(weeks_count=weeks or HORIZON_WEEKS, progress=move)
            st.session_state[_SHOWN] = AT_ONCE_COUNT
            nothing_answered()
        finally:
            bar.empty()
    plan = st.session_state.get(_PLAN)
    if not isinstance(plan, Plan):
        return
    if plan.sequence + answered().written_count < desk.board().sequence or plan.schedule.today != desk.today():
        st.warning("Something was recorded since this was proposed: propose again.")
    shown(plan)


def shown(plan: Plan) -> None:
    """Show a plan: who does not fit first, then the dates, then what it costs."""
    schedule = plan.schedule
    counts = (
        (len(schedule.proposals), "proposed"),
        (len(schedule.kept), "booked in time and kept"),
        (len(schedule.not_fitting), "without a day that fits"),
        (len(schedule.later), f"not due until after {show_date(schedule.last_on)}"),
    )
    st.html(f"<p>{', '.join(f'<b>{count:,}</b> {words}' for count, words in counts)}.</p>")
    if schedule.not_fitting:
        st.subheader("Who does not fit", anchor=False)
        for one in schedule.not_fitting:
            st.html(not_fitting_html(plan, one))
    if schedule.room:
        st.subheader("What would make room", anchor=False)
        rows = [
            (f"{one.on:%A} {show_date(one.on)}", f"{one.visits_count} more", one.closed_because or "open")
            for one in schedule.room
        ]
        st.html(table_html(("Day", "Refill visits", "Now"), rows))
    st.subheader("Proposed dates", anchor=False)
    book_all(plan)
    listed = schedule.proposals[: st.session_state.get(_SHOWN, AT_ONCE_COUNT)]
    for proposal in listed:
        with st.container(horizontal=True, wrap=False, key=f"proposal-{proposal.need.pump_id}"):
            st.html(proposal_html(plan, proposal, booked=proposal.need.pump_id in answered().booked))
            with st.container(width=150, gap="small"):
                accept(plan, proposal)
                key = f"open-proposal-{proposal.need.pump_id}"
                if can_open("story") and st.button("Open", key=key, width="stretch"):
                    go_to("story", proposal.need.pump_id)
    if len(schedule.proposals) > len(listed):
        more = min(AT_ONCE_COUNT, len(schedule.proposals) - len(listed))
        left = len(schedule.proposals) - len(listed)
        st.button(f"Show {more} more of {left:,}", key="more-proposals", on_click=_show_more, args=(len(listed),))
    if not schedule.proposals:
        st.write("None is needed.")
    st.subheader("What this plan costs", anchor=False)
    cost_shown(plan)


def accept(plan: Plan, one: Proposal) -> None:
    """Book one proposed date, once, by whoever is here and may; the plan then counts as answered for this pump."""
    desk, by, pump_id, done = clinic.desk(), person(), one.need.pump_id, answered()
    if done.booked.get(pump_id) == one.on:
        st.html("<p>✓ Booked</p>")
        return
    asked = desk.may(Act.LOG_CALL) and st.button(
        "Book this day", key=f"book-{pump_id}", disabled=by is None, width="stretch", type="primary"
    )
    if not asked or by is None:
        return
    said = Booked(
        happened_at=desk.now(), pump_serial=plan.rows[pump_id].pump_serial, booking=BookedVisit(visit_on=one.on)
    )
    if written(desk, done, [said], {**plan.seen, **done.seen}, by):
        done.booked[pump_id] = one.on
        st.rerun()


def _show_more(count: int) -> None:
    st.session_state[_SHOWN] = count + AT_ONCE_COUNT


def proposal_html(plan: Plan, one: Proposal, *, booked: bool) -> str:
    """Return one proposal as a sentence: the day, who, and why then."""
    row = plan.rows[one.need.pump_id]
    by = f", refill by {day_html(row.refill_by)}" if row.refill_by else ""
    tells = one.left_ml is not None and not one.need.urgent
    left = f" About {show(round(Fraction(one.left_ml or 0), 1), Unit.ML)} would be left in the pump." if tells else ""
    because = "booked just now" if booked else one.because
    return (
        f'<article class="pl-row pl-edge-{row.tier.value}"><p><b>{one.on:%A} {day_html(one.on)}</b>{by}</p>'
        f"{who_html(row)}<p>{escape(because[:1].upper() + because[1:])}.{left}</p></article>"
    )


def not_fitting_html(plan: Plan, one: Waiting) -> str:
    """Return one pump that has no date, why, and the first free day all the same."""
    row = plan.rows[one.need.pump_id]
    by = f"Refill by {day_html(row.refill_by)}: " if row.refill_by else ""
    then = (
        f" The first free day after it is {day_html(one.first_free_on)}, too late."
        if one.first_free_on
        else " No day of the weeks planned is free after it."
    )
    return (
        f'<article class="pl-row pl-edge-overdue">{who_html(row)}<p>✕ {by}{escape(one.because)}.{then}</p></article>'
    )


def cost_shown(plan: Plan) -> None:
    """Show what a plan costs beside what no plan can undercut, and beside first come, first served."""
    schedule = plan.schedule
    rows: Sequence[tuple[str, ...]] = [
        ("This plan", *_cost_cells(schedule.cost)),
        ("No plan for these pumps costs less than", "", "", show(round(schedule.bound_ml, 1), Unit.ML), ""),
        ("First come, first served", *_cost_cells(schedule.first_come)),
    ]
    st.html(table_html(("", "Drug left over", "Crowded days", "Together", "Do not fit"), rows))
    if schedule.cost.unplaced_count or schedule.first_come.unplaced_count:
        st.html(f"<p>{_NOT_ALL_FIT}</p>")
    st.caption(
        "Drug left over is what remains in the pumps at their visits and is thrown away. Crowded days are house "
        "policy: the last free place of a day counts as much as 1 mL, unless the clinic sets another price. The red "
        "pumps are placed by urgency and are not counted here."
    )


def _cost_cells(cost: Cost) -> tuple[str, str, str, str]:
    left, crowding, total = (
        show(round(value, 1), Unit.ML) for value in (cost.left_ml, cost.crowding_ml, cost.total_ml)
    )
    return left, crowding, total, f"{cost.unplaced_count:,}"
