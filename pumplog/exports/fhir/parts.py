"""The pieces that resources are made of."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from pumplog.calc.formula import unit_of
from pumplog.errors import EntryRefused
from pumplog.fhir.codes import ATC, LOCAL, OBSERVED, SNOMED, UCUM, UNITS, coding
from pumplog.quantities import plain
from pumplog.reference import Reference

Json = dict[str, Any]

_NAMESPACE: Final = uuid5(NAMESPACE_URL, LOCAL)


def resource(kind: str, key: str, **elements: Any) -> Json:
    """A resource with those of its elements that there are; its id is always the same for the same thing of a log."""
    return {"resourceType": kind, "id": str(uuid5(_NAMESPACE, f"{kind} {key}")), **there(elements)}


def there(elements: Json) -> Json:
    """Without what is not there: R4 has no null and no empty list."""
    return {name: value for name, value in elements.items() if value is not None and value != [] and value != {}}


def url_of(one: Json) -> str:
    """By which address the bundle's references know a resource."""
    return f"urn:uuid:{one['id']}"


def link(one: Json) -> Json:
    """A reference to a resource of the bundle."""
    return {"reference": url_of(one)}


def named(name: str) -> Json:
    """A reference to somebody who is known by name alone."""
    return {"display": name}


def instant(moment: datetime) -> str:
    """A moment in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def words(text: str, *codings: Json) -> Json:
    """A concept in words, with its codings where there are any."""
    return there({"coding": list(codings), "text": text})


def quantity(name: str, value: Decimal | Fraction) -> Json:
    """A number in the unit that the end of its name says, in UCUM; the unit for people is the one of our screens."""
    code = next(code for end, code in sorted(UNITS.items(), key=lambda one: -len(one[0])) if name.endswith(end))
    return {"value": Decimal(plain(value)), "unit": str(unit_of(name)), "system": UCUM, "code": code}


def extension(name: str, kind: str, value: Any) -> Json:
    """Something for which R4 has no element, under an address of our own."""
    return {"url": f"{LOCAL}{name}", f"value{kind}": value}


def observed(name: str, text: str) -> Json:
    """The code of an observation: our own, and words. No code of a public system was verified for any of them."""
    return words(text, {"system": OBSERVED, "code": name})


def drug_words(drug: str, reference: Reference) -> Json:
    """A drug as it was typed; with codes where it is baclofen beyond doubt."""
    try:
        is_baclofen = reference.drug(drug).name == "baclofen"
    except EntryRefused:
        is_baclofen = False
    return words(drug, *([coding(SNOMED, "387342009"), coding(ATC, "M03BX01")] if is_baclofen else []))
