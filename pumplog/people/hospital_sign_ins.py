"""Sign-ins at the hospital, as this clinic remembers them: whose browser each belongs to, whether it has ended."""

from datetime import UTC, datetime
from enum import Enum

from pydantic import BaseModel, ConfigDict

from pumplog.logbook import Kept, Log, Shelf
from pumplog.people import access
from pumplog.people.accounts import Accounts, new_person_id
from pumplog.people.hospital import HospitalIdentity
from pumplog.people.passwords import fingerprint
from pumplog.people.person import Account, name_key
from pumplog.people.roles import Role


class Take(Enum):
    """What becomes of a sign-in that a browser shows."""

    FIRST = "first"
    AGAIN = "again"
    REFUSED = "refused"


class _Taken(BaseModel):
    """One sign-in: the browser that used it first, and whether it was ended."""

    model_config = ConfigDict(frozen=True)

    browser: str | None
    first_at_utc: datetime
    ended: bool = False


class HospitalSignIns:
    """Every sign-in at the hospital that was ever used here."""

    def __init__(self, logbook: Log) -> None:
        self._logbook = logbook

    @staticmethod
    def key_of(identity: HospitalIdentity) -> str:
        """What tells one sign-in of a person from the next; says nothing about the person."""
        return fingerprint(identity.sign_in_id)

    def take(self, key: str, browser: str | None, at: datetime) -> Take:
        """Use a sign-in in a browser: for the first time, again, or not, since it is another's or has ended."""
        body = self._logbook.kept_under(Shelf.HOSPITAL_SIGN_IN, key)
        if body is None:
            self._keep(key, _Taken(browser=browser, first_at_utc=at.astimezone(UTC)))
            return Take.FIRST
        known = _Taken.model_validate_json(body)
        return Take.REFUSED if known.ended or browser is None or known.browser != browser else Take.AGAIN

    def end(self, key: str) -> None:
        """Let a sign-in be used no more."""
        body = self._logbook.kept_under(Shelf.HOSPITAL_SIGN_IN, key)
        if body is not None:
            self._keep(key, _Taken.model_validate_json(body).model_copy(update={"ended": True}))

    def _keep(self, key: str, taken: _Taken) -> None:
        self._logbook.keep([Kept(Shelf.HOSPITAL_SIGN_IN, key, taken.model_dump_json())])

    @staticmethod
    def account_of(identity: HospitalIdentity, known: Account | None, accounts: Accounts, at: datetime) -> Account:
        """The person's account with what the hospital says of them now; made when there is none yet."""
        roles = frozenset(Role(role) for role in identity.roles)
        if known is not None:
            changed = known.model_copy(update={"roles": roles, "sites": identity.sites})
            if changed != known:
                said = access.line(
                    "person_changed",
                    known.person_id,
                    by=access.HOSPITAL,
                    at=at,
                    roles=sorted(roles),
                    sites=list(identity.sites) if identity.sites is not None else ["all"],
                    roles_before=sorted(known.roles),
                    sites_before=list(known.sites) if known.sites is not None else ["all"],
                )
                accounts.keep(changed, [said])
            return changed
        person_id = new_person_id()
        account = Account(
            person_id=person_id,
            sign_in_name=f"hospital:{person_id}",
            name=_name_of_their_own(identity.name, accounts),
            roles=roles,
            sites=identity.sites,
            issuer=identity.issuer,
            subject=identity.subject,
        )
        accounts.keep(
            account, [access.line("person_added", person_id, by=access.HOSPITAL, at=at, roles=sorted(roles))]
        )
        return account


def _name_of_their_own(name: str, accounts: Accounts) -> str:
    """The name as the hospital gives it, with a number when somebody of that name is in the log already."""
    plain = " ".join(name.split())
    taken = {name_key(one.name) for one in accounts.everybody()} | access.NOT_PEOPLE
    if name_key(plain) not in taken:
        return plain
    return next(
        f"{plain} {number}" for number in range(2, len(taken) + 3) if name_key(f"{plain} {number}") not in taken
    )
