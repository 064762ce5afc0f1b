"""What a pump may be programmed to do."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from pumplog.entries.base import (
    DosePerDay,
    Hours,
    Micrograms,
    MicrogramsPerDay,
    MicrogramsPerHour,
    MillilitresPerDay,
    Part,
)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_FLEX_STEPS = 13


class _Programme(Part):
    """Patient boluses: the most that may be asked for in a day, and what is in fact used when known.

    What one activation gives, and how long the pump then waits, is kept beside it: dates go by the most in a day.
    """

    max_patient_bolus_mcg_per_day: MicrogramsPerDay = Decimal(0)
    actual_patient_bolus_mcg_per_day: MicrogramsPerDay | None = None
    patient_bolus_mcg: Micrograms | None = None
    patient_bolus_lockout_hours: Hours | None = None


class SimpleContinuous(_Programme):
    """One rate, day and night."""

    mode: Literal["simple_continuous"] = "simple_continuous"
    dose_mcg_per_day: DosePerDay


class FlexStep(Part):
    """A stretch of the day at one rate; the first step begins at midnight."""

    hours: Hours
    rate_mcg_per_hour: MicrogramsPerHour


class FlexDay(Part):
    """The steps of some weekdays: they fill 24 hours."""

    weekdays: tuple[Weekday, ...] = WEEKDAYS
    steps: Annotated[tuple[FlexStep, ...], Field(min_length=1, max_length=MOST_FLEX_STEPS)]

    @model_validator(mode="after")
    def _fills_the_day(self) -> Self:
        total_hours = sum((step.hours for step in self.steps), Decimal(0))
        if total_hours != 24:
            raise ValueError(f"The steps of a flex day fill {total_hours} h: make them fill 24 h.")
        return self


class Flex(_Programme):
    """Steps through the day, the same or different by weekday; every weekday exactly once."""

    mode: Literal["flex"] = "flex"
    days: Annotated[tuple[FlexDay, ...], Field(min_length=1, max_length=7)]

    @model_validator(mode="after")
    def _covers_the_week(self) -> Self:
        named = [weekday for day in self.days for weekday in day.weekdays]
        if sorted(named) != sorted(WEEKDAYS):
            raise ValueError("A flex programme must name each weekday once: give every weekday its steps.")
        if all(step.rate_mcg_per_hour == 0 for day in self.days for step in day.steps):
            raise ValueError("Every step of the flex programme is 0 mcg/h: record the pump as stopped instead.")
        return self


class PeriodicBolus(_Programme):
    """A bolus every so many hours over a background."""

    mode: Literal["periodic_bolus"] = "periodic_bolus"
    bolus_mcg: Micrograms
    every_hours: Hours
    background_mcg_per_day: MicrogramsPerDay = Decimal(0)


class MinimumRate(_Programme):
    """The lowest flow the pump can keep, as read from the programmer."""

    mode: Literal["minimum_rate"] = "minimum_rate"
    flow_ml_per_day: MillilitresPerDay


class FixedFlow(_Programme):
    """A pump without a programme: its flow is built in."""

    mode: Literal["fixed_flow"] = "fixed_flow"
    flow_ml_per_day: MillilitresPerDay


class Stopped(Part):
    """The pump delivers nothing."""

    mode: Literal["stopped"] = "stopped"


class SingleBolus(Part):
    """One bolus and nothing after it: the pump reverts to stopped."""

    mode: Literal["single_bolus"] = "single_bolus"
    bolus_mcg: Micrograms


Running = SimpleContinuous | Flex | PeriodicBolus | MinimumRate | FixedFlow
Programme = Annotated[Running | Stopped | SingleBolus, Field(discriminator="mode")]

_READ: TypeAdapter[Programme] = TypeAdapter(Programme)


def programme_or_none(said: Mapping[str, Any]) -> Programme | None:
    """The programme that a mapping says, or None while it is not whole."""
    try:
        return _READ.validate_python(said)
    except ValidationError:
        return None
