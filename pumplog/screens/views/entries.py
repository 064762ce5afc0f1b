"""Other entries about a pump: programme change, deferral, alarms, retirement, correction."""

import streamlit as st

from pumplog.people import act_of
from pumplog.screens import clinic
from pumplog.screens.check_and_save import check_then_save, show_saved
from pumplog.screens.choose_pump import choose_pump
from pumplog.screens.correct_form import correct_form
from pumplog.screens.correcting import forget_target, target_of
from pumplog.screens.drafts import keep_typed, sheet_or_draft, show_kept
from pumplog.screens.form import Form
from pumplog.screens.form_look import wear_forms
from pumplog.screens.ground import ground_of
from pumplog.screens.other_forms import CHOICES, other_form
from pumplog.screens.person import person
from pumplog.screens.replace_form import replace_form


def page() -> None:
    """Ask what happened with one pump, show what it would mean, and save it."""
    wear_forms()
    st.title("Other entries")
    desk = clinic.desk()
    story = choose_pump(desk, "entries")
    if story is None:
        return
    pump_id = story.state.pump_id
    replaced = st.session_state.get(f"kind:{pump_id}") == "replaced"
    if show_saved(f"entry:{pump_id}", again="Another entry", first_fill=replaced):
        forget_target(pump_id)
        return
    kind = st.pills(
        "What happened?",
        [kind for kind in CHOICES if desk.may(act_of(kind))],
        format_func=CHOICES.__getitem__,
        key=f"kind:{pump_id}",
        persist_state="session",
    )
    if kind is None:
        return
    asked = target_of(pump_id) if kind == "corrected" else None
    name = f"{kind}:{pump_id}" + (f":{asked}" if asked else "")
    own = sheet_or_draft(name, desk, kind, pump_id)
    if own is None:
        return
    ground = ground_of(desk, story, own.begun_at, person())
    if ground is None:
        st.info("This pump is not registered: register it with its patient first.")
        return
    form = Form(own)
    with st.container(border=True):
        if kind == "corrected":
            correct_form(form, desk, ground, story, asked)
        elif kind == "replaced":
            replace_form(form, desk, ground, story)
        else:
            other_form(kind, form, desk, ground, story)
    keep_typed(form, desk, kind, pump_id)
    check_then_save(name, form, desk, saved_as=f"entry:{pump_id}")
    show_kept(name, form, desk)


if __name__ == "__main__":
    page()
