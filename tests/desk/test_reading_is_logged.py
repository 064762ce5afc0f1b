"""Who opened whose story stands in a chain of its own, and stands in nobody's way."""

import ast
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pumplog.desk import Desk
from pumplog.desk.read_log import READ_AGAIN_AFTER
from pumplog.errors import EntryRefused
from pumplog.logbook.anchor import access_name, anchor_path
from pumplog.people import Role
from pumplog.people.access import ACCESS_WORDS
from tests.people.staff import Staff, cheap_passwords
from tests.stories.clinic import SERIAL, Clinic, Opened

ROOM = Path(__file__).parents[2] / "pumplog"
DAY = date(2026, 3, 2)
OTHER = "NGX200002"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Two pumps of case D1 in a real log, and one of the South, on 2 Mar 2026 at noon."""
    with cheap_passwords(), Clinic(tmp_path / "clinic").open() as one:
        one.ordinary()
        one.ordinary(OTHER)
        one.register("SOUTH1", clinic_site="South")
        one.at(DAY)
        yield one


@pytest.fixture
def staff(opened: Opened) -> Staff:
    return Staff(opened)


@pytest.fixture
def mara(staff: Staff) -> Desk:
    return staff.desk.as_person(staff.add("Mara Keller", Role.RECORDER))


def read(staff: Staff) -> list[tuple[str, str, dict[str, str]]]:
    return [(line.by, line.about, line.told) for line in staff.lines() if line.kind == "opened_story"]


def test_opening_a_story_is_written_once_for_each_person_pump_and_while(staff: Staff, mara: Desk) -> None:
    vera = staff.desk.as_person(staff.add("Vera Lind", Role.VIEWER))
    one, other = (staff.desk.pump_id(serial) for serial in (SERIAL, OTHER))
    for _ in range(3):
        mara.story(SERIAL)
        mara.story_of(one, date(2026, 2, 1))
    assert read(staff) == [("Mara Keller", one, {})]
    vera.story(SERIAL)
    mara.story(OTHER)
    assert read(staff)[1:] == [("Vera Lind", one, {}), ("Mara Keller", other, {})]
    staff.clinic.now += READ_AGAIN_AFTER - timedelta(seconds=1)
    mara.story(SERIAL)
    assert len(read(staff)) == 3
    staff.clinic.now += timedelta(seconds=1)
    mara.story_of(one, date(2026, 2, 1))
    assert read(staff)[3:] == [("Mara Keller", one, {"looked_back_to": "2026-02-01"})]


def test_reading_makes_no_preview_stale_and_is_no_event(opened: Opened, staff: Staff, mara: Desk) -> None:
    entry = opened.read("deferred", "2026-03-02T09:00Z", volume_left_ml="11")
    preview, head = mara.preview(entry, by="Mara Keller"), mara.head()
    staff.desk.as_person(staff.add("Vera Lind", Role.VIEWER)).story(SERIAL)
    assert mara.seen(preview.pump_id) == preview.seen
    assert mara.head() == head
    written = mara.record(entry, by="Mara Keller", seen=preview.seen)
    assert written.event.sequence == head.sequence + 1


def test_a_story_that_may_not_be_seen_is_not_said_to_be_opened(staff: Staff) -> None:
    desk = staff.desk.as_person(staff.add("Nora Ness", Role.VIEWER, sites=("North",)))
    with pytest.raises(EntryRefused):
        desk.story_of(staff.desk.pump_id("SOUTH1"))
    assert read(staff) == []


def test_a_log_that_cannot_be_written_keeps_no_story_from_a_nurse_and_the_line_comes_later(
    staff: Staff, mara: Desk
) -> None:
    anchor = anchor_path(access_name(staff.clinic.database))
    in_the_way = anchor.with_name(f"{anchor.name}.new")
    in_the_way.mkdir()
    assert mara.story(SERIAL).outlook.pump_serial == SERIAL
    in_the_way.rmdir()
    mara.story(OTHER)
    serials = {staff.desk.pump_id(serial): serial for serial in (SERIAL, OTHER)}
    assert [serials[about] for _, about, _ in read(staff)] == [SERIAL, OTHER]
    assert staff.desk.verify().ok


def test_the_lines_are_shown_by_day_person_and_pump(staff: Staff, mara: Desk) -> None:
    auditor = staff.desk.as_person(staff.add("Aud Holm", Role.AUDITOR))
    mara.story(SERIAL)
    mara.patient_card(staff.desk.pump_id(OTHER))
    lines = auditor.access_lines(DAY, DAY, by="mara keller")
    told = [(line.by, line.says, line.about, dict(line.told)) for line in lines]
    card = {"form": "patient card"}
    assert told[-2:] == [
        ("Mara Keller", "opened a pump's story", SERIAL, {}),
        ("Mara Keller", "handed out a file about a pump", OTHER, card),
    ]
    assert auditor.access_lines(DAY, DAY, pump_id=staff.desk.pump_id(OTHER)) == (lines[-1],)
    assert auditor.access_lines(DAY - timedelta(days=9), DAY - timedelta(days=1)) == ()
    assert [line.sequence for line in auditor.access_lines(DAY, DAY)] == list(range(1, lines[-1].sequence + 1))
    with pytest.raises(EntryRefused, match="last day is before"):
        auditor.access_lines(DAY, DAY - timedelta(days=1))


def test_an_administrator_who_may_open_no_story_is_told_no_serial(staff: Staff, mara: Desk) -> None:
    mara.story(SERIAL)
    (line,) = (one for one in staff.desk.as_person(staff.boss).access_lines(DAY, DAY) if one.pump_id)
    assert (line.about, SERIAL in json.dumps(dict(line.told))) == ("a pump", False)


def kinds_written() -> set[str]:
    """Every kind that is named where a line of that log is made."""
    found = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and named in (
                "access.line",
                "self._end",
                "self._begin",
                "self._change_own",
            ):
                found |= {
                    one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


def test_every_kind_of_line_has_its_words() -> None:
    kinds = {kind for kind in kinds_written() if kind not in ("signing_key", "log")}
    assert {"signed_in", "refused", "ended_by_age", "opened_story"} <= kinds
    assert kinds <= set(ACCESS_WORDS)
