"""A refill came late, or nearly too late: somebody says why."""

from typing import Literal, Self

from pydantic import model_validator

from pumplog.entries.base import PumpEntry, Words

NearMissCause = Literal[
    "patient_did_not_come",
    "patient_not_reached",
    "nobody_called",
    "no_free_visit",
    "clinic_closed",
    "drug_not_at_hand",
    "in_hospital_elsewhere",
    "record_was_wrong",
    "pump_ran_faster",
    "planned",
    "other",
]


class NearMissExplained(PumpEntry):
    """The cause of a near miss; `visit_event_id` is the refill that came late. The newest explanation holds."""

    kind: Literal["near_miss_explained"] = "near_miss_explained"
    visit_event_id: Words
    cause: NearMissCause
    cause_text: Words | None = None

    @model_validator(mode="after")
    def _other_says_which(self) -> Self:
        if self.cause == "other" and self.cause_text is None:
            raise ValueError("Another cause is said in words: type it.")
        return self
