"""Register a pump and its patient: check, then record."""

import streamlit as st

from pumplog.screens import clinic
from pumplog.screens.check_and_save import check_then_save, show_saved
from pumplog.screens.drafts import keep_typed, sheet_or_draft, show_kept
from pumplog.screens.form import Form
from pumplog.screens.form_look import wear_forms
from pumplog.screens.register_form import register_form

_NAME = "register"


def page() -> None:
    """Ask for one pump and its patient, show what stands out, and save it."""
    wear_forms()
    st.title("Register a pump")
    if show_saved(_NAME, again="Register another pump", first_fill=True):
        return
    desk = clinic.desk()
    own = sheet_or_draft(_NAME, desk, "registered", None)
    if own is None:
        return
    form = Form(own)
    register_form(form, desk, own.begun_at)
    keep_typed(form, desk, "registered", None)
    check_then_save(_NAME, form, desk)
    show_kept(_NAME, form, desk)


if __name__ == "__main__":
    page()
