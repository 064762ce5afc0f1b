"""What is said about the clinic's own days: closed from one to another, open after all, room for other visits."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pumplog.entries.base import EARLIEST_YEAR, LATEST_YEAR, Entry, Words


def _plausible(*days: date) -> None:
    for day in days:
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise ValueError(f"The year {day.year} cannot be right: check the date.")


class ClinicEntry(Entry):
    """Something said about the clinic, and so about no pump in particular."""

    pump_serial: None = None


class ClosureSet(ClinicEntry):
    """The clinic is closed from a first day to a last one, both in it."""

    kind: Literal["closure_set"] = "closure_set"
    first_on: date
    last_on: date
    reason: Words

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _plausible(self.first_on, self.last_on)
        if self.last_on < self.first_on:
            raise ValueError("The last day of the closure is before its first: check both.")
        return self


class ClosureLifted(ClinicEntry):
    """A closure does not hold any more; it stays in the log."""

    kind: Literal["closure_lifted"] = "closure_lifted"
    closure_event_id: Words
    reason: Words


class CapacitySet(ClinicEntry):
    """Room for so many visits on one day; without a count, as many as on any such day again.

    A count on a weekday or a holiday on which the clinic is shut opens that day; in a closure it does not.
    """

    kind: Literal["capacity_set"] = "capacity_set"
    day_date: date
    visits_count: Annotated[int, Field(ge=0, le=1_000)] | None = None
    reason: Words

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        _plausible(self.day_date)
        return self
