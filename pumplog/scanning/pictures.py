"""A picture of a label, as a tablet's camera takes it, to the texts of the codes on it; the picture is not kept."""

from io import BytesIO
from typing import Final

import zxingcpp
from PIL import Image, UnidentifiedImageError

from pumplog.errors import EntryRefused, Fault

MOST_BYTES: Final = 12_000_000
MOST_PIXELS: Final = 24_000_000
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


def codes_in(picture: bytes) -> tuple[str, ...]:
    """The texts of the DataMatrix and QR codes in a picture, each with its symbology identifier, none twice.

    Raises EntryRefused when it is no picture, or too large a one.
    """
    image = _opened(picture)
    wanted = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(image, formats=wanted, text_mode=zxingcpp.TextMode.Plain)
    return tuple(dict.fromkeys(f"{one.symbology_identifier}{one.text}" for one in found if one.valid and one.text))


def _opened(picture: bytes) -> Image.Image:
    """The picture in shades of grey; its size is read before any of it is unpacked."""
    if len(picture) > MOST_BYTES:
        raise EntryRefused(Fault("picture", "This picture is too large: take it again with the camera of this page."))
    try:
        with Image.open(BytesIO(picture), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise EntryRefused(
                    Fault("picture", "This picture has too many pixels: take it with this page's camera.")
                )
            return opened.convert("L")
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise EntryRefused(Fault("picture", "This picture cannot be read: take it again.")) from error
