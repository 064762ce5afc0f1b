"""Clinical scores: ordered categories by joint and side, counts, and signs; never a number to be averaged."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pumplog.entries.base import Part, Place, PumpEntry, Words

Joint = Literal["shoulder", "elbow", "wrist", "fingers", "hip", "knee", "ankle"]
Side = Literal["left", "right"]
AshworthGrade = Literal["0", "1", "1+", "2", "3", "4"]
PennFrequency = Literal["0", "1", "2", "3", "4"]
PennSeverity = Literal["1", "2", "3"]
ZeroToTen = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]

Sign = Literal[
    "spasticity_returned",
    "itch_without_rash",
    "low_blood_pressure",
    "tingling",
    "fever",
    "altered_mental_state",
    "drowsiness",
    "light_headedness",
    "weak_breathing",
    "seizures",
    "floppiness_rising",
    "coma",
]
WITHDRAWAL_SIGNS: tuple[Sign, ...] = (
    "spasticity_returned",
    "itch_without_rash",
    "low_blood_pressure",
    "tingling",
    "fever",
    "altered_mental_state",
)
OVERDOSE_SIGNS: tuple[Sign, ...] = (
    "drowsiness",
    "light_headedness",
    "weak_breathing",
    "seizures",
    "floppiness_rising",
    "coma",
)


class Ashworth(Part):
    """One grade of the Modified Ashworth Scale: 1+ lies between 1 and 2, and is no number."""

    joint: Joint
    side: Side
    grade: AshworthGrade


class Scored(PumpEntry):
    """What was scored at one time; what was not asked is left out. Falls are those since the last time of asking."""

    kind: Literal["scored"] = "scored"
    place: Place | None = None
    scored_by: Words | None = None
    ashworth: tuple[Ashworth, ...] = ()
    penn_frequency: PennFrequency | None = None
    penn_severity: PennSeverity | None = None
    pain: ZeroToTen | None = None
    itch: ZeroToTen | None = None
    falls_count: Annotated[int, Field(ge=0, le=1000)] | None = None
    signs: tuple[Sign, ...] = ()
    side_effects: Words | None = None

    @model_validator(mode="after")
    def _scores_something_once(self) -> Self:
        one_value = (self.penn_frequency, self.pain, self.itch, self.falls_count, self.side_effects)
        if not self.ashworth and not self.signs and all(value is None for value in one_value):
            raise ValueError("Nothing was scored: tap at least one score, or write what was said.")
        named = [(one.joint, one.side) for one in self.ashworth]
        if len(named) != len(set(named)):
            raise ValueError("A joint of one side has two Modified Ashworth grades: keep one.")
        if self.penn_severity is not None and self.penn_frequency in (None, "0"):
            raise ValueError(
                "Spasm severity is asked only when there are spasms: leave it out, or mend the frequency."
            )
        return self
