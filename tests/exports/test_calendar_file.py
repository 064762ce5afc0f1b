"""Calendar files, read again by their own library and by another one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from pumplog.exports.calendar_file import Dated, Purpose, feed, reference_of, single, uid_of

BERLIN = ZoneInfo("Europe/Berlin")
CHANGED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BOOKED = Dated(
    purpose=Purpose.BOOKING,
    pump_id="5b1c0f",
    about="booking-event",
    day_on=date(2026, 3, 27),
    changes_count=7,
    changed_at_utc=CHANGED,
    starts_at=datetime(2026, 3, 27, 9, tzinfo=BERLIN),
    length_hours=Decimal("0.75"),
    site="North clinic",
)
BY_DAY = replace(BOOKED, purpose=Purpose.REFILL_BY, about="5b1c0f", day_on=date(2026, 4, 28), starts_at=None)


def parsed(content: bytes) -> Any:
    """By the library that did not write it."""
    return vobject.readOne(content.decode())


def events(content: bytes) -> list[Any]:
    return list(parsed(content).vevent_list)


def feed_of(*entries: Dated, zone: ZoneInfo = BERLIN) -> bytes:
    return feed(entries, name="North clinic", zone=zone)


def test_a_second_reader_takes_the_feed() -> None:
    content = feed_of(BOOKED, BY_DAY)
    assert parsed(content).version.value == "2.0"
    assert parsed(content).method.value == "PUBLISH"
    assert sorted(one.summary.value.rsplit(" ", 1)[0] for one in events(content)) == ["Pump refill", "Pump refill by"]


def test_the_first_reader_finds_nothing_missing() -> None:
    calendar = Calendar.from_ical(feed_of(BOOKED, BY_DAY))
    calendar.validate()  # type: ignore[no-untyped-call]
    assert calendar.get_missing_tzids() == set()


def test_the_same_state_gives_the_same_file_in_whatever_order() -> None:
    assert feed_of(BOOKED, BY_DAY) == feed_of(BY_DAY, BOOKED)


@pytest.mark.parametrize(
    ("on", "hours"),
    [(date(2026, 3, 27), 1), (date(2026, 3, 30), 2), (date(2026, 10, 23), 2), (date(2026, 10, 26), 1)],
)
def test_nine_o_clock_is_nine_on_the_clinics_clock_on_both_sides_of_the_change(on: date, hours: int) -> None:
    nine = datetime(on.year, on.month, on.day, 9, tzinfo=BERLIN)
    (event,) = events(feed_of(replace(BOOKED, day_on=on, starts_at=nine.astimezone(UTC))))
    assert event.dtstart.value.hour == 9
    assert event.dtstart.value.utcoffset() == timedelta(hours=hours)
    assert event.dtstart.value.astimezone(UTC) == nine.astimezone(UTC)
    assert event.duration.value == timedelta(minutes=45)


def test_a_day_is_a_day_without_a_clock() -> None:
    (event,) = events(feed_of(BY_DAY, zone=ZoneInfo("America/New_York")))
    assert event.dtstart.value == date(2026, 4, 28)
    assert not isinstance(event.dtstart.value, datetime)
    assert event.dtend.value == date(2026, 4, 29)


def test_a_clinic_in_universal_time_needs_no_zone() -> None:
    content = feed_of(replace(BOOKED, starts_at=datetime(2026, 3, 27, 9, tzinfo=UTC)), zone=ZoneInfo("UTC"))
    (event,) = events(content)
    assert event.dtstart.value == datetime(2026, 3, 27, 9, tzinfo=event.dtstart.value.tzinfo)
    assert b"DTSTART:20260327T090000Z" in content
    assert b"VTIMEZONE" not in content


def test_an_entry_keeps_its_uid_whatever_becomes_of_it() -> None:
    afternoon = datetime(2026, 4, 1, 14, tzinfo=BERLIN)
    moved = replace(BOOKED, starts_at=afternoon, changes_count=9, site="Annexe", cancelled=True)
    assert uid_of(moved) == uid_of(BOOKED)
    assert len({uid_of(BOOKED), uid_of(BY_DAY), uid_of(replace(BOOKED, about="other")), reference_of("5b1c0f")}) == 4


def test_sequence_is_how_often_something_changed() -> None:
    (event,) = events(feed_of(replace(BOOKED, changes_count=9)))
    assert event.sequence.value == "9"


def test_what_is_cancelled_says_so_in_the_feed_and_takes_itself_out_alone() -> None:
    cancelled = replace(BOOKED, cancelled=True, changes_count=8)
    assert [one.status.value for one in events(feed_of(cancelled, BY_DAY))] == ["CANCELLED", "CONFIRMED"]
    alone = single(cancelled, name="North clinic", zone=BERLIN)
    assert parsed(alone).method.value == "CANCEL"
    assert parsed(single(BOOKED, name="North clinic", zone=BERLIN)).method.value == "PUBLISH"


def test_ids_of_the_log_do_not_leave_the_house() -> None:
    content = feed_of(BOOKED, BY_DAY).decode()
    assert BOOKED.pump_id not in content
    assert BOOKED.about not in content
    assert content.count(reference_of(BOOKED.pump_id)) == 4


def test_a_site_named_like_a_line_of_the_file_stays_a_site() -> None:
    odd = "North\r\nSTATUS:CANCELLED; wing, A"
    (event,) = events(feed_of(replace(BOOKED, site=odd)))
    assert event.status.value == "CONFIRMED"
    assert event.location.value == odd.replace("\r\n", "\n")


def test_a_clinic_named_like_a_line_of_the_file_stays_a_name() -> None:
    content = feed((BOOKED,), name="North, main\r\nSTATUS:CANCELLED", zone=BERLIN)
    assert [one.status.value for one in events(content)] == ["CONFIRMED"]
    assert b"NAME:North\\, main\\nSTATUS:CANCELLED\r\n" in content


def test_a_clinic_without_pumps_has_an_empty_calendar() -> None:
    assert b"BEGIN:VCALENDAR" in feed_of()
    assert b"VEVENT" not in feed_of()
