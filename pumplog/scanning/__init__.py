"""SCANNED: what a scanner types, or a picture of a label, to what was scanned; it knows no pump and no drug."""

from pumplog.scanning.element_strings import Scanned, read_scan, words_of
from pumplog.scanning.pictures import codes_in

__all__ = ["Scanned", "codes_in", "read_scan", "words_of"]
