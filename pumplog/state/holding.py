"""The entries of a pump as they hold now: what nobody took back, and what was put in its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from pumplog.entries import AnyEntry, Corrected
from pumplog.state.model import LogLine, Said


@dataclass(frozen=True, slots=True)
class Holding:
    """One entry as it holds: `said` is the event that first said it, `replaced_by` the correction that changed it."""

    said: Said
    entry: AnyEntry
    replaced_by: Said | None = None


def holding(log: Sequence[LogLine]) -> tuple[Holding, ...]:
    """What holds of a pump's log, in the order in which it happened; what was entered in error is left out."""
    by_id = {line.said.event_id: line.said for line in log}
    held = [one for line in log if (one := _held(line, by_id)) is not None]
    return tuple(sorted(held, key=lambda one: (one.entry.happened_at, one.said.sequence)))


def _held(line: LogLine, by_id: dict[str, Said]) -> Holding | None:
    if line.said.kind == "corrected":
        return None
    if line.corrected_by is None:
        return Holding(line.said, line.said.entry)
    correction = by_id[line.corrected_by]
    replacement = correction.entry.replacement if isinstance(correction.entry, Corrected) else None
    return None if replacement is None else Holding(line.said, replacement, correction)
