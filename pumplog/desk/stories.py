"""The story of one pump, and what is told of it at a visit: what was drawn, a bridge, what came since."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from pumplog.calc.formula import Answer
from pumplog.desk.allowed import asks_for
from pumplog.desk.drawn import visit_of_drawn
from pumplog.desk.memory import CLINIC
from pumplog.desk.reading import ReadingDesk
from pumplog.desk.shapes import Drawn, Story, VisitLine
from pumplog.entries.programme import Programme
from pumplog.entries.refilled import Bridge
from pumplog.people import Act
from pumplog.rules import Four, finding_of_answer, found_sides_of, residual_of
from pumplog.rules.bridge import bridge_of, without_bridge_says
from pumplog.state import PumpState, Said, Standing, fold_pump
from pumplog.state.course import Boluses

STORIES_KEPT_COUNT = 200
"""Stories that are kept: a form about a pump asks for its story with every field that is filled in."""


class StoriesDesk(ReadingDesk):
    """The desk as whoever opens a pump uses it."""

    @asks_for(Act.SEE_STORY)
    def story(self, serial: str, on: date | None = None) -> Story:
        """Everything about one pump as it stood at the end of a day, today unless named."""
        return self.story_of(self.pump_id(serial), on)

    @asks_for(Act.SEE_STORY)
    def story_of(self, pump_id: str, on: date | None = None) -> Story:
        """The story by the pump's own id, which carries no patient's data.

        That somebody with an account opened it is written down, once in a while for each pump.
        """
        day = self._day(on)
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        if self.person is not None:
            looked_back_to = None if day == self.today() else day.isoformat()
            self._tell_opened(pump_id, self.person.person_id, self.person.name, looked_back_to)
        latest = (self._memory.state(pump_id).latest, self._memory.state(CLINIC).latest)
        kept = self._stories.get(pump_id)
        if kept is None or kept[:2] != (latest, day):
            if len(self._stories) > STORIES_KEPT_COUNT:
                self._stories.clear()
            kept = self._stories[pump_id] = (latest, day, self._told(self._state(pump_id, day), day))
        return replace(kept[2], told_at=min(self._now(), self._end_of(day)))

    @asks_for(Act.SEE_STORY)
    def opened_story(self, pump_id: str, *, by: str) -> None:
        """Write down that somebody without an account, as at a terminal, has a pump's story: before it is shown."""
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        maker = self._maker(by)
        self._tell_opened(pump_id, maker, maker, None)

    def _tell_opened(self, pump_id: str, who: str, by: str, looked_back_to: str | None) -> None:
        self._read_log.opened_story(pump_id, who=who, by=by, at=self._now(), on=looked_back_to)

    def _told(self, state: PumpState, day: date) -> Story:
        standing = state.standing
        used = standing.programme if standing else None
        known = getattr(used, "actual_patient_bolus_mcg_per_day", None)
        as_used = self._outlook(state, day, boluses=Boluses.AS_USED) if known is not None else None
        visits = tuple(VisitLine(visit, residual_of(visit, self.reference.policy)) for visit in state.visits)
        told_at, policy = self._end_of(day), self.reference.policy
        return Story(day, state, self._outlook(state, day), visits, told_at, as_used, policy)

    @asks_for(Act.SEE_STORY)
    def drawn_against_expected(
        self,
        pump_id: str,
        drawn_ml: Decimal,
        *,
        at: datetime,
        boluses_used_mcg: Decimal | None = None,
        programmer: Four | None = None,
    ) -> Drawn | None:
        """What was drawn at this moment against what was expected then; None where no fill came before.

        `programmer` is what the pump's programmer said then: it is compared as well.

        Raises EntryRefused for another site's pump, or a volume that cannot be.
        """
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        state = fold_pump(pump_id, self._memory.said(pump_id), zone=self.zone, until_utc=at.astimezone(UTC))
        visit = visit_of_drawn(state, drawn_ml, at.astimezone(self.zone), boluses_used_mcg)
        answer = residual_of(visit, self.reference.policy) if visit is not None else None
        if visit is None or answer is None:
            return None
        sides = found_sides_of(programmer, visit, state, self.reference) if programmer else ()
        return Drawn(VisitLine(visit, answer), finding_of_answer(answer, put_off=False), sides)

    @asks_for(Act.SEE_STORY)
    def said_since(self, pump_id: str, seen: int) -> tuple[Said, ...]:
        """What was said about a pump after somebody looked: a piece of its story."""
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        return tuple(said for said in self._memory.said(pump_id) if said.sequence > seen)

    @asks_for(Act.SEE_BOARD)
    def bridge_for(self, pump_id: str, before: Standing, bridge: Bridge | None = None) -> Answer:
        """The bridge bolus after a change of concentration, by this pump's own path, with its working.

        `before` held the old drug; `bridge` says the tubing and catheter as used now, else they are as registered.
        Raises CalculationRefused with every reason.
        """
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        return bridge_of(before, self._memory.state(pump_id).registered, bridge)

    @asks_for(Act.SEE_BOARD)
    def without_bridge_says(
        self,
        pump_id: str,
        before: Standing,
        new_mcg_per_ml: Decimal,
        programme: Programme,
        bridge: Bridge | None = None,
    ) -> str:
        """What a forgotten bridge would do to this patient, in words with numbers."""
        self._memory.catch_up()
        self._refuse_unseen(pump_id)
        registered = self._memory.state(pump_id).registered
        return without_bridge_says(before, new_mcg_per_ml, programme, registered, bridge)
