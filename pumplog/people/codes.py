"""Time-based codes from an authenticator (TOTP, RFC 6238): made, shown as a picture, checked once each."""

from datetime import datetime
from typing import Final

import pyotp
import segno

STEP_SECONDS: Final = 30
_STEPS_TOLERATED: Final = (0, -1, 1)  # a clock half a minute off, either way


def new_secret() -> str:
    """A new secret for an authenticator."""
    return pyotp.random_base32()


def picture(secret: str, *, name: str, clinic: str) -> str:
    """The secret as a QR code for an authenticator to read: an address that holds the picture itself."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=clinic)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=2, dark="#000", light="#fff")


def step_of(secret: str, code: str, at: datetime, *, after_step: int) -> int | None:
    """The step of time that a code is of; None when it does not fit, or is not later than the last one used."""
    typed = "".join(code.split())
    if not typed.isdigit():
        return None
    now = int(at.timestamp()) // STEP_SECONDS
    clock = pyotp.TOTP(secret)
    for offset in _STEPS_TOLERATED:
        step = now + offset
        if step > after_step and pyotp.utils.strings_equal(clock.generate_otp(step), typed):
            return step
    return None
