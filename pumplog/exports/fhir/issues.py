"""Refills that came too late or too early, and those that are late now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pumplog.exports.fhir.parts import Json, instant, link, resource, words
from pumplog.exports.words import days_words
from pumplog.fhir.codes import ACT_CODE, coding
from pumplog.outlook import NearMiss, Outlook, Tier, project
from pumplog.outlook.near_miss import HowNear
from pumplog.quantities import show_date
from pumplog.reference import Reference
from pumplog.state import PumpState, Visit

_LATE_NOW: Final = {
    Tier.EXPECTED_EMPTY: "high",
    Tier.PAST_ALARM: "high",
    Tier.OVERDUE: "moderate",
}


def late_now(row: Outlook, at: datetime, *, patient: Json, device: Json) -> Json | None:
    """That the refill is overdue on the day of the row; None where it is not, or where no date is known."""
    severity = _LATE_NOW.get(row.tier)
    if severity is None or row.refill_by is None or row.refill_by >= row.today:
        return None
    return resource(
        "DetectedIssue",
        f"{row.pump_id} late on {row.today.isoformat()}",
        status="preliminary",
        code=words("Refill overdue", coding(ACT_CODE, "TOOLATE")),
        severity=severity,
        patient=link(patient),
        identifiedDateTime=instant(at),
        implicated=[link(device)],
        detail=f"The refill was to be by {show_date(row.refill_by)} and is not on record.",
    )


def issues_of(
    state: PumpState,
    misses: Iterable[NearMiss],
    refills: Mapping[str, Json],
    *,
    reference: Reference,
    patient: Json,
) -> Iterator[Json]:
    """The issues of those refills that are in the bundle, by their event ids."""
    for miss in misses:
        if miss.event_id in refills:
            yield _was_late(miss, patient, refills[miss.event_id])
    for visit in state.visits:
        if visit.event_id in refills:
            yield from _was_early(visit, state, reference, patient, refills[visit.event_id])


def _was_late(miss: NearMiss, patient: Json, refill: Json) -> Json:
    """A refill after its refill-by, on or after the alarm date, or close to empty."""
    came = ", ".join(one.value.replace("_", " ") for one in miss.how)
    return resource(
        "DetectedIssue",
        miss.event_id,
        status="final",
        code=words("Refill too late", coding(ACT_CODE, "TOOLATE")),
        severity="moderate" if miss.how == (HowNear.AFTER_REFILL_BY,) else "high",
        patient=link(patient),
        identifiedDateTime=miss.refilled_on.isoformat(),
        implicated=[link(refill)],
        detail=f"The refill came {came}.",
    )


def _was_early(visit: Visit, state: PumpState, reference: Reference, patient: Json, refill: Json) -> Iterator[Json]:
    """A refill that came before the days in which one is due soon, by the clinic's own policy."""
    if not visit.since_fill:
        return
    refill_by = project(replace(state, standing=visit.since_fill[-1]), reference).day("refill_by")
    due_soon = timedelta(days=reference.policy.due_soon_days.value)
    if refill_by is None or visit.at.date() >= refill_by - due_soon:
        return
    ahead = days_words((refill_by - visit.at.date()).days)
    yield resource(
        "DetectedIssue",
        f"{visit.event_id} early",
        status="final",
        code=words("Refill early", coding(ACT_CODE, "TOOSOON")),
        severity="low",
        patient=link(patient),
        identifiedDateTime=instant(visit.at),
        implicated=[link(refill)],
        detail=f"The refill came {ahead} before it was due on {show_date(refill_by)}. It may have been meant so.",
    )
