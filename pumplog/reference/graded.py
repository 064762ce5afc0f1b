"""A value and where it was read, in one piece, so that no screen can show the one without the other."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from pumplog.sources import SOURCES, Grade, Source


def _known_source(key: str) -> str:
    if key not in SOURCES:
        raise ValueError(f"{key!r} is not a key of pumplog.sources.SOURCES")
    return key


SourceKey = Annotated[str, AfterValidator(_known_source)]


class Row(BaseModel):
    """One row of reference data: frozen, and nothing in it that is not asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Row):
    """Anything that names where it was read; `says` tells in words what it holds for."""

    source: SourceKey
    says: str = ""

    @property
    def cited(self) -> Source:
        """The citation behind the value."""
        return SOURCES[self.source]

    @property
    def grade(self) -> Grade:
        """How far the value may be trusted."""
        return self.cited.grade

    @property
    def unverified(self) -> bool:
        """Whether a person must confirm the value before it is used."""
        return self.cited.unverified


class Note(Sourced):
    """A sentence to show beside a row."""


class Graded(Sourced):
    """An exact number; its unit is in the name of the field that holds it."""

    value: Decimal


class GradedCount(Sourced):
    """A whole number, of days or of things; its unit is in the name of the field that holds it."""

    value: int
