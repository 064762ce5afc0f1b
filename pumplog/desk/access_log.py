"""The log of who came in and what was read, as whoever may read it sees it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any

from pumplog.desk.allowed import asks_for
from pumplog.desk.reading import ReadingDesk
from pumplog.errors import EntryRefused, Fault
from pumplog.people import Act
from pumplog.people.access import ACCESS_WORDS
from pumplog.people.person import name_key


@dataclass(frozen=True)
class AccessLine:
    """One line: who did what, when, about whom or what. `at` is in the clinic's time, `says` what was done in words.

    `about` is the name of the person, the serial of the pump, or the word that the line is about; `pump_id` is set
    where it is about a pump. `told` holds the particulars.
    """

    sequence: int
    at: datetime
    by: str
    kind: str
    says: str
    about: str
    pump_id: str | None
    told: Mapping[str, Any]


class AccessDesk(ReadingDesk):
    """The desk of whoever looks after who looked."""

    @asks_for(Act.SEE_ACCESS)
    def access_lines(
        self, first: date, last: date, *, pump_id: str | None = None, by: str | None = None
    ) -> tuple[AccessLine, ...]:
        """What was written from one day to another, both in, in the order of writing: sign-ins, readings, exports.

        Of one pump, or of one person by name, if named. Of the pumps, only those of one's own sites; a serial is
        told to those alone who may open a story.
        """
        first, last = self._day(first), self._day(last)
        if last < first:
            raise EntryRefused(Fault("last", "The last day is before the first: check both."))
        self._memory.catch_up()
        since = datetime.combine(first, time(), tzinfo=self.zone).astimezone(UTC)
        events = self.logbook.access_events(since=since, until=self._end_of(last))
        names = {one.person_id: one.name for one in self.door.accounts.everybody()}
        pump_ids = set(self._memory.pump_ids())
        serials = {card.pump_id: card.pump_serial for card in self.pumps()} if self.may(Act.SEE_STORY) else {}
        lines = []
        for event in events:
            about = event.pump_id
            is_pump = about in pump_ids
            if (is_pump and not self._sees(about)) or (pump_id is not None and about != pump_id):
                continue
            if by is not None and name_key(event.recorded_by) != name_key(by):
                continue
            lines.append(
                AccessLine(
                    sequence=event.sequence,
                    at=event.recorded_at_utc.astimezone(self.zone),
                    by=event.recorded_by,
                    kind=event.kind,
                    says=ACCESS_WORDS.get(event.kind, event.kind.replace("_", " ")),
                    about=serials.get(about, "a pump") if is_pump else names.get(about, about),
                    pump_id=about if is_pump else None,
                    told=MappingProxyType(json.loads(event.body)),
                )
            )
        return tuple(lines)
