"""Refills that came late or nearly too late: every one of them is a row, whoever remembers it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pumplog.entries import NearMissExplained
from pumplog.outlook.projection import project
from pumplog.reference import Reference
from pumplog.state import PumpState, Visit


class HowNear(StrEnum):
    """How near it was, the worst first."""

    AFTER_EMPTY = "after_empty"
    NEAR_EMPTY = "near_empty"
    AFTER_ALARM = "after_alarm"
    AFTER_REFILL_BY = "after_refill_by"


@dataclass(frozen=True)
class NearMiss:
    """One refill that came late, by the dates as they stood before it, and the cause if somebody gave one."""

    pump_id: str
    pump_serial: str
    patient_id: str | None
    patient_name: str | None
    event_id: str
    refilled_on: date
    how: tuple[HowNear, ...]
    refill_by: date | None
    alarm_date: date | None
    empty_date: date | None
    explained: NearMissExplained | None


def how_near(
    refilled_on: date,
    *,
    refill_by: date | None,
    alarm_date: date | None,
    empty_date: date | None,
    near_empty_days: int,
) -> tuple[HowNear, ...]:
    """How late a refill came. The bounds are those of the tiers, and `near_empty_days` before empty is near."""
    found = []
    if empty_date is not None:
        if refilled_on >= empty_date:
            found.append(HowNear.AFTER_EMPTY)
        elif (empty_date - refilled_on).days <= near_empty_days:
            found.append(HowNear.NEAR_EMPTY)
    if alarm_date is not None and refilled_on >= alarm_date:
        found.append(HowNear.AFTER_ALARM)
    if refill_by is not None and refilled_on > refill_by:
        found.append(HowNear.AFTER_REFILL_BY)
    return tuple(found)


def near_misses_of(state: PumpState, reference: Reference, since: date) -> Iterator[NearMiss]:
    """The near misses of one pump from a day on, in the order in which they happened."""
    for visit in state.visits:
        if visit.entry.kind == "refilled" and visit.at.date() >= since and visit.since_fill:
            found = _near_miss(visit, state, reference)
            if found is not None:
                yield found


def dates_before(visit: Visit, state: PumpState, reference: Reference) -> dict[str, date | None]:
    """Refill-by, alarm date and empty date as they stood just before a refill."""
    before = project(replace(state, standing=visit.since_fill[-1]), reference)
    return {name: before.day(name) for name in ("refill_by", "alarm_date", "empty_date")}


def _near_miss(visit: Visit, state: PumpState, reference: Reference) -> NearMiss | None:
    dates = dates_before(visit, state, reference)
    how = how_near(visit.at.date(), near_empty_days=reference.policy.near_empty_days.value, **dates)
    if not how:
        return None
    registered = state.registered
    return NearMiss(
        pump_id=state.pump_id,
        pump_serial=registered.pump_serial if registered else visit.entry.pump_serial,
        patient_id=registered.patient.patient_id if registered else None,
        patient_name=registered.patient.name if registered else None,
        event_id=visit.event_id,
        refilled_on=visit.at.date(),
        how=how,
        explained=state.calls.explained.get(visit.event_id),
        **dates,
    )
