"""What each entry changed, from what to what: read from the bodies alone, in the order in which they were written.

*Before* is what was on record, when the entry was written, as holding just before it happened: entries may be late,
and what was corrected counts as corrected.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from pydantic_core import from_json

Body = dict[str, Any]

STANDING: Final = frozenset(
    {
        *("programme", "fluid", "alarm_volume_ml", "eri_on"),
        *("patient", "pump", "clinic_site", "implant_site", "risk_flags"),
        *("medicines", "takes_any", "alcohol", "pregnancy"),
    }
)
"""What holds from one entry to the next, until another says it anew. Everything else is said once."""

_PARTED: Final = frozenset({dict, list})

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

Kept = tuple[int, int, Any]
"""A standing thing as it was said: when it happened [microseconds], in which place of the log, and what."""


class Entry(NamedTuple):
    """What is read of an event of the log. `happened_us`: microseconds since 1970, UTC; `wanted`: asked for."""

    sequence: int
    event_id: str
    pump_id: str
    kind: str
    body: str
    happened_us: int
    recorded_by: str
    wanted: bool


class Told(NamedTuple):
    """One entry with its body, the standing things that it says, what held of them before, and what it corrects.

    Of a correction, `was` and `now` are the body before and after it; None: it counted no more, or counts no more.
    """

    entry: Entry
    body: Body
    standing: Sequence[str]
    before: Mapping[str, Any]
    corrects: Entry | None = None
    was: Body | None = None
    now: Body | None = None


class Correction(NamedTuple):
    """One event that corrects another, by their ids."""

    sequence: int
    event_id: str
    target_event_id: str


def body_of(text: str) -> Body:
    """The body of an event, as it was said."""
    body: Body = from_json(text)
    return body


def flat_of(value: Any, path: str = "") -> dict[str, Any]:
    """Every value of a part of a body by its path; a list of plain values is one value."""
    found: dict[str, Any] = {}
    _flatten(value, path, found)
    return found


def is_nested(value: Any) -> bool:
    """Whether this is a list whose items have parts of their own."""
    return type(value) is list and not _PARTED.isdisjoint(map(type, value))


def _flatten(value: Any, path: str, found: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else key, found)
    elif is_nested(value):
        for place, inner in enumerate(value):
            _flatten(inner, f"{path}.{place}", found)
    else:
        found[path] = tuple(value) if isinstance(value, list) else value


def told_of(entries: Iterable[Entry], corrections: Iterable[Correction]) -> Iterator[Told]:
    """Each entry with what held before it, in the order of writing.

    `entries` are all of a log, or all of some of its pumps; nothing is held of them that nobody asks for again.
    `corrections` are those among them that correct others; more than those do no harm.
    """
    histories: dict[str, _History] = defaultdict(_History)
    corrected = _Corrected(corrections)
    for entry in entries:
        body, history = body_of(entry.body), histories[entry.pump_id]
        corrected.meet(entry)
        if entry.kind == "corrected":
            yield corrected.told(entry, body, history)
        else:
            standing = [name for name in body if name in STANDING]
            yield Told(entry, body, standing, history.taken(entry, body, standing))


@dataclass
class _History:
    """What was said of the standing things of one pump, in the order in which it happened."""

    said: dict[str, list[Kept]] = field(default_factory=lambda: defaultdict(list))

    def taken(self, entry: Entry, body: Body, standing: Iterable[str]) -> dict[str, Any]:
        """Take what an entry says of the `standing` things; what held of them just before it, where it is known.

        What is said again as it was becomes the very same object, in the body too: it takes no more memory, and
        nobody need look into it to know.
        """
        at, sequence = entry.happened_us, entry.sequence
        before: dict[str, Any] = {}
        for name in standing:
            known = self.said[name]
            place = len(known)
            if known and known[-1][0] >= at:
                place = bisect_right(known, (at, sequence), key=_when)
            if place:
                before[name] = was = known[place - 1][2]
                if was == body[name]:
                    body[name] = was
            known.insert(place, (at, sequence, body[name]))
        return before

    def replace(self, target: Entry, now: Body | None) -> None:
        """Take what an entry says now in place of what it said; None: it counts no more."""
        for known in self.said.values():
            known[:] = [one for one in known if one[1] != target.sequence]
        if now is not None:
            self._put(target.sequence, _happened_us(now, target), now)

    def _put(self, sequence: int, at: int, body: Body) -> None:
        for name in STANDING & body.keys():
            insort(self.said[name], (at, sequence, body[name]), key=_when)


def _when(kept: Kept) -> tuple[int, int]:
    return kept[:2]


def _happened_us(now: Body, target: Entry) -> int:
    """When it happened, as corrected: a replacement may say another moment."""
    said = now.get("happened_at")
    return (datetime.fromisoformat(said) - _EPOCH) // _MICROSECOND if isinstance(said, str) else target.happened_us


class _Corrected:
    """Which entry says what now, as corrected so far."""

    def __init__(self, corrections: Iterable[Correction]) -> None:
        self._targets = {one.target_event_id for one in corrections}
        self._entries: dict[str, Entry] = {}
        self._corrected: dict[str, str] = {}
        self._in_force: dict[str, list[tuple[str, Body | None]]] = defaultdict(list)

    def meet(self, entry: Entry) -> None:
        """Keep an entry that will be corrected."""
        if entry.event_id in self._targets:
            self._entries[entry.event_id] = entry

    def told(self, entry: Entry, body: Body, history: _History) -> Told:
        """A correction: the old body against the new one."""
        target_id = str(body["target_event_id"])
        root = self._corrected.get(target_id, target_id)
        target = self._entries.get(root)
        if target is None:
            return Told(entry, body, (), {})
        was = self._now(target)
        if target_id == root:
            self._in_force[root].append((entry.event_id, body.get("replacement")))
            self._corrected[entry.event_id] = root
        else:  # a correction was itself entered in error: what it corrected stands again
            self._in_force[root] = [one for one in self._in_force[root] if one[0] != target_id]
        now = self._now(target)
        history.replace(target, now)
        return Told(entry, body, (), {}, self._entries.get(target_id), was, now)

    def _now(self, target: Entry) -> Body | None:
        """What an entry says as corrected so far; None when it was entered in error."""
        in_force = self._in_force[target.event_id]
        return in_force[-1][1] if in_force else body_of(target.body)
