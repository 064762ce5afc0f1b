"""Near misses: each edge of how near, and that every late refill is a row, whoever remembers it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pumplog.outlook import HowNear, NearMiss, Tier, how_near, near_misses_of
from tests.stories.clinic import SERIAL, Clinic, Opened

SINCE = date(2026, 1, 1)
EMPTY, NEAR, ALARM, LATE = HowNear.AFTER_EMPTY, HowNear.NEAR_EMPTY, HowNear.AFTER_ALARM, HowNear.AFTER_REFILL_BY


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Case D1: refill by 28 April, alarm 5 May, empty 18 May 2026."""
    told = Clinic(tmp_path, zone="America/New_York").on_paper()
    told.ordinary()
    return told


@pytest.mark.parametrize(
    ("refilled_on", "how"),
    [
        (date(2026, 4, 27), ()),
        (date(2026, 4, 28), ()),
        (date(2026, 4, 29), (LATE,)),
        (date(2026, 5, 4), (LATE,)),
        (date(2026, 5, 5), (ALARM, LATE)),
        (date(2026, 5, 14), (ALARM, LATE)),
        (date(2026, 5, 15), (NEAR, ALARM, LATE)),
        (date(2026, 5, 17), (NEAR, ALARM, LATE)),
        (date(2026, 5, 18), (EMPTY, ALARM, LATE)),
        (date(2036, 5, 18), (EMPTY, ALARM, LATE)),
    ],
)
def test_how_near_a_refill_was_at_each_edge(refilled_on: date, how: tuple[HowNear, ...], opened: Opened) -> None:
    dates = {"refill_by": date(2026, 4, 28), "alarm_date": date(2026, 5, 5), "empty_date": date(2026, 5, 18)}
    assert how_near(refilled_on, near_empty_days=3, **dates) == how
    row = opened.row(refilled_on)
    assert row is not None
    assert {name: getattr(row, name) for name in dates} == dates
    assert bool(how) == (row.tier.is_red and row.tier is not Tier.CANNOT_PROJECT)
    opened.say("refilled", f"{refilled_on}T23:30-04:00")  # already the next day in UTC
    found = opened.desk.near_misses(SINCE)
    assert [(one.refilled_on, one.how) for one in found] == ([(refilled_on, how)] if how else [])


def test_near_empty_counts_where_the_drugs_age_leaves_the_other_dates_far(opened: Opened) -> None:
    assert how_near(
        date(2026, 5, 15), refill_by=None, alarm_date=None, empty_date=date(2026, 5, 18), near_empty_days=3
    )
    assert not how_near(
        date(2026, 5, 14), refill_by=None, alarm_date=None, empty_date=date(2026, 5, 18), near_empty_days=3
    )


def only(opened: Opened) -> NearMiss:
    (one,) = opened.desk.near_misses(SINCE)
    return one


def test_a_near_miss_has_no_cause_until_somebody_gives_one_and_the_newest_holds(opened: Opened) -> None:
    opened.say("refilled", "2026-05-06T14:00Z", event="late")
    assert only(opened).explained is None
    for cause in ("nobody_called", "clinic_closed"):
        opened.say("near_miss_explained", "2026-05-07T14:00Z", visit_event_id="late", cause=cause)
    explained = only(opened).explained
    assert explained is not None
    assert explained.cause == "clinic_closed"


def test_a_near_miss_goes_by_the_dates_as_they_were_before_that_refill(opened: Opened) -> None:
    opened.say("refilled", "2026-05-06T14:00Z", event="late")
    opened.say("refilled", "2026-06-06T14:00Z", event="early")
    one = only(opened)
    assert (one.event_id, one.refill_by) == ("late", date(2026, 4, 28))


def test_a_retired_pump_keeps_its_near_misses_and_a_refill_in_error_is_none(opened: Opened) -> None:
    opened.say("refilled", "2026-05-06T14:00Z", event="late")
    opened.say("retired", "2026-05-07T14:00Z", reason="explanted")
    assert only(opened).pump_serial == SERIAL
    opened.say("corrected", "2026-05-08T14:00Z", target_event_id="late", how="entered_in_error")
    assert opened.desk.near_misses(SINCE) == ()


def test_only_those_from_a_day_on_are_asked_for(opened: Opened) -> None:
    opened.say("refilled", "2026-05-06T14:00Z", event="late")
    assert len(opened.desk.near_misses(date(2026, 5, 6))) == 1
    assert opened.desk.near_misses(date(2026, 5, 6) + timedelta(days=1)) == ()


def test_neither_a_programme_change_nor_a_visit_without_a_refill_is_one(opened: Opened) -> None:
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": "310"}
    opened.say("reprogrammed", "2026-05-06T14:00Z", programme=programme)
    opened.say("deferred", "2026-05-07T14:00Z", volume_left_ml="1")
    assert opened.desk.near_misses(SINCE) == ()


def test_the_dates_before_a_refill_are_those_since_the_last_programme_change(opened: Opened) -> None:
    opened.say(
        "reprogrammed", "2026-02-02T14:00Z", programme={"mode": "simple_continuous", "dose_mcg_per_day": "330"}
    )
    (row,) = opened.desk.board(date(2026, 4, 24)).rows
    opened.say("refilled", "2026-04-24T14:00Z", event="late")
    one = only(opened)
    assert (one.refill_by, one.alarm_date, one.empty_date) == (row.refill_by, row.alarm_date, row.empty_date)
    assert one.refill_by == date(2026, 4, 19)  # 13.8 mL last 83 days from 2 Feb at 330 mcg a day


def test_a_near_miss_says_whose_pump_it_is_as_far_as_anybody_said(opened: Opened) -> None:
    opened.say("refilled", "2026-05-06T14:00Z", event="late")
    one = only(opened)
    assert (one.pump_serial, one.patient_id, one.patient_name) == (SERIAL, f"P-{SERIAL}", "Example, Ada")
    state = opened.desk.story(SERIAL).state
    (nobody,) = near_misses_of(replace(state, registered=None), opened.desk.reference, SINCE)
    assert (nobody.pump_serial, nobody.patient_id, nobody.patient_name) == (SERIAL, None, None)
