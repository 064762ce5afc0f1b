"""A FHIR R4 bundle back to refill entries: exactly what it says of them, or a refusal that names the place.

Read are refills as our own export writes them. A bundle of somebody else's is taken where it says the same things in
the same places; what is not said is asked for, and never guessed.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from pydantic import ValidationError

from pumplog.entries import Refilled
from pumplog.entries.programme import SingleBolus
from pumplog.entries.refusals import faults_of
from pumplog.errors import EntryRefused, Fault
from pumplog.fhir import refuse_unfit
from pumplog.fhir.codes import LOCAL, OBSERVED, PARTICIPANT_TYPE, UCUM, UNITS
from pumplog.fhir.facts import AS_JSON, MEASURED, QUANTITIES, REFILL, YES_NO
from pumplog.quantities import plain
from pumplog.state.course import steady_dose_mcg_per_day

Json = Mapping[str, Any]

MOST_BYTES: Final = 64 * 1024 * 1024


def refills_of_bundle(content: bytes) -> tuple[Refilled, ...]:
    """Every refill that a bundle tells of and that was not entered in error, in the order in which they happened.

    Raises EntryRefused with the place and the mend of everything that cannot be read.
    """
    if len(content) > MOST_BYTES:
        says = f"The bundle is larger than {MOST_BYTES // 1024 // 1024} MiB: give a shorter period."
        raise EntryRefused(Fault("Bundle", says))
    return refills_of(read_bundle(content))


def refills_of(bundle: object) -> tuple[Refilled, ...]:
    """The same, of a bundle that is read already, with its decimals exact."""
    refuse_unfit(bundle)
    known = _Known(bundle if isinstance(bundle, Mapping) else {})
    found: list[Refilled] = []
    faults: list[Fault] = []
    for url, place, one in known.refills():
        try:
            found.append(_refill(known, url, one, place))
        except EntryRefused as refused:
            faults += refused.faults
    if faults:
        raise EntryRefused(*faults)
    return tuple(sorted(found, key=lambda one: one.happened_at))


def read_bundle(content: bytes) -> object:
    """The JSON of a bundle, its decimals exact. Raises EntryRefused for what is none."""
    try:
        return json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise EntryRefused(Fault("Bundle", "The bundle is no JSON in UTF-8: export it again.")) from error


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _refused(place: str, says: str) -> EntryRefused:
    return EntryRefused(Fault(place, f"{place} {says}."))


class _Known:
    """The resources by their addresses, with the place of each in the bundle, and what refers to them."""

    def __init__(self, bundle: Json) -> None:
        places = ((f"Bundle.entry[{place}]", one) for place, one in enumerate(bundle.get("entry", [])))
        self.by_url = {str(one.get("fullUrl", place)): (place, one["resource"]) for place, one in places}
        self._observed: dict[str, list[Json]] = defaultdict(list)
        self._vouched: dict[str, list[Json]] = defaultdict(list)
        for _, one in self.by_url.values():
            for link in one.get("partOf", []) if one["resourceType"] == "Observation" else []:
                self._observed[str(link.get("reference"))].append(one)
            for link in one.get("target", []):
                self._vouched[str(link.get("reference"))].append(one)

    def refills(self) -> Iterator[tuple[str, str, Json]]:
        """The administrations that are refills and were not entered in error, each with its address and place."""
        for url, (place, one) in self.by_url.items():
            given = one["resourceType"] == "MedicationAdministration" and one["status"] == "completed"
            if given and one.get("category", {}).get("text") == REFILL:
                yield url, place, one

    def meant(self, reference: Json | None, kind: str, place: str) -> Json:
        """The resource that a reference leads to. Raises EntryRefused where there is none of this kind."""
        url = (reference or {}).get("reference")
        found = self.by_url.get(str(url))
        if found is None or found[1]["resourceType"] != kind:
            raise _refused(place, f"leads to no {kind}: add it to the bundle")
        named: Json = found[1]
        return named

    def observed_at(self, url: str) -> list[Json]:
        """The observations that are part of an administration."""
        return self._observed[url]

    def vouched_for(self, url: str) -> list[Json]:
        """The provenances of a resource."""
        return self._vouched[url]


def _refill(known: _Known, url: str, one: Json, place: str) -> Refilled:
    """One refill. Its programme is the one that is written out; else the rate is a simple continuous one."""
    said = _extended(one, place)
    fluid = [_part(drug, strength, where) for drug, strength, where in _drugs(known, one, place)]
    said |= {"kind": "refilled", "happened_at": _moment(one, place), "fluid": fluid}
    said["pump_serial"] = _serial(known, one, place)
    said |= {"refilled_by": _performer(one), "second_checker": _verifier(known, url)}
    said |= {"note": "\n".join(note["text"] for note in one.get("note", [])) or None}
    for seen in known.observed_at(url):
        name = _observed_name(seen)
        if name is not None and name in MEASURED:
            said[name] = _amount(seen.get("valueQuantity"), name, f"{place} ({name})")
    if "programme" not in said:
        said["programme"] = _by_rate(one, place)
    try:
        entry = Refilled.model_validate({name: value for name, value in said.items() if value is not None})
    except ValidationError as error:
        raise EntryRefused(*(Fault(f"{place}.{f.field}", f"{place}: {f.says}") for f in faults_of(error))) from error
    _refuse_another_rate(one, entry, place)
    return entry


def _moment(one: Json, place: str) -> str:
    if "effectiveDateTime" not in one:
        raise _refused(f"{place}.effectiveDateTime", "is missing: say when the refill was")
    return str(one["effectiveDateTime"])


def _serial(known: _Known, one: Json, place: str) -> str:
    devices = one.get("device", [])
    if len(devices) != 1:
        raise _refused(f"{place}.device", f"names {len(devices)} devices: name the one pump that was refilled")
    serial = known.meant(devices[0], "Device", f"{place}.device").get("serialNumber")
    if not serial:
        raise _refused(f"{place}.device", "leads to a device without serialNumber: add it")
    return str(serial)


def _performer(one: Json) -> str | None:
    names = [str(who["actor"]["display"]) for who in one.get("performer", []) if "display" in who["actor"]]
    return names[0] if names else None


def _verifier(known: _Known, url: str) -> str | None:
    """Who signed as second checker, by the provenance of the refill."""
    for one in known.vouched_for(url):
        for agent in one["agent"]:
            codes = [(c.get("system"), c.get("code")) for c in agent.get("type", {}).get("coding", [])]
            if (PARTICIPANT_TYPE, "verifier") in codes:
                return str(agent["who"].get("display") or "") or None
    return None


def _observed_name(one: Json) -> str | None:
    codings = one["code"].get("coding", [])
    return next((str(coding.get("code")) for coding in codings if coding.get("system") == OBSERVED), None)


def _amount(quantity: Json | None, name: str, place: str) -> str:
    """A number in the one unit that its name allows, as exact text: nothing is converted."""
    wanted = next(code for end, code in sorted(UNITS.items(), key=lambda one: -len(one[0])) if name.endswith(end))
    if quantity is None or "value" not in quantity:
        raise _refused(place, f"has no number: give it in {wanted}")
    if (quantity.get("system"), quantity.get("code")) != (UCUM, wanted):
        raise _refused(place, f"is in {quantity.get('code') or 'no unit'}: give it in {wanted} of UCUM")
    return plain(Decimal(quantity["value"]))


def _extended(one: Json, place: str) -> dict[str, Any]:
    """What stands in extensions of our own; those of others are let be."""
    said: dict[str, Any] = {}
    for extended in one.get("extension", []):
        name = extended["url"].removeprefix(LOCAL)
        where = f"{place}.extension ({name})"
        if name in QUANTITIES:
            said[name] = _amount(extended.get("valueQuantity"), name, where)
        elif name in YES_NO:
            said[name] = extended.get("valueBoolean")
        elif name in AS_JSON:
            said[name] = _json_in(extended.get("valueString"), where)
        elif name == "place":
            said[name] = extended.get("valueCode")
    return said


def _json_in(text: str | None, place: str) -> Any:
    try:
        return json.loads(text or "", parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _refused(place, "holds no JSON that can be read: export it again") from error


def _drugs(known: _Known, one: Json, place: str) -> Iterator[tuple[Json, Json, str]]:
    """Each drug of the fluid with its strength: the medication itself, or those that a mixture is made of."""
    where = f"{place}.medicationReference"
    fluid = known.meant(one.get("medicationReference"), "Medication", where)
    parts = fluid.get("ingredient", [])
    if not parts:
        raise _refused(where, "leads to a medication without an ingredient: give its strength")
    for part in parts:
        drug = known.meant(part["itemReference"], "Medication", where) if "itemReference" in part else fluid
        yield drug, part.get("strength", {}), where


def _part(drug: Json, strength: Json, place: str) -> dict[str, Any]:
    """A drug of the fluid. Its concentration is the strength as it stands there, and comes from nowhere else."""
    per = _amount(strength.get("denominator"), "volume_ml", f"{place} (strength, for how much)")
    if per != "1":
        raise _refused(f"{place} (strength)", f"is for {per} mL: give it for 1 mL")
    batch = drug.get("batch", {})
    said = {
        "drug": drug.get("code", {}).get("text"),
        "concentration_mcg_per_ml": _amount(strength.get("numerator"), "mass_mcg", f"{place} (strength)"),
        "lot": batch.get("lotNumber"),
        "expiry_on": batch.get("expirationDate"),
    }
    for extended in drug.get("extension", []):
        name = extended["url"].removeprefix(LOCAL)
        said |= {"gtin": extended.get("valueString")} if name == "gtin" else {}
        said |= {"beyond_use_on": extended.get("valueDate")} if name == "beyond_use_on" else {}
    return {name: value for name, value in said.items() if value is not None}


def _by_rate(one: Json, place: str) -> dict[str, str]:
    rate = _amount(one.get("dosage", {}).get("rateQuantity"), "dose_mcg_per_day", f"{place}.dosage.rateQuantity")
    return {"mode": "simple_continuous", "dose_mcg_per_day": rate}


def _refuse_another_rate(one: Json, entry: Refilled, place: str) -> None:
    """Raise EntryRefused when the rate says something else than the programme that is written out beside it."""
    if isinstance(entry.programme, SingleBolus):
        return
    concentration = Fraction(entry.fluid[0].concentration_mcg_per_ml)
    programmed = plain(steady_dose_mcg_per_day(entry.programme, concentration))
    where = f"{place}.dosage.rateQuantity"
    said = _amount(one.get("dosage", {}).get("rateQuantity"), "dose_mcg_per_day", where)
    if said != programmed:
        raise _refused(where, f"is {said} ug/d, but the programme beside it gives {programmed}: mend one of the two")
