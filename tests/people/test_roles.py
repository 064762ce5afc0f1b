"""Who may what: the table as the issue set it, in words, and as the README shows it."""

from pathlib import Path

import pytest

from pumplog.entries import KINDS
from pumplog.people import ACT_WORDS, MAY, ROLE_WORDS, Act, Person, Role, act_of
from pumplog.people.roles import CALLS, acts_of

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_every_role_and_act_is_worded() -> None:
    assert list(ROLE_WORDS) == list(Role)
    assert list(ACT_WORDS) == list(Act)
    assert set(MAY) == set(Role)
    words = [*ROLE_WORDS.values(), *ACT_WORDS.values()]
    assert len(set(words)) == len(words)
    assert all(word[0].isupper() and not word.endswith(".") for word in words)


def test_the_readme_shows_the_table() -> None:
    head = ["may", *ROLE_WORDS.values()]
    rows = [[ACT_WORDS[act], *("yes" if act in MAY[role] else "" for role in Role)] for act in Act]
    lines = [head, ["---"] * len(head), *rows]
    shown = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in README.splitlines()]
    first = shown.index(head)
    assert shown[first : first + len(lines)] == lines


def test_every_act_is_somebodys() -> None:
    assert acts_of(Role) == set(Act)
    assert acts_of(()) == frozenset()


def test_an_administrator_sees_no_patient_and_writes_nothing_clinical() -> None:
    assert MAY[Role.ADMINISTRATOR] == {Act.MANAGE_PEOPLE, Act.SEE_ACCESS, Act.VERIFY}


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        (Act.MANAGE_PEOPLE, {Role.ADMINISTRATOR}),
        (Act.RECORD, {Role.RECORDER}),
        (Act.PLAN, {Role.CALLER, Role.RECORDER}),
        (Act.HAND_OUT, {Role.CALLER, Role.RECORDER, Role.PRESCRIBER}),
        (Act.CHECK_SECOND, {Role.PRESCRIBER}),
        (Act.EXPORT, {Role.AUDITOR}),
        (Act.PRINT_LISTS, {Role.CALLER, Role.RECORDER, Role.PRESCRIBER}),
        (Act.SEE_ACCESS, {Role.AUDITOR, Role.ADMINISTRATOR}),
    ],
)
def test_what_changes_or_takes_away_is_of_few(act: Act, roles: set[Role]) -> None:
    assert {role for role in Role if act in MAY[role]} == roles


def test_a_call_is_what_is_heard_on_the_telephone_and_all_else_is_a_record() -> None:
    assert set(KINDS) >= CALLS
    assert {kind for kind in KINDS if act_of(kind) is Act.LOG_CALL} == CALLS
    diary = {"contacted", "booked", "booking_changed", "transfer_confirmed", "near_miss_explained"}
    alarms = {"alarm_heard", "alarm_taken_on", "alarm_snoozed", "snooze_cancelled", "imaged", "replacement_planned"}
    assert alarms | diary | {"diary"} == CALLS
    assert {act_of(kind) for kind in set(KINDS) - CALLS} == {Act.RECORD}


def test_a_person_of_several_roles_may_what_any_of_them_may() -> None:
    both = Person("1", "Vera Both", frozenset({Role.CALLER, Role.AUDITOR}), None)
    assert {act for act in Act if both.may(act)} == MAY[Role.CALLER] | MAY[Role.AUDITOR]


@pytest.mark.parametrize(
    ("sites", "site", "sees"),
    [
        (None, "South", True),
        (None, None, True),
        (frozenset({"north"}), "North", True),
        (frozenset({"north"}), "  NORTH ", True),
        (frozenset({"north"}), "South", False),
        (frozenset({"north"}), "North wing", False),
        (frozenset({"north"}), None, True),
        (frozenset(), "North", False),
        (frozenset(), None, True),
    ],
)
def test_a_pump_is_seen_by_the_people_of_its_site_and_one_without_a_site_by_all(
    sites: frozenset[str] | None, site: str | None, sees: bool
) -> None:
    assert Person("1", "Nora Ness", frozenset({Role.VIEWER}), sites).sees(site) == sees
