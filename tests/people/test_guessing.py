"""Guessing, against the real door with a moving clock: how many guesses are looked at, by whatever way.

Whoever guesses tries again as soon as the door says they may; a guess counts when it was looked at.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from pumplog.errors import EntryRefused, PumplogError, SignInRefused
from pumplog.people import NewPerson, Person, Role
from tests.people.staff import PASSWORD, PIN, WARD, Staff

TABLET, TABLET_2, ELSEWHERE = "the word of a tablet", "the word of another tablet", "the word of some browser"
FIRST_HOUR_COUNT = 16
"""Five at once, nine while the wait doubles to 512 s, two more by the quarter of an hour."""
LATER_HOUR_COUNT = 4


@pytest.fixture
def mara(staff: Staff) -> Person:
    return staff.add("Mara Keller", Role.RECORDER)


def looked_at(staff: Staff, guess: Callable[[int], object], **during: float) -> int:
    """How many guesses are looked at in a stretch of time, when each is made as soon as it may be."""
    end = staff.clinic.now + timedelta(**during)
    count = place = 0
    while staff.clinic.now < end:
        place += 1
        assert place < 400, "guesses come through without an end"
        try:
            guess(place)
        except PumplogError as refusal:
            wait = re.search(r"Wait (\d+) seconds", str(refusal))
            if wait:
                staff.clinic.now = min(end, staff.clinic.now + timedelta(seconds=int(wait[1])))
            elif "is off" in str(refusal) or "no set-up code" in str(refusal):
                staff.later(minutes=1)
            else:
                count += 1
        else:
            raise AssertionError("a guess came in")
    return count


def addresses(place: int) -> str:
    """Another address for each guess: whoever guesses has as many as they like."""
    return f"10.{place // 65536}.{place // 256 % 256}.{place % 256}"


def guess_password(staff: Staff, word: str, browser: str | None = None) -> Callable[[int], object]:
    return lambda place: staff.sign_in(word, f"guess number {place}", address=addresses(place), browser=browser)


def test_a_password_bears_16_guesses_in_the_first_hour_and_4_in_each_after_it(staff: Staff, mara: Person) -> None:
    assert looked_at(staff, guess_password(staff, "mara"), hours=1) == FIRST_HOUR_COUNT
    assert looked_at(staff, guess_password(staff, "mara"), hours=6) == 6 * LATER_HOUR_COUNT


def test_the_right_password_is_not_found_out_while_it_has_to_wait(staff: Staff, mara: Person) -> None:
    looked_at(staff, guess_password(staff, "mara"), minutes=10)
    with pytest.raises(SignInRefused, match="Wait"):
        staff.sign_in(mara)
    staff.later(minutes=15)
    assert staff.sign_in(mara).name == "Mara Keller"
    for place in range(5):
        with pytest.raises(SignInRefused, match="do not fit"):
            guess_password(staff, "mara")(place)


def test_what_comes_too_soon_neither_counts_nor_is_written_down(staff: Staff, mara: Person) -> None:
    for place in range(5):
        with pytest.raises(SignInRefused):
            guess_password(staff, "mara")(place)
    lines = len(staff.lines())
    for place in range(50):
        with pytest.raises(SignInRefused, match="Wait 2 seconds"):
            guess_password(staff, "mara")(place)
    assert len(staff.lines()) == lines
    staff.later(seconds=2)
    assert staff.sign_in(mara).name == "Mara Keller"


def test_a_name_that_nobody_has_is_slowed_the_same(staff: Staff) -> None:
    assert looked_at(staff, guess_password(staff, "nobody"), hours=1) == FIRST_HOUR_COUNT


def test_names_as_long_as_one_likes_are_remembered_by_their_beginning(staff: Staff) -> None:
    for place in range(5):
        with pytest.raises(SignInRefused, match="do not fit"):
            staff.sign_in("n" * 1_000_000, "a guess", address=addresses(place))
    assert max(len(key) for key in staff.door.proving._tries._failures) < 200


def test_one_address_bears_31_guesses_in_an_hour_whoever_is_guessed(staff: Staff) -> None:
    people = [staff.add(f"Person{place} Somebody", Role.VIEWER) for place in range(8)]

    def guess(place: int) -> object:
        return staff.sign_in(people[place % 8], f"guess {place}", address="10.9.9.9")

    assert looked_at(staff, guess, hours=1) == 31


def test_a_ward_goes_on_while_somebody_elsewhere_guesses(staff: Staff, mara: Person) -> None:
    """A stranger who knows a sign-in name keeps nobody out at the clinic's own tablets."""
    staff.give_pin(mara)
    staff.enrol(TABLET)
    looked_at(staff, guess_password(staff, "mara", ELSEWHERE), hours=1)
    with pytest.raises(SignInRefused, match="Wait"):
        staff.sign_in(mara, browser=ELSEWHERE)
    assert staff.sign_in_by_pin(mara, browser=TABLET).name == "Mara Keller"
    assert staff.sign_in(mara, browser=TABLET).name == "Mara Keller"


def test_a_ward_goes_on_while_somebody_guesses_from_the_address_it_shares(staff: Staff, mara: Person) -> None:
    staff.give_pin(mara)
    staff.enrol(TABLET)
    nils = staff.add("Nils Neu", Role.RECORDER)
    for place in range(20):
        with pytest.raises(SignInRefused):
            staff.sign_in(f"nobody {place}", "a guess", browser=ELSEWHERE)
    with pytest.raises(SignInRefused, match="Wait"):
        staff.sign_in(nils, browser=ELSEWHERE)
    session = staff.sign_in_by_pin(mara, browser=TABLET)
    assert staff.sign_in(nils, browser=TABLET).name == "Nils Neu"
    staff.door.lock(session.session_id, at=staff.clinic.now)
    staff.door.unlock(session.session_id, PASSWORD, browser=TABLET, address=WARD, at=staff.clinic.now)
    assert not session.locked


def test_one_tablet_bears_31_guesses_in_an_hour_whoever_is_guessed(staff: Staff) -> None:
    people = [staff.add(f"Person{place} Somebody", Role.VIEWER) for place in range(8)]
    staff.enrol(TABLET)

    def guess(place: int) -> object:
        return staff.sign_in(people[place % 8], f"guess {place}", address=addresses(place), browser=TABLET)

    assert looked_at(staff, guess, hours=1) == 31


def test_coming_in_on_a_tablet_gives_a_stranger_elsewhere_no_new_guesses(staff: Staff, mara: Person) -> None:
    staff.give_pin(mara)
    staff.enrol(TABLET)

    def guess(place: int) -> object:
        staff.sign_in_by_pin(mara, browser=TABLET, address="10.200.0.1")
        staff.sign_in(mara, browser=TABLET, address="10.200.0.1")
        return guess_password(staff, "mara", ELSEWHERE)(place)

    assert looked_at(staff, guess, hours=1) == FIRST_HOUR_COUNT


def test_each_tablet_bears_as_many_guesses_at_a_password_as_anywhere(staff: Staff, mara: Person) -> None:
    for browser, name in ((TABLET, "Room 2"), (TABLET_2, "Room 3")):
        staff.enrol(browser, name)
        assert looked_at(staff, guess_password(staff, "mara", browser), hours=1) <= FIRST_HOUR_COUNT


def test_a_pin_bears_5_guesses_on_all_tablets_together_until_the_password_is_used(staff: Staff, mara: Person) -> None:
    staff.give_pin(mara)
    for browser, name in ((TABLET, "Room 2"), (TABLET_2, "Room 3")):
        staff.enrol(browser, name)

    def guess(place: int) -> object:
        browser = (TABLET, TABLET_2)[place % 2]
        return staff.sign_in_by_pin(mara, f"{100_000 + place * 7}", browser=browser, address=addresses(place))

    assert looked_at(staff, guess, hours=3) == 5
    staff.sign_in(mara, browser=ELSEWHERE)
    staff.later(minutes=1)
    assert looked_at(staff, guess, hours=1) == 5


def test_a_pin_on_no_tablet_of_ours_is_never_looked_at(staff: Staff, mara: Person) -> None:
    staff.give_pin(mara)
    for _ in range(20):
        with pytest.raises(SignInRefused, match="own tablets only"):
            staff.sign_in_by_pin(mara, PIN, browser=ELSEWHERE, address="10.9.9.9")
    with pytest.raises(SignInRefused, match="Wait"):
        staff.sign_in_by_pin(mara, PIN, browser=ELSEWHERE, address="10.9.9.9")


def test_a_locked_page_bears_as_many_guesses_as_the_way_in(staff: Staff, mara: Person) -> None:
    session = staff.sign_in(mara)
    staff.door.lock(session.session_id, at=staff.clinic.now)

    def guess(place: int) -> object:
        return staff.door.unlock(
            session.session_id, f"guess {place}", browser=None, address=addresses(place), at=staff.clinic.now
        )

    assert looked_at(staff, guess, hours=1) == FIRST_HOUR_COUNT


@pytest.mark.parametrize("way", ["change_password", "set_pin", "set_code"])
def test_an_open_page_is_no_place_to_find_out_a_password(way: str, staff: Staff, mara: Person) -> None:
    own = staff.administration

    def guess(place: int) -> None:
        typed, at = f"guess {place}", staff.clinic.now
        if way == "change_password":
            own.change_password(mara.person_id, typed, "nine loud ravens", at=at)
        elif way == "set_pin":
            own.set_pin(mara.person_id, typed, PIN, at=at)
        else:
            own.set_code(mara.person_id, typed, own.propose_code_secret(), "000000", at=at)

    assert looked_at(staff, guess, hours=1) == FIRST_HOUR_COUNT
    assert staff.sign_in(mara).name == "Mara Keller"


def test_the_three_ways_of_an_open_page_are_counted_together(staff: Staff, mara: Person) -> None:
    own, at = staff.administration, staff.clinic.now
    for _ in range(2):
        with pytest.raises(SignInRefused, match="not your password"):
            own.change_password(mara.person_id, "a guess", "nine loud ravens", at=at)
        with pytest.raises(SignInRefused, match="not your password"):
            own.set_pin(mara.person_id, "a guess", PIN, at=at)
    with pytest.raises(SignInRefused, match="not your password"):
        own.set_code(mara.person_id, "a guess", own.propose_code_secret(), "000000", at=at)
    with pytest.raises(SignInRefused, match="Wait"):
        own.set_pin(mara.person_id, PASSWORD, PIN, at=at)


def test_a_second_check_gives_no_guesses_beyond_those_of_the_way_in(staff: Staff, mara: Person) -> None:
    staff.add("Abena Osei", Role.PRESCRIBER)
    session = staff.sign_in(mara)

    def guess(place: int) -> object:
        staff.door.current(session.session_id, at=staff.clinic.now)
        if place % 2:
            return guess_password(staff, "abena")(place)
        return staff.door.check_second(
            session.session_id,
            "abena",
            f"guess {place}",
            event_id="form-1",
            digest="d1",
            site=None,
            at=staff.clinic.now,
        )

    assert looked_at(staff, guess, minutes=4) <= 5 + 6


def test_a_codes_million_is_guessed_at_no_faster_than_a_password(staff: Staff, mara: Person) -> None:
    secret = staff.administration.propose_code_secret()
    code = pyotp.TOTP(secret).at(staff.clinic.now)
    staff.administration.set_code(mara.person_id, PASSWORD, secret, code, at=staff.clinic.now)

    def guess(place: int) -> object:
        return staff.sign_in(mara, code=f"{place:06}", address=addresses(place))

    assert looked_at(staff, guess, hours=1) == FIRST_HOUR_COUNT


def test_a_set_up_code_bears_5_guesses_for_ever(staff: Staff) -> None:
    staff.administration.make_setup_code(at=staff.clinic.now)
    new = NewPerson("evil", "Evil One", frozenset({Role.ADMINISTRATOR}))

    def guess(place: int) -> object:
        at = staff.clinic.now
        return staff.administration.set_up(f"ABCD-EFGH-{place:08}", new, PASSWORD, address=addresses(place), at=at)

    assert looked_at(staff, guess, hours=2) == 5


def test_eight_who_guess_at_once_cannot_outrun_the_counting(staff: Staff, mara: Person) -> None:
    def guess(place: int) -> bool:
        """Whether it was looked at."""
        try:
            guess_password(staff, "mara")(place)
        except SignInRefused as refusal:
            return "do not fit" in str(refusal)
        raise AssertionError("a guess came in")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(64))) == 5
    account = staff.door.accounts.of(mara.person_id)
    assert account is not None
    assert account.failed_count == 5


def test_eight_who_guess_a_pin_at_once_cannot_outrun_the_counting(staff: Staff, mara: Person) -> None:
    staff.give_pin(mara)
    staff.enrol(TABLET)

    def guess(place: int) -> bool:
        try:
            staff.sign_in_by_pin(mara, f"{100_000 + place * 7}", browser=TABLET, address=addresses(place))
        except SignInRefused as refusal:
            return "PIN does not fit" in str(refusal)
        raise AssertionError("a guess came in")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(64))) == 5


def test_no_failure_is_undone_by_a_change_that_began_before_it(staff: Staff, mara: Person) -> None:
    """An administrator changes the account while somebody guesses: the counting is still there after it."""

    def change(place: int) -> None:
        if place % 2:
            staff.change(mara, sites=(f"Site {place}",))
        else:
            with pytest.raises((SignInRefused, EntryRefused)):
                guess_password(staff, "mara")(place)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(8)))
    account = staff.door.accounts.of(mara.person_id)
    assert account is not None
    assert account.failed_count == 4
