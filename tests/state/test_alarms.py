"""The alarms of one pump: what was said about each, whatever the order; and what that never does."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pumplog.outlook import Tier
from pumplog.state import Alarm
from tests.stories.clinic import SERIAL, Clinic, Opened


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A pump of case D1, filled on 5 Jan 2026: alarm 5 May, empty 18 May; a stall heard on 2 Mar."""
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="MOTOR_STALL", event="stall")
    return opened


def about(opened: Opened, kind: str, at: str, *, alarm: str = "stall", **fields: Any) -> None:
    opened.say(kind, at, alarm_event_id=alarm, **fields)


def alarm(opened: Opened, event_id: str = "stall") -> Alarm:
    return next(one for one in opened.desk.story(SERIAL).state.alarms.all if one.event_id == event_id)


def tier(opened: Opened) -> Tier:
    row = opened.row()
    assert row is not None
    return row.tier


def test_each_step_is_kept_with_its_time_and_its_person(opened: Opened) -> None:
    about(opened, "alarm_taken_on", "2026-03-02T08:10Z", owner="J. Frey")
    about(opened, "alarm_taken_on", "2026-03-02T08:20Z", owner="R. Okafor")
    about(opened, "alarm_interrogated", "2026-03-02T09:00Z", pump_running=True, interrogated_by="R. Okafor")
    about(opened, "alarm_closed", "2026-03-02T09:30Z", cleared_by="Dr Sand")
    told = alarm(opened)
    assert told.owner == "R. Okafor"
    assert [one.said.interrogated_by for one in told.interrogations] == ["R. Okafor"]
    assert told.closed is not None
    assert (told.closed.said.cleared_by, told.closed.recorded_by) == ("Dr Sand", "M. Keller")
    assert opened.desk.story(SERIAL).state.open_alarms == ()


def test_an_interrogation_raises_a_tier_and_never_lowers_one(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-03T08:00Z", alarm="ELECTIVE_REPLACEMENT", event="beep")
    about(opened, "alarm_closed", "2026-03-03T08:30Z")
    assert tier(opened) is Tier.ON_TRACK
    about(opened, "alarm_interrogated", "2026-03-03T09:00Z", alarm="beep", pump_running=True)
    assert tier(opened) is Tier.ON_TRACK
    opened.say(
        "alarm_interrogated", "2026-03-03T10:00Z", alarm_event_id="beep", alarm="EMPTY_RESERVOIR", pump_running=True
    )
    assert tier(opened) is Tier.EXPECTED_EMPTY
    opened.say(
        "alarm_interrogated",
        "2026-03-03T11:00Z",
        alarm_event_id="beep",
        alarm="MEMORY_ERROR_NONCRITICAL",
        pump_running=True,
    )
    assert tier(opened) is Tier.EXPECTED_EMPTY
    about(opened, "alarm_closed", "2026-03-03T12:00Z", alarm="beep")
    assert tier(opened) is Tier.ON_TRACK


def test_a_pump_found_not_running_is_red_until_the_close_says_that_it_runs(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-03T08:00Z", alarm="TELEMETRY_FAILURE", event="call")
    about(opened, "alarm_closed", "2026-03-03T08:30Z")
    about(opened, "alarm_interrogated", "2026-03-03T09:00Z", alarm="call", pump_running=False)
    row = opened.row()
    assert row is not None
    assert row.tier is Tier.CANNOT_PROJECT
    assert any("found not running" in reason for reason in row.reasons)
    about(opened, "alarm_closed", "2026-03-03T10:00Z", alarm="call", pump_running=True)
    assert tier(opened) is Tier.ON_TRACK


def test_an_alarm_closed_with_the_pump_stopped_stays_red_until_a_visit_says_that_it_runs(opened: Opened) -> None:
    about(
        opened, "alarm_closed", "2026-03-02T10:00Z", pump_running=False, confirmed={"not_running": "to theatre today"}
    )
    assert tier(opened) is Tier.CANNOT_PROJECT
    opened.say("refilled", "2026-03-02T12:00Z")
    assert tier(opened) is Tier.ON_TRACK


def test_a_visit_before_it_does_not_speak_for_a_pump_found_stopped_later(opened: Opened) -> None:
    about(
        opened, "alarm_closed", "2026-03-04T10:00Z", pump_running=False, confirmed={"not_running": "to theatre today"}
    )
    opened.say("reprogrammed", "2026-03-03T12:00Z", late_reason="paper", programme=PROGRAMME)
    assert tier(opened) is Tier.CANNOT_PROJECT


PROGRAMME: Mapping[str, str] = {"mode": "simple_continuous", "dose_mcg_per_day": "310"}


def test_a_recovery_is_told_with_its_stall_and_closes_nothing(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:20Z", alarm="MOTOR_STALL_RECOVERY", event="recovery")
    state = opened.desk.story(SERIAL).state
    assert [one.event_id for one in state.open_alarms] == ["stall"]
    assert alarm(opened).runs_again_at == alarm(opened, "recovery").heard.happened_at
    assert tier(opened) is Tier.CANNOT_PROJECT


def test_a_recovery_without_a_stall_on_record_stays_open_to_be_looked_at(opened: Opened) -> None:
    about(opened, "alarm_closed", "2026-03-02T09:00Z")
    opened.say("alarm_heard", "2026-03-02T10:00Z", alarm="MOTOR_STALL_RECOVERY", event="recovery")
    assert [one.event_id for one in opened.desk.story(SERIAL).state.open_alarms] == ["recovery"]


def test_an_alarm_in_error_takes_what_was_said_about_it_along(opened: Opened) -> None:
    about(opened, "alarm_taken_on", "2026-03-02T08:10Z", owner="J. Frey")
    opened.say("corrected", "2026-03-02T08:30Z", target_event_id="stall", how="entered_in_error")
    assert opened.desk.story(SERIAL).state.alarms.all == ()
    assert tier(opened) is Tier.ON_TRACK


def test_a_close_in_error_opens_the_alarm_again(opened: Opened) -> None:
    opened.say("alarm_closed", "2026-03-02T09:00Z", alarm_event_id="stall", event="close")
    opened.say("corrected", "2026-03-02T09:30Z", target_event_id="close", how="entered_in_error")
    assert [one.event_id for one in opened.desk.story(SERIAL).state.open_alarms] == ["stall"]


def test_the_elective_replacement_date_is_the_last_that_was_typed(opened: Opened) -> None:
    about(opened, "alarm_closed", "2026-03-02T09:00Z")
    assert opened.desk.story(SERIAL).state.eri_on is None
    opened.say("refilled", "2026-03-03T09:00Z", eri_on="2027-09-01")
    opened.say("refilled", "2026-03-20T09:00Z")
    opened.say("refilled", "2026-04-10T09:00Z")
    assert opened.desk.story(SERIAL).state.eri_on == date(2027, 9, 1)
