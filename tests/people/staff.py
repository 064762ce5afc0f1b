"""The people of a clinic whose clock is set by hand, and short ways to let them come and go."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock

from argon2 import PasswordHasher

from pumplog.people import NewPerson, Person, Role, Session, passwords
from tests.stories.clinic import Opened

PASSWORD = "seven quiet herons"  # noqa: S105  nobody's
PIN = "480263"
BOSS = "Ida Brandt"
WARD = "10.0.0.7"
"""The address that people call from, unless another is said."""


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Hash by the same algorithm at its lowest cost: hundreds of guesses are made here.

    What is really used is held in `test_passwords.py`.
    """
    with mock.patch.object(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()


@dataclass(frozen=True)
class Line:
    """One line of the log of who came in."""

    kind: str
    about: str
    by: str
    told: dict[str, Any]
    body: str


class Staff:
    """The people of an open clinic; the first of them is its administrator."""

    def __init__(self, opened: Opened) -> None:
        self.clinic, self.desk = opened.clinic, opened.desk
        self.door, self.administration = opened.desk.door, opened.desk.administration
        if not self.door.has_people():
            first = NewPerson(sign_in_name_of(BOSS), BOSS, frozenset({Role.ADMINISTRATOR}))
            self.administration.add_first(first, PASSWORD, at=self.clinic.now)
        self.boss = self.known(BOSS)

    def later(self, **by: float) -> None:
        """Let some time pass."""
        self.clinic.now += timedelta(**by)

    def add(self, name: str, *roles: Role, sites: tuple[str, ...] | None = None, temporary: bool = False) -> Person:
        """Add a person, who then chooses a password, unless it is to stay the first one."""
        new = NewPerson(sign_in_name_of(name), name, frozenset(roles), sites)
        line, first = self.administration.add_person(new, by=self.boss, at=self.clinic.now)
        if not temporary:
            self.administration.change_password(line.person_id, first, PASSWORD, at=self.clinic.now)
        return self.known(name)

    def known(self, name: str) -> Person:
        """A person as kept now."""
        account = self.door.accounts.named(name)
        assert account is not None
        return account.person

    def change(self, person: Person, **changed: Any) -> None:
        """Let the administrator change what somebody may."""
        account = self.door.accounts.of(person.person_id)
        assert account is not None
        now = {"roles": account.roles, "sites": account.sites, "enabled": account.enabled}
        self.administration.change_person(person.person_id, **{**now, **changed}, by=self.boss, at=self.clinic.now)

    def enrol(self, browser: str, name: str = "Room 2") -> str:
        """Make a browser one of the clinic's tablets; its id."""
        return self.administration.enrol_tablet(name, browser=browser, by=self.boss, at=self.clinic.now).tablet_id

    def give_pin(self, person: Person, pin: str = PIN) -> None:
        """Let a person choose a PIN."""
        self.administration.set_pin(person.person_id, PASSWORD, pin, at=self.clinic.now)

    def sign_in(self, person: Person | str, password: str = PASSWORD, *, address: str = WARD, **more: Any) -> Session:
        """Let somebody try to come in by password."""
        word = person if isinstance(person, str) else sign_in_name_of(person.name)
        return self.door.sign_in(word, password, address=address, at=self.clinic.now, **more)

    def sign_in_by_pin(self, person: Person, pin: str = PIN, *, browser: str | None, address: str = WARD) -> Session:
        """Let somebody try to come in by PIN."""
        return self.door.sign_in_with_pin(person.person_id, pin, browser=browser, address=address, at=self.clinic.now)

    def lines(self) -> list[Line]:
        """The log of who came in, in order."""
        return [
            Line(one.kind, one.pump_id, one.recorded_by, json.loads(one.body), one.body)
            for one in self.desk.logbook.access_events()
        ]


def sign_in_name_of(name: str) -> str:
    """The first name in small letters."""
    return name.split()[0].casefold()
