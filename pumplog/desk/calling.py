"""The call list: which pumps somebody has to call about, and transfers that nobody has confirmed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from pumplog.outlook import Asking, OpenTransfer, Outlook


@dataclass(frozen=True)
class CallList:
    """The call list of a day: rows of the board with a reason to call, in its order, and transfers to confirm."""

    on: date
    rows: tuple[Outlook, ...]
    transfers: tuple[OpenTransfer, ...]
    counts: Mapping[Asking, int]


def call_list_of(on: date, rows: Iterable[Outlook], transfers: Iterable[OpenTransfer]) -> CallList:
    """The call list, from the whole board of a day."""
    asking = tuple(row for row in rows if row.calling.tasks)
    counted = Counter(one for row in asking for one in {task.asking for task in row.calling.tasks})
    return CallList(
        on=on,
        rows=asking,
        transfers=tuple(sorted(transfers, key=lambda one: (one.left_on, one.pump_serial))),
        counts=MappingProxyType({asking: counted[asking] for asking in Asking}),
    )
