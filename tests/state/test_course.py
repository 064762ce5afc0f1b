"""The volume that a programme takes: against plain stepping, and back again."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.calc.course import days_until_taken, runs_out, volume_taken_ml
from pumplog.entries import read_entry
from pumplog.entries.programme import WEEKDAYS
from pumplog.state import Standing, fold_pump
from pumplog.state.course import course_of
from tests.state.telling import SERIAL, fills, flex, lives, said_of

MINUTES_A_DAY = 24 * 60
ZONE = ZoneInfo("UTC")


def standing_of(fill: dict[str, Any], at: datetime) -> Standing:
    said = {**fill, "pump_serial": SERIAL, "happened_at": at.isoformat()}
    state = fold_pump(SERIAL, said_of([said]), zone=ZONE)
    assert state.standing is not None
    return state.standing


def stepped_ml(fill: dict[str, Any], at: datetime, hours_count: int) -> Fraction:
    """The volume that a flex programme takes, hour by hour on the pump's clock."""
    concentration = Fraction(fill["fluid"][0]["concentration_mcg_per_ml"])
    taken = Fraction(fill.get("priming_ml", 0))
    bridge_hours = 45 if "bridge" in fill else 0
    steps_of = {
        weekday: [rate for step in day["steps"] for rate in [step["rate_mcg_per_hour"]] * int(step["hours"])]
        for day in fill["programme"]["days"]
        for weekday in day["weekdays"]
    }
    for hour in range(hours_count):
        if hour < bridge_hours:
            taken += Fraction("0.375") / 45
        else:
            moment = at + timedelta(hours=hour)
            taken += Fraction(steps_of[WEEKDAYS[moment.weekday()]][moment.hour]) / concentration
    return taken


@settings(deadline=None, max_examples=40)
@given(fill=fills(), programme=flex(), start=st.integers(0, 200), hours_count=st.integers(0, 24 * 40))
def test_a_flex_programme_takes_what_stepping_hour_by_hour_takes(
    fill: dict[str, Any], programme: dict[str, Any], start: int, hours_count: int
) -> None:
    told = {**fill, "programme": programme}
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=start)
    course = course_of(standing_of(told, at))
    assert volume_taken_ml(course, Fraction(hours_count, 24)) == stepped_ml(told, at, hours_count)


@settings(deadline=None, max_examples=40)
@given(programme=flex(), minutes_count=st.integers(0, MINUTES_A_DAY), fill_minute=st.integers(0, 3 * MINUTES_A_DAY))
def test_a_flex_programme_begun_in_the_middle_of_a_step_takes_what_stepping_by_minutes_takes(
    programme: dict[str, Any], minutes_count: int, fill_minute: int
) -> None:
    fill = {
        "kind": "refilled",
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}],
        "volume_after_fill_ml": "40",
        "programme": programme,
    }
    at = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(minutes=fill_minute)
    steps_of = {
        weekday: [rate for step in day["steps"] for rate in [step["rate_mcg_per_hour"]] * int(step["hours"])]
        for day in programme["days"]
        for weekday in day["weekdays"]
    }
    moments = (at + timedelta(minutes=minute) for minute in range(minutes_count))
    tenths = sum(int(Fraction(steps_of[WEEKDAYS[moment.weekday()]][moment.hour]) * 10) for moment in moments)
    taken = volume_taken_ml(course_of(standing_of(fill, at)), Fraction(minutes_count, MINUTES_A_DAY))
    assert taken == Fraction(tenths, 10 * 60 * 500)


@settings(deadline=None, max_examples=100)
@given(fill=fills(), start=st.integers(0, 200), tenths=st.integers(0, 400))
def test_days_until_taken_is_the_inverse_of_volume_taken(fill: dict[str, Any], start: int, tenths: int) -> None:
    course = course_of(standing_of(fill, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=start)))
    if not runs_out(course):
        return
    volume = Fraction(tenths, 10)
    days = days_until_taken(course, volume)
    if volume <= course.at_once_ml:
        assert days == 0
    else:
        assert volume_taken_ml(course, days) == volume
        assert volume_taken_ml(course, days - Fraction(1, 10**9)) < volume


@settings(deadline=None, max_examples=60)
@given(fill=fills(), first=st.integers(0, 5000), second=st.integers(0, 5000))
def test_more_time_never_takes_less(fill: dict[str, Any], first: int, second: int) -> None:
    course = course_of(standing_of(fill, datetime(2026, 1, 1, tzinfo=UTC)))
    early, late = sorted((Fraction(first, 24), Fraction(second, 24)))
    assert volume_taken_ml(course, early) <= volume_taken_ml(course, late)


@settings(deadline=None, max_examples=40)
@given(life=lives())
def test_the_volume_known_at_each_visit_is_never_below_nothing(life: list[dict[str, Any]]) -> None:
    state = fold_pump(SERIAL, said_of(life), zone=ZONE)
    assert all(visit.standing.volume_ml >= 0 for visit in state.visits)


@pytest.mark.parametrize("mode", ["stopped", "single_bolus"])
def test_a_programme_that_takes_nothing_does_not_run_out(mode: str) -> None:
    programme = {"mode": mode} | ({"bolus_mcg": "100"} if mode == "single_bolus" else {})
    fill = {
        "kind": "refilled",
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}],
        "volume_after_fill_ml": "40",
        "programme": programme,
    }
    course = course_of(standing_of(fill, datetime(2026, 1, 1, tzinfo=UTC)))
    assert not runs_out(course)
    assert volume_taken_ml(course, Fraction(1000)) == (Fraction(1, 5) if mode == "single_bolus" else 0)
    assert read_entry({**fill, "pump_serial": SERIAL, "happened_at": "2026-01-01T00:00Z"}).kind == "refilled"
