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
    """One finding: how heavy, a code to confirm it by, a sentence, the field it is about, its source."""

    weight: Weight
    code: str
    says: str
    about: str
    source: str
