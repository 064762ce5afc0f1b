"""A signed head: how long both logs were at a moment and how they ended, so that paper anchors the file.

Definition, so that anybody can check one without this program:

- Its text is six lines, each ended by a line feed: the word `pumplog-head-1`; `events`, the number of events and the
  hash of the last; `accesses`, the same of the log of who came in and what was read; `at` and an instant in UTC to
  the second; `key` and the public key; `signature` and the signature. A log without rows has 64 zeros for its hash.
- Key and signature are those of Ed25519 (RFC 8032), in the URL-safe base 64 of RFC 4648 without padding. What is
  signed are the first five lines.
- The key's id is the first 32 hexadecimal digits of the SHA-256 of the 32 bytes of the public key.
- The short code is the number of events in decimal, then the first 100 bits of their hash as 20 signs of Crockford's
  base 32, then two check signs: all signs before them, read as one number to the base 32, modulo the prime 1021.
  Any one wrong sign, and any two neighbours before the check signs that changed places, give other check signs.
  Dashes and spaces count for nothing. The code tells of the events alone and carries no signature: whoever keeps the
  paper is what stands behind it.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pumplog.errors import EntryRefused, Fault
from pumplog.logbook.event import Head, Outside, Remembered

FORMAT: Final = "pumplog-head-1"
_SHAPE: Final = re.compile(
    rf"{FORMAT}\nevents (0|[1-9]\d{{0,17}}) ([0-9a-f]{{64}})\naccesses (0|[1-9]\d{{0,17}}) ([0-9a-f]{{64}})\n"
    r"at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\nkey ([\w-]{43})\nsignature ([\w-]{86})\n",
    re.ASCII,
)
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_HASH_BITS: Final = 100
_HASH_SIGNS: Final = _HASH_BITS // 5
_CHECK_SIGNS: Final = 2
_PRIME: Final = 1021


@dataclass(frozen=True)
class SignedHead:
    """The end of both logs at a moment, signed. `at` is UTC, to the second."""

    row_count: int
    hash: str
    access_row_count: int
    access_hash: str
    at: datetime
    public_key: bytes
    signature: bytes = b""

    @classmethod
    def of(
        cls, events: Head, accesses: Head, *, at: datetime, public_key: bytes, sign: Callable[[bytes], bytes]
    ) -> "SignedHead":
        """Sign these two ends."""
        moment = at.astimezone(UTC).replace(microsecond=0)
        unsigned = cls(events.row_count, events.hash, accesses.row_count, accesses.hash, moment, public_key)
        return replace(unsigned, signature=sign(unsigned.signed_text.encode()))

    @property
    def signed_text(self) -> str:
        """The lines that are signed."""
        return (
            f"{FORMAT}\nevents {self.row_count} {self.hash}\naccesses {self.access_row_count} {self.access_hash}\n"
            f"at {self.at:%Y-%m-%dT%H:%M:%SZ}\nkey {_written(self.public_key)}\n"
        )

    @property
    def text(self) -> str:
        """The whole of it, as it is saved and as the picture holds it."""
        return f"{self.signed_text}signature {_written(self.signature)}\n"

    @property
    def key_id(self) -> str:
        """The name of the key: 32 hexadecimal digits that fit this public key and no other."""
        return key_id_of(self.public_key)

    @property
    def code(self) -> str:
        """The short code, for people to read and type."""
        return code_of(self.row_count, self.hash)

    @property
    def says(self) -> str:
        """What it states, in a sentence."""
        return (
            f"On {self.at:%Y-%m-%d} at {self.at:%H:%M:%S} UTC the log had {self.row_count} events and "
            f"{self.access_row_count} lines of who came in and what was read. Code {self.code}, signed with key "
            f"{self.key_id}."
        )

    def is_signed(self) -> bool:
        """Whether the signature is that of this key under exactly these lines."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(self.signature, self.signed_text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def qr_svg(self) -> str:
        """A QR code of the text, as an SVG picture of black modules on white."""
        picture = segno.make(self.text, error="l", micro=False, boost_error=False)
        return str(picture.svg_inline(scale=1, border=4, dark="#000", light="#fff", omitsize=True))


def key_id_of(public_key: bytes) -> str:
    """The name of a public key."""
    return sha256(public_key).hexdigest()[:32]


def read_signed_head(text: str) -> SignedHead:
    """The head that a text says; its signature is not judged here. Raises EntryRefused for any other text."""
    plain = "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"
    found = _SHAPE.fullmatch(plain)
    if found is not None:
        try:
            head = SignedHead(
                row_count=int(found[1]),
                hash=found[2],
                access_row_count=int(found[3]),
                access_hash=found[4],
                at=datetime.fromisoformat(found[5]),
                public_key=_bytes_of(found[6]),
                signature=_bytes_of(found[7]),
            )
        except ValueError:
            head = None
        if head is not None and head.text == plain:
            return head
    raise EntryRefused(
        Fault("head", f"This is no signed head: it has six lines, of which the first is {FORMAT}. Save it anew.")
    )


def code_of(row_count: int, head_hash: str) -> str:
    """The short code of a log that has so many events and ends in this hash."""
    signs = f"{row_count}{_beginning_signs(head_hash)}"
    groups = [signs[start : start + 5] for start in range(len(signs) - _HASH_SIGNS, len(signs), 5)]
    return "-".join([str(row_count), *groups, _check_signs(signs)])


def read_code(typed: str) -> Remembered:
    """The number of events that a short code says, and how their hash begins.

    Raises EntryRefused when it was mistyped: the check signs do not fit.
    """
    signs = typed.strip().upper().translate(_READ_AS)
    said, check = signs[:-_CHECK_SIGNS], signs[-_CHECK_SIGNS:]
    rows, of_hash = said[:-_HASH_SIGNS], said[-_HASH_SIGNS:]
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", rows) or set(signs) - set(_SIGNS):
        raise EntryRefused(
            Fault(
                "code", "This is no code of a head: a number of events, four groups of five signs, two check signs."
            )
        )
    if _check_signs(said) != check:
        raise EntryRefused(
            Fault("code", "The code was mistyped: its check signs do not fit. Compare it and type it again.")
        )
    return Remembered(int(rows), f"{_number(of_hash):0{_HASH_BITS // 4}x}")


def outside_of(text: str) -> Outside:
    """What a head whose signature holds, or a short code, says of a log. Raises EntryRefused for anything else."""
    if not text.lstrip().startswith(FORMAT):
        return Outside(read_code(text))
    head = read_signed_head(text)
    if not head.is_signed():
        says = "The signature of this head does not fit: it was altered, or never signed by this key."
        raise EntryRefused(Fault("head", says))
    events, accesses = Remembered(head.row_count, head.hash), Remembered(head.access_row_count, head.access_hash)
    return Outside(events, accesses, head.key_id)


def _beginning_signs(head_hash: str) -> str:
    return _in_signs(int(head_hash[: _HASH_BITS // 4], 16), _HASH_SIGNS)


def _check_signs(signs: str) -> str:
    return _in_signs(_number(signs) % _PRIME, _CHECK_SIGNS)


def _number(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number * len(_SIGNS) + _SIGNS.index(sign)
    return number


def _in_signs(number: int, count: int) -> str:
    return "".join(_SIGNS[number >> 5 * place & 31] for place in reversed(range(count)))


def _written(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def _bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
