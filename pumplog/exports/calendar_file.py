"""Calendar files that another program keeps: days and hours of refills, with an opaque reference and no patient.

The same state gives the same file: who an entry is follows from ids in the log, and its SEQUENCE from how often
something was said about its pump, so that a newer file always wins over an older one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vText

PRODUCT = "-//pumplog//refill calendar//EN"
_REFERENCE_COUNT = 8


class Purpose(Enum):
    """What a day or an hour is for; the value is how the title of an entry begins."""

    BOOKING = "Pump refill"
    BOOK_ON = "Pump refill: last clinic day"
    REFILL_BY = "Pump refill by"


@dataclass(frozen=True)
class Dated:
    """One entry of a calendar: a day, or an hour of it when `starts_at` is known.

    `about` is an id of the log: the booking's event, or the pump's own. `changes_count` never falls, and rises with
    each change.
    """

    purpose: Purpose
    pump_id: str
    about: str
    day_on: date
    changes_count: int
    changed_at_utc: datetime
    starts_at: datetime | None = None
    length_hours: Decimal = Decimal(1)
    cancelled: bool = False
    site: str | None = None


def reference_of(pump_id: str) -> str:
    """What stands for a pump outside the house: eight signs that tell nothing, and are the same each time."""
    return _opaque("reference", pump_id)[:_REFERENCE_COUNT].upper()


def uid_of(entry: Dated) -> str:
    """By which other programs know an entry again, whatever becomes of it."""
    return f"{_opaque(entry.purpose.name, entry.about)[:32]}@pumplog"


def feed(entries: Iterable[Dated], *, name: str, zone: ZoneInfo) -> bytes:
    """The calendar of a clinic or a site: every entry, those that were cancelled too."""
    return _written(entries, name=name, zone=zone, method="PUBLISH")


def single(entry: Dated, *, name: str, zone: ZoneInfo) -> bytes:
    """One entry as a file of its own, to be handed over; a cancelled one takes itself out of a calendar."""
    return _written((entry,), name=name, zone=zone, method="CANCEL" if entry.cancelled else "PUBLISH")


def _written(entries: Iterable[Dated], *, name: str, zone: ZoneInfo, method: str) -> bytes:
    listed = sorted(entries, key=lambda one: (one.day_on, uid_of(one)))
    newest = max((one.changed_at_utc for one in listed), default=None)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("uid", f"{_opaque('calendar', name)[:32]}@pumplog")
    calendar.add("name", vText(name))  # the library takes these two for something else than text
    calendar.add("x-wr-calname", vText(name))
    calendar.add("x-wr-timezone", zone.key)
    if newest is not None:
        calendar.add("last-modified", newest.astimezone(UTC))
    years = [one.starts_at.astimezone(zone).year for one in listed if one.starts_at is not None]
    if years and zone.key != "UTC":
        calendar.add_component(_timezone(zone.key, min(years), max(years)))
    for one in listed:
        calendar.add_component(_event(one, zone))
    if listed:  # a calendar without entries is none by the standard, and still a file that a program may fetch
        calendar.validate()  # type: ignore[no-untyped-call]
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Dated, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", uid_of(entry))
    event.add("dtstamp", entry.changed_at_utc.astimezone(UTC))
    event.add("last-modified", entry.changed_at_utc.astimezone(UTC))
    event.add("sequence", entry.changes_count)
    reference = reference_of(entry.pump_id)
    event.add("summary", f"{entry.purpose.value} {reference}")
    event.add("description", f"Reference {reference}: find it in pumplog. No patient is named here.")
    if entry.starts_at is not None:
        local = entry.starts_at.astimezone(zone)
        event.add("dtstart", local if zone.key != "UTC" else local.astimezone(UTC))
        event.add("duration", timedelta(hours=float(entry.length_hours)))
    else:
        event.add("dtstart", entry.day_on)
        event.add("dtend", entry.day_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT" if entry.starts_at is None else "OPAQUE")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    if entry.site:
        event.add("location", entry.site)
    return event


@lru_cache(maxsize=32)
def _timezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """The rules of a zone for the years that are spoken of: working them out takes long, so they are kept."""
    return Timezone.from_tzid(zone, first_date=date(first_year - 1, 1, 1), last_date=date(last_year + 2, 1, 1))


def _opaque(purpose: str, about: str) -> str:
    return sha256(f"pumplog calendar {purpose} {about}".encode()).hexdigest()
