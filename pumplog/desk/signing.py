"""A second person's sign under an entry that is about to be saved."""

from hashlib import sha256

from pumplog.desk.allowed import refuse_unless
from pumplog.desk.writing import WritingDesk
from pumplog.entries import AnyEntry, Corrected
from pumplog.errors import Fault, NotAllowed
from pumplog.people import act_of
from pumplog.people.person import name_key


class SigningDesk(WritingDesk):
    """The desk as a second checker uses it."""

    def second_check(
        self,
        entry: AnyEntry,
        *,
        event_id: str,
        session_id: str,
        sign_in_name: str,
        secret: str,
        code: str = "",
        browser: str | None = None,
    ) -> str:
        """Take a second person's sign under an entry that is about to be saved; their name, for its `second_checker`.

        `session_id` is the sign-in of whoever saves. Raises SignInRefused or NotAllowed; writes no entry.
        """
        refuse_unless(self, act_of(entry.kind))
        session = self.door.session(session_id)
        if self.person is not None and (session is None or session.person_id != self.person.person_id):
            raise NotAllowed("A second sign is asked for under your own sign-in: sign in again.")
        self._memory.catch_up()
        registered = self._memory.state(self._pump_id_for(entry)).registered
        return self.door.check_second(
            session_id,
            sign_in_name,
            secret,
            code=code,
            event_id=event_id,
            digest=_digest(entry),
            site=registered.clinic_site if registered else None,
            browser=browser,
            at=self._now(),
        )

    def _unsigned(self, entry: AnyEntry, event_id: str) -> list[Fault]:
        """What is missing when a second checker is named who has not signed under exactly this."""
        checker = _second_checker(entry)
        if self.person is None or checker is None:
            return []
        if name_key(checker) == name_key(self.person.name):
            return [Fault("second_checker", "The second checker is another person than the one who saves.")]
        if self.door.has_checked(checker, event_id=event_id, digest=_digest(entry), at=self._now()):
            return []
        return [Fault("second_checker", f"{checker} has not signed under this as it is now: let them sign again.")]


def _second_checker(entry: AnyEntry) -> str | None:
    """The second checker whom an entry, or the entry it puts in another's place, names."""
    said = entry.replacement if isinstance(entry, Corrected) and entry.replacement else entry
    return getattr(said, "second_checker", None)


def _digest(entry: AnyEntry) -> str:
    """What a second checker signs under: everything the entry says, but for the checker's own name."""
    if isinstance(entry, Corrected) and entry.replacement:
        replacement = _without_checker(entry.replacement)
        unsigned: AnyEntry = entry.model_copy(update={"replacement": replacement})
    else:
        unsigned = _without_checker(entry)
    return sha256(unsigned.body().encode()).hexdigest()


def _without_checker(entry: AnyEntry) -> AnyEntry:
    return entry.model_copy(update={"second_checker": None}) if _second_checker(entry) else entry
