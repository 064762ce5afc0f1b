"""Open alarms at their edges: the end of a snooze, the window of a stall, which scan it goes with, the protocol."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pumplog.outlook import Outlook, StallTask, protocol_because
from pumplog.outlook.alarms import snooze_in_force, stall_task
from tests.stories.clinic import SERIAL, Clinic, Opened

STALLED_AT = datetime(2026, 3, 2, 8, 5, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Case D1 with a motor stall on 2 Mar 2026 at 8:05; alarm 5 May, empty 18 May."""
    told = Clinic(tmp_path).on_paper()
    told.ordinary()
    told.say("alarm_heard", STALLED_AT.isoformat(), alarm="MOTOR_STALL", event="stall")
    return told


def scanned(opened: Opened, at: datetime) -> None:
    opened.say_now("imaged", at.isoformat(), how="done", **({"late_reason": "told later"} if at < STALLED_AT else {}))


def task(opened: Opened, now: datetime, *, model: str | None = None) -> StallTask | None:
    """The task of the stall; of a pump of another model, or of one that nobody registered."""
    state = opened.desk.story(SERIAL).state
    assert state.registered is not None
    if model is not None:
        pump = state.registered.pump.model_copy(update={"model": model})
        state = replace(state, registered=state.registered.model_copy(update={"pump": pump}) if model else None)
    return stall_task(state.open_alarms[0], state, opened.desk.reference, now)


def known(found: StallTask | None) -> StallTask:
    assert found is not None
    return found


@pytest.mark.parametrize(("after", "late"), [(10, False), (15, False), (16, True), (600, True)])
def test_a_stall_is_late_from_the_minute_after_its_window(opened: Opened, after: int, late: bool) -> None:
    scanned(opened, STALLED_AT)
    found = known(task(opened, STALLED_AT + after * MINUTE))
    assert (found.late, found.expected_by_at) == (late, STALLED_AT + 15 * MINUTE)


@pytest.mark.parametrize("model", ["Some pump of 1998", "Other", ""])
def test_a_stall_of_a_pump_without_a_known_window_is_late_at_once(opened: Opened, model: str) -> None:
    scanned(opened, STALLED_AT)
    found = known(task(opened, STALLED_AT + MINUTE, model=model))
    assert (found.late, found.expected_by_at) == (True, None)
    assert found.says.endswith("No restart window is known for this pump: interrogate it.")


@pytest.mark.parametrize("model", [None, "Some pump of 1998"])
@pytest.mark.parametrize(("before", "belongs"), [(23 * HOUR, True), (24 * HOUR, True), (24 * HOUR + MINUTE, False)])
def test_a_stall_goes_with_a_scan_of_the_day_before(
    opened: Opened, before: timedelta, belongs: bool, model: str | None
) -> None:
    scanned(opened, STALLED_AT - before)
    assert (task(opened, STALLED_AT + HOUR, model=model) is not None) is belongs


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        ("2026-03-02T11:59+00:00", True),
        ("2026-03-02T12:00+00:00", False),
        ("2026-03-02T12:01+00:00", False),
        ("2026-03-05T12:00+00:00", False),
    ],
)
def test_a_snooze_is_over_from_its_end_on(opened: Opened, now: str, quiet: bool) -> None:
    said = {"alarm_event_id": "stall", "ends_at": "2026-03-02T12:00Z", "reason": "on the way"}
    opened.say("alarm_snoozed", "2026-03-02T09:00Z", **said)
    (alarm,) = opened.desk.story(SERIAL).state.open_alarms
    in_force = snooze_in_force(alarm, date(2026, 5, 18), datetime.fromisoformat(now), opened.desk.zone)
    assert (in_force is not None) is quiet


@pytest.mark.parametrize(
    ("empty_on", "quiet"),
    [(None, False), (date(2026, 3, 1), False), (date(2026, 3, 2), False), (date(2026, 3, 3), True)],
)
def test_a_snooze_is_over_from_the_empty_date_on(opened: Opened, empty_on: date | None, quiet: bool) -> None:
    said = {"alarm_event_id": "stall", "ends_at": "2026-03-02T12:00Z", "reason": "on the way"}
    opened.say("alarm_snoozed", "2026-03-02T09:00Z", **said)
    (alarm,) = opened.desk.story(SERIAL).state.open_alarms
    now = datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert (snooze_in_force(alarm, empty_on, now, opened.desk.zone) is not None) is quiet


def row(opened: Opened, on: date, **other: Any) -> Outlook:
    found = opened.row(on)
    assert found is not None
    return replace(found, **other)


PAST = "Past its alarm date, and stopping baclofen abruptly can harm."


@pytest.mark.parametrize(
    ("on", "because"),
    [
        (date(2026, 5, 4), None),
        (date(2026, 5, 5), PAST),
        (date(2026, 5, 6), PAST),
        (date(2026, 5, 18), PAST),
        (date(2027, 5, 18), PAST),
    ],
)
def test_the_protocol_says_that_the_alarm_date_is_past_on_every_day_from_it_on(
    opened: Opened, on: date, because: str | None
) -> None:
    opened.say("alarm_closed", "2026-03-02T10:00Z", alarm_event_id="stall", found="seen", action="runs")
    assert protocol_because(row(opened, on)) == because


def test_the_protocol_is_for_a_pump_known_to_be_empty_without_an_alarm_date(opened: Opened) -> None:
    opened.say("alarm_closed", "2026-03-02T10:00Z", alarm_event_id="stall", found="seen", action="runs")
    assert protocol_because(row(opened, date(2026, 5, 18), alarm_date=None)) == PAST


def test_an_open_low_reservoir_alarm_calls_for_the_protocol_before_the_alarm_date(opened: Opened) -> None:
    opened.say("alarm_closed", "2026-03-02T10:00Z", alarm_event_id="stall", found="seen", action="runs")
    opened.say("alarm_heard", "2026-03-03T08:00Z", alarm="LOW_RESERVOIR")
    says = "Its alarm for a low reservoir is open, and stopping baclofen abruptly can harm."
    assert protocol_because(row(opened, date(2026, 3, 3))) == says


def test_a_drug_that_nobody_knows_calls_for_no_protocol_of_ours(opened: Opened) -> None:
    opened.say("alarm_closed", "2026-03-02T10:00Z", alarm_event_id="stall", found="seen", action="runs")
    assert protocol_because(row(opened, date(2026, 5, 18), interruption=None)) is None
