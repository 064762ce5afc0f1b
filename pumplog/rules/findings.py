"""What a person should know before saving: a value, not an exception."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """STOP needs a reason and a second person; CONFIRM needs a reason; NOTE needs nothing."""

    STOP = "STOP"
    CONFIRM = "CONFIRM"
    NOTE = "NOTE"


@dataclass(frozen=True)
class Finding:
    """One finding: how heavy, a code to confirm it by, a sentence, the field it is about, its source.

    `two_people` says that a second person has to sign although it is no STOP.
    """

    weight: Weight
    code: str
    says: str
    about: str
    source: str
    two_people: bool = False

    @property
    def needs_second(self) -> bool:
        """Whether going on takes a second person, another than the one who records."""
        return self.two_people or self.weight is Weight.STOP
