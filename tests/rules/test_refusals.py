"""Bad input: each gets a sentence that names the field and the mend, and nothing is written."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pumplog.errors import EntryRefused
from tests.stories.clinic import NURSE, SERIAL, Clinic, Opened

SIMPLE = "simple_continuous"
FILL = "2026-03-02T09:00Z"


@pytest.fixture
def filled(tmp_path: Path) -> Opened:
    """A pump of case D1, on 2 Mar 2026 at noon."""
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    opened.clinic.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return opened


def assert_refused(opened: Opened, field: str, says: str, kind: str, happened_at: str = FILL, **fields: Any) -> None:
    """The entry is refused, a fault names the field and says the words, and the log is as it was."""
    before = opened.head()
    with pytest.raises(EntryRefused) as refused:
        opened.desk.record(opened.read(kind, happened_at, **fields), by=NURSE, seen=opened.desk.seen(pump_id(opened)))
    told = {fault.field: fault.says for fault in refused.value.faults}
    assert field in told, told
    assert says in told[field], told
    assert all(len(sentence) > 15 and sentence[0].isupper() for sentence in told.values()), told
    assert opened.head() == before


def pump_id(opened: Opened) -> str:
    return opened.desk.pump_id(SERIAL)


def dose(amount: Any, **more: Any) -> dict[str, Any]:
    return {"programme": {"mode": SIMPLE, "dose_mcg_per_day": amount, **more}}


def fluid(concentration: Any) -> dict[str, Any]:
    return {"fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": concentration}]}


DOSE = f"programme.{SIMPLE}.dose_mcg_per_day"
CONCENTRATION = "fluid.0.concentration_mcg_per_ml"
NUMBERS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("volume_after_fill_ml", {"volume_after_fill_ml": "-1"}, "must not be below 0"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "NaN"}, "is not a number"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": float("nan")}, "is not a number"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "Infinity"}, "is not a number"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "-inf"}, "is not a number"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "1e400"}, "absurdly large"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "twenty"}, "is not a number"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": ""}, "is not a number"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": None}, "is not a number"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "0.0000000000001"}, "too many decimals"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "0"}, "at or below the alarm volume, 2 mL"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "2"}, "at or below the alarm volume, 2 mL"),
    ("volume_after_fill_ml", {"volume_after_fill_ml": "20.001"}, "more than the reservoir holds, 20 mL"),
    ("volume_after_fill_ml", {"injected_ml": "18", "volume_left_ml": "1"}, "is not the volume left, 1 mL"),
    ("volume_left_ml", {"volume_left_ml": "20", "volume_after_fill_ml": "19"}, "is more than the volume after fill"),
    ("injected_ml", {"injected_ml": "25"}, "more than the reservoir holds"),
    ("drawn_ml", {"drawn_ml": "20.5"}, "more than the reservoir holds, 20 mL"),
    ("drawn_ml", {"drawn_ml": "-0.5"}, "must not be below 0"),
    ("remeasured_ml", {"remeasured_ml": "21"}, "more than the reservoir holds"),
    ("alarm_volume_ml", {"alarm_volume_ml": "20"}, "not below the capacity"),
    (CONCENTRATION, fluid("0"), "must be above 0"),
    (CONCENTRATION, fluid("-500"), "must be above 0"),
    (CONCENTRATION, fluid("inf"), "is not a number"),
    (CONCENTRATION, fluid("2000000"), "absurdly large"),
    (DOSE, dose("0"), "must be above 0"),
    (DOSE, dose("-300"), "must be above 0"),
    (DOSE, dose("NaN"), "is not a number"),
    (DOSE, dose("99999999"), "absurdly large"),
    (DOSE, dose("three hundred"), "is not a number"),
    ("programme", dose("999999"), "would empty the reservoir within an hour"),
    ("programme", dose("0.001"), "so small that the reservoir would last over 100 years"),
    ("priming_ml", {"priming_ml": "20"}, "as much as the reservoir holds"),
    ("priming_ml", {"single_bolus_mcg": "50000"}, "as much as the reservoir holds"),
    ("single_bolus_mcg", {"single_bolus_mcg": "0"}, "must be above 0"),
    ("fluid.0.drug", {"fluid": [{"drug": "baclofn", "concentration_mcg_per_ml": "2000"}]}, "Did you mean baclofen"),
    ("fluid", {"fluid": []}, "has too few items"),
    ("pump_running", {"pump_running": None}, "Say whether the pump was confirmed running"),
    ("bridge.bridge_hours", {"bridge": {"given": True}}, "type its dose and its hours"),
    ("bridge.reason_not_given", {"bridge": {"given": False}}, "type the reason"),
    ("programme.flex.days.0", {"programme": {"mode": "flex", "days": [{"steps": [
        {"hours": "23", "rate_mcg_per_hour": "1"}]}]}}, "make them fill 24 h"),
    ("programme", {"programme": {"mode": "pulse"}}, "must be one of"),
    ("dose_ug", {"dose_ug": "5"}, "is not a field of this entry"),
    ("happened_at", {"happened_at": "tomorrow"}, "is not a time we can read"),
    ("happened_at", {"happened_at": "0206-03-02T09:00Z"}, "year 206 cannot be right"),
    ("happened_at", {"happened_at": "0001-01-01T00:00+14:00"}, "year 1 cannot be right"),
    ("happened_at", {"happened_at": "9999-12-31T23:59-14:00"}, "year 9999 cannot be right"),
    ("happened_at", {"happened_at": "2026-03-02T12:06Z"}, "lie in the future"),
    ("happened_at", {"happened_at": "2026-03-03"}, "lie in the future"),
    ("pump_serial", {"pump_serial": "NOBODY1"}, "No pump with this serial is registered"),
    ("pump_serial", {"pump_serial": "  "}, "is blank"),
)  # fmt: skip


@pytest.mark.parametrize(("field", "fields", "says"), NUMBERS)
def test_refuses_a_fill_and_says_which_field_and_how_to_mend_it(
    filled: Opened, field: str, fields: dict[str, Any], says: str
) -> None:
    happened_at = fields.get("happened_at", FILL)
    others = {name: value for name, value in fields.items() if name != "happened_at"}
    before = filled.head()
    with pytest.raises(EntryRefused) as refused:
        filled.say_now("refilled", happened_at, **others)
    told = {fault.field: fault.says for fault in refused.value.faults}
    assert field in told, told
    assert says in told[field], told
    assert filled.head() == before


def test_refuses_every_fault_at_once(filled: Opened) -> None:
    with pytest.raises(EntryRefused) as refused:
        filled.say_now("refilled", FILL, volume_after_fill_ml="25", drawn_ml="30", pump_running=None)
    assert {fault.field for fault in refused.value.faults} >= {"volume_after_fill_ml", "drawn_ml", "pump_running"}


def test_five_minutes_between_two_clocks_are_not_the_future(filled: Opened) -> None:
    assert filled.say_now("refilled", "2026-03-02T12:05Z").outlook is not None


def test_refuses_a_late_entry_without_its_reason_and_takes_it_with_one(filled: Opened) -> None:
    assert_refused(filled, "late_reason", "Type the reason why it is late", "refilled", "2026-01-05T08:59Z")
    before = filled.head()
    filled.say_now("refilled", "2026-01-05T08:59Z", late_reason="paper form")
    assert filled.head() == before + 1


def test_a_correction_or_a_refused_row_makes_nobody_late(filled: Opened) -> None:
    filled.say_now("corrected", "2026-03-02T11:00Z", target_event_id=f"fill {SERIAL}", how="entered_in_error")
    assert filled.say_now("refilled", "2026-03-02T10:00Z").outlook is not None


def test_an_entry_replaced_by_a_later_one_makes_late_what_happened_before_that(filled: Opened) -> None:
    replacement = filled.read("refilled", "2026-02-20T09:00Z").model_dump(mode="json", exclude_none=True)
    filled.say_now(
        "corrected",
        "2026-01-06T09:00Z",
        target_event_id=f"fill {SERIAL}",
        how="replaced",
        replacement=replacement,
        late_reason="the date was wrong",
    )
    state = filled.desk.story(SERIAL).state
    assert state.last_happened_at == datetime(2026, 2, 20, 9, tzinfo=UTC)
    assert_refused(filled, "late_reason", "late entry", "refilled", "2026-02-10T09:00Z")
    row = filled.row(datetime(2026, 2, 1, tzinfo=UTC).date())
    assert row is not None
    assert row.tier.value == "cannot_project"


def test_refuses_a_second_fill_at_the_same_minute(filled: Opened) -> None:
    assert_refused(filled, "happened_at", "at the same minute", "refilled", "2026-01-05T09:00:59Z")


def test_refuses_what_is_about_a_retired_pump(filled: Opened) -> None:
    filled.say_now("retired", "2026-03-01T09:00Z", reason="died")
    for kind, fields in (
        ("refilled", {}),
        ("reprogrammed", dose("300")),
        ("deferred", {"volume_left_ml": "5"}),
        ("alarm_heard", {"alarm": "LOW_RESERVOIR"}),
        ("retired", {"reason": "died"}),
    ):
        assert_refused(filled, "pump_serial", "retired", kind, "2026-03-01T09:00Z", **fields)


def test_takes_a_late_entry_from_before_the_retirement(filled: Opened) -> None:
    filled.say_now("retired", "2026-03-01T09:00Z", reason="died")
    filled.say_now("deferred", "2026-02-01T09:00Z", volume_left_ml="5", late_reason="paper form")
    assert filled.row() is None


def test_a_pump_cannot_leave_the_list_before_it_was_last_seen(filled: Opened) -> None:
    filled.say_now("refilled", FILL)
    assert_refused(
        filled,
        "happened_at",
        "was seen after that, on 2 Mar 2026",
        "retired",
        "2026-02-01T09:00Z",
        reason="explanted",
        late_reason="paper form",
    )
    assert filled.row() is not None


def test_a_visit_cannot_be_moved_past_the_retirement_by_a_correction(filled: Opened) -> None:
    filled.say_now("retired", "2026-02-01T09:00Z", reason="died")
    replacement = filled.read("refilled", "2026-02-20T09:00Z").model_dump(mode="json", exclude_none=True)
    assert_refused(
        filled,
        "replacement.pump_serial",
        "was retired on 1 Feb 2026",
        "corrected",
        target_event_id=f"fill {SERIAL}",
        how="replaced",
        replacement=replacement,
    )


def test_refuses_a_transfer_to_nobody(filled: Opened) -> None:
    with pytest.raises(EntryRefused, match="must name the receiving clinic"):
        filled.read("retired", FILL, reason="transferred")


@pytest.mark.parametrize("serial", [SERIAL, SERIAL.lower(), "NGX 100001", " ngx100001 "])
def test_refuses_to_register_a_serial_twice_however_it_is_written(filled: Opened, serial: str) -> None:
    before = filled.head()
    entry = filled.read("registered", FILL, pump_serial=serial)
    with pytest.raises(EntryRefused, match="registered already"):
        filled.desk.preview(entry, by=NURSE)
    with pytest.raises(EntryRefused, match="registered already"):
        filled.desk.record(entry, by=NURSE, seen=filled.desk.seen_of(entry))
    assert filled.head() == before


@pytest.mark.parametrize(
    ("field", "pump", "says"),
    [
        ("pump.capacity_ml", {"capacity_ml": "0", "alarm_volume_ml": "0"}, "The capacity is 0 mL"),
        ("pump.alarm_volume_ml", {"capacity_ml": "20", "alarm_volume_ml": "20"}, "is not below the capacity"),
    ],
)
def test_refuses_a_pump_that_cannot_be(filled: Opened, field: str, pump: dict[str, str], says: str) -> None:
    with pytest.raises(EntryRefused) as refused:
        filled.say_now("registered", FILL, pump_serial="NEW1", pump={"model": "Other", **pump})
    assert {fault.field: says in fault.says for fault in refused.value.faults} == {field: True}


def test_refuses_a_change_or_a_deferral_before_any_fill(filled: Opened) -> None:
    filled.register("NEW1", "2026-03-01T09:00Z")
    with pytest.raises(EntryRefused, match="record the last fill first"):
        filled.say_now("reprogrammed", FILL, pump_serial="NEW1", **dose("300"))
    with pytest.raises(EntryRefused, match="record the last fill first"):
        filled.say_now("deferred", FILL, pump_serial="NEW1", volume_left_ml="5")


def test_the_first_fill_on_record_needs_the_path_volume_of_its_bridge(filled: Opened) -> None:
    filled.register("NEW1", "2026-03-01T09:00Z")
    bridge = {"given": True, "bridge_mcg": "187.5", "bridge_hours": "45"}
    with pytest.raises(EntryRefused, match="type the path volume of the bridge"):
        filled.say_now("refilled", FILL, pump_serial="NEW1", bridge=bridge)
    recorded = filled.say_now("refilled", FILL, pump_serial="NEW1", bridge={**bridge, "path_ml": "0.375"})
    assert recorded.outlook is not None


def test_a_bridge_at_a_programme_change_needs_its_dose_and_hours_too(filled: Opened) -> None:
    assert_refused(
        filled, "bridge.bridge_hours", "dose and its hours", "reprogrammed", bridge={"given": True}, **dose("300")
    )


def test_only_an_open_alarm_is_closed_and_not_before_it_was_heard(filled: Opened) -> None:
    filled.say_now("alarm_heard", "2026-03-01T09:00Z", alarm="LOW_RESERVOIR", event="beep")
    assert_refused(
        filled,
        "happened_at",
        "heard after that",
        "alarm_closed",
        "2026-02-28T09:00Z",
        alarm_event_id="beep",
        late_reason="paper form",
    )
    filled.say_now("alarm_closed", "2026-03-01T10:00Z", alarm_event_id="beep")
    assert_refused(filled, "alarm_event_id", "no such open alarm", "alarm_closed", alarm_event_id="beep")
    assert_refused(filled, "alarm_event_id", "no such open alarm", "alarm_closed", alarm_event_id="other")


def test_an_alarm_stays_closed_when_a_correction_moves_it_past_its_closing(filled: Opened) -> None:
    filled.say_now("alarm_heard", "2026-03-01T09:00Z", alarm="LOW_RESERVOIR", event="beep")
    filled.say_now("alarm_closed", "2026-03-01T10:00Z", alarm_event_id="beep")
    replacement = filled.read("alarm_heard", "2026-03-01T11:00Z", alarm="LOW_RESERVOIR")
    filled.say_now(
        "corrected",
        FILL,
        target_event_id="beep",
        how="replaced",
        replacement=replacement.model_dump(mode="json", exclude_none=True),
    )
    assert filled.desk.story(SERIAL).state.open_alarms == ()


def test_a_correction_names_an_entry_of_this_pump_that_still_holds(filled: Opened) -> None:
    target = f"fill {SERIAL}"
    assert_refused(
        filled, "target_event_id", "no such entry", "corrected", target_event_id="x", how="entered_in_error"
    )
    other = filled.read("deferred", FILL, volume_left_ml="5").model_dump(mode="json", exclude_none=True)
    assert_refused(
        filled,
        "replacement.kind",
        "of another kind",
        "corrected",
        target_event_id=target,
        how="replaced",
        replacement=other,
    )
    filled.say_now("corrected", FILL, target_event_id=target, how="entered_in_error")
    assert_refused(
        filled, "target_event_id", "corrected already", "corrected", target_event_id=target, how="entered_in_error"
    )


def test_a_replacement_must_hold_up_as_if_it_had_been_said_in_the_first_place(filled: Opened) -> None:
    replacement = filled.read("refilled", "2026-01-05T09:00Z").model_dump(mode="json", exclude_none=True)
    replacement["volume_after_fill_ml"] = "21"
    assert_refused(
        filled,
        "replacement.volume_after_fill_ml",
        "more than the reservoir holds",
        "corrected",
        target_event_id=f"fill {SERIAL}",
        how="replaced",
        replacement=replacement,
    )


def test_a_registration_is_not_in_error_while_anything_else_stands(filled: Opened) -> None:
    registration = filled.desk.story(SERIAL).state.log[0].said.event_id
    assert_refused(
        filled, "how", "holds this pump's story together", "corrected", target_event_id=registration,
        how="entered_in_error",
    )  # fmt: skip
    filled.say_now("corrected", FILL, target_event_id=f"fill {SERIAL}", how="entered_in_error")
    filled.say_now("corrected", FILL, target_event_id=registration, how="entered_in_error")
    assert filled.row() is None
    filled.register(SERIAL, "2026-03-02T10:00Z")
    row = filled.row()
    assert row is not None
    assert row.tier.value == "cannot_project"
