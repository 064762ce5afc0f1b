"""What the patient takes besides the pump, and what makes this patient a special risk."""

from typing import Literal, Self

from pydantic import model_validator

from pumplog.entries.base import Part, PumpEntry, Words
from pumplog.entries.registered import RiskFlag

InteractingClass = Literal["blood_pressure", "antidepressant", "sedative", "muscle_relaxant"]


class Medicine(Part):
    """One medicine in the patient's words; its class is ticked by a person, never taken from the name."""

    name: Words
    dose: Words | None = None
    interacting_class: InteractingClass | None = None


class MedicinesListed(PumpEntry):
    """Everything that is taken now: the list takes the place of the one before."""

    kind: Literal["medicines"] = "medicines"
    told_by: Words | None = None
    takes_any: bool
    medicines: tuple[Medicine, ...] = ()
    alcohol: bool | None = None
    pregnancy: Literal["neither", "pregnant", "breastfeeding"] | None = None

    @model_validator(mode="after")
    def _list_fits_the_answer(self) -> Self:
        if self.takes_any and not self.medicines:
            raise ValueError("The list of medicines is empty: name each medicine, or say that none is taken.")
        if self.medicines and not self.takes_any:
            raise ValueError("Medicines are listed, but none is said to be taken: mend one of the two.")
        return self


class RiskFlagsChanged(PumpEntry):
    """The risks that hold from now on, all of them; none named means that none is left."""

    kind: Literal["risk_flags_changed"] = "risk_flags_changed"
    risk_flags: tuple[RiskFlag, ...] = ()
    reason: Words
