"""Everything that an audit is made of, as the desk hands it over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

from pumplog.exports.audit_changes import Correction, body_of
from pumplog.exports.audit_rows import AuditFilter, Known
from pumplog.exports.audit_said import Telling
from pumplog.logbook import Event
from pumplog.people.person import name_key


@dataclass(frozen=True)
class AuditAsked:
    """Everything that the table is made of. `pumps` are those that whoever asks may see.

    `events` is the log from its beginning as Arrow columns, read table by table and once; of it there are
    `events_count`. `corrections` are those of its events that correct. Of pumps, only `pump_ids` are asked for, and
    of people, only `person`; None asks for all.
    """

    asked: AuditFilter
    events: Iterable[pa.Table]
    events_count: int
    corrections: list[Event]
    access: list[Event]
    pumps: Mapping[str, Known]
    unseen: frozenset[str]
    people: Mapping[str, str]
    whole_clinic: bool
    zone: ZoneInfo
    pump_ids: frozenset[str] | None

    @property
    def telling(self) -> Telling:
        """What must be known to tell of entries."""
        return Telling(
            corrections=tuple(_correction_of(event) for event in self.corrections),
            pump_serials={pump_id: known.pump_serial for pump_id, known in self.pumps.items()},
            is_by=None if self.asked.person is None else self.is_of_person,
            zone=self.zone,
        )

    def is_of_pump(self, pump_id: str) -> bool:
        """Whether a pump is one that was asked for."""
        return self.pump_ids is None or pump_id in self.pump_ids

    def is_of_person(self, name: str) -> bool:
        """Whether this is the person who was asked for, however the name is spelt."""
        return self.asked.person is None or name_key(name) == name_key(self.asked.person)

    @property
    def only_pump_ids(self) -> frozenset[str] | None:
        """The pumps whose entries are told; None: all of the log, and the clinic's own entries."""
        if self.whole_clinic:
            return self.pump_ids
        return frozenset(self.pumps) if self.pump_ids is None else self.pump_ids & self.pumps.keys()

    @property
    def period(self) -> tuple[datetime, datetime]:
        """From when until when something must have happened, or have been written; the second moment is out."""
        begin = datetime.combine(self.asked.first_on, time(), self.zone)
        end = datetime.combine(self.asked.last_on + timedelta(days=1), time(), self.zone)
        return begin.astimezone(UTC), end.astimezone(UTC)


def _correction_of(event: Event) -> Correction:
    return Correction(event.sequence, event.event_id, str(body_of(event.body)["target_event_id"]))
