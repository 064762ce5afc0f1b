"""Values that the reference data offers: shown with where they were read, never typed for the person."""

from collections.abc import Iterable

from pumplog.quantities import Unit, show
from pumplog.reference import Graded

UNVERIFIED = "unverified: check against the programmer's printout"


def offer_words(offer: Graded, unit: Unit) -> str:
    """Return an offered value with its source; one nobody could verify says so."""
    about = f", {offer.says}" if offer.says else ""
    source = UNVERIFIED if offer.unverified else offer.cited.title
    return f"{show(offer.value, unit)}{about} ({source})"


def offers_words(offers: Iterable[Graded], unit: Unit) -> str:
    """Return several offered values as one line, or nothing when there are none."""
    words = "; ".join(offer_words(offer, unit) for offer in offers)
    return f"Listed: {words}" if words else ""
