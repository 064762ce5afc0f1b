"""Another dose, concentration or alarm volume tried out on one pump: dates beside today's. Not a prescription."""

from html import escape
from typing import Final

import streamlit as st

from pumplog.errors import CalculationRefused, Fault
from pumplog.planning import Tried
from pumplog.quantities import Unit
from pumplog.screens import clinic
from pumplog.screens.choose_pump import choose_pump
from pumplog.screens.fields import number_field
from pumplog.screens.going import go_to
from pumplog.screens.look import as_words
from pumplog.screens.preview_panel import outlook_html
from pumplog.screens.working import dates_working_html

ANOTHER_DOSE: Final = "Another dose"
PART_ASKED: Final = "planner_part_asked"
"""Where the planner finds the part that somebody came for."""

_HOW = (
    "Leave a field empty to keep what is so now. A concentration or a volume means: as if refilled now. A change is "
    "counted from today on and rounded down, so that a date may come out a day earlier."
)


def go_to_what_if(pump_id: str) -> None:
    """Leave for the part of the planner that tries another dose, with this pump in hand; does not come back."""
    st.session_state[PART_ASKED] = ANOTHER_DOSE
    go_to("planner", pump_id)


def what_if_part() -> None:
    """Ask what is tried, and show the dates it would give with their working."""
    desk = clinic.desk()
    st.warning("Not a prescription. Numbers tried out here change nothing and are kept nowhere.")
    story = choose_pump(desk, "planner")
    if story is None:
        return
    pump_id, faults = story.state.pump_id, list[Fault]()
    st.caption(_HOW)

    def asked(name: str, label: str, unit: Unit) -> object:
        reading = number_field(label, unit, key=f"try-{pump_id}-{name}", field=name, faults=faults)
        return reading.value if reading else None

    left, right = st.columns(2)
    with left:
        dose = asked("dose_mcg_per_day", "Dose per day", Unit.MCG_PER_DAY)
        alarm_volume = asked("alarm_volume_ml", "Alarm volume", Unit.ML)
    with right:
        concentration = asked("concentration_mcg_per_ml", "Concentration after a refill", Unit.MCG_PER_ML)
        volume = asked("volume_ml", "Volume after a refill", Unit.ML)
    values = {
        "dose_mcg_per_day": dose,
        "concentration_mcg_per_ml": concentration,
        "alarm_volume_ml": alarm_volume,
        "volume_ml": volume,
    }
    if faults or not any(value is not None for value in values.values()):
        return
    try:
        found = desk.what_if(pump_id, Tried(**values))  # type: ignore[arg-type]
    except CalculationRefused as refused:
        for reason in refused.reasons:
            st.html(f'<p class="pl-refused" role="alert">{escape(reason)}</p>')
        return
    st.write(f"**{as_words(found.says)}:**")
    before, after = st.columns(2)
    with before.container(border=True):
        st.html(outlook_html("Today", found.today))
    with after.container(border=True):
        st.html(outlook_html("Tried out", found.tried))
    with st.expander("How the tried dates were worked out"):
        st.html(dates_working_html(found.tried) or "<p>There is no answer to work out: see the reasons above.</p>")
