"""A form of this session, from its first drawing to its saving, and what its last check found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import streamlit as st

from pumplog.desk import Desk, Draft, Preview, Typed
from pumplog.errors import Fault


@dataclass(frozen=True)
class Checked:
    """What a check was made of, and what it found: faults, or a preview that can be saved."""

    said: Mapping[str, Any]
    own_faults: tuple[Fault, ...]
    faults: tuple[Fault, ...]
    preview: Preview | None

    def is_of(self, said: Mapping[str, Any], faults: Sequence[Fault]) -> bool:
        """Whether this is what the form says now; a number that cannot be read counts as a change."""
        return self.said == said and self.own_faults == tuple(faults)


@dataclass
class Sheet:
    """A form of this session from its first drawing to its saving; `event_id` makes a second Save harmless."""

    event_id: str
    begun_at: datetime
    seen: int
    checked: Checked | None = None
    stale: bool = False
    save_faults: tuple[Fault, ...] = field(default=())
    signed: tuple[str, str] | None = None
    """What a second person signed under, word for word, and their name."""
    step: int = 1
    reached: int = 1
    """The step in sight, and the furthest that was ever in sight."""
    moves_count: int = 0
    field: str | None = None
    """The field that was gone to with the last move to a step, by its path."""
    untouched: Mapping[str, Typed] | None = None
    kept: tuple[Mapping[str, Typed], int, int] | None = None
    """What stood in its fields when it was first drawn; what of it was last kept as a draft, with both steps."""
    kept_at: datetime | None = None

    def go_to_step(self, number: int, field: str | None = None) -> None:
        """Bring a step into sight, at one of its fields if named."""
        self.step, self.field = number, field
        self.reached = max(self.reached, number)
        self.moves_count += 1


def sheet(name: str, desk: Desk, pump_id: str | None) -> Sheet:
    """The sheet of a form, made when the form is first drawn; `name` holds the pump it is about."""
    key = f"sheet:{name}"
    if key not in st.session_state:
        seen = desk.seen(pump_id) if pump_id else 0
        st.session_state[key] = Sheet(uuid4().hex, desk.now().replace(second=0, microsecond=0), seen)
    kept: Sheet = st.session_state[key]
    return kept


def has_sheet(name: str) -> bool:
    """Whether a form was drawn in this session and is neither saved nor thrown away."""
    return f"sheet:{name}" in st.session_state


def sheet_again(name: str, draft: Draft) -> Sheet:
    """The sheet of an unfinished form, in a session that does not have it any more."""
    again = Sheet(draft.event_id, draft.begun_at, draft.seen, step=draft.step, reached=draft.reached)
    again.kept, again.kept_at = ({}, 0, 0), draft.kept_at
    st.session_state[f"sheet:{name}"] = again
    return again


def throw_away(name: str) -> None:
    """Forget a sheet: the next drawing is a new form."""
    st.session_state.pop(f"sheet:{name}", None)
