"""A pump that took another's place: the two stand or fall together, and taking one back is never silent."""

from collections.abc import Iterator

from pumplog.entries import Corrected, Registered, Retired
from pumplog.errors import Fault
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState


def other_serial(entry: object) -> str | None:
    """The serial of the other pump that a replacement names."""
    if isinstance(entry, Registered):
        return entry.replaces
    return entry.replaced_by if isinstance(entry, Retired) else None


def faults_of_link(correction: Corrected, target: object) -> Iterator[Fault]:
    """A correction may mend everything about a replacement but which two pumps it was."""
    replacement = correction.replacement
    if replacement is not None and other_serial(replacement) != other_serial(target):
        says = "Which pump took which one's place cannot be mended here: take both entries back, and record it anew."
        yield Fault("replacement.pump_serial", says)


def findings_of_taking_back(correction: Corrected, after: PumpState) -> Iterator[Finding]:
    """What stays behind when one half of a replacement is taken back."""
    line = next((line for line in after.log if line.said.event_id == correction.target_event_id), None)
    if line is None or correction.how != "entered_in_error":
        return
    target = line.said.entry
    if isinstance(target, Registered) and target.replaces:
        says = (
            f"The pump {target.replaces} stays retired, so that this patient is on no list: take its retirement back "
            "as well, or register the right pump. Say which."
        )
        yield Finding(Weight.CONFIRM, "replaced_pump_stays_retired", says, "target_event_id", "house_policy")
    elif isinstance(target, Retired) and target.replaced_by:
        says = (
            f"The pump {target.replaced_by} stays registered in this one's place: take that back too, or say why not."
        )
        yield Finding(Weight.CONFIRM, "new_pump_stays", says, "target_event_id", "house_policy")
