"""GS1 element strings as scanners type them: with and without separators, brackets and symbology identifiers.

Read are the product number (01), the lot (10), the dates of manufacture (11) and expiry (17), and the serial (21).
A concentration is never read from a code: it is typed from the label.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementStrings
from biip.gs1_messages import GS1Message

from pumplog.errors import EntryRefused, Fault

LONGEST_SCAN: Final = 300

_SEPARATOR: Final = "\x1d"
_ALSO_SEPARATORS: Final = (
    "\u241d",
    "<GS>",
    "{GS}",
    "^]",
)  # as scanners without a group separator are set up to type it
_GS1_SYMBOLOGY: Final = re.compile(r"\](d2|C1|e0|Q3|J1)", re.IGNORECASE)
_ANY_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_BRACKETS: Final = re.compile(r"\(\d{2,4}\)")
_PRODUCT_FIRST: Final = re.compile(r"01\d{14}")
_LINK: Final = re.compile(r"https?://[^/]+/", re.IGNORECASE)
_TELEPHONE: Final = re.compile(r"\+\d[\d ()/-]*")
_DATED: Final = re.compile(r"(?:11|17)\d{6}")


@dataclass(frozen=True)
class Scanned:
    """What a code says. `serial_guesses` are what the serial may be where the scanner sent no separator before it.

    `lot_is_sure` is false where the lot may run on into the next field, for the same reason.
    """

    gtin: str | None = None
    serial: str | None = None
    lot: str | None = None
    made_on: date | None = None
    expiry_on: date | None = None
    serial_guesses: tuple[str, ...] = ()
    lot_is_sure: bool = True


def read_scan(typed: str) -> Scanned | None:
    """What a scanner typed, or None for words that no scanner typed as a GS1 code.

    Raises EntryRefused with a sentence for a code that is damaged, and for a HIBC one.
    """
    text = typed.strip()
    for sign in _ALSO_SEPARATORS:
        text = text.replace(sign, _SEPARATOR)
    marked = _GS1_SYMBOLOGY.match(text) is not None
    text = _ANY_SYMBOLOGY.sub("", text, count=1) if _ANY_SYMBOLOGY.match(text) else text
    _refuse_hibc(text)
    bare = text.lstrip(_SEPARATOR)
    marked = marked or _SEPARATOR in text
    if len(text) > LONGEST_SCAN and (marked or _PRODUCT_FIRST.match(bare)):
        raise _refused("This code is too long to be a pump's or a drug's: scan the one on the label again.")
    if _BRACKETS.match(bare):
        return _said(_elements(GS1Message.parse_hri, bare), separated=True)
    if _LINK.match(bare) and "/01/" in bare:
        return _said(_elements(GS1DigitalLinkURI.parse, bare), separated=True)
    if marked or _PRODUCT_FIRST.match(bare):
        return _said(_elements(GS1Message.parse, bare), separated=_SEPARATOR in bare)
    return None


def words_of(typed: str) -> str:
    """What is to be searched for when it is no GS1 code: without the mark of the symbology."""
    return _ANY_SYMBOLOGY.sub("", typed.strip(), count=1) if typed.strip().startswith("]") else typed.strip()


def _refuse_hibc(text: str) -> None:
    if text.startswith("+") and len(text) > 1 and not _TELEPHONE.fullmatch(text):
        raise _refused("This is a HIBC code, which is not read here: scan the GS1 code, or type what the label says.")


def _elements(parse: Callable[[str], GS1Message | GS1DigitalLinkURI], text: str) -> GS1ElementStrings:
    try:
        return parse(text).element_strings
    except ParseError as error:
        raise _refused("This code cannot be read whole: scan it again, or type what stands beside it.") from error


def _said(elements: GS1ElementStrings, *, separated: bool) -> Scanned:
    if not elements:
        raise _refused("This code holds nothing that is read here: scan the one with the serial or the lot.")
    by_ai: dict[str, str] = {}
    for element in elements:
        if element.gtin_error is not None:
            raise _refused("The check digit of the product number (GTIN) does not fit: scan the code again.")
        if by_ai.setdefault(element.ai.ai, element.value) != element.value:
            raise _refused("This code says two different things in one field: scan it again, or type it.")
    days = {element.ai.ai: element.date for element in elements}
    lot, serial = by_ai.get("10"), by_ai.get("21")
    last = elements[-1].ai.ai
    runs_on = not separated and last in ("10", "21") and _may_run_on(by_ai[last])
    return Scanned(
        gtin=by_ai.get("01"),
        serial=serial,
        lot=lot,
        made_on=days.get("11"),
        expiry_on=days.get("17"),
        serial_guesses=_guesses(last, by_ai[last]) if runs_on else (),
        lot_is_sure=not (runs_on and last == "10"),
    )


def _may_run_on(value: str) -> bool:
    """Whether the next field may have been swallowed: the scanner sent nothing between this one and it."""
    return any(_next_field(value[place:]) for place in range(1, len(value)))


def _next_field(rest: str) -> bool:
    return (rest.startswith(("10", "21")) and len(rest) > 2) or _DATED.match(rest) is not None


def _guesses(ai: str, value: str) -> tuple[str, ...]:
    """What the serial may be: after a swallowed 21, or before whatever was swallowed by it."""
    places = [place for place in range(1, len(value)) if _next_field(value[place:])]
    if ai == "21":
        return tuple(value[:place] for place in places)
    after_21 = [value[place + 2 :] for place in places if value.startswith("21", place)]
    shorter = [rest[:place] for rest in after_21 for place in range(1, len(rest)) if _next_field(rest[place:])]
    return tuple(dict.fromkeys((*after_21, *shorter)))


def _refused(says: str) -> EntryRefused:
    return EntryRefused(Fault("scanned", says))
