"""Whether somebody is who they say: each secret looked at, slowly; each failure counted and written down."""

from datetime import UTC, datetime
from math import ceil
from typing import Final

from pumplog.errors import SignInRefused
from pumplog.people import access
from pumplog.people.accounts import LONGEST_NAME, Accounts
from pumplog.people.codes import step_of
from pumplog.people.passwords import PIN_DIGITS_COUNT, fits
from pumplog.people.person import Account, name_key
from pumplog.people.sessions import Session
from pumplog.people.slowing import (
    ADDRESS_FREE_FAILURES_COUNT,
    FREE_FAILURES_COUNT,
    PIN_FAILURES_COUNT,
    Failures,
    wait_until,
)
from pumplog.people.tablets import Tablets

DOES_NOT_FIT: Final = "The name and the password do not fit: type both again."


class Proving:
    """Looks at passwords, PINs and codes, one after another: guesses side by side cannot outrun the counting.

    What comes too soon is neither looked at nor written down, so that nobody fills the log by hammering.
    """

    def __init__(self, accounts: Accounts, tablets: Tablets) -> None:
        self._accounts = accounts
        self._tablets = tablets
        self._places = Failures(ADDRESS_FREE_FAILURES_COUNT)
        self._tries = Failures(FREE_FAILURES_COUNT)

    def by_password(
        self, sign_in_name: str, password: str, code: str, mark: str | None, *, address: str, at: datetime
    ) -> Account:
        """The account whose password this is; every refusal sounds the same and takes as long."""
        with self._accounts.leased():
            account = self._accounts.signing_in_as(sign_in_name)
            tried, place = self._tried_at(account, sign_in_name, mark), self._place_of(mark, address)
            self._refuse_too_soon(account, tried, place, at)
            fitting = fits(account.password_hash if account else None, password)
            if not fitting or account is None or not account.enabled:
                self._failed(account, tried, "password", place, address, at)
                raise SignInRefused(DOES_NOT_FIT)
            step = account.code_steps_count
            if account.code_secret is not None:
                found = step_of(account.code_secret, code, at, after_step=step)
                if found is None:
                    self._failed(account, tried, "code", place, address, at)
                    raise SignInRefused(
                        "The code from the authenticator is missing or does not fit: type the newest one."
                    )
                step = found
            return self._cleared(account, tried, at, code_steps_count=step, pin_failed_count=0)

    def by_pin(self, account: Account | None, pin: str, mark: str | None, *, address: str, at: datetime) -> Account:
        """The account whose PIN this is, on an enrolled tablet. Wrong ones switch the PIN off, not the account."""
        with self._accounts.leased():
            known = self._accounts.of(account.person_id) if account else None
            tried, place = f"pin {mark} {known.person_id if known else ''}", self._place_of(mark, address)
            self._refuse_too_soon(known, tried, place, at)
            if self._tablets.at(mark) is None:
                self._failed_without_looking(known, "pin on no tablet of ours", place, address, at)
                raise SignInRefused("A PIN works on the clinic's own tablets only: sign in with your password.")
            if known is None or not known.enabled or known.pin_hash is None:
                self._failed_without_looking(known, "no pin", place, address, at)
                raise SignInRefused(DOES_NOT_FIT)
            if known.pin_failed_count >= PIN_FAILURES_COUNT:
                self._failed_without_looking(known, "pin is off", place, address, at)
                raise SignInRefused("The PIN was wrong too often and is off: sign in with your password.")
            if not fits(known.pin_hash, pin):
                self._failed(known, tried, "pin", place, address, at)
                raise SignInRefused("The PIN does not fit: type it again, or sign in with your password.")
            return self._cleared(known, tried, at, pin_failed_count=0)

    def again(self, account: Account | None, secret: str, session: Session, *, address: str, at: datetime) -> None:
        """Prove somebody who is signed in already, by PIN or password; wrong ones slow this one sign-in down."""
        if account is None or not account.enabled:
            self.refused("switched off", about=session.person_id, by=access.NOBODY, address=address, at=at)
            raise SignInRefused("This account was switched off: ask an administrator.")
        if account.pin_hash and looks_like_a_pin(secret) and self._tablets.at(session.browser):
            self.by_pin(account, secret, session.browser, address=address, at=at)
            return
        if account.password_hash is None:
            raise SignInRefused("You signed in at the hospital: sign out here, then sign in there again.")
        says, place = "This is not the password: type it again.", self._place_of(session.browser, address)
        self._by_password_alone(account, secret, f"session {session.session_id}", says, place, address, at)

    def own(self, account: Account, password: str, *, at: datetime) -> Account:
        """Prove somebody who changes a secret of their own, by the password. Raises SignInRefused.

        Slowed like any other way in: an open page is no place to find out a password by trying.
        """
        says = "This is not your password: type it again."
        return self._by_password_alone(account, password, f"own {account.person_id}", says, None, None, at)

    def _by_password_alone(
        self,
        account: Account,
        password: str,
        tried: str,
        says: str,
        place: str | None,
        address: str | None,
        at: datetime,
    ) -> Account:
        with self._accounts.leased():
            self._refuse_too_soon(account, tried, place, at)
            if not fits(account.password_hash, password):
                self._failed(account, tried, "password", place, address, at)
                raise SignInRefused(says)
            return self._cleared(account, tried, at, pin_failed_count=0)

    def refuse_too_soon(self, address: str, at: datetime) -> None:
        """Refuse whatever comes from an address that was wrong too often of late."""
        self._refuse_too_soon(None, None, address, at)

    def failed_at(self, address: str, at: datetime) -> None:
        """Count a failure that is nobody's in particular."""
        self._places.failed(address, at)

    def came_in_from(self, address: str, mark: str | None, at: datetime) -> None:
        """Take failures of a place back, since somebody came in from there."""
        self._places.let_in(self._place_of(mark, address), at)

    def refused(self, why: str, *, about: str, by: str, address: str | None, at: datetime) -> None:
        """Write down that somebody was not let in."""
        self._accounts.tell(access.line("refused", about, by=by, at=at, why=why, address=address))

    def _tried_at(self, account: Account | None, name: str, mark: str | None) -> str | None:
        """Where failures are counted: with the account itself, or under a key of its own.

        On an enrolled tablet they count there alone: somebody elsewhere who knows a nurse's sign-in name and
        types rubbish slows themselves down, and does not keep her out at the couch.
        """
        if account is None:
            return f"name {name_key(name[:LONGEST_NAME])}"
        return f"tablet {mark} {account.person_id}" if self._tablets.at(mark) else None

    def _place_of(self, mark: str | None, address: str) -> str:
        """Where somebody is: at one of the clinic's tablets, else at an address.

        A whole hospital may share an address: whoever guesses from it keeps nobody out at the clinic's own tablets.
        """
        return f"tablet {mark}" if self._tablets.at(mark) else address

    def _refuse_too_soon(self, account: Account | None, tried: str | None, place: str | None, at: datetime) -> None:
        waits = [self._places.wait_until(place) if place is not None else None]
        if tried is not None:
            waits.append(self._tries.wait_until(tried))
        elif account is not None:
            waits.append(wait_until(account.failed_count, account.failed_at_utc))
        until = max((wait for wait in waits if wait is not None), default=at)
        if until > at:
            seconds = ceil((until - at).total_seconds())
            raise SignInRefused(f"Too many tries did not fit. Wait {seconds} seconds, then try again.")

    def _failed(
        self,
        account: Account | None,
        tried: str | None,
        what: str,
        place: str | None,
        address: str | None,
        at: datetime,
    ) -> None:
        if place is not None:
            self._places.failed(place, at)
        if tried is not None:
            self._tries.failed(tried, at)
        if account is None:
            self.refused(what, about=access.THE_DOOR, by=access.NOBODY, address=address, at=at)
            return
        changed = account.model_copy(
            update={
                "failed_count": account.failed_count + (tried is None),
                "failed_at_utc": at.astimezone(UTC) if tried is None else account.failed_at_utc,
                "pin_failed_count": account.pin_failed_count + (what == "pin"),
            }
        )
        said = access.line("refused", account.person_id, by=access.NOBODY, at=at, why=what, address=address)
        self._accounts.keep(changed, said=[said])

    def _failed_without_looking(
        self, account: Account | None, why: str, place: str, address: str, at: datetime
    ) -> None:
        """A try that could not have fitted: it counts against where it came from, not against the person."""
        self._places.failed(place, at)
        about = account.person_id if account else access.THE_DOOR
        self.refused(why, about=about, by=access.NOBODY, address=address, at=at)

    def _cleared(self, account: Account, tried: str | None, at: datetime, **changes: int) -> Account:
        """The account with its failures forgotten; kept only when that changes anything."""
        forgotten = {"failed_count": 0, "failed_at_utc": None} if tried is None else {}
        if tried is not None:
            self._tries.let_in(tried, at)
        cleared = account.model_copy(update={**changes, **forgotten})
        if cleared != account:
            self._accounts.keep(cleared)
        return cleared


def looks_like_a_pin(secret: str) -> bool:
    """Whether what was typed can be a PIN: a password is longer."""
    return len(secret) == PIN_DIGITS_COUNT and secret.isascii() and secret.isdigit()
