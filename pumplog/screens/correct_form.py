"""A correction: which entry, why, and what holds instead; the earlier entry stays to be seen."""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.entries import Deferred, Refilled, Registered, Retired
from pumplog.quantities import show_date
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.look import as_words
from pumplog.screens.old_values import OldValues, by_path
from pumplog.screens.other_forms import can_replace, other_form
from pumplog.screens.register_form import register_form
from pumplog.screens.two_versions import entry_html
from pumplog.screens.visit_form import visit_form
from pumplog.screens.wording import HOW_WORDS, KIND_WORDS
from pumplog.state import LogLine

_NOT_CORRECTED = ("row_refused", "row_settled")


def correct_form(form: Form, desk: Desk, ground: Ground, story: Story, asked: str | None = None) -> None:
    """Ask which entry was wrong, how, why, and for a replacement the right values; `asked` is chosen already."""
    form.say("kind", "corrected")
    form.say("pump_serial", ground.pump_serial)
    lines = {
        line.said.event_id: line
        for line in reversed(story.state.log)
        if line.corrected_by is None and line.said.entry.kind not in _NOT_CORRECTED
    }
    overtaken = _overtaken(form, lines, asked)
    target = st.selectbox(
        "Which entry was wrong?",
        list(lines),
        index=list(lines).index(asked) if asked in lines else None,
        format_func=lambda event_id: line_words(lines[event_id], desk.zone),
        placeholder="Choose the entry",
        key=form.key("target_event_id"),
        persist_state="session",
    )
    if target is None:
        if overtaken is not None:
            st.warning(as_words(_overtaken_says(overtaken, story, desk.zone)))
        form.fault("target_event_id", "Choose the entry that was wrong.")
        form.mark("target_event_id")
        return
    form.say("target_event_id", target)
    form.mark("target_event_id")
    line = lines[target]
    with st.container(border=True):
        st.html(entry_html(line.said.entry, desk.zone))
    how = form.one_of("how", "What about it?", _ways(line, first=len(story.state.log) > 1), required=True)
    form.text("reason", "Why is it corrected?", required=True)
    with st.container():
        if how == "replaced":
            old = by_path(line.said.entry)
            replacement = OldValues(form.sheet, old, prefix="replacement.", root=form)
            _replacement(replacement, desk, ground, story, line)


def _overtaken(form: Form, lines: Mapping[str, LogLine], asked: str | None) -> str | None:
    """The entry that was chosen here and is corrected by now; remembered, since the choice itself is let go."""
    key = form.key("overtaken")
    chosen = st.session_state.get(form.key("target_event_id"), asked)
    if chosen is not None and chosen not in lines:
        st.session_state[key] = chosen
    found: str | None = st.session_state.get(key)
    return found


def _overtaken_says(event_id: str, story: Story, zone: ZoneInfo) -> str:
    line = next((one for one in story.state.log if one.said.event_id == event_id), None)
    if line is None:
        return "The entry that you were correcting is not on record for this pump: choose the one that was wrong."
    by = next((one.said.recorded_by for one in story.state.log if one.said.event_id == line.corrected_by), "")
    return (
        f"The entry that you were correcting was corrected meanwhile, by {by}: {line_words(line, zone)}. "
        "Look at it in the story. What you typed is kept; choose another entry, or discard this form."
    )


def _ways(line: LogLine, *, first: bool) -> dict[str, str]:
    """A registration that others stand on is replaced, never taken away; a correction is only taken away."""
    kind = line.said.entry.kind
    ways = dict(HOW_WORDS)
    if kind == "registered" and first:
        del ways["entered_in_error"]
    if not can_replace(kind):
        del ways["replaced"]
    return ways


def _replacement(form: Form, desk: Desk, ground: Ground, story: Story, line: LogLine) -> None:
    entry = line.said.entry
    st.info(
        "Say everything as it should have been. What was said before stands under each field, and is taken over only "
        "where you press Copy."
    )
    visit = next((one for one in story.state.visits if one.event_id == line.said.event_id), None)
    before = visit.since_fill[-1] if visit is not None and visit.since_fill else None
    own = replace(
        ground,
        at=entry.happened_at.astimezone(desk.zone),
        before=before if visit is not None else ground.before,
        alarm_volume_ml=before.alarm_volume_ml if before else ground.alarm_volume_ml,
        last_happened_at=None,
    )
    if isinstance(entry, Refilled):
        visit_form(form, desk, own)
    elif isinstance(entry, Registered):
        register_form(form, desk, own.at, serial=ground.pump_serial)
        form.say("replaces", entry.replaces)
    elif isinstance(entry, Retired) and entry.replaced_by is not None:
        form.say("kind", "retired")
        form.say("pump_serial", ground.pump_serial)
        form.say("reason", entry.reason)
        form.say("replaced_by", entry.replaced_by)
        when_fields(form, own, "Replaced")
        form.text("note", "Note", long=True)
    else:
        emptied = isinstance(entry, Deferred) and entry.emptied
        other_form("emptied" if emptied else entry.kind, form, desk, own, story)


def line_words(line: LogLine, zone: ZoneInfo) -> str:
    """An event of the log as one line: when, what, by whom."""
    at = line.said.entry.happened_at.astimezone(zone)
    return f"{show_date(at.date())}, {at:%H:%M}: {KIND_WORDS[line.said.entry.kind]}, by {line.said.recorded_by}"
