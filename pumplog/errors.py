"""The one family of refusals.

A thing that a person can still mend before saving is a `Finding` (see `pumplog.rules`), a value.
A thing after which the program must not go on is one of these exceptions.
Every message is a sentence for a nurse: it names the field and the mend.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was said: which field, and a sentence with the mend."""

    field: str
    says: str


class PumplogError(Exception):
    """The root of the family: whoever catches this catches every refusal and nothing else."""


class EntryRefused(PumplogError):
    """What a person typed cannot be taken; nothing was changed."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(" ".join(fault.says for fault in faults))


class StaleRecord(PumplogError):
    """Somebody else wrote about this pump since the person last looked."""

    def __init__(self, pump_id: str, *, seen: int, latest: int, about: str = "this pump") -> None:
        self.pump_id = pump_id
        self.seen = seen
        self.latest = latest
        super().__init__(
            f"Somebody else recorded something about {about} while you were typing. "
            "Nothing of yours was saved: compare the two versions, then check and save again."
        )


class CalculationRefused(PumplogError):
    """A calculation has no answer; `reasons` holds every reason, not only the first."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


class Trouble(StrEnum):
    """What keeps a log from being opened: each has its own way out, told step by step on the recovery page."""

    DAMAGED = "damaged"
    MISSING = "missing"
    NO_ANCHOR = "no_anchor"
    HELD = "held"
    NEWER = "newer"
    FOREIGN = "foreign"
    FULL = "full"
    UNREACHABLE = "unreachable"


class LogbookDamaged(PumplogError):
    """The log does not prove itself: altered, shortened, or unreadable."""

    def __init__(self, says: str, trouble: Trouble = Trouble.DAMAGED) -> None:
        self.trouble = trouble
        super().__init__(says)


class LogbookUnavailable(PumplogError):
    """The log cannot be opened now: held by another process, newer than this program, no disk."""

    def __init__(self, says: str, trouble: Trouble = Trouble.UNREACHABLE) -> None:
        self.trouble = trouble
        super().__init__(says)


class SignInRefused(PumplogError):
    """Nobody was let in: a name, password, PIN or code that does not fit, or a sign-in that has ended."""


class SignInLocked(PumplogError):
    """The person is still signed in, but the screen is locked: a PIN or the password opens it again."""


class NotAllowed(PumplogError):
    """A person may not do what they asked for, by their roles or by their sites."""
