"""How a clinic gets its first administrator: at the terminal, or by a code that the terminal says once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict

from pumplog.errors import Fault, NotAllowed, SignInRefused
from pumplog.logbook import Kept, Log, Shelf
from pumplog.people import access
from pumplog.people.accounts import Accounts, name_faults, new_person_id
from pumplog.people.passwords import (
    fingerprint,
    kept_as,
    new_spoken_code,
    password_faults,
    refuse_faults,
    same,
    typed_code,
)
from pumplog.people.person import Account
from pumplog.people.proving import Proving
from pumplog.people.roles import Role

SETUP_CODE_HOLDS: Final = timedelta(hours=1)
SETUP_TRIES_COUNT: Final = 5
_SETUP: Final = "first"


@dataclass(frozen=True)
class NewPerson:
    """Somebody who is to have an account. `sites` None means all of them."""

    sign_in_name: str
    name: str
    roles: frozenset[Role]
    sites: tuple[str, ...] | None = None


class _SetupCode(BaseModel):
    """The one-time code for a first administrator, as it is kept."""

    model_config = ConfigDict(frozen=True)

    mark: str
    made_at_utc: datetime
    failed_count: int = 0


class SetUp:
    """Makes an administrator where there is none, or none who finds the way in."""

    def __init__(self, logbook: Log, accounts: Accounts, proving: Proving) -> None:
        self._logbook = logbook
        self._accounts = accounts
        self._proving = proving

    def make_setup_code(self, *, at: datetime) -> str:
        """A code, said once, by which one administrator can be made within the hour.

        Only whoever holds the terminal and the file can ask for it: at the first start, and when every
        administrator has lost the way in.
        """
        code = new_spoken_code()
        kept = _SetupCode(mark=fingerprint(typed_code(code)), made_at_utc=at.astimezone(UTC))
        said = access.line("setup_code_made", access.THE_DOOR, by=access.TERMINAL, at=at)
        self._logbook.keep([Kept(Shelf.SETUP_CODE, _SETUP, kept.model_dump_json())], said=[said])
        return code

    def set_up(self, code: str, new: NewPerson, password: str, *, address: str, at: datetime) -> Account:
        """Make an administrator by a set-up code, which is then used up. Raises SignInRefused or EntryRefused."""
        with self._accounts.leased():
            self._refuse_wrong_setup_code(code, address=address, at=at)
            account = self._new_account(new, password, roles=new.roles | {Role.ADMINISTRATOR})
            said = access.line("person_added", account.person_id, by=account.name, at=at, roles=words(account.roles))
            self._accounts.keep(account, [said], also=[Kept(Shelf.SETUP_CODE, _SETUP, None)])
        return account

    def _refuse_wrong_setup_code(self, code: str, *, address: str, at: datetime) -> None:
        self._proving.refuse_too_soon(address, at)
        body = self._logbook.kept_under(Shelf.SETUP_CODE, _SETUP)
        known = None if body is None else _SetupCode.model_validate_json(body)
        said = access.line("refused", access.THE_DOOR, by=access.NOBODY, at=at, why="setup code", address=address)
        if known is None or at - known.made_at_utc >= SETUP_CODE_HOLDS or known.failed_count >= SETUP_TRIES_COUNT:
            self._proving.failed_at(address, at)
            self._accounts.tell(said)
            raise SignInRefused("There is no set-up code that holds: make a new one in the terminal.")
        if not same(known.mark, fingerprint(typed_code(code))):
            self._proving.failed_at(address, at)
            failed = known.model_copy(update={"failed_count": known.failed_count + 1})
            self._logbook.keep([Kept(Shelf.SETUP_CODE, _SETUP, failed.model_dump_json())], said=[said])
            raise SignInRefused("This is not the set-up code: type it as the terminal showed it.")

    def add_first(self, new: NewPerson, password: str, *, at: datetime) -> Account:
        """Make the first administrator from the terminal. Raises NotAllowed once there is anybody."""
        with self._accounts.leased():
            if self._accounts.everybody():
                raise NotAllowed("There are people already: an administrator adds the next ones.")
            account = self._new_account(new, password, roles=new.roles | {Role.ADMINISTRATOR})
            said = access.line(
                "person_added", account.person_id, by=access.TERMINAL, at=at, roles=words(account.roles)
            )
            self._accounts.keep(account, [said])
        return account

    def _new_account(self, new: NewPerson, password: str, *, roles: frozenset[Role]) -> Account:
        faults = name_faults(self._accounts.everybody(), new.sign_in_name, new.name)
        faults += password_faults(password, new.sign_in_name, new.name)
        faults += [] if roles else [Fault("roles", "A person has at least one role: choose it.")]
        refuse_faults([*faults, *site_faults(new.sites)])
        return Account(
            person_id=new_person_id(),
            sign_in_name=" ".join(new.sign_in_name.split()),
            name=" ".join(new.name.split()),
            roles=roles,
            sites=new.sites,
            password_hash=kept_as(password),
        )


def site_faults(sites: tuple[str, ...] | None) -> list[Fault]:
    """Why these sites are not taken: none at all, or one without a name."""
    if sites is None or (sites and all(site.strip() and site.isprintable() for site in sites)):
        return []
    return [Fault("sites", "A person belongs to all sites, or to some that are named: name them.")]


def words(roles: Iterable[Role]) -> list[str]:
    """Roles as a line of the log names them."""
    return sorted(role.value for role in roles)
