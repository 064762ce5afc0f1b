"""Bookings of several pumps by one press: all or none, once, by name, and undone by another press."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from pumplog.entries import Booked, BookedVisit, BookingChanged
from pumplog.errors import EntryRefused
from pumplog.state import Said
from tests.stories.clinic import NURSE, Clinic, Opened

SERIALS = ("NGX100001", "NGX100002", "NGX100003")
APRIL_20 = date(2026, 4, 20)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with Clinic(tmp_path).open() as one:
        for serial in SERIALS:
            one.ordinary(serial)
        one.at(date(2026, 3, 2))
        yield one


def seen_of(opened: Opened) -> dict[str, int]:
    return {row.pump_id: opened.desk.seen(row.pump_id) for row in opened.desk.board().rows}


def bookings(opened: Opened, on: date = APRIL_20) -> list[Booked]:
    at = opened.desk.now()
    return [Booked(happened_at=at, pump_serial=serial, booking=BookedVisit(visit_on=on)) for serial in SERIALS]


def press(opened: Opened, seen: Mapping[str, int], press_id: str = "press") -> Mapping[str, Said]:
    return opened.desk.record_bookings(bookings(opened), by=NURSE, seen=seen, press_id=press_id)


def visits(opened: Opened) -> list[date | None]:
    return [row.next_visit_on for row in opened.desk.board().rows]


def test_one_press_books_every_pump_and_a_second_one_books_nothing_more(opened: Opened) -> None:
    seen = seen_of(opened)
    said = press(opened, seen)
    assert [(one.kind, one.recorded_by) for one in said.values()] == [("booked", NURSE)] * 3
    assert visits(opened) == [APRIL_20] * 3
    rows = opened.head()
    opened.at(date(2026, 3, 3))
    assert press(opened, seen) == said
    assert opened.head() == rows
    assert opened.desk.verify().ok


def test_a_pump_of_which_something_newer_is_known_is_named_and_nothing_is_written(opened: Opened) -> None:
    seen = seen_of(opened)
    opened.say("contacted", "2026-03-02T12:00Z", pump_serial=SERIALS[1], outcome="refused")
    rows = opened.head()
    with pytest.raises(EntryRefused) as refusal:
        press(opened, seen)
    assert [fault.says.partition(":")[0] for fault in refusal.value.faults] == [f"Pump {SERIALS[1]}"]
    assert opened.head() == rows
    assert visits(opened) == [None] * 3
    press(opened, seen_of(opened))
    assert visits(opened) == [APRIL_20] * 3


def test_what_the_rules_refuse_is_refused_by_name_and_nothing_is_written(opened: Opened) -> None:
    rows = opened.head()
    late = bookings(opened, date(2026, 5, 5))
    with pytest.raises(EntryRefused) as refusal:
        opened.desk.record_bookings(late, by=NURSE, seen=seen_of(opened), press_id="late")
    assert len(refusal.value.faults) == 3
    assert all("after the refill-by date" in fault.says for fault in refusal.value.faults)
    one, other, _ = bookings(opened)
    with pytest.raises(EntryRefused, match="named twice"):
        opened.desk.record_bookings([one, other, one], by=NURSE, seen=seen_of(opened), press_id="twice")
    assert opened.head() == rows


def test_a_press_is_undone_by_another_and_stands_in_the_log(opened: Opened) -> None:
    said = press(opened, seen_of(opened))
    undone = [
        BookingChanged(
            happened_at=opened.desk.now(),
            pump_serial=one.entry.pump_serial,
            booking_event_id=one.event_id,
            change="cancelled",
            reason="pressed by mistake",
        )
        for one in said.values()
    ]
    seen = {pump_id: one.sequence for pump_id, one in said.items()}
    opened.desk.record_bookings(undone, by=NURSE, seen=seen, press_id="undo")
    assert visits(opened) == [None] * 3
    log = opened.desk.story(SERIALS[0]).state.log
    assert [line.said.kind for line in log][-2:] == ["booked", "booking_changed"]
    press(opened, seen_of(opened), "again")
    assert visits(opened) == [APRIL_20] * 3
