"""A concentration change: the old drug still in the path, the bridge that clears it, and what if it is forgotten.

Three calculations, each asking only for what it needs: the path, the bridge, the forgotten bridge.
`mixed_mcg_per_ml` says what a reservoir holds when some of the old drug could not be drawn.
"""

from pumplog.calc.carriers import Carrier, choose, quotient
from pumplog.calc.formula import Calculation, Requirement, formula

UNDERDOSE, OVERDOSE, NO_CHANGE = "underdose", "overdose", "none"


@formula(written="tubing_ml + catheter_cm × ml_per_cm", source_key="boster_2016")
def path_ml(tubing_ml: Carrier, catheter_cm: Carrier, ml_per_cm: Carrier) -> Carrier:
    """Volume of old drug between the reservoir and the spinal fluid.

    Parameters: tubing_ml [mL], typed for this pump since it changed with software; catheter_cm [cm], the
    implanted length; ml_per_cm [mL/cm]. Returns: path volume [mL].
    Limits: an implanted length as typed at surgery. References: boster_2016.

    >>> from fractions import Fraction
    >>> path_ml(Fraction("0.199"), 80, Fraction("0.0022"))
    Fraction(3, 8)
    """
    return tubing_ml + catheter_cm * ml_per_cm


@formula(written="path_ml × old_mcg_per_ml", source_key="boster_2016")
def bridge_mcg(path_ml: Carrier, old_mcg_per_ml: Carrier) -> Carrier:
    """Drug in the path, which the bridge bolus must deliver.

    Parameters: path_ml [mL]; old_mcg_per_ml [mcg/mL]. Returns: bridge dose [mcg]. References: boster_2016.

    >>> from fractions import Fraction
    >>> bridge_mcg(Fraction(3, 8), 500)
    Fraction(375, 2)
    """
    return path_ml * old_mcg_per_ml


@formula(written="path_ml × old_mcg_per_ml ÷ old_dose_mcg_per_day × 24 h", source_key="boster_2016")
def bridge_hours(path_ml: Carrier, old_mcg_per_ml: Carrier, old_dose_mcg_per_day: Carrier) -> Carrier:
    """Hours over which the bridge runs, so that the patient goes on getting the old dose.

    Parameters: path_ml [mL]; old_mcg_per_ml [mcg/mL]; old_dose_mcg_per_day [mcg/day] above 0.
    Returns: bridge time [h]. References: boster_2016.

    >>> from fractions import Fraction
    >>> bridge_hours(Fraction(3, 8), 500, 100)
    Fraction(45, 1)
    """
    return quotient(path_ml * old_mcg_per_ml * 24, old_dose_mcg_per_day)


@formula(written="new_dose_mcg_per_day × old_mcg_per_ml ÷ new_mcg_per_ml", source_key="boster_2016")
def if_forgotten_mcg_per_day(
    new_dose_mcg_per_day: Carrier, old_mcg_per_ml: Carrier, new_mcg_per_ml: Carrier
) -> Carrier:
    """Dose that would reach the patient without a bridge, until the path has cleared.

    Parameters: new_dose_mcg_per_day [mcg/day]; old_mcg_per_ml, new_mcg_per_ml [mcg/mL] above 0.
    Returns: delivered dose [mcg/day]. References: boster_2016.

    >>> if_forgotten_mcg_per_day(100, 500, 2000)
    Fraction(25, 1)
    """
    return quotient(new_dose_mcg_per_day * old_mcg_per_ml, new_mcg_per_ml)


@formula(written="path_ml × new_mcg_per_ml ÷ new_dose_mcg_per_day × 24 h", source_key="boster_2016")
def if_forgotten_hours(path_ml: Carrier, new_mcg_per_ml: Carrier, new_dose_mcg_per_day: Carrier) -> Carrier:
    """Hours for which the wrong dose would be delivered.

    Parameters: path_ml [mL]; new_mcg_per_ml [mcg/mL]; new_dose_mcg_per_day [mcg/day] above 0.
    Returns: time [h]. References: boster_2016.

    >>> from fractions import Fraction
    >>> if_forgotten_hours(Fraction(3, 8), 2000, 100)
    Fraction(180, 1)
    """
    return quotient(path_ml * new_mcg_per_ml * 24, new_dose_mcg_per_day)


@formula(
    written="underdose when new_mcg_per_ml is above old_mcg_per_ml, overdose when below, none when equal",
    source_key="boster_2016",
)
def direction(old_mcg_per_ml: Carrier, new_mcg_per_ml: Carrier) -> Carrier:
    """Which way the dose would be wrong: a rise in concentration underdoses, a fall overdoses.

    Parameters: old_mcg_per_ml, new_mcg_per_ml [mcg/mL]. Returns: underdose, overdose or none.
    References: boster_2016.

    >>> direction(500, 2000)
    'underdose'
    """
    falls = choose(new_mcg_per_ml < old_mcg_per_ml, OVERDOSE, NO_CHANGE)
    return choose(new_mcg_per_ml > old_mcg_per_ml, UNDERDOSE, falls)


@formula(
    written="(unretrievable_ml × old_mcg_per_ml + filled_ml × new_mcg_per_ml) ÷ (unretrievable_ml + filled_ml)",
    source_key="arithmetic",
)
def mixed_mcg_per_ml(
    unretrievable_ml: Carrier, old_mcg_per_ml: Carrier, filled_ml: Carrier, new_mcg_per_ml: Carrier
) -> Carrier:
    """Concentration in a reservoir from which some of the old drug could not be drawn.

    Parameters: unretrievable_ml, filled_ml [mL], not both 0; old_mcg_per_ml, new_mcg_per_ml [mcg/mL].
    Returns: concentration [mcg/mL]. Limits: taken as evenly mixed; rinsing is recorded, not computed.
    References: arithmetic.

    >>> mixed_mcg_per_ml(1, 500, 19, 2000)
    Fraction(1925, 1)
    """
    return quotient(unretrievable_ml * old_mcg_per_ml + filled_ml * new_mcg_per_ml, unretrievable_ml + filled_ml)


def _above_zero(name: str, says: str) -> Requirement:
    return Requirement((name,), lambda value: value > 0, says)


def _not_below_zero(name: str, says: str) -> Requirement:
    return Requirement((name,), lambda value: value >= 0, says)


_PATH = (
    _not_below_zero("tubing_ml", "The pump tubing volume is below 0 mL: type it from the programmer's printout."),
    _not_below_zero("catheter_cm", "The implanted catheter length is below 0 cm: type the implanted length."),
    _not_below_zero("ml_per_cm", "The catheter volume per cm is below 0 mL/cm: type it from the manual."),
)
_OLD = _above_zero("old_mcg_per_ml", "The old concentration is 0 mcg/mL or less: type it from the last fill.")
_NEW = _above_zero("new_mcg_per_ml", "The new concentration is 0 mcg/mL or less: type it from the label.")
_OLD_DOSE = _above_zero(
    "old_dose_mcg_per_day", "The old dose is 0 mcg/day or less: a bridge runs at the old dose; type it."
)
_NEW_DOSE = _above_zero("new_dose_mcg_per_day", "The new dose is 0 mcg/day or less: type the dose programmed.")

PATH = Calculation("Path volume", ("tubing_ml", "catheter_cm", "ml_per_cm"), (path_ml,), _PATH)
BRIDGE = Calculation(
    "Bridge bolus",
    (*PATH.inputs, "old_mcg_per_ml", "old_dose_mcg_per_day"),
    (path_ml, bridge_mcg, bridge_hours),
    (*_PATH, _OLD, _OLD_DOSE),
)
FORGOTTEN_BRIDGE = Calculation(
    "If the bridge is forgotten",
    (*PATH.inputs, "old_mcg_per_ml", "new_mcg_per_ml", "new_dose_mcg_per_day"),
    (path_ml, if_forgotten_mcg_per_day, if_forgotten_hours, direction),
    (*_PATH, _OLD, _NEW, _NEW_DOSE),
)
BRIDGE_PARTS = (
    PATH,
    Calculation("Bridge dose", (*PATH.inputs, "old_mcg_per_ml"), (path_ml, bridge_mcg), (*_PATH, _OLD)),
    BRIDGE,
    Calculation(
        "Dose if the bridge is forgotten",
        ("old_mcg_per_ml", "new_mcg_per_ml", "new_dose_mcg_per_day"),
        (if_forgotten_mcg_per_day,),
        (_OLD, _NEW, _NEW_DOSE),
    ),
    Calculation(
        "Time if the bridge is forgotten",
        (*PATH.inputs, "new_mcg_per_ml", "new_dose_mcg_per_day"),
        (path_ml, if_forgotten_hours),
        (*_PATH, _NEW, _NEW_DOSE),
    ),
    Calculation("Direction of a forgotten bridge", ("old_mcg_per_ml", "new_mcg_per_ml"), (direction,), (_OLD, _NEW)),
)
"""The same answers one by one, for somebody who has only some of the numbers."""
MIXED = Calculation(
    "Concentration mixed in the reservoir",
    ("unretrievable_ml", "old_mcg_per_ml", "filled_ml", "new_mcg_per_ml"),
    (mixed_mcg_per_ml,),
    (
        _not_below_zero("unretrievable_ml", "The volume left behind is below 0 mL: type it again."),
        _above_zero("filled_ml", "The filled volume is 0 mL or less: type the volume injected."),
        _OLD,
        _NEW,
    ),
)
