"""Check, then record: the one way from a form to the log.

What is saved is what was checked: a change after the check takes the Save button away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import streamlit as st

from pumplog.desk import Desk, Preview, Recorded
from pumplog.entries import AnyEntry
from pumplog.errors import EntryRefused, Fault, StaleRecord
from pumplog.quantities import show_date
from pumplog.screens.findings_panel import show_findings
from pumplog.screens.form import Form
from pumplog.screens.going import go_to
from pumplog.screens.going_home import going_home
from pumplog.screens.look import as_words
from pumplog.screens.moved_panel import show_moved
from pumplog.screens.paths import first_lines, nested, path_of
from pumplog.screens.person import LONGEST_NAME, person, set_person
from pumplog.screens.preview_panel import show_outlooks, show_programmer, show_residual, show_typed
from pumplog.screens.second_checker import with_second_checker
from pumplog.screens.sheet import Checked, Sheet, throw_away
from pumplog.screens.two_versions import show_both_versions, show_said_since
from pumplog.screens.wizard import Wizard
from pumplog.screens.wording import KIND_WORDS

_SAVED: Final = "saved:"


@dataclass(frozen=True)
class Saved:
    """What the confirmation says."""

    words: str
    pump_id: str
    refill_by: date | None
    moved: tuple[str, ...] = ()


def check_then_save(
    name: str, form: Form, desk: Desk, *, saved_as: str | None = None, wizard: Wizard | None = None
) -> None:
    """Draw Check, what it finds, and Save; a saved form is thrown away and the page drawn again.

    `name` is the sheet's; `saved_as` is where the page looks for the confirmation, if elsewhere. Coming to the last
    step of a `wizard` is its check: what was changed since is checked again, and takes a press on Save with it.
    """
    own = form.sheet
    fresh = own.checked is not None and own.checked.is_of(form.said, form.faults)
    if wizard is not None and not fresh and not own.stale:
        own.checked, own.save_faults = _check(form, desk), ()
        if own.checked.preview is None:
            st.rerun()  # each fault is shown at its field too
    elif wizard is None or own.stale:
        _check_button(form, desk, fresh=fresh)
    checked = own.checked
    if checked is None:
        st.caption("Nothing is saved yet: the check shows what the entry would mean first.")
    elif not checked.is_of(form.said, form.faults):
        st.warning("Something was changed after the check: check again before saving.")
    elif checked.preview is None:
        show_faults(checked.faults, wizard)
    elif own.stale:
        show_both_versions(desk, checked.preview)
        st.info("Nothing of yours was saved, and nothing you typed is lost. Press Check again to go on.")
    else:
        _sign_and_save(name, form, desk, checked.preview, fresh=fresh, saved_as=saved_as or name)


def _check_button(form: Form, desk: Desk, *, fresh: bool) -> None:
    own = form.sheet
    words = "Check again" if own.stale else "Check"
    if st.button(words, type="secondary" if fresh else "primary", key=form.key("check"), width="stretch"):
        own.checked, own.stale, own.save_faults = _check(form, desk), False, ()
        st.rerun()


def _sign_and_save(name: str, form: Form, desk: Desk, preview: Preview, *, fresh: bool, saved_as: str) -> None:
    """Show a check without faults, and save it as it was shown: `fresh` says that this is not its first drawing."""
    own = form.sheet
    entry = _show_and_answer(form, desk, preview)
    by = _person_who_saves(form)
    others = [fault for fault in own.save_faults if not fault.field.startswith(("confirmed.", "second_checker"))]
    if others:
        show_faults(tuple(others), None)
    if by:
        st.caption(f"This is saved in the name of {as_words(by)}.")
    words = f"Save as {as_words(by)}" if by else "Save"
    pressed = st.button(words, type="primary", key=form.key("save"), disabled=by is None, width="stretch")
    if pressed and by and fresh:
        recorded = _record(own, desk, entry, preview, by)
        if recorded is not None:
            st.session_state[f"{_SAVED}{saved_as}"] = _saved(recorded)
            throw_away(name)
        st.rerun()


def _check(form: Form, desk: Desk) -> Checked:
    """The check of what is on the screen now: every fault, or a preview; writes nothing."""
    said, own_faults = dict(form.said), tuple(form.faults)
    try:
        entry = desk.read_entry(
            {"happened_at": desk.now().replace(second=0, microsecond=0).isoformat(), **nested(said)}
        )
        preview = desk.preview(entry, by=person() or "")
    except EntryRefused as refusal:
        # A fault of a whole follows from a field of it left open: it is told when that field is answered.
        faults = [fault for fault in refusal.faults if not _is_of_a_whole(fault, own_faults)]
        return Checked(said, own_faults, first_lines([*own_faults, *faults]), None)
    return Checked(said, own_faults, first_lines(own_faults), None if own_faults else preview)


def _is_of_a_whole(fault: Fault, parts: Sequence[Fault]) -> bool:
    return any(fault.field == "entry" or part.field.startswith(f"{path_of(fault.field)}.") for part in parts)


def show_faults(faults: Sequence[Fault], wizard: Wizard | None) -> None:
    """Say what has to be mended; where there are steps, by step, each with a way to its first fault."""
    count = "One thing has" if len(faults) == 1 else f"{len(faults)} things have"
    head = f"{count} to be mended before this can be saved"
    if wizard is None:
        st.error(f"{head}:\n\n{_lines(faults)}")
        return
    st.error(f"{head}.")
    for number, those in wizard.by_step(faults).items():
        if number is None:
            st.error(_lines(those))
            continue
        st.error(f"**{wizard.name_of(number)}**\n\n{_lines(those)}")
        words, go = f"Mend in {wizard.name_of(number)}", wizard.form.sheet.go_to_step
        st.button(words, key=f"mend-{number}", on_click=go, args=(number, path_of(those[0].field)))


def _lines(faults: Sequence[Fault]) -> str:
    return "\n".join(f"- {as_words(fault.says)}" for fault in faults)


def _show_and_answer(form: Form, desk: Desk, preview: Preview) -> AnyEntry:
    """Show what the entry would mean; returns it with the answers typed beside its findings."""
    own = form.sheet
    show_said_since(desk, preview, own.seen)
    st.subheader("What this would mean")
    show_outlooks(preview)
    show_typed(preview, desk.zone)
    show_residual(preview)
    show_moved(preview.moved)
    show_programmer(preview)
    unanswered = {path_of(fault.field): fault.says for fault in own.save_faults}
    reasons = show_findings(form, preview.findings, unanswered, preview.entry.confirmed)
    answered = _with_reasons(desk, preview.entry, reasons)
    return with_second_checker(form, desk, answered, preview.findings, unanswered.get("second_checker"))


def _person_who_saves(form: Form) -> str | None:
    by = person()
    if by is None:
        typed = st.text_input(
            "Who is recording? Your name, as it stands in the log", key=form.key("by"), max_chars=LONGEST_NAME
        )
        if typed and typed.strip():
            set_person(typed)
            st.rerun()
    return by


def _with_reasons(desk: Desk, entry: AnyEntry, reasons: Mapping[str, str]) -> AnyEntry:
    """The checked entry with the reasons typed beside its findings."""
    if not reasons:
        return entry
    said: dict[str, Any] = entry.model_dump(mode="json", exclude_none=True)
    said["confirmed"] = {**entry.confirmed, **reasons}
    return desk.read_entry(said)


def _record(own: Sheet, desk: Desk, entry: AnyEntry, preview: Preview, by: str) -> Recorded | None:
    """Record what was checked, against what was seen then; None when it was refused, and the sheet says why."""
    try:
        return desk.record(entry, by=by, seen=preview.seen, event_id=own.event_id)
    except StaleRecord:
        own.stale, own.save_faults = True, ()
    except EntryRefused as refusal:
        own.save_faults = refusal.faults
    return None


def _saved(recorded: Recorded) -> Saved:
    event = recorded.event
    outlook = recorded.outlook
    words = f"{KIND_WORDS[event.kind]}: saved by {event.recorded_by}."
    return Saved(words, event.pump_id, outlook.refill_by if outlook else None, recorded.moved)


def show_saved(name: str, *, again: str, first_fill: bool = False, desk: Desk | None = None) -> bool:
    """Show the confirmation of what was just saved, with ways to go on; False when there is none.

    With a `desk` the patient is there: what goes home with them, and the next booking, come first.
    """
    key = f"{_SAVED}{name}"
    saved: Saved | None = st.session_state.get(key)
    if saved is None:
        return False
    st.success(as_words(saved.words))
    if saved.refill_by:
        st.html(f'<p class="pl-large">Refill by <b>{show_date(saved.refill_by)}</b></p>')
    show_moved(saved.moved, saved=True)
    if desk is not None:
        going_home(desk, saved.pump_id)
    with st.container(horizontal=True):
        if st.button("To the board", type="primary", key="saved-board"):
            st.session_state.pop(key)
            go_to("board")
        if first_fill and st.button("Record its fill", key="saved-fill"):
            st.session_state.pop(key)
            go_to("visit", saved.pump_id)
        if st.button("To this pump's story", key="saved-story"):
            st.session_state.pop(key)
            go_to("story", saved.pump_id)
        if st.button(again, key="saved-again"):
            st.session_state.pop(key)
            st.rerun()
    return True
