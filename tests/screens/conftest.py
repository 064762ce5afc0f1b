"""The app on a database of its own, at a time of the test's choosing."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from argon2 import PasswordHasher
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pumplog.demo import is_demo_log
from pumplog.demo.clinic import MARK_SERIAL
from pumplog.demo.teller import event_id_of, pump_id_of
from pumplog.desk import Desk
from pumplog.entries import BODY_VERSION
from pumplog.logbook import NewEvent
from pumplog.people import Act, NewPerson, Role
from pumplog.screens import clinic, signed_in
from pumplog.screens.going import PUMP_KEY
from pumplog.serving import DATABASE_VARIABLE
from tests.empty_log import put_empty_log

ROOT = Path(__file__).parents[2]
SHEET = ROOT / "tests" / "data" / "spreadsheet" / "clinic.csv"
NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)

PASSWORD = "a heron on one leg"  # noqa: S105  of people who do not exist

BROWSER = "b" * 43

OpenApp = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def _packages_looked_through_once() -> Iterator[None]:
    """Each AppTest looks through every installed package for components, and what it finds is the same each time."""
    with pytest.MonkeyPatch.context() as patched:
        looking = cache(manifest_scanner.scan_component_manifests)
        patched.setattr(manifest_scanner, "scan_component_manifests", looking)
        yield


class DeskOfTheOthers(Desk):
    """The app's own desk, at which everybody else of the clinic writes too: whoever a test names has an account."""

    def _writer(self, by: str, act: Act) -> str:
        account = self.door.accounts.named(by)
        if self.door.has_people() and account is None:
            sign_in(self, by, Role.RECORDER)
            account = self.door.accounts.named(by)
        if account is None:
            return by
        bound = object.__new__(Desk)
        bound.__dict__ = {**self.__dict__, "person": account.person}
        return bound._writer(by, act)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk that the app under test uses, on an empty database, on the morning of 1 June 2026."""
    put_empty_log(tmp_path / "clinic.duckdb")
    monkeypatch.setenv(DATABASE_VARIABLE, str(tmp_path / "clinic.duckdb"))
    monkeypatch.setattr("pumplog.people.passwords._HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(clinic, "browser", lambda: BROWSER)  # AppTest has no browser, and calls from nowhere
    monkeypatch.setattr(signed_in, "address", lambda: "10.0.0.7")
    opened = clinic.whole_desk()
    opened._now = lambda: NOW
    others = object.__new__(DeskOfTheOthers)
    others.__dict__ = opened.__dict__
    yield others
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> list[NewEvent]:
    """What the import of a clinic's sheet writes, worked out once: some pumps, some refused rows."""
    with Desk.open(tmp_path_factory.mktemp("sheet") / "clinic.duckdb", now=lambda: NOW) as opened:
        opened.import_sheet(SHEET, by="T. Lindqvist", seen=0, accept_good_rows=True)
        written = opened.logbook.events()
    return [NewEvent(*(getattr(event, one.name) for one in fields(NewEvent))) for event in written]


@pytest.fixture
def clinic_desk(desk: Desk, imported: list[NewEvent]) -> Desk:
    """The desk of `desk` after that import."""
    desk.logbook.append_all(imported, seen={event.pump_id: 0 for event in imported})
    return desk


KELLER = ("M. Keller", Role.ADMINISTRATOR, Role.RECORDER, Role.PRESCRIBER, Role.AUDITOR)
"""She may everything; everybody else is added by her."""


@pytest.fixture
def keller(desk: Desk) -> None:
    """M. Keller has an account."""
    sign_in(desk, *KELLER)


def sign_in(desk: Desk, name: str, *roles: Role, sites: tuple[str, ...] | None = None) -> str:
    """Give somebody an account and sign them in as the door does; the word of their sign-in."""
    word = name.casefold()
    if desk.door.accounts.named(name) is not None:
        pass
    elif desk.door.has_people():
        first = next(one for one in desk.door.accounts.everybody() if one.is_administrator).person
        new = NewPerson(word, name, frozenset(roles), sites)
        line, temporary = desk.administration.add_person(new, by=first, at=desk.now())
        desk.administration.change_password(line.person_id, temporary, PASSWORD, at=desk.now())
    else:
        new = NewPerson(word, name, frozenset(roles), sites)
        desk.administration.add_first(new, PASSWORD, at=desk.now())
    return desk.door.sign_in(word, PASSWORD, browser=BROWSER, at=desk.now()).session_id


@pytest.fixture
def open_app(desk: Desk, keller: None) -> OpenApp:
    """A way to open the real entry script at a page, by the name of its file: `open_app("board")`.

    M. Keller is signed in, unless the word of another sign-in is given; or nobody, with an empty one. A pump named by
    its id has been chosen, as a press on its row of the board does.
    """

    def opened(view: str, session_id: str | None = None, pump_id: str | None = None) -> AppTest:
        app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60)
        word = sign_in(desk, *KELLER) if session_id is None else session_id
        app.session_state[clinic.SESSION_KEY] = word
        known = desk.door.session(word)
        if known is not None:
            app.session_state[signed_in.PERSON_KEY] = known.person_id
        if pump_id is not None:
            app.session_state[PUMP_KEY] = pump_id
        return _at(view, app)

    return opened


@pytest.fixture
def open_demo(desk: Desk) -> OpenApp:
    """A way to open a page of a demo in which nobody has an account: its mark is in the log.

    At a pump named by its id, the person has typed a name.
    """
    said = {
        "kind": "registered",
        "happened_at": "2026-01-05",
        "pump_serial": MARK_SERIAL,
        "patient": {"patient_id": "D-1", "name": "Demo Mark"},
        "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"},
    }
    mark, pump_id = event_id_of(MARK_SERIAL, "registration"), pump_id_of(MARK_SERIAL)
    body = desk.read_entry(said).body()
    desk.logbook.append(NewEvent(mark, pump_id, "registered", BODY_VERSION, body, NOW, NOW, "demo"), seen=0)
    of_the_demo = clinic._opened(str(clinic.database().resolve()))
    of_the_demo.demo = is_demo_log(desk.logbook)
    assert clinic.is_open_to_all()

    def opened(view: str, pump_id: str | None = None) -> AppTest:
        app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60)
        if pump_id is not None:
            app.session_state[PUMP_KEY] = pump_id
            app.session_state["person"] = KELLER[0]
        return _at(view, app)

    return opened


def _at(view: str, app: AppTest) -> AppTest:
    """The page that a view's file is, come to by its address; the board is where everybody begins."""
    if view != "board":
        app.switch_page(str(ROOT / "pumplog" / "screens" / "views" / f"{view}.py"))
    return app.run()
