"""A signed head: what anybody can check of it, what is mistyped is told, and whose key it is."""

import re
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from numpy import full, uint8

from pumplog.errors import EntryRefused, LogbookUnavailable
from pumplog.logbook import Head, Logbook, SignedHead
from pumplog.logbook.event import Remembered
from pumplog.logbook.signed_head import code_of, read_code, read_signed_head
from pumplog.logbook.signing_key import signing_key, signing_key_path
from tests.logbook.said import NOON, new

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HASH = sha256(b"the last event").hexdigest()
ACCESSES = Head(311, sha256(b"the last line").hexdigest(), 311)
SIGNED = SignedHead.of(
    Head(12_480, HASH, 12_480), ACCESSES, at=NOON, public_key=KEY.public_key().public_bytes_raw(), sign=KEY.sign
)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_stranger_checks_the_signature_by_the_written_definition_alone() -> None:
    first, last = SIGNED.text[: SIGNED.text.index("signature ")], SIGNED.text.splitlines()[-1]
    said = dict(line.split(" ", 1) for line in SIGNED.text.splitlines()[1:])
    public = urlsafe_b64decode(said["key"] + "=")
    Ed25519PublicKey.from_public_bytes(public).verify(urlsafe_b64decode(last.split()[1] + "=="), first.encode())
    assert said["events"] == f"12480 {HASH}"
    assert said["accesses"] == f"311 {ACCESSES.hash}"
    assert said["at"] == "2026-05-05T12:00:00Z"
    assert SIGNED.key_id == sha256(public).hexdigest()[:32]
    assert SIGNED.is_signed()


def test_the_text_reads_back_as_the_same_head_and_whatever_else_is_refused() -> None:
    assert read_signed_head(SIGNED.text) == SIGNED
    assert read_signed_head(SIGNED.text.replace("\n", "\r\n") + "\n") == SIGNED
    for other in ("", SIGNED.signed_text, SIGNED.text + "more\n", SIGNED.text.replace("head-1", "head-2")):
        with pytest.raises(EntryRefused, match="no signed head"):
            read_signed_head(other)
    with pytest.raises(EntryRefused, match="no signed head"):
        read_signed_head(SIGNED.text.replace("05T12", "99T12"))


@pytest.mark.parametrize(
    "changed",
    [
        replace(SIGNED, row_count=12_479),
        replace(SIGNED, hash="0" * 64),
        replace(SIGNED, access_row_count=310),
        replace(SIGNED, access_hash="0" * 64),
        replace(SIGNED, at=datetime(2026, 5, 6, tzinfo=UTC)),
        replace(SIGNED, public_key=bytes(32)),
        replace(SIGNED, public_key=Ed25519PrivateKey.generate().public_key().public_bytes_raw()),
        replace(SIGNED, signature=bytes(64)),
    ],
)
def test_no_part_of_a_head_changes_without_breaking_its_signature(changed: SignedHead) -> None:
    assert not changed.is_signed()
    assert read_signed_head(changed.text) == changed


def by_the_book(code: str) -> bool:
    """Whether the check signs fit, as a stranger works it out from the written definition alone."""
    signs = code.replace("-", "")
    return int("".join(f"{CROCKFORD.index(sign):05b}" for sign in signs[:-2]), 2) % 1021 == (
        CROCKFORD.index(signs[-2]) * 32 + CROCKFORD.index(signs[-1])
    )


def test_the_code_is_what_its_definition_says() -> None:
    code = SIGNED.code
    assert re.fullmatch(r"12480(-[0-9A-HJKMNP-TV-Z]{5}){4}-[0-9A-HJKMNP-TV-Z]{2}", code)
    signs = code.replace("-", "")[5:-2]
    assert int("".join(f"{CROCKFORD.index(sign):05b}" for sign in signs), 2) == int(HASH, 16) >> 156
    assert by_the_book(code)
    assert read_code(code) == Remembered(12_480, HASH[:25])
    assert read_code(f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ") == read_code(code)


@given(st.integers(0, 10**9), st.binary(min_size=32, max_size=32), st.data())
def test_one_wrong_sign_or_two_that_changed_places_are_told(rows: int, octets: bytes, data: st.DataObject) -> None:
    code = code_of(rows, octets.hex())
    assert read_code(code) == Remembered(rows, octets.hex()[:25])
    signs = code.replace("-", "")
    at = data.draw(st.integers(0, len(signs) - 1))
    put = data.draw(st.sampled_from(CROCKFORD).filter(lambda sign: sign != signs[at]))
    place = data.draw(st.integers(0, len(signs) - 4))
    swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
    for wrong in {signs[:at] + put + signs[at + 1 :], swapped} - {signs}:
        with pytest.raises(EntryRefused, match="code"):
            read_code(wrong)


@pytest.mark.parametrize("typed", ["", "7", "12480", HASH, "12480-UUUUU-00000-00000-00000-00", "١٢٣"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(EntryRefused, match="code"):
        read_code(typed)


def test_the_picture_holds_the_text() -> None:
    root = Xml.fromstring(SIGNED.qr_svg())  # noqa: S314 - our own picture
    side = int(root.attrib["viewBox"].split()[2])
    bright = full((side * 4, side * 4), 255, dtype=uint8)
    dark = [one for one in root.iter() if one.attrib.get("stroke") == "#000"]
    assert len(dark) == 1
    row = column = 0
    for step, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", dark[0].attrib["d"]):
        if step == "h":
            bright[row * 4 : row * 4 + 4, column * 4 : (column + int(first)) * 4] = 0
            column += int(first)
        else:
            column = int(first) + (column if step == "m" else 0)
            row = int(float(second)) + (row if step == "m" else 0)
    assert zxingcpp.read_barcodes(bright)[0].text == SIGNED.text


def test_a_log_signs_how_both_of_its_chains_end(log: Logbook) -> None:
    log.append(new(1), seen=0)
    log.keep(said=[new(2), new(3)])
    head = log.signed_head(at=NOON)
    assert head.is_signed()
    assert (head.row_count, head.hash) == (1, log.head().hash)
    assert (head.access_row_count, head.access_hash) == (2, log.access_events()[-1].hash)
    assert log.signed_head(at=NOON) == head


def test_the_key_is_made_once_and_is_its_owners_alone(log: Logbook, path: Path) -> None:
    assert not signing_key_path(path).exists()
    public = signing_key(path).public_key().public_bytes_raw()
    assert signing_key_path(path).stat().st_mode & 0o777 == 0o600
    assert log.signed_head(at=NOON).public_key == public
    assert [left.name for left in path.parent.iterdir() if left.name.endswith(".new")] == []


@pytest.mark.parametrize("kept", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_refused_with_the_mend_and_left_as_it_is(
    log: Logbook, path: Path, kept: bytes
) -> None:
    signing_key_path(path).write_bytes(kept)
    with pytest.raises(LogbookUnavailable, match=r"holds no key .* backup"):
        log.signed_head(at=NOON)
    assert signing_key_path(path).read_bytes() == kept
