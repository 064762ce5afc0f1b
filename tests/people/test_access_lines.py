"""Who came in: everybody who is let in or refused leaves a line, which tells no secret and cannot be forged."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from pumplog.errors import EntryRefused, PumplogError
from pumplog.people import NewPerson, Person, Role
from pumplog.people.hospital import HospitalIdentity
from tests.people.staff import BOSS, PASSWORD, PIN, WARD, Staff

TABLET, ELSEWHERE = "the-word-of-a-tablet", "the-word-of-some-browser"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  nobody's
PLANTED = (
    *(PASSWORD, "a wrong guess", "nine loud ravens", PIN, "111112", SECRET, TABLET, ELSEWHERE),
    *("Zebedee Unknown", "zebedee", "hospital-word", "Quill"),
)
"""What is typed or sent below, and must be in no line."""


class Day:
    """A clinic in which everything happens once."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.mara = staff.add("Mara Keller", Role.RECORDER)
        self.osei = staff.add("Abena Osei", Role.PRESCRIBER)
        self.off = staff.add("Otto Off", Role.VIEWER)
        staff.change(self.off, enabled=False)
        staff.give_pin(self.mara)
        staff.enrol(TABLET)

    def by_password(self, word: str = "mara", password: str = PASSWORD, **more: Any) -> str:
        return self.staff.sign_in(word, password, **more).session_id

    def by_pin(self, pin: str = PIN, person: Person | None = None, browser: str | None = TABLET) -> str:
        return self.staff.sign_in_by_pin(person or self.mara, pin, browser=browser).session_id

    def from_hospital(self, browser: str = ELSEWHERE) -> str:
        now = self.staff.clinic.now
        shown = HospitalIdentity(
            issuer="https://login.example",
            subject="s",
            name="Vera Ward",
            roles=frozenset({"viewer"}),
            sites=None,
            signed_in_at=now,
            expires_at=now + timedelta(hours=1),
            sign_in_id="hospital-word",
        )
        return self.staff.door.enter_from_hospital(shown, browser=browser, address=WARD, at=now).session_id

    def lock(self, session_id: str) -> str:
        self.staff.door.lock(session_id, at=self.staff.clinic.now)
        return session_id

    def unlock(self, session_id: str, secret: str, browser: str | None = None) -> None:
        self.staff.door.unlock(session_id, secret, browser=browser, address=WARD, at=self.staff.clinic.now)

    def current(self, session_id: str, browser: str | None = None, **later: float) -> None:
        self.staff.later(**later)
        self.staff.door.current(session_id, browser=browser, at=self.staff.clinic.now)

    def check(self, word: str, secret: str = PASSWORD) -> None:
        self.staff.door.check_second(
            self.by_password(),
            word,
            secret,
            event_id="form-1",
            digest="d1",
            site=None,
            at=self.staff.clinic.now,
        )

    def set_code(self, password: str = PASSWORD) -> None:
        at = self.staff.clinic.now
        code = pyotp.TOTP(SECRET).at(at)
        self.staff.administration.set_code(self.mara.person_id, password, SECRET, code, at=at)

    def own(self, name: str, *words: str) -> None:
        getattr(self.staff.administration, name)(self.mara.person_id, *words, at=self.staff.clinic.now)

    def changed_since(self) -> None:
        session_id = self.by_password()
        self.own("change_password", PASSWORD, "nine loud ravens")
        self.current(session_id)

    def switched_off_since(self) -> None:
        session_id = self.by_password()
        self.staff.change(self.mara, enabled=False)
        self.current(session_id)

    def pin_that_is_off(self) -> None:
        for _ in range(5):
            with pytest.raises(PumplogError):
                self.by_pin("111112")
        self.staff.later(minutes=1)
        self.by_pin()

    def wrong_code(self) -> None:
        self.set_code()
        self.by_password(code="111112")

    def wrong_set_up(self) -> None:
        self.staff.administration.make_setup_code(at=self.staff.clinic.now)
        self.set_up("ABCD-EFGH-JKMN-PQRS")

    def set_up(self, code: str) -> None:
        new = NewPerson("zebedee", "Zebedee Unknown", frozenset())
        self.staff.administration.set_up(code, new, PASSWORD, address=WARD, at=self.staff.clinic.now)


MARA, OSEI, OFF, DOOR, VERA = "Mara Keller", "Abena Osei", "Otto Off", "door", "Vera Ward"
NOBODY = "nobody known"

Done = Callable[[Day], object]
LINES: Mapping[str, tuple[Done, str, str, str, str | None]] = {
    # what is done: by whom it is written, about whom, as what, and why
    "in by password": (lambda day: day.by_password(), MARA, MARA, "signed_in", None),
    "in by pin": (lambda day: day.by_pin(), MARA, MARA, "signed_in_by_pin", None),
    "in from the hospital": (lambda day: day.from_hospital(), VERA, VERA, "signed_in_by_hospital", None),
    "wrong password": (lambda day: day.by_password("mara", "a wrong guess"), NOBODY, MARA, "refused", "password"),
    "unknown name": (lambda day: day.by_password("Zebedee Unknown"), NOBODY, DOOR, "refused", "password"),
    "switched off": (lambda day: day.by_password("otto"), NOBODY, OFF, "refused", "password"),
    "wrong code": (lambda day: day.wrong_code(), NOBODY, MARA, "refused", "code"),
    "wrong pin": (lambda day: day.by_pin("111112"), NOBODY, MARA, "refused", "pin"),
    "no pin": (lambda day: day.by_pin(person=day.osei), NOBODY, OSEI, "refused", "no pin"),
    "pin of nobody": (
        lambda day: day.by_pin(person=Person("no id", "Zebedee Unknown", frozenset(), None)),
        *(NOBODY, DOOR, "refused", "no pin"),
    ),
    "pin elsewhere": (
        lambda day: day.by_pin(browser=ELSEWHERE),
        *(NOBODY, MARA, "refused", "pin on no tablet of ours"),
    ),
    "pin that is off": (lambda day: day.pin_that_is_off(), NOBODY, MARA, "refused", "pin is off"),
    "another's sign-in at the hospital": (
        lambda day: (day.from_hospital(), day.from_hospital(TABLET)),
        *(NOBODY, VERA, "refused", "another browser's sign-in"),
    ),
    "locked": (lambda day: day.lock(day.by_password()), MARA, MARA, "locked", None),
    "idle": (lambda day: day.current(day.by_password(), minutes=5), MARA, MARA, "locked", None),
    "unlocked": (lambda day: day.unlock(day.lock(day.by_password()), PASSWORD), MARA, MARA, "unlocked", None),
    "wrong at the lock": (
        lambda day: day.unlock(day.lock(day.by_password()), "a wrong guess"),
        *(NOBODY, MARA, "refused", "password"),
    ),
    "session of another browser": (
        lambda day: day.current(day.by_password(browser=TABLET), ELSEWHERE),
        *(NOBODY, MARA, "refused", "another browser"),
    ),
    "over": (lambda day: day.current(day.by_password(), hours=12), MARA, MARA, "ended_by_age", None),
    "changed since": (lambda day: day.changed_since(), MARA, MARA, "ended_secret_changed", None),
    "switched off since": (lambda day: day.switched_off_since(), MARA, MARA, "ended_switched_off", None),
    "out": (
        lambda day: day.staff.door.sign_out(day.by_password(), at=day.staff.clinic.now),
        *(MARA, MARA, "signed_out", None),
    ),
    "checked second": (lambda day: day.check("abena"), OSEI, OSEI, "checked_second", None),
    "wrong second secret": (lambda day: day.check("abena", "a wrong guess"), NOBODY, OSEI, "refused", "password"),
    "own second check": (lambda day: day.check("Mara Keller"), MARA, MARA, "refused", "own second check"),
    "no second checker": (lambda day: day.check("ida"), MARA, BOSS, "refused", "not a second checker"),
    "own password": (
        lambda day: day.own("change_password", PASSWORD, "nine loud ravens"),
        *(MARA, MARA, "password_changed", None),
    ),
    "own pin": (lambda day: day.own("set_pin", PASSWORD, "915372"), MARA, MARA, "pin_set", None),
    "own code": (lambda day: day.set_code(), MARA, MARA, "code_set", None),
    "wrong own password": (lambda day: day.set_code("a wrong guess"), NOBODY, MARA, "refused", "password"),
    "wrong set-up code": (
        lambda day: day.wrong_set_up(),
        *(NOBODY, DOOR, "refused", "setup code"),
    ),
    "no set-up code": (lambda day: day.set_up("ABCD-EFGH-JKMN-PQRS"), NOBODY, DOOR, "refused", "setup code"),
    "added": (
        lambda day: day.staff.add("New One", Role.VIEWER, temporary=True),
        BOSS,
        "New One",
        "person_added",
        None,
    ),
    "reset": (
        lambda day: day.staff.administration.reset_person(
            day.mara.person_id, by=day.staff.boss, at=day.staff.clinic.now
        ),
        *(BOSS, MARA, "person_reset", None),
    ),
    "not allowed": (
        lambda day: day.staff.desk.as_person(day.osei).import_sheet(
            day.staff.clinic.folder / "Quill.csv", by=OSEI, seen=0
        ),
        *(OSEI, OSEI, "not_allowed", None),
    ),
}


@pytest.fixture
def day(staff: Staff) -> Day:
    return Day(staff)


def do(day: Day, name: str) -> None:
    """Do it; whatever speaks against it is what the line is about."""
    with suppress(PumplogError):
        LINES[name][0](day)


@pytest.mark.parametrize("name", LINES)
def test_everybody_let_in_or_refused_leaves_a_line(name: str, day: Day) -> None:
    _, by, about, kind, why = LINES[name]
    before = len(day.staff.lines())
    do(day, name)
    line = day.staff.lines()[before:][-1]
    known = day.staff.door.accounts.named(about)
    assert (line.kind, line.by, line.told.get("why")) == (kind, by, why)
    assert line.about == (known.person_id if known else about)


@pytest.mark.parametrize("name", LINES)
def test_no_line_tells_a_secret_or_an_unknown_name_that_was_typed(name: str, day: Day) -> None:
    do(day, name)
    for line in day.staff.lines():
        for word in (*PLANTED, "$argon2"):
            assert word not in f"{line.kind} {line.about} {line.by} {line.body}"
    assert day.staff.desk.verify().ok


def test_the_database_holds_no_secret_as_it_was_typed(day: Day) -> None:
    day.by_password()
    day.by_pin()
    with pytest.raises(PumplogError):
        day.by_password("mara", "a wrong guess")
    day.staff.desk.logbook.keep()  # folds everything into the file
    content = day.staff.clinic.database.read_bytes()
    for word in (PASSWORD, "a wrong guess", TABLET, ELSEWHERE):
        assert word.encode() not in content
    assert PIN.encode() not in content


# --- nobody writes a line of their own ---

FORGED = [
    'mara","why":"signed in","by":"Ida Brandt',
    "mara\n2026-05-05 signed_in Ida Brandt",
    "mara\r\nsigned_in",
    "\u2028signed_in\u2029",
    "mara\x00signed_in",
    "\x1b[2Ksigned_in",
    "\u202eadi",
    "'; INSERT INTO access_log VALUES (1) --",
    "{{}} %s {0}",
]


@pytest.mark.parametrize("typed", FORGED)
def test_what_is_typed_as_a_name_or_secret_forges_no_line(typed: str, day: Day) -> None:
    before = len(day.staff.lines())
    for ask in (
        lambda: day.by_password(typed),
        lambda: day.by_password("mara", typed),
        lambda: day.by_pin(typed),
        lambda: day.check(typed, typed),
        lambda: day.set_up(typed),
    ):
        with pytest.raises(PumplogError):
            ask()
    for line in day.staff.lines()[before:]:
        assert line.kind in ("refused", "signed_in")
        assert line.by in (NOBODY, MARA)
        assert typed not in line.body
    assert day.staff.desk.verify().ok


@pytest.mark.parametrize("typed", FORGED)
def test_a_name_that_is_taken_is_one_line_however_it_reads(typed: str, day: Day) -> None:
    """Names of people and tablets are printed, or refused; what is printed is one value of one line."""
    staff = day.staff
    before = len(staff.lines())
    new = NewPerson("new", typed, frozenset({Role.VIEWER}), (typed,))
    asked: list[Callable[[], object]] = [
        lambda: staff.administration.add_person(new, by=staff.boss, at=staff.clinic.now),
        lambda: staff.enrol(ELSEWHERE, typed),
        lambda: staff.change(day.mara, sites=(typed,)),
    ]
    taken = 0
    for ask in asked:
        try:
            ask()
        except EntryRefused:
            assert not typed.isprintable()
        else:
            assert typed.isprintable()
            taken += 1
    lines = staff.lines()[before:]
    assert len(lines) == taken
    for line in lines:
        assert line.by == BOSS
        assert line.body.isprintable()
        assert typed in json.loads(line.body).get("sites", []) or line.told.get("tablet") == " ".join(typed.split())
