"""Alarms as they stand, and how each was answered."""

from datetime import date

from pumplog.desk.alarms import AlarmResponse, Alarms, alarms_of, responses_of
from pumplog.desk.allowed import asks_for
from pumplog.desk.memory import uncollected
from pumplog.desk.reading import ReadingDesk
from pumplog.outlook import (
    AlarmNow,
    alarms_now,
)
from pumplog.people import Act


class AlarmsDesk(ReadingDesk):
    """The desk as whoever answers alarms uses it."""

    @asks_for(Act.SEE_BOARD)
    def alarms(self) -> Alarms:
        """Every open alarm as it stands this minute, those that wait first; replacements and scans to come."""
        with uncollected():
            self._memory.catch_up()
            return alarms_of(self._states_and_rows(), self.reference, self.now())

    @asks_for(Act.SEE_BOARD)
    def alarms_of(self, pump_id: str) -> tuple[AlarmNow, ...]:
        """The open alarms of one pump as they stand this minute."""
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        day = self.today()
        row = self._row(pump_id, day)
        return alarms_now(self._state(pump_id, day), row, self.reference, self.now()) if row else ()

    @asks_for(Act.SEE_STORY)
    def alarm_responses(self, first: date, last: date) -> list[AlarmResponse]:
        """Every alarm heard from one day to another, both in: who took which step, and when."""
        self._memory.catch_up()
        states = (self._memory.state(pump_id) for pump_id in self._seen_pump_ids())
        return responses_of(states, self._day(first), self._day(last), self.reference)
