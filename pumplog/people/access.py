"""The lines of the log of who came in and what was read: what was done, about whom or which pump, from where.

Never a patient's data, never a secret: pumps are named by their own ids.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
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

ACCESS_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed_in": "signed in",
        "signed_in_by_pin": "signed in by PIN",
        "signed_in_by_hospital": "signed in at the hospital",
        "signed_out": "signed out",
        "locked": "locked",
        "unlocked": "unlocked",
        "refused": "was refused",
        "not_allowed": "asked for what their roles do not allow",
        "checked_second": "signed as second checker",
        "ended_switched_off": "was signed out: account switched off",
        "ended_by_age": "was signed out: sign-in too old",
        "ended_secret_changed": "was signed out: password changed",
        "ended_pin_not_enough": "was signed out: a PIN is not enough any more",
        "opened_board": "opened the board",
        "opened_story": "opened a pump's story",
        "printed_board": "printed the board at a terminal",
        "paper_made": "took out data of pumps",
        "report_read": "read a report",
        "report_exported": "took out a report",
        "handed_out": "handed out a file about a pump",
        "person_added": "added a person",
        "person_changed": "changed a person",
        "person_reset": "gave a new first password",
        "password_changed": "changed their password",
        "pin_set": "set a PIN",
        "code_set": "added an authenticator",
        "tablet_enrolled": "enrolled a tablet",
        "tablet_revoked": "took a tablet off the list",
        "setup_code_made": "asked for a set-up code",
        "signing_key_made": "had a key made for signing heads of the log",
        "backed_up": "made a backup",
        "restored": "put a backup in the log's place",
    }
)
"""What each kind of line says was done."""


def line(
    kind: str, about: str, *, by: str, at: datetime, **particulars: str | int | bool | list[str] | None
) -> NewEvent:
    """One line: `kind` was done about somebody or something, by a person, with its particulars."""
    told = {key: value for key, value in sorted(particulars.items()) if value is not None}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return NewEvent(uuid4().hex, about, kind, BODY_VERSION, body, at, at, by)
