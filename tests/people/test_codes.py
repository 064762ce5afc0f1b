"""Time-based codes: by the published vectors, once each, with clocks half a minute apart."""

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from pumplog.people.codes import STEP_SECONDS, new_secret, picture, step_of

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  nobody's
NOW = datetime(2026, 5, 5, 12, 0, 10, tzinfo=UTC)


def code(**away: float) -> str:
    return pyotp.TOTP(SECRET).at(NOW + timedelta(**away))


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238_are_taken_at_their_step(seconds: int, eight_digits: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert step_of(RFC_SECRET, eight_digits[-6:], at, after_step=0) == seconds // STEP_SECONDS


def test_a_code_is_taken_once_and_an_older_one_not_after_a_newer_one() -> None:
    step = step_of(SECRET, code(), NOW, after_step=0)
    assert step == int(NOW.timestamp()) // 30
    assert step_of(SECRET, code(), NOW, after_step=step) is None
    assert step_of(SECRET, code(seconds=-30), NOW, after_step=step) is None
    assert step_of(SECRET, code(seconds=30), NOW, after_step=step) == step + 1


@pytest.mark.parametrize(
    ("away", "taken"), [(-90, False), (-60, False), (-30, True), (0, True), (30, True), (60, False), (90, False)]
)
def test_a_clock_may_be_half_a_minute_off_and_no_more(away: int, taken: bool) -> None:
    assert (step_of(SECRET, code(seconds=away), NOW, after_step=0) is not None) == taken


def test_spaces_as_an_authenticator_shows_them_do_not_matter() -> None:
    shown = f" {code()[:3]} {code()[3:]}\n"
    assert step_of(SECRET, shown, NOW, after_step=0) is not None


@pytest.mark.parametrize("typed", ["", "0", "abcdef", code()[:5], code() + "0", "\ud800", "'--", "1" * 100_000])
def test_anything_else_is_no_code(typed: str) -> None:
    assert step_of(SECRET, typed, NOW, after_step=0) is None


def test_secrets_are_long_and_new_and_of_the_shape_authenticators_read() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(base64.b32decode(one)) == 20


def test_the_picture_is_an_image_that_holds_no_text() -> None:
    shown = picture(SECRET, name="Mara <script>Keller", clinic="Riverside & Co")
    assert shown.startswith("data:image/svg+xml")
    for word in ("script", "Mara", "Riverside", SECRET):
        assert word not in shown
