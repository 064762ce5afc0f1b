"""What is being said on the alarms page: which form, about which pump and which alarm."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.screens.check_and_save import check_then_save
from pumplog.screens.choose_pump import choose_pump
from pumplog.screens.form import Form
from pumplog.screens.going import PUMP_KEY, PUMP_PARAMETER
from pumplog.screens.ground import ground_of
from pumplog.screens.other_forms import other_form
from pumplog.screens.person import person
from pumplog.screens.sheet import sheet
from pumplog.screens.wording import KIND_WORDS

_KEY: Final = "alarm-task"


@dataclass(frozen=True)
class Task:
    """A kind of entry, its pump unless that is still to be found, and the alarm that it is about."""

    kind: str
    pump_id: str | None = None
    alarm_event_id: str | None = None


def begin(task: Task) -> None:
    """Show the form of a task; the pump of another page is let go, so that the call begins with its own."""
    st.session_state[_KEY] = task
    st.session_state.pop(PUMP_KEY, None)
    st.query_params.pop(PUMP_PARAMETER, None)
    st.rerun()


def task_in_hand() -> Task | None:
    """What was begun and not ended."""
    kept = st.session_state.get(_KEY)
    return kept if isinstance(kept, Task) else None


def end() -> None:
    """Go back to the list."""
    st.session_state.pop(_KEY, None)


def form_of(task: Task, desk: Desk, *, saved_as: str) -> None:
    """Draw the form of a task: first which pump, when that is not known."""
    st.subheader(KIND_WORDS[task.kind], anchor=False)
    story = desk.story_of(task.pump_id) if task.pump_id else choose_pump(desk, "alarms")
    if story is None:
        return
    if task.alarm_event_id and not any(one.event_id == task.alarm_event_id for one in story.state.open_alarms):
        st.info("This alarm is not open any more: somebody closed or corrected it.")
        return
    _form(task, desk, story, saved_as)


def _form(task: Task, desk: Desk, story: Story, saved_as: str) -> None:
    pump_id = story.state.pump_id
    name = f"{task.kind}:{pump_id}:{task.alarm_event_id or ''}"
    own = sheet(name, desk, pump_id)
    ground = ground_of(desk, story, own.begun_at, person())
    if ground is None:
        st.info("This pump is not registered: register it with its patient first.")
        return
    form = Form(own)
    with st.container(border=True):
        other_form(task.kind, form, desk, ground, story, alarm_event_id=task.alarm_event_id)
    check_then_save(name, form, desk, saved_as=saved_as)
