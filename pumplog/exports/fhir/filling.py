"""What was filled and programmed: medications and administrations."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from pumplog.entries import Refilled, Reprogrammed
from pumplog.entries.programme import Programme, SingleBolus
from pumplog.entries.refilled import Component
from pumplog.exports.fhir.parts import (
    Json,
    drug_words,
    extension,
    instant,
    link,
    named,
    quantity,
    resource,
    there,
    words,
)
from pumplog.exports.words import programme_lines
from pumplog.fhir.codes import SNOMED, coding
from pumplog.fhir.facts import AS_JSON, PROGRAMME_CHANGE, QUANTITIES, REFILL, YES_NO
from pumplog.reference import Reference
from pumplog.state.course import steady_dose_mcg_per_day

MIXTURE: Final = "Mixture in fixed proportion; its first drug is the one that the dose is programmed for"


def medications(event_id: str, fluid: tuple[Component, ...], reference: Reference) -> list[Json]:
    """The fluid: a drug is a medication; a mixture is one of its own, made of those of its drugs, and stands last."""
    drugs = [_drug(f"{event_id} {place}", part, reference) for place, part in enumerate(fluid, start=1)]
    if len(drugs) == 1:
        return drugs
    parts = [
        {"itemReference": link(drug), "isActive": True, "strength": _strength(part)}
        for drug, part in zip(drugs, fluid, strict=True)
    ]
    return [*drugs, resource("Medication", event_id, code=words(MIXTURE), ingredient=parts)]


def _drug(key: str, part: Component, reference: Reference) -> Json:
    concept = drug_words(part.drug, reference)
    batch = {"lotNumber": part.lot, "expirationDate": part.expiry_on.isoformat() if part.expiry_on else None}
    beyond_use = part.beyond_use_on.isoformat() if part.beyond_use_on else None
    return resource(
        "Medication",
        key,
        extension=[
            *([extension("gtin", "String", part.gtin)] if part.gtin else []),
            *([extension("beyond_use_on", "Date", beyond_use)] if beyond_use else []),
        ],
        code=concept,
        ingredient=[{"itemCodeableConcept": concept, "isActive": True, "strength": _strength(part)}],
        batch=there(batch),
    )


def _strength(part: Component) -> Json:
    one_ml = quantity("volume_ml", Fraction(1))
    return {"numerator": quantity("mass_mcg", part.concentration_mcg_per_ml), "denominator": one_ml}


def administration(
    event_id: str,
    entry: Refilled | Reprogrammed,
    fluid: tuple[Component, ...],
    medication: Json | None,
    *,
    patient: Json,
    device: Json,
) -> Json:
    """A refill, or a change of programme between refills, with what the pump is programmed to give from then on."""
    by = entry.refilled_by if isinstance(entry, Refilled) else entry.prescriber
    concentration = Fraction(fluid[0].concentration_mcg_per_ml) if fluid else Fraction(0)
    unknown = None if medication else words("Not on record: no refill came before")
    return resource(
        "MedicationAdministration",
        event_id,
        extension=list(_extensions(entry)),
        status="completed",
        category=words(REFILL if isinstance(entry, Refilled) else PROGRAMME_CHANGE),
        medicationReference=link(medication) if medication else None,
        medicationCodeableConcept=unknown,
        subject=link(patient),
        effectiveDateTime=instant(entry.happened_at),
        performer=[{"actor": named(by)}] if by else [],
        device=[link(device)],
        note=[{"text": entry.note}] if entry.note else [],
        dosage=_dosage(entry.programme, concentration),
    )


def _dosage(programme: Programme, concentration_mcg_per_ml: Fraction) -> Json:
    """The programme in words, and its mean dose a day; of one bolus, its dose."""
    told = {"text": "; ".join(programme_lines(programme)), "route": words("Intrathecal", coding(SNOMED, "72607000"))}
    if isinstance(programme, SingleBolus):
        return told | {"dose": quantity("bolus_mcg", programme.bolus_mcg)}
    rate = steady_dose_mcg_per_day(programme, concentration_mcg_per_ml)
    return told | {"rateQuantity": quantity("dose_mcg_per_day", rate)}


def _extensions(entry: Refilled | Reprogrammed) -> Iterator[Json]:
    if entry.place is not None:
        yield extension("place", "Code", entry.place)
    for name in QUANTITIES:
        if (amount := getattr(entry, name, None)) is not None:
            yield extension(name, "Quantity", quantity(name, amount))
    for name in YES_NO:
        if (answer := getattr(entry, name, None)) is not None:
            yield extension(name, "Boolean", answer)
    for name in AS_JSON:
        if (part := getattr(entry, name)) is not None:
            yield extension(name, "String", part.model_dump_json(exclude_none=True))
