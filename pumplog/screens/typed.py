"""What stands in the fields of a sheet, as it was typed, and back into them."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final

import streamlit as st
from streamlit.runtime.state import get_session_state

from pumplog.desk import Typed
from pumplog.screens.sheet import Sheet

OF_ANOTHER_PERSON: Final = "second-"
"""How the keys of what a second person types begin, their secret among it: it is kept nowhere."""


def typed_into(own: Sheet) -> dict[str, Typed]:
    """What stands in each field of a sheet now, by its path; no button, no picture, and nobody else's secret."""
    start = f"{own.event_id}:"
    return {
        key.removeprefix(start): tuple(value) if isinstance(value, list) else value
        for key, value in get_session_state().filtered_state.items()
        if key.startswith(start) and _is_typed(value) and is_filled_in(key)
    }


def type_back(own: Sheet, fields: Mapping[str, Typed]) -> None:
    """Put into the fields of a sheet what stood in them; before any of them is drawn."""
    for path, value in fields.items():
        st.session_state[f"{own.event_id}:{path}"] = list(value) if isinstance(value, tuple) else value


def is_filled_in(key: str) -> bool:
    """Whether what has this key is filled in by the person whose form it is: it can be put back, and is no secret."""
    if key.partition(":")[2].startswith(OF_ANOTHER_PERSON):
        return False
    state = get_session_state()._state  # noqa: SLF001  a button's True looks like a tick's from outside
    known = state.get_widget_id_from_key(key)
    metadata = state.get_widget_metadata(known) if known else None
    return metadata is None or metadata.value_type != "trigger_value"


def _is_typed(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return value is None or (isinstance(value, str | bool | int | date | time) and not isinstance(value, datetime))
