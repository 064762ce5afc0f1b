"""The door: who is let in, who is let in again, and who else looked. It is told what time it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from pumplog.errors import NotAllowed, SignInLocked, SignInRefused
from pumplog.logbook import Logbook
from pumplog.people import access
from pumplog.people.accounts import Accounts
from pumplog.people.codes import step_of
from pumplog.people.hospital import HospitalIdentity
from pumplog.people.hospital_sign_ins import HospitalSignIns, Take
from pumplog.people.passwords import PIN_DIGITS_COUNT, fingerprint, fits
from pumplog.people.person import Account, Person, name_key
from pumplog.people.roles import Act
from pumplog.people.sessions import Must, Session, Sessions
from pumplog.people.slowing import (
    ADDRESS_FREE_FAILURES_COUNT,
    FREE_FAILURES_COUNT,
    PIN_FAILURES_COUNT,
    Failures,
    wait_until,
)
from pumplog.people.tablets import Tablets
from pumplog.reference.policy import Policy

DOES_NOT_FIT: Final = "The name and the password do not fit: type both again."
SIGN_IN_AGAIN: Final = "Sign in to go on."
_SECOND_CHECK_HOLDS: Final = timedelta(minutes=30)


class Door:
    """Lets people in, locks, lets them in again. Decided here, on the server, and written down."""

    def __init__(self, logbook: Logbook, policy: Policy) -> None:
        self.accounts = Accounts(logbook)
        self.tablets = Tablets(logbook)
        self.hospital_sign_ins = HospitalSignIns(logbook)
        self.idle_limit = timedelta(minutes=policy.idle_lock_minutes.value)
        self.session_limit = timedelta(hours=policy.session_hours.value)
        self.administrators_need_code = policy.administrators_need_code
        self._sessions = Sessions()
        self._addresses = Failures(ADDRESS_FREE_FAILURES_COUNT)
        self._tries = Failures(FREE_FAILURES_COUNT)
        self._checks: dict[tuple[str, str, str], datetime] = {}

    def has_people(self) -> bool:
        """Whether anybody has an account; from then on nothing is written without a sign-in."""
        return self.accounts.has_any()

    # --- coming in ---

    def sign_in(
        self,
        sign_in_name: str,
        password: str,
        *,
        code: str = "",
        browser: str | None = None,
        address: str = access.TERMINAL,
        at: datetime,
    ) -> Session:
        """Let somebody in by name and password, and by a code where one is set. Raises SignInRefused."""
        with self.accounts.lock:
            account = self._proven(sign_in_name, password, code, _mark(browser), address=address, at=at)
        must = set()
        if account.password_is_temporary:
            must.add(Must.CHANGE_PASSWORD)
        if self.administrators_need_code and account.is_administrator and account.code_secret is None:
            must.add(Must.SET_CODE)
        return self._begin(account, "signed_in", browser=browser, address=address, at=at, must=frozenset(must))

    def sign_in_with_pin(
        self, person_id: str, pin: str, *, browser: str | None, address: str, at: datetime
    ) -> Session:
        """Let somebody in by PIN, on an enrolled tablet and nowhere else. Raises SignInRefused."""
        with self.accounts.lock:
            account = self._proven_by_pin(self.accounts.of(person_id), pin, _mark(browser), address=address, at=at)
        if account.password_is_temporary or (self.administrators_need_code and account.is_administrator):
            raise SignInRefused("A PIN is not enough here: sign in with your password.")
        return self._begin(account, "signed_in_by_pin", browser=browser, address=address, at=at)

    def enter_from_hospital(
        self, identity: HospitalIdentity, *, browser: str | None, address: str, at: datetime
    ) -> Session:
        """Let somebody in whom the hospital's sign-in vouches for; made a person of this clinic the first time.

        The sign-in belongs to the browser that used it first. Raises SignInRefused.
        """
        if at >= min(identity.expires_at, identity.signed_in_at + self.session_limit):
            raise SignInRefused("The hospital's sign-in has ended: sign in there again.")
        known = self.accounts.known_to(identity.issuer, identity.subject)
        if known is not None and not known.enabled:
            self._refused("switched off", about=known.person_id, by=known.name, address=address, at=at)
            raise SignInRefused("This account was switched off: ask an administrator.")
        key = self.hospital_sign_ins.key_of(identity)
        taken = self.hospital_sign_ins.take(key, _mark(browser), at)
        if taken is Take.REFUSED:
            about = known.person_id if known else access.THE_DOOR
            self._refused("another browser's sign-in", about=about, by=access.NOBODY, address=address, at=at)
            raise SignInRefused("This sign-in was made in another browser, or was ended: sign in again here.")
        account = self.hospital_sign_ins.account_of(identity, known, self.accounts, at)
        session = self._begin(
            account, "signed_in_by_hospital", browser=browser, address=address, at=at, hospital_key=key
        )
        # A page that is loaded anew shows the same sign-in again: that must not open what is locked.
        session.locked = taken is Take.AGAIN and not self._sessions.is_open_elsewhere(session, at, self.idle_limit)
        return session

    def _begin(
        self,
        account: Account,
        kind: str,
        *,
        browser: str | None,
        address: str,
        at: datetime,
        must: frozenset[Must] = frozenset(),
        hospital_key: str | None = None,
    ) -> Session:
        self._sessions.drop_those_over(at, self.session_limit)
        self._addresses.let_in(address, at)
        self.accounts.tell(access.line(kind, account.person_id, by=account.name, at=at, address=address))
        return self._sessions.begin(
            account.person_id,
            account.name,
            browser=_mark(browser),
            address=address,
            at=at,
            must=must,
            hospital_key=hospital_key,
            secrets_count=account.secrets_count,
        )

    # --- being in ---

    def session(self, session_id: str | None) -> Session | None:
        """A session as it stands, locked or not; None when there is none."""
        return self._sessions.of(session_id)

    def current(
        self, session_id: str | None, *, browser: str | None = None, at: datetime, touched: bool = True
    ) -> Person:
        """The person of a session, read anew. `touched` says that somebody did something.

        A session is of the browser that began it: whoever shows its word from another one is refused. A person who
        must do something first may nothing else yet. Raises SignInRefused when there is nobody any more,
        SignInLocked when the PIN or the password is needed.
        """
        session = self._live(session_id, browser, at)
        account = self.accounts.of(session.person_id)
        if account is None or not account.enabled:
            self._end(session, "ended_switched_off", at)
            raise SignInRefused("This account was switched off: ask an administrator.")
        if account.secrets_count != session.secrets_count:
            self._end(session, "ended_secret_changed", at)
            raise SignInRefused(f"The password was changed since. {SIGN_IN_AGAIN}")
        if session.locked:
            raise SignInLocked(f"Locked. {session.name}, type your PIN or your password to go on.")
        if session.is_idle(at, self.idle_limit):
            self.lock(session.session_id, at=at)
            raise SignInLocked(f"Locked, since nothing was touched. {session.name}, type your PIN or your password.")
        if touched:
            session.seen_at = at
        person = replace(account.person, roles=frozenset()) if session.must else account.person
        session.roles = person.roles
        return person

    def _live(self, session_id: str | None, browser: str | None, at: datetime) -> Session:
        session = self._sessions.of(session_id)
        if session is None:
            raise SignInRefused(SIGN_IN_AGAIN)
        if session.browser != _mark(browser):
            self._refused(
                "another browser", about=session.person_id, by=access.NOBODY, at=at, address=session.address
            )
            raise SignInRefused(f"This sign-in was made in another browser. {SIGN_IN_AGAIN}")
        if session.is_over(at, self.session_limit):
            self._end(session, "ended_by_age", at)
            raise SignInRefused(f"A sign-in lasts {self.session_limit // timedelta(hours=1)} hours. {SIGN_IN_AGAIN}")
        return session

    def lock(self, session_id: str, *, at: datetime) -> None:
        """Lock a session; whoever is signed in stays so."""
        session = self._sessions.of(session_id)
        if session is not None and not session.locked:
            session.locked = True
            self.accounts.tell(access.line("locked", session.person_id, by=session.name, at=at))

    def unlock(self, session_id: str, secret: str, *, browser: str | None, address: str, at: datetime) -> Session:
        """Open a locked session again, by the PIN on an enrolled tablet or by the password. Raises SignInRefused."""
        session = self._live(session_id, browser, at)
        with self.accounts.lock:
            account = self.accounts.of(session.person_id)
            self._proven_again(account, secret, session, address=address, at=at)
        session.locked, session.seen_at = False, at
        self.accounts.tell(access.line("unlocked", session.person_id, by=session.name, at=at, address=address))
        return session

    def sign_out(self, session_id: str, *, at: datetime) -> None:
        """End a session; a hospital's sign-in is not taken a second time."""
        session = self._sessions.of(session_id)
        if session is not None:
            self._end(session, "signed_out", at)

    def done(self, session_id: str, must: Must) -> None:
        """Take a duty off a session, once it was done."""
        session = self._sessions.of(session_id)
        if session is not None:
            session.must -= {must}

    def keep_after_change(self, session_id: str) -> None:
        """Let this one sign-in go on though its own password was changed; all others of the person end."""
        session = self._sessions.of(session_id)
        account = self.accounts.of(session.person_id) if session else None
        if session is not None and account is not None:
            session.secrets_count = account.secrets_count

    def _end(self, session: Session, kind: str, at: datetime) -> None:
        self._sessions.end(session.session_id)
        if session.hospital_key is not None:
            self.hospital_sign_ins.end(session.hospital_key)
        self.accounts.tell(access.line(kind, session.person_id, by=session.name, at=at))

    def on_this_tablet(self, browser: str | None) -> list[Person]:
        """Who can come in by PIN in this browser: nobody, unless it is an enrolled tablet."""
        if self.tablets.at(_mark(browser)) is None:
            return []
        return [one.person for one in self.accounts.everybody() if one.enabled and one.pin_hash is not None]

    def tell_not_allowed(self, person: Person, act: Act, *, at: datetime) -> None:
        """Write down that somebody asked for what they may not."""
        self.accounts.tell(access.line("not_allowed", person.person_id, by=person.name, at=at, act=act.value))

    # --- who else looked ---

    def check_second(
        self,
        session_id: str,
        sign_in_name: str,
        secret: str,
        *,
        event_id: str,
        digest: str,
        site: str | None,
        code: str = "",
        browser: str | None = None,
        at: datetime,
    ) -> str:
        """Take the sign of a second person under what is about to be saved; the name for the record.

        `digest` is of what was shown: another text needs another sign. Raises SignInRefused or NotAllowed.
        """
        session = self._live(session_id, browser, at)
        account = self.accounts.signing_in_as(sign_in_name) or self.accounts.named(sign_in_name)
        if account is not None and account.person_id == session.person_id:
            raise NotAllowed("The second checker is another person than the one who saves.")
        with self.accounts.lock:
            if account is not None and account.pin_hash and _looks_like_a_pin(secret):
                proven = self._proven_by_pin(account, secret, session.browser, address=session.address, at=at)
            else:
                typed = account.sign_in_name if account else sign_in_name
                proven = self._proven(typed, secret, code, session.browser, address=session.address, at=at)
        person = proven.person
        if proven.password_is_temporary or not (person.may(Act.CHECK_SECOND) and person.sees(site)):
            raise NotAllowed(f"{person.name} may not be a second checker here: a prescriber or reviewer may.")
        self._checks = {key: given for key, given in self._checks.items() if at - given < _SECOND_CHECK_HOLDS}
        self._checks[person.name, event_id, digest] = at
        said = access.line(
            "checked_second", proven.person_id, by=person.name, at=at, event_id=event_id, digest=digest
        )
        self.accounts.tell(said)
        return person.name

    def has_checked(self, name: str, *, event_id: str, digest: str, at: datetime) -> bool:
        """Whether this person has put their sign under exactly this, a short while ago."""
        given = next(
            (
                moment
                for (who, event, text), moment in self._checks.items()
                if name_key(who) == name_key(name) and (event, text) == (event_id, digest)
            ),
            None,
        )
        return given is not None and at - given < _SECOND_CHECK_HOLDS

    # --- proving ---

    def _proven(
        self, sign_in_name: str, password: str, code: str, mark: str | None, *, address: str, at: datetime
    ) -> Account:
        """The account whose password this is; every refusal sounds the same and takes as long."""
        account, name = self.accounts.signing_in_as(sign_in_name), name_key(sign_in_name)
        tried = self._tried_at(account, name, mark)
        self._refuse_too_soon(account, tried, address, at)
        if not fits(account.password_hash if account else None, password) or account is None or not account.enabled:
            self._failed(account, tried, "password", address, at)
            raise SignInRefused(DOES_NOT_FIT)
        step = account.code_steps_count
        if account.code_secret is not None:
            found = step_of(account.code_secret, code, at, after_step=step)
            if found is None:
                self._failed(account, tried, "code", address, at)
                raise SignInRefused(
                    "The code from the authenticator is missing or does not fit: type the newest one."
                )
            step = found
        return self._cleared(account, tried, at, code_steps_count=step, pin_failed_count=0)

    def _proven_by_pin(
        self, account: Account | None, pin: str, mark: str | None, *, address: str, at: datetime
    ) -> Account:
        """The account whose PIN this is, on an enrolled tablet. Wrong ones switch the PIN off, not the account."""
        if self.tablets.at(mark) is None:
            raise SignInRefused("A PIN works on the clinic's own tablets only: sign in with your password.")
        if account is None or not account.enabled or account.pin_hash is None:
            raise SignInRefused(DOES_NOT_FIT)
        if account.pin_failed_count >= PIN_FAILURES_COUNT:
            raise SignInRefused("The PIN was wrong too often and is off: sign in with your password.")
        tried = f"pin {mark} {account.person_id}"
        self._refuse_too_soon(account, tried, address, at)
        if not fits(account.pin_hash, pin):
            self._failed(account, tried, "pin", address, at)
            raise SignInRefused("The PIN does not fit: type it again, or sign in with your password.")
        return self._cleared(account, tried, at, pin_failed_count=0)

    def _proven_again(
        self, account: Account | None, secret: str, session: Session, *, address: str, at: datetime
    ) -> None:
        """Prove somebody who is signed in already, by PIN or password; wrong ones slow this one sign-in down."""
        if account is None or not account.enabled:
            raise SignInRefused("This account was switched off: ask an administrator.")
        if account.pin_hash and _looks_like_a_pin(secret) and self.tablets.at(session.browser):
            self._proven_by_pin(account, secret, session.browser, address=address, at=at)
            return
        tried = f"session {session.session_id}"
        self._refuse_too_soon(account, tried, address, at)
        if not fits(account.password_hash, secret):
            self._failed(account, tried, "password", address, at)
            raise SignInRefused("This is not the password: type it again.")
        self._cleared(account, tried, at, pin_failed_count=0)

    def _tried_at(self, account: Account | None, name: str, mark: str | None) -> str | None:
        """Where failures are counted: with the account itself, or under a key of its own.

        On an enrolled tablet they count there alone: somebody elsewhere who knows a nurse's sign-in name and
        types rubbish slows themselves down, and does not keep her out at the couch.
        """
        if account is None:
            return f"name {name}"
        return f"tablet {mark} {account.person_id}" if self.tablets.at(mark) else None

    def _refuse_too_soon(self, account: Account | None, tried: str | None, address: str, at: datetime) -> None:
        waits = [self._addresses.wait_until(address)]
        if tried is not None:
            waits.append(self._tries.wait_until(tried))
        elif account is not None:
            waits.append(wait_until(account.failed_count, account.failed_at_utc))
        until = max((wait for wait in waits if wait is not None), default=at)
        if until > at:
            seconds = int((until - at).total_seconds()) + 1
            raise SignInRefused(f"Too many tries did not fit. Wait {seconds} seconds, then try again.")

    def _failed(self, account: Account | None, tried: str | None, what: str, address: str, at: datetime) -> None:
        self._addresses.failed(address, at)
        if tried is not None:
            self._tries.failed(tried, at)
        if account is None:
            self._refused(what, about=access.THE_DOOR, by=access.NOBODY, address=address, at=at)
            return
        changed = account.model_copy(
            update={
                "failed_count": account.failed_count + (tried is None),
                "failed_at_utc": at.astimezone(UTC) if tried is None else account.failed_at_utc,
                "pin_failed_count": account.pin_failed_count + (what == "pin"),
            }
        )
        said = access.line("refused", account.person_id, by=access.NOBODY, at=at, why=what, address=address)
        self.accounts.keep(changed, said=[said])

    def _refused(self, why: str, *, about: str, by: str, address: str, at: datetime) -> None:
        self.accounts.tell(access.line("refused", about, by=by, at=at, why=why, address=address))

    def _cleared(self, account: Account, tried: str | None, at: datetime, **changes: int) -> Account:
        """The account with its failures forgotten; kept only when that changes anything."""
        forgotten = {"failed_count": 0, "failed_at_utc": None} if tried is None else {}
        if tried is not None:
            self._tries.let_in(tried, at)
        cleared = account.model_copy(update={**changes, **forgotten})
        if cleared != account:
            self.accounts.keep(cleared)
        return cleared


def _mark(browser: str | None) -> str | None:
    """The browser's own random word as it is compared and kept."""
    return fingerprint(browser) if browser else None


def _looks_like_a_pin(secret: str) -> bool:
    return len(secret) == PIN_DIGITS_COUNT and secret.isascii() and secret.isdigit()
