"""What looks like chance in the demo clinic, and is the same every time."""

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

_PARTS = 1000
SATURDAY = 5


def chance(*about: object) -> Decimal:
    """A number from 0 to just under 1 that depends on nothing but what it is about."""
    digest = sha256("\x1f".join(map(str, about)).encode()).digest()
    return Decimal(int.from_bytes(digest[:4]) % _PARTS) / _PARTS


def between(lowest: int, highest: int, *about: object) -> int:
    """A whole number from lowest to highest, both ends in."""
    return lowest + int(chance(*about) * (highest - lowest + 1))


def on_a_weekday(day: date) -> date:
    """The day, or the Friday before it at a weekend."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
