"""What is found at a visit before anything is filled, whether the pump is then filled or not."""

from datetime import date
from typing import Annotated

from pydantic import Field

from pumplog.entries.base import DosePerDay, MicrogramsCounted, MicrogramsPerMl, Millilitres, PumpEntry, Words
from pumplog.entries.waste import Waste


class FoundAtVisit(PumpEntry):
    """Who was there, what the programmer said, what was drawn and what became of it.

    `drawn_first_typed_ml` is the volume that had been typed when the expected one was first shown, where another was
    recorded: the number is to be read from the syringe, and whoever changed it afterwards may have read the screen.
    """

    identifiers_confirmed: bool | None = None
    interrogated: bool | None = None
    programmer_volume_ml: Millilitres | None = None
    programmer_found_dose_mcg_per_day: DosePerDay | None = None
    programmer_found_concentration_mcg_per_ml: MicrogramsPerMl | None = None
    programmer_found_alarm_on: date | None = None
    eri_on: date | None = None
    drawn_ml: Millilitres | None = None
    drawn_first_typed_ml: Millilitres | None = None
    patient_boluses_used_mcg: MicrogramsCounted | None = None
    appearance: Words | None = None
    needle: Words | None = None
    attempts_count: Annotated[int, Field(ge=1, le=20)] | None = None
    drawn_waste: Waste | None = None
