"""JUDGEMENT before writing: an entry and the state of its pump, to refusals and findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pumplog.entries import (
    AnyEntry,
    Corrected,
    Deferred,
    Refilled,
    Registered,
    Reprogrammed,
)
from pumplog.errors import EntryRefused, Fault
from pumplog.reference import Reference
from pumplog.rules import impossible
from pumplog.rules.alarms import faults_of_alarm, findings_of_alarm
from pumplog.rules.findings import Finding, Weight
from pumplog.rules.impossible import PREVIEW_ID
from pumplog.rules.registration import findings_of_registration
from pumplog.rules.visit import (
    findings_of_fill,
    findings_of_programme,
    findings_of_programmer,
    findings_of_residual,
    residual_of,
)
from pumplog.state import PumpState, Said, Visit, fold_pump


@dataclass(frozen=True)
class Judgement:
    """The findings about an entry, and the state of its pump as it would be with it."""

    findings: tuple[Finding, ...]
    after: PumpState


def judge(
    entry: AnyEntry,
    events: tuple[Said, ...],
    *,
    pump_id: str,
    by: str,
    now: datetime,
    reference: Reference,
    imported: bool = False,
) -> Judgement:
    """Judge an entry against the events of its pump, before it is written.

    Raises EntryRefused with every fault. An imported visit is history: its findings are told, none blocks it.
    """
    zone = reference.policy.zone_info
    before = fold_pump(pump_id, events, zone=zone) if events else None
    sequence = events[-1].sequence + 1 if events else 1
    said = Said(PREVIEW_ID, sequence, entry, now, by)
    faults = [*impossible.faults_of_time(entry, before, now=now), *impossible.faults_of_pump(entry, before)]
    if faults:
        raise EntryRefused(*faults)
    after = fold_pump(pump_id, (*events, said), zone=zone)
    if before is not None:
        faults = [
            *impossible.faults_of_leaving(entry, before, zone),
            *_faults(entry, before, after, reference, imported=imported),
        ]
    if faults:
        raise EntryRefused(*faults)
    if isinstance(entry, Corrected) and entry.replacement is not None:
        return _judge_replacement(entry, entry.replacement, events, after, now=now, reference=reference)
    return Judgement(tuple(_findings(entry, PREVIEW_ID, after, reference, zone)), after)


def _judge_replacement(
    correction: Corrected,
    replacement: AnyEntry,
    events: tuple[Said, ...],
    after: PumpState,
    *,
    now: datetime,
    reference: Reference,
) -> Judgement:
    """A replacement must hold up as if it had been said in the first place."""
    zone = reference.policy.zone_info
    pump_id = after.pump_id
    others = tuple(said for said in events if said.event_id != correction.target_event_id)
    without = fold_pump(pump_id, others, zone=zone)
    said = Said(PREVIEW_ID, events[-1].sequence + 1, replacement, now, "")
    alone = fold_pump(pump_id, (*others, said), zone=zone)
    faults = list(impossible.faults_of_time(replacement, None, now=now))
    if not isinstance(replacement, Registered):
        faults += impossible.faults_of_leaving(replacement, without, zone)
        faults += _faults(replacement, without, alone, reference, imported=False)
    else:
        faults += impossible.faults_of_pump(replacement, None)
    if faults:
        raise EntryRefused(*(Fault(f"replacement.{fault.field}", fault.says) for fault in faults))
    return Judgement(tuple(_findings(replacement, PREVIEW_ID, alone, reference, zone)), after)


def _faults(
    entry: AnyEntry, before: PumpState, after: PumpState, reference: Reference, *, imported: bool
) -> Iterator[Fault]:
    if before.registered is None:
        return
    capacity_ml = before.registered.pump.capacity_ml
    match entry:
        case Refilled():
            yield from impossible.faults_of_refill(
                entry, before, after, reference, capacity_ml=capacity_ml, imported=imported
            )
        case Deferred():
            yield from impossible.faults_of_deferral(entry, before, capacity_ml=capacity_ml)
        case Reprogrammed():
            yield from impossible.faults_of_change(entry, before, capacity_ml=capacity_ml)
        case Corrected():
            yield from impossible.faults_of_correction(entry, before)
        case _:
            yield from faults_of_alarm(entry, before, reference)


def _findings(
    entry: AnyEntry, event_id: str, after: PumpState, reference: Reference, zone: ZoneInfo
) -> Iterator[Finding]:
    if isinstance(entry, Registered):
        yield from findings_of_registration(entry, reference)
    yield from findings_of_alarm(entry, event_id, after, reference)
    visit = next((visit for visit in reversed(after.visits) if visit.event_id == event_id), None)
    if visit is None:
        return
    yield from findings_of_residual(visit, reference.policy)
    if isinstance(entry, Refilled):
        yield from findings_of_fill(entry, after, reference, entry.happened_at.astimezone(zone).date())
    if isinstance(entry, Refilled | Reprogrammed):
        before = visit.since_fill[-1] if visit.since_fill else None
        yield from findings_of_programme(entry, before, visit.standing, after, reference)
    stands = after.standing is not None and after.standing.event_id == visit.event_id
    if isinstance(entry, Refilled) and stands:
        yield from findings_of_programmer(entry, after, reference)


def unanswered(entry: AnyEntry, findings: tuple[Finding, ...], *, by: str) -> list[Fault]:
    """What must still be answered before saving: a reason for each CONFIRM and STOP, a second person for a STOP."""
    source = entry.replacement if isinstance(entry, Corrected) and entry.replacement else entry
    confirmed = {**source.confirmed, **entry.confirmed}
    faults = [
        Fault(f"confirmed.{finding.code}", f"{finding.says} Type a reason to go on.")
        for finding in findings
        if finding.weight is not Weight.NOTE and finding.code not in confirmed
    ]
    stops = [finding for finding in findings if finding.weight is Weight.STOP]
    checker = source.second_checker if isinstance(source, Refilled | Deferred) else None
    if stops and (checker is None or _same_person(checker, by)):
        faults.append(
            Fault("second_checker", "This is a STOP: a second person, not the one who records, must be named.")
        )
    return faults


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


__all__ = ["PREVIEW_ID", "Finding", "Judgement", "Visit", "Weight", "judge", "residual_of", "unanswered"]
