"""What a scanner types, by every habit of scanners that is known here, to what was scanned."""

from dataclasses import asdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplog.errors import EntryRefused
from pumplog.scanning import Scanned, read_scan
from pumplog.scanning.element_strings import words_of

GTIN = "08806091234568"
GS = "\x1d"
WHOLE = Scanned(gtin=GTIN, serial="NGP482113H", lot="AB12", made_on=date(2024, 5, 2), expiry_on=date(2027, 6, 30))

AS_TYPED = f"""
| how it comes                      | what is typed                                                        |
| --------------------------------- | -------------------------------------------------------------------- |
| with separators                   | 01{GTIN}112405021727063010AB12<GS>21NGP482113H                       |
| a separator after every field     | 01{GTIN}<GS>11240502<GS>17270630<GS>10AB12<GS>21NGP482113H<GS>       |
| FNC1 first, sent as a separator   | <GS>01{GTIN}112405021727063010AB12<GS>21NGP482113H                   |
| the separator as a sign           | 01{GTIN}112405021727063010AB12␝21NGP482113H                          |
| the separator in brackets         | 01{GTIN}112405021727063010AB12{{GS}}21NGP482113H                     |
| with brackets                     | (01){GTIN}(11)240502(17)270630(10)AB12(21)NGP482113H                 |
| with brackets and spaces          | (01) {GTIN} (11) 240502 (17) 270630 (10) AB12 (21) NGP482113H        |
| marked as DataMatrix              | ]d201{GTIN}112405021727063010AB12<GS>21NGP482113H                    |
| marked as GS1-128                 | ]C101{GTIN}112405021727063010AB12<GS>21NGP482113H                    |
| marked as QR                      | ]Q301{GTIN}112405021727063010AB12<GS>21NGP482113H                    |
| the mark with the shift key stuck | ]D201{GTIN}112405021727063010AB12<GS>21NGP482113H                    |
| serial before lot                 | 01{GTIN}21NGP482113H<GS>112405021727063010AB12                       |
| with fields of others             | 01{GTIN}112405021727063010AB12<GS>21NGP482113H<GS>240X1<GS>91Z       |
| as a link of GS1's                | https://id.gs1.org/01/{GTIN}/10/AB12/21/NGP482113H?11=240502&17=270630 |
"""


def rows(table: str) -> list[tuple[str, ...]]:
    lines = table.strip().splitlines()[2:]
    return [tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines]


@pytest.mark.parametrize("how, typed", rows(AS_TYPED), ids=[row[0] for row in rows(AS_TYPED)])
def test_every_way_of_typing_the_same_code_says_the_same(how: str, typed: str) -> None:
    for one in (typed, typed.replace("<GS>", GS), f" {typed}\n"):
        assert read_scan(one) == WHOLE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Anna Weber",
        "P-0114",
        "NGP482113H",
        "21NGP482113H",
        "0111",
        "17010112",
        "+49 151 1234567",
        "(Anna)",
        "]C0NGP1",
    ],
)
def test_words_are_no_scan(typed: str) -> None:
    assert read_scan(typed) is None


def test_what_is_searched_for_has_no_mark_of_a_symbology() -> None:
    assert words_of("]C0NGP482113H") == "NGP482113H"
    assert words_of(" Anna Weber ") == "Anna Weber"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0108806091234567", "check digit of the product number"),
        (f"01{GTIN}17271301", "cannot be read whole"),
        (f"01{GTIN}17270230", "cannot be read whole"),
        (f"01{GTIN}05", "cannot be read whole"),
        ("]d2", "holds nothing"),
        ("]d2XYZ", "cannot be read whole"),
        (f"01{GTIN}10A{GS}10B", "two different things"),
        ("+A123BJC5D6E71", "HIBC"),
        ("+$$3231231ABC1", "HIBC"),
        ("]d1+A123BJC5D6E71", "HIBC"),
        (f"01{GTIN}10{'A' * 400}", "too long"),
    ],
)
def test_a_code_that_cannot_be_used_says_why(typed: str, says: str) -> None:
    with pytest.raises(EntryRefused, match=says):
        read_scan(typed)


def test_a_month_without_a_day_ends_on_its_last_day() -> None:
    scanned = read_scan(f"01{GTIN}17270200")
    assert scanned is not None
    assert scanned.expiry_on == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("typed", "serial", "guesses", "lot", "sure"),
    [
        (f"01{GTIN}17270630" + "21NGP482113H", "NGP482113H", (), None, True),
        (f"01{GTIN}17270630" + "10AB1221NGP482113H", None, ("NGP482113H", "13H"), "AB1221NGP482113H", False),
        (f"01{GTIN}21NGP482113H10AB12", "NGP482113H10AB12", ("NGP482113H",), None, True),
        (f"01{GTIN}21NGP482113H17270630", "NGP482113H17270630", ("NGP482113H",), None, True),
        (f"01{GTIN}10AB12", None, (), "AB12", True),
    ],
)
def test_a_lost_separator_is_known_and_nothing_is_taken_for_sure(
    typed: str, serial: str | None, guesses: tuple[str, ...], lot: str | None, sure: bool
) -> None:
    scanned = read_scan(typed)
    assert scanned is not None
    assert (scanned.serial, scanned.lot, scanned.lot_is_sure) == (serial, lot, sure)
    assert set(guesses) <= set(scanned.serial_guesses)


def test_no_code_says_a_concentration() -> None:
    """A public listing ties one product to three strengths: what is scanned has no place for a strength."""
    assert set(asdict(WHOLE)) == {"gtin", "serial", "lot", "made_on", "expiry_on", "serial_guesses", "lot_is_sure"}


def outcome(typed: str) -> Scanned | EntryRefused | None:
    try:
        return read_scan(typed)
    except EntryRefused as refused:
        return refused


@given(st.text(max_size=60) | st.text("0123456789()]dC1+\x1d210AB", max_size=60))
def test_whatever_is_typed_is_words_a_scan_or_a_sentence(typed: str) -> None:
    answer = outcome(typed)
    if isinstance(answer, EntryRefused):
        assert [fault.field for fault in answer.faults] == ["scanned"]
        assert str(answer).endswith(".")
