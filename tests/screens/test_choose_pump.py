"""Which pump: typed as one speaks, or scanned; and what a scan that does not fit says."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
import streamlit as st
import zxingcpp
from PIL import Image

from pumplog.desk import Desk
from pumplog.scanning import read_scan
from pumplog.screens import scan_box
from pumplog.screens.going import PUMP_KEY
from tests.screens.conftest import OpenApp
from tests.screens.filling import REGISTERED, SERIAL, Page, one_pump, opened_for

GTIN = "08806091234568"
BOX = "Which pump?"


@pytest.fixture
def page(open_app: OpenApp, desk: Desk) -> Page:
    """The visit page of a clinic of twelve pumps, none in hand."""
    one_pump(desk)
    for number in range(11):
        patient = {"patient_id": f"P-02{number:02}", "name": f"Ben Roth {number}"}
        said = REGISTERED | {"pump_serial": f"NGP5{number:02}", "patient": patient}
        desk.record(desk.read_entry(said), by="T. Lindqvist", seen=0)
    return opened_for(open_app, "visit")


def offered(page: Page) -> list[str]:
    return [one.label for one in page.app.button if (one.key or "").startswith("choose-")]


@pytest.mark.parametrize("typed", ["anna", "web ann", "P-0114", SERIAL[:-1].lower(), "0114 weber"])
def test_a_pump_is_found_by_any_of_its_words(page: Page, typed: str) -> None:
    page.type(BOX, typed)
    assert len(offered(page)) == 1
    page.press("Anna Weber")
    assert "Anna Weber" in page.text


@pytest.mark.parametrize(
    "typed",
    [SERIAL, f" {SERIAL.lower()} ", f"01{GTIN}1727063021{SERIAL}", f"]d201{GTIN}10AB\x1d21{SERIAL}", f"]C0{SERIAL}"],
)
def test_a_scan_or_a_whole_serial_needs_no_choosing(page: Page, desk: Desk, typed: str) -> None:
    page.type(BOX, typed).run()
    assert page.app.session_state[PUMP_KEY] == desk.pump_id(SERIAL)


def test_a_serial_without_its_separator_is_found_where_one_pump_alone_has_it(page: Page, desk: Desk) -> None:
    page.type(BOX, f"01{GTIN}10AB1221{SERIAL}").run()
    assert page.app.session_state[PUMP_KEY] == desk.pump_id(SERIAL)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (f"01{GTIN}21NGX1", 'No pump with the scanned serial "NGX1" is on record'),
        (f"01{GTIN}17270630", "holds no serial"),
        ("0108806091234567", "check digit"),
        ("+A123BJC5D6E71", "HIBC"),
    ],
)
def test_a_scan_that_cannot_be_used_says_why(page: Page, typed: str, says: str) -> None:
    page.type(BOX, typed)
    assert says in page.refused
    assert offered(page) == []


def test_of_many_the_first_few_are_offered_and_the_rest_is_said(page: Page) -> None:
    assert len(offered(page)) == 8
    assert "8 of 12 pumps: type more" in page.text
    page.type(BOX, "nobody at all")
    assert "No pump fits that" in page.text


def test_the_board_finds_the_pump_of_a_scanned_code(open_app: OpenApp, desk: Desk) -> None:
    one_pump(desk)
    page = Page(open_app("board"))
    page.type("Find a pump", f"(01){GTIN}(21){SERIAL}")
    assert any(one.value == "1 found" for one in page.app.subheader)
    page.type("Find a pump", "+A123BJC5D6E71")
    assert any(one.value == "0 found" for one in page.app.subheader)


# --- the camera ---


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Image.Image | bytes], dict[str, object]]:
    """A picture as the camera hands it over; what the page then keeps."""

    def looked_at(picture: Image.Image | bytes) -> dict[str, object]:
        content = BytesIO()
        if isinstance(picture, bytes):
            content.write(picture)
        else:
            picture.save(content, "PNG")
        kept: dict[str, object] = {"own": content, "box:camera-open": True}
        monkeypatch.setattr(st, "session_state", kept)
        scan_box._look("box", "own")
        return kept

    return looked_at


def label(*texts: str) -> Image.Image:
    sheet = Image.new("L", (900, 500), 225)
    for place, text in enumerate(texts):
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, gs1=True).to_image(scale=5)
        sheet.paste(Image.fromarray(np.array(code)), (100 + 400 * place, 150))
    return sheet


def test_what_is_read_of_a_picture_is_typed_into_the_box(
    taken: Callable[[Image.Image | bytes], dict[str, object]],
) -> None:
    kept = taken(label(f"(01){GTIN}(21){SERIAL}"))
    scanned = read_scan(str(kept["box"]))
    assert scanned is not None
    assert scanned.serial == SERIAL
    assert kept["box:camera-open"] is False
    assert kept["box:camera-picture"] == 1, "the next picture has a camera of its own, and this one is gone"


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (Image.new("L", (640, 480), 200), "No code was found"),
        (label(f"(01){GTIN}(21)A1", f"(01){GTIN}(21)B1"), "More than one code"),
        (b"no picture at all", "cannot be read"),
    ],
)
def test_a_picture_of_no_use_says_so_and_types_nothing(
    taken: Callable[[Image.Image | bytes], dict[str, object]], picture: Image.Image | bytes, says: str
) -> None:
    kept = taken(picture)
    assert says in str(kept["box:camera-says"])
    assert "box" not in kept
    assert kept["box:camera-open"] is True
