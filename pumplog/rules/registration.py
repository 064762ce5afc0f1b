"""What to look at when a pump is registered: values nobody could verify, and values unlike the model's."""

from collections.abc import Iterator

from pumplog.entries import Registered
from pumplog.errors import EntryRefused
from pumplog.quantities import Unit, label, show
from pumplog.reference import Reference
from pumplog.rules.findings import Finding, Weight


def findings_of_registration(entry: Registered, reference: Reference) -> Iterator[Finding]:
    """Typed values whose reference is unverified, and a capacity unlike the model's."""
    try:
        model = reference.pump_model(entry.pump.model)
    except EntryRefused:
        says = f'"{entry.pump.model}" is not in the reference list: every value counts as typed.'
        yield Finding(Weight.NOTE, "model_unknown", says, "pump.model", "house_policy")
        return
    for name in model.unverified_fields:
        if getattr(entry.pump, name, None) is None or name in entry.confirmed_unverified:
            continue
        says = f"{label(name)} of this model is unverified in our list: check against the programmer's printout."
        yield Finding(Weight.NOTE, f"unverified_{name}", says, f"pump.{name}", "general_knowledge")
    listed = model.capacity_ml
    if listed is not None and listed.value != entry.pump.capacity_ml:
        says = (
            f"{model.name} is listed with {show(listed.value, Unit.ML)}, "
            f"{show(entry.pump.capacity_ml, Unit.ML)} was typed: check the model and the capacity."
        )
        yield Finding(Weight.CONFIRM, "capacity_unlike_model", says, "pump.capacity_ml", listed.source)
