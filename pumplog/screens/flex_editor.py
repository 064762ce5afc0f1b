"""The steps of a flex programme: added, copied and taken out by weekday group, with the day as a picture."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import streamlit as st

from pumplog.entries.programme import MOST_FLEX_STEPS, WEEKDAYS
from pumplog.quantities import Unit, show
from pumplog.reference import PumpModel
from pumplog.screens.day_chart import Step, day_chart
from pumplog.screens.form import Form
from pumplog.screens.wording import WEEKDAY_WORDS

MOST_GROUPS: Final = 7
DAY_HOURS: Final = Decimal(24)
_FIELDS: Final = ("hours", "rate_mcg_per_hour")


def flex_editor(programme: Form, model: PumpModel | None, mass: str | None) -> None:
    """Ask for the steps of each group of weekdays; one group of all seven unless the days differ.

    `mass` is what rates are typed in, mcg or mg, by the hour; before it is chosen each is typed with its unit.
    """
    most = model.flex_steps_a_day_count.value if model and model.flex_steps_a_day_count else MOST_FLEX_STEPS
    if not programme.page.checkbox(
        "Some weekdays are different", key=programme.key("days_differ"), persist_state="session"
    ):
        programme.say("days.0.weekdays", list(WEEKDAYS))
        _Group(programme, 0, most, mass).draw()
        return
    key = programme.key("groups_count")
    groups_count = st.session_state.setdefault(key, 2)
    for place in range(groups_count):
        with programme.page.container(border=True):
            path = f"days.{place}.weekdays"
            if not programme.several(path, f"Days of group {place + 1}", WEEKDAY_WORDS):
                programme.fault(path, f"Days of group {place + 1}: choose the weekdays.")
            group = _Group(programme, place, most, mass)
            if place:
                words = f"Copy the steps of group {place}"
                programme.page.button(words, key=f"{group.key}:copy", on_click=group.take_over, args=(place - 1,))
            group.draw()
    with programme.page.container(horizontal=True):
        more, fewer = _counting(key, 1), _counting(key, -1)
        programme.page.button(
            "Add a group of days", key=f"{key}:more", disabled=groups_count >= MOST_GROUPS, on_click=more
        )
        words = "Remove the last group of days"
        programme.page.button(words, key=f"{key}:fewer", disabled=groups_count <= 1, on_click=fewer)


def _counting(key: str, by: int) -> Callable[[], None]:
    def counted() -> None:
        st.session_state[key] += by

    return counted


@dataclass(frozen=True)
class _Group:
    """The steps of one group of weekdays. They are told apart by their place: taking one out moves up the others."""

    programme: Form
    place: int
    most: int
    mass: str | None

    @property
    def key(self) -> str:
        return self.programme.key(f"days.{self.place}.steps_count")

    @property
    def steps_count(self) -> int:
        count: int = st.session_state.setdefault(self.key, 2)
        return count

    def path(self, step: int, field: str) -> str:
        return f"days.{self.place}.steps.{step}.{field}"

    def _typed(self, step: int) -> list[str]:
        return [st.session_state.get(self.programme.key(self.path(step, field)), "") for field in _FIELDS]

    def _keep(self, rows: list[list[str]]) -> None:
        for step, row in enumerate(rows):
            for field, typed in zip(_FIELDS, row, strict=True):
                st.session_state[self.programme.key(self.path(step, field))] = typed
        st.session_state[self.key] = len(rows)

    def rows(self) -> list[list[str]]:
        """What is typed in each step, as it stands in its fields."""
        return [self._typed(step) for step in range(self.steps_count)]

    def add(self) -> None:
        """A step at the end, to be typed."""
        self._keep([*self.rows(), ["", ""]])

    def copy(self, step: int) -> None:
        """The same step once more, right after it."""
        rows = self.rows()
        self._keep([*rows[: step + 1], rows[step], *rows[step + 1 :]])

    def remove(self, step: int) -> None:
        """Take one step out."""
        rows = self.rows()
        self._keep([*rows[:step], *rows[step + 1 :]])

    def take_over(self, other: int) -> None:
        """The steps of another group, to be changed here."""
        self._keep(_Group(self.programme, other, self.most, self.mass).rows())

    def draw(self) -> None:
        """Each step with its stretch of the day; then the day as a picture, and its total."""
        begins: Decimal | None = Decimal(0)
        count, steps = self.steps_count, list[Step]()
        for number in range(count):
            begins = self._step(number, begins, count, steps)
        full = count >= self.most
        self.programme.page.button("Add a step", key=f"{self.key}:add", disabled=full, on_click=self.add)
        if full:
            self.programme.page.caption(f"This pump takes {self.most} steps a day.")
        filled = sum((step.hours for step in steps), Decimal(0))
        self.programme.page.html(_filled_html(filled, steps))
        if self.programme.shown and steps:
            st.altair_chart(day_chart(steps, st.context.theme.type), key=f"{self.key}:chart")
        self.programme.mark(f"days.{self.place}")

    def _step(self, number: int, begins: Decimal | None, count: int, steps: list[Step]) -> Decimal | None:
        """One step; where the next one begins, or None once nobody can know."""
        with self.programme.page.container(horizontal=True, vertical_alignment="bottom", key=f"{self.key}:{number}"):
            label = f"Step {number + 1}"
            hours = self.programme.number(self.path(number, "hours"), f"{label} lasts", Unit.HOURS, required=True)
            rate = self.programme.number(
                self.path(number, "rate_mcg_per_hour"),
                f"{label} rate",
                Unit.MCG_PER_HOUR,
                typed_in=Unit.MG_PER_HOUR if self.mass == "mg" else Unit.MCG_PER_HOUR,
                unit_in_label=self.mass is not None,
                required=True,
            )
            full = count >= self.most
            self.programme.page.button(
                "Copy", key=f"{self.key}:{number}:copy", disabled=full, on_click=self.copy, args=(number,)
            )
            last = count <= 1
            self.programme.page.button(
                "Remove", key=f"{self.key}:{number}:remove", disabled=last, on_click=self.remove, args=(number,)
            )
        if begins is None or hours is None:
            return None
        ends = begins + hours.value
        if rate is not None:
            steps.append(Step(number + 1, begins, hours.value, rate.value))
            dose = show(hours.value * rate.value, Unit.MCG)
            self.programme.page.html(
                f'<p class="pl-read pl-quiet">{clock(begins)} to {clock(ends)}: {dose} in this step</p>'
            )
        return ends


def clock(hours: Decimal) -> str:
    """An hour of the day as the pump's clock shows it; midnight at its end is 24:00."""
    minutes = int(hours * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _filled_html(filled: Decimal, steps: list[Step]) -> str:
    """How much of the day is filled, said at once, and what it adds up to."""
    dose = sum((step.hours * step.rate_mcg_per_hour for step in steps), Decimal(0))
    total = f"In all <b>{show(dose, Unit.MCG_PER_DAY)}</b>"
    said = f"{show(filled, Unit.HOURS)} of 24 h filled"
    if filled == DAY_HOURS:
        return f'<p class="pl-read pl-understood" role="status">✓ {said}. {total}.</p>'
    apart = abs(DAY_HOURS - filled)
    mend = f"{show(apart, Unit.HOURS)} {'missing' if filled < DAY_HOURS else 'too many'}"
    return f'<p class="pl-read pl-caution" role="status">▲ {said}: {mend}. {total} so far.</p>'
