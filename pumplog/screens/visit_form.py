"""The refill visit: five steps in the order of the work, one in sight at a time or all on one page."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from typing import Any, Final

import streamlit as st

from pumplog.desk import Desk
from pumplog.entries import Deferred
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.visit_steps.drawn import drawn_step
from pumplog.screens.visit_steps.filled import filled_step
from pumplog.screens.visit_steps.leaving import leaving_step
from pumplog.screens.visit_steps.programmed import programmed_step
from pumplog.screens.visit_steps.who import who_step

TITLES: Final[Sequence[str]] = ("Who", "Drawn", "Filled", "Programmed", "Check and sign")

Frame = Callable[[int], AbstractContextManager[Any]]
"""What a step is drawn in, by its number."""


@contextmanager
def on_one_page(number: int) -> Iterator[None]:
    """A box under the one before: a visit that is typed anew as a correction is seen whole."""
    title = TITLES[number - 1] if number < len(TITLES) else "Before the patient leaves"
    with st.container(border=True):
        st.subheader(f"{number} {title}")
        yield


def visit_form(form: Form, desk: Desk, ground: Ground, frame: Frame = on_one_page) -> None:
    """Draw every field of a refill visit."""
    form.say("kind", "refilled")
    form.say("pump_serial", ground.pump_serial)
    with frame(1):
        who_step(form, ground)
    with frame(2):
        put_off = drawn_step(form, desk, ground)
    if put_off:
        _put_off(form, frame)
        return
    with frame(3):
        concentration: Decimal | None = filled_step(form, desk, ground)
    with frame(4):
        programmed_step(form, desk, ground, concentration)
    with frame(5):
        leaving_step(form)


def _put_off(form: Form, frame: Frame) -> None:
    """The rest of a visit at which nothing is filled; what belongs to a filling alone is not said."""
    for number, words in ((3, "filled"), (4, "programmed")):
        with frame(number):
            st.info(f"The refill is put off: nothing is {words}.")
    with frame(5):
        form.text("note", "Note", long=True)
    form.say("kind", "deferred")
    for path in [path for path in form.said if path.split(".")[0] not in Deferred.model_fields]:
        del form.said[path]
