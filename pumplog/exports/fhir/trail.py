"""Who said it, who signed under it, and what was written when: provenance and the audit trail."""

from pumplog.entries import Corrected
from pumplog.exports.fhir.parts import Json, instant, link, named, resource, there, words
from pumplog.fhir.codes import DATA_OPERATION, DICOM, PARTICIPANT_TYPE, coding
from pumplog.state import Holding, LogLine


def provenance(held: Holding, targets: list[Json]) -> Json:
    """Whence the resources of an entry are: who wrote it as it holds now, who did it, who signed under it."""
    written = held.replaced_by or held.said
    correction = written.entry if isinstance(written.entry, Corrected) else None
    operation = ("Correction", "UPDATE") if correction else ("Entry", "CREATE")
    people = (
        ("enterer", written.recorded_by),
        ("performer", getattr(held.entry, "refilled_by", None)),
        ("verifier", getattr(held.entry, "second_checker", None)),
    )
    return resource(
        "Provenance",
        held.said.event_id,
        target=[link(one) for one in targets],
        occurredDateTime=instant(held.entry.happened_at),
        recorded=instant(written.recorded_at_utc),
        reason=[words(correction.reason)] if correction else [],
        activity=words(operation[0], coding(DATA_OPERATION, operation[1])),
        agent=[
            {"type": words(role, coding(PARTICIPANT_TYPE, role)), "who": named(name)} for role, name in people if name
        ],
    )


def audit_event(line: LogLine, about: Json | None) -> Json:
    """One event of the log, whatever its kind and whatever became of it, with its place in the log."""
    said = line.said
    details = [("event_id", said.event_id), ("sequence", str(said.sequence))]
    if line.corrected_how:
        details.append(("corrected_how", line.corrected_how))
    entity = {
        "what": link(about) if about else None,
        "name": said.kind,
        "detail": [{"type": name, "valueString": value} for name, value in details],
    }
    return resource(
        "AuditEvent",
        said.event_id,
        type=coding(DICOM, "110110"),
        action="U" if said.kind == "corrected" else "C",
        recorded=instant(said.recorded_at_utc),
        outcome="0",
        agent=[{"who": named(said.recorded_by), "requestor": True}],
        source={"observer": named("pumplog")},
        entity=[there(entity)],
    )
