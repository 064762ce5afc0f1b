"""A visit that did not end in a refill."""

from typing import Literal

from pumplog.entries.base import Millilitres, PumpEntry, Words


class Deferred(PumpEntry):
    """A refill put off, or a pump emptied: projection restarts from the volume left or returned."""

    kind: Literal["deferred"] = "deferred"
    reason: Words
    drawn_ml: Millilitres | None = None
    volume_left_ml: Millilitres
    second_checker: Words | None = None
    pump_running: bool | None = None
