"""The lines of the log of who came in: what was done, about whom, from where. Never a patient, never a secret."""

import json
from datetime import datetime
from typing import Final
from uuid import uuid4

from pumplog.logbook import NewEvent

BODY_VERSION: Final = 1
NOBODY: Final = "nobody known"
THE_DOOR: Final = "door"
TERMINAL: Final = "terminal"
HOSPITAL: Final = "hospital"
NOT_PEOPLE: Final = frozenset({NOBODY, THE_DOOR, TERMINAL, HOSPITAL})
"""Who else does things in this log: no person may have one of these names."""


def line(
    kind: str, about: str, *, by: str, at: datetime, **particulars: str | int | bool | list[str] | None
) -> NewEvent:
    """One line: `kind` was done about somebody or something, by a person, with its particulars."""
    told = {key: value for key, value in sorted(particulars.items()) if value is not None}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return NewEvent(uuid4().hex, about, kind, BODY_VERSION, body, at, at, by)
