"""Controlled drug thrown away: its mass, and whether everything that was supplied is accounted for."""

from pumplog.calc.carriers import Carrier
from pumplog.calc.formula import formula


@formula(written="volume_ml × concentration_mcg_per_ml", source_key="arithmetic")
def wasted_mcg(volume_ml: Carrier, concentration_mcg_per_ml: Carrier) -> Carrier:
    """Mass of drug in a volume that was thrown away.

    Parameters: volume_ml [mL]; concentration_mcg_per_ml [mcg/mL] of the drug in that fluid.
    Returns: mass [mcg]. References: arithmetic.

    >>> wasted_mcg(2, 10000)
    20000
    """
    return volume_ml * concentration_mcg_per_ml


@formula(written="supplied_ml − used_ml − wasted_ml − kept_ml", source_key="arithmetic")
def unaccounted_ml(supplied_ml: Carrier, used_ml: Carrier, wasted_ml: Carrier, kept_ml: Carrier) -> Carrier:
    """Volume of which nobody said where it went.

    Below 0 when more was used, wasted and kept than there was.

    Parameters: supplied_ml [mL], what the vials or the syringe held; used_ml [mL], injected or returned;
    wasted_ml [mL]; kept_ml [mL]. Returns: volume [mL], 0 when all is accounted for. References: arithmetic.

    >>> unaccounted_ml(20, 18, 1, 0)
    1
    """
    return supplied_ml - used_ml - wasted_ml - kept_ml
