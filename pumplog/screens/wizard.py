"""A form step by step: one step in sight, every step walked through, so that what was typed anywhere is always said.

A step that is not in sight is walked through by the code that draws it, with nothing drawn (`out_of_sight`). What it
says, and what is wrong in it, comes from its fields as they stand: a change in one step is felt in all the others.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

from pumplog.errors import Fault
from pumplog.screens.focus import focus_on
from pumplog.screens.form import Form

_SYMBOLS: Final = {"done": "✓", "here": "●", "to mend": "▲", "to come": "○"}


@dataclass(frozen=True)
class Wizard:
    """The steps of one form, by their titles, in the order of the work."""

    form: Form
    titles: Sequence[str]

    @property
    def is_at_the_end(self) -> bool:
        """Whether the last step is in sight."""
        return self.form.sheet.step == len(self.titles)

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Draw the steps inside: progress above them, the ways back and on below them.

        A step that holds whoever fills it in (`Form.hold`) is gone back to, however it was left.
        """
        progress = st.container(key="steps")
        yield
        own = self.form.sheet
        held = min(self.form.steps.holds, default=len(self.titles))
        if own.step > held:
            own.go_to_step(held)
            st.rerun()
        with progress:
            self._progress(held)
        self._ways(held)
        focus_on(own, f"step-{own.step}", self.form.key(own.field) if own.field else None)

    @contextmanager
    def step(self, number: int) -> Iterator[None]:
        """One step: whatever is drawn inside belongs to it."""
        shown = self.form.sheet.step == number
        with st.container(key=f"step-{number}" if shown else f"away-{number}"), self.form.step(number, shown=shown):
            yield

    def name_of(self, number: int) -> str:
        """A step as it is called on its button."""
        return f"{number} {self.titles[number - 1]}"

    def _progress(self, held: int) -> None:
        """Each step as a button that leads to it, once it was reached."""
        own = self.form.sheet
        for number in range(1, len(self.titles) + 1):
            state = self._state(number)
            st.button(
                f"{self.name_of(number)}\n{_SYMBOLS[state]} {state}",
                key=f"go-{number}-{state.replace(' ', '-')}",
                type="primary" if state == "here" else "secondary",
                disabled=number > min(own.reached, held),
                on_click=own.go_to_step,
                args=(number,),
                width="stretch",
            )

    def _state(self, number: int) -> str:
        own = self.form.sheet
        if number == own.step:
            return "here"
        if number > own.reached or number == len(self.titles):
            return "to come"
        wrong = {self.form.step_of(fault.field) for fault in self.form.still_wrong()}
        return "to mend" if number in wrong | self.form.steps.unread else "done"

    def _ways(self, held: int) -> None:
        """Back and on; what is typed is kept either way."""
        own = self.form.sheet
        for says in self.form.steps.holds.get(own.step, ()):
            st.html(f'<p class="pl-read pl-refused" role="alert">✕ {escape(says)}</p>')
        with st.container(key="ways", horizontal=True):
            if own.step > 1:
                words = f"Back: {self.titles[own.step - 2]}"
                st.button(words, key="back", on_click=own.go_to_step, args=(own.step - 1,))
            if own.step < len(self.titles):
                words = f"Next: {self.titles[own.step]}"
                next_one, stays = own.step + 1, own.step >= held
                st.button(
                    words, key="next", type="primary", disabled=stays, on_click=own.go_to_step, args=(next_one,)
                )

    def by_step(self, faults: Sequence[Fault]) -> dict[int | None, list[Fault]]:
        """Faults by the step that holds what they are about, in the order of the steps; None for the whole form."""
        found: dict[int | None, list[Fault]] = {}
        for fault in sorted(faults, key=lambda one: self.form.step_of(one.field) or 0):
            found.setdefault(self.form.step_of(fault.field), []).append(fault)
        return found
