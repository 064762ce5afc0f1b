"""Who may do what: one table, shown in the README and in Settings, asked by the desk before anything is done."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Act(StrEnum):
    """What can be done at the desk, each asked about by itself."""

    SEE_BOARD = "see_board"
    SEE_STORY = "see_story"
    LOG_CALL = "log_call"
    PLAN = "plan"
    RECORD = "record"
    HAND_OUT = "hand_out"
    CHECK_SECOND = "check_second"
    IMPORT = "import"
    PRINT_LISTS = "print_lists"
    EXPORT = "export"
    SEE_ACCESS = "see_access"
    VERIFY = "verify"
    MANAGE_PEOPLE = "manage_people"


ACT_WORDS: Final[Mapping[Act, str]] = MappingProxyType(
    {
        Act.SEE_BOARD: "See the board",
        Act.SEE_STORY: "Open a pump's story",
        Act.LOG_CALL: "Log a call: an alarm heard, contacts, bookings",
        Act.PLAN: "Plan: closures and room for visits, if at all sites",
        Act.RECORD: "Record visits, programmes, pumps and corrections",
        Act.HAND_OUT: "Hand out the patient's card and calendar file",
        Act.CHECK_SECOND: "Be the second checker",
        Act.IMPORT: "Import a sheet, if at all sites",
        Act.PRINT_LISTS: "Print the day's call list, the downtime pack and the calendar",
        Act.EXPORT: "Export reports",
        Act.SEE_ACCESS: "Read who came in",
        Act.VERIFY: "Verify the log",
        Act.MANAGE_PEOPLE: "People, tablets and settings",
    }
)


class Role(StrEnum):
    """What a person is in the clinic; one person may have several."""

    VIEWER = "viewer"
    CALLER = "caller"
    RECORDER = "recorder"
    PRESCRIBER = "prescriber"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_WORDS: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.VIEWER: "Viewer",
        Role.CALLER: "Caller",
        Role.RECORDER: "Recorder",
        Role.PRESCRIBER: "Prescriber or reviewer",
        Role.AUDITOR: "Auditor",
        Role.ADMINISTRATOR: "Administrator",
    }
)

_EVERYBODY_CLINICAL: Final = frozenset({Act.SEE_BOARD, Act.SEE_STORY, Act.VERIFY})
_BY_TELEPHONE: Final = frozenset({Act.LOG_CALL, Act.HAND_OUT, Act.PRINT_LISTS})

MAY: Final[Mapping[Role, frozenset[Act]]] = MappingProxyType(
    {
        Role.VIEWER: _EVERYBODY_CLINICAL,
        Role.CALLER: _EVERYBODY_CLINICAL | _BY_TELEPHONE | {Act.PLAN},
        Role.RECORDER: _EVERYBODY_CLINICAL | _BY_TELEPHONE | {Act.PLAN, Act.RECORD, Act.IMPORT},
        Role.PRESCRIBER: _EVERYBODY_CLINICAL | _BY_TELEPHONE | {Act.CHECK_SECOND},
        Role.AUDITOR: _EVERYBODY_CLINICAL | {Act.EXPORT, Act.SEE_ACCESS},
        Role.ADMINISTRATOR: frozenset({Act.MANAGE_PEOPLE, Act.SEE_ACCESS, Act.VERIFY}),
    }
)

CALLS: Final = frozenset(
    {
        *("alarm_heard", "alarm_taken_on", "alarm_snoozed", "snooze_cancelled", "imaged", "replacement_planned"),
        *("contacted", "booked", "booking_changed", "transfer_confirmed", "near_miss_explained"),
        "diary",
    }
)
"""The kinds of entry that somebody on the telephone may write; every other kind is a clinical record."""


def act_of(kind: str) -> Act:
    """What writing an entry of this kind is: a call, or a clinical record."""
    return Act.LOG_CALL if kind in CALLS else Act.RECORD


def acts_of(roles: Iterable[Role]) -> frozenset[Act]:
    """Everything that somebody with these roles may do."""
    return frozenset[Act]().union(*(MAY[role] for role in roles))
