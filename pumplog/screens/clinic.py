"""The one desk of this server process, and what is known about its log."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

import streamlit as st

from pumplog.demo import is_demo_log
from pumplog.desk import Desk, utc_now
from pumplog.logbook import Verification
from pumplog.screens import serving

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


@st.cache_resource(show_spinner=False, on_release=lambda opened: opened.desk.close())
def _opened(database: str) -> _Open:
    return _Open(Path(database))


def database() -> Path:
    """The database of this server."""
    return serving.served_database()


def desk() -> Desk:
    """The desk, opened once for all sessions of this process.

    Raises LogbookUnavailable or LogbookDamaged with what to do.
    """
    return _opened(str(database().resolve())).desk


def checked(*, now: bool = False) -> Checked:
    """When the log was last walked from end to end, and what was found."""
    return _opened(str(database().resolve())).checked(now=now)


def is_demo() -> bool:
    """Say whether this is the demo clinic: by the mark in the log itself, whatever the file is called."""
    return _opened(str(database().resolve())).demo
