"""What an administrator does about people and tablets."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from pumplog.errors import EntryRefused, Fault, NotAllowed
from pumplog.logbook import Log
from pumplog.people import access
from pumplog.people.accounts import Accounts
from pumplog.people.own_secrets import OwnSecrets
from pumplog.people.passwords import fingerprint, kept_as, new_spoken_code, refuse_faults
from pumplog.people.person import Account, Person, name_key
from pumplog.people.proving import Proving
from pumplog.people.roles import Act, Role
from pumplog.people.set_up import NewPerson, SetUp, site_faults, words
from pumplog.people.tablets import Tablet, Tablets

_LONGEST_TABLET_NAME: Final = 60
_WHO_MAY: Final = {
    Act.MANAGE_PEOPLE: "People and tablets are changed by an administrator: ask one.",
    Act.SEE_ACCESS: "Who came in is read by an auditor or an administrator: ask one.",
}


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


class Administration(SetUp, OwnSecrets):
    """People and tablets, changed by an administrator, asked about anew each time; one's own secrets, by oneself."""

    def __init__(self, logbook: Log, accounts: Accounts, tablets: Tablets, proving: Proving) -> None:
        SetUp.__init__(self, logbook, accounts, proving)
        OwnSecrets.__init__(self, accounts, proving)
        self._tablets = tablets

    def _refuse_unless(self, act: Act, by: Person, at: datetime | None = None) -> None:
        """Raise NotAllowed for who may not do this, then or now; written down where it is known when they asked."""
        account = self._accounts.of(by.person_id)
        if account is not None and account.enabled and account.person.may(act) and by.may(act):
            return
        if at is not None:
            self._accounts.tell(access.line("not_allowed", by.person_id, by=by.name, at=at, act=act.value))
        raise NotAllowed(_WHO_MAY[act])

    # --- people ---

    def people(self, *, by: Person) -> list[PersonLine]:
        """Everybody who has or had an account."""
        self._refuse_unless(Act.MANAGE_PEOPLE, by)
        return self.people_on_file()

    def people_on_file(self) -> list[PersonLine]:
        """Everybody who has or had an account, for the terminal: whoever holds the file can read it anyway."""
        return [_line_of(account) for account in self._accounts.everybody()]

    def add_person(self, new: NewPerson, *, by: Person, at: datetime) -> tuple[PersonLine, str]:
        """Add a person; the answer holds a password for the first sign-in, which must then be changed."""
        with self._accounts.leased():
            self._refuse_unless(Act.MANAGE_PEOPLE, by, at)
            temporary = new_spoken_code()
            account = self._new_account(new, temporary, roles=new.roles)
            account = account.model_copy(update={"password_is_temporary": True})
            said = access.line(
                "person_added",
                account.person_id,
                by=by.name,
                at=at,
                roles=words(account.roles),
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
        with self._accounts.leased():
            self._refuse_unless(Act.MANAGE_PEOPLE, by, at)
            no_role = [] if roles else [Fault("roles", "A person has at least one role: choose it.")]
            refuse_faults([*site_faults(sites), *no_role])
            known = self._accounts.known(person_id)
            account = known.model_copy(update={"roles": roles, "sites": sites, "enabled": enabled})
            self._refuse_losing_the_last_administrator(known, account)
            said = access.line(
                "person_changed",
                person_id,
                by=by.name,
                at=at,
                roles=words(roles),
                sites=_sites(sites),
                enabled=enabled,
                roles_before=words(known.roles),
                sites_before=_sites(known.sites),
                enabled_before=known.enabled,
            )
            self._accounts.keep(account, [said])
        return _line_of(account)

    def reset_person(self, person_id: str, *, by: Person, at: datetime) -> str:
        """Give a person who lost the way in a new first password; PIN and authenticator are taken away."""
        with self._accounts.leased():
            self._refuse_unless(Act.MANAGE_PEOPLE, by, at)
            known = self._accounts.known(person_id)
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

    # --- tablets ---

    def enrol_tablet(self, name: str, *, browser: str | None, by: Person, at: datetime) -> Tablet:
        """Make the browser that asks one of the clinic's tablets, where a PIN is enough."""
        with self._accounts.leased():
            self._refuse_unless(Act.MANAGE_PEOPLE, by, at)
            tablet = Tablet(
                tablet_id=uuid4().hex,
                name=" ".join(name.split()),
                browser=fingerprint(self._browser_for_a_tablet(name, browser)),
                enrolled_at_utc=at.astimezone(UTC),
                enrolled_by=by.name,
            )
            said = access.line("tablet_enrolled", tablet.tablet_id, by=by.name, at=at, tablet=tablet.name)
            self._logbook.keep([Tablets.kept(tablet)], said=[said])
        return tablet

    def _browser_for_a_tablet(self, name: str, browser: str | None) -> str:
        """The word of a browser that can be enrolled under a name. Raises EntryRefused when it cannot."""
        if not name.strip() or not name.isprintable() or len(name) > _LONGEST_TABLET_NAME:
            raise EntryRefused(Fault("name", "The tablet needs a name of up to 60 signs, such as Room 2: type it."))
        if not browser:
            says = "This browser keeps no cookies, so it cannot be recognised: allow them for this address."
            raise EntryRefused(Fault("browser", says))
        enrolled = [one for one in self._tablets.all() if not one.revoked]
        if any(name_key(one.name) == name_key(name) for one in enrolled):
            raise EntryRefused(Fault("name", "A tablet of this name is enrolled already: choose another name."))
        known = next((one.name for one in enrolled if one.browser == fingerprint(browser)), None)
        if known is not None:
            says = f"This browser is enrolled already, as {known}: take that off the list first."
            raise EntryRefused(Fault("browser", says))
        return browser

    def revoke_tablet(self, tablet_id: str, *, by: Person, at: datetime) -> None:
        """Take a tablet off the list: a PIN works there no more."""
        with self._accounts.leased():
            self._refuse_unless(Act.MANAGE_PEOPLE, by, at)
            known = next((one for one in self._tablets.all() if one.tablet_id == tablet_id and not one.revoked), None)
            if known is None:
                raise EntryRefused(Fault("tablet", "There is no such tablet: look at the list again."))
            said = access.line("tablet_revoked", tablet_id, by=by.name, at=at, tablet=known.name)
            self._logbook.keep([Tablets.kept(known.model_copy(update={"revoked": True}))], said=[said])

    def tablets(self, *, by: Person) -> list[Tablet]:
        """The tablets that are enrolled."""
        self._refuse_unless(Act.MANAGE_PEOPLE, by)
        return [one for one in self._tablets.all() if not one.revoked]


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
