"""The filling, piece by piece: said at the check, and in the same words as soon as it is typed."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from pumplog.errors import Fault
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Policy
from pumplog.rules.findings import Finding, Weight

_LAST_DAYS = {"expiry_on": "expired", "beyond_use_on": "was past its beyond-use date"}
_VOLUMES = {
    "drawn_ml": "The drawn volume",
    "drawn_first_typed_ml": "The drawn volume as first typed",
    "volume_left_ml": "The volume left",
    "injected_ml": "The injected volume",
    "volume_after_fill_ml": "The volume after fill",
    "remeasured_ml": "The re-measured volume",
}


def finding_of_day(drug: str, name: str, day: date | None, on: date, *, place: int) -> Finding | None:
    """A drug past its expiry (`expiry_on`) or its pharmacy's date (`beyond_use_on`) at the fill: a STOP."""
    if day is None or day >= on:
        return None
    says = f"{drug} {_LAST_DAYS[name]} on {show_date(day)}: do not use it."
    return Finding(Weight.STOP, f"{name}_passed", says, f"fluid.{place}.{name}", "house_policy")


def finding_of_remeasured(
    after_ml: Decimal, remeasured_ml: Decimal, capacity_ml: Decimal, policy: Policy
) -> Finding | None:
    """More missing right after the fill than a pump of this size may miss: part may be beside the pump."""
    limit = policy.remeasured_limit_ml(capacity_ml)
    missing_ml = after_ml - remeasured_ml
    if limit is None or missing_ml <= limit.value:
        return None
    says = (
        f"{show(missing_ml, Unit.ML)} less was re-measured than filled, over {show(limit.value, Unit.ML)}: "
        "part of the fill may be beside the pump."
    )
    return Finding(Weight.CONFIRM, "remeasured", says, "remeasured_ml", limit.source)


def faults_of_volumes(volumes: Mapping[str, Decimal | None], capacity_ml: Decimal) -> Iterator[Fault]:
    """Volumes that the reservoir cannot hold, and a sum that does not add up; what is not typed yet is not judged."""
    for name, words in _VOLUMES.items():
        volume = volumes.get(name)
        if volume is not None and volume > capacity_ml:
            holds = show(capacity_ml, Unit.ML)
            says = f"{words}, {show(volume, Unit.ML)}, is more than the reservoir holds, {holds}: read it again."
            yield Fault(name, says)
    yield from _sums(volumes)


def _sums(volumes: Mapping[str, Decimal | None]) -> Iterator[Fault]:
    after, injected, left = (volumes.get(name) for name in ("volume_after_fill_ml", "injected_ml", "volume_left_ml"))
    if after is None:
        return
    if injected is not None and (left or Decimal(0)) + injected != after:
        yield Fault(
            "volume_after_fill_ml",
            f"The volume after fill, {show(after, Unit.ML)}, is not the volume left, {show(left or 0, Unit.ML)}, "
            f"plus the injected, {show(injected, Unit.ML)}: check all three.",
        )
    elif injected is None and left is not None and left > after:
        yield Fault(
            "volume_left_ml",
            f"The volume left, {show(left, Unit.ML)}, is more than the volume after fill, "
            f"{show(after, Unit.ML)}: check both.",
        )
