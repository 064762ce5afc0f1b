"""A visit that did not end in a refill."""

from typing import Literal

from pumplog.entries.base import Millilitres, Place, Words
from pumplog.entries.found import FoundAtVisit

DeferralReason = Literal[
    "emptied_for_mri",
    "emptied_for_other",
    "imaging_first",
    "residual_unexplained",
    "patient_unwell",
    "drug_not_there",
    "other",
]
EMPTIED: frozenset[DeferralReason] = frozenset({"emptied_for_mri", "emptied_for_other"})
"""The reasons after which a pump waits for its refill, whatever was left in it."""


class Deferred(FoundAtVisit):
    """A refill put off, or a pump emptied: projection restarts from the volume left or returned."""

    kind: Literal["deferred"] = "deferred"
    place: Place | None = None
    reason_code: DeferralReason | None = None
    reason: Words
    volume_left_ml: Millilitres
    second_checker: Words | None = None
    pump_running: bool | None = None

    @property
    def emptied(self) -> bool:
        """Whether the pump was emptied on purpose and waits for a refill."""
        return self.reason_code in EMPTIED
