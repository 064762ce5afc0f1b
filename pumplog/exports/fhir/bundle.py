"""All of it as one bundle of the type collection, checked before it is handed over."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pumplog.entries import Deferred, Refilled, Registered, Reprogrammed, Scored
from pumplog.exports.fhir.filling import administration, medications
from pumplog.exports.fhir.issues import issues_of, late_now
from pumplog.exports.fhir.observing import measurements, scores
from pumplog.exports.fhir.parts import Json, instant, url_of
from pumplog.exports.fhir.subject import alarm_flag, appointment, device_of, patient_of, risk_flags
from pumplog.exports.fhir.trail import audit_event, provenance
from pumplog.fhir import json_text, refuse_unfit
from pumplog.outlook import NearMiss, Outlook
from pumplog.reference import Reference
from pumplog.state import Holding, PumpState, holding

Fill = tuple[Holding, Refilled]


@dataclass(frozen=True)
class PumpAsked:
    """One pump: its state, its row of today's board if it has one, and its near misses."""

    state: PumpState
    row: Outlook | None
    misses: tuple[NearMiss, ...]


@dataclass(frozen=True)
class Asked:
    """What is asked for: what happened from a first day to a last one, both in; without them, all of it."""

    pumps: tuple[PumpAsked, ...]
    reference: Reference
    at: datetime
    first_on: date | None = None
    last_on: date | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's."""
        return self.reference.policy.zone_info

    def takes(self, day: date | datetime) -> bool:
        """Whether what happened then is asked for."""
        on = day.astimezone(self.zone).date() if isinstance(day, datetime) else day
        return (self.first_on is None or self.first_on <= on) and (self.last_on is None or on <= self.last_on)


def fhir_bundle(asked: Asked) -> bytes:
    """The bundle as JSON. Raises EntryRefused naming the place when it is not as R4 wants it."""
    found: dict[str, Json] = {}
    for pump in asked.pumps:
        for one in _Telling(asked, pump).resources():
            found.setdefault(url_of(one), one)
    entries = [{"fullUrl": url, "resource": one} for url, one in found.items()]
    bundle: Json = {"resourceType": "Bundle", "type": "collection", "timestamp": instant(asked.at)}
    bundle |= {"entry": entries} if entries else {}
    refuse_unfit(bundle)
    return json_text(bundle).encode()


@dataclass
class _Telling:
    """One pump, told entry by entry; `about` is what an event is about, for its line of the audit trail."""

    asked: Asked
    pump: PumpAsked
    refills: dict[str, Json] = field(default_factory=dict)
    about: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state, self.reference = self.pump.state, self.asked.reference
        self.patient = patient_of(self.state)
        self.device = device_of(self.state, self.patient, self.reference)

    def resources(self) -> Iterator[Json]:
        """Everything about this pump that is asked for; nothing when nothing happened then."""
        lines = [line for line in self.state.log if self.asked.takes(line.said.happened_at)]
        bookings = [one for one in self.state.calls.bookings if self.asked.takes(one.visit_on)]
        told = list(self._told())
        if not (lines or bookings or told):
            return
        yield from (self.patient, self.device, *told)
        yield from risk_flags(self.state, self.patient)
        yield from self._alarms()
        yield from (appointment(one, self.state, self.patient, self.asked.zone) for one in bookings)
        yield from self._issues()
        yield from (audit_event(line, self.about.get(line.said.event_id)) for line in lines)

    def _told(self) -> Iterator[Json]:
        """The resources of each entry that holds, each group with its provenance."""
        fill: Fill | None = None
        for held in holding(self.state.log):
            if isinstance(held.entry, Refilled):
                fill = (held, held.entry)
            if not self.asked.takes(held.entry.happened_at):
                continue
            fluid = self._fluid(held, fill)
            made = self._of_one(held, fill, fluid)
            if made:
                yield from (*fluid, *made)
                yield provenance(held, [*(fluid if isinstance(held.entry, Refilled) else []), *made])

    def _fluid(self, held: Holding, fill: Fill | None) -> list[Json]:
        """The medications in the pump once an entry with a programme was said; of others, none."""
        if fill is None or not isinstance(held.entry, Refilled | Reprogrammed):
            return []
        return medications(fill[0].said.event_id, fill[1].fluid, self.reference)

    def _of_one(self, held: Holding, fill: Fill | None, fluid: list[Json]) -> list[Json]:
        whose = {"patient": self.patient, "device": self.device}
        event_id = held.said.event_id
        match held.entry:
            case Registered():
                self.about[event_id] = self.device
                return [self.patient, self.device]
            case Refilled() | Reprogrammed() as entry:
                parts, drug = (fill[1].fluid, fluid[-1]) if fill else ((), None)
                given = self.about[event_id] = administration(event_id, entry, parts, drug, **whose)
                if not isinstance(entry, Refilled):
                    return [given]
                self.refills[event_id] = given
                return [given, *measurements(held, entry, part_of=given, **whose)]
            case Deferred() as entry:
                return measurements(held, entry, part_of=None, **whose)
            case Scored() as entry:
                return scores(held, entry, self.patient)
            case _:
                return []

    def _alarms(self) -> Iterator[Json]:
        for alarm in self.state.alarms.all:
            if self.asked.takes(alarm.heard.happened_at):
                self.about[alarm.event_id] = flag = alarm_flag(alarm, self.patient)
                yield flag

    def _issues(self) -> Iterator[Json]:
        yield from issues_of(
            self.state, self.pump.misses, self.refills, reference=self.reference, patient=self.patient
        )
        row = self.pump.row
        if row is not None and self.asked.takes(row.today):
            late = late_now(row, self.asked.at, patient=self.patient, device=self.device)
            if late is not None:
                yield late
