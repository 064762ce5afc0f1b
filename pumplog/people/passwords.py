"""Passwords, PINs and one-time words: which are taken, and how they are kept."""

import hashlib
import hmac
import secrets
from functools import cache
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from pumplog.errors import EntryRefused, Fault

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 200
PIN_DIGITS_COUNT: Final = 6
_HASHER: Final = PasswordHasher()  # argon2id with the library's parameters, which follow RFC 9106
_AROUND: Final = "0123456789!?.*#$%&@ _-"
_READ_ALOUD: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I, L, O, 0, 1: they are read aloud


@cache
def _common() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])


def password_faults(password: str, *names: str) -> list[Fault]:
    """Why a password is not taken; nothing about what it must be made of.

    `names` are words that belong to the person: a password that is one of them is refused.
    """
    if len(password) < SHORTEST_PASSWORD:
        says = f"The password is shorter than {SHORTEST_PASSWORD} characters: take a few words, spaces are welcome."
        return [Fault("password", says)]
    if len(password) > LONGEST_PASSWORD:
        return [Fault("password", f"The password is longer than {LONGEST_PASSWORD} characters: take a shorter one.")]
    if not _can_be_kept(password):
        return [Fault("password", "There is a broken sign in the password: type it again.")]
    plain = password.casefold()
    if _is_common(plain) or _is_run(plain) or len(set(plain)) < 4:
        return [Fault("password", "This password is on the list of those that are tried first: take another.")]
    if any(name and _squeezed(plain) == _squeezed(name) for name in names):
        return [Fault("password", "The password is the person's own name: take another.")]
    return []


def _can_be_kept(password: str) -> bool:
    """Whether every sign is whole: half of one comes from a broken keyboard or program."""
    try:
        return bool(password.encode())
    except UnicodeEncodeError:
        return False


def _is_common(plain: str) -> bool:
    """A password from the list, also with digits or signs put behind or before it, or said twice."""
    forms = {plain, plain.strip(_AROUND), _squeezed(plain)}
    forms |= {form[: len(form) // 2] for form in forms if form[: len(form) // 2] * 2 == form}
    return bool(forms & _common())


def _is_run(plain: str) -> bool:
    """Digits or letters in their order, forwards or backwards: 1234567890123."""
    steps = {ord(later) - ord(earlier) for earlier, later in pairwise(plain)}
    return steps <= {1, -9} or steps <= {-1, 9}  # after 9 comes 0


def _squeezed(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def pin_faults(pin: str) -> list[Fault]:
    """Why a PIN is not taken: not six digits, one digit only, or a run of them."""
    if len(pin) != PIN_DIGITS_COUNT or not (pin.isascii() and pin.isdigit()):
        return [Fault("pin", f"A PIN is {PIN_DIGITS_COUNT} digits: type them without spaces.")]
    steps = {int(later) - int(earlier) for earlier, later in pairwise(pin)}
    if steps in ({0}, {1}, {-1}) or pin[:3] == pin[3:] or pin[:2] * 3 == pin:
        return [Fault("pin", "This PIN is easily guessed: take digits without a pattern.")]
    return []


def refuse_faults(faults: list[Fault]) -> None:
    """Raise EntryRefused when there is any fault."""
    if faults:
        raise EntryRefused(*faults)


def kept_as(secret: str) -> str:
    """A password or PIN as it is kept: argon2id, salted, made slow on purpose."""
    return _HASHER.hash(secret)


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def fits(kept: str | None, secret: str) -> bool:
    """Whether a password or PIN is the one that was kept; takes its time for nobody's, too."""
    try:
        _HASHER.verify(kept or _nobodys(), secret[: LONGEST_PASSWORD + 1])
    except (VerifyMismatchError, VerificationError, InvalidHashError, UnicodeEncodeError):  # half a sign is none
        return False
    return kept is not None


def fingerprint(token: str) -> str:
    """A long random token as it is kept: its SHA-256, since guessing it is hopeless anyway."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in the same time whatever they are."""
    return hmac.compare_digest(one.encode(), other.encode())


def new_token() -> str:
    """A random word of 256 bits."""
    return secrets.token_urlsafe(32)


def new_spoken_code() -> str:
    """A random code of about 79 bits that can be read from a terminal and typed: four groups of four."""
    signs = [secrets.choice(_READ_ALOUD) for _ in range(16)]
    return "-".join("".join(signs[start : start + 4]) for start in range(0, 16, 4))


def typed_code(typed: str) -> str:
    """A spoken code as somebody typed it, without its dashes, spaces and capitals."""
    return _squeezed(typed).upper()
