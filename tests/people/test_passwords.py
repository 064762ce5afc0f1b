"""Which passwords and PINs are taken, and how they are kept."""

import re

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from pumplog.errors import EntryRefused
from pumplog.people import passwords
from pumplog.people.passwords import (
    fingerprint,
    fits,
    kept_as,
    new_spoken_code,
    new_token,
    password_faults,
    pin_faults,
    refuse_faults,
    same,
    typed_code,
)

NAMES = ("mara.keller", "Mara Elisabeth Keller")


def why_not(password: str) -> str:
    """The one sentence by which a password is refused; empty when it is taken."""
    faults = password_faults(password, *NAMES)
    assert len(faults) <= 1
    assert all(fault.field == "password" for fault in faults)
    return "".join(fault.says for fault in faults)


# --- which are taken ---


def test_a_password_has_12_to_200_signs() -> None:
    phrase = "seven quiet herons at dusk, and " * 7
    assert "shorter than 12" in why_not("seven quiet")
    assert why_not("seven quiets") == ""
    assert why_not(phrase[:200]) == ""
    assert "longer than 200" in why_not(phrase[:201])
    assert "shorter" in why_not("")


@pytest.mark.parametrize(
    "password",
    [
        "wolkenbruchs",  # lower case letters alone
        "vier kleine enten gehen",
        "дождливое утро в горах",  # noqa: RUF001  as typed
        "静かな湖と七羽の鷺がいる朝",
        "🦉🦆🦢🐦🦅🦜🦩🕊🐧🐓🦃🦚",
        "        a b c d e        ",
        "8413-9275-0367",
        "'; DROP TABLE kept; --",
    ],
)
def test_nothing_is_asked_about_what_a_password_is_made_of(password: str) -> None:
    assert why_not(password) == ""
    assert fits(kept_as(password), password)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "PassWord2026!",
        "1234567890123",
        "0987654321098",
        "abcdefghijkl",
        "!!qwertyuiop!!",
        "passwordpassword",
        "Password password",
        "iloveyou iloveyou",
        "iloveyouiloveyou1",
        "baseballbaseball",
        "aaaaaaaaaaaa",
        "121212121212",
        "abcabcabcabc",
        "q1w2e3r4t5y6",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert "tried first" in why_not(password)


@pytest.mark.parametrize(
    "password", ["mara.keller", "MARA.KELLER!!", "mara-elisabeth-keller", "Mara Elisabeth Keller"]
)
def test_the_persons_own_name_is_refused(password: str) -> None:
    assert ("own name" in why_not(password)) or len(password) < 12
    assert why_not(password)


def test_a_name_within_a_longer_password_is_no_fault() -> None:
    assert why_not("mara keller likes seven herons") == ""


def test_half_a_sign_is_refused_and_fits_nothing() -> None:
    assert "broken sign" in why_not("seven quiet \ud83e")
    assert fits(kept_as("seven quiet herons"), "seven quiet \ud83e") is False


def test_faults_are_refused_as_an_entry() -> None:
    refuse_faults([])
    with pytest.raises(EntryRefused, match="shorter"):
        refuse_faults(password_faults("short"))


# --- how they are kept ---


def test_what_is_really_used_is_argon2id_with_at_least_what_its_library_takes() -> None:
    kept = kept_as("seven quiet herons")
    assert kept.startswith("$argon2id$")
    assert "herons" not in kept
    used, usual = extract_parameters(kept), PasswordHasher()
    assert used.type is Type.ID
    assert used.memory_cost >= max(usual.memory_cost, 46 * 1024)
    assert used.time_cost >= usual.time_cost
    assert used.parallelism >= 1
    assert (used.salt_len, used.hash_len) >= (16, 32)


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert kept_as("seven quiet herons") != kept_as("seven quiet herons")


@pytest.mark.usefixtures("_cheap")
class TestFitting:
    """With cheap hashes, since many are made."""

    @given(st.text(min_size=1, max_size=200).filter(passwords._can_be_kept))
    def test_a_password_fits_as_it_was_kept(self, password: str) -> None:
        kept = kept_as(password)
        assert fits(kept, password)
        assert not fits(kept, password + "x")
        assert not fits(kept, password[1:])

    def test_a_longer_text_does_not_fit_by_its_beginning(self) -> None:
        kept = kept_as("x" * 200)
        assert not fits(kept, "x" * 201)
        assert not fits(kept, "x" * 1_000_000)

    def test_nothing_fits_nobody_and_a_hash_is_worked_out_all_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[str] = []
        real = passwords._HASHER.verify

        def looking(_: PasswordHasher, kept: str, typed: str) -> bool:
            seen.append(kept)
            return real(kept, typed)

        monkeypatch.setattr(PasswordHasher, "verify", looking)
        assert not fits(None, "seven quiet herons")
        assert len(seen) == 1
        used = extract_parameters(seen[0])
        assert (used.type, used.memory_cost) == (Type.ID, passwords._HASHER.memory_cost)

    @pytest.mark.parametrize("kept", ["", "plain", "$argon2id$v=19$broken", "$2b$12$notours"])
    def test_what_is_kept_in_no_form_of_ours_fits_nothing(self, kept: str) -> None:
        assert not fits(kept, "plain")


# --- PINs ---


@pytest.mark.parametrize("pin", ["480263", "915372", "000123", "112358"])
def test_a_pin_is_six_digits(pin: str) -> None:
    assert pin_faults(pin) == []


@pytest.mark.parametrize(
    "pin", ["", "48026", "4802637", "48026a", "480 263", " 480263", "\uff14\uff18\uff10\uff12\uff16\uff13", "48026\n"]
)
def test_anything_but_six_plain_digits_is_no_pin(pin: str) -> None:
    (fault,) = pin_faults(pin)
    assert fault.field == "pin"
    assert "6 digits" in fault.says


@pytest.mark.parametrize("pin", ["000000", "777777", "123456", "456789", "987654", "321321", "121212", "909090"])
def test_a_pin_with_a_pattern_is_refused(pin: str) -> None:
    (fault,) = pin_faults(pin)
    assert "easily guessed" in fault.says


# --- codes that are read aloud, and tokens ---


def test_a_spoken_code_has_four_groups_without_signs_that_are_mistaken() -> None:
    codes = {new_spoken_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert re.fullmatch(r"([A-HJKMNP-Z2-9]{4}-){3}[A-HJKMNP-Z2-9]{4}", code)
        assert password_faults(code) == []


@pytest.mark.parametrize(
    "typed", ["ABCD-EFGH-JKMN-PQRS", "abcd efgh jkmn pqrs", "abcdefghjkmnpqrs", " AbCd-EfGh  jkMN–PQRS \n"]
)
def test_a_spoken_code_is_taken_however_it_is_typed(typed: str) -> None:
    assert typed_code(typed) == "ABCDEFGHJKMNPQRS"


def test_tokens_are_new_each_time_and_kept_as_their_fingerprint() -> None:
    one, other = new_token(), new_token()
    assert len(one) == len(other) == 43
    assert len({fingerprint(one), fingerprint(other), one, other}) == 4
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint(one))
    assert same(one, one)
    assert not same(one, other)
