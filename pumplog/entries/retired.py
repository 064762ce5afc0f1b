"""A pump leaves the list, knowingly."""

from typing import Literal, Self

from pydantic import model_validator

from pumplog.entries.base import PumpEntry, Words


class Retired(PumpEntry):
    """A pump is explanted, its patient died, or another clinic, by name, takes over."""

    kind: Literal["retired"] = "retired"
    reason: Literal["explanted", "died", "transferred"]
    to_clinic: Words | None = None

    @model_validator(mode="after")
    def _names_the_receiving_clinic(self) -> Self:
        if self.reason == "transferred" and self.to_clinic is None:
            raise ValueError("A transfer must name the receiving clinic: type its name.")
        return self
