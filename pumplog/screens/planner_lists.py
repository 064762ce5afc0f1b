"""The lists of the planner: pumps with nothing booked, what to order, replacements ahead."""

from html import escape

import streamlit as st

from pumplog.exports.ordering import order_csv
from pumplog.outlook import Outlook, Replacement
from pumplog.planning import ORDER_DAYS
from pumplog.quantities import Unit, show
from pumplog.screens import clinic
from pumplog.screens.going import go_to
from pumplog.screens.navigation import can_open
from pumplog.screens.sentences import who_html
from pumplog.screens.tables import table_html

AT_ONCE_COUNT = 25


def not_booked_part() -> None:
    """Show every pump without a visit ahead, worst first."""
    rows = [row for row in clinic.desk().board().rows if row.next_visit_on is None]
    if not rows:
        st.success("Every pump has a visit booked.")
        return
    who = "1 pump has" if len(rows) == 1 else f"{len(rows):,} pumps have"
    st.write(f"{who} no visit booked; the worst comes first.")
    count = st.session_state.get("unbooked-shown", AT_ONCE_COUNT)
    for row in rows[:count]:
        with st.container(horizontal=True, wrap=False, key=f"unbooked-{row.pump_id}"):
            st.html(unbooked_html(row))
            if can_open("story") and st.button("Open", key=f"open-unbooked-{row.pump_id}"):
                go_to("story", row.pump_id)
    if len(rows) > count:
        more = min(AT_ONCE_COUNT, len(rows) - count)
        st.button(f"Show {more} more of {len(rows) - count:,}", key="more-unbooked", on_click=_more, args=(count,))


def _more(count: int) -> None:
    st.session_state["unbooked-shown"] = count + AT_ONCE_COUNT


def unbooked_html(row: Outlook) -> str:
    """Return one pump and the day to book by."""
    return (
        f'<article class="pl-row pl-edge-{row.tier.value}">{who_html(row)}'
        f"<p>{escape(row.book_on_says)}{phone_html(row.phone)}</p></article>"
    )


def phone_html(phone: str | None) -> str:
    """Return how to reach a patient; that there is no number is said."""
    return f" Phone {escape(phone)}." if phone else ' <span class="pl-quiet">No phone number on record.</span>'


def order_part() -> None:
    """Show what the coming visits take, and offer it as a file."""
    lines = clinic.desk().order()
    st.write(
        f"For the refill visits of the next {ORDER_DAYS} days, as booked or as they fall due; who is late already is "
        "counted too. Each reservoir is counted full, and each visit takes one refill kit."
    )
    if not lines:
        st.write("No visit is expected.")
        return
    rows = [
        (
            line.fluid_says[:1].upper() + line.fluid_says[1:],
            show(line.reservoir_ml, Unit.ML) if line.reservoir_ml is not None else "not on record",
            f"{line.visits_count:,}",
            show(line.fill_ml, Unit.ML) if line.fill_ml is not None else "not known",
            f"{line.visits_count:,}",
        )
        for line in lines
    ]
    st.html(table_html(("Drug", "Reservoir", "Visits", "To fill", "Kits"), rows))
    st.caption("In mL, not in vials: no vial size has a source here. Check the pharmacy's own sizes.")
    st.download_button(
        "Download as CSV", order_csv(lines), "ordering.csv", "text/csv", key="order-csv", on_click="ignore"
    )


def replacements_part() -> None:
    """Show the pumps whose replacement is to be planned, soonest first."""
    found = clinic.desk().alarms().replacements
    if not found:
        st.write("No replacement is ahead: no elective replacement date is on record, and no such alarm is open.")
    for one in found:
        with st.container(horizontal=True, wrap=False, key=f"replace-{one.pump_id}"):
            st.html(replacement_html(one))
            if can_open("story") and st.button("Open", key=f"open-replace-{one.pump_id}"):
                go_to("story", one.pump_id)


def replacement_html(one: Replacement) -> str:
    """Return one replacement: who, how it stands, by when, and why."""
    edge, symbol = ("overdue", "✕") if one.stage.is_red else ("due_soon", "●")
    name, pump = escape(one.patient_name or "No patient on record"), escape(one.pump_serial)
    return (
        f'<article class="pl-row pl-edge-{edge}">'
        f'<p class="pl-who"><b>{name}</b> <span class="pl-quiet">pump {pump}</span></p>'
        f"<p>{symbol} <b>{escape(one.stage.value.capitalize())}</b>. {escape(one.says)}{phone_html(one.phone)}</p>"
        "</article>"
    )
