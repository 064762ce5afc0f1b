"""A change of concentration: the bridge that was or was not given, and what happens without one."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from pumplog.calc.bridge import BRIDGE, FORGOTTEN_BRIDGE, MIXED, OVERDOSE, UNDERDOSE
from pumplog.calc.formula import Answer
from pumplog.entries import Refilled, Registered, Reprogrammed
from pumplog.entries.programme import Programme
from pumplog.entries.refilled import Bridge
from pumplog.errors import CalculationRefused
from pumplog.quantities import Unit, show
from pumplog.reference import Policy
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState, Standing
from pumplog.state.course import steady_dose_mcg_per_day

HARM = {UNDERDOSE: "underdose, withdrawal", OVERDOSE: "overdose"}
"""What a wrong dose does, by its direction."""


def path_known(registered: Registered | None, bridge: Bridge | None = None) -> dict[str, Decimal | None]:
    """The volumes of this pump's own path: as used for this bridge, else as registered."""
    pump = registered.pump if registered else None
    used = (bridge.tubing_ml, bridge.catheter_cm, bridge.catheter_ml_per_cm) if bridge else (None, None, None)
    on_record = (pump.tubing_volume_ml, pump.catheter_cm, pump.catheter_ml_per_cm) if pump else (None, None, None)
    named = zip(("tubing_ml", "catheter_cm", "ml_per_cm"), used, on_record, strict=True)
    return {name: typed if typed is not None else standing for name, typed, standing in named}


def bridge_of(before: Standing, registered: Registered | None, bridge: Bridge | None = None) -> Answer:
    """The bridge bolus that clears the old drug, by this pump's own path, with its working.

    Raises CalculationRefused with every reason.
    """
    old = before.concentration_mcg_per_ml
    return BRIDGE.explain(
        {
            **path_known(registered, bridge),
            "old_mcg_per_ml": old,
            "old_dose_mcg_per_day": steady_dose_mcg_per_day(before.programme, Fraction(old)),
        }
    )


def without_bridge_says(
    before: Standing,
    new_mcg_per_ml: Decimal,
    programme: Programme,
    registered: Registered | None,
    bridge: Bridge | None = None,
) -> str:
    """What happens without a bridge, in words with numbers; without the path volume the dose, not the hours."""
    old = before.concentration_mcg_per_ml
    direction = UNDERDOSE if new_mcg_per_ml > old else OVERDOSE
    intended = steady_dose_mcg_per_day(programme, Fraction(new_mcg_per_ml))
    if intended == 0:
        return f"Without a bridge: {HARM[direction]}, until the old drug has cleared."
    meant = show(intended, Unit.MCG_PER_DAY, 0)
    known = {
        **path_known(registered, bridge),
        "old_mcg_per_ml": old,
        "new_mcg_per_ml": new_mcg_per_ml,
        "new_dose_mcg_per_day": intended,
    }
    try:
        answer = FORGOTTEN_BRIDGE.answer(known)
    except CalculationRefused:
        wrong = show(intended * Fraction(old) / Fraction(new_mcg_per_ml), Unit.MCG_PER_DAY, 0)
        until = "until the old drug has cleared (path volume not on record)"
        return f"Without a bridge the patient gets {wrong} instead of {meant} {until}: {HARM[direction]}."
    wrong, hours = answer["if_forgotten_mcg_per_day"], answer["if_forgotten_hours"]
    days = f" ({show(hours / 24, Unit.DAYS, 1)})" if hours > 48 else ""
    return (
        f"Without a bridge the patient gets {show(wrong, Unit.MCG_PER_DAY, 0)} instead of {meant} "
        f"for {show(hours, Unit.HOURS, 2)}{days}: {HARM[direction]}."
    )


def findings_of_bridge(
    entry: Refilled | Reprogrammed, before: Standing, after: Standing, state: PumpState, policy: Policy
) -> Iterator[Finding]:
    """A concentration that changes: always confirmed and signed by two; a bridge is checked against ours."""
    old, new = before.concentration_mcg_per_ml, after.concentration_mcg_per_ml
    if old == new:
        return
    change = f"The concentration changes from {show(old, Unit.MCG_PER_ML)} to {show(new, Unit.MCG_PER_ML)}."
    bridge = entry.bridge
    consequence = without_bridge_says(before, new, after.programme, state.registered, bridge)
    code = "concentration_change"
    if bridge is None:
        says = f"{change} Say whether a bridge bolus was given, or why not. {consequence}"
    elif not bridge.given:
        code = "bridge_not_given"
        says = f"{change} No bridge was given ({bridge.reason_not_given}). {consequence}"
    else:
        says = f"{change} A bridge was given; check it against the programmer."
    yield Finding(Weight.CONFIRM, code, says, "bridge", "boster_2016", two_people=True)
    if bridge is not None and bridge.given:
        yield from _as_worked_out(bridge, before, state.registered, policy)
    if isinstance(entry, Refilled):
        yield from _mixed(entry, old, new)


def _mixed(entry: Refilled, old_mcg_per_ml: Decimal, new_mcg_per_ml: Decimal) -> Iterator[Finding]:
    """Old drug that stays in a reservoir that was not rinsed: by what was left in, as far as that is known."""
    if entry.rinsed:
        return
    left_ml = entry.volume_left_ml or Decimal(0)
    if left_ml > 0:
        known = {
            "unretrievable_ml": left_ml,
            "old_mcg_per_ml": old_mcg_per_ml,
            "filled_ml": entry.volume_after_fill_ml - left_ml,
            "new_mcg_per_ml": new_mcg_per_ml,
        }
        try:
            mixed = MIXED.answer(known)["mixed_mcg_per_ml"]
        except CalculationRefused:
            return
        says = (
            f"{show(left_ml, Unit.ML)} of the old strength stayed in the pump: evenly mixed, the reservoir holds "
            f"{show(mixed, Unit.MCG_PER_ML, 0)}, not {show(new_mcg_per_ml, Unit.MCG_PER_ML)}. Every date and dose is "
            "worked out with the new strength as typed. Say why it stayed."
        )
        yield Finding(Weight.CONFIRM, "old_strength_left", says, "volume_left_ml", "arithmetic")
    elif entry.rinsed is False:
        says = (
            "The strength changes and the reservoir was not rinsed: what the needle could not draw mixes with the "
            "new drug. Say why it was not rinsed."
        )
        yield Finding(Weight.CONFIRM, "not_rinsed", says, "rinsed", "house_policy")


def _as_worked_out(
    bridge: Bridge, before: Standing, registered: Registered | None, policy: Policy
) -> Iterator[Finding]:
    """A bridge that was programmed otherwise than this pump's own path asks for."""
    try:
        ours = bridge_of(before, registered, bridge)
    except CalculationRefused:
        return
    for typed, name, unit, about in (
        (bridge.bridge_mcg, "bridge_mcg", Unit.MCG, "dose"),
        (bridge.bridge_hours, "bridge_hours", Unit.HOURS, "time"),
    ):
        worked_out = ours[name]
        if typed is not None and abs(Fraction(typed) - worked_out) > worked_out * Fraction(policy.bridge_ratio.value):
            says = (
                f"The {about} of the bridge is {show(typed, unit)}; worked out for this pump it is "
                f"{show(worked_out, unit, 1)}: compare tubing, catheter and concentration with the programmer."
            )
            yield Finding(Weight.CONFIRM, f"{name}_differs", says, f"bridge.{name}", policy.bridge_ratio.source)
