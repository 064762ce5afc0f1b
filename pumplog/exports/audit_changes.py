"""What each entry changed, from what to what: read from the bodies alone, in the order in which they were written.

*Before* is what was on record, when the entry was written, as holding just before it happened: entries may be late,
and what was corrected counts as corrected.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

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

Kept = tuple[datetime, int, str, Any]
"""A standing thing as it was said: when it happened, in which place of the log, by which event, and what."""


@dataclass(frozen=True, slots=True)
class Told:
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


def flat_of(value: Any, path: str = "") -> dict[str, Any]:
    """Every value of a part of a body by its path; a list of plain values is one value."""
    found: dict[str, Any] = {}
    _flatten(value, path, found)
    return found


Difference = tuple[str, Any, Any]
"""The path of a value, and what it was and is; None where there was or is none."""


def differences(was: Any, now: Any, path: str = "") -> list[Difference]:
    """Each value that differs between two parts of bodies.

    What is equal is not walked through: most of a long programme is as it was.
    """
    found: list[Difference] = []
    if was != now:
        _differ(was, now, path, found)
    return found


def _differ(was: Any, now: Any, path: str, found: list[Difference]) -> None:
    if type(was) is dict and type(now) is dict:
        for key, before in was.items():
            after = now.get(key)
            if before != after:
                _differ(before, after, f"{path}.{key}" if path else key, found)
        for key, after in now.items():
            if key not in was:
                _differ(None, after, f"{path}.{key}" if path else key, found)
    elif type(was) is str and type(now) is str:
        found.append((path, was, now))
    elif _is_nested(was) and _is_nested(now):
        for place, (before, after) in enumerate(zip_longest(was, now)):
            if before != after:
                _differ(before, after, f"{path}.{place}", found)
    else:
        before_of, after_of = ({} if one is None else flat_of(one, path) for one in (was, now))
        found += [(inner, before, after_of.get(inner)) for inner, before in before_of.items()]
        found += [(inner, None, after) for inner, after in after_of.items() if inner not in before_of]


def _is_nested(value: Any) -> bool:
    """Whether this is a list whose items have parts of their own."""
    return isinstance(value, list) and any(isinstance(one, dict | list) for one in value)


def _flatten(value: Any, path: str, found: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else key, found)
    elif _is_nested(value):
        for place, inner in enumerate(value):
            _flatten(inner, f"{path}.{place}", found)
    else:
        found[path] = tuple(value) if isinstance(value, list) else value


def told_of(events: list[Event]) -> Iterator[Told]:
    """Each event with what held before it, in the order of writing; `events` is the log from its beginning."""
    histories: dict[str, _History] = defaultdict(_History)
    corrections = _Corrections(events)
    for event in events:
        body, history = body_of(event), histories[event.pump_id]
        if event.kind == "corrected":
            yield corrections.told(event, body, history)
            continue
        yield Told(event, body, history.before(event, body))
        history.add(event, body)


@dataclass
class _History:
    """What was said of the standing things of one pump, in the order in which it happened."""

    said: dict[str, list[Kept]] = field(default_factory=lambda: defaultdict(list))

    def before(self, event: Event, body: Body) -> dict[str, Any]:
        """What held just before an event happened, of the things that it says; without those nothing was known of."""
        found: dict[str, Any] = {}
        for name in STANDING & body.keys():
            known = self.said.get(name)
            if not known:
                continue
            at = (event.happened_at_utc, event.sequence)
            place = len(known) if known[-1][:2] <= at else bisect_right(known, at, key=_when)
            if place:
                found[name] = known[place - 1][3]
        return found

    def add(self, event: Event, body: Body) -> None:
        """Take what an event says."""
        self._put(event.event_id, event.sequence, event.happened_at_utc, body)

    def replace(self, target: Event, now: Body | None) -> None:
        """Take what an event says now in place of what it said; None: it counts no more."""
        for known in self.said.values():
            known[:] = [one for one in known if one[2] != target.event_id]
        if now is not None:
            self._put(target.event_id, target.sequence, _happened_at(now, target), now)

    def _put(self, event_id: str, sequence: int, at: datetime, body: Body) -> None:
        for name in STANDING & body.keys():
            known, kept = self.said[name], (at, sequence, event_id, body[name])
            if known and known[-1][:2] > (at, sequence):
                insort(known, kept, key=_when)
            else:
                known.append(kept)


def _when(kept: Kept) -> tuple[datetime, int]:
    return kept[:2]


def _happened_at(now: Body, target: Event) -> datetime:
    """When it happened, as corrected: a replacement may say another moment."""
    said = now.get("happened_at")
    return datetime.fromisoformat(said) if isinstance(said, str) else target.happened_at_utc


class _Corrections:
    """Which event says what now, as corrected so far."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = {event.event_id: event for event in events}
        self._corrected: dict[str, str] = {}
        self._in_force: dict[str, list[tuple[str, Body | None]]] = defaultdict(list)

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
