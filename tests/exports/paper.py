"""A PDF read again by another program than the one that wrote it."""

import re
from collections.abc import Iterator

import pypdfium2


def pages_of(content: bytes) -> list[str]:
    """The words of each page, with plain spaces, and without the places where a word may break."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [_words(page.get_textpage().get_text_bounded()) for page in document]
    finally:
        document.close()


def _words(text: str) -> str:
    text = text.replace("\u200b\r\n", "").replace("\u200b", "").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text.replace("\ufffe", "").replace("\r\n", " "))


def bookmarks_of(content: bytes) -> list[tuple[int, str]]:
    """The bookmarks: how deep each stands, and what it says."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [(one.level, one.get_title().replace("\u00a0", " ")) for one in document.get_toc()]
    finally:
        document.close()


def signs_off_the_paper(content: bytes) -> Iterator[str]:
    """Every sign that is drawn outside its page, or over its edge."""
    document = pypdfium2.PdfDocument(content)
    try:
        for number, page in enumerate(document, 1):
            width, height = page.get_size()
            words = page.get_textpage()
            for place in range(words.count_chars()):
                left, bottom, right, top = words.get_charbox(place)
                if right > left and (left < 0 or bottom < 0 or right > width or top > height):
                    yield f"page {number}: {words.get_text_range(place, 1)!r}"
    finally:
        document.close()
