"""What holds of what was written, in the order in which it happened."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pumplog.entries import Corrected
from pumplog.state.model import Said

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
ABOUT_THE_RECORD = frozenset({"row_refused", "row_settled"})
TIMELESS = frozenset({"registered", *ABOUT_THE_RECORD})
"""What counts whenever it was written: facts about the record, and who the pump is."""

Corrections = Mapping[str, tuple[str, Corrected]]
"""By the event id of what was corrected: the correction in force, with its own event id."""


def corrections_in_force(written: Sequence[Said]) -> Corrections:
    """The correction that holds for each corrected entry, with its event id: the newest one not itself corrected.

    Walked from the newest: whatever corrects a correction was written after it, and so is known already.
    """
    in_force: dict[str, tuple[str, Corrected]] = {}
    for said in reversed(written):
        if said.kind == "corrected" and said.event_id not in in_force and isinstance(said.entry, Corrected):
            in_force.setdefault(said.entry.target_event_id, (said.event_id, said.entry))
    return in_force


def in_order_of_happening(written: Sequence[Said], corrections: Corrections) -> list[Said]:
    """What holds now of what was written, as corrected, in the order in which it happened.

    What is timeless keeps the order of writing, before all else.
    """
    holding = []
    for said in written:
        if said.kind == "corrected":
            continue
        if said.event_id in corrections:
            replacement = corrections[said.event_id][1].replacement
            if replacement is None:
                continue
            said = replace(said, words=replacement)  # noqa: PLW2901  the same event, with what holds now
        holding.append(said)
    return sorted(holding, key=lambda said: (said.kind not in TIMELESS, _moment(said), said.sequence))


def _moment(said: Said) -> datetime:
    return _BEFORE_ALL if said.kind in TIMELESS else said.happened_at
