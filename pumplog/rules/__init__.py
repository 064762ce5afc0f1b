"""JUDGEMENT before writing: an entry and the state of its pump, to refusals and findings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pumplog.entries import (
    AnyEntry,
    Booked,
    BookingChanged,
    Contacted,
    Corrected,
    Deferred,
    NearMissExplained,
    Refilled,
    Registered,
    Reprogrammed,
    TransferConfirmed,
    Wasted,
)
from pumplog.errors import EntryRefused, Fault
from pumplog.reference import Reference
from pumplog.rules import impossible
from pumplog.rules.alarms import faults_of_alarm, findings_of_alarm
from pumplog.rules.calls import faults_of_call, findings_of_call
from pumplog.rules.clinical import faults_of_clinical, findings_of_clinical
from pumplog.rules.findings import Finding, Weight
from pumplog.rules.impossible import PREVIEW_ID
from pumplog.rules.moved import what_moved
from pumplog.rules.own_ratio import faults_of_ratio, findings_of_drift
from pumplog.rules.programme import findings_of_programme
from pumplog.rules.programmer import Compared, Four, findings_of_programmer, found_of, found_sides_of, sides_of
from pumplog.rules.registration import findings_of_registration
from pumplog.rules.replaced import findings_of_taking_back
from pumplog.rules.restart import findings_of_restart
from pumplog.rules.visit import (
    finding_of_answer,
    findings_of_drawn_change,
    findings_of_emptying,
    findings_of_fill,
    findings_of_residual,
    residual_of,
)
from pumplog.rules.waste import faults_of_waste, findings_of_waste
from pumplog.state import PumpState, Said, Visit, fold_pump


@dataclass(frozen=True)
class Judgement:
    """The findings about an entry, the state of its pump as it would be with it, and programmer says, we say.

    `programmer_found` is what the programmer said before the visit, beside what was known then.
    """

    findings: tuple[Finding, ...]
    after: PumpState
    programmer: tuple[Compared, ...] = ()
    programmer_found: tuple[Compared, ...] = ()


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
            *faults_of_waste(entry, before, by=by),
        ]
    if faults:
        raise EntryRefused(*faults)
    if isinstance(entry, Corrected) and entry.replacement is not None:
        return _judge_replacement(entry, entry.replacement, events, after, now=now, reference=reference)
    return _judgement(entry, before, after, after, reference)


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
        faults += faults_of_waste(replacement, without, by="")
    else:
        faults += impossible.faults_of_pump(replacement, None)
    if faults:
        raise EntryRefused(*(Fault(f"replacement.{fault.field}", fault.says) for fault in faults))
    return _judgement(replacement, without, alone, after, reference)


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
        case Contacted() | Booked() | BookingChanged() | TransferConfirmed() | NearMissExplained():
            yield from faults_of_call(entry, before, reference.policy.zone_info)
        case _:
            yield from faults_of_alarm(entry, before, reference)
            yield from faults_of_clinical(entry, before, reference, reference.policy.zone_info)
            yield from faults_of_ratio(entry, before, reference.policy)


def _judgement(
    entry: AnyEntry, before: PumpState | None, alone: PumpState, after: PumpState, reference: Reference
) -> Judgement:
    """The judgement of an entry that lies in `alone` as it was said; `after` is what will be known then."""
    visit = next((visit for visit in reversed(alone.visits) if visit.event_id == PREVIEW_ID), None)
    sides = sides_of(entry, visit, alone, reference) if isinstance(entry, Refilled) and visit else ()
    found: tuple[Compared, ...] = ()
    if isinstance(entry, Refilled | Deferred) and visit and before:
        found = found_sides_of(found_of(entry), visit, before, reference)
    findings = [*_findings(entry, visit, alone, reference), *findings_of_programmer((*found, *sides))]
    return Judgement(tuple(findings), after, sides, found)


def _findings(entry: AnyEntry, visit: Visit | None, after: PumpState, reference: Reference) -> Iterator[Finding]:
    if isinstance(entry, Registered):
        yield from findings_of_registration(entry, reference)
    yield from findings_of_alarm(entry, PREVIEW_ID, after, reference)
    yield from findings_of_call(entry, after, reference)
    if isinstance(entry, Corrected):
        yield from findings_of_taking_back(entry, after)
    yield from findings_of_clinical(entry, PREVIEW_ID, after, reference)
    if isinstance(entry, Wasted):
        yield from findings_of_waste(entry, (), reference)
    if visit is None:
        return
    yield from findings_of_residual(visit, reference.policy)
    yield from findings_of_drift(visit, after, reference.policy)
    if isinstance(entry, Refilled | Deferred):
        yield from findings_of_drawn_change(entry)
        fluid_before = visit.since_fill[-1].fluid if visit.since_fill else ()
        yield from findings_of_waste(entry, fluid_before, reference)
    if isinstance(entry, Refilled):
        yield from findings_of_emptying(visit, after)
        yield from findings_of_fill(entry, after, reference, visit.at.date())
    if isinstance(entry, Refilled | Reprogrammed):
        before = visit.since_fill[-1] if visit.since_fill else None
        yield from findings_of_programme(entry, before, visit.standing, after, reference)
        yield from findings_of_restart(entry, visit, after, reference)


def unanswered(entry: AnyEntry, findings: tuple[Finding, ...], *, by: str) -> list[Fault]:
    """What must still be answered before saving: a reason for each CONFIRM and STOP, a second person where needed."""
    source = entry.replacement if isinstance(entry, Corrected) and entry.replacement else entry
    confirmed = {**source.confirmed, **entry.confirmed}
    faults = [
        Fault(f"confirmed.{finding.code}", f"{finding.says} Type a reason to go on.")
        for finding in findings
        if finding.weight is not Weight.NOTE and finding.code not in confirmed
    ]
    checker = getattr(source, "second_checker", None)
    if needs_second(findings) and (checker is None or _same_person(checker, by)):
        says = f"{second_says(findings)}: a second person, not the one who records, must sign."
        faults.append(Fault("second_checker", says))
    return faults


def needs_second(findings: Iterable[Finding]) -> bool:
    """Whether an entry with these findings takes a second person."""
    return any(finding.needs_second for finding in findings)


def second_says(findings: Iterable[Finding]) -> str:
    """Why a second person is needed, in words: what they are asked to look at."""
    needing = [finding for finding in findings if finding.needs_second]
    reasons = ["This is a STOP"] if any(one.weight is Weight.STOP for one in needing) else []
    codes = {finding.code for finding in needing}
    if codes & {"concentration_change", "bridge_not_given"}:
        reasons.append("The concentration changes")
    if "dose_step" in codes:
        reasons.append("The dose changes by more than one person may change it")
    return "; ".join(reasons) or "Two people look at this"


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


__all__ = [
    "PREVIEW_ID",
    "Compared",
    "Finding",
    "Four",
    "Judgement",
    "Visit",
    "Weight",
    "finding_of_answer",
    "found_sides_of",
    "judge",
    "needs_second",
    "residual_of",
    "second_says",
    "unanswered",
    "what_moved",
]
