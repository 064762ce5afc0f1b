"""Drafts: what a person has typed into a form and not saved yet, kept beside the log and never part of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from pumplog.desk.shapes import PumpCard
from pumplog.logbook import Kept, Log, Shelf
from pumplog.people import Person
from pumplog.people.person import name_key
from pumplog.state import Said

Typed = str | bool | int | date | time | tuple[str, ...] | None
"""What stands in one field, as it was typed: also what cannot be read."""


@dataclass(frozen=True)
class Draft:
    """One form of one person about one pump, or about a pump that is new; `event_id` will be that of its entry."""

    kind: str
    pump_id: str | None
    event_id: str
    begun_at: datetime
    kept_at: datetime
    seen: int
    step: int
    reached: int
    fields: Mapping[str, Typed]


@dataclass(frozen=True)
class Unfinished:
    """A draft as it is offered again: whose pump, what was said about it since, whether its entry is in the log."""

    draft: Draft
    card: PumpCard | None
    said_since: tuple[Said, ...]
    saved: bool


def owner_of(person: Person | None, by: str) -> str:
    """Whose drafts: by account; where nobody has one, by the name that was typed."""
    return person.person_id if person else sha256(name_key(by).encode()).hexdigest()[:32]


def drafts_of(logbook: Log, owner: str) -> list[Draft]:
    """Every draft of one person, the newest first."""
    bodies = logbook.kept_from(Shelf.DRAFT, f"{owner}/").values()
    return sorted(map(_read, bodies), key=lambda draft: draft.kept_at, reverse=True)


def kept_draft(owner: str, draft: Draft) -> Kept:
    """A draft as it is to be kept: one for each kind of entry and pump."""
    return Kept(Shelf.DRAFT, _key(owner, draft), _written(draft))


def no_draft(owner: str, draft: Draft) -> Kept:
    """A draft to be taken away."""
    return Kept(Shelf.DRAFT, _key(owner, draft), None)


def _key(owner: str, draft: Draft) -> str:
    return f"{owner}/{draft.kind}/{draft.pump_id or 'new'}"


def _written(draft: Draft) -> str:
    fields = {path: _marked(value) for path, value in draft.fields.items()}
    moments = {"begun_at": draft.begun_at.isoformat(), "kept_at": draft.kept_at.isoformat()}
    return json.dumps({**vars(draft), **moments, "fields": fields}, ensure_ascii=False)


def _read(body: str) -> Draft:
    said: dict[str, Any] = json.loads(body)
    moments = {name: datetime.fromisoformat(said[name]) for name in ("begun_at", "kept_at")}
    return Draft(**{**said, **moments, "fields": {path: _plain(value) for path, value in said["fields"].items()}})


def _marked(value: Typed) -> Any:
    """A day, a time and a choice of several are no texts, and come back as what they are."""
    match value:
        case date():
            return {"day": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case tuple():
            return {"chosen": list(value)}
        case _:
            return value


def _plain(value: Any) -> Typed:
    match value:
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"time": str(clock)}:
            return time.fromisoformat(clock)
        case {"chosen": list(chosen)}:
            return tuple(chosen)
        case str() | bool() | int():
            return value
        case _:
            return None
