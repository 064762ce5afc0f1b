"""A form that shows beside each field what the entry in question says there, and copies it only when pressed.

Nothing is taken over by itself: a wrong value that was carried over unseen would be wrong twice.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from html import escape
from typing import Any

import streamlit as st

from pumplog.entries import Entry
from pumplog.quantities import Reading, Unit, show_date
from pumplog.screens.form import Form
from pumplog.screens.sheet import Sheet


class OldValues(Form):
    """A form over an entry that is replaced: `old` holds what that entry says, by path."""

    def __init__(
        self,
        own: Sheet,
        old: Mapping[str, Any],
        *,
        prefix: str = "",
        keyed: str | None = None,
        root: "Form | None" = None,
    ) -> None:
        super().__init__(own, prefix=prefix, keyed=keyed, root=root)
        self.old = old

    def part(self, path: str, *, keyed: str | None = None) -> "OldValues":
        """The same form, a step further in."""
        own = f"{self.keyed}{path if keyed is None else keyed}."
        return OldValues(self.sheet, self.old, prefix=f"{self.prefix}{path}.", keyed=own, root=self)

    def number(
        self,
        path: str,
        label: str,
        base: Unit,
        *,
        typed_in: Unit | None = None,
        unit_in_label: bool = True,
        example: str = "",
        hint: str = "",
        required: bool = False,
    ) -> Reading | None:
        """An amount, with the old one under it; copied with its unit, so that no choice of unit changes it."""
        reading = super().number(
            path,
            label,
            base,
            typed_in=typed_in,
            unit_in_label=unit_in_label,
            example=example,
            hint=hint,
            required=required,
        )
        old = self._old(path)
        if old is not None:
            self._offer(path, label, f"{old} {base.value}".rstrip(), {self.key(path): f"{old} {base.value}".rstrip()})
        return reading

    def day(
        self, path: str, label: str, *, value: date | None = None, hint: str = "", required: bool = False
    ) -> date | None:
        """A day, with the old one under it."""
        chosen = super().day(path, label, value=value, hint=hint, required=required)
        old = self._old(path)
        if old is not None:
            day = date.fromisoformat(old)
            self._offer(path, label, show_date(day), {self.key(path): day})
        return chosen

    def moment(self, path: str, label: str, *, at: datetime) -> datetime | None:
        """A day and a time, with the old ones under them."""
        moment = super().moment(path, label, at=at)
        old = self._old(path)
        if old is not None:
            was = datetime.fromisoformat(old).astimezone(at.tzinfo)
            keys = {self.key(f"{path}.day"): was.date(), self.key(f"{path}.time"): time(was.hour, was.minute)}
            self._offer(path, label, f"{show_date(was.date())}, {was:%H:%M}", keys)
        return moment

    def text(
        self,
        path: str,
        label: str,
        *,
        value: str = "",  # noqa: ARG002  as the form it stands for is asked; nothing begins filled in here
        example: str = "",
        long: bool = False,
        required: bool = False,
    ) -> str | None:
        """Words, with the old ones under them."""
        words = super().text(path, label, value="", example=example, long=long, required=required)
        old = self._old(path)
        if old is not None:
            self._offer(path, label, str(old), {self.key(path): str(old)})
        return words

    def yes_no(self, path: str, label: str, *, required: bool = False) -> bool | None:
        """Yes or no, with the old answer under it."""
        answer = super().yes_no(path, label, required=required)
        old = self._old(path)
        if old is not None:
            word = "Yes" if old else "No"
            self._offer(path, label, word, {self.key(path): word})
        return answer

    def one_of(
        self,
        path: str,
        label: str,
        words: Mapping[str, str],
        *,
        first: str | None = None,  # noqa: ARG002  nothing begins chosen here
        required: bool = False,
    ) -> str | None:
        """One of a few, nothing chosen; the old choice under it."""
        chosen = super().one_of(path, label, words, first=None, required=required)
        old = self._old(path)
        if old in words:
            self._offer(path, label, words[old], {self.key(path): old})
        return chosen

    def several(self, path: str, label: str, words: Mapping[str, str]) -> list[str]:
        """Any number of a few, none chosen; the old ones under them."""
        chosen = super().several(path, label, words)
        old = [one for one in self._old(path) or () if one in words]
        if old:
            self._offer(path, label, ", ".join(words[one] for one in old), {self.key(path): old})
        return chosen

    def _old(self, path: str) -> Any:
        """What the entry in question says at a path; None when it says nothing there."""
        return self.old.get(f"{self.prefix}{path}".removeprefix("replacement."))

    def _offer(self, path: str, label: str, words: str, copies: Mapping[str, Any]) -> None:
        """Say what it was, and let one press copy it; once it says the same, there is nothing to copy."""
        same = all(st.session_state.get(key) == value for key, value in copies.items())
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<p class="pl-read pl-hint">Was: <b>{escape(words)}</b></p>', width="content")
            if not same:
                st.button(
                    "Copy",
                    key=f"{self.key(path)}:copy",
                    help=f"Take over {label.lower()} as it was",
                    on_click=_copy,
                    args=(copies,),
                )


def _copy(copies: Mapping[str, Any]) -> None:
    for key, value in copies.items():
        st.session_state[key] = value


def by_path(entry: Entry) -> dict[str, Any]:
    """What an entry says, by the path of each field, as a form names them."""
    return dict(_paths("", entry.model_dump(mode="json", exclude_none=True)))


def _paths(path: str, said: Any) -> list[tuple[str, Any]]:
    if isinstance(said, dict):
        return [one for name, value in said.items() for one in _paths(f"{path}.{name}" if path else name, value)]
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return [one for place, value in enumerate(said) for one in _paths(f"{path}.{place}", value)]
    return [(path, said)]
