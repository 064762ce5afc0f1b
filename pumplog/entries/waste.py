"""Controlled drug that was thrown away: how much, how, and in front of whom."""

from typing import Literal

from pumplog.entries.base import Micrograms, MicrogramsPerMl, Millilitres, Part, PumpEntry, Words


class Waste(Part):
    """Controlled drug thrown away in front of a witness, who is never the one who records.

    `supplied_ml` is what the vials or the syringe held, `kept_ml` what of it was put back; `mass_mcg` is of `drug`,
    the first of the fluid unless named.
    """

    volume_ml: Millilitres
    mass_mcg: Micrograms | None = None
    drug: Words | None = None
    witness: Words
    method: Words
    supplied_ml: Millilitres | None = None
    kept_ml: Millilitres | None = None


class Wasted(PumpEntry):
    """Waste on a record of its own: found later, or of a vial that went into no pump."""

    kind: Literal["wasted"] = "wasted"
    drug: Words
    concentration_mcg_per_ml: MicrogramsPerMl
    lot: Words | None = None
    waste: Waste
    reason: Words | None = None
