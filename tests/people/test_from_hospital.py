"""What a hospital's sign-in gives: a name of one's own, no local secret, an end; and nothing of its words is kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pumplog.errors import NotAllowed, SignInRefused
from pumplog.people import Person, Role, Session
from pumplog.people.hospital import HospitalIdentity
from tests.people.staff import PASSWORD, PIN, WARD, Staff

HERS, ANOTHERS = "the word of her browser", "the word of another browser"
ISSUER = "https://login.riverside.example"


def identity(staff: Staff, **changed: Any) -> HospitalIdentity:
    """What the hospital vouches for: a recorder of the North, who has just signed in there."""
    now = staff.clinic.now
    usual = HospitalIdentity(
        issuer=ISSUER,
        subject="subject 1",
        name="Mara Keller",
        roles=frozenset({"recorder"}),
        sites=("North",),
        signed_in_at=now,
        expires_at=now + timedelta(hours=20),
        sign_in_id="sign-in 1",
    )
    return replace(usual, **changed)


def enter(staff: Staff, shown: HospitalIdentity, browser: str | None = HERS) -> Session:
    return staff.door.enter_from_hospital(shown, browser=browser, address=WARD, at=staff.clinic.now)


def person(staff: Staff, session: Session, browser: str | None = HERS) -> Person:
    return staff.door.current(session.session_id, browser=browser, at=staff.clinic.now)


def test_roles_and_sites_follow_the_claims_of_each_sign_in(staff: Staff) -> None:
    open_one = enter(staff, identity(staff))
    enter(staff, identity(staff, sign_in_id="sign-in 2", roles=frozenset({"viewer", "caller"}), sites=None))
    now = person(staff, open_one)
    assert (now.roles, now.sites) == (frozenset({Role.VIEWER, Role.CALLER}), None)
    line = staff.lines()[-2]
    assert (line.kind, line.by) == ("person_changed", "hospital")
    assert (line.told["roles"], line.told["roles_before"]) == (["caller", "viewer"], ["recorder"])
    assert (line.told["sites"], line.told["sites_before"]) == (["all"], ["North"])


def test_another_provider_or_subject_is_another_person_whose_name_gets_a_number(staff: Staff) -> None:
    names = []
    for place, changed in enumerate(({}, {"subject": "subject 2"}, {"issuer": "https://other.example"})):
        session = enter(staff, identity(staff, sign_in_id=f"sign-in {place}", name=" mara  KELLER", **changed))
        names.append(person(staff, session).name)
    assert names == ["mara KELLER", "mara KELLER 2", "mara KELLER 3"]


@pytest.mark.parametrize("name", ["Ida Brandt", "IDA  brandt", "terminal", "Hospital"])
def test_nobody_takes_a_name_that_stands_in_the_log_for_another(name: str, staff: Staff) -> None:
    session = enter(staff, identity(staff, name=name))
    assert person(staff, session).name == f"{' '.join(name.split())} 2"


def test_a_hospitals_sign_in_is_no_local_account(staff: Staff) -> None:
    session = enter(staff, identity(staff))
    account = staff.door.accounts.of(session.person_id)
    assert account is not None
    for typed in ("", PASSWORD):
        with pytest.raises(SignInRefused, match="do not fit"):
            staff.sign_in(account.sign_in_name, typed)
    staff.enrol(HERS)
    for ask in (
        lambda: staff.administration.set_pin(account.person_id, "", PIN, at=staff.clinic.now),
        lambda: staff.administration.change_password(account.person_id, "", PASSWORD, at=staff.clinic.now),
        lambda: staff.administration.set_code(account.person_id, "", "", "", at=staff.clinic.now),
        lambda: staff.administration.reset_person(account.person_id, by=staff.boss, at=staff.clinic.now),
    ):
        with pytest.raises(NotAllowed, match="at the hospital"):
            ask()
    assert staff.door.on_this_tablet(HERS) == []
    with pytest.raises(SignInRefused, match="do not fit"):
        staff.sign_in_by_pin(account.person, browser=HERS)


def test_a_sign_in_in_a_browser_that_keeps_nothing_is_taken_once(staff: Staff) -> None:
    shown = identity(staff)
    enter(staff, shown, None)
    with pytest.raises(SignInRefused, match="another browser"):
        enter(staff, shown, None)


def test_two_pages_that_load_at_once_are_one_person_in_one_browser(staff: Staff) -> None:
    shown = identity(staff)

    def load(browser: str) -> str | None:
        try:
            return enter(staff, shown, browser).person_id
        except SignInRefused:
            return None

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(load, [HERS, ANOTHERS] * 4))
    assert len(set(came) - {None}) == 1
    assert {came[place] is None for place in (0, 2, 4, 6)} != {came[place] is None for place in (1, 3, 5, 7)}
    assert [line.name for line in staff.administration.people_on_file()] == ["Ida Brandt", "Mara Keller"]


def test_a_page_that_is_loaded_anew_after_a_while_is_locked(staff: Staff) -> None:
    shown = identity(staff)
    enter(staff, shown)
    staff.later(minutes=5)
    assert enter(staff, shown).locked


def test_what_is_locked_opens_by_a_new_sign_in_at_the_hospital_alone(staff: Staff) -> None:
    session = enter(staff, identity(staff))
    staff.door.lock(session.session_id, at=staff.clinic.now)
    for secret in ("", PIN, PASSWORD):
        with pytest.raises(SignInRefused, match="sign in there again"):
            staff.door.unlock(session.session_id, secret, browser=HERS, address=WARD, at=staff.clinic.now)
    assert person(staff, enter(staff, identity(staff, sign_in_id="sign-in 2"))).name == "Mara Keller"
    assert session.locked


@pytest.mark.parametrize(
    ("expires", "lasts"), [({"hours": 1}, {"hours": 1}), ({"hours": 20}, {"hours": 12})], ids=["its own", "ours"]
)
def test_a_sign_in_ends_at_its_own_end_or_ours(expires: dict[str, int], lasts: dict[str, int], staff: Staff) -> None:
    shown = identity(staff, expires_at=staff.clinic.now + timedelta(**expires))
    began = staff.clinic.now
    staff.clinic.now = began + timedelta(**lasts) - timedelta(microseconds=1)
    enter(staff, shown)
    staff.clinic.now = began + timedelta(**lasts)
    with pytest.raises(SignInRefused, match="has ended"):
        enter(staff, shown)


def test_what_the_hospital_says_is_kept_as_a_mark_that_tells_nothing(staff: Staff) -> None:
    enter(staff, identity(staff, sign_in_id="a word of the hospital"))
    kept = staff.clinic.database.read_bytes()
    assert b"a word of the hospital" not in kept
    assert HERS.encode() not in kept
