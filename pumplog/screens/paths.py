"""Fields by the path of their steps: as a form names them, as a fault names them, as an entry holds them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pumplog.entries import KINDS
from pumplog.errors import Fault

_MODES: Final = frozenset(
    ("simple_continuous", "flex", "periodic_bolus", "minimum_rate", "fixed_flow", "stopped", "single_bolus")
)


def under(path: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said at a path and further in."""
    return {one: value for one, value in said.items() if one == path or one.startswith(f"{path}.")}


def path_of(fault_field: str) -> str:
    """The path of a field as a form names it: without the names of modes and kinds between its steps."""
    steps = fault_field.split(".")
    return ".".join(
        step
        for place, step in enumerate(steps)
        if not (place and step in _MODES) and not (place and steps[place - 1] == "replacement" and step in KINDS)
    )


def nested(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said by path, as the mapping that an entry is read from; numbered steps become lists."""
    tree: dict[str, Any] = {}
    for path, value in said.items():
        *steps, last = path.split(".")
        branch = tree
        for step in steps:
            branch = branch.setdefault(step, {})
        branch[last] = value
    grown: dict[str, Any] = _listed(tree)
    return grown


def _listed(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    if branch and all(step.isdigit() for step in branch):
        return [_listed(branch[step]) for step in sorted(branch, key=int)]
    return {step: _listed(value) for step, value in branch.items()}


def first_lines(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults, each field's first one: what a person reads first is what she mends first."""
    kept: dict[str, Fault] = {}
    for fault in faults:
        kept.setdefault(path_of(fault.field), fault)
    return tuple(kept.values())
