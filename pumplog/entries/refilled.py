"""A refill visit: what was found, what was filled, what was programmed."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pumplog.entries.base import (
    Centimetres,
    DosePerDay,
    Hours,
    Micrograms,
    MicrogramsPerMl,
    Millilitres,
    MillilitresPerCm,
    Part,
    Place,
    Words,
)
from pumplog.entries.found import FoundAtVisit
from pumplog.entries.programme import Programme
from pumplog.entries.waste import Waste

PocketFillSign = Literal["swelling", "burning", "difficulty"]


class Component(Part):
    """One drug of the fluid: its concentration is typed from the label and checked, never looked up."""

    drug: Words
    concentration_mcg_per_ml: MicrogramsPerMl
    lot: Words | None = None
    gtin: Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$")] | None = None
    expiry_on: date | None = None
    beyond_use_on: date | None = None


class Bridge(Part):
    """What was done about the old drug in the path when the concentration changed.

    The path is kept as it was used: the tubing volume changes with software, and a catheter is revised.
    """

    given: bool
    path_ml: Millilitres | None = None
    tubing_ml: Millilitres | None = None
    catheter_cm: Centimetres | None = None
    catheter_ml_per_cm: MillilitresPerCm | None = None
    bridge_mcg: Micrograms | None = None
    bridge_hours: Hours | None = None
    reason_not_given: Words | None = None


class Observation(Part):
    """How a patient is watched after signs of a fill beside the pump: for what, how long, by whom."""

    what: Words
    how_long: Words
    who: Words


class Refilled(FoundAtVisit):
    """A refill visit. The first drug of the fluid is the primary one: the dose is programmed for it.

    What the programmer says is asked twice: as found, before anything was drawn (`FoundAtVisit`); and its volume
    after the fill, dose, concentration and alarm date from the printout at the end.
    """

    kind: Literal["refilled"] = "refilled"
    place: Place = "clinic"
    refilled_by: Words | None = None
    second_checker: Words | None = None

    fluid: Annotated[tuple[Component, ...], Field(min_length=1, max_length=6)]
    diluted: bool | None = None
    first_fill: bool | None = None
    volume_left_ml: Millilitres | None = None
    injected_ml: Millilitres | None = None
    volume_after_fill_ml: Millilitres
    remeasured_ml: Millilitres | None = None
    rinsed: bool | None = None
    aspiration_checked: bool | None = None
    pocket_fill_signs: tuple[PocketFillSign, ...] = ()
    observation: Observation | None = None

    programme: Programme
    alarm_volume_ml: Millilitres | None = None
    bridge: Bridge | None = None
    priming_ml: Millilitres | None = None
    single_bolus_mcg: Micrograms | None = None
    pump_running: bool | None = None
    programmer_volume_after_fill_ml: Millilitres | None = None
    programmer_dose_mcg_per_day: DosePerDay | None = None
    programmer_concentration_mcg_per_ml: MicrogramsPerMl | None = None
    programmer_alarm_on: date | None = None

    waste: Waste | None = None
    next_visit_on: date | None = None
    teaching_done: bool | None = None
    signs_restated: bool | None = None
    card_given: bool | None = None
