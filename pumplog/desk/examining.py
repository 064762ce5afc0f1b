"""What is well and what is not in a log: each check says what it found, and the mend in a sentence."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from pumplog.desk.memory import CLINIC
from pumplog.logbook import Event, Verification
from pumplog.quantities import show_date

BACKWARDS: Final = timedelta(minutes=1)
"""House policy: a step back of the clock by less is the machine setting itself right."""
LOOKED_BACK: Final = timedelta(days=30)
"""House policy: a step back longer ago is told, and no longer asks for anything."""
_REGISTERS: Final = "registered"
_ROWS: Final = frozenset({"row_refused", "row_settled"})


class Health(StrEnum):
    """How it stands: well; something to look at soon; something that is wrong now."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Check:
    """What was looked at, how it stands, what was found, and the mend; no mend where all is well."""

    about: str
    health: Health
    says: str
    mend: str = ""


RECOVERY: Final = "Stop the app and go by docs/recovery.md, which the app shows too: it ends with 'pumplog restore'."


def of_the_chain(found: Verification) -> Check:
    """The chain of both logs and their anchors."""
    if found.ok:
        return Check("chain and anchor", Health.WELL, found.says)
    return Check("chain and anchor", Health.WRONG, found.says, RECOVERY)


def of_the_triggers(*, guarded: bool) -> Check:
    """The triggers that refuse to change or delete what was written."""
    if guarded:
        return Check("triggers", Health.WELL, "The triggers that refuse changes are as pumplog made them.")
    return Check(
        "triggers",
        Health.WRONG,
        "The triggers that refuse changes are not as pumplog made them.",
        "Start the app again, which puts them back, and find out who took them away: DuckDB asks nobody's name.",
    )


def of_the_memory(*, as_kept: object, as_folded: object) -> Check:
    """What the desk has worked out and kept, against the same worked out anew from the log."""
    if as_kept == as_folded:
        says = "What the board shows is what the log says when it is read anew: nothing else is stored of it."
        return Check("board and log", Health.WELL, says)
    return Check(
        "board and log",
        Health.WRONG,
        "What the board shows is not what the log says when it is read anew.",
        "Start the app again, go by the board that it shows then, and tell the makers of pumplog.",
    )


def of_orphans(events: Sequence[Event], drafts: Mapping[str, str], owners: Collection[str]) -> Iterator[Check]:
    """What is about nothing: pumps that nobody registered, entries about entries that are not there, drafts."""
    known = {event.event_id for event in events}
    lost = [event.sequence for event in events if any(one not in known for one in _refers_to(event))]
    registered = {event.pump_id for event in events if event.kind == _REGISTERS}
    unknown = {e.pump_id for e in events if e.kind not in _ROWS and e.pump_id != CLINIC} - registered
    of_nobody = sum(1 for key in drafts if owners and key.partition("/")[0] not in owners)
    yield _orphan(
        "entries about entries",
        "Every entry that speaks of another finds it.",
        [f"event {sequence}" for sequence in lost],
        "{} speaks of an entry that is not in the log",
        "Correct it in its pump's story, with the reason; if it came by an import, mend the sheet.",
    )
    yield _orphan(
        "pumps",
        "Every entry is about a pump that somebody registered.",
        sorted(f"event {min(e.sequence for e in events if e.pump_id == one)}" for one in unknown),
        "{} is about a pump that nobody registered",
        "Register the pump under its serial: the entries are found by it.",
    )
    yield _orphan(
        "drafts",
        "Every unfinished form has its person.",
        [f"{of_nobody} unfinished form{'s' if of_nobody > 1 else ''}"] if of_nobody else [],
        "{} of people without an account",
        "Nobody sees them and they are no record: leave them, or give the person an account to finish them.",
    )


def _orphan(about: str, well: str, found: Sequence[str], says: str, mend: str) -> Check:
    if not found:
        return Check(about, Health.WELL, well)
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    first = f"{found[0][:1].upper()}{found[0][1:]}"
    return Check(about, Health.LOOK, f"{says.format(first + more)}.", mend)


def _refers_to(event: Event) -> Iterator[str]:
    """The ids of events that the body of an event names."""
    return _named_in(json.loads(event.body)) if "_event_id" in event.body else iter(())


def _named_in(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        for key, value in said.items():
            if key.endswith("_event_id") and isinstance(value, str):
                yield value
            elif key.endswith("_event_ids") and isinstance(value, list):
                yield from value
            else:
                yield from _named_in(value)
    elif isinstance(said, list):
        for value in said:
            yield from _named_in(value)


def of_the_clock(now: datetime, *logs: Iterable[Event]) -> Check:
    """Whether the moments of recording go forwards, and the clock is not behind the newest of them."""
    steps = [pair for log in logs for pair in pairwise(log) if _step_back(pair) > BACKWARDS]
    newest = max((event.recorded_at_utc for log in logs for event in log), default=now)
    mend = (
        "Switch on the time service of this machine (timedatectl set-ntp true), and look at the entries of that time."
    )
    if newest - now > BACKWARDS:
        says = f"The clock of this machine is behind: an entry was recorded {_ago(newest - now)} from now."
        return Check("clock", Health.WRONG, says, mend)
    if not steps:
        return Check("clock", Health.WELL, "Every entry was recorded after the one before it.")
    worst = max(steps, key=_step_back)
    often = "once" if len(steps) == 1 else f"{len(steps)} times"
    says = (
        f"The clock was set back {often}, at most by {_ago(_step_back(worst))}, "
        f"before event {worst[1].sequence} on {show_date(worst[1].recorded_at_utc.astimezone(now.tzinfo).date())}."
    )
    recent = any(now - after.recorded_at_utc < LOOKED_BACK for _, after in steps)
    return Check("clock", Health.LOOK, says, mend) if recent else Check("clock", Health.WELL, says)


def _step_back(pair: tuple[Event, Event]) -> timedelta:
    return pair[0].recorded_at_utc - pair[1].recorded_at_utc


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"


def of_the_zone(zone: str) -> Check:
    """Whether somebody has said which clock the clinic lives by."""
    if zone != "UTC":
        return Check("zone", Health.WELL, f"The clinic lives by the clock of {zone}.")
    return Check(
        "zone",
        Health.LOOK,
        "No zone is set: the clinic's days begin and end by UTC.",
        'Write zone = "Europe/London", or whichever it is, into clinic.toml; who keeps UTC writes "Etc/UTC".',
    )
