"""The calendar of a clinic, read by another program: what is booked, moved, cancelled, and let go of."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import vobject

from pumplog.people import Role
from tests.people.staff import Staff, cheap_passwords
from tests.stories.clinic import SERIAL, Clinic, Opened


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with Clinic(tmp_path, zone="Europe/Berlin").open() as one:
        one.ordinary()
        one.at(date(2026, 3, 2))
        yield one


def content_of(opened: Opened, **asked: Any) -> bytes:
    (content,) = opened.desk.calendar_feed(by="x", **asked).files.values()
    return content


def events(opened: Opened) -> dict[str, Any]:
    """By the first words of the title, each entry of the feed."""
    found = getattr(vobject.readOne(content_of(opened).decode()), "vevent_list", [])
    return {one.summary.value.rsplit(" ", 1)[0]: one for one in found}


def test_has_the_last_clinic_day_and_the_refill_by_day(opened: Opened) -> None:
    found = events(opened)
    row = opened.row()
    assert row is not None
    assert found["Pump refill by"].dtstart.value == row.refill_by == date(2026, 4, 28)
    assert found["Pump refill: last clinic day"].dtstart.value == row.book_on
    assert "Pump refill" not in found


def test_a_booked_hour_moves_and_is_cancelled_under_one_uid_with_a_rising_sequence(opened: Opened) -> None:
    booking = {"visit_on": "2026-04-20", "visit_time": "09:15"}
    opened.say("booked", "2026-03-02T10:00Z", booking=booking, event="the booking")
    first = events(opened)["Pump refill"]
    assert first.dtstart.value.astimezone(UTC) == datetime(2026, 4, 20, 7, 15, tzinfo=UTC)
    moved: dict[str, Any] = {"change": "moved", "booking": {"visit_on": "2026-04-21", "visit_time": "10:00"}}
    opened.say("booking_changed", "2026-03-03T10:00Z", booking_event_id="the booking", **moved)
    second = events(opened)["Pump refill"]
    opened.say("booking_changed", "2026-03-04T10:00Z", booking_event_id="the booking", change="cancelled")
    third = events(opened)["Pump refill"]
    assert first.uid.value == second.uid.value == third.uid.value
    assert int(first.sequence.value) < int(second.sequence.value) < int(third.sequence.value)
    assert [one.status.value for one in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert second.dtstart.value.astimezone(UTC) == datetime(2026, 4, 21, 8, 0, tzinfo=UTC)


def test_retirement_cancels_everything_and_keeps_it_in_the_feed(opened: Opened) -> None:
    opened.say("booked", "2026-03-02T10:00Z", booking={"visit_on": "2026-04-20"})
    before = {name: one.uid.value for name, one in events(opened).items()}
    opened.say("retired", "2026-03-05T10:00Z", reason="explanted")
    after = events(opened)
    assert {name: one.uid.value for name, one in after.items()} == before
    assert {one.status.value for one in after.values()} == {"CANCELLED"}


def test_the_same_state_gives_the_same_bytes_and_names_nobody(opened: Opened) -> None:
    opened.say("booked", "2026-03-02T10:00Z", booking={"visit_on": "2026-04-20", "clinician": "Dr Larkfeather"})
    content = content_of(opened)
    assert content == content_of(opened)
    said = content.decode().replace("\r\n ", "")
    for telling in ("Example", "Ada", SERIAL, f"P-{SERIAL}", "baclofen", "Larkfeather", opened.desk.pump_id(SERIAL)):
        assert telling not in said


def test_the_file_for_one_visit_is_the_entry_of_the_feed(opened: Opened) -> None:
    opened.say("booked", "2026-03-02T10:00Z", booking={"visit_on": "2026-04-20", "visit_time": "09:15"})
    alone = vobject.readOne(opened.desk.visit_file(opened.desk.pump_id(SERIAL)).content.decode()).vevent
    assert alone.serialize() == events(opened)["Pump refill"].serialize()


def test_a_site_has_a_calendar_of_its_own(tmp_path: Path) -> None:
    with cheap_passwords(), Clinic(tmp_path / "sites").open() as opened:
        for serial, site in (("N1", "North"), ("S1", "South")):
            opened.register(serial, clinic_site=site)
            opened.say("refilled", "2026-01-05T09:00Z", pump_serial=serial)
        assert opened.desk.calendar_feed(by="x").pumps_count == 2
        assert opened.desk.calendar_feed(by="x", site=" north ").pumps_count == 1
        assert b"NAME:This clinic\\, North" in content_of(opened, site="North")
        staff = Staff(opened)
        caller = opened.desk.as_person(staff.add("Nils Nord", Role.CALLER, sites=("North",)))
        assert caller.calendar_feed(by="").pumps_count == 1
        assert caller.calendar_feed(by="", site="South").pumps_count == 0
        assert staff.lines()[-1].told == {"pumps_count": 0}
