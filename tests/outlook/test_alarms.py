"""What is made of open alarms: evidence, windows, replacements; and that a snooze hides and lowers nothing."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.desk import Alarms
from pumplog.errors import EntryRefused
from pumplog.outlook import AlarmNow, Replacement, ReplacementStage, Tier, protocol_because
from tests.stories.clinic import USUAL, Clinic, Opened

PUMP = USUAL["registered"]["pump"]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A pump of case D1, filled on 5 Jan 2026: alarm 5 May, band 19 Apr to 26 May, empty 18 May."""
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    return opened


def at(opened: Opened, moment: str) -> Alarms:
    opened.clinic.now = datetime.fromisoformat(moment)
    return opened.desk.alarms()


def one(opened: Opened, moment: str) -> AlarmNow:
    (found,) = at(opened, moment).open
    return found


# --- age, owner, order ---


def test_age_is_worked_from_when_it_was_heard(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="LOW_RESERVOIR")
    assert one(opened, "2026-03-02T10:30+00:00").age == timedelta(hours=2, minutes=30)
    assert one(opened, "2026-03-04T08:00+00:00").age == timedelta(days=2)


def test_the_worst_comes_first_and_the_snoozed_last(opened: Opened) -> None:
    for hour, code in enumerate(("ELECTIVE_REPLACEMENT", "LOW_RESERVOIR", "MOTOR_STALL", "EMPTY_RESERVOIR")):
        opened.say("alarm_heard", f"2026-03-02T0{hour}:00Z", alarm=code, event=code)
    snooze = {"ends_at": "2026-03-03T08:00Z", "reason": "comes tomorrow"}
    opened.say("alarm_snoozed", "2026-03-02T08:00Z", alarm_event_id="MOTOR_STALL", **snooze)
    listed = [(found.alarm.event_id, found.waits) for found in at(opened, "2026-03-02T09:00+00:00").open]
    assert listed == [
        ("EMPTY_RESERVOIR", True),
        ("LOW_RESERVOIR", True),
        ("ELECTIVE_REPLACEMENT", True),
        ("MOTOR_STALL", False),
    ]


# --- snooze ---


def snoozed(opened: Opened, *, ends_at: str = "2026-03-02T12:00Z", code: str = "LOW_RESERVOIR") -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm=code, event="beep")
    opened.say("alarm_snoozed", "2026-03-02T09:00Z", alarm_event_id="beep", ends_at=ends_at, reason="on the way")


def test_a_snooze_ends_by_itself(opened: Opened) -> None:
    snoozed(opened)
    assert not one(opened, "2026-03-02T11:59+00:00").waits
    assert one(opened, "2026-03-02T12:00+00:00").waits


def test_a_snooze_says_until_when_why_and_whose(opened: Opened) -> None:
    snoozed(opened)
    snooze = one(opened, "2026-03-02T10:30+00:00").snooze
    assert snooze is not None
    assert (snooze.said.reason, snooze.recorded_by) == ("on the way", "M. Keller")


def test_a_cancelled_snooze_is_over_at_once(opened: Opened) -> None:
    snoozed(opened)
    opened.say("snooze_cancelled", "2026-03-02T09:30Z", alarm_event_id="beep")
    assert one(opened, "2026-03-02T10:30+00:00").waits


def test_a_snooze_of_one_alarm_says_nothing_about_another(opened: Opened) -> None:
    snoozed(opened)
    opened.say("alarm_heard", "2026-03-02T09:30Z", alarm="MOTOR_STALL", event="worse")
    listed = at(opened, "2026-03-02T10:40+00:00").open
    assert [(found.alarm.event_id, found.waits) for found in listed] == [("worse", True), ("beep", False)]


@pytest.mark.parametrize("worse", [{"alarm": "EMPTY_RESERVOIR", "pump_running": True}, {"pump_running": False}])
def test_a_snooze_ends_when_the_alarm_turns_out_worse(opened: Opened, worse: dict[str, Any]) -> None:
    snoozed(opened)
    opened.say("alarm_interrogated", "2026-03-02T10:00Z", alarm_event_id="beep", **worse)
    assert one(opened, "2026-03-02T11:10+00:00").waits


@pytest.mark.parametrize(
    ("ends_at", "refused"),
    [
        ("2026-05-17T23:59Z", None),
        ("2026-05-18T00:00Z", None),
        ("2026-05-18T00:01Z", "never passes the empty date: this pump is expected empty on 18 May 2026"),
        ("2026-03-02T09:00Z", "would end before it begins"),
    ],
)
def test_a_snooze_never_passes_the_empty_date(opened: Opened, ends_at: str, refused: str | None) -> None:
    if refused is None:
        snoozed(opened, ends_at=ends_at)
        return
    with pytest.raises(EntryRefused, match=refused):
        snoozed(opened, ends_at=ends_at)


def test_a_snooze_stops_at_an_empty_date_that_came_nearer(opened: Opened) -> None:
    snoozed(opened, ends_at="2026-05-17T12:00Z")
    opened.say("deferred", "2026-03-02T10:00Z", volume_left_ml="3")
    row = opened.row()
    assert row is not None
    assert row.empty_date == date(2026, 3, 22)
    assert not one(opened, "2026-03-21T23:00+00:00").waits
    assert one(opened, "2026-03-22T00:00+00:00").waits


def test_neither_an_empty_reservoir_nor_a_pump_without_an_empty_date_is_snoozed(opened: Opened) -> None:
    with pytest.raises(EntryRefused, match="An empty reservoir cannot be snoozed"):
        snoozed(opened, code="EMPTY_RESERVOIR")
    opened.register("OTHER1")
    opened.say("alarm_heard", "2026-03-03T08:00Z", pump_serial="OTHER1", alarm="OTHER", event="other")
    with pytest.raises(EntryRefused, match="Nobody can say when this pump will be empty"):
        opened.say(
            "alarm_snoozed",
            "2026-03-03T09:00Z",
            pump_serial="OTHER1",
            alarm_event_id="other",
            ends_at="2026-03-03T10:00Z",
            reason="later",
        )


def test_nothing_is_cancelled_that_is_not_snoozed(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="LOW_RESERVOIR", event="beep")
    with pytest.raises(EntryRefused, match="is not snoozed"):
        opened.say("snooze_cancelled", "2026-03-02T09:00Z", alarm_event_id="beep")


CODES = ("LOW_RESERVOIR", "MOTOR_STALL", "ELECTIVE_REPLACEMENT", "OTHER", "UNKNOWN_TWO_TONE", "UNKNOWN_SINGLE_BEEP")


@settings(max_examples=40, deadline=None)
@given(
    codes=st.lists(st.sampled_from(CODES), min_size=1, max_size=4),
    chosen=st.integers(0, 3),
    hours=st.integers(1, 1_800),
    later=st.integers(0, 2_400),
)
def test_a_snooze_never_changes_a_tier_and_never_hides_an_alarm(
    tmp_path_factory: pytest.TempPathFactory, codes: list[str], chosen: int, hours: int, later: int
) -> None:
    opened = Clinic(tmp_path_factory.mktemp("snooze")).on_paper()
    opened.ordinary()
    for place, code in enumerate(codes):
        opened.say("alarm_heard", f"2026-03-01T0{place}:00Z", alarm=code, event=f"alarm-{place}")
    moment = opened.clinic.now
    whose = f"alarm-{chosen % len(codes)}"

    def looked(hours_later: int) -> tuple[Any, set[str], set[str]]:
        opened.clinic.now = moment + timedelta(hours=hours_later)
        row, alarms = opened.row(), opened.desk.alarms()
        assert row is not None
        waiting = {found.alarm.event_id for found in alarms.open if found.waits}
        opened.clinic.now = moment
        return (row.tier, row.reasons, row.open_alarm_codes), {found.alarm.event_id for found in alarms.open}, waiting

    before = looked(later)
    ends_at = (moment + timedelta(hours=hours)).isoformat()
    opened.say_now("alarm_snoozed", moment.isoformat(), alarm_event_id=whose, ends_at=ends_at, reason="later")
    after = looked(later)
    assert after[:2] == before[:2]
    assert before[2] - after[2] <= {whose}
    assert (whose in after[2]) == (later >= hours or moment + timedelta(hours=later) >= EMPTY_AT)


EMPTY_AT = datetime(2026, 5, 18, tzinfo=UTC)

# --- a low-reservoir alarm as evidence ---


def test_a_low_alarm_stands_against_the_projection_with_its_ratio(opened: Opened) -> None:
    before = opened.row()
    opened.say("alarm_heard", "2026-04-05T09:00Z", alarm="LOW_RESERVOIR")
    found = one(opened, "2026-04-05T10:00+00:00").low_alarm
    assert found is not None
    assert found.answer["programmed_ml"] == Fraction(27, 2)
    assert found.answer["implied_flow_ratio"] == Fraction(4, 3)
    assert (found.answer["days_of_lead"], found.within) == (30, False)
    assert "30 days before the projected date, 5 May 2026 (band" in found.says
    assert "1.33 times the programmed flow, outside the pump's accuracy" in found.says
    assert [line.name for line in found.answer.working] == ["implied_flow_ratio", "days_of_lead"]
    after = opened.row()
    assert before is not None
    assert after is not None
    assert (after.alarm_date, after.refill_by, after.empty_date) == (
        before.alarm_date,
        before.refill_by,
        before.empty_date,
    )


def test_a_low_alarm_is_held_against_the_fill_of_its_own_time(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-05-05T09:00Z", alarm="UNKNOWN_SINGLE_BEEP")
    opened.say("refilled", "2026-05-06T09:00Z")
    found = one(opened, "2026-05-07T10:00+00:00").low_alarm
    assert found is not None
    assert (found.answer["implied_flow_ratio"], found.answer["days_of_lead"], found.within) == (1, 0, True)
    assert "on the projected date" in found.says


def test_a_low_alarm_counts_every_programme_since_the_fill(opened: Opened) -> None:
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": "360"}
    opened.say("reprogrammed", "2026-02-04T09:00Z", programme=programme)
    opened.say("alarm_heard", "2026-03-16T09:00Z", alarm="LOW_RESERVOIR")
    found = one(opened, "2026-03-16T10:00+00:00").low_alarm
    assert found is not None
    assert found.answer["programmed_ml"] == Fraction(9, 2) + Fraction(36, 5)
    assert found.answer["implied_flow_ratio"] == Fraction(18) / Fraction(117, 10)


def test_without_a_projection_there_is_no_evidence(opened: Opened) -> None:
    opened.say("reprogrammed", "2026-02-04T09:00Z", programme={"mode": "stopped"}, pump_running=True)
    opened.say("alarm_heard", "2026-03-16T09:00Z", alarm="LOW_RESERVOIR")
    assert one(opened, "2026-03-16T10:00+00:00").low_alarm is None


# --- a stall around a scan ---


def stall(opened: Opened, *, scan: str = "2026-03-02T08:00Z") -> None:
    opened.say("imaged", scan, how="done", field_strength="1.5 T")
    opened.say("alarm_heard", "2026-03-02T08:05Z", alarm="MOTOR_STALL", event="stall")


def test_a_stall_is_an_open_task_within_its_window_and_in_red_words_past_it(opened: Opened) -> None:
    stall(opened)
    within, past = one(opened, "2026-03-02T08:15+00:00").stall, one(opened, "2026-03-02T08:16+00:00").stall
    assert within is not None
    assert past is not None
    assert (within.late, past.late) == (False, True)
    assert "recovery not yet recorded. A restart is normally seen within 15 minutes, by 08:15" in within.says
    assert "The 15 minutes in which it is normally seen are over (2 to 24 hours" in past.says


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("alarm_heard", {"alarm": "MOTOR_STALL_RECOVERY"}),
        ("alarm_interrogated", {"alarm_event_id": "stall", "pump_running": True}),
    ],
)
def test_the_task_is_done_once_it_runs_again_and_the_tier_waits_for_the_close(
    opened: Opened, kind: str, fields: dict[str, Any]
) -> None:
    stall(opened)
    opened.say(kind, "2026-03-02T08:30Z", **fields)
    found = one(opened, "2026-03-02T10:00+00:00")
    assert found.stall is None
    assert found.row.tier is Tier.CANNOT_PROJECT
    opened.say("alarm_closed", "2026-03-02T10:00Z", alarm_event_id="stall")
    row = opened.row()
    assert row is not None
    assert row.tier is Tier.ON_TRACK


def test_an_interrogation_that_shows_it_stopped_leaves_the_task(opened: Opened) -> None:
    stall(opened)
    opened.say("alarm_interrogated", "2026-03-02T08:30Z", alarm_event_id="stall", pump_running=False)
    assert one(opened, "2026-03-02T10:00+00:00").stall is not None


def test_a_snooze_does_not_quiet_a_stall_past_its_window(opened: Opened) -> None:
    stall(opened)
    snooze = {"ends_at": "2026-03-03T08:00Z", "reason": "being driven here"}
    opened.say("alarm_snoozed", "2026-03-02T08:10Z", alarm_event_id="stall", **snooze)
    assert one(opened, "2026-03-02T10:00+00:00").waits


def test_a_stall_far_from_any_scan_is_no_task_of_a_scan(opened: Opened) -> None:
    stall(opened, scan="2026-02-25T08:00Z")
    assert one(opened, "2026-03-02T09:30+00:00").stall is None


def test_a_scan_ahead_is_listed_until_it_is_told_as_done(opened: Opened) -> None:
    opened.say("imaged", "2026-03-02T08:00Z", how="planned", planned_at="2026-03-10T08:00Z")
    assert [scan.planned_at.day for scan in at(opened, "2026-03-09T08:00+00:00").scans] == [10]
    opened.say("imaged", "2026-03-10T08:30Z", how="done")
    assert at(opened, "2026-03-10T10:00+00:00").scans == ()


# --- replacement ---


def due(opened: Opened, moment: str) -> Replacement | None:
    found = at(opened, moment).replacements
    return found[0] if found else None


def test_a_replacement_is_to_be_planned_three_months_ahead_of_the_typed_date(opened: Opened) -> None:
    opened.say("refilled", "2026-03-02T09:00Z", eri_on="2026-09-01")
    assert due(opened, "2026-05-31T12:00+00:00") is None
    found = due(opened, "2026-06-01T12:00+00:00")
    assert found is not None
    assert (found.stage, found.plan_by, found.replace_by) == (
        ReplacementStage.TO_PLAN,
        date(2026, 6, 1),
        date(2026, 9, 1),
    )


def test_an_elective_replacement_alarm_counts_ninety_days_even_once_closed(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="ELECTIVE_REPLACEMENT", event="eri")
    opened.say("alarm_closed", "2026-03-02T10:00Z", alarm_event_id="eri")
    found = due(opened, "2026-03-03T12:00+00:00")
    assert found is not None
    assert (found.stage, found.replace_by) == (ReplacementStage.TO_PLAN, date(2026, 5, 31))


def test_a_plan_is_shown_and_one_past_its_day_or_its_due_day_is_said_loudly(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="ELECTIVE_REPLACEMENT")
    opened.say("replacement_planned", "2026-03-02T10:00Z", planned_on="2026-05-10", where="North hospital")
    stages = [due(opened, f"{day}T12:00+00:00") for day in ("2026-05-10", "2026-05-11", "2026-06-01")]
    assert [found.stage for found in stages if found] == [
        ReplacementStage.PLANNED,
        ReplacementStage.OVERDUE,
        ReplacementStage.OVERDUE,
    ]
    assert stages[1] is not None
    assert stages[1].says.startswith("OVERDUE: planned for 10 May 2026, and this pump is still in use")


def test_a_plan_after_the_due_day_asks_why_and_is_said_loudly(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="ELECTIVE_REPLACEMENT")
    plan = {"planned_on": "2026-07-01", "where": "North hospital"}
    with pytest.raises(EntryRefused, match="Planned after 31 May 2026"):
        opened.say("replacement_planned", "2026-03-02T10:00Z", **plan)
    reason = {"replacement_late": "no earlier slot"}
    opened.say("replacement_planned", "2026-03-02T10:00Z", **plan, confirmed=reason)
    found = due(opened, "2026-03-03T12:00+00:00")
    assert found is not None
    assert found.stage is ReplacementStage.TOO_LATE


def test_the_end_of_service_is_critical_and_due_at_once(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="END_OF_SERVICE")
    found = due(opened, "2026-03-03T12:00+00:00")
    row = opened.row()
    assert found is not None
    assert row is not None
    assert (found.stage, row.tier) == (ReplacementStage.OVERDUE, Tier.CANNOT_PROJECT)


def test_a_pump_taken_out_is_due_no_more(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="END_OF_SERVICE", event="end")
    opened.say("retired", "2026-03-03T08:00Z", reason="explanted")
    assert due(opened, "2026-03-04T12:00+00:00") is None


# --- the clinic's protocol ---


def because(opened: Opened, on: date) -> str | None:
    row = opened.row(on)
    assert row is not None
    return protocol_because(row)


def test_the_protocol_is_for_a_critical_alarm_and_for_a_dangerous_drug_past_its_alarm_date(opened: Opened) -> None:
    assert because(opened, date(2026, 5, 4)) is None
    assert "stopping baclofen abruptly can harm" in (because(opened, date(2026, 5, 5)) or "")
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="UNKNOWN_TWO_TONE")
    assert "critical alarm is open" in (because(opened, date(2026, 3, 2)) or "")


def test_a_drug_that_harms_less_shows_no_protocol_past_its_alarm_date(tmp_path: Path) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.register()
    opened.say(
        "refilled",
        "2026-01-05T09:00Z",
        fluid=[{"drug": "ziconotide", "concentration_mcg_per_ml": "25"}],
        programme={"mode": "simple_continuous", "dose_mcg_per_day": "4"},
        first_fill=False,
        diluted=False,
    )
    assert because(opened, date(2026, 12, 1)) is None


# --- responses ---


def test_response_times_are_read_off_an_alarm(opened: Opened) -> None:
    heard = {"alarm": "LOW_RESERVOIR", "heard_by": "the patient", "reported_at": "2026-03-02T09:00Z"}
    opened.say("alarm_heard", "2026-03-02T08:00Z", **heard, event="beep")
    opened.say("alarm_taken_on", "2026-03-02T09:05Z", alarm_event_id="beep", owner="J. Frey")
    opened.say("alarm_interrogated", "2026-03-02T11:00Z", alarm_event_id="beep", pump_running=True)
    opened.say("alarm_closed", "2026-03-02T12:00Z", alarm_event_id="beep", cleared_by="J. Frey")
    (told,) = opened.desk.alarm_responses(date(2026, 3, 2), date(2026, 3, 2))
    hours = [
        moment.hour for moment in (told.heard_at, told.reported_at, told.interrogated_at, told.cleared_at) if moment
    ]
    assert hours == [8, 9, 11, 12]
    assert (told.owner, told.interrogated_by, told.cleared_by) == ("J. Frey", "M. Keller", "J. Frey")
    assert told.heard_to_cleared == timedelta(hours=4)
    assert opened.desk.alarm_responses(date(2026, 3, 3), date(2026, 3, 4)) == []
