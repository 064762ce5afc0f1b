"""Unfinished forms: kept while somebody types, and offered again after whatever came between."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from pumplog.desk import Desk, Draft, Typed, Unfinished
from pumplog.errors import LogbookUnavailable
from pumplog.people import Act
from pumplog.quantities import show_date
from pumplog.screens.form import Form
from pumplog.screens.going import go_to
from pumplog.screens.look import as_words
from pumplog.screens.other_forms import CHOICES
from pumplog.screens.person import person
from pumplog.screens.sheet import Sheet, has_sheet, sheet, sheet_again, throw_away
from pumplog.screens.two_versions import show_said
from pumplog.screens.typed import type_back, typed_into
from pumplog.screens.visit_form import TITLES
from pumplog.screens.wording import KIND_WORDS

_EMPTY: Final = (None, "", (), False)


def sheet_or_draft(name: str, desk: Desk, kind: str, pump_id: str | None) -> Sheet | None:
    """The sheet of a form; or None while an earlier, unfinished one of the same person is offered instead."""
    by = person()
    if by is None or has_sheet(name):
        return sheet(name, desk, pump_id)
    mine = (one for one in desk.drafts(by=by) if (one.draft.kind, one.draft.pump_id) == (kind, pump_id))
    found = next(mine, None)
    if found is None:
        return sheet(name, desk, pump_id)
    with st.container(border=True, key="draft"):
        if found.saved:
            _say_saved(found, desk, by)
        else:
            _offer(name, found, desk, by)
    return None


def _say_saved(found: Unfinished, desk: Desk, by: str) -> None:
    """The server went away between writing an entry and saying so: nothing is left to do."""
    st.success(as_words(f"{_words(found, desk)} This is saved: nothing is left to do."))
    draft = found.draft
    with st.container(horizontal=True):
        if draft.pump_id and st.button("To this pump's story", type="primary", key="draft-story"):
            desk.discard_draft(draft.event_id, by=by)
            go_to("story", draft.pump_id)
        if st.button("Begin another", key="draft-another"):
            desk.discard_draft(draft.event_id, by=by)
            st.rerun()


def _offer(name: str, found: Unfinished, desk: Desk, by: str) -> None:
    """An unfinished form, with what was recorded since: to be gone on with, or discarded knowingly."""
    draft = found.draft
    st.markdown(f"**Not finished.** {as_words(_words(found, desk))}")
    if found.said_since:
        st.warning("Recorded about this pump since you began: the check will count it.")
        show_said(found.said_since, desk.zone)
    elif draft.pump_id:
        st.caption("Nothing was recorded about this pump since.")
    if st.button("Go on with it", type="primary", key="draft-go-on"):
        type_back(sheet_again(name, draft), draft.fields)
        st.rerun()
    _discard(f"draft-{draft.event_id}", name, desk, draft.event_id, by)


def _discard(key: str, name: str, desk: Desk, event_id: str, by: str) -> None:
    """Two presses, the second under what it means."""
    with st.popover("Discard it", key=key):
        st.write("What you typed into this form is gone then, for good.")
        if st.button("Discard for good", key=f"{key}-now"):
            desk.discard_draft(event_id, by=by)
            throw_away(name)
            st.rerun()


def keep_typed(form: Form, desk: Desk, kind: str, pump_id: str | None) -> None:
    """Keep what stands in a form, if something was typed and it is not what was last kept.

    A disk that is full stops nobody's visit: it is said, and tried again when the form is drawn again.
    """
    own, by = form.sheet, person()
    if by is None:
        return
    fields = typed_into(own)
    if own.untouched is None:
        own.untouched = fields
    now = (fields, own.step, own.reached)
    if own.kept == now or (own.kept is None and not _is_touched(fields, own.untouched)):
        return
    typed = {path: value for path, value in fields.items() if value is not False}
    try:
        desk.keep_draft(
            Draft(kind, pump_id, own.event_id, own.begun_at, desk.now(), own.seen, own.step, own.reached, typed),
            by=by,
        )
    except LogbookUnavailable as refused:
        st.warning(as_words(f"What you type cannot be kept as unfinished just now: {refused}"))
        return
    own.kept, own.kept_at = now, desk.now()


def _is_touched(fields: Mapping[str, Typed], untouched: Mapping[str, Typed]) -> bool:
    """Whether anything was typed: a step that comes into sight brings fields of its own, empty."""
    return any(
        value != untouched[path] if path in untouched else value not in _EMPTY for path, value in fields.items()
    )


def show_kept(name: str, form: Form, desk: Desk) -> None:
    """Say that what was typed is kept and not saved, with a way to discard it."""
    own, by = form.sheet, person()
    with st.container(horizontal=True, vertical_alignment="center", key="kept"):
        if by is not None and own.kept_at is not None:
            st.caption(f"Not saved yet. Kept for you as unfinished at {own.kept_at.astimezone(desk.zone):%H:%M}.")
            _discard("discard", name, desk, own.event_id, by)


def show_unfinished(desk: Desk) -> None:
    """What whoever is here has begun and not finished: one calm line each, with a way to it."""
    by = person()
    found = desk.drafts(by=by) if by and desk.may(Act.LOG_CALL) else []
    with st.container(key="unfinished"):
        for one in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                state = "Saved, though nobody was told" if one.saved else "Not finished"
                st.markdown(as_words(f"{state}: {_words(one, desk)}"))
                if st.button("Go on" if not one.saved else "Look", key=f"unfinished-{one.draft.event_id}"):
                    _go_to(one.draft)


def _go_to(draft: Draft) -> None:
    """The page of a form, where it is offered."""
    if draft.kind == "refilled":
        go_to("visit", draft.pump_id)
    if draft.kind == "registered":
        go_to("register")
    st.session_state[f"kind:{draft.pump_id}"] = draft.kind
    go_to("entries", draft.pump_id)


def _words(found: Unfinished, desk: Desk) -> str:
    """A draft as one line: what, of whom, begun when, how far."""
    draft, card = found.draft, found.card
    whom = f" of {card.patient_name} ({card.pump_serial})" if card else ""
    begun = draft.begun_at.astimezone(desk.zone)
    step = f", at step {draft.step} {TITLES[draft.step - 1]}" if draft.kind == "refilled" else ""
    retired = " This pump is retired now." if card and card.retired else ""
    what = CHOICES.get(draft.kind) or KIND_WORDS[draft.kind]
    return f"{what}{whom}, begun {show_date(begun.date())} at {begun:%H:%M}{step}.{retired}"
