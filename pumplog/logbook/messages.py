"""How a log and whoever asks it over a socket write to each other: one JSON text a line."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pumplog.errors import EntryRefused, Fault, LogbookDamaged, LogbookUnavailable, PumplogError, StaleRecord
from pumplog.logbook.copying import Copied
from pumplog.logbook.event import Event, Head, NewEvent, Outside, Remembered, Verification
from pumplog.logbook.kept import Kept, Shelf

Message = Mapping[str, Any]

EVENTS_PER_LINE_COUNT: Final = 2_000
"""So many events go on one line: neither side holds the text of a whole log at once."""


def line_of(message: Message) -> bytes:
    """A message as the line that is sent."""
    return json.dumps(message, ensure_ascii=False, default=_instant).encode() + b"\n"


def message_of(line: bytes) -> dict[str, Any]:
    """The message that a line holds. Raises LogbookUnavailable when the line was cut, as when a program ends."""
    try:
        said = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise LogbookUnavailable(
            "The app that has the log open stopped answering. Whether the last entry was saved is not known: give "
            "the command again, the same entry is never recorded twice."
        )
    return said


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not sent")


def new_event_said(event: NewEvent) -> dict[str, Any]:
    """An event, written or not, as it is sent."""
    return asdict(event)


def new_event_heard(said: Message) -> NewEvent:
    """An event that is to be written."""
    return NewEvent(**_with_instants(said))


def event_heard(said: Message) -> Event:
    """An event as written."""
    return Event(**_with_instants(said))


def _with_instants(said: Message) -> dict[str, Any]:
    instants = {name: datetime.fromisoformat(said[name]) for name in ("happened_at_utc", "recorded_at_utc")}
    return {**said, **instants}


def kept_said(change: Kept) -> list[str | None]:
    """A thing to be kept, as it is sent."""
    return [change.shelf.value, change.key, change.body]


def kept_heard(said: list[str | None]) -> Kept:
    """A thing to be kept."""
    shelf, key, body = said
    return Kept(Shelf(str(shelf)), str(key), body)


def copied_said(copied: Copied) -> dict[str, Any]:
    """A copy of a log, as it is sent: both sides are on one machine and of one account, so a path will do."""
    return asdict(copied) | {"database": str(copied.database), "path": str(copied.path)}


def copied_heard(said: Message) -> Copied:
    """A copy of a log."""
    head, access_head = head_heard(said["head"]), head_heard(said["access_head"])
    return Copied(Path(said["database"]), Path(said["path"]), head, access_head)


def head_heard(said: Message) -> Head:
    """The end of a log."""
    return Head(**said)


def outside_heard(said: Message) -> Outside:
    """What a head says of both chains."""
    accesses = Remembered(**said["accesses"]) if said["accesses"] is not None else None
    return Outside(Remembered(**said["events"]), accesses, said["key_id"])


def verification_heard(said: Message) -> Verification:
    """What a walk along the chain found."""
    return Verification(**said)


def refusal_said(refusal: PumplogError) -> dict[str, Any]:
    """A refusal as it is sent: what the other side needs to raise the same one."""
    match refusal:
        case EntryRefused():
            return {"refused": "entry", "faults": [[fault.field, fault.says] for fault in refusal.faults]}
        case StaleRecord():
            facts = {"pump_id": refusal.pump_id, "seen": refusal.seen, "latest": refusal.latest}
            return {"refused": "stale", **facts}
        case LogbookDamaged():
            return {"refused": "damaged", "says": str(refusal)}
        case _:
            return {"refused": "unavailable", "says": str(refusal)}


def refusal_heard(said: Message) -> PumplogError:
    """The refusal that was sent."""
    match said["refused"]:
        case "entry":
            return EntryRefused(*(Fault(field, says) for field, says in said["faults"]))
        case "stale":
            return StaleRecord(said["pump_id"], seen=said["seen"], latest=said["latest"])
        case "damaged":
            return LogbookDamaged(said["says"])
        case _:
            return LogbookUnavailable(said["says"])
