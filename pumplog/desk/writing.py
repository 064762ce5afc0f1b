"""What every way of writing shares: reading what is said, about which pump it is, judging it, and who writes it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from pumplog.desk.allowed import refuse_unless
from pumplog.desk.reading import ReadingDesk
from pumplog.desk.replacing import (
    about_the_old_pump,
    refuse_another_patient,
    refuse_half,
    replaced_serial,
    retirement_of,
)
from pumplog.desk.sheet import NOON
from pumplog.entries import (
    BODY_VERSION,
    AnyEntry,
    ClinicEntry,
    Corrected,
    Registered,
    RowRefused,
    RowSettled,
    read_entry,
)
from pumplog.errors import EntryRefused, Fault, NotAllowed
from pumplog.logbook import NewEvent
from pumplog.people import Act
from pumplog.rules import Judgement, judge


class WritingDesk(ReadingDesk):
    """The desk as whoever writes uses it."""

    def read_entry(self, said: Mapping[str, Any]) -> AnyEntry:
        """The entry that a mapping says; a time without a zone is the clinic's, a day alone is its noon."""
        return read_entry(self._localised(said))

    def _localised(self, said: Mapping[str, Any]) -> dict[str, Any]:
        localised = dict(said)
        for name in ("happened_at", "reported_at", "interrogated_at", "ends_at", "planned_at"):
            if isinstance(localised.get(name), str):
                localised[name] = self._with_zone(localised[name])
        if isinstance(localised.get("replacement"), Mapping):
            localised["replacement"] = self._localised(localised["replacement"])
        return localised

    def _with_zone(self, text: str) -> str:
        try:
            moment = datetime.combine(date.fromisoformat(text.strip()), NOON)
        except ValueError:
            try:
                moment = datetime.fromisoformat(text.strip())
            except ValueError:
                return text
        return text if moment.tzinfo is not None else moment.replace(tzinfo=self.zone).isoformat()

    def _judge(self, entry: AnyEntry, pump_id: str, *, by: str) -> Judgement:
        events = self._memory.said(pump_id)
        judged = judge(entry, events, pump_id=pump_id, by=by, now=self._now(), reference=self.reference)
        old_id = self._replaced_id(entry)
        if old_id is not None and isinstance(entry, Registered):
            refuse_another_patient(entry, self._memory.state(old_id))
            try:
                self._judge(retirement_of(entry), old_id, by=by)
            except EntryRefused as refusal:
                raise EntryRefused(*about_the_old_pump(refusal.faults)) from refusal
        return judged

    def _replaced_id(self, entry: AnyEntry) -> str | None:
        """The pump whose place a registration takes. Raises EntryRefused for one that nobody here knows."""
        serial = replaced_serial(entry)
        if serial is None:
            return None
        old_id = self._memory.pump_id(serial)
        if old_id is None or not self._sees(old_id):
            raise EntryRefused(Fault("replaces", "No such pump is on record: check the serial of the old pump."))
        return old_id

    def _pump_id_for(self, entry: AnyEntry) -> str:
        """The pump that an entry is about, or an id for a new one. Raises EntryRefused for another site's."""
        if isinstance(entry, RowRefused | RowSettled):
            raise EntryRefused(
                Fault("kind", "Refused rows are written by an import: dismiss one on the board instead.")
            )
        if isinstance(entry, ClinicEntry):
            raise EntryRefused(
                Fault("kind", "The clinic's days are planned on the Planner, not with a pump's entries.")
            )
        refuse_half(entry)
        self._refuse_another_site(entry)
        known = self._memory.pump_id(entry.pump_serial)
        if known is None:
            return uuid4().hex
        if isinstance(entry, Registered) and not self._sees(known):
            says = "A pump of this serial is on record at a site that is not yours: ask an administrator."
            raise EntryRefused(Fault("pump_serial", says))
        self._refuse_unseen(known)
        return known

    def _refuse_another_site(self, entry: AnyEntry) -> None:
        """Raise EntryRefused when a pump would be put where whoever writes could not see it any more."""
        said = entry.replacement if isinstance(entry, Corrected) else entry
        if self.person is not None and isinstance(said, Registered) and not self.person.sees(said.clinic_site):
            says = "You do not belong to this site: name one of yours, or ask an administrator."
            raise EntryRefused(Fault("clinic_site", says))

    def _writer(self, by: str, act: Act) -> str:
        """The name for the record: of whoever sits here and no other, asked about anew."""
        name = named(by)
        if self.person is None:
            if self.door.has_people():
                raise NotAllowed("This clinic has accounts: sign in, then record.")
            return name
        refuse_unless(self, act)
        account = self.door.accounts.of(self.person.person_id)
        if account is None or not account.enabled:
            raise NotAllowed("Your account was switched off: nothing was saved. Ask an administrator.")
        if name != account.name:
            raise NotAllowed(f"You are signed in as {account.name} and cannot save as somebody else.")
        if account.person != self.person:
            self.tell_not_allowed(act)
            raise NotAllowed("What you may do here was changed meanwhile: nothing was saved. Open the page again.")
        return name

    def _event(self, entry: AnyEntry, pump_id: str, by: str, event_id: str) -> NewEvent:
        return NewEvent(event_id, pump_id, entry.kind, BODY_VERSION, entry.body(), entry.happened_at, self._now(), by)


def named(by: str) -> str:
    """The name of whoever writes, for the record. Raises EntryRefused for none, or one that cannot be printed."""
    person = by.strip()
    if not person:
        raise EntryRefused(Fault("by", "Every entry carries a person: say who you are."))
    if not person.isprintable():
        raise EntryRefused(Fault("by", "There are signs in the person's name that cannot be printed: type it again."))
    return person
