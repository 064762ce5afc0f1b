"""A prescriber's plan to raise or lower a dose in steps: typed as ordered, never proposed."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pumplog.entries.base import MicrogramsPerDay, Part, PumpEntry, Words


class PlanStep(Part):
    """From this day on, this dose a day; 0 is the end of a taper."""

    from_on: date
    dose_mcg_per_day: MicrogramsPerDay


class PlanMade(PumpEntry):
    """A taper or a titration. `typed_in` is the unit that the order is written in, and is shown in."""

    kind: Literal["plan_made"] = "plan_made"
    route: Literal["oral", "intrathecal"]
    drug: Words
    prescriber: Words
    typed_in: Literal["mcg", "mg"]
    steps: Annotated[tuple[PlanStep, ...], Field(min_length=1, max_length=40)]

    @model_validator(mode="after")
    def _steps_go_forward(self) -> Self:
        days = [step.from_on for step in self.steps]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError(
                "The steps of the plan are not in order: each begins on a later day than the one before."
            )
        return self


class PlanEnded(PumpEntry):
    """A plan is done, or is left before its end."""

    kind: Literal["plan_ended"] = "plan_ended"
    plan_event_id: Words
    how: Literal["completed", "stopped"]
    reason: Words
    prescriber: Words | None = None
