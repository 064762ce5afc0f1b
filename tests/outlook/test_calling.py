"""The call list: every reason at its edge; and whatever is called or booked, no tier and no date moves."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.entries import read_entry
from pumplog.exports.records import due_record
from pumplog.outlook import Asking, outlook
from pumplog.state import Said, fold_pump
from tests.outlook.test_properties import CALENDAR, REFERENCE, ZONE
from tests.state.telling import SERIAL as TOLD
from tests.state.telling import lives, said_of
from tests.stories.clinic import SERIAL, Clinic, Opened

JANUARY_6 = date(2026, 1, 6)
OF_THE_DIARY = {"calling", "next_visit_on"}
"""What a call or a booking may change in a row, and nothing else."""


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Case D1: refill by 28 April 2026."""
    told = Clinic(tmp_path).on_paper()
    told.ordinary()
    return told


def asked(opened: Opened, on: date) -> set[Asking]:
    listed = opened.desk.call_list(on)
    rows = {row.pump_serial: row for row in listed.rows}
    found = {task.asking for task in rows[SERIAL].calling.tasks} if SERIAL in rows else set()
    assert {asking for asking, count in listed.counts.items() if count} == found
    return found


def test_a_pump_without_a_booking_is_on_the_list_and_one_booked_in_time_is_not(opened: Opened) -> None:
    assert asked(opened, JANUARY_6) == {Asking.NOTHING_BOOKED}
    opened.say("booked", "2026-01-06T09:00Z", booking={"visit_on": "2026-04-28"})
    assert asked(opened, JANUARY_6) == set()
    assert asked(opened, date(2026, 4, 28)) == set()
    assert asked(opened, date(2026, 4, 29)) == {Asking.NOTHING_BOOKED, Asking.NOT_FOLLOWED_UP}


def test_of_two_bookings_ahead_the_first_is_the_next_visit(opened: Opened) -> None:
    for day in ("2026-04-28", "2026-03-28", "2026-05-28"):
        reason = {"booked_after_refill_by": "another one beside it"}
        opened.say("booked", "2026-01-06T09:00Z", booking={"visit_on": day}, confirmed=reason)
    row = opened.row(JANUARY_6)
    assert row is not None
    assert row.next_visit_on == date(2026, 3, 28)
    assert [one.visit_on for one in row.calling.booked_ahead] == [date(2026, month, 28) for month in (3, 4, 5)]
    assert not row.calling.tasks


def test_a_row_asks_for_what_its_tasks_say_and_for_nothing_else(opened: Opened) -> None:
    opened.say("contacted", "2026-01-06T09:00Z", outcome="no_answer")
    row = opened.row(JANUARY_6)
    assert row is not None
    assert {asking for asking in Asking if row.calling.asks(asking)} == {Asking.CALL_AGAIN, Asking.NOTHING_BOOKED}


def test_a_booking_a_day_after_refill_by_is_too_late(opened: Opened) -> None:
    reason = {"booked_after_refill_by": "none earlier"}
    opened.say("booked", "2026-01-06T09:00Z", booking={"visit_on": "2026-04-29"}, confirmed=reason)
    assert asked(opened, JANUARY_6) == {Asking.BOOKED_TOO_LATE}


def test_a_booking_in_time_becomes_too_late_when_the_dose_is_raised(opened: Opened) -> None:
    opened.say("booked", "2026-01-06T09:00Z", booking={"visit_on": "2026-04-28"})
    more = {"mode": "simple_continuous", "dose_mcg_per_day": "330"}
    opened.say("reprogrammed", "2026-01-06T10:00Z", programme=more)
    assert asked(opened, JANUARY_6) == {Asking.BOOKED_TOO_LATE}


def test_a_day_to_call_again_is_reached_on_that_day(opened: Opened) -> None:
    opened.say("contacted", "2026-01-06T09:00Z", outcome="call_again", remind_on="2026-01-09")
    assert Asking.CALL_AGAIN not in asked(opened, date(2026, 1, 8))
    assert Asking.CALL_AGAIN in asked(opened, date(2026, 1, 9))
    assert Asking.CALL_AGAIN in asked(opened, date(2027, 1, 9))


def test_a_call_that_nobody_answered_is_made_again_until_somebody_does(opened: Opened) -> None:
    opened.say("contacted", "2026-01-06T09:00Z", outcome="no_answer")
    assert Asking.CALL_AGAIN in asked(opened, JANUARY_6)
    opened.say("contacted", "2026-01-07T09:00Z", outcome="booked", booking={"visit_on": "2026-04-20"})
    assert asked(opened, date(2026, 1, 7)) == set()


def says(opened: Opened, on: date) -> list[str]:
    row = opened.row(on)
    assert row is not None
    return [task.says for task in row.calling.tasks]


@pytest.mark.parametrize(
    ("outcome", "head"),
    [
        ("no_answer", "Nobody answered"),
        ("call_again", "Asked to call again"),
        ("refused", "Asked to call again"),
    ],
)
def test_a_reminder_says_what_came_of_the_call(opened: Opened, outcome: str, head: str) -> None:
    opened.say("contacted", "2026-01-06T09:00Z", outcome=outcome, remind_on="2026-01-09")
    assert f"{head}: call again from 9 Jan 2026." in says(opened, date(2026, 1, 9))


def test_a_visit_that_did_not_come_about_says_whether_somebody_marked_it_as_missed(opened: Opened) -> None:
    opened.say("booked", "2026-01-06T09:00Z", event="visit", booking={"visit_on": "2026-01-12"})
    follow = "nobody has followed it up."
    assert f"The visit of 12 Jan 2026 passed without a visit: {follow}" in says(opened, date(2026, 1, 13))
    opened.say("booking_changed", "2026-01-12T17:00Z", booking_event_id="visit", change="missed")
    assert f"The visit of 12 Jan 2026 was missed: {follow}" in says(opened, date(2026, 1, 13))


def test_the_first_of_two_late_visits_is_named(opened: Opened) -> None:
    for day in ("2026-05-12", "2026-05-02"):
        reason = {"booked_after_refill_by": "none earlier"}
        opened.say("booked", "2026-01-06T09:00Z", booking={"visit_on": day}, confirmed=reason)
    late = "The next visit, 2 May 2026, is after the refill-by date, 28 Apr 2026."
    assert says(opened, JANUARY_6) == [late]


def test_a_transfer_stays_on_the_list_until_the_other_clinic_confirms_it(opened: Opened) -> None:
    opened.say("retired", "2026-02-01T09:00Z", reason="transferred", to_clinic="South")
    for on in (date(2026, 2, 1), date(2036, 2, 1)):
        listed = opened.desk.call_list(on)
        assert [(one.pump_serial, one.to_clinic) for one in listed.transfers] == [(SERIAL, "South")]
    opened.say("transfer_confirmed", "2026-02-03T09:00Z", receiving_clinic="South", confirmed_by="their nurse")
    assert opened.desk.call_list(date(2026, 2, 3)).transfers == ()
    assert len(opened.desk.call_list(date(2026, 2, 2)).transfers) == 1


def test_a_pump_that_was_explanted_is_no_transfer(opened: Opened) -> None:
    opened.say("retired", "2026-02-01T09:00Z", reason="explanted")
    assert opened.desk.call_list(date(2026, 2, 1)).transfers == ()


def test_the_list_the_story_and_the_export_say_the_same(opened: Opened) -> None:
    opened.say("contacted", "2026-01-06T09:00Z", outcome="no_answer")
    (row,) = opened.desk.call_list(JANUARY_6).rows
    assert opened.desk.story(SERIAL, JANUARY_6).outlook == row == opened.row(JANUARY_6)
    record = due_record(row)
    assert record["last_contact"] == "no_answer"
    assert record["to_do"] == [task.says for task in row.calling.tasks]


# --- nothing of this moves a tier ---

DAYS = st.integers(0, 200).map(lambda days: (date(2026, 1, 6) + timedelta(days=days)).isoformat())


@st.composite
def chatter(draw: st.DrawFn) -> dict[str, Any]:
    """Something said on the telephone or of the diary."""
    booking = {"visit_on": draw(DAYS)}
    said: dict[str, Any] = draw(
        st.sampled_from(
            (
                {"kind": "contacted", "outcome": "booked", "booking": booking},
                {"kind": "contacted", "outcome": "no_answer"},
                {"kind": "contacted", "outcome": "call_again", "remind_on": draw(DAYS)},
                {"kind": "contacted", "outcome": "refused"},
                {"kind": "booked", "booking": booking},
                {"kind": "booking_changed", "booking_event_id": "c0", "change": "moved", "booking": booking},
                {"kind": "booking_changed", "booking_event_id": "c0", "change": "cancelled"},
                {"kind": "booking_changed", "booking_event_id": "c1", "change": "missed"},
                {"kind": "near_miss_explained", "visit_event_id": "e1", "cause": "planned"},
                {"kind": "transfer_confirmed", "receiving_clinic": "South", "confirmed_by": "N. N."},
            )
        )
    )
    days = draw(st.integers(0, 200))
    at = datetime.fromisoformat("2026-01-05T12:00+00:00") + timedelta(days=days, minutes=draw(st.integers(0, 1400)))
    return {**said, "pump_serial": TOLD, "happened_at": at.isoformat()}


@settings(deadline=None, max_examples=40)
@given(life=lives(), calls=st.lists(chatter(), min_size=1, max_size=6), data=st.data())
def test_no_call_and_no_booking_ever_moves_a_tier_or_a_date(
    life: list[dict[str, Any]], calls: list[dict[str, Any]], data: st.DataObject
) -> None:
    events = said_of(life)
    told = [
        Said(f"c{place}", len(events) + place + 1, entry, entry.happened_at, "T. Lindqvist")
        for place, entry in enumerate(read_entry(one) for one in calls)
    ]
    both = [*events, *data.draw(st.permutations(told))]
    alone, with_calls = (fold_pump(TOLD, one, zone=ZONE) for one in (events, both))
    for days in (0, 30, 120, 400):
        on = events[-1].entry.happened_at.date() + timedelta(days=days)
        before, after = (outlook(state, REFERENCE, on, calendar=CALENDAR) for state in (alone, with_calls))
        moved = {name for name in vars(before) if getattr(before, name) != getattr(after, name)}
        assert moved <= OF_THE_DIARY
