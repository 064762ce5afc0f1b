"""The door: who is let in and by what, how long that lasts, who is let in again, and who else looked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pyotp
import pytest

from pumplog.errors import EntryRefused, NotAllowed, SignInLocked, SignInRefused
from pumplog.people import Act, Must, Person, Role, Session, passwords
from pumplog.people.proving import DOES_NOT_FIT
from tests.people.staff import PASSWORD, PIN, WARD, Staff

TABLET, OTHER = "the word of a tablet", "the word of another browser"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  nobody's


@pytest.fixture
def mara(staff: Staff) -> Person:
    """A nurse with a password."""
    return staff.add("Mara Keller", Role.RECORDER)


def person(staff: Staff, session: Session, **more: Any) -> Person:
    return staff.door.current(session.session_id, at=staff.clinic.now, **more)


def unlock(staff: Staff, session: Session, secret: str, browser: str | None = None) -> Session:
    return staff.door.unlock(session.session_id, secret, browser=browser, address=WARD, at=staff.clinic.now)


def locked(staff: Staff, session: Session) -> Session:
    staff.door.lock(session.session_id, at=staff.clinic.now)
    assert session.locked
    return session


def code(staff: Staff, **away: float) -> str:
    return pyotp.TOTP(SECRET).at(staff.clinic.now + timedelta(**away))


def give_code(staff: Staff, person: Person) -> None:
    staff.administration.set_code(person.person_id, PASSWORD, SECRET, code(staff), at=staff.clinic.now)
    staff.later(seconds=30)


# --- by password ---


@pytest.mark.parametrize("word", ["mara", "MARA", " Mara "])
def test_a_name_and_its_password_let_in_whatever_the_capitals(word: str, staff: Staff, mara: Person) -> None:
    session = staff.sign_in(word)
    assert (session.person_id, session.name, session.locked) == (mara.person_id, "Mara Keller", False)
    assert person(staff, session) == mara


def test_the_name_in_the_log_is_no_sign_in_name(staff: Staff, mara: Person) -> None:
    with pytest.raises(SignInRefused):
        staff.sign_in("Mara Keller")


def test_nobody_learns_from_a_refusal_whether_there_is_such_a_person(staff: Staff, mara: Person) -> None:
    gone = staff.add("Otto Gone", Role.VIEWER)
    staff.change(gone, enabled=False)
    looked_at: list[str] = []
    verify = passwords._HASHER.verify

    def looking(kept: str, typed: str) -> bool:
        looked_at.append(kept)
        return verify(kept, typed)

    for word, typed in (("mara", "not her password"), ("nobody", PASSWORD), ("otto", PASSWORD), ("mara", "")):
        with (
            mock.patch.object(type(passwords._HASHER), "verify", side_effect=looking),
            pytest.raises(SignInRefused) as refusal,
        ):
            staff.sign_in(word, typed)
        assert str(refusal.value) == DOES_NOT_FIT
    assert len(looked_at) == 4
    assert all(kept.startswith("$argon2id$") for kept in looked_at)


@pytest.mark.parametrize("typed", [PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1], "\udc80", "\0"])
def test_a_password_fits_as_it_was_typed_and_no_other_way(typed: str, staff: Staff, mara: Person) -> None:
    with pytest.raises(SignInRefused):
        staff.sign_in(mara, typed)


def test_a_code_is_asked_for_where_one_is_set_and_is_taken_once(staff: Staff, mara: Person) -> None:
    give_code(staff, mara)
    for wrong in ("", "000000", code(staff, minutes=-5), code(staff, minutes=5)):
        with pytest.raises(SignInRefused, match="authenticator"):
            staff.sign_in(mara, code=wrong)
        staff.later(hours=1)
    used = code(staff)
    assert person(staff, staff.sign_in(mara, code=used)) == mara
    with pytest.raises(SignInRefused, match="authenticator"):
        staff.sign_in(mara, code=used)
    staff.later(seconds=30)
    assert staff.sign_in(mara, code=code(staff)).person_id == mara.person_id


def test_a_code_without_the_password_tells_nothing(staff: Staff, mara: Person) -> None:
    give_code(staff, mara)
    with pytest.raises(SignInRefused) as refusal:
        staff.sign_in(mara, "not her password", code=code(staff))
    assert str(refusal.value) == DOES_NOT_FIT


def test_a_first_password_lets_in_to_change_it_and_to_nothing_else(staff: Staff) -> None:
    new = staff.add("Nils Neu", Role.RECORDER, temporary=True)
    first = staff.administration.reset_person(new.person_id, by=staff.boss, at=staff.clinic.now)
    session = staff.sign_in(new, first)
    assert session.must == {Must.CHANGE_PASSWORD}
    assert person(staff, session).roles == frozenset()
    staff.door.done(session.session_id, Must.CHANGE_PASSWORD)
    assert person(staff, session).roles == frozenset()
    staff.administration.change_password(new.person_id, first, PASSWORD, at=staff.clinic.now)
    staff.door.keep_after_change(session.session_id)
    assert person(staff, session) == new
    assert session.must == frozenset()


def test_an_administrator_adds_an_authenticator_first_where_the_clinic_wants_it(
    staffed: Callable[..., Staff],
) -> None:
    staff = staffed("administrators_need_code = true")
    session = staff.sign_in(staff.boss)
    assert session.must == {Must.SET_CODE}
    waiting = person(staff, session)
    with pytest.raises(NotAllowed):
        staff.administration.people(by=waiting)
    give_code(staff, staff.boss)
    assert person(staff, session) == staff.boss
    with pytest.raises(SignInRefused, match="authenticator"):
        staff.sign_in(staff.boss)
    nurse = staff.add("Mara Keller", Role.RECORDER)
    assert staff.sign_in(nurse).must == frozenset()


def test_who_is_made_an_administrator_while_signed_in_needs_the_same(staffed: Callable[..., Staff]) -> None:
    staff = staffed("administrators_need_code = true")
    give_code(staff, staff.boss)
    mara = staff.add("Mara Keller", Role.RECORDER)
    staff.give_pin(mara)
    staff.enrol(TABLET)
    by_password, by_pin = staff.sign_in(mara), staff.sign_in_by_pin(mara, browser=TABLET)
    staff.change(mara, roles=frozenset({Role.ADMINISTRATOR}))
    assert person(staff, by_password).roles == frozenset()
    assert by_password.must == {Must.SET_CODE}
    with pytest.raises(SignInRefused, match="a PIN is not enough"):
        person(staff, by_pin, browser=TABLET)
    assert staff.door.session(by_pin.session_id) is None


# --- by PIN ---


@pytest.fixture
def tablet(staff: Staff, mara: Person) -> str:
    """The id of an enrolled tablet, on which Mara has a PIN."""
    staff.give_pin(mara)
    return staff.enrol(TABLET)


def test_a_pin_lets_in_on_an_enrolled_tablet(staff: Staff, mara: Person, tablet: str) -> None:
    session = staff.sign_in_by_pin(mara, browser=TABLET)
    assert person(staff, session, browser=TABLET) == mara


@pytest.mark.parametrize("browser", [OTHER, None, ""])
def test_a_pin_is_useless_elsewhere(browser: str | None, staff: Staff, mara: Person, tablet: str) -> None:
    with pytest.raises(SignInRefused, match="own tablets only"):
        staff.sign_in_by_pin(mara, browser=browser)


def test_a_pin_is_useless_where_a_tablet_was_taken_off_the_list(staff: Staff, mara: Person, tablet: str) -> None:
    staff.administration.revoke_tablet(tablet, by=staff.boss, at=staff.clinic.now)
    with pytest.raises(SignInRefused, match="own tablets only"):
        staff.sign_in_by_pin(mara, browser=TABLET)
    assert staff.door.on_this_tablet(TABLET) == []


def test_a_pin_is_of_one_person_who_is_there_and_has_one(staff: Staff, mara: Person, tablet: str) -> None:
    without = staff.add("Nils Neu", Role.RECORDER)
    for who in (without, Person("nobody's id", "Nobody", frozenset(), None)):
        with pytest.raises(SignInRefused, match="do not fit"):
            staff.sign_in_by_pin(who, browser=TABLET)
    staff.give_pin(without, "915372")
    with pytest.raises(SignInRefused, match="PIN does not fit"):
        staff.sign_in_by_pin(without, PIN, browser=TABLET)
    staff.change(mara, enabled=False)
    with pytest.raises(SignInRefused, match="do not fit"):
        staff.sign_in_by_pin(mara, browser=TABLET)


def test_five_wrong_pins_and_it_is_off_until_the_password_was_used(staff: Staff, mara: Person, tablet: str) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused, match="PIN does not fit"):
            staff.sign_in_by_pin(mara, "111112", browser=TABLET)
    for _ in range(2):
        staff.later(days=1)
        with pytest.raises(SignInRefused, match="is off"):
            staff.sign_in_by_pin(mara, browser=TABLET)
    staff.sign_in(mara, browser=OTHER)
    assert staff.sign_in_by_pin(mara, browser=TABLET).name == "Mara Keller"


def test_a_right_pin_forgives_the_wrong_ones_before_it(staff: Staff, mara: Person, tablet: str) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                staff.sign_in_by_pin(mara, "111112", browser=TABLET)
        staff.sign_in_by_pin(mara, browser=TABLET)
        staff.later(hours=1)


def test_a_pin_is_not_enough_for_who_has_to_do_more(staffed: Callable[..., Staff]) -> None:
    staff = staffed("administrators_need_code = true")
    staff.give_pin(staff.boss)
    staff.enrol(TABLET)
    with pytest.raises(SignInRefused, match="not enough"):
        staff.sign_in_by_pin(staff.boss, browser=TABLET)


def test_a_reset_takes_the_pin_and_the_authenticator(staff: Staff, mara: Person, tablet: str) -> None:
    give_code(staff, mara)
    first = staff.administration.reset_person(mara.person_id, by=staff.boss, at=staff.clinic.now)
    with pytest.raises(SignInRefused, match="do not fit"):
        staff.sign_in_by_pin(mara, browser=TABLET)
    with pytest.raises(SignInRefused):
        staff.sign_in(mara)
    assert staff.sign_in(mara, first).must == {Must.CHANGE_PASSWORD}


def test_a_tablet_shows_those_who_have_a_pin_and_nobody_elsewhere(staff: Staff, mara: Person, tablet: str) -> None:
    staff.add("Nils Neu", Role.RECORDER)
    gone = staff.add("Otto Gone", Role.VIEWER)
    staff.give_pin(gone)
    assert staff.door.on_this_tablet(TABLET) == [mara, gone]
    staff.change(gone, enabled=False)
    assert staff.door.on_this_tablet(TABLET) == [mara]
    for browser in (OTHER, None, ""):
        assert staff.door.on_this_tablet(browser) == []


# --- being in ---


def test_a_session_locks_when_it_was_idle_to_the_second(staff: Staff, mara: Person) -> None:
    session = staff.sign_in(mara)
    staff.later(minutes=5, microseconds=-1)
    assert person(staff, session) == mara
    staff.later(minutes=5)
    with pytest.raises(SignInLocked, match="nothing was touched"):
        person(staff, session)
    staff.later(seconds=-1)
    with pytest.raises(SignInLocked, match="type your PIN"):
        person(staff, session)


def test_the_clinic_says_how_long_is_idle(staffed: Callable[..., Staff]) -> None:
    staff = staffed("idle_lock_minutes = 2")
    session = staff.sign_in(staff.boss)
    staff.later(seconds=119)
    assert person(staff, session) == staff.boss
    staff.later(seconds=120)
    with pytest.raises(SignInLocked):
        person(staff, session)


def test_looking_without_touching_does_not_put_the_lock_off(staff: Staff, mara: Person) -> None:
    session = staff.sign_in(mara)
    for _ in range(4):
        staff.later(minutes=1)
        assert person(staff, session, touched=False) == mara
    staff.later(minutes=1)
    with pytest.raises(SignInLocked):
        person(staff, session, touched=False)


def test_a_sign_in_ends_after_its_hours_however_busy(staff: Staff, mara: Person) -> None:
    session = staff.sign_in(mara)
    end = staff.clinic.now + timedelta(hours=12)
    while staff.clinic.now < end - timedelta(minutes=4):
        staff.later(minutes=4)
        person(staff, session)
    staff.clinic.now = end - timedelta(microseconds=1)
    person(staff, session)
    staff.clinic.now = end
    with pytest.raises(SignInRefused, match="lasts 12 hours"):
        person(staff, session)
    with pytest.raises(SignInRefused, match="Sign in to go on"):
        person(staff, session)


def test_a_locked_sign_in_ends_after_its_hours_too(staff: Staff, mara: Person) -> None:
    session = locked(staff, staff.sign_in(mara))
    staff.later(hours=12)
    with pytest.raises(SignInRefused, match="lasts 12 hours"):
        unlock(staff, session, PASSWORD)
    assert staff.door.session(session.session_id) is None


def test_sessions_that_are_over_are_forgotten_at_the_next_sign_in(staff: Staff, mara: Person) -> None:
    old = staff.sign_in(mara)
    staff.later(hours=12)
    staff.sign_in(mara)
    assert staff.door.session(old.session_id) is None


@pytest.mark.parametrize("word", [None, "", "a guess"])
def test_nobody_is_in_under_a_word_that_was_not_given(word: str | None, staff: Staff) -> None:
    with pytest.raises(SignInRefused, match="Sign in to go on"):
        staff.door.current(word, at=staff.clinic.now)
    assert staff.door.session(word) is None


def test_every_sign_in_has_a_new_word_of_256_bits(staff: Staff, mara: Person) -> None:
    words = {staff.sign_in(mara).session_id for _ in range(3)}
    assert len(words) == 3
    assert {len(word) for word in words} == {43}


@pytest.mark.parametrize("browser", [OTHER, None])
def test_a_session_is_of_the_browser_that_began_it(browser: str | None, staff: Staff, mara: Person) -> None:
    session = staff.sign_in(mara, browser=TABLET)
    with pytest.raises(SignInRefused, match="another browser"):
        person(staff, session, browser=browser)
    with pytest.raises(SignInRefused, match="another browser"):
        unlock(staff, session, PASSWORD, browser)
    assert person(staff, session, browser=TABLET) == mara
    assert session.browser is not None
    assert TABLET not in session.browser


def test_who_is_switched_off_is_out_at_the_next_action(staff: Staff, mara: Person) -> None:
    sessions = [staff.sign_in(mara), locked(staff, staff.sign_in(mara))]
    staff.change(mara, enabled=False)
    for session in sessions:
        with pytest.raises(SignInRefused, match="switched off"):
            person(staff, session)
        assert staff.door.session(session.session_id) is None
    staff.change(mara, enabled=True)
    with pytest.raises(SignInRefused, match="Sign in to go on"):
        person(staff, sessions[0])


def test_who_is_switched_off_cannot_unlock(staff: Staff, mara: Person, tablet: str) -> None:
    session = locked(staff, staff.sign_in_by_pin(mara, browser=TABLET))
    staff.change(mara, enabled=False)
    for secret in (PIN, PASSWORD):
        with pytest.raises(SignInRefused, match="switched off"):
            unlock(staff, session, secret, TABLET)
    assert session.locked


def test_roles_and_sites_are_read_anew_at_every_action(staff: Staff, mara: Person) -> None:
    session = staff.sign_in(mara)
    staff.change(mara, roles=frozenset({Role.VIEWER}), sites=("North",))
    now = person(staff, session)
    assert now == Person(mara.person_id, "Mara Keller", frozenset({Role.VIEWER}), frozenset({"north"}))
    assert session.roles == {Role.VIEWER}


def test_a_changed_password_ends_every_other_sign_in(staff: Staff, mara: Person) -> None:
    own, elsewhere = staff.sign_in(mara), staff.sign_in(mara)
    staff.administration.change_password(mara.person_id, PASSWORD, "nine loud ravens", at=staff.clinic.now)
    staff.door.keep_after_change(own.session_id)
    assert person(staff, own) == mara
    with pytest.raises(SignInRefused, match="password was changed"):
        person(staff, elsewhere)
    assert staff.door.session(elsewhere.session_id) is None


def test_a_reset_ends_every_sign_in(staff: Staff, mara: Person) -> None:
    session = staff.sign_in(mara)
    staff.administration.reset_person(mara.person_id, by=staff.boss, at=staff.clinic.now)
    with pytest.raises(SignInRefused, match="password was changed"):
        person(staff, session)


def test_a_browser_may_what_somebody_who_is_open_there_may_now(staff: Staff, mara: Person) -> None:
    def may(browser: str | None, act: Act = Act.IMPORT) -> bool:
        return staff.door.may_in(browser, act, at=staff.clinic.now)

    session = staff.sign_in(mara, browser=TABLET)
    assert may(TABLET)
    assert not may(TABLET, Act.MANAGE_PEOPLE)
    assert not any(may(browser) for browser in (OTHER, None, ""))
    staff.later(minutes=5)
    assert not may(TABLET)
    unlock(staff, session, PASSWORD, TABLET)
    assert may(TABLET)
    locked(staff, session)
    assert not may(TABLET)
    unlock(staff, session, PASSWORD, TABLET)
    staff.change(mara, roles=frozenset({Role.VIEWER}))
    assert not may(TABLET)
    staff.change(mara, roles=frozenset({Role.RECORDER}), enabled=False)
    assert not may(TABLET)
    staff.change(mara, enabled=True)
    assert may(TABLET)
    first = staff.administration.reset_person(mara.person_id, by=staff.boss, at=staff.clinic.now)
    assert not may(TABLET)
    staff.sign_in(mara, first, browser=TABLET)
    assert not may(TABLET)


def test_signing_out_ends_the_session_and_no_other(staff: Staff, mara: Person) -> None:
    one, other = staff.sign_in(mara), staff.sign_in(mara)
    staff.door.sign_out(one.session_id, at=staff.clinic.now)
    staff.door.sign_out(one.session_id, at=staff.clinic.now)
    with pytest.raises(SignInRefused):
        person(staff, one)
    assert person(staff, other) == mara


# --- locked and open again ---


def test_a_locked_session_opens_by_its_own_password(staff: Staff, mara: Person) -> None:
    session = locked(staff, staff.sign_in(mara))
    with pytest.raises(SignInLocked):
        person(staff, session)
    with pytest.raises(SignInRefused, match="not the password"):
        unlock(staff, session, "not her password")
    with pytest.raises(SignInLocked):
        person(staff, session)
    staff.later(minutes=20)
    assert unlock(staff, session, PASSWORD) is session
    assert person(staff, session) == mara


def test_a_locked_session_does_not_open_by_somebody_elses_password_or_pin(
    staff: Staff, mara: Person, tablet: str
) -> None:
    nils = staff.add("Nils Neu", Role.RECORDER)
    staff.give_pin(nils, "915372")
    staff.administration.change_password(nils.person_id, PASSWORD, "nine loud ravens", at=staff.clinic.now)
    session = locked(staff, staff.sign_in_by_pin(mara, browser=TABLET))
    for secret in ("915372", "nine loud ravens"):
        with pytest.raises(SignInRefused):
            unlock(staff, session, secret, TABLET)
    assert session.locked


def test_a_pin_opens_on_an_enrolled_tablet_alone(staff: Staff, mara: Person, tablet: str) -> None:
    there, elsewhere = staff.sign_in(mara, browser=TABLET), staff.sign_in(mara, browser=OTHER)
    unlock(staff, locked(staff, there), PIN, TABLET)
    assert person(staff, there, browser=TABLET) == mara
    with pytest.raises(SignInRefused, match="not the password"):
        unlock(staff, locked(staff, elsewhere), PIN, OTHER)
    unlock(staff, elsewhere, PASSWORD, OTHER)
    assert person(staff, elsewhere, browser=OTHER) == mara


def test_a_tablet_taken_off_the_list_opens_by_password_alone(staff: Staff, mara: Person, tablet: str) -> None:
    session = locked(staff, staff.sign_in_by_pin(mara, browser=TABLET))
    staff.administration.revoke_tablet(tablet, by=staff.boss, at=staff.clinic.now)
    with pytest.raises(SignInRefused, match="not the password"):
        unlock(staff, session, PIN, TABLET)
    unlock(staff, session, PASSWORD, TABLET)
    assert person(staff, session, browser=TABLET) == mara


def test_five_wrong_pins_at_the_lock_and_it_asks_for_the_password(staff: Staff, mara: Person, tablet: str) -> None:
    session = locked(staff, staff.sign_in_by_pin(mara, browser=TABLET))
    for _ in range(5):
        with pytest.raises(SignInRefused, match="PIN does not fit"):
            unlock(staff, session, "111112", TABLET)
    staff.later(minutes=1)
    with pytest.raises(SignInRefused, match="is off"):
        unlock(staff, session, PIN, TABLET)
    unlock(staff, session, PASSWORD, TABLET)
    unlock(staff, locked(staff, session), PIN, TABLET)


def test_a_first_password_unlocks_and_still_has_to_be_changed(staff: Staff, mara: Person) -> None:
    first = staff.administration.reset_person(mara.person_id, by=staff.boss, at=staff.clinic.now)
    session = locked(staff, staff.sign_in(mara, first))
    unlock(staff, session, first)
    assert person(staff, session).roles == frozenset()


def test_locking_what_is_not_there_or_locked_already_says_nothing(staff: Staff, mara: Person) -> None:
    session = locked(staff, staff.sign_in(mara))
    lines = staff.lines()
    staff.door.lock(session.session_id, at=staff.clinic.now)
    staff.door.lock("no session", at=staff.clinic.now)
    staff.door.done("no session", Must.SET_CODE)
    staff.door.keep_after_change("no session")
    assert staff.lines() == lines


# --- who else looked ---


@pytest.fixture
def osei(staff: Staff) -> Person:
    """A prescriber of the North."""
    return staff.add("Abena Osei", Role.PRESCRIBER, sites=("North",))


def sign(staff: Staff, session: Session, word: str, secret: str = PASSWORD, **more: Any) -> str:
    usual = {"event_id": "form-1", "digest": "d1", "site": "North", "at": staff.clinic.now}
    return staff.door.check_second(session.session_id, word, secret, **{**usual, **more})


def has_signed(staff: Staff, name: str, event_id: str = "form-1", digest: str = "d1") -> bool:
    return staff.door.has_checked(name, event_id=event_id, digest=digest, at=staff.clinic.now)


@pytest.mark.parametrize("word", ["abena", "ABENA", "Abena Osei", "abena  osei"])
def test_a_second_person_signs_by_either_name(word: str, staff: Staff, mara: Person, osei: Person) -> None:
    session = staff.sign_in(mara)
    assert sign(staff, session, word) == "Abena Osei"
    assert has_signed(staff, " abena  OSEI")
    assert person(staff, session) == mara


@pytest.mark.parametrize("word", ["mara", "MARA", "Mara Keller", " mara  keller "])
def test_the_second_person_is_never_the_first(word: str, staff: Staff, mara: Person) -> None:
    staff.change(mara, roles=frozenset({Role.RECORDER, Role.PRESCRIBER}))
    session = staff.sign_in(mara)
    with pytest.raises(NotAllowed, match="another person"):
        sign(staff, session, word)
    assert not has_signed(staff, "Mara Keller")


def test_a_sign_is_under_one_text_of_one_entry_and_holds_half_an_hour(
    staff: Staff, mara: Person, osei: Person
) -> None:
    sign(staff, staff.sign_in(mara), "abena")
    assert has_signed(staff, "Abena Osei")
    assert not has_signed(staff, "Abena Osei", digest="d2")
    assert not has_signed(staff, "Abena Osei", event_id="form-2")
    assert not has_signed(staff, "Mara Keller")
    staff.later(minutes=30, microseconds=-1)
    assert has_signed(staff, "Abena Osei")
    staff.later(microseconds=1)
    assert not has_signed(staff, "Abena Osei")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PRESCRIBER}))
def test_a_second_checker_is_a_prescriber_or_reviewer(role: Role, staff: Staff, mara: Person) -> None:
    staff.add("Petra Other", role)
    session = staff.sign_in(mara)
    with pytest.raises(NotAllowed, match="Petra Other may not be a second checker"):
        sign(staff, session, "petra")
    assert not has_signed(staff, "Petra Other")


@pytest.mark.parametrize(("site", "signs"), [("North", True), (" north ", True), (None, True), ("South", False)])
def test_a_second_checker_belongs_to_the_site(
    site: str | None, signs: bool, staff: Staff, mara: Person, osei: Person
) -> None:
    session = staff.sign_in(mara)
    if signs:
        assert sign(staff, session, "abena", site=site) == "Abena Osei"
    else:
        with pytest.raises(NotAllowed):
            sign(staff, session, "abena", site=site)
    assert has_signed(staff, "Abena Osei") == signs


def test_a_second_checker_has_no_duties_left(staffed: Callable[..., Staff]) -> None:
    staff = staffed("administrators_need_code = true")
    new = staff.add("Nils Neu", Role.PRESCRIBER, temporary=True)
    first = staff.administration.reset_person(new.person_id, by=staff.boss, at=staff.clinic.now)
    staff.add("Vera Both", Role.PRESCRIBER, Role.ADMINISTRATOR)
    session = staff.sign_in(staff.add("Mara Keller", Role.RECORDER))
    for word, secret in (("nils", first), ("vera", PASSWORD)):
        with pytest.raises(NotAllowed):
            sign(staff, session, word, secret)


def test_a_second_checker_signs_by_pin_on_a_tablet_and_by_code_where_one_is_set(
    staff: Staff, mara: Person, osei: Person
) -> None:
    staff.give_pin(osei)
    staff.enrol(TABLET)
    give_code(staff, osei)
    there, elsewhere = staff.sign_in(mara, browser=TABLET), staff.sign_in(mara)
    assert sign(staff, there, "abena", PIN, browser=TABLET) == "Abena Osei"
    with pytest.raises(SignInRefused, match="own tablets only"):
        sign(staff, elsewhere, "abena", PIN)
    with pytest.raises(SignInRefused, match="authenticator"):
        sign(staff, elsewhere, "abena")
    assert sign(staff, elsewhere, "abena", code=code(staff)) == "Abena Osei"


@pytest.mark.parametrize("word", ["abena", "nobody"])
def test_a_wrong_second_secret_is_a_failure_like_any_other(
    word: str, staff: Staff, mara: Person, osei: Person
) -> None:
    session = staff.sign_in(mara)
    for _ in range(5):
        with pytest.raises(SignInRefused, match="do not fit"):
            sign(staff, session, word, "not the password")
    with pytest.raises(SignInRefused, match="Wait 2 seconds"):
        sign(staff, session, word)
    assert person(staff, session) == mara


def test_nothing_is_signed_under_a_session_that_is_locked_idle_or_over(
    staff: Staff, mara: Person, osei: Person
) -> None:
    session = staff.sign_in(mara)
    with pytest.raises(SignInRefused, match="another browser"):
        sign(staff, session, "abena", browser=OTHER)
    staff.later(minutes=5)
    with pytest.raises(SignInLocked):
        sign(staff, session, "abena")
    unlock(staff, session, PASSWORD)
    locked(staff, session)
    with pytest.raises(SignInLocked):
        sign(staff, session, "abena")
    staff.door.sign_out(session.session_id, at=staff.clinic.now)
    with pytest.raises(SignInRefused):
        sign(staff, session, "abena")
    assert not has_signed(staff, "Abena Osei")


def test_the_first_set_up_is_a_person_like_any_other(staff: Staff) -> None:
    assert staff.door.has_people()
    with pytest.raises(EntryRefused):
        staff.add("IDA  brandt", Role.VIEWER)
