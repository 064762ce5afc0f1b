"""Who is signed in now: in the server's memory alone, so that nothing a browser holds can sign anybody in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from pumplog.people.passwords import new_token
from pumplog.people.roles import Role


class Must(StrEnum):
    """What a person has to do before anything else."""

    CHANGE_PASSWORD = "change_password"  # noqa: S105  the name of a duty
    SET_CODE = "set_code"


@dataclass
class Session:
    """One person at one page of one browser, from signing in to signing out."""

    session_id: str
    person_id: str
    name: str
    browser: str | None
    address: str
    began_at: datetime
    seen_at: datetime
    locked: bool = False
    must: frozenset[Must] = frozenset()
    hospital_key: str | None = None
    secrets_count: int = 0
    """How often the person's password had been changed when this began: another count ends it."""
    by_pin: bool = False
    roles: frozenset[Role] = frozenset()
    """As they were when the person was last asked about: enough for a menu, not for the desk."""

    def is_idle(self, at: datetime, limit: timedelta) -> bool:
        """Whether nobody touched it for so long."""
        return at - self.seen_at >= limit

    def is_over(self, at: datetime, limit: timedelta) -> bool:
        """Whether it has lasted as long as a sign-in may last."""
        return at - self.began_at >= limit


class Sessions:
    """The sessions of this process, by their own random words."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sessions: dict[str, Session] = {}

    def begin(
        self,
        person_id: str,
        name: str,
        *,
        browser: str | None,
        address: str,
        at: datetime,
        must: frozenset[Must] = frozenset(),
        hospital_key: str | None = None,
        secrets_count: int = 0,
        by_pin: bool = False,
    ) -> Session:
        """Begin a session under a new word."""
        word = new_token()
        session = Session(
            session_id=word,
            person_id=person_id,
            name=name,
            browser=browser,
            address=address,
            began_at=at,
            seen_at=at,
            must=must,
            hospital_key=hospital_key,
            secrets_count=secrets_count,
            by_pin=by_pin,
        )
        with self._lock:
            self._sessions[session.session_id] = session
        return session

    def of(self, session_id: str | None) -> Session | None:
        """The session of a word; None when there is none."""
        with self._lock:
            return self._sessions.get(session_id) if session_id else None

    def in_browser(self, browser: str) -> list[Session]:
        """The sessions of a browser."""
        with self._lock:
            return [one for one in self._sessions.values() if one.browser == browser]

    def end(self, session_id: str) -> Session | None:
        """End a session; the one that was ended."""
        with self._lock:
            return self._sessions.pop(session_id, None)

    def is_open_elsewhere(self, session: Session, at: datetime, idle_limit: timedelta) -> bool:
        """Whether the same sign-in at the hospital is open, neither locked nor idle, at another page."""
        with self._lock:
            return any(
                one.hospital_key == session.hospital_key and not one.locked and not one.is_idle(at, idle_limit)
                for one in self._sessions.values()
                if one is not session
            )

    def drop_those_over(self, at: datetime, limit: timedelta) -> None:
        """Forget what nobody can go on with."""
        with self._lock:
            self._sessions = {word: one for word, one in self._sessions.items() if not one.is_over(at, limit)}
