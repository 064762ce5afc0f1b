"""SQL, templates and signs that end a line or move a cursor, in every text that can be written: text, and no more."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.entries import KINDS, AnyEntry
from pumplog.errors import EntryRefused, SignInRefused
from pumplog.people import Role
from tests.cli.terminal import ENTRIES, inside
from tests.desk.sheets import sheet
from tests.people.staff import BOSS, PASSWORD, Staff, cheap_passwords
from tests.screens.hostile import planted_in
from tests.stories.clinic import Clinic, Opened
from tests.test_house_entries import IN_ORDER

SQL = "'; DROP TABLE event_log; --\" OR 1=1 /* */ {0} {x!r} %s %(x)s $1 ? :x ${x} \\' '' ;DELETE FROM kept;"
LINES = "one\ntwo\r\nthree\x1b[2J\x1b[31m\x00\u202eleft\u2066\u2028\x85\x07\x08 end"
"""Ends of lines, a cleared screen, red, nothing, the other direction, a bell, a step back."""
HARMFUL = pytest.mark.parametrize("words", [SQL, LINES], ids=["sql", "lines"])

SERIAL = "NGX100001"
LINKS = frozenset(
    {
        "replaces",
        "replaced_by",
        "alarm_event_id",
        "target_event_id",
        "row_event_id",
        "booking_event_id",
        "visit_event_id",
        "snooze_event_id",
        "plan_event_id",
        "gtin",
    }
)
MORE: dict[str, Any] = {
    "bridge": {"given": False},
    "waste": {"volume_ml": "1", "witness": "x", "method": "x"},
    "drawn_waste": {"volume_ml": "1", "witness": "x", "method": "x"},
    "observation": {"what": "x", "how_long": "x", "who": "x"},
}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with cheap_passwords(), Clinic(tmp_path / "clinic").open() as begun:
        begun.at(date(2026, 4, 1))
        yield begun


def said_with(kind: str, words: str, links: dict[str, str]) -> dict[str, Any]:
    """The example of a kind with the words in every text that the desk takes."""
    said = json.loads((ENTRIES / f"{kind}.json").read_text("utf-8"))
    said |= {name: part for name, part in MORE.items() if name in KINDS[kind].model_fields}
    said = planted_in(KINDS[kind], said, words, but=LINKS | {"drug", "pump_serial"})
    said["confirmed"] = {"asked": words}
    return {**said, **{name: event_id for name, event_id in links.items() if name in said}, "pump_serial": SERIAL}


def record_all(desk: Desk, words: str) -> list[AnyEntry]:
    """Each kind that a person records, in the order in which a pump lives."""
    links = {
        "alarm_event_id": "alarm_heard",
        "target_event_id": "deferred",
        "booking_event_id": "booked",
        "visit_event_id": "refilled",
        "plan_event_id": "plan_made",
    }
    taken = []
    for kind in IN_ORDER:
        entry = desk.read_entry(said_with(kind, words, links))
        try:
            findings = desk.preview(entry, by="M. Keller").findings
        except EntryRefused as refused:
            raise AssertionError(f"{kind}: {refused}") from refused
        reasons = {finding.code: words for finding in findings} | {"asked": words}
        answered = desk.read_entry({**entry.model_dump(mode="json", exclude_none=True), "confirmed": reasons})
        desk.record(answered, by="M. Keller", seen=desk.seen_of(answered), event_id=kind)
        taken.append(answered)
    return taken


def assert_whole(desk: Desk) -> None:
    """Both chains hold, and every table can be read."""
    assert desk.verify().ok, desk.verify().says
    assert desk.logbook.access_events() is not None
    assert desk.door.accounts.everybody() is not None


@HARMFUL
def test_whatever_is_recorded_is_read_back_letter_for_letter_and_the_log_holds(opened: Opened, words: str) -> None:
    taken = record_all(opened.desk, words)
    story = opened.desk.story(SERIAL)
    assert [line.said.entry for line in story.state.log] == taken
    assert_whole(opened.desk)


@HARMFUL
def test_a_serial_of_such_words_is_one_pump_that_is_found(opened: Opened, words: str) -> None:
    opened.register()
    opened.register(words)
    assert opened.desk.pump_id(words) != opened.desk.pump_id(SERIAL)
    assert len(opened.desk.board().rows) == 2
    with pytest.raises(EntryRefused):
        opened.desk.pump_id(f"{words} more")
    assert_whole(opened.desk)


CELLS = ("MRN", "Patient", "Pump model", "Pump serial", "Drug", "Concentration", "Mode", "Lot")


@HARMFUL
@pytest.mark.parametrize("cell", CELLS)
def test_a_sheet_of_such_cells_is_taken_or_refused_as_text(
    opened: Opened, tmp_path: Path, words: str, cell: str
) -> None:
    # With control signs it is no CSV at all and refused as such, whatever else it holds.
    kept = "".join(sign for sign in words if sign >= " " or sign in "\r\n")
    path = sheet(tmp_path / "sheet.csv", {cell: kept})
    opened.desk.import_sheet(path, by="M. Keller", seen=0, accept_good_rows=True, name=f"{words}.csv")
    assert opened.head() >= 1
    assert_whole(opened.desk)


def test_people_and_tablets_of_such_names_are_text_and_nobody_comes_in_by_them(opened: Opened) -> None:
    staff = Staff(opened)
    person = staff.add(SQL[:60], Role.RECORDER, sites=(SQL,))
    desk, at = opened.desk, opened.clinic.now
    tablet = desk.administration.enrol_tablet(SQL[:60], browser="b" * 43, by=staff.boss, at=at)
    assert tablet.name == SQL[:60]
    assert desk.door.accounts.named(person.name) is not None
    for typed in (f"{BOSS}' --", "' OR '1'='1", "%", "_", SQL):
        with pytest.raises(SignInRefused):
            desk.door.sign_in(typed, PASSWORD, at=at)
        with pytest.raises(SignInRefused):
            desk.door.sign_in(BOSS, typed, address=typed, at=at)
        staff.later(hours=1)
        at = opened.clinic.now
    assert len(desk.administration.people(by=staff.boss)) == 2
    assert_whole(desk)


def test_a_name_with_such_signs_is_nobodys(opened: Opened) -> None:
    staff = Staff(opened)
    for name in ("A\nB", "A\x1b[31mB", "A\x00B", "A\u202eB", "A\u2028B"):
        with pytest.raises(EntryRefused):
            staff.add(name, Role.RECORDER)
        with pytest.raises(EntryRefused):
            opened.desk.administration.enrol_tablet(name, browser="b" * 43, by=staff.boss, at=opened.clinic.now)
    assert len(opened.desk.administration.people(by=staff.boss)) == 1


def test_a_refused_sign_in_is_one_line_whatever_was_typed_and_nothing_of_it_is_kept(opened: Opened) -> None:
    Staff(opened)
    before = len(opened.desk.logbook.access_events())
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SignInRefused):
        opened.desk.door.sign_in(f"canary {LINES}", f"secret {LINES}", address="10.0.0.7\n1", at=opened.clinic.now)
    lines = opened.desk.logbook.access_events()[before:]
    assert len(lines) == 1
    written = repr([(line.body, line.recorded_by, line.pump_id) for line in lines])
    assert [
        word for word in ("canary", "secret", "\\x1b", "\\n", "\\u202e") if word in written.replace("\\\\n", "")
    ] == []
    assert (out.getvalue(), err.getvalue()) == ("", "")


@pytest.mark.parametrize("command", [("due",), ("story", LINES), ("story", f"{LINES} no such"), ("verify",)])
def test_what_a_terminal_prints_moves_no_cursor_and_turns_no_line_around(
    opened: Opened, command: tuple[str, ...]
) -> None:
    record_all(opened.desk, LINES)
    opened.register(LINES)
    opened.desk.close()
    said = inside(*command, "--database", opened.clinic.database)
    printed = said.out + said.err
    assert printed
    assert [sign for sign in "\r\x1b\x00\x07\x08\u202e\u2066\u2028\x85" if sign in printed] == []
    assert not re.search(r"^(two|three)", printed, re.MULTILINE)
