"""What was measured and scored, each an observation."""

from collections.abc import Iterator, Mapping
from typing import Final

from pumplog.entries import Deferred, Refilled, Scored
from pumplog.exports.fhir.parts import Json, instant, link, named, observed, quantity, resource, words
from pumplog.fhir.codes import OBSERVATION_CATEGORY, coding
from pumplog.fhir.facts import MEASURED
from pumplog.state import Holding


def measurements(
    held: Holding, entry: Refilled | Deferred, *, patient: Json, device: Json, part_of: Json | None
) -> list[Json]:
    """Every volume that was read at a visit, in mL."""
    read = ((name, text, getattr(entry, name, None)) for name, text in MEASURED.items())
    return [
        resource(
            "Observation",
            f"{held.said.event_id} {name}",
            partOf=[link(part_of)] if part_of else [],
            status=_status(held),
            category=[words("Procedure", coding(OBSERVATION_CATEGORY, "procedure"))],
            code=observed(name, text),
            subject=link(patient),
            effectiveDateTime=instant(entry.happened_at),
            valueQuantity=quantity(name, volume_ml),
            device=link(device),
        )
        for name, text, volume_ml in read
        if volume_ml is not None
    ]


def scores(held: Holding, entry: Scored, patient: Json) -> list[Json]:
    """Every grade as text: they are ordered categories, and 1+ is no number."""
    return [_score(held, entry, patient, *one) for one in _scored(entry)]


def _scored(entry: Scored) -> Iterator[tuple[str, str, str | None]]:
    """Each scale with its grade, and the joint where it is of one."""
    for one in entry.ashworth:
        yield "modified_ashworth", one.grade, f"{one.side} {one.joint}"
    for name in ("penn_frequency", "penn_severity", "pain", "itch", "side_effects", "falls_count"):
        said = getattr(entry, name)
        if said is not None:
            yield name, str(said), None
    for sign in entry.signs:
        yield sign, "present", None


_SCALE_WORDS: Final[Mapping[str, str]] = {
    "modified_ashworth": "Modified Ashworth Scale, grade",
    "penn_frequency": "Penn spasm frequency, 0 to 4",
    "penn_severity": "Penn spasm severity, 1 to 3",
    "pain": "Pain, 0 to 10",
    "itch": "Itch, 0 to 10",
    "side_effects": "Side effects, in words",
    "falls_count": "Falls since the last time of asking",
}


def _score(held: Holding, entry: Scored, patient: Json, scale: str, grade: str, where: str | None) -> Json:
    return resource(
        "Observation",
        f"{held.said.event_id} {scale} {where or ''}",
        status=_status(held),
        category=[words("Survey", coding(OBSERVATION_CATEGORY, "survey"))],
        code=observed(scale, _SCALE_WORDS.get(scale, f"Sign: {scale.replace('_', ' ')}")),
        subject=link(patient),
        effectiveDateTime=instant(entry.happened_at),
        performer=[named(entry.scored_by)] if entry.scored_by else [],
        valueString=grade,
        bodySite=words(where) if where else None,
    )


def _status(held: Holding) -> str:
    return "corrected" if held.replaced_by else "final"
