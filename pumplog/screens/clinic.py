"""The one desk of this server process, and what is known about its log."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import streamlit as st

from pumplog.demo import is_demo_log
from pumplog.desk import Desk, utc_now
from pumplog.errors import PumplogError
from pumplog.logbook import Verification
from pumplog.people import Act
from pumplog.screens.browser_cookie import BROWSER_COOKIE, is_token
from pumplog.serving.refusals import may_be_served_without_accounts
from pumplog.serving.served import served_database

SESSION_KEY: Final = "session_id"
VERIFY_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Checked:
    """What the last walk along the log found, and when, in the clinic's time."""

    verification: Verification
    at: datetime


class _Open:
    """The desk over one database, with the last check of its log."""

    def __init__(self, database: Path) -> None:
        database.parent.mkdir(parents=True, exist_ok=True)
        self.desk = Desk.open(database)
        self.demo = is_demo_log(self.desk.logbook)
        self._lock = Lock()
        self._checked = self._check()

    def _check(self) -> Checked:
        return Checked(self.desk.verify(), utc_now().astimezone(self.desk.zone))

    def checked(self, *, now: bool) -> Checked:
        """The last check, made again when asked for, or when it is an hour old."""
        with self._lock:
            if now or utc_now() - self._checked.at > VERIFY_EVERY:
                self._checked = self._check()
            return self._checked


_AT_HAND: Final[dict[str, _Open]] = {}
"""What is open, by its file: Streamlit works the key of a call out anew each time, and a page asks a dozen times."""


def _release(opened: _Open) -> None:
    _AT_HAND.clear()
    opened.desk.close()


@st.cache_resource(show_spinner=False, on_release=_release)
def _opened(database: str) -> _Open:
    return _Open(Path(database))


def _at_hand() -> _Open:
    name = _resolved(database())
    found = _AT_HAND.get(name)
    if found is None:
        found = _AT_HAND[name] = _opened(name)
    return found


def database() -> Path:
    """The database of this server."""
    return served_database()


_SEND_FILES: Final = (Act.IMPORT, Act.RECORD, Act.LOG_CALL)


@cache
def _resolved(path: Path) -> str:
    """The whole path of a database: a page asks for its desk a dozen times, and the disk each time."""
    return str(path.resolve())


def whole_desk() -> Desk:
    """The desk of nobody in particular, opened once for all sessions of this process: for the door, not for pages.

    Raises LogbookUnavailable or LogbookDamaged with what to do.
    """
    return _at_hand().desk


def work_out_board() -> None:
    """Work today's board out before anybody opens it: of thousands of pumps the first takes seconds.

    Nobody has looked at it by this. A log that cannot be opened is said by every page, with the mend.
    """
    with suppress(PumplogError):
        whole_desk().board()


def is_open_to_all() -> bool:
    """Whether this is a demo in which nobody has an account: everybody may look around, under a name they type."""
    whole = whole_desk()
    return is_demo() and not whole.door.has_people() and may_be_served_without_accounts(whole.reference.door)


def desk(*, touched: bool = True) -> Desk:
    """The desk as whoever is signed in here has it, asked about anew; `touched` says that somebody did something.

    Raises SignInRefused when nobody is signed in here any more, SignInLocked while the screen is locked.
    """
    whole = whole_desk()
    if is_open_to_all():
        return whole
    person = whole.door.current(session_id(), browser=browser(), at=whole.now(), touched=touched)
    return whole.as_person(person)


def browser() -> str | None:
    """The random word by which the browser that is calling now is known again; None when it keeps none."""
    kept = st.context.cookies.get(BROWSER_COOKIE)
    return kept if kept and is_token(kept) else None


def may_send_files(browser: str) -> bool:
    """Whether a file may be taken from this browser, or it is a demo.

    Somebody there is signed in who may import a sheet, or who finds a pump by the camera: its picture is a file too.
    """
    whole = whole_desk()
    return is_open_to_all() or any(whole.door.may_in(browser, act, at=whole.now()) for act in _SEND_FILES)


def session_id() -> str | None:
    """The word of the sign-in at this page. It stays on the server: a browser never holds it."""
    kept = st.session_state.get(SESSION_KEY)
    return kept if isinstance(kept, str) else None


def checked(*, now: bool = False) -> Checked:
    """When the log was last walked from end to end, and what was found."""
    return _at_hand().checked(now=now)


def is_demo() -> bool:
    """Say whether this is the demo clinic: by the mark in the log itself, whatever the file is called."""
    return _at_hand().demo
