"""A low-reservoir alarm that was heard, against the projection of that day: shown as evidence, applied by nobody."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from pumplog.calc.course import volume_taken_ml
from pumplog.calc.formula import Answer
from pumplog.calc.low_alarm import LOW_ALARM
from pumplog.errors import CalculationRefused
from pumplog.outlook.projection import project
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Reference
from pumplog.state import Alarm, PumpState, Standing
from pumplog.state.course import Boluses, course_of, elapsed_days

LOW: tuple[str, ...] = ("LOW_RESERVOIR", "UNKNOWN_SINGLE_BEEP")


@dataclass(frozen=True)
class LowAlarm:
    """What a low-reservoir alarm says about the flow: the answer with its working, beside the projection."""

    answer: Answer
    heard_on: date
    alarm_date: date
    early_alarm_date: date | None
    late_alarm_date: date | None
    within: bool
    says: str


def low_alarm_of(alarm: Alarm, state: PumpState, reference: Reference) -> LowAlarm | None:
    """The evidence of an alarm that was, or may have been, a low reservoir; None when there is no projection."""
    at = alarm.heard.happened_at
    standings = standings_at(state, at)
    if not set(alarm.codes) & set(LOW) or not standings:
        return None
    projection = project(replace(state, standing=standings[-1]), reference)
    alarm_date = projection.day("alarm_date")
    if alarm_date is None:
        return None
    heard_on = at.astimezone(reference.policy.zone_info).date()
    known = {
        "volume_after_fill_ml": standings[0].volume_ml,
        "alarm_volume_ml": standings[-1].alarm_volume_ml,
        "programmed_ml": _programmed_ml(standings, at),
        "alarm_date": alarm_date,
        "heard_on": heard_on,
    }
    try:
        answer = LOW_ALARM.explain(known)
    except CalculationRefused:
        return None
    low, high = reference.policy.band_slow_ratio.value, reference.policy.band_fast_ratio.value
    within = low <= answer["implied_flow_ratio"] <= high
    early, late = projection.day("early_alarm_date"), projection.day("late_alarm_date")
    says = _says(answer, early, late, within=within)
    return LowAlarm(answer, heard_on, alarm_date, early, late, within, says)


def standings_at(state: PumpState, at: datetime) -> tuple[Standing, ...]:
    """The standings from the last known volume to a moment, in order: empty before the first fill."""
    visits = state.visits
    after = next((visit for visit in visits if visit.at > at), None)
    if after is not None:
        return after.since_fill
    if not visits:
        return ()
    last = visits[-1]
    return (last.standing,) if last.entry.kind != "reprogrammed" else (*last.since_fill, last.standing)


def _programmed_ml(standings: tuple[Standing, ...], at: datetime) -> object:
    ends = [*(standing.since for standing in standings[1:]), at]
    return sum(
        volume_taken_ml(course_of(standing, Boluses.AS_USED), elapsed_days(standing.since, end))
        for standing, end in zip(standings, ends, strict=True)
    )


def _says(answer: Answer, early: date | None, late: date | None, *, within: bool) -> str:
    days = answer["days_of_lead"]
    lead = "on the projected date"
    if days:
        count = "1 day" if abs(days) == 1 else f"{abs(days):,} days"
        lead = f"{count} {'before' if days > 0 else 'after'} the projected date"
    band = f" (band {show_date(early)} to {show_date(late)})" if early and late else ""
    ratio = show(answer["implied_flow_ratio"], Unit.RATIO, 2)
    accuracy = "within" if within else "outside"
    return (
        f"Heard {show_date(answer['heard_on'])}, {lead}, {show_date(answer['alarm_date'])}{band}: "
        f"that would be {ratio} times the programmed flow, {accuracy} the pump's accuracy. "
        "Evidence only: no date was changed by it."
    )
