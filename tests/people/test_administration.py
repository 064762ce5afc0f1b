"""People and tablets: changed by an administrator and by nobody else; one's own secrets by oneself; set-up codes."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from pumplog.errors import EntryRefused, NotAllowed, SignInRefused
from pumplog.people import Account, Administration, NewPerson, Person, Role
from pumplog.people.own_secrets import OwnSecrets
from pumplog.people.set_up import SetUp
from tests.people.staff import BOSS, PASSWORD, PIN, WARD, Staff, cheap_passwords
from tests.stories.clinic import Clinic, Opened

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  nobody's
TABLET = "the word of a tablet"
VIEWER = frozenset({Role.VIEWER})
NEW = NewPerson("nils", "Nils Neu", VIEWER, ("North",))


@pytest.fixture
def mara(staff: Staff) -> Person:
    return staff.add("Mara Keller", Role.RECORDER, sites=("North",))


# --- who may ---

AT_THE_TERMINAL = {"people_on_file": "reads what whoever holds the file can read anyway"}

ASKED: Mapping[str, Callable[[Staff, Person, Person], object]] = {
    "people": lambda staff, by, _: staff.administration.people(by=by),
    "add_person": lambda staff, by, _: staff.administration.add_person(NEW, by=by, at=staff.clinic.now),
    "change_person": lambda staff, by, mara: staff.administration.change_person(
        mara.person_id, roles=VIEWER, sites=None, enabled=True, by=by, at=staff.clinic.now
    ),
    "reset_person": lambda staff, by, mara: staff.administration.reset_person(
        mara.person_id, by=by, at=staff.clinic.now
    ),
    "enrol_tablet": lambda staff, by, _: staff.administration.enrol_tablet(
        "Room 3", browser="another browser", by=by, at=staff.clinic.now
    ),
    "revoke_tablet": lambda staff, by, _: staff.administration.revoke_tablet(
        staff.administration.tablets(by=staff.boss)[0].tablet_id, by=by, at=staff.clinic.now
    ),
    "tablets": lambda staff, by, _: staff.administration.tablets(by=by),
}


def public(*classes: type) -> set[str]:
    return {name for one in classes for name in vars(one) if not name.startswith("_")}


def test_every_method_for_administrators_is_asked_below() -> None:
    assert set(ASKED) == public(Administration) - set(AT_THE_TERMINAL)
    assert public(SetUp) == {"make_setup_code", "set_up", "add_first"}
    assert public(OwnSecrets) == {"change_password", "set_pin", "propose_code_secret", "set_code"}


def kept(staff: Staff) -> object:
    return staff.administration.people_on_file(), staff.administration.tablets(by=staff.boss)


@pytest.mark.parametrize("name", ASKED)
def test_an_administrator_may(name: str, staff: Staff, mara: Person) -> None:
    staff.enrol(TABLET)
    ASKED[name](staff, staff.boss, mara)


@pytest.mark.parametrize("name", ASKED)
def test_everybody_else_is_refused_and_nothing_changes(name: str, staff: Staff, mara: Person) -> None:
    staff.enrol(TABLET)
    others = [staff.add(f"{role.value} Person", role) for role in Role if role is not Role.ADMINISTRATOR]
    was_one = staff.add("Otto Gone", Role.ADMINISTRATOR)
    staff.change(was_one, roles=VIEWER)
    off = staff.add("Olga Off", Role.ADMINISTRATOR)
    staff.change(off, enabled=False)
    waiting = replace(staff.boss, roles=frozenset())
    nobody = Person("no id", BOSS, frozenset(Role), None)
    before = kept(staff)
    for person in (*others, was_one, off, waiting, nobody):
        with pytest.raises(NotAllowed, match="administrator"):
            ASKED[name](staff, person, mara)
        assert kept(staff) == before


@pytest.mark.parametrize("name", ["add_person", "change_person", "reset_person", "enrol_tablet", "revoke_tablet"])
def test_who_tries_is_written_down(name: str, staff: Staff, mara: Person) -> None:
    staff.enrol(TABLET)
    with pytest.raises(NotAllowed):
        ASKED[name](staff, mara, mara)
    line = staff.lines()[-1]
    assert (line.kind, line.about, line.by) == ("not_allowed", mara.person_id, "Mara Keller")
    assert line.told == {"act": "manage_people"}


# --- people ---


def test_a_new_person_has_a_first_password_and_what_was_given(staff: Staff) -> None:
    line, first = staff.administration.add_person(NEW, by=staff.boss, at=staff.clinic.now)
    assert (line.name, line.roles, line.sites, line.enabled) == ("Nils Neu", VIEWER, ("North",), True)
    assert (line.has_pin, line.has_code, line.from_hospital) == (False, False, False)
    assert staff.administration.people(by=staff.boss) == [*staff.administration.people_on_file()]
    assert staff.sign_in("nils", first).person_id == line.person_id


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"sign_in_name": ""}, "sign_in_name"),
        ({"sign_in_name": "  "}, "sign_in_name"),
        ({"sign_in_name": "IDA"}, "sign_in_name"),
        ({"sign_in_name": " ida "}, "sign_in_name"),
        ({"sign_in_name": "n" * 81}, "sign_in_name"),
        ({"sign_in_name": "ni\u200bls"}, "sign_in_name"),
        ({"name": ""}, "name"),
        ({"name": "Nils\nNeu"}, "name"),
        ({"name": "Nils\u202eNeu"}, "name"),
        ({"name": "Nils \ud83e"}, "name"),
        ({"name": "ida  BRANDT"}, "name"),
        ({"name": "\uff29da Brandt"}, "name"),
        ({"name": "Terminal"}, "name"),
        ({"name": "nobody known"}, "name"),
        ({"name": "Hospital"}, "name"),
        ({"name": "door"}, "name"),
        ({"name": "N" * 81}, "name"),
        ({"roles": frozenset()}, "roles"),
        ({"sites": ()}, "sites"),
        ({"sites": ("North", " ")}, "sites"),
        ({"sites": ("North\nSouth",)}, "sites"),
    ],
    ids=repr,
)
def test_what_cannot_be_taken_about_a_person_is_refused(changed: dict[str, Any], field: str, staff: Staff) -> None:
    before = kept(staff)
    with pytest.raises(EntryRefused) as refusal:
        staff.administration.add_person(replace(NEW, **changed), by=staff.boss, at=staff.clinic.now)
    assert {fault.field for fault in refusal.value.faults} == {field}
    assert kept(staff) == before


def test_a_name_is_never_given_twice_whoever_has_left(staff: Staff, mara: Person) -> None:
    staff.change(mara, enabled=False)
    for new in (NewPerson("mk", "MARA  keller", VIEWER), NewPerson("Mara", "Mara Kellermann", VIEWER)):
        with pytest.raises(EntryRefused):
            staff.administration.add_person(new, by=staff.boss, at=staff.clinic.now)


def test_two_of_one_name_at_once_are_one_person(staff: Staff) -> None:
    def add(_: int) -> bool:
        try:
            staff.administration.add_person(NEW, by=staff.boss, at=staff.clinic.now)
        except EntryRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(4))) == [False, False, False, True]
    assert [line.name for line in staff.administration.people_on_file()] == [BOSS, "Nils Neu"]


def test_a_change_holds_and_says_what_was_before(staff: Staff, mara: Person) -> None:
    staff.change(mara, roles=frozenset({Role.CALLER, Role.VIEWER}), sites=None, enabled=False)
    assert staff.known("Mara Keller") == replace(mara, roles=frozenset({Role.CALLER, Role.VIEWER}), sites=None)
    line = staff.lines()[-1]
    assert (line.kind, line.about, line.by) == ("person_changed", mara.person_id, BOSS)
    assert line.told == {
        "roles": ["caller", "viewer"],
        "roles_before": ["recorder"],
        "sites": ["all"],
        "sites_before": ["North"],
        "enabled": False,
        "enabled_before": True,
    }


@pytest.mark.parametrize("changed", [{"roles": frozenset()}, {"sites": ()}, {"sites": ("",)}])
def test_a_change_to_nothing_is_refused(changed: dict[str, Any], staff: Staff, mara: Person) -> None:
    with pytest.raises(EntryRefused):
        staff.change(mara, **changed)
    assert staff.known("Mara Keller") == mara


def test_nobody_is_changed_who_is_not_there(staff: Staff) -> None:
    for ask in (
        lambda: staff.administration.change_person(
            "no id", roles=VIEWER, sites=None, enabled=True, by=staff.boss, at=staff.clinic.now
        ),
        lambda: staff.administration.reset_person("no id", by=staff.boss, at=staff.clinic.now),
        lambda: staff.administration.set_pin("no id", PASSWORD, PIN, at=staff.clinic.now),
    ):
        with pytest.raises(EntryRefused, match="no such person"):
            ask()


@pytest.mark.parametrize("changed", [{"enabled": False}, {"roles": VIEWER}])
def test_the_last_administrator_stays_one(changed: dict[str, Any], staff: Staff) -> None:
    with pytest.raises(NotAllowed, match="last administrator"):
        staff.change(staff.boss, **changed)
    other = staff.add("Otto Zwei", Role.ADMINISTRATOR)
    staff.change(staff.boss, roles=frozenset({Role.ADMINISTRATOR, Role.VIEWER}))
    staff.administration.change_person(
        staff.boss.person_id,
        **{"roles": frozenset({Role.ADMINISTRATOR}), "sites": None, "enabled": True, **changed},
        by=other,
        at=staff.clinic.now,
    )
    with pytest.raises(NotAllowed, match="last administrator"):
        staff.administration.change_person(
            other.person_id, roles=VIEWER, sites=None, enabled=True, by=other, at=staff.clinic.now
        )


def test_two_administrators_cannot_take_each_other_away_at_once(staff: Staff) -> None:
    other = staff.add("Otto Zwei", Role.ADMINISTRATOR)

    def off(pair: tuple[Person, Person]) -> bool:
        by, whom = pair
        try:
            staff.administration.change_person(
                whom.person_id, roles=VIEWER, sites=None, enabled=True, by=by, at=staff.clinic.now
            )
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(off, [(staff.boss, other), (other, staff.boss)])) == [False, True]


def test_a_reset_takes_pin_and_authenticator_and_gives_a_first_password(staff: Staff, mara: Person) -> None:
    staff.give_pin(mara)
    code = pyotp.TOTP(SECRET).at(staff.clinic.now)
    staff.administration.set_code(mara.person_id, PASSWORD, SECRET, code, at=staff.clinic.now)
    for _ in range(6):
        with pytest.raises(SignInRefused):
            staff.sign_in(mara, "a guess")
    first = staff.administration.reset_person(mara.person_id, by=staff.boss, at=staff.clinic.now)
    line = next(one for one in staff.administration.people_on_file() if one.person_id == mara.person_id)
    assert (line.has_pin, line.has_code) == (False, False)
    assert staff.sign_in(mara, first).name == "Mara Keller"


# --- tablets ---


def test_a_tablet_is_kept_as_the_fingerprint_of_its_word(staff: Staff) -> None:
    staff.enrol(TABLET, "  Room   2 ")
    (tablet,) = staff.administration.tablets(by=staff.boss)
    assert (tablet.name, tablet.enrolled_by, tablet.enrolled_at_utc) == ("Room 2", BOSS, staff.clinic.now)
    assert TABLET not in tablet.model_dump_json()


@pytest.mark.parametrize("name", ["", "  ", "R" * 61, "Room\n2", "ROOM  2"])
def test_a_name_that_a_tablet_cannot_have_is_refused(name: str, staff: Staff) -> None:
    staff.enrol("another browser", "Room 2")
    with pytest.raises(EntryRefused):
        staff.enrol(TABLET, name)
    assert len(staff.administration.tablets(by=staff.boss)) == 1


@pytest.mark.parametrize("browser", [None, ""])
def test_a_browser_that_keeps_no_cookie_is_no_tablet(browser: str | None, staff: Staff) -> None:
    with pytest.raises(EntryRefused, match="cookies"):
        staff.administration.enrol_tablet("Room 2", browser=browser, by=staff.boss, at=staff.clinic.now)


def test_one_browser_is_one_tablet_and_none_once_it_was_taken_off(staff: Staff, mara: Person) -> None:
    staff.give_pin(mara)
    tablet_id = staff.enrol(TABLET)
    with pytest.raises(EntryRefused, match="enrolled already, as Room 2"):
        staff.enrol(TABLET, "Room 3")
    staff.administration.revoke_tablet(tablet_id, by=staff.boss, at=staff.clinic.now)
    with pytest.raises(SignInRefused):
        staff.sign_in_by_pin(mara, browser=TABLET)
    with pytest.raises(EntryRefused, match="no such tablet"):
        staff.administration.revoke_tablet(tablet_id, by=staff.boss, at=staff.clinic.now)
    staff.enrol(TABLET, "Room 2")
    assert staff.sign_in_by_pin(mara, browser=TABLET).name == "Mara Keller"


# --- one's own ---


def test_ones_own_password_is_changed_by_the_old_one(staff: Staff, mara: Person) -> None:
    change = staff.administration.change_password
    for old, new, says in (
        ("a guess", "nine loud ravens", "not your password"),
        (PASSWORD, "short", "shorter"),
        (PASSWORD, "mara.keller!", "own name"),
        (PASSWORD, PASSWORD, "the old one"),
    ):
        with pytest.raises((EntryRefused, SignInRefused), match=says):
            change(mara.person_id, old, new, at=staff.clinic.now)
    change(mara.person_id, PASSWORD, "nine loud ravens", at=staff.clinic.now)
    with pytest.raises(SignInRefused):
        staff.sign_in(mara)
    assert staff.sign_in(mara, "nine loud ravens").name == "Mara Keller"


def test_ones_own_pin_and_authenticator_are_set_by_the_password(staff: Staff, mara: Person) -> None:
    at = staff.clinic.now
    code = pyotp.TOTP(SECRET).at(at)
    with pytest.raises(SignInRefused, match="not your password"):
        staff.administration.set_pin(mara.person_id, "a guess", PIN, at=at)
    with pytest.raises(SignInRefused, match="not your password"):
        staff.administration.set_code(mara.person_id, "a guess", SECRET, code, at=at)
    with pytest.raises(EntryRefused, match="easily guessed"):
        staff.administration.set_pin(mara.person_id, PASSWORD, "123456", at=at)
    with pytest.raises(EntryRefused, match="does not fit"):
        staff.administration.set_code(mara.person_id, PASSWORD, SECRET, "000000", at=at)
    assert staff.administration.propose_code_secret() != staff.administration.propose_code_secret()
    staff.administration.set_pin(mara.person_id, PASSWORD, PIN, at=at)
    staff.administration.set_code(mara.person_id, PASSWORD, SECRET, code, at=at)
    line = next(one for one in staff.administration.people_on_file() if one.person_id == mara.person_id)
    assert (line.has_pin, line.has_code) == (True, True)
    with pytest.raises(SignInRefused, match="authenticator"):  # the code that set it up was used by that
        staff.sign_in(mara, code=code)


def test_who_was_switched_off_changes_nothing_of_their_own(staff: Staff, mara: Person) -> None:
    staff.change(mara, enabled=False)
    with pytest.raises(NotAllowed, match="switched off"):
        staff.administration.set_pin(mara.person_id, PASSWORD, PIN, at=staff.clinic.now)


# --- the first administrator ---


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Opened]:
    """A clinic with nobody in it."""
    with cheap_passwords(), Clinic(tmp_path).open() as opened:
        yield opened


def set_up(empty: Opened, code: str, new: NewPerson = NEW, password: str = PASSWORD) -> Account:
    return empty.desk.administration.set_up(code, new, password, address=WARD, at=empty.clinic.now)


def test_a_set_up_code_makes_one_administrator(empty: Opened) -> None:
    code = empty.desk.administration.make_setup_code(at=empty.clinic.now)
    assert not empty.desk.door.has_people()
    account = set_up(empty, f" {code.lower().replace('-', ' ')} ")
    assert account.roles == VIEWER | {Role.ADMINISTRATOR}
    assert empty.desk.door.has_people()
    assert empty.desk.door.sign_in("nils", PASSWORD, at=empty.clinic.now).must == frozenset()
    with pytest.raises(SignInRefused, match="no set-up code that holds"):
        set_up(empty, code, NewPerson("second", "Second One", VIEWER))


def test_a_set_up_code_is_not_used_up_by_a_password_that_is_refused(empty: Opened) -> None:
    code = empty.desk.administration.make_setup_code(at=empty.clinic.now)
    with pytest.raises(EntryRefused):
        set_up(empty, code, NEW, "short")
    set_up(empty, code)


def test_a_set_up_code_holds_for_an_hour(empty: Opened) -> None:
    for late, holds in ((timedelta(hours=1), False), (timedelta(hours=1, microseconds=-1), True)):
        code = empty.desk.administration.make_setup_code(at=empty.clinic.now)
        empty.clinic.now += late
        if holds:
            set_up(empty, code)
        else:
            with pytest.raises(SignInRefused, match="no set-up code that holds"):
                set_up(empty, code)


def test_a_set_up_code_bears_five_wrong_tries(empty: Opened) -> None:
    code = empty.desk.administration.make_setup_code(at=empty.clinic.now)
    for _ in range(4):
        with pytest.raises(SignInRefused, match="not the set-up code"):
            set_up(empty, "ABCD-EFGH-JKMN-PQRS")
    with pytest.raises(SignInRefused, match="not the set-up code"):
        set_up(empty, "")
    with pytest.raises(SignInRefused, match="no set-up code that holds"):
        set_up(empty, code)


def test_a_new_set_up_code_takes_the_place_of_the_old_one(empty: Opened) -> None:
    old = empty.desk.administration.make_setup_code(at=empty.clinic.now)
    new = empty.desk.administration.make_setup_code(at=empty.clinic.now)
    with pytest.raises(SignInRefused):
        set_up(empty, old)
    set_up(empty, new)


def test_nobody_sets_up_without_a_code(empty: Opened) -> None:
    for code in ("", "ABCD-EFGH-JKMN-PQRS"):
        with pytest.raises(SignInRefused, match="no set-up code"):
            set_up(empty, code)
    assert not empty.desk.door.has_people()


def test_one_set_up_code_typed_at_two_tablets_at_once_is_one_administrator(empty: Opened) -> None:
    code = empty.desk.administration.make_setup_code(at=empty.clinic.now)

    def make(place: int) -> bool:
        try:
            set_up(empty, code, NewPerson(f"name{place}", f"Name {place}", VIEWER))
        except SignInRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(make, range(4))) == [False, False, False, True]
    assert len(empty.desk.administration.people_on_file()) == 1


def test_a_set_up_code_helps_a_clinic_whose_administrators_are_all_locked_out(staff: Staff) -> None:
    code = staff.administration.make_setup_code(at=staff.clinic.now)
    made = staff.administration.set_up(code, NEW, PASSWORD, address=WARD, at=staff.clinic.now)
    staff.administration.reset_person(staff.boss.person_id, by=made.person, at=staff.clinic.now)


def test_the_terminal_makes_a_first_administrator_and_no_second(staff: Staff) -> None:
    assert staff.boss.roles == {Role.ADMINISTRATOR}
    with pytest.raises(NotAllowed, match="people already"):
        staff.administration.add_first(NEW, PASSWORD, at=staff.clinic.now)
