"""A visit that did not end in a refill, and a pump that was emptied on purpose and waits for one."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from pumplog.entries.deferred import EMPTIED
from pumplog.quantities import Unit
from pumplog.screens.clinical_words import DEFERRAL_WORDS
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.wording import PLACE_WORDS

NOT_REFILLED: Final[Mapping[str, str]] = {
    code: words for code, words in DEFERRAL_WORDS.items() if code not in EMPTIED
}


def deferred_form(form: Form, ground: Ground) -> None:
    """A visit that did not end in a refill; the dates restart from what is left."""
    when_fields(form, ground, "Visit")
    form.one_of("place", "Where", PLACE_WORDS)
    reason_fields(form, NOT_REFILLED)
    _volumes(form)


def emptied_form(form: Form, ground: Ground) -> None:
    """A pump is emptied, before an MRI for one: red until it is refilled, whatever was left in it."""
    st.info("The pump stays red on the board until its refill is recorded, whatever is left in it.")
    when_fields(form, ground, "Emptied")
    form.one_of("place", "Where", PLACE_WORDS)
    reason_fields(form, {code: words for code, words in DEFERRAL_WORDS.items() if code in EMPTIED})
    _volumes(form)


def reason_fields(form: Form, words: Mapping[str, str]) -> None:
    """Ask for a reason by tap; in words as well where the tap does not say enough."""
    code = form.one_of("reason_code", "Why was the pump not refilled?", words)
    needed = code in ("other", "emptied_for_other")
    typed = form.text("reason", "Reason in words" + ("" if needed else ", if there is more to say"))
    if code is None:
        form.fault("reason", "Why was the pump not refilled: choose one.")
    elif typed is None and needed:
        form.fault("reason", "Reason in words: type it.")
    elif typed is None:
        form.say("reason", words[code])


def _volumes(form: Form) -> None:
    left, right = st.columns(2)
    with left:
        form.number("drawn_ml", "Drawn, if it was", Unit.ML, hint="As read from the syringe.")
    with right:
        hint = "What is in the pump now; 0 if it was emptied."
        form.number("volume_left_ml", "Left in or returned", Unit.ML, hint=hint, required=True)
    form.yes_no("pump_running", "Pump running?")
