"""A pump leaves the list, knowingly."""

from typing import Literal, Self

from pydantic import model_validator

from pumplog.entries.base import PumpEntry, Words


class Retired(PumpEntry):
    """A pump is explanted, its patient died, another clinic, by name, takes over, or another pump, by serial."""

    kind: Literal["retired"] = "retired"
    reason: Literal["explanted", "died", "transferred", "replaced"]
    to_clinic: Words | None = None
    replaced_by: Words | None = None

    @model_validator(mode="after")
    def _names_who_takes_over(self) -> Self:
        if self.reason == "transferred" and self.to_clinic is None:
            raise ValueError("A transfer must name the receiving clinic: type its name.")
        if (self.reason == "replaced") != (self.replaced_by is not None):
            raise ValueError(
                "A pump that was replaced, and no other, names the serial of the new one: mend one of the two."
            )
        return self
