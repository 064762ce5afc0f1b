"""The kinds of alarm that can be heard and closed."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from pumplog.reference.folder import data_folder
from pumplog.reference.graded import GradedCount, Note, Sourced


class AlarmWeight(StrEnum):
    """Critical: drug may not be flowing. Logged: written down without a tone of its own."""

    CRITICAL = "critical"
    NON_CRITICAL = "non-critical"
    LOGGED = "logged"


class AlarmKind(Sourced):
    """One kind of alarm that can be heard and closed."""

    code: str
    weight: AlarmWeight
    words: str
    tone: str | None = None
    notes: tuple[Note, ...] = ()
    replace_within_days: GradedCount | None = None

    @property
    def critical(self) -> bool:
        """Whether drug may not be flowing while this alarm is open."""
        return self.weight is AlarmWeight.CRITICAL

    @property
    def known(self) -> bool:
        """Whether it is a kind, and not a tone whose kind nobody knows yet."""
        return not self.code.startswith("UNKNOWN_")


def _read_alarm_kinds() -> Mapping[str, AlarmKind]:
    rows = tomllib.loads((data_folder("reference") / "alarms.toml").read_text("utf-8"))["alarm"]
    return MappingProxyType({row["code"]: AlarmKind.model_validate(row) for row in rows})


ALARM_KINDS: Mapping[str, AlarmKind] = _read_alarm_kinds()
