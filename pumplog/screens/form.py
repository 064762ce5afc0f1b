"""One form: what a person has said so far, by the path of each field in the entry, and what is still wrong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pumplog.errors import Fault
from pumplog.quantities import Reading, Unit, plain
from pumplog.screens.fields import date_field, fault_html, number_field, yes_no
from pumplog.screens.out_of_sight import IN_SIGHT, OUT_OF_SIGHT
from pumplog.screens.paths import path_of, under
from pumplog.screens.sheet import Sheet

LONGEST_LINE: Final = 500
LONGEST_NOTE: Final = 4000


@dataclass
class Steps:
    """The steps of a form: which is being drawn, and whether in sight; which holds each field; what holds each.

    `unread` are those in which something typed cannot be read.
    """

    number: int = 1
    shown: bool = True
    of: dict[str, int] = field(default_factory=dict)
    holds: dict[int, list[str]] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)


class Form:
    """The fields of a form; every method draws one field and keeps what it says.

    What comes and goes on the page stands in a place of its own (`st.container`, `st.empty`) that is always there:
    a field that moved up or down would lose what is being typed in it.
    `required` ends in a fault when the field is left open: it is told at the check, not before.
    """

    def __init__(self, own: Sheet, *, prefix: str = "", keyed: str | None = None, root: "Form | None" = None) -> None:
        self.sheet = own
        self.prefix = prefix
        self.keyed = prefix if keyed is None else keyed
        self.said: dict[str, Any] = root.said if root else {}
        self.faults: list[Fault] = root.faults if root else []
        self.steps: Steps = root.steps if root else Steps()

    def part(self, path: str, *, keyed: str | None = None) -> "Form":
        """The same form, a step further in: its fields are named from `path` on.

        `keyed` is what its fields are remembered by where their place may change: the rows of a list.
        """
        own = f"{self.keyed}{path if keyed is None else keyed}."
        return Form(self.sheet, prefix=f"{self.prefix}{path}.", keyed=own, root=self)

    @contextmanager
    def step(self, number: int, *, shown: bool) -> Iterator[None]:
        """What is drawn inside belongs to this step of the form."""
        steps, before = self.steps, (self.steps.number, self.steps.shown)
        steps.number, steps.shown = number, shown
        yield
        steps.number, steps.shown = before

    @property
    def shown(self) -> bool:
        """Whether the step being drawn is in sight: what is only looked at need not be worked out otherwise."""
        return self.steps.shown

    @property
    def page(self) -> DeltaGenerator:
        """Where the step is drawn, or what stands in for it while it is not in sight: its fields say the same."""
        return IN_SIGHT if self.steps.shown else OUT_OF_SIGHT

    def hold(self, says: str) -> None:
        """Keep the step being drawn from being left onwards, and say why. Only for what must stop the work itself."""
        self.steps.holds.setdefault(self.steps.number, []).append(says)

    def step_of(self, fault_field: str) -> int | None:
        """The step that holds the field that a fault is about, or what it is part of; None for the whole form."""
        path = path_of(fault_field)
        whole, dot, _ = path.rpartition(".")
        inside = (step for one, step in self.steps.of.items() if one.startswith(f"{path}."))
        found = self.steps.of.get(path) or next(inside, None)
        return found or (self.step_of(whole) if dot else None)

    def key(self, path: str) -> str:
        """The widget key of a field: of this sheet alone."""
        return f"{self.sheet.event_id}:{self.keyed}{path}"

    def say(self, path: str, value: object) -> None:
        """Keep what was said; nothing said is not kept."""
        if value is not None:
            self.said[f"{self.prefix}{path}"] = value

    def heard(self, path: str) -> Any:
        """What was said at a path on this drawing, or None."""
        return self.said.get(f"{self.prefix}{path}")

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
        """An amount, typed and read back."""
        unread: list[Fault] = []
        reading = number_field(
            label,
            base,
            key=self.key(path),
            field=f"{self.prefix}{path}",
            typed_in=typed_in,
            unit_in_label=unit_in_label,
            example=example,
            hint=hint,
            faults=unread,
            page=self.page,
        )
        self.faults += unread
        if unread:
            self.steps.unread.add(self.steps.number)
        self.say(path, plain(reading.value) if reading else None)
        if required and reading is None and not unread:
            self._miss(path, f"{label} is missing: type it.")
        self.mark(path, hidden=bool(unread))
        return reading

    def day(
        self,
        path: str,
        label: str,
        *,
        value: date | None = None,
        hint: str = "",
        required: bool = False,
    ) -> date | None:
        """A day of the calendar."""
        chosen = date_field(label, key=self.key(path), value=value, hint=hint, page=self.page)
        self.say(path, chosen.isoformat() if chosen else None)
        if required and chosen is None:
            self._miss(path, f"{label} is missing: choose the day.")
        self.mark(path)
        return chosen

    def moment(self, path: str, label: str, *, at: datetime) -> datetime | None:
        """A day and a time on the clinic's clock, beginning with `at`."""
        left, right = self.page.columns(2)
        with left:
            day = date_field(f"{label}, day", key=self.key(f"{path}.day"), value=at.date(), page=self.page)
        with right:
            clock = self.page.time_input(
                f"{label}, time",
                value=time(at.hour, at.minute),
                step=60,
                key=self.key(f"{path}.time"),
                persist_state="session",
            )
        moment = datetime.combine(day, clock, tzinfo=at.tzinfo) if day is not None and clock is not None else None
        if moment is None:
            self._miss(path, f"{label}: type the day and the time.")
        self.say(path, moment.isoformat() if moment else None)
        self.mark(path)
        return moment

    def text(
        self, path: str, label: str, *, value: str = "", example: str = "", long: bool = False, required: bool = False
    ) -> str | None:
        """Words on one line, or a longer note."""
        key, shown = self.key(path), f"for example {example}" if example else None
        if long:
            typed = self.page.text_area(
                label, key=key, placeholder=shown, max_chars=LONGEST_NOTE, height=96, persist_state="session"
            )
        else:
            typed = self.page.text_input(
                label, value, key=key, placeholder=shown, max_chars=LONGEST_LINE, persist_state="session"
            )
        words = (typed or "").strip() or None
        self.say(path, words)
        if required and words is None:
            self._miss(path, f"{label}: type it.")
        self.mark(path)
        return words

    def yes_no(self, path: str, label: str, *, required: bool = False) -> bool | None:
        """Yes or no, without a default."""
        answer = yes_no(label, key=self.key(path), page=self.page)
        self.say(path, answer)
        if required and answer is None:
            self._miss(path, f"{label.rstrip('?')}: answer yes or no.")
        self.mark(path)
        return answer

    def tick(self, path: str, label: str) -> bool:
        """Something done; left out it says nothing."""
        ticked = self.page.checkbox(label, key=self.key(path), persist_state="session")
        self.say(path, True if ticked else None)
        return ticked

    def one_of(
        self,
        path: str,
        label: str,
        words: Mapping[str, str],
        *,
        first: str | None = None,
        required: bool = False,
    ) -> str | None:
        """One of a few, all in sight; nothing chosen unless `first` says so.

        No list that drops down: it closes under the finger when the field left behind is read.
        """
        self._forget_unless(path, words)
        chosen = self.page.pills(
            label,
            list(words),
            default=first,
            format_func=words.__getitem__,
            key=self.key(path),
            persist_state="session",
        )
        self.say(path, chosen)
        if required and chosen is None:
            self._miss(path, f"{label.rstrip('?')}: choose one.")
        self.mark(path)
        return chosen

    def several(self, path: str, label: str, words: Mapping[str, str]) -> list[str]:
        """Any number of a few."""
        self._forget_unless(path, words)
        chosen = self.page.pills(
            label,
            list(words),
            selection_mode="multi",
            format_func=words.__getitem__,
            key=self.key(path),
            persist_state="session",
        )
        if chosen:
            self.say(path, list(chosen))
        self.mark(path)
        return list(chosen)

    def _forget_unless(self, path: str, words: Mapping[str, str]) -> None:
        """Let go of a choice that is none any more: somebody else may have closed what was chosen here."""
        kept = st.session_state.get(self.key(path))
        if kept is not None and not set(kept if isinstance(kept, list) else [kept]) <= set(words):
            del st.session_state[self.key(path)]

    def fault(self, path: str, says: str) -> None:
        """Something wrong that is told at the check."""
        self._miss(path, says)

    def _miss(self, path: str, says: str) -> None:
        self.steps.of.setdefault(f"{self.prefix}{path}", self.steps.number)
        self.faults.append(Fault(f"{self.prefix}{path}", says))

    def mark(self, path: str, *, hidden: bool = False) -> None:
        """Show under a field what the last check found wrong with it, until the field is changed."""
        full = f"{self.prefix}{path}"
        self.steps.of.setdefault(full, self.steps.number)
        if not self.shown:
            return
        wrong = [] if hidden else [one.says for one in self.still_wrong() if path_of(one.field) == full]
        if wrong:
            st.html("".join(map(fault_html, wrong)))
        else:
            st.empty()

    def still_wrong(self) -> list[Fault]:
        """What the last check found wrong with fields that say now what they said then."""
        checked = self.sheet.checked
        found = checked.faults if checked else ()
        return [fault for fault in found if checked and self._says_as(checked.said, path_of(fault.field))]

    def _says_as(self, said: Mapping[str, Any], path: str) -> bool:
        return under(path, said) == under(path, self.said)
