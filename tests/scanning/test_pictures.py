"""Codes in a picture as a camera gives it: found, and nothing else than pictures is opened."""

from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from pumplog.errors import EntryRefused
from pumplog.scanning import pictures, read_scan
from pumplog.scanning.pictures import codes_in

LABEL = "(01)08806091234568(17)270630(10)AB12(21)NGP482113H"


def label(kind: zxingcpp.BarcodeFormat, *, turned: int = 0) -> Image.Image:
    """A printed label on a table, as it lies."""
    code = zxingcpp.create_barcode(LABEL, kind, gs1=True).to_image(scale=5)
    sheet = Image.new("L", (900, 700), 225)
    sheet.paste(Image.fromarray(np.array(code)).rotate(turned, expand=True, fillcolor=225), (310, 200))
    return sheet


def as_bytes(image: Image.Image, kind: str = "JPEG") -> bytes:
    written = BytesIO()
    image.save(written, kind)
    return written.getvalue()


@pytest.mark.parametrize("turned", [0, 12, 90])
@pytest.mark.parametrize("kind", [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.QRCode])
def test_a_label_is_read_from_a_picture(kind: zxingcpp.BarcodeFormat, turned: int) -> None:
    (text,) = codes_in(as_bytes(label(kind, turned=turned)))
    scanned = read_scan(text)
    assert scanned is not None
    assert (scanned.serial, scanned.lot, scanned.gtin) == ("NGP482113H", "AB12", "08806091234568")


def test_a_picture_without_a_code_has_none() -> None:
    assert codes_in(as_bytes(Image.new("L", (640, 480), 200), "PNG")) == ()


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\nrest", b"GIF89a"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(EntryRefused, match="cannot be read"):
        codes_in(content)


def test_a_picture_too_large_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    content = as_bytes(Image.new("L", (640, 480), 200), "PNG")
    monkeypatch.setattr(pictures, "MOST_PIXELS", 640 * 479)
    with pytest.raises(EntryRefused, match="too many pixels"):
        codes_in(content)
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    with pytest.raises(EntryRefused, match="too large"):
        codes_in(content)
