"""When a pump is to be replaced, by when that is to be planned, and how far it is: gone through anew each day."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pumplog.quantities import show_date
from pumplog.reference import ALARM_KINDS, Reference
from pumplog.state import PumpState

ERI, END = "ELECTIVE_REPLACEMENT", "END_OF_SERVICE"


class ReplacementStage(StrEnum):
    """How a replacement stands, the worst first."""

    OVERDUE = "overdue"
    TOO_LATE = "planned too late"
    TO_PLAN = "to be planned"
    PLANNED = "planned"
    AHEAD = "ahead"

    @property
    def is_red(self) -> bool:
        """Whether the pump's end would come, or came, before its replacement."""
        return self in (ReplacementStage.OVERDUE, ReplacementStage.TOO_LATE)


@dataclass(frozen=True)
class Replacement:
    """A pump that comes to the end of its battery: replace by, plan by, what is planned, and why."""

    pump_id: str
    pump_serial: str
    patient_name: str | None
    phone: str | None
    stage: ReplacementStage
    replace_by: date
    plan_by: date
    planned_on: date | None
    planned_where: str | None
    because: str
    says: str


def replacement_of(state: PumpState, reference: Reference, today: date) -> Replacement | None:
    """How the replacement of a pump stands on a day; None while nothing says when its battery ends.

    The earliest of: the elective replacement date as last typed; 90 days from when that alarm was first heard; the
    day on which the end of service was heard. A closed alarm counts on: closing it changes no battery.
    """
    reasons = _reasons(state, reference)
    if not reasons or state.retired is not None:
        return None
    replace_by, because = min(reasons)
    plan_by = replace_by - timedelta(days=reference.policy.replacement_ahead_days.value)
    plan = state.alarms.replacement.said if state.alarms.replacement else None
    stage = _stage(today, replace_by, plan_by, plan.planned_on if plan else None)
    registered = state.registered
    return Replacement(
        pump_id=state.pump_id,
        pump_serial=registered.pump_serial if registered else state.pump_id,
        patient_name=registered.patient.name if registered else None,
        phone=registered.patient.phone if registered else None,
        stage=stage,
        replace_by=replace_by,
        plan_by=plan_by,
        planned_on=plan.planned_on if plan else None,
        planned_where=plan.where if plan else None,
        because=because,
        says=_says(stage, replace_by, plan_by, plan.planned_on if plan else None),
    )


def _reasons(state: PumpState, reference: Reference) -> list[tuple[date, str]]:
    zone = reference.policy.zone_info
    found = []
    if state.eri_on is not None:
        found.append((state.eri_on, f"elective replacement date {show_date(state.eri_on)}, as typed from the pump"))
    for code in (ERI, END):
        within = ALARM_KINDS[code].replace_within_days
        days = within.value if within else 0
        for alarm in state.alarms.heard_of(code):
            heard_on = alarm.heard.happened_at.astimezone(zone).date()
            words = ALARM_KINDS[code].words
            found.append((heard_on + timedelta(days=days), f"alarm heard {show_date(heard_on)}: {words}"))
    return found


def _stage(today: date, replace_by: date, plan_by: date, planned_on: date | None) -> ReplacementStage:
    """Level by level: a plan whose day has gone by without a new pump is overdue again, and says so."""
    if replace_by < today or (planned_on is not None and planned_on < today):
        return ReplacementStage.OVERDUE
    if planned_on is not None:
        return ReplacementStage.TOO_LATE if planned_on > replace_by else ReplacementStage.PLANNED
    return ReplacementStage.TO_PLAN if plan_by <= today else ReplacementStage.AHEAD


def _says(stage: ReplacementStage, replace_by: date, plan_by: date, planned_on: date | None) -> str:
    by = f"Replace by {show_date(replace_by)}"
    match stage:
        case ReplacementStage.OVERDUE if planned_on is not None:
            return f"OVERDUE: planned for {show_date(planned_on)}, and this pump is still in use. {by}."
        case ReplacementStage.OVERDUE:
            return f"OVERDUE: replace by {show_date(replace_by)}; no replacement is planned."
        case ReplacementStage.TOO_LATE if planned_on is not None:
            return f"Planned for {show_date(planned_on)}, TOO LATE: replace by {show_date(replace_by)}."
        case ReplacementStage.TO_PLAN:
            return f"{by}; to be planned since {show_date(plan_by)}, at least 3 months ahead."
        case ReplacementStage.PLANNED if planned_on is not None:
            return f"{by}; planned for {show_date(planned_on)}."
        case _:
            return f"{by}; to be planned by {show_date(plan_by)}."
