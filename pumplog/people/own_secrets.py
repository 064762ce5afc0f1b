"""What everybody does about their own password, PIN and authenticator, each by the password."""

from datetime import datetime

from pumplog.errors import EntryRefused, Fault, NotAllowed
from pumplog.people import access
from pumplog.people.accounts import Accounts
from pumplog.people.codes import new_secret, step_of
from pumplog.people.passwords import kept_as, password_faults, pin_faults, refuse_faults, same
from pumplog.people.person import Account
from pumplog.people.proving import Proving


class OwnSecrets:
    """One's own secrets, changed by oneself. A wrong password is counted and slowed like at any other way in."""

    def __init__(self, accounts: Accounts, proving: Proving) -> None:
        self._accounts = accounts
        self._proving = proving

    def change_password(self, person_id: str, old: str, new: str, *, at: datetime) -> None:
        """Change one's own password, by the old one."""
        with self._accounts.leased():
            account = self._with_password(person_id, old, at)
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
        with self._accounts.leased():
            account = self._with_password(person_id, password, at)
            refuse_faults(pin_faults(pin))
            self._change_own(account, {"pin_hash": kept_as(pin), "pin_failed_count": 0}, "pin_set", at)

    def propose_code_secret(self) -> str:
        """A secret for an authenticator, not kept until a code from it was typed."""
        return new_secret()

    def set_code(self, person_id: str, password: str, secret: str, code: str, *, at: datetime) -> None:
        """Ask for a code from an authenticator at every sign-in from now on, once one was typed that fits."""
        with self._accounts.leased():
            account = self._with_password(person_id, password, at)
            step = step_of(secret, code, at, after_step=0)
            if step is None:
                raise EntryRefused(
                    Fault("code", "The code does not fit: type the newest one from the authenticator.")
                )
            self._change_own(account, {"code_secret": secret, "code_steps_count": step}, "code_set", at)

    def _with_password(self, person_id: str, password: str, at: datetime) -> Account:
        account = self._accounts.known(person_id)
        if account.issuer is not None:
            raise NotAllowed("You sign in at the hospital: passwords and codes are changed there.")
        if not account.enabled:
            raise NotAllowed("Your account was switched off: ask an administrator.")
        return self._proving.own(account, password, at=at)

    def _change_own(self, account: Account, fresh: dict[str, object], kind: str, at: datetime) -> None:
        said = access.line(kind, account.person_id, by=account.name, at=at)
        self._accounts.keep(account.model_copy(update=fresh), [said])
