"""A low-reservoir alarm as evidence, at its edges: for which alarms, against which volume, and how it is said."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pumplog.outlook import LowAlarm
from tests.stories.clinic import Clinic, Opened

FILLED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A pump of case D1, filled with 20 mL on 5 Jan 2026 at 9, 0.15 mL a day: alarm 5 May, band 19 Apr to 26 May."""
    told = Clinic(tmp_path).on_paper()
    told.ordinary()
    return told


def evidence(opened: Opened, heard_at: datetime | str, **fields: Any) -> LowAlarm | None:
    at = heard_at if isinstance(heard_at, str) else heard_at.isoformat()
    opened.say("alarm_heard", at, **{"alarm": "LOW_RESERVOIR", **fields})
    (found,) = opened.desk.alarms().open
    return found.low_alarm


def known(found: LowAlarm | None) -> LowAlarm:
    assert found is not None
    return found


@pytest.mark.parametrize("alarm", ["MOTOR_STALL", "EMPTY_RESERVOIR", "OTHER", "UNKNOWN_TWO_TONE"])
def test_no_other_alarm_says_anything_about_the_flow(opened: Opened, alarm: str) -> None:
    assert evidence(opened, "2026-04-05T09:00Z", alarm=alarm) is None


def test_of_a_pump_without_a_fill_on_record_nothing_can_be_said(tmp_path: Path) -> None:
    told = Clinic(tmp_path).on_paper()
    told.register()
    assert evidence(told, "2026-04-05T09:00Z") is None


def test_an_alarm_at_the_moment_of_a_refill_is_held_against_that_refill_which_has_given_nothing(
    opened: Opened,
) -> None:
    opened.say("refilled", "2026-04-05T09:00Z")
    assert evidence(opened, "2026-04-05T09:00Z") is None


def test_after_a_second_fill_the_first_one_counts_no_more(opened: Opened) -> None:
    opened.say("refilled", "2026-04-05T09:00Z")
    found = known(evidence(opened, "2026-05-05T09:00Z"))
    assert found.answer["programmed_ml"] == Fraction("4.5")


def test_after_a_visit_put_off_what_was_left_counts(opened: Opened) -> None:
    opened.say("deferred", "2026-02-04T09:00Z", volume_left_ml="10")
    found = known(evidence(opened, "2026-03-06T09:00Z"))
    assert found.answer["programmed_ml"] == Fraction("4.5")
    assert found.answer["implied_flow_ratio"] == Fraction(8) / Fraction("4.5")


def test_the_alarm_volume_is_the_one_in_force_when_it_was_heard(opened: Opened) -> None:
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": "300"}
    reasons = {"alarm_volume_changed": "asked for"}
    said: dict[str, Any] = {"programme": programme, "alarm_volume_ml": "4", "confirmed": reasons}
    opened.say("reprogrammed", "2026-02-04T09:00Z", **said)
    found = known(evidence(opened, "2026-04-05T09:00Z"))
    assert found.answer["implied_flow_ratio"] == Fraction(16) / Fraction("13.5")


@pytest.mark.parametrize(
    ("alarm_volume_ml", "after", "ratio", "within"),
    [
        ("3", timedelta(days=133, hours=8), "0.85", True),
        ("3", timedelta(days=133, hours=9), None, False),
        ("2.75", timedelta(days=100), "1.15", True),
        ("2.75", timedelta(days=99, hours=23), None, False),
    ],
)
def test_the_bounds_of_the_accuracy_are_within_it(
    tmp_path: Path, alarm_volume_ml: str, after: timedelta, ratio: str | None, within: bool
) -> None:
    told = Clinic(tmp_path).on_paper()
    told.register()
    told.say("refilled", FILLED_AT.isoformat(), alarm_volume_ml=alarm_volume_ml)
    found = known(evidence(told, FILLED_AT + after))
    assert found.within is within
    assert ("within" if within else "outside") + " the pump's accuracy" in found.says
    assert ratio is None or found.answer["implied_flow_ratio"] == Fraction(ratio)


@pytest.mark.parametrize(
    ("heard_on", "says"),
    [
        ("2026-05-03", "2 days before the projected date, 5 May 2026"),
        ("2026-05-04", "1 day before the projected date, 5 May 2026"),
        ("2026-05-05", "on the projected date, 5 May 2026"),
        ("2026-05-06", "1 day after the projected date, 5 May 2026"),
        ("2026-05-07", "2 days after the projected date, 5 May 2026"),
    ],
)
def test_the_days_before_and_after_the_projected_date_are_said(opened: Opened, heard_on: str, says: str) -> None:
    found = known(evidence(opened, f"{heard_on}T09:00Z"))
    day = date.fromisoformat(heard_on)
    assert found.says.startswith(f"Heard {day.day} May 2026, {says} (band 19 Apr 2026 to 26 May 2026): ")
    assert found.says.endswith("Evidence only: no date was changed by it.")
