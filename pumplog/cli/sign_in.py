"""Who acts at the terminal: a name alone while nobody has an account, from then on a sign-in like any other."""

import getpass
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumplog.errors import EntryRefused, Fault, NotAllowed, SignInRefused

if TYPE_CHECKING:
    from pumplog.desk import Desk
    from pumplog.entries import AnyEntry
    from pumplog.people import Person

PASSWORD_FILE_VARIABLE = "PUMPLOG_PASSWORD_FILE"  # noqa: S105  the name of a variable that names a file
_LONGEST_LINE = 1000

CodeOption = Annotated[
    str | None, typer.Option("--code", help="The code of the authenticator, for scripts; else it is asked for.")
]


class Seat:
    """The desk as somebody at the terminal has it, and the name for the record; `person` None without accounts."""

    def __init__(self, desk: "Desk", name: str, person: "Person | None" = None, session_id: str = "") -> None:
        self.desk, self.name, self.person = desk, name, person
        self._session_id = session_id

    def signed_by_second(self, entry: "AnyEntry", second: str, *, event_id: str) -> str:
        """Ask a second person for their password, and take their sign under an entry; their name."""
        if self.person is None:
            raise NotAllowed(
                "Nobody has an account in this clinic, so nobody can sign: name the second checker in the entry."
            )
        return self.desk.second_check(
            entry,
            event_id=event_id,
            session_id=self._session_id,
            sign_in_name=second,
            secret=asked_at_the_terminal(f"Password of {second}, who checks: "),
            code=_code_of(self.desk, second, None),
        )


@contextmanager
def seated(desk: "Desk", by: str | None, code: str | None = None) -> Iterator[Seat]:
    """The desk as whoever records has it; signed out at the end.

    While nobody has an account, `by` is the name for the record; from then on it is a sign-in name, and that
    person's password is asked for. Raises SignInRefused or NotAllowed.
    """
    if not desk.door.has_people():
        if by is None or code is not None:
            raise NotAllowed("Nobody has an account in this clinic: say --by with a name, and nothing else.")
        yield Seat(desk, by)
        return
    if by is None or not by.strip():
        raise NotAllowed("This clinic has accounts: say --by with your sign-in name.")
    password = _password_of(by)
    session = desk.door.sign_in(by, password, code=_code_of(desk, by, code), at=desk.now())
    try:
        if session.must:
            raise NotAllowed(
                "You have a first password to change, or an authenticator to add: sign in on the screen once."
            )
        person = desk.door.current(session.session_id, at=desk.now())
        yield Seat(desk.as_person(person), person.name, person, session.session_id)
    finally:
        desk.door.sign_out(session.session_id, at=desk.now())


def asked_at_the_terminal(prompt: str) -> str:
    """What somebody types and nobody sees; refused where there is no terminal to ask at."""
    if not sys.stdin.isatty():
        raise SignInRefused(
            f"{prompt.rstrip(': ')}: there is no terminal here to ask for it. Run this command in one; a script "
            f"names a file of its own with its password in {PASSWORD_FILE_VARIABLE}."
        )
    return getpass.getpass(prompt)


def new_password(*, from_stdin: bool) -> str:
    """A new password: typed twice, or one line of standard input for scripts."""
    if from_stdin:
        return sys.stdin.readline(_LONGEST_LINE).rstrip("\r\n")
    first = asked_at_the_terminal("New password, 12 characters or more; a few words are easy to keep: ")
    if asked_at_the_terminal("The same again: ") != first:
        raise EntryRefused(Fault("password", "The two passwords differ: type the new one twice."))
    return first


def _password_of(sign_in_name: str) -> str:
    said = os.environ.get(PASSWORD_FILE_VARIABLE)
    return _password_in(Path(said)) if said else asked_at_the_terminal(f"Password of {sign_in_name}: ")


def _code_of(desk: "Desk", sign_in_name: str, given: str | None) -> str:
    """The code of the authenticator, asked for when the person uses one."""
    if given is not None:
        return given
    account = desk.door.accounts.signing_in_as(sign_in_name)
    uses_one = account is not None and account.code_secret is not None
    return asked_at_the_terminal(f"Code from the authenticator of {sign_in_name}: ") if uses_one else ""


def _password_in(path: Path) -> str:
    """The first line of a file that its owner alone may read."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            line = file.readline(_LONGEST_LINE)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        says = f"The file named in {PASSWORD_FILE_VARIABLE} cannot be read ({why}): check its path."
        raise SignInRefused(says) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SignInRefused(
            f"The file named in {PASSWORD_FILE_VARIABLE} holds a password that others on this machine may read: "
            f"give it to its owner alone (chmod 600 {path.name})."
        )
    return line.rstrip("\r\n")
