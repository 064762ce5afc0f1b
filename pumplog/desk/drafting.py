"""What somebody has typed and not saved yet: kept, offered again, taken away."""

from pumplog.desk.allowed import asks_for
from pumplog.desk.drafts import Draft, Unfinished, drafts_of, kept_draft, no_draft, owner_of
from pumplog.desk.reading import card_of
from pumplog.desk.writing import WritingDesk, named
from pumplog.people import Act, act_of


class DraftingDesk(WritingDesk):
    """The desk as whoever has not finished uses it."""

    @asks_for(Act.LOG_CALL)
    def keep_draft(self, draft: Draft, *, by: str) -> None:
        """Keep what somebody has typed so far in place of what was kept of it; what is saved already is let be.

        Nothing of it is in the log, on the board or in a story. Raises as `record` does where they may not.
        """
        person = self._writer(by, act_of(draft.kind))
        self._memory.catch_up()
        if draft.pump_id is not None:
            self._refuse_unseen(draft.pump_id)
        if not self._memory.holds(draft.event_id):
            self.logbook.keep([kept_draft(owner_of(self.person, person), draft)])

    @asks_for(Act.LOG_CALL)
    def drafts(self, *, by: str) -> list[Unfinished]:
        """What this person has begun and not finished, the newest first; of pumps and kinds that are theirs now."""
        self._memory.catch_up()
        found = drafts_of(self.logbook, owner_of(self.person, named(by)))
        return [self._unfinished(one) for one in found if self.may(act_of(one.kind)) and self._sees_pump_of(one)]

    def _sees_pump_of(self, draft: Draft) -> bool:
        return draft.pump_id is None or (draft.pump_id in self._memory.pump_ids() and self._sees(draft.pump_id))

    def _unfinished(self, draft: Draft) -> Unfinished:
        state = self._memory.state(draft.pump_id) if draft.pump_id else None
        registered = state.registered if state else None
        said = self._memory.said(draft.pump_id) if draft.pump_id else ()
        return Unfinished(
            draft=draft,
            card=card_of(state, registered) if state and registered else None,
            said_since=tuple(one for one in said if one.sequence > draft.seen and one.event_id != draft.event_id),
            saved=self._memory.holds(draft.event_id),
        )

    @asks_for(Act.LOG_CALL)
    def discard_draft(self, event_id: str, *, by: str) -> None:
        """Take away what somebody typed into a form, knowingly; a draft that is gone already is no fault."""
        self._drop_draft(event_id, self._writer(by, Act.LOG_CALL))

    def _drop_draft(self, event_id: str, by: str) -> None:
        owner = owner_of(self.person, by)
        gone = [no_draft(owner, one) for one in drafts_of(self.logbook, owner) if one.event_id == event_id]
        if gone:
            self.logbook.keep(gone)
