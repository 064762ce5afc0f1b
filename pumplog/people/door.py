"""The door: who is let in, who is let in again, and who else looked. It is told what time it is."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pumplog.errors import NotAllowed, SignInLocked, SignInRefused
from pumplog.logbook import Log
from pumplog.people import access
from pumplog.people.accounts import Accounts
from pumplog.people.hospital import HospitalIdentity
from pumplog.people.hospital_sign_ins import HospitalSignIns, Take
from pumplog.people.passwords import fingerprint
from pumplog.people.person import Account, Person, name_key
from pumplog.people.proving import Proving, looks_like_a_pin
from pumplog.people.roles import Act
from pumplog.people.sessions import Must, Session, Sessions
from pumplog.people.tablets import Tablets
from pumplog.reference.policy import Policy

SIGN_IN_AGAIN: Final = "Sign in to go on."
_SECOND_CHECK_HOLDS: Final = timedelta(minutes=30)


class Door:
    """Lets people in, locks, lets them in again. Decided here, on the server, and written down."""

    def __init__(self, logbook: Log, policy: Policy) -> None:
        self.accounts = Accounts(logbook)
        self.tablets = Tablets(logbook)
        self.proving = Proving(self.accounts, self.tablets)
        self.hospital_sign_ins = HospitalSignIns(logbook)
        self.idle_limit = timedelta(minutes=policy.idle_lock_minutes.value)
        self.session_limit = timedelta(hours=policy.session_hours.value)
        self.administrators_need_code = policy.administrators_need_code
        self._sessions = Sessions()
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
        account = self.proving.by_password(sign_in_name, password, code, _mark(browser), address=address, at=at)
        return self._begin(account, "signed_in", browser=browser, address=address, at=at)

    def sign_in_with_pin(
        self, person_id: str, pin: str, *, browser: str | None, address: str, at: datetime
    ) -> Session:
        """Let somebody in by PIN, on an enrolled tablet and nowhere else. Raises SignInRefused."""
        account = self.proving.by_pin(self.accounts.of(person_id), pin, _mark(browser), address=address, at=at)
        if account.password_is_temporary or self._needs_more_than_a_pin(account):
            why = "more than a pin is needed"
            self.proving.refused(why, about=account.person_id, by=account.name, address=address, at=at)
            raise SignInRefused("A PIN is not enough here: sign in with your password.")
        return self._begin(account, "signed_in_by_pin", browser=browser, address=address, at=at, by_pin=True)

    def _needs_more_than_a_pin(self, account: Account) -> bool:
        return self.administrators_need_code and account.is_administrator

    def _duties(self, account: Account) -> frozenset[Must]:
        """What somebody has to do before anything else, as things stand now."""
        duties = set()
        if account.password_is_temporary:
            duties.add(Must.CHANGE_PASSWORD)
        here = account.issuer is None  # the hospital asks its own people for what it wants to be asked
        if here and account.code_secret is None and self._needs_more_than_a_pin(account):
            duties.add(Must.SET_CODE)
        return frozenset(duties)

    def enter_from_hospital(
        self, identity: HospitalIdentity, *, browser: str | None, address: str, at: datetime
    ) -> Session:
        """Let somebody in whom the hospital's sign-in vouches for; made a person of this clinic the first time.

        The sign-in belongs to the browser that used it first. Raises SignInRefused.
        """
        if at >= min(identity.expires_at, identity.signed_in_at + self.session_limit):
            raise SignInRefused("The hospital's sign-in has ended: sign in there again.")
        key = self.hospital_sign_ins.key_of(identity)
        with self.accounts.leased():  # two pages that load at once are one person, and one browser was first
            account, taken = self._vouched_for(identity, key, browser, address, at)
        session = self._begin(
            account, "signed_in_by_hospital", browser=browser, address=address, at=at, hospital_key=key
        )
        session.began_at = identity.signed_in_at  # a page loaded anew lasts no longer than the sign-in itself
        # A page that is loaded anew shows the same sign-in again: that must not open what is locked.
        session.locked = taken is Take.AGAIN and not self._sessions.is_open_elsewhere(session, at, self.idle_limit)
        return session

    def _vouched_for(
        self, identity: HospitalIdentity, key: str, browser: str | None, address: str, at: datetime
    ) -> tuple[Account, Take]:
        """The account of an identity, in the browser that its sign-in belongs to."""
        known = self.accounts.known_to(identity.issuer, identity.subject)
        if known is not None and not known.enabled:
            self.proving.refused("switched off", about=known.person_id, by=known.name, address=address, at=at)
            raise SignInRefused("This account was switched off: ask an administrator.")
        taken = self.hospital_sign_ins.take(key, _mark(browser), at)
        if taken is Take.REFUSED:
            about = known.person_id if known else access.THE_DOOR
            why = "another browser's sign-in"
            self.proving.refused(why, about=about, by=access.NOBODY, address=address, at=at)
            raise SignInRefused("This sign-in was made in another browser, or was ended: sign in again here.")
        if taken is Take.AGAIN and known is not None:
            return known, taken  # what was changed here since holds until the hospital is asked anew
        return self.hospital_sign_ins.account_of(identity, known, self.accounts, at), taken

    def _begin(
        self,
        account: Account,
        kind: str,
        *,
        browser: str | None,
        address: str,
        at: datetime,
        hospital_key: str | None = None,
        by_pin: bool = False,
    ) -> Session:
        self._sessions.drop_those_over(at, self.session_limit)
        self.proving.came_in_from(address, _mark(browser), at)
        self.accounts.tell(access.line(kind, account.person_id, by=account.name, at=at, address=address))
        return self._sessions.begin(
            account.person_id,
            account.name,
            browser=_mark(browser),
            address=address,
            at=at,
            must=self._duties(account),
            hospital_key=hospital_key,
            secrets_count=account.secrets_count,
            by_pin=by_pin,
        )

    # --- being in ---

    def session(self, session_id: str | None) -> Session | None:
        """A session as it stands, locked or not; None when there is none."""
        return self._sessions.of(session_id)

    def may_in(self, browser: str | None, act: Act, *, at: datetime) -> bool:
        """Whether somebody who may do this now is signed in somewhere in this browser, neither locked nor idle."""
        mark = _mark(browser)
        return mark is not None and any(self._may_now(one, act, at) for one in self._sessions.in_browser(mark))

    def _may_now(self, session: Session, act: Act, at: datetime) -> bool:
        if session.locked or session.is_idle(at, self.idle_limit) or session.is_over(at, self.session_limit):
            return False
        account = self.accounts.of(session.person_id)
        if account is None or not account.enabled or account.secrets_count != session.secrets_count:
            return False
        return not self._duties(account) and account.person.may(act)

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
        if session.by_pin and self._needs_more_than_a_pin(account):
            self._end(session, "ended_pin_not_enough", at)
            raise SignInRefused(f"You are an administrator now, for whom a PIN is not enough. {SIGN_IN_AGAIN}")
        self._refuse_closed(session, at)
        if touched:
            session.seen_at = at
        session.must = self._duties(account)
        person = replace(account.person, roles=frozenset()) if session.must else account.person
        session.roles = person.roles
        return person

    def _refuse_closed(self, session: Session, at: datetime) -> None:
        """Raise SignInLocked for a session that is locked, or idle for so long that it is from now on."""
        if session.locked:
            raise SignInLocked(f"Locked. {session.name}, type your PIN or your password to go on.")
        if session.is_idle(at, self.idle_limit):
            self.lock(session.session_id, at=at)
            raise SignInLocked(f"Locked, since nothing was touched. {session.name}, type your PIN or your password.")

    def _live(self, session_id: str | None, browser: str | None, at: datetime) -> Session:
        session = self._sessions.of(session_id)
        if session is None:
            raise SignInRefused(SIGN_IN_AGAIN)
        if session.browser != _mark(browser):
            why = "another browser"
            self.proving.refused(why, about=session.person_id, by=access.NOBODY, address=session.address, at=at)
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
        with self.accounts.leased():
            account = self.accounts.of(session.person_id)
            self.proving.again(account, secret, session, address=address, at=at)
        session.locked, session.seen_at = False, at
        self.accounts.tell(access.line("unlocked", session.person_id, by=session.name, at=at, address=address))
        return session

    def sign_out(self, session_id: str, *, at: datetime) -> None:
        """End a session; a hospital's sign-in is not taken a second time."""
        session = self._sessions.of(session_id)
        if session is not None:
            self._end(session, "signed_out", at)

    def done(self, session_id: str, must: Must) -> None:
        """Take a duty off a session, once it was done; `current` looks again whether it was."""
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
        self._refuse_closed(session, at)
        account = self.accounts.signing_in_as(sign_in_name) or self.accounts.named(sign_in_name)
        if account is not None and account.person_id == session.person_id:
            self._not_second("own second check", account, session, at)
            raise NotAllowed("The second checker is another person than the one who saves.")
        if account is not None and account.pin_hash and looks_like_a_pin(secret):
            proven = self.proving.by_pin(account, secret, session.browser, address=session.address, at=at)
        else:
            typed = account.sign_in_name if account else sign_in_name
            proven = self.proving.by_password(typed, secret, code, session.browser, address=session.address, at=at)
        person = proven.person
        if self._duties(proven) or not (person.may(Act.CHECK_SECOND) and person.sees(site)):
            self._not_second("not a second checker", proven, session, at)
            raise NotAllowed(f"{person.name} may not be a second checker here: a prescriber or reviewer may.")
        said = access.line(
            "checked_second", proven.person_id, by=person.name, at=at, event_id=event_id, digest=digest
        )
        with self.accounts.leased():
            holding = {key: given for key, given in self._checks.items() if at - given < _SECOND_CHECK_HOLDS}
            self._checks = {**holding, (person.name, event_id, digest): at}
            self.accounts.tell(said)
        return person.name

    def _not_second(self, why: str, account: Account, session: Session, at: datetime) -> None:
        self.proving.refused(why, about=account.person_id, by=session.name, address=session.address, at=at)

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


def _mark(browser: str | None) -> str | None:
    """The browser's own random word as it is compared and kept."""
    return fingerprint(browser) if browser else None
