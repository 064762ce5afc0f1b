"""What goes home with a patient after a visit: the card, and the next visit as a calendar file."""

from dataclasses import dataclass

from pumplog.desk.allowed import asks_for
from pumplog.desk.reading import ReadingDesk
from pumplog.errors import EntryRefused, Fault
from pumplog.exports.calendar_file import Purpose, reference_of, single
from pumplog.exports.calendar_of_pumps import booked, by_day
from pumplog.exports.patient_card import card_name, patient_card
from pumplog.outlook import Outlook
from pumplog.people import Act
from pumplog.state import PumpState


@dataclass(frozen=True)
class HandedOut:
    """A file to hand out. Its name tells nothing of the patient."""

    name: str
    content: bytes
    media_type: str


def visit_file_name(pump_id: str) -> str:
    """The file name of the next visit, which tells nothing of the patient."""
    return f"next-refill-{reference_of(pump_id)}.ics"


class HandingOutDesk(ReadingDesk):
    """The desk as it gives something into a patient's hand."""

    @asks_for(Act.HAND_OUT)
    def patient_card(self, pump_id: str, *, by: str = "") -> HandedOut:
        """The card of a pump's patient as things stand now, written down with who took it (`by` in a demo).

        Raises EntryRefused when there is no such pump.
        """
        state, row = self._now_of(pump_id)
        content = patient_card(state, row, self.reference, at=self._now())
        self._tell_handed_out(pump_id, "patient card", by)
        return HandedOut(card_name(pump_id), content, "application/pdf")

    @asks_for(Act.HAND_OUT)
    def visit_file(self, pump_id: str, *, by: str = "") -> HandedOut:
        """The next visit of a pump for a calendar: as booked, else the last clinic day for it; no patient is named.

        Raises EntryRefused when neither is known.
        """
        state, row = self._now_of(pump_id)
        if row.calling.next_booking is not None:
            entry = booked(state, row.calling.next_booking)
        elif row.book_on is not None:
            entry = by_day(state, Purpose.BOOK_ON, row.book_on)
        elif row.refill_by is not None:
            entry = by_day(state, Purpose.REFILL_BY, row.refill_by)
        else:
            raise EntryRefused(Fault("next_visit_on", "No visit is booked and no refill date is known: book one."))
        content = single(entry, name=self.reference.policy.clinic_name, zone=self.zone)
        self._tell_handed_out(pump_id, "visit for a calendar", by)
        return HandedOut(visit_file_name(pump_id), content, "text/calendar")

    def _tell_handed_out(self, pump_id: str, form: str, by: str) -> None:
        self._read_log.took_out("handed_out", pump_id, by=self._maker(by), at=self._now(), form=form)

    def _now_of(self, pump_id: str) -> tuple[PumpState, Outlook]:
        """A pump of this person's sites as it stands now."""
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        day = self.today()
        state = self._state(pump_id, day)
        if state.registered is None:
            raise EntryRefused(
                Fault("pump_serial", "This pump is not registered: register it with its patient first.")
            )
        return state, self._outlook(state, day)
