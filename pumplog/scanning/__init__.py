"""SCANNED: what a scanner types, or a picture of a label, to what was scanned; it knows no pump and no drug.

`pumplog.scanning.pictures` loads a library for pictures: only whoever has one imports it.
"""

from pumplog.scanning.element_strings import Scanned, read_scan, words_of

__all__ = ["Scanned", "read_scan", "words_of"]
