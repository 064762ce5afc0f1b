"""The door for whoever comes from the hospital: one browser, one session, and what was changed here holds."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from pumplog.errors import SignInLocked, SignInRefused
from pumplog.logbook import Logbook
from pumplog.people import Door, Person, Role, Session
from pumplog.people.hospital import HospitalIdentity
from pumplog.reference import load_reference

EIGHT = datetime(2026, 5, 5, 8, tzinfo=UTC)
TABLET, OFFICE = "t" * 43, "o" * 43
MARA = HospitalIdentity(
    issuer="https://login.riverside.example",
    subject="f3b2c1",
    name="Mara Keller",
    roles=frozenset({"recorder"}),
    sites=("North clinic",),
    signed_in_at=EIGHT,
    expires_at=EIGHT + timedelta(hours=14),
    sign_in_id="1",
)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    log = Logbook.open(tmp_path / "clinic.duckdb")
    yield Door(log, load_reference().policy)
    log.close()


def entered(door: Door, identity: HospitalIdentity = MARA, *, browser: str = TABLET, at: datetime = EIGHT) -> Session:
    return door.enter_from_hospital(identity, browser=browser, address="10.0.0.7", at=at)


def here(door: Door, session: Session, at: datetime, *, browser: str = TABLET) -> Person:
    return door.current(session.session_id, browser=browser, at=at)


def changed_here(door: Door, session: Session, **changes: object) -> None:
    account = door.accounts.of(session.person_id)
    assert account is not None
    door.accounts.keep(account.model_copy(update=changes))


def test_the_first_sign_in_makes_a_person_of_this_clinic(door: Door) -> None:
    person = here(door, entered(door), EIGHT)
    assert person.name == "Mara Keller"
    assert person.roles == {Role.RECORDER}
    assert person.sites == frozenset({"north clinic"})
    entered(door, replace(MARA, sign_in_id="2"))
    assert len(door.accounts.everybody()) == 1


def test_another_browser_cannot_use_a_sign_in(door: Door) -> None:
    entered(door)
    with pytest.raises(SignInRefused, match="another browser"):
        entered(door, browser=OFFICE)


def test_of_two_browsers_at_once_one_comes_in(door: Door) -> None:
    both = Barrier(2)

    def come(browser: str) -> bool:
        both.wait()
        try:
            entered(door, browser=browser)
        except SignInRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as doors:
        assert sorted(doors.map(come, (TABLET, OFFICE))) == [False, True]
    assert len(door.accounts.everybody()) == 1


def test_a_sign_in_that_was_ended_is_not_taken_again(door: Door) -> None:
    session = entered(door)
    door.sign_out(session.session_id, at=EIGHT)
    with pytest.raises(SignInRefused, match="was ended"):
        entered(door)


def test_a_page_loaded_anew_goes_on_or_stays_locked(door: Door) -> None:
    first = entered(door)
    soon = EIGHT + timedelta(minutes=1)
    assert here(door, entered(door, at=soon), soon).name == "Mara Keller"
    later = EIGHT + timedelta(hours=1)
    with pytest.raises(SignInLocked):
        here(door, entered(door, at=later), later)
    assert not first.locked


def test_a_new_sign_in_brings_what_the_hospital_says_then(door: Door) -> None:
    session = entered(door)
    new = replace(MARA, sign_in_id="2", roles=frozenset({"recorder", "prescriber"}), sites=None)
    for one in (entered(door, new), session):
        person = here(door, one, EIGHT)
        assert person.roles == {Role.RECORDER, Role.PRESCRIBER}
        assert person.sites is None


def test_what_is_changed_here_holds_at_the_next_action(door: Door) -> None:
    session = entered(door)
    changed_here(door, session, roles=frozenset({Role.VIEWER}))
    soon = EIGHT + timedelta(minutes=1)
    assert here(door, session, soon).roles == {Role.VIEWER}
    assert here(door, entered(door, at=soon), soon).roles == {Role.VIEWER}


def test_a_page_loaded_anew_lasts_no_longer_than_the_sign_in(door: Door) -> None:
    again = entered(door, at=EIGHT + timedelta(hours=11, minutes=58))
    with pytest.raises(SignInRefused, match="lasts 12 hours"):
        here(door, again, EIGHT + timedelta(hours=12))


def test_whoever_was_switched_off_here_stays_out_whatever_the_hospital_says(door: Door) -> None:
    session = entered(door)
    changed_here(door, session, enabled=False)
    with pytest.raises(SignInRefused, match="switched off"):
        here(door, session, EIGHT)
    with pytest.raises(SignInRefused, match="switched off"):
        entered(door, replace(MARA, sign_in_id="2"))


def test_two_people_of_one_name_are_told_apart_in_the_log(door: Door) -> None:
    entered(door)
    other = entered(door, replace(MARA, subject="a9", sign_in_id="2"), browser=OFFICE)
    assert here(door, other, EIGHT, browser=OFFICE).name == "Mara Keller 2"
