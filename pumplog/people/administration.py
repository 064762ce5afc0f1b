"""What an administrator does about people and tablets, and what everybody does about their own secrets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from pumplog.errors import EntryRefused, Fault, NotAllowed, SignInRefused
from pumplog.logbook import Kept, Logbook, NewEvent, Shelf
from pumplog.people import access
from pumplog.people.accounts import Accounts, name_faults, new_person_id
from pumplog.people.codes import new_secret, step_of
from pumplog.people.passwords import (
    fingerprint,
    fits,
    kept_as,
    new_spoken_code,
    password_faults,
    pin_faults,
    refuse_faults,
    same,
    typed_code,
)
from pumplog.people.person import Account, Person, name_key
from pumplog.people.roles import Act, Role
from pumplog.people.tablets import Tablet, Tablets

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


@dataclass(frozen=True)
class PersonLine:
    """A person as an administrator sees one: everything but the secrets."""

    person_id: str
    sign_in_name: str
    name: str
    roles: frozenset[Role]
    sites: tuple[str, ...] | None
    enabled: bool
    has_pin: bool
    has_code: bool
    from_hospital: bool


class _SetupCode(BaseModel):
    """The one-time code for a first administrator, as it is kept."""

    model_config = ConfigDict(frozen=True)

    mark: str
    made_at_utc: datetime
    failed_count: int = 0


class Administration:
    """People and tablets, changed by an administrator; one's own password, PIN and code, changed by oneself."""

    def __init__(self, logbook: Logbook, accounts: Accounts, tablets: Tablets) -> None:
        self._logbook = logbook
        self._accounts = accounts
        self._tablets = tablets

    # --- the first administrator ---

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
        with self._accounts.lock:
            self._refuse_wrong_setup_code(code, address=address, at=at)
            account = self._new_account(new, password, roles=new.roles | {Role.ADMINISTRATOR})
            said = access.line("person_added", account.person_id, by=account.name, at=at, roles=_words(account.roles))
            self._accounts.keep(account, [said], also=[Kept(Shelf.SETUP_CODE, _SETUP, None)])
        return account

    def _refuse_wrong_setup_code(self, code: str, *, address: str, at: datetime) -> None:
        body = self._logbook.kept_under(Shelf.SETUP_CODE, _SETUP)
        known = None if body is None else _SetupCode.model_validate_json(body)
        if known is None or at - known.made_at_utc >= SETUP_CODE_HOLDS or known.failed_count >= SETUP_TRIES_COUNT:
            raise SignInRefused("There is no set-up code that holds: make a new one in the terminal.")
        if not same(known.mark, fingerprint(typed_code(code))):
            failed = known.model_copy(update={"failed_count": known.failed_count + 1})
            said = access.line("refused", access.THE_DOOR, by=access.NOBODY, at=at, why="setup code", address=address)
            self._logbook.keep([Kept(Shelf.SETUP_CODE, _SETUP, failed.model_dump_json())], said=[said])
            raise SignInRefused("This is not the set-up code: type it as the terminal showed it.")

    def add_first(self, new: NewPerson, password: str, *, at: datetime) -> Account:
        """Make the first administrator from the terminal. Raises NotAllowed once there is anybody."""
        with self._accounts.lock:
            if self._accounts.everybody():
                raise NotAllowed("There are people already: an administrator adds the next ones.")
            account = self._new_account(new, password, roles=new.roles | {Role.ADMINISTRATOR})
            said = access.line(
                "person_added", account.person_id, by=access.TERMINAL, at=at, roles=_words(account.roles)
            )
            self._accounts.keep(account, [said])
        return account

    def _new_account(self, new: NewPerson, password: str, *, roles: frozenset[Role]) -> Account:
        faults = name_faults(self._accounts.everybody(), new.sign_in_name, new.name)
        faults += password_faults(password, new.sign_in_name, new.name)
        faults += [] if roles else [Fault("roles", "A person has at least one role: choose it.")]
        refuse_faults([*faults, *_site_faults(new.sites)])
        return Account(
            person_id=new_person_id(),
            sign_in_name=" ".join(new.sign_in_name.split()),
            name=" ".join(new.name.split()),
            roles=roles,
            sites=new.sites,
            password_hash=kept_as(password),
        )

    # --- people ---

    def people(self, *, by: Person) -> list[PersonLine]:
        """Everybody who has or had an account."""
        _refuse_unless_administrator(by)
        return self.people_on_file()

    def people_on_file(self) -> list[PersonLine]:
        """Everybody who has or had an account, for the terminal: whoever holds the file can read it anyway."""
        return [_line_of(account) for account in self._accounts.everybody()]

    def add_person(self, new: NewPerson, *, by: Person, at: datetime) -> tuple[PersonLine, str]:
        """Add a person; the answer holds a password for the first sign-in, which must then be changed."""
        _refuse_unless_administrator(by)
        with self._accounts.lock:
            temporary = new_spoken_code()
            account = self._new_account(new, temporary, roles=new.roles)
            account = account.model_copy(update={"password_is_temporary": True})
            said = access.line(
                "person_added",
                account.person_id,
                by=by.name,
                at=at,
                roles=_words(account.roles),
                sites=_sites(account.sites),
            )
            self._accounts.keep(account, [said])
        return _line_of(account), temporary

    def change_person(
        self,
        person_id: str,
        *,
        roles: frozenset[Role],
        sites: tuple[str, ...] | None,
        enabled: bool,
        by: Person,
        at: datetime,
    ) -> PersonLine:
        """Change what a person may, or switch the account off or on; it holds from their next action on."""
        _refuse_unless_administrator(by)
        refuse_faults([*_site_faults(sites), *([] if roles else [Fault("roles", "A person has at least one role.")])])
        with self._accounts.lock:
            known = self._known(person_id)
            account = known.model_copy(update={"roles": roles, "sites": sites, "enabled": enabled})
            self._refuse_losing_the_last_administrator(known, account)
            said = access.line(
                "person_changed",
                person_id,
                by=by.name,
                at=at,
                roles=_words(roles),
                sites=_sites(sites),
                enabled=enabled,
                roles_before=_words(known.roles),
                sites_before=_sites(known.sites),
                enabled_before=known.enabled,
            )
            self._accounts.keep(account, [said])
        return _line_of(account)

    def reset_person(self, person_id: str, *, by: Person, at: datetime) -> str:
        """Give a person who lost the way in a new first password; PIN and authenticator are taken away."""
        _refuse_unless_administrator(by)
        with self._accounts.lock:
            known = self._known(person_id)
            if known.issuer is not None:
                raise NotAllowed("This person signs in at the hospital: the password is changed there.")
            temporary = new_spoken_code()
            fresh = {
                "password_hash": kept_as(temporary),
                "password_is_temporary": True,
                "secrets_count": known.secrets_count + 1,
                "pin_hash": None,
                "pin_failed_count": 0,
                "code_secret": None,
                "failed_count": 0,
                "failed_at_utc": None,
            }
            said = access.line("person_reset", person_id, by=by.name, at=at)
            self._accounts.keep(known.model_copy(update=fresh), [said])
        return temporary

    def _refuse_losing_the_last_administrator(self, before: Account, after: Account) -> None:
        if not (before.enabled and before.is_administrator) or (after.enabled and after.is_administrator):
            return
        others = [one for one in self._accounts.everybody() if one.person_id != before.person_id]
        if not any(one.enabled and one.is_administrator for one in others):
            raise NotAllowed("This is the last administrator: make somebody else one first.")

    def _known(self, person_id: str) -> Account:
        account = self._accounts.of(person_id)
        if account is None:
            raise EntryRefused(Fault("person", "There is no such person: look at the list again."))
        return account

    # --- tablets ---

    def enrol_tablet(self, name: str, *, browser: str | None, by: Person, at: datetime) -> Tablet:
        """Make the browser that asks one of the clinic's tablets, where a PIN is enough."""
        _refuse_unless_administrator(by)
        if not name.strip() or not name.isprintable() or len(name) > 60:
            raise EntryRefused(Fault("name", "The tablet needs a name of up to 60 signs, such as Room 2: type it."))
        if not browser:
            says = "This browser keeps no cookies, so it cannot be recognised: allow them for this address."
            raise EntryRefused(Fault("browser", says))
        if any(name_key(one.name) == name_key(name) and not one.revoked for one in self._tablets.all()):
            raise EntryRefused(Fault("name", "A tablet of this name is enrolled already: choose another name."))
        tablet = Tablet(
            tablet_id=uuid4().hex,
            name=" ".join(name.split()),
            browser=fingerprint(browser),
            enrolled_at_utc=at.astimezone(UTC),
            enrolled_by=by.name,
        )
        said = access.line("tablet_enrolled", tablet.tablet_id, by=by.name, at=at, tablet=tablet.name)
        self._logbook.keep([Tablets.kept(tablet)], said=[said])
        return tablet

    def revoke_tablet(self, tablet_id: str, *, by: Person, at: datetime) -> None:
        """Take a tablet off the list: a PIN works there no more."""
        _refuse_unless_administrator(by)
        known = next((one for one in self._tablets.all() if one.tablet_id == tablet_id and not one.revoked), None)
        if known is None:
            raise EntryRefused(Fault("tablet", "There is no such tablet: look at the list again."))
        said = access.line("tablet_revoked", tablet_id, by=by.name, at=at, tablet=known.name)
        self._logbook.keep([Tablets.kept(known.model_copy(update={"revoked": True}))], said=[said])

    def tablets(self, *, by: Person) -> list[Tablet]:
        """The tablets that are enrolled."""
        _refuse_unless_administrator(by)
        return [one for one in self._tablets.all() if not one.revoked]

    # --- one's own ---

    def change_password(self, person_id: str, old: str, new: str, *, at: datetime) -> None:
        """Change one's own password, by the old one."""
        with self._accounts.lock:
            account = self._with_password(person_id, old)
            faults = password_faults(new, account.sign_in_name, account.name)
            if not faults and same(old, new):
                faults = [Fault("password", "The new password is the old one: take another.")]
            refuse_faults(faults)
            fresh = {
                "password_hash": kept_as(new),
                "password_is_temporary": False,
                "secrets_count": account.secrets_count + 1,
            }
            self._change_own(account, fresh, "password_changed", at)

    def set_pin(self, person_id: str, password: str, pin: str, *, at: datetime) -> None:
        """Set one's own PIN for the clinic's tablets, by the password."""
        with self._accounts.lock:
            account = self._with_password(person_id, password)
            refuse_faults(pin_faults(pin))
            self._change_own(account, {"pin_hash": kept_as(pin), "pin_failed_count": 0}, "pin_set", at)

    def propose_code_secret(self) -> str:
        """A secret for an authenticator, not kept until a code from it was typed."""
        return new_secret()

    def set_code(self, person_id: str, password: str, secret: str, code: str, *, at: datetime) -> None:
        """Ask for a code from an authenticator at every sign-in from now on, once one was typed that fits."""
        with self._accounts.lock:
            account = self._with_password(person_id, password)
            step = step_of(secret, code, at, after_step=0)
            if step is None:
                raise EntryRefused(
                    Fault("code", "The code does not fit: type the newest one from the authenticator.")
                )
            self._change_own(account, {"code_secret": secret, "code_steps_count": step}, "code_set", at)

    def _with_password(self, person_id: str, password: str) -> Account:
        account = self._known(person_id)
        if account.issuer is not None:
            raise NotAllowed("You sign in at the hospital: passwords and codes are changed there.")
        if not fits(account.password_hash, password):
            raise EntryRefused(Fault("old_password", "This is not your password: type it again."))
        return account

    def _change_own(self, account: Account, fresh: dict[str, object], kind: str, at: datetime) -> None:
        said = access.line(kind, account.person_id, by=account.name, at=at)
        self._accounts.keep(account.model_copy(update=fresh), [said])

    # --- who came in ---

    def access_lines(self, *, by: Person, after: int = 0) -> list[NewEvent]:
        """The log of who came in, in order."""
        if not by.may(Act.SEE_ACCESS):
            raise NotAllowed("Who came in is read by an auditor or an administrator.")
        return list(self._logbook.access_events(after=after))


def _refuse_unless_administrator(by: Person) -> None:
    if not by.may(Act.MANAGE_PEOPLE):
        raise NotAllowed("People and tablets are changed by an administrator: ask one.")


def _site_faults(sites: tuple[str, ...] | None) -> list[Fault]:
    if sites is None or (sites and all(site.strip() and site.isprintable() for site in sites)):
        return []
    return [Fault("sites", "A person belongs to all sites, or to some that are named: name them.")]


def _words(roles: Iterable[Role]) -> list[str]:
    return sorted(role.value for role in roles)


def _sites(sites: tuple[str, ...] | None) -> list[str]:
    return ["all"] if sites is None else list(sites)


def _line_of(account: Account) -> PersonLine:
    return PersonLine(
        account.person_id,
        account.sign_in_name,
        account.name,
        account.roles,
        account.sites,
        account.enabled,
        account.pin_hash is not None,
        account.code_secret is not None,
        account.issuer is not None,
    )
