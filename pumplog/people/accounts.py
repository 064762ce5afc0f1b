"""The accounts as they are kept: read anew each time, so that what was changed holds at the next question."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from uuid import uuid4

from pumplog.errors import EntryRefused, Fault
from pumplog.logbook import Kept, Lease, Log, NewEvent, Shelf
from pumplog.people import access
from pumplog.people.person import Account, name_key

LONGEST_NAME = 80


class Accounts:
    """Everybody who ever had an account; nobody is taken away, since their name stands in the log."""

    def __init__(self, logbook: Log) -> None:
        self._logbook = logbook
        self._has_any = bool(logbook.kept(Shelf.ACCOUNT))

    def everybody(self) -> list[Account]:
        """Every account, by name."""
        kept = self._logbook.kept(Shelf.ACCOUNT).values()
        return sorted(map(Account.model_validate_json, kept), key=lambda account: name_key(account.name))

    def of(self, person_id: str) -> Account | None:
        """One account by its own id."""
        body = self._logbook.kept_under(Shelf.ACCOUNT, person_id)
        return None if body is None else Account.model_validate_json(body)

    def known(self, person_id: str) -> Account:
        """One account by its own id. Raises EntryRefused when there is none."""
        account = self.of(person_id)
        if account is None:
            raise EntryRefused(Fault("person", "There is no such person: look at the list again."))
        return account

    def signing_in_as(self, sign_in_name: str) -> Account | None:
        """The account of a sign-in name, whatever its capitals."""
        key = name_key(sign_in_name)
        return next((one for one in self.everybody() if name_key(one.sign_in_name) == key), None)

    def named(self, name: str) -> Account | None:
        """The account whose name stands in the log."""
        key = name_key(name)
        return next((one for one in self.everybody() if name_key(one.name) == key), None)

    def known_to(self, issuer: str, subject: str) -> Account | None:
        """The account of somebody whom the hospital's sign-in knows."""
        return next((one for one in self.everybody() if (one.issuer, one.subject) == (issuer, subject)), None)

    def keep(self, account: Account, said: Iterable[NewEvent] = (), *, also: Iterable[Kept] = ()) -> None:
        """Keep an account as it is now, with the lines that say so and whatever changes with it."""
        body = account.model_dump_json(exclude_none=True)
        self._logbook.keep([Kept(Shelf.ACCOUNT, account.person_id, body), *also], said=said)
        self._has_any = True

    def leased(self) -> AbstractContextManager[None]:
        """Held from reading an account to keeping it changed: guesses come one after another, nothing is lost."""
        return self._logbook.leased(Lease.PEOPLE)

    def has_any(self) -> bool:
        """Whether anybody has an account; once there is one there always is. The first may come from a terminal."""
        if not self._has_any:
            self._has_any = bool(self._logbook.kept(Shelf.ACCOUNT))
        return self._has_any

    def tell(self, *said: NewEvent) -> None:
        """Write lines about who came in, with nothing changed."""
        self._logbook.keep(said=said)


def new_person_id() -> str:
    """An id that says nothing about anybody."""
    return uuid4().hex


def name_faults(accounts: list[Account], sign_in_name: str, name: str) -> list[Fault]:
    """Why the two names of a new person are not taken: empty, unprintable, or somebody's already, for ever."""
    faults = []
    for field, label, typed in (("sign_in_name", "sign-in name", sign_in_name), ("name", "name", name)):
        if not typed.strip() or not typed.isprintable():
            faults.append(Fault(field, f"The {label} is missing or cannot be printed: type it."))
        elif len(typed) > LONGEST_NAME:
            faults.append(Fault(field, f"The {label} is longer than {LONGEST_NAME} signs: shorten it."))
    if any(name_key(one.sign_in_name) == name_key(sign_in_name) for one in accounts):
        faults.append(Fault("sign_in_name", "This sign-in name is somebody's already: choose another."))
    if any(name_key(one.name) == name_key(name) for one in accounts) or name_key(name) in access.NOT_PEOPLE:
        says = "Somebody of this name is in the log already: add a second initial, so that nobody is mistaken."
        faults.append(Fault("name", says))
    return faults
