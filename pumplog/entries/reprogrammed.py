"""The programme changes without a refill."""

from typing import Literal

from pumplog.entries.base import Micrograms, Millilitres, Place, PumpEntry, Words
from pumplog.entries.programme import Programme
from pumplog.entries.refilled import Bridge


class Reprogrammed(PumpEntry):
    """A programme change; projection restarts from the volume expected at that moment."""

    kind: Literal["reprogrammed"] = "reprogrammed"
    place: Place | None = None
    programme: Programme
    prescriber: Words | None = None
    second_checker: Words | None = None
    alarm_volume_ml: Millilitres | None = None
    bridge: Bridge | None = None
    single_bolus_mcg: Micrograms | None = None
    pump_running: bool
