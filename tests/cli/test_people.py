"""`pumplog people`, and what the terminal asks of who writes once a clinic has people."""

import json
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyotp
import pytest
import typer

from pumplog.cli.app import app
from pumplog.desk import utc_now
from pumplog.people import Role
from tests.cli.terminal import INSTALLED, PYTHON, SAMPLE, Said, assert_sentences, example, inside, outside, written
from tests.people.staff import PASSWORD, Staff, cheap_passwords
from tests.stories.clinic import Clinic

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  nobody's
IDA = ("people", "add", "Ida Brandt", "--sign-in", "ida", "--password-stdin")
ON_A_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_passwords():
        yield


class Place:
    """A clinic in a folder, and its commands."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, folder / "clinic.duckdb"

    def run(self, *words: object, stdin: str = "") -> Said:
        return inside(*words, "--database", self.database, stdin=stdin)

    def told(self, *words: object, stdin: str = "") -> Any:
        said = self.run(*words, "--format", "json", stdin=stdin)
        assert said.code == 0, said.err
        return said.json

    def refused(self, *words: object, stdin: str = "") -> str:
        """What a refused command says; it says nothing else, and leaves with 1."""
        said = self.run(*words, stdin=stdin)
        assert (said.code, said.out) == (1, "")
        assert_sentences(said.err)
        return said.err

    def entry(self, kind: str = "registered", **changes: Any) -> Path:
        return written(self.folder / "entry.json", example(kind, **changes))

    def lines(self) -> list[tuple[str, str]]:
        """Who came in: each line's kind, and who did it."""
        with Clinic(self.folder).open() as opened:
            return [(line.kind, line.recorded_by) for line in opened.desk.logbook.access_events()]

    def rows(self) -> int:
        return int(self.run("verify", "--format", "json").json["rows"])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def peopled(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A clinic with an administrator, a recorder and a prescriber, whose passwords are the same."""
    with Clinic(place.folder).open() as opened:
        opened.clinic.now = utc_now()
        staff = Staff(opened)
        staff.add("Mara Keller", Role.RECORDER)
        staff.add("Abena Osei", Role.PRESCRIBER)
    _name_password_file(place, monkeypatch)
    return place


def _name_password_file(place: Place, monkeypatch: pytest.MonkeyPatch, text: str = f"{PASSWORD}\n") -> Path:
    path = place.folder / "password"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("PUMPLOG_PASSWORD_FILE", str(path))
    return path


def at_a_terminal(*words: object, answers: Sequence[tuple[str, str]], **environment: str) -> tuple[int, str]:
    """Run a command in a terminal of its own, and type an answer at each prompt; what was shown, and the code."""
    master, slave = pty.openpty()
    settings = {**os.environ, "TERM": "dumb", **environment}
    settings = {name: value for name, value in settings.items() if value or name not in environment}
    running = subprocess.Popen(
        [PYTHON, "-c", ON_A_TERMINAL, str(INSTALLED), *map(str, words)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=settings,
        start_new_session=True,
    )
    os.close(slave)
    shown, waiting, until = "", list(answers), time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([master], [], [], 0.2)[0]:
            try:
                shown += os.read(master, 4096).decode("utf-8", "replace")
            except OSError:  # the other end was closed: the command has ended
                break
        if waiting and shown.endswith(waiting[0][0]) and not _echoes(master):
            os.write(master, f"{waiting.pop(0)[1]}\n".encode())
    os.close(master)
    code = running.wait(timeout=10)
    assert waiting == [], shown
    return code, shown


def _echoes(terminal: int) -> bool:
    """Whether what is typed there would be shown."""
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


# --- the first person ---


def test_the_first_person_is_an_administrator_with_a_password_of_their_own(place: Place) -> None:
    made = place.told(*IDA, "--role", "recorder", stdin=f"{PASSWORD}\n")
    assert (made["name"], made["sign_in_name"], made["roles"]) == ("Ida Brandt", "ida", ["administrator", "recorder"])
    assert (made["sites"], made["enabled"], made["first_password"]) == (None, True, None)
    assert place.told("people", "list") == [{key: made[key] for key in made if key != "first_password"}]
    text = place.run("people", "list").out
    assert text.split() == ["ida", "Ida", "Brandt", "recorder,", "administrator;", "all", "sites"]
    assert place.lines() == [("person_added", "terminal")]
    assert place.database.stat().st_mode & 0o077 == 0


def test_a_first_password_of_an_administrator_is_typed_twice_and_never_shown(place: Place) -> None:
    words = ("--database", place.database, "people", "add", "Ida Brandt", "--sign-in", "ida")
    new, again = "a few words are easy to keep: ", "The same again: "
    code, shown = at_a_terminal(*words, answers=[(new, PASSWORD), (again, "seven quiet ravens")])
    assert code == 1
    assert "differ" in shown
    assert not place.database.exists()
    code, shown = at_a_terminal(*words, answers=[(new, PASSWORD), (again, PASSWORD)])
    assert (code, "Ida Brandt signs in as ida" in shown) == (0, True)
    assert "quiet" not in shown
    with Clinic(place.folder).open() as opened:
        assert opened.desk.door.sign_in("ida", PASSWORD, at=opened.clinic.now).name == "Ida Brandt"


@pytest.mark.parametrize("typed", ["", "\n", "short\n", "password1234\n", "Ida Brandt!!\n"])
def test_a_password_that_is_refused_leaves_no_clinic_behind(typed: str, place: Place) -> None:
    place.refused(*IDA, stdin=typed)
    assert list(place.folder.iterdir()) == []


def test_a_password_from_standard_input_is_its_first_line_as_it_stands(place: Place) -> None:
    place.told(*IDA, stdin=" seven quiet herons \r\nanother line\n")
    with Clinic(place.folder).open() as opened:
        assert opened.desk.door.sign_in("ida", " seven quiet herons ", at=opened.clinic.now).name == "Ida Brandt"


def test_a_script_without_a_terminal_is_told_of_its_ways(place: Place) -> None:
    says = place.refused("people", "add", "Ida Brandt", "--sign-in", "ida")
    assert "no terminal here" in says
    assert list(place.folder.iterdir()) == []


def test_no_command_takes_a_password_as_one_of_its_words() -> None:
    def options(command: Any, path: str) -> Iterator[tuple[str, Any]]:
        for name, child in getattr(command, "commands", {}).items():
            yield from options(child, f"{path} {name}")
        yield from ((path, parameter) for parameter in command.params)

    named = [
        (path, parameter)
        for path, parameter in options(typer.main.get_command(app), "pumplog")
        if any(word in (parameter.name or "") for word in ("password", "secret", "pin"))
    ]
    assert [(path, one.opts, getattr(one, "is_flag", False)) for path, one in named] == [
        ("pumplog people add", ["--password-stdin"], True)
    ]


def test_the_set_up_code_makes_an_administrator_once(place: Place) -> None:
    code = place.told("people", "setup-code")["setup_code"]
    assert len(code.split("-")) == 4
    text = place.run("people", "setup-code").out.splitlines()
    assert (len(text), len(text[0])) == (2, len(code))
    assert place.told("people", "list") == []
    assert place.lines() == [("setup_code_made", "terminal")] * 2
    for line in place.run("verify").out, place.database.read_bytes().decode("latin-1"):
        assert code not in line


def test_a_mistyped_path_is_no_clinic_without_people(place: Place) -> None:
    for asked in (("list",), ("change", "ida", "--off"), ("reset", "ida")):
        place.refused("people", *asked)
        assert list(place.folder.iterdir()) == []
    place.told("people", "setup-code")
    assert "Nobody has an account" in place.run("people", "list").out
    for words in (("change", "ida", "--off", "--by", "ida"), ("reset", "ida", "--by", "ida")):
        assert "first administrator" in place.refused("people", *words)
    assert "leave --by" in place.refused(*IDA, "--by", "ida", stdin=f"{PASSWORD}\n")
    place.told(*IDA, stdin=f"{PASSWORD}\n")


# --- the next ones ---


def test_an_administrator_adds_the_next_ones_who_get_a_first_password(peopled: Place) -> None:
    made = peopled.told(
        *("people", "add", "Nils Neu", "--sign-in", "nils", "--role", "viewer", "--role", "Caller"),
        *("--site", "North", "--site", "West wing", "--by", "ida"),
    )
    assert (made["roles"], made["sites"]) == (["caller", "viewer"], ["North", "West wing"])
    with Clinic(peopled.folder).open() as opened:
        session = opened.desk.door.sign_in("nils", made["first_password"], at=utc_now())
        assert {must.value for must in session.must} == {"change_password"}
    text = peopled.run(
        "people", "add", "Olga Zwei", "--sign-in", "olga", "--administrator", "--all-sites", "--by", "IDA"
    )
    assert "Olga Zwei signs in as olga: administrator; all sites." in text.out
    assert "First password: " in text.out


@pytest.mark.parametrize("by", [(), ("--by", "mara"), ("--by", "abena"), ("--by", "nobody"), ("--by", " ")])
@pytest.mark.parametrize(
    "words",
    [
        ("add", "Nils Neu", "--sign-in", "nils", "--role", "viewer", "--all-sites"),
        ("change", "mara", "--role", "administrator"),
        ("reset", "mara"),
    ],
    ids=lambda words: str(words[0]),
)
def test_nobody_else_changes_people(words: tuple[str, ...], by: tuple[str, ...], peopled: Place) -> None:
    before = peopled.told("people", "list")
    peopled.refused("people", *words, *by)
    assert peopled.told("people", "list") == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--role", "viewer"), "which pumps"),
        (("--role", "nurse", "--all-sites"), "no role nurse"),
        (("--all-sites",), "at least one role"),
        (("--role", "viewer", "--site", " "), "name them"),
    ],
    ids=["no site", "no such role", "no role", "blank site"],
)
def test_what_is_missing_about_a_new_person_is_said(words: tuple[str, ...], says: str, peopled: Place) -> None:
    assert says in peopled.refused("people", "add", "Nils Neu", "--sign-in", "nils", "--by", "ida", *words)


@pytest.mark.parametrize(
    "words",
    [
        ("add", "Nils Neu"),
        ("add", "Nils Neu", "--sign-in", "nils", "--all-sites", "--site", "North", "--by", "ida"),
        ("change", "mara", "--by", "ida"),
        ("change",),
        ("nothing",),
        (),
    ],
    ids=str,
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...], peopled: Place) -> None:
    assert peopled.run("people", *words).code == 2


def test_a_name_that_was_ever_taken_is_refused(peopled: Place) -> None:
    peopled.told("people", "change", "mara", "--off", "--by", "ida")
    usual = ("--role", "viewer", "--all-sites", "--by", "ida")
    peopled.refused("people", "add", "mara  KELLER", "--sign-in", "mk", *usual)
    peopled.refused("people", "add", "Another Name", "--sign-in", "Mara", *usual)


def test_a_change_leaves_what_was_not_said(peopled: Place) -> None:
    def changed(*words: str) -> tuple[Any, ...]:
        line = peopled.told("people", "change", "mara", *words, "--by", "ida")
        return line["roles"], line["sites"], line["enabled"]

    assert changed("--site", "North") == (["recorder"], ["North"], True)
    assert changed("--off") == (["recorder"], ["North"], False)
    assert changed("--role", "viewer") == (["viewer"], ["North"], False)
    assert changed("--on", "--all-sites") == (["viewer"], None, True)
    assert "Mara Keller" in peopled.run("people", "change", "mara", "--off", "--by", "ida").out
    assert "switched off" in peopled.run("people", "list").out
    assert "no such sign-in name" in peopled.refused("people", "change", "marta", "--off", "--by", "ida")
    assert "last administrator" in peopled.refused("people", "change", "ida", "--off", "--by", "ida")


def test_a_reset_gives_a_first_password(peopled: Place) -> None:
    first = peopled.told("people", "reset", "mara", "--by", "ida")["first_password"]
    assert f"First password: {first}" not in peopled.run("people", "reset", "mara", "--by", "ida").out
    with Clinic(peopled.folder).open() as opened, pytest.raises(Exception, match="do not fit"):
        opened.desk.door.sign_in("mara", first, at=utc_now())


def test_who_acts_at_the_terminal_is_signed_out_at_the_end(peopled: Place) -> None:
    before = len(peopled.lines())
    peopled.told("people", "reset", "mara", "--by", "ida")
    lines = [("signed_in", "Ida Brandt"), ("person_reset", "Ida Brandt"), ("signed_out", "Ida Brandt")]
    assert peopled.lines()[before:] == lines


# --- writing once there are people ---


def test_without_people_a_name_is_enough_as_ever(place: Place) -> None:
    assert place.told("record", place.entry(), "--by", "M. Keller")["recorded"] is True
    place.refused("record", place.entry("refilled"), "--by", "M. Keller", "--code", "123456")
    assert "Nobody has an account" in place.refused(
        "record", place.entry("refilled"), "--by", "M. Keller", "--second", "abena"
    )
    assert place.rows() == 1


def test_an_entry_is_recorded_under_the_name_of_whoever_signed_in(peopled: Place) -> None:
    said = peopled.told("record", peopled.entry(), "--by", "MARA")
    assert (said["recorded"], said["sequence"]) == (True, 1)
    assert peopled.lines()[-2:] == [("signed_in", "Mara Keller"), ("signed_out", "Mara Keller")]
    (event,) = peopled.told("story", "NGX100001", "--by", "Mara")["events"]
    assert event["recorded_by"] == "Mara Keller"
    assert peopled.lines()[-1] == ("opened_story", "Mara")


@pytest.mark.parametrize("by", ["Mara Keller", "nobody", "abena", "ida"])
def test_nothing_is_recorded_by_a_free_name_or_by_who_may_not(by: str, peopled: Place) -> None:
    peopled.refused("record", peopled.entry(), "--by", by)
    peopled.refused("import", SAMPLE, "--accept-good-rows", "--by", by)
    assert peopled.rows() == 0


def test_a_wrong_password_records_nothing(peopled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    _name_password_file(peopled, monkeypatch, "not her password\n")
    assert "do not fit" in peopled.refused("record", peopled.entry(), "--by", "mara")
    monkeypatch.delenv("PUMPLOG_PASSWORD_FILE")
    assert "no terminal here" in peopled.refused("record", peopled.entry(), "--by", "mara")
    said = peopled.run("record", "-", "--by", "mara", "--format", "json", stdin=json.dumps(example("registered")))
    assert (said.code, [one["field"] for one in said.json["refused"]]) == (1, [None])
    assert peopled.rows() == 0


def test_guesses_at_the_terminal_are_slowed_from_one_command_to_the_next(
    peopled: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = os.environ["PUMPLOG_PASSWORD_FILE"]
    _name_password_file(peopled, monkeypatch, "not her password\n")
    for _ in range(5):
        assert "do not fit" in peopled.refused("record", peopled.entry(), "--by", "mara")
    Path(right).write_text(f"{PASSWORD}\n", "utf-8")
    assert "Too many tries" in peopled.refused("record", peopled.entry(), "--by", "mara")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_password_file_that_others_may_read_is_refused(mode: int, peopled: Place) -> None:
    Path(os.environ["PUMPLOG_PASSWORD_FILE"]).chmod(mode)
    assert "chmod 600" in peopled.refused("record", peopled.entry(), "--by", "mara")
    assert peopled.rows() == 0


def test_a_password_file_that_cannot_be_read_is_refused(peopled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (peopled.folder / "binary").write_bytes(b"\xff\xfe")
    for name in ("not there", "", "binary"):
        monkeypatch.setenv("PUMPLOG_PASSWORD_FILE", str(peopled.folder / name))
        assert "cannot be read" in peopled.refused("record", peopled.entry(), "--by", "mara")


def test_who_has_a_first_password_is_sent_to_the_screen(peopled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first = peopled.told("people", "reset", "mara", "--by", "ida")["first_password"]
    _name_password_file(peopled, monkeypatch, first)
    assert "sign in on the screen once" in peopled.refused("record", peopled.entry(), "--by", "mara")
    assert peopled.rows() == 0


def test_a_sheet_is_imported_under_the_name_of_whoever_signed_in(
    peopled: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("import", SAMPLE, "--accept-good-rows")
    assert "say --by" in peopled.refused(*words)
    assert peopled.told(*words, "--by", "mara")["new"] > 0
    monkeypatch.setenv("PUMPLOG_PERSON", "mara")
    assert peopled.told(*words)["new"] == 0
    with Clinic(peopled.folder).open() as opened:
        assert {event.recorded_by for event in opened.desk.logbook.events()} == {"Mara Keller"}


def test_who_belongs_to_some_sites_imports_no_sheet(peopled: Place) -> None:
    peopled.told("people", "change", "mara", "--site", "North", "--by", "ida")
    assert "every site" in peopled.refused("import", SAMPLE, "--accept-good-rows", "--by", "mara")
    assert peopled.rows() == 0


def test_trying_and_reading_need_no_sign_in(peopled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    peopled.told("record", peopled.entry(), "--by", "mara")
    monkeypatch.delenv("PUMPLOG_PASSWORD_FILE")
    lines = peopled.lines()
    assert peopled.run("import", SAMPLE, "--dry-run", "--format", "json").json["new"] == 158
    assert peopled.told("record", peopled.entry("refilled"), "--by", "anybody", "--dry-run")["recorded"] is False
    peopled.told("people", "list")
    assert peopled.lines() == lines
    assert len(peopled.told("due", "--by", "anybody")) == 1
    peopled.told("story", "NGX100001", "--by", "anybody")
    assert peopled.lines() == [*lines, ("printed_board", "anybody"), ("opened_story", "anybody")]
    assert peopled.rows() == 1


def test_an_authenticators_code_is_taken_from_scripts_and_asked_for_at_a_terminal(
    peopled: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = pyotp.TOTP(SECRET)
    with Clinic(peopled.folder).open() as opened:
        mara = opened.desk.door.accounts.signing_in_as("mara")
        assert mara is not None
        before = utc_now().timestamp() - 30
        opened.desk.administration.set_code(mara.person_id, PASSWORD, SECRET, clock.at(int(before)), at=utc_now())
    assert "no terminal here" in peopled.refused("record", peopled.entry(), "--by", "mara")
    assert "authenticator" in peopled.refused("record", peopled.entry(), "--by", "mara", "--code", "000000")
    now = clock.now()
    assert peopled.told("record", peopled.entry(), "--by", "mara", "--code", now)["recorded"] is True
    assert peopled.run("record", peopled.entry("refilled"), "--by", "mara", "--code", now).code == 1
    code, shown = at_a_terminal(
        *("record", peopled.entry("refilled"), "--by", "mara", "--database", peopled.database),
        answers=[("Code from the authenticator of mara: ", clock.at(int(time.time()) + 30))],
    )
    assert (code, "Recorded as event 2" in shown) == (0, True)


# --- a second checker ---

STOP = {"happened_at": "2026-04-01T09:00:00Z", "drawn_ml": "19", "programmer_alarm_on": None, "next_visit_on": None}
"""Nearly all of the fill is still there: 86 days at 0.15 mL/day leave 7.1 mL."""


def test_a_second_checker_signs_at_the_terminal(peopled: Place) -> None:
    peopled.told("record", peopled.entry(), "--by", "mara")
    peopled.told("record", peopled.entry("refilled"), "--by", "mara")
    stop = peopled.entry("refilled", **STOP, confirmed={"residual_stop": "stall found, mended"})
    words = ("record", stop, "--by", "mara", "--database", peopled.database)
    asked = "Password of abena, who checks: "
    code, shown = at_a_terminal(*words, "--second", "abena", answers=[(asked, "not the password")])
    assert (code, "do not fit" in shown) == (1, True)
    code, shown = at_a_terminal(*words, "--second", "mara", answers=[("Password of mara, who checks: ", PASSWORD)])
    assert (code, "another person" in shown) == (1, True)
    assert peopled.rows() == 2
    code, shown = at_a_terminal(*words, "--second", "abena", answers=[(asked, PASSWORD)])
    assert (code, "Recorded as event 3" in shown) == (0, True), shown
    assert "quiet" not in shown
    event = peopled.told("story", "NGX100001")["events"][-1]
    assert (event["recorded_by"], event["entry"]["second_checker"]) == ("Mara Keller", "Abena Osei")
    assert ("checked_second", "Abena Osei") in peopled.lines()


def test_a_second_name_that_nobody_signed_for_is_refused(peopled: Place) -> None:
    peopled.told("record", peopled.entry(), "--by", "mara")
    says = peopled.refused("record", peopled.entry("refilled", second_checker="Abena Osei"), "--by", "mara")
    assert "has not signed" in says
    assert peopled.rows() == 1


def test_a_second_checker_is_asked_when_all_else_is_answered(peopled: Place) -> None:
    peopled.told("record", peopled.entry(), "--by", "mara")
    peopled.told("record", peopled.entry("refilled"), "--by", "mara")
    stop = peopled.entry("refilled", **STOP)
    assert "Type a reason" in peopled.refused("record", stop, "--by", "mara", "--second", "abena")
    heard = peopled.entry("alarm_heard")
    assert "leave --second out" in peopled.refused("record", heard, "--by", "mara", "--second", "abena")
    peopled.refused("record", peopled.entry("refilled", shoe_size="9"), "--by", "mara", "--second", "abena")
    put_off = peopled.entry("deferred", happened_at="2026-04-01T09:00:00Z", drawn_ml="7.1", volume_left_ml="7.1")
    assert "no terminal here" in peopled.refused("record", put_off, "--by", "mara", "--second", "abena")
    assert peopled.rows() == 2


def test_the_commands_are_the_same_in_a_process_of_their_own(place: Place) -> None:
    said = outside("--database", place.database, *IDA, stdin=f"{PASSWORD}\n")
    assert (said.code, said.err) == (0, "")
    assert outside("--database", place.database, "people", "list").out.startswith("ida")
