"""The check of a bundle: cardinalities, types and required codes of what we use, and that references lead somewhere.

A validator of someone else's checks more; this one stands between us and a file that leaves the house.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from pumplog.errors import EntryRefused, Fault
from pumplog.fhir.shape import NAMES, REQUIRED, RESOURCES, SHAPES, Element

_MOST_FAULTS: Final = 20
"""So many faults are told at once: a file of another kind has thousands."""

_DATE: Final = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_DAY: Final = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK: Final = r"T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
_WRITTEN: Final[Mapping[str, re.Pattern[str]]] = {
    "code": re.compile(r"\S+( \S+)*"),
    "date": re.compile(_DATE),
    "dateTime": re.compile(f"{_DATE}|{_DAY}{_CLOCK}"),
    "instant": re.compile(_DAY + _CLOCK),
    "uri": re.compile(r"\S+"),
    "string": re.compile(r"(?s)[\s\S]*\S[\s\S]*"),
    "markdown": re.compile(r"(?s)[\s\S]*\S[\s\S]*"),
    "base64Binary": re.compile(r"[A-Za-z0-9+/=\s]+"),
    "time": re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"),
}


def refuse_unfit(bundle: object) -> None:
    """Raise EntryRefused naming every place of a bundle that is not as R4 wants it, the first 20 of them."""
    faults = []
    for fault in _faults(bundle):
        faults.append(fault)
        if len(faults) == _MOST_FAULTS:
            break
    if faults:
        raise EntryRefused(*faults)


def _faults(bundle: object) -> Iterator[Fault]:
    if not isinstance(bundle, Mapping) or bundle.get("resourceType") != "Bundle":
        yield Fault("Bundle", "This is no FHIR bundle: give a JSON object whose resourceType is Bundle.")
        return
    yield from _object(bundle, "Bundle", "Bundle")
    urls: list[str] = []
    entries = bundle.get("entry", [])
    for place, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, Mapping):
            urls.append(str(entry.get("fullUrl")))
            if not isinstance(entry.get("resource"), Mapping):
                yield _fault(f"Bundle.entry[{place}]", "has no resource (bdl-5)")
    if len(urls) != len(set(urls)):
        yield _fault("Bundle.entry", "has one fullUrl twice (bdl-7)")
    yield from _dangling(bundle, "Bundle", frozenset(urls))


def _fault(place: str, says: str) -> Fault:
    return Fault(place, f"{place} {says}: this bundle is not as FHIR R4 wants it.")


def _object(value: Any, shape: str, place: str) -> Iterator[Fault]:
    """The faults of an object of some shape: unknown names, too few or too many of one, and those inside."""
    if not isinstance(value, Mapping):
        yield _fault(place, "is no object")
        return
    named = NAMES[shape]
    there = []
    for name, said in value.items():
        if name in named:
            element, kind = named[name]
            there.append(element.name)
            yield from _element(said, element, kind, f"{shape}.{element.name}", f"{place}.{name}")
        elif name != "resourceType":
            yield _fault(f"{place}.{name}", "is no element that is used here")
    for name in REQUIRED[shape]:
        if name not in there:
            yield _fault(f"{place}.{name}", "is missing")
    for name in {one for one in there if there.count(one) > 1}:
        yield _fault(f"{place}.{name}", "is there more than once, under several names")
    yield from _invariants(value, shape, place)


def _element(said: Any, element: Element, kind: str, path: str, place: str) -> Iterator[Fault]:
    if not element.many:
        yield from _value(said, element, kind, path, place)
    elif not isinstance(said, list) or not said:
        yield _fault(place, "is no list with something in it")
    else:
        for count, item in enumerate(said):
            yield from _value(item, element, kind, path, f"{place}[{count}]")


def _value(item: Any, element: Element, kind: str, path: str, place: str) -> Iterator[Fault]:
    if kind == "Resource":
        named = item.get("resourceType") if isinstance(item, Mapping) else None
        if named in RESOURCES:
            yield from _object(item, str(named), f"{place} ({named})")
        else:
            yield _fault(f"{place}.resourceType", f"is {named!r}, which is not used here")
    elif kind == "BackboneElement":
        yield from _object(item, path, place)
    elif kind in SHAPES:
        yield from _object(item, kind, place)
    elif not _is_written_as(item, kind):
        yield _fault(place, f"is no {kind}")
    elif element.codes and item not in element.codes:
        yield _fault(place, f"is {item!r}, and must be one of {', '.join(element.codes)}")


def _is_written_as(item: Any, kind: str) -> bool:
    if kind == "boolean":
        return isinstance(item, bool)
    if kind == "decimal":
        return isinstance(item, Decimal | int) and not isinstance(item, bool)
    if kind == "integer":
        return isinstance(item, int) and not isinstance(item, bool)
    written = _WRITTEN.get(kind)
    return written is not None and isinstance(item, str) and written.fullmatch(item) is not None


def _invariants(value: Mapping[str, Any], shape: str, place: str) -> Iterator[Fault]:
    """Those rules of R4 that go beyond one element and are about what we use."""
    match shape:
        case "MedicationAdministration.dosage":
            if not {"dose", "rateQuantity", "rateRatio"} & set(value):
                yield _fault(place, "has neither dose nor rate (mad-1)")
        case "Appointment":
            if ("start" in value) != ("end" in value):
                yield _fault(place, "has a start or an end alone (app-2)")
            if "start" not in value and value.get("status") not in ("proposed", "cancelled"):
                yield _fault(place, "has no start (app-3)")
        case "Appointment.participant":
            if "actor" not in value:
                yield _fault(place, "has no actor (app-1)")


def _dangling(value: Any, place: str, urls: frozenset[str]) -> Iterator[Fault]:
    """References that lead to nothing in the bundle; who is named in words alone has no reference."""
    if isinstance(value, Mapping):
        reference = value.get("reference")
        if isinstance(reference, str) and reference not in urls:
            yield _fault(f"{place}.reference", "leads to nothing in the bundle")
        for name, one in value.items():
            yield from _dangling(one, f"{place}.{name}", urls)
    elif isinstance(value, list):
        for count, one in enumerate(value):
            yield from _dangling(one, f"{place}[{count}]", urls)
