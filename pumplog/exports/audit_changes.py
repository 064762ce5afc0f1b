"""What each entry changed, from what to what: read from the bodies alone, in the order in which they were written.

*Before* is what was on record, when the entry was written, as holding just before it happened: entries may be late,
and what was corrected counts as corrected.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic_core import from_json

from pumplog.logbook import Event

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

Kept = tuple[datetime, int, Any]
"""A standing thing as it was said: when it happened, in which place of the log, and what."""


class Told(NamedTuple):
    """One event with its body, what held before of the standing things that it says, and what it corrects.

    Of a correction, `was` and `now` are the body before and after it; None: it counted no more, or counts no more.
    """

    event: Event
    body: Body
    before: Mapping[str, Any]
    corrects: Event | None = None
    was: Body | None = None
    now: Body | None = None


def body_of(event: Event) -> Body:
    """The body of an event, as it was said."""
    body: Body = from_json(event.body)
    return body


def target_of(correction: Event) -> str:
    """The id of the event that a correction corrects."""
    return str(body_of(correction)["target_event_id"])


def flat_of(value: Any, path: str = "") -> dict[str, Any]:
    """Every value of a part of a body by its path; a list of plain values is one value."""
    found: dict[str, Any] = {}
    _flatten(value, path, found)
    return found


def is_nested(value: Any) -> bool:
    """Whether this is a list whose items have parts of their own."""
    return type(value) is list and any(type(one) in _PARTED for one in value)


def _flatten(value: Any, path: str, found: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else key, found)
    elif is_nested(value):
        for place, inner in enumerate(value):
            _flatten(inner, f"{path}.{place}", found)
    else:
        found[path] = tuple(value) if isinstance(value, list) else value


def told_of(events: Iterable[Event], corrections: Iterable[Event]) -> Iterator[Told]:
    """Each event with what held before it, in the order of writing.

    `events` is the log from its beginning, of which nothing is held that nobody asks for again; `corrections` are
    those of its events that correct others.
    """
    histories: dict[str, _History] = defaultdict(_History)
    corrected = _Corrected(corrections)
    for event in events:
        body, history = body_of(event), histories[event.pump_id]
        corrected.meet(event)
        if event.kind == "corrected":
            yield corrected.told(event, body, history)
        else:
            yield Told(event, body, history.taken(event, body))


@dataclass
class _History:
    """What was said of the standing things of one pump, in the order in which it happened."""

    said: dict[str, list[Kept]] = field(default_factory=lambda: defaultdict(list))

    def taken(self, event: Event, body: Body) -> dict[str, Any]:
        """Take what an event says; what held just before it, of the same things, without those nothing was known of.

        What is said again as it was becomes the very same object, in the body too: it takes no more memory, and
        nobody need look into it to know.
        """
        at, sequence = event.happened_at_utc, event.sequence
        before: dict[str, Any] = {}
        for name in body:
            if name not in STANDING:
                continue
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

    def replace(self, target: Event, now: Body | None) -> None:
        """Take what an event says now in place of what it said; None: it counts no more."""
        for known in self.said.values():
            known[:] = [one for one in known if one[1] != target.sequence]
        if now is not None:
            self._put(target.sequence, _happened_at(now, target), now)

    def _put(self, sequence: int, at: datetime, body: Body) -> None:
        for name in STANDING & body.keys():
            insort(self.said[name], (at, sequence, body[name]), key=_when)


def _when(kept: Kept) -> tuple[datetime, int]:
    return kept[:2]


def _happened_at(now: Body, target: Event) -> datetime:
    """When it happened, as corrected: a replacement may say another moment."""
    said = now.get("happened_at")
    return datetime.fromisoformat(said) if isinstance(said, str) else target.happened_at_utc


class _Corrected:
    """Which event says what now, as corrected so far."""

    def __init__(self, corrections: Iterable[Event]) -> None:
        self._targets = {target_of(event) for event in corrections}
        self._events: dict[str, Event] = {}
        self._corrected: dict[str, str] = {}
        self._in_force: dict[str, list[tuple[str, Body | None]]] = defaultdict(list)

    def meet(self, event: Event) -> None:
        """Keep an event that will be corrected."""
        if event.event_id in self._targets:
            self._events[event.event_id] = event

    def told(self, event: Event, body: Body, history: _History) -> Told:
        """A correction: the old body against the new one."""
        target_id = str(body["target_event_id"])
        root = self._corrected.get(target_id, target_id)
        target = self._events.get(root)
        if target is None:
            return Told(event, body, {})
        was = self._now(target)
        if target_id == root:
            self._in_force[root].append((event.event_id, body.get("replacement")))
            self._corrected[event.event_id] = root
        else:  # a correction was itself entered in error: what it corrected stands again
            self._in_force[root] = [one for one in self._in_force[root] if one[0] != target_id]
        now = self._now(target)
        history.replace(target, now)
        return Told(event, body, {}, self._events.get(target_id), was, now)

    def _now(self, target: Event) -> Body | None:
        """What an event says as corrected so far; None when it was entered in error."""
        in_force = self._in_force[target.event_id]
        return in_force[-1][1] if in_force else body_of(target)
