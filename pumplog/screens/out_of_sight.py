"""What stands in for the page while a step is not in sight: nothing is drawn, and what was typed is said.

Streamlit keeps what stands in a field that is not drawn (`persist_state="session"`), under the field's key. So a step
out of sight is walked through by the very code that draws it, and says what it would say in sight.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, time
from typing import Any, Final, Literal, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


class _OutOfSight:
    """The part of Streamlit that the steps of a form use; each field answers with what stands in it."""

    def columns(self, count: int) -> list[nullcontext[None]]:
        return [nullcontext() for _ in range(count)]

    def container(self, **_look: object) -> nullcontext[None]:
        return nullcontext()

    def expander(self, _label: str, **_look: object) -> nullcontext[None]:
        return nullcontext()

    def _nothing(self, *_words: object, **_look: object) -> None:
        """Nothing is shown."""

    html = empty = markdown = caption = warning = info = subheader = _nothing

    def button(self, *_words: object, **_look: object) -> bool:
        return False

    def checkbox(self, _label: str, value: bool = False, *, key: str, **_look: object) -> bool:
        return bool(st.session_state.get(key, value))

    def text_input(self, _label: str, value: str = "", *, key: str, **_look: object) -> str:
        return str(st.session_state.get(key, value) or "")

    def text_area(self, _label: str, value: str = "", *, key: str, **_look: object) -> str:
        return str(st.session_state.get(key, value) or "")

    def radio(self, _label: str, _options: Sequence[str], *, index: None, key: str, **_look: object) -> str | None:
        return cast("str | None", st.session_state.get(key, index))

    def pills(
        self,
        _label: str,
        _options: Sequence[str],
        *,
        selection_mode: Literal["single", "multi"] = "single",
        default: Any = None,
        key: str,
        **_look: object,
    ) -> Any:
        nothing = [] if selection_mode == "multi" and default is None else default
        return st.session_state.get(key, nothing)

    def date_input(self, _label: str, value: date | None = None, *, key: str, **_look: object) -> date | None:
        return cast("date | None", st.session_state.get(key, value))

    def time_input(self, _label: str, value: time | None = None, *, key: str, **_look: object) -> time | None:
        return cast("time | None", st.session_state.get(key, value))


IN_SIGHT: Final = cast("DeltaGenerator", st)
OUT_OF_SIGHT: Final = cast("DeltaGenerator", _OutOfSight())
