"""From a programme and a concentration to the course that the volume takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import assert_never

from pumplog.calc.course import Course, Leg, volume_taken_ml
from pumplog.calc.dose import flow_dose_mcg_per_day, periodic_bolus_dose_mcg_per_day
from pumplog.entries import Deferred, Refilled
from pumplog.entries.programme import (
    WEEKDAYS,
    FixedFlow,
    Flex,
    FlexStep,
    MinimumRate,
    PeriodicBolus,
    Programme,
    SimpleContinuous,
    SingleBolus,
    Stopped,
)
from pumplog.entries.refilled import Bridge
from pumplog.state.model import Standing, Visit

_NOTHING = Fraction(0)


class Boluses(StrEnum):
    """Which patient boluses a course counts: all that are allotted (for planning), those in fact used, none."""

    ALLOTTED = "allotted"
    AS_USED = "as used"
    NONE = "none"


def course_of(standing: Standing, boluses: Boluses = Boluses.ALLOTTED) -> Course:
    """The course that the volume takes from a standing on: what went at once, the bridge, the programme.

    The pump's own clock is taken to show the clinic's time when the programme starts, and to run on.
    """
    programme = standing.programme
    concentration = Fraction(standing.concentration_mcg_per_ml)
    at_once_ml = standing.at_once_ml
    first: tuple[Leg, ...] = ()
    bridge_days = Fraction(standing.bridge_hours) / 24
    if standing.bridge_ml > 0 and bridge_days > 0:
        first = (Leg(bridge_days, standing.bridge_ml / bridge_days),)
    else:
        at_once_ml += standing.bridge_ml
    if isinstance(programme, SingleBolus):
        at_once_ml += Fraction(programme.bolus_mcg) / concentration
    bolus_flow = patient_bolus_mcg_per_day(programme, boluses) / concentration
    if isinstance(programme, Flex):
        legs = _week_from(programme, concentration, standing.since, sum((leg.length_days for leg in first), _NOTHING))
    else:
        legs = (Leg(Fraction(1), steady_dose_mcg_per_day(programme, concentration) / concentration),)
    return Course(at_once_ml, first, tuple(Leg(leg.length_days, leg.flow_ml_per_day + bolus_flow) for leg in legs))


def patient_bolus_mcg_per_day(programme: Programme, boluses: Boluses) -> Fraction:
    """Patient boluses that a course counts in a day [mcg/day]; what is used is the allotted when nobody knows."""
    if boluses is Boluses.NONE or isinstance(programme, Stopped | SingleBolus):
        return _NOTHING
    used = programme.actual_patient_bolus_mcg_per_day
    if boluses is Boluses.AS_USED and used is not None:
        return Fraction(used)
    return Fraction(programme.max_patient_bolus_mcg_per_day)


def elapsed_days(start: datetime, end: datetime) -> Fraction:
    """Real time between two instants [days], exact to the microsecond."""
    passed = end.astimezone(UTC) - start.astimezone(UTC)
    return Fraction(passed // timedelta(microseconds=1), 86_400_000_000)


@dataclass(frozen=True)
class ExpectedVolume:
    """The volume expected at a programme change: the last known one less what every programme since took.

    Worked out when asked for: a fold goes by ten years of programme changes, and the board asks for the last.
    """

    since_fill: tuple[Standing, ...]
    at: datetime

    @cached_property
    def volume_ml(self) -> Fraction:
        """The volume [mL], never below 0."""
        volume_ml = self.since_fill[0].volume_ml
        ends = [*(standing.since for standing in self.since_fill[1:]), self.at]
        for standing, end in zip(self.since_fill, ends, strict=True):
            taken = volume_taken_ml(course_of(standing), elapsed_days(standing.since, end))
            volume_ml = max(_NOTHING, volume_ml - taken)
        return volume_ml


def programmed_ml(visit: Visit) -> Fraction | None:
    """Volume programmed from the last known volume to a visit [mL]: all doses, bridges and boluses.

    Patient boluses count as read from the pump at the visit when typed, else as known to be used, else as allotted.
    None before the first fill.
    """
    if not visit.since_fill:
        return None
    used_mcg = visit.entry.patient_boluses_used_mcg if isinstance(visit.entry, Refilled | Deferred) else None
    boluses = Boluses.AS_USED if used_mcg is None else Boluses.NONE
    ends = [*(standing.since for standing in visit.since_fill[1:]), visit.at]
    taken = sum(
        (
            volume_taken_ml(course_of(standing, boluses), elapsed_days(standing.since, end))
            for standing, end in zip(visit.since_fill, ends, strict=True)
        ),
        _NOTHING,
    )
    if used_mcg is not None:
        taken += Fraction(used_mcg) / Fraction(visit.since_fill[-1].concentration_mcg_per_ml)
    return taken


def steady_dose_mcg_per_day(programme: Programme, concentration_mcg_per_ml: Fraction) -> Fraction:
    """Dose per day [mcg/day] of a programme that does not change by the hour; 0 for a stopped pump."""
    match programme:
        case SimpleContinuous():
            return Fraction(programme.dose_mcg_per_day)
        case PeriodicBolus():
            return Fraction(
                periodic_bolus_dose_mcg_per_day(
                    Fraction(programme.background_mcg_per_day),
                    Fraction(programme.bolus_mcg),
                    Fraction(programme.every_hours),
                )
            )
        case MinimumRate() | FixedFlow():
            return Fraction(flow_dose_mcg_per_day(Fraction(programme.flow_ml_per_day), concentration_mcg_per_ml))
        case Stopped() | SingleBolus():
            return _NOTHING
        case Flex():
            return flex_week_mcg(programme) / 7
        case _:
            assert_never(programme)


def flex_week_mcg(programme: Flex) -> Fraction:
    """Dose of a whole week of a flex programme [mcg]."""
    steps_of = _steps_by_weekday(programme)
    return sum(
        (Fraction(step.hours) * Fraction(step.rate_mcg_per_hour) for steps in steps_of.values() for step in steps),
        _NOTHING,
    )


def _steps_by_weekday(programme: Flex) -> Mapping[str, tuple[FlexStep, ...]]:
    return MappingProxyType({weekday: day.steps for day in programme.days for weekday in day.weekdays})


def _week_from(
    programme: Flex, concentration: Fraction, starts_at: datetime, elapsed_days: Fraction
) -> tuple[Leg, ...]:
    """The week of a flex programme as legs, turned so that it begins where the course does."""
    steps_of = _steps_by_weekday(programme)
    legs = [
        Leg(Fraction(step.hours) / 24, Fraction(step.rate_mcg_per_hour) * 24 / concentration)
        for weekday in WEEKDAYS
        for step in steps_of[weekday]
    ]
    seconds = (starts_at.hour * 60 + starts_at.minute) * 60 + starts_at.second
    offset = (starts_at.weekday() + Fraction(seconds, 86_400) + elapsed_days) % 7
    turned: list[Leg] = []
    before: list[Leg] = []
    for leg in legs:
        if offset >= leg.length_days:
            before.append(leg)
            offset -= leg.length_days
        elif offset > 0:
            before.append(Leg(offset, leg.flow_ml_per_day))
            turned.append(Leg(leg.length_days - offset, leg.flow_ml_per_day))
            offset = _NOTHING
        else:
            turned.append(leg)
    return (*turned, *before)


def bridge_volume_ml(bridge: Bridge | None, old_mcg_per_ml: Decimal | None) -> Fraction:
    """Volume that a given bridge takes [mL]: the dose as programmed over the old concentration, else the path."""
    if bridge is None or not bridge.given:
        return _NOTHING
    if bridge.bridge_mcg is not None and old_mcg_per_ml is not None:
        return Fraction(bridge.bridge_mcg) / Fraction(old_mcg_per_ml)
    return Fraction(bridge.path_ml) if bridge.path_ml is not None else _NOTHING
