"""Record a refill visit, step by step: check, then record."""

import streamlit as st

from pumplog.screens import clinic
from pumplog.screens.check_and_save import check_then_save, show_saved
from pumplog.screens.choose_pump import choose_pump
from pumplog.screens.drafts import keep_typed, sheet_or_draft, show_kept, show_unfinished
from pumplog.screens.form import Form
from pumplog.screens.form_look import wear_forms
from pumplog.screens.ground import ground_of
from pumplog.screens.person import person
from pumplog.screens.visit_form import TITLES, visit_form
from pumplog.screens.wizard import Wizard


def page() -> None:
    """Ask for one visit of one pump, show what it would mean, and save it."""
    wear_forms()
    st.title("Record a refill visit")
    desk = clinic.desk()
    story = choose_pump(desk, "visit")
    if story is None:
        show_unfinished(desk)
        return
    pump_id = story.state.pump_id
    name = f"visit:{pump_id}"
    if show_saved(name, again="Record another visit", desk=desk):
        return
    own = sheet_or_draft(name, desk, "refilled", pump_id)
    if own is None:
        return
    ground = ground_of(desk, story, own.begun_at, person())
    if ground is None:
        st.info("This pump is not registered: register it with its patient first.")
        return
    form = Form(own)
    wizard = Wizard(form, TITLES)
    with wizard.drawn():
        visit_form(form, desk, ground, wizard.step)
        keep_typed(form, desk, "refilled", pump_id)
        if wizard.is_at_the_end:
            check_then_save(name, form, desk, wizard=wizard)
    show_kept(name, form, desk)


if __name__ == "__main__":
    page()
