"""Another dose, concentration or alarm volume tried out on one pump: the dates it would give. Not a prescription."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from pumplog.clinic_days import ClinicCalendar
from pumplog.entries import AnyEntry, Refilled, Reprogrammed
from pumplog.entries.programme import Programme, SimpleContinuous
from pumplog.errors import CalculationRefused
from pumplog.outlook import Outlook, outlook
from pumplog.reference import Reference
from pumplog.state import PumpState, Said, fold_pump

TRIED_ID: Final = "tried out"


@dataclass(frozen=True)
class Tried:
    """What is tried out; None is as it is now. With a concentration or a volume, as if the pump was refilled now."""

    dose_mcg_per_day: Decimal | None = None
    concentration_mcg_per_ml: Decimal | None = None
    alarm_volume_ml: Decimal | None = None
    volume_ml: Decimal | None = None

    @property
    def is_refill(self) -> bool:
        """Whether this would take a refill, and not the programmer alone."""
        return self.concentration_mcg_per_ml is not None or self.volume_ml is not None


@dataclass(frozen=True)
class WhatIf:
    """The outlook of today beside the one that the values tried out would give from now on."""

    today: Outlook
    tried: Outlook
    says: str


def what_if(
    state: PumpState,
    events: tuple[Said, ...],
    asked: Tried,
    *,
    reference: Reference,
    calendar: ClinicCalendar,
    now: datetime,
    today: date,
) -> WhatIf:
    """Fold one more entry, that nobody writes, and look again. Raises CalculationRefused with every reason."""
    entry = _entry(state, asked, now)
    said = Said(TRIED_ID, state.latest + 1, entry, now, "")
    tried = fold_pump(state.pump_id, (*events, said), zone=reference.policy.zone_info)
    says = "As if refilled now" if asked.is_refill else "As if reprogrammed now, with the volume expected in the pump"
    return WhatIf(
        outlook(state, reference, today, calendar=calendar), outlook(tried, reference, today, calendar=calendar), says
    )


def _entry(state: PumpState, asked: Tried, now: datetime) -> AnyEntry:
    standing, registered = state.standing, state.registered
    if standing is None or registered is None:
        raise CalculationRefused("Nothing is known to be in this pump: record its fill first.")
    programme = _programme(standing.programme, asked.dose_mcg_per_day)
    if not asked.is_refill:
        return Reprogrammed(
            happened_at=now,
            pump_serial=registered.pump_serial,
            programme=programme,
            alarm_volume_ml=asked.alarm_volume_ml,
            pump_running=True,
        )
    volume_ml = asked.volume_ml if asked.volume_ml is not None else _last_volume_ml(state)
    if volume_ml > registered.pump.capacity_ml:
        raise CalculationRefused(f"The reservoir holds {registered.pump.capacity_ml} mL: try a smaller volume.")
    first = standing.fluid[0]
    concentration = asked.concentration_mcg_per_ml or first.concentration_mcg_per_ml
    if len(standing.fluid) > 1 and concentration != first.concentration_mcg_per_ml:
        raise CalculationRefused("A mixture keeps its proportions: only its dose and volumes can be tried out.")
    fluid = (first.model_copy(update={"concentration_mcg_per_ml": concentration}), *standing.fluid[1:])
    return Refilled(
        happened_at=now,
        pump_serial=registered.pump_serial,
        fluid=fluid,
        volume_after_fill_ml=volume_ml,
        programme=programme,
        alarm_volume_ml=asked.alarm_volume_ml,
        first_fill=False if standing.first_fill is not None else None,
        diluted=standing.diluted,
        pump_running=True,
    )


def _last_volume_ml(state: PumpState) -> Decimal:
    if state.last_fill is None:
        raise CalculationRefused("No fill is on record: type the volume after the fill.")
    return state.last_fill.volume_after_fill_ml


def _programme(programme: Programme, dose_mcg_per_day: Decimal | None) -> Programme:
    """The same programme, or one steady dose with the same allotted patient boluses."""
    if dose_mcg_per_day is None:
        return programme
    boluses = {
        name: value
        for name in ("max_patient_bolus_mcg_per_day", "actual_patient_bolus_mcg_per_day")
        if (value := getattr(programme, name, None)) is not None
    }
    return SimpleContinuous.model_validate({"dose_mcg_per_day": dose_mcg_per_day, **boluses})
