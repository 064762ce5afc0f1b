"""A day of the symptom diary, as the patient tells it."""

from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from pumplog.entries.base import MicrogramsPerDay, Part, PumpEntry, Words
from pumplog.entries.scored import Sign

Tone = Literal["looser", "as_usual", "tighter"]


class OralDose(Part):
    """What was taken by mouth that day of one drug: all, a part or none of it, and how much in all."""

    drug: Words
    taken: Literal["taken", "part", "missed"]
    dose_mcg_per_day: MicrogramsPerDay | None = None

    @model_validator(mode="after")
    def _missed_is_nothing(self) -> Self:
        if self.taken == "missed" and self.dose_mcg_per_day:
            raise ValueError("A dose that was missed has no amount: leave it out, or say that a part was taken.")
        return self


class DiaryDay(PumpEntry):
    """One day, told by the patient or somebody near and typed by staff; `happened_at` is when it was told."""

    kind: Literal["diary"] = "diary"
    diary_on: date
    told_by: Words | None = None
    tone: Tone | None = None
    oral_doses: tuple[OralDose, ...] = ()
    signs: tuple[Sign, ...] = ()
    side_effects: Words | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.tone or self.oral_doses or self.signs or self.side_effects or self.note):
            raise ValueError("The diary day is empty: say how the tone was, what was taken, or what was felt.")
        drugs = [" ".join(one.drug.split()).casefold() for one in self.oral_doses]
        if len(drugs) != len(set(drugs)):
            raise ValueError("A drug is named twice on one day: add its doses together.")
        return self
