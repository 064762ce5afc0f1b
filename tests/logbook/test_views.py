"""The typed views: what an analyst finds who opens the file in DuckDB."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pumplog.entries import KINDS
from pumplog.logbook import Logbook
from tests.logbook.said import NOON, new

REGISTERED = {
    "patient": {"patient_id": "MRN-1", "name": "A. Patient", "date_of_birth": "1960-02-29"},
    "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2.0", "has_alarm": True},
    "risk_flags": ["pregnancy"],
}
REFILLED = {
    "place": "clinic",
    "drawn_ml": "3.1",
    "fluid": [
        {"drug": "baclofen", "concentration_mcg_per_ml": "2000", "lot": "L1", "expiry_on": "2027-01-31"},
        {"drug": "morphine", "concentration_mcg_per_ml": "1500"},
    ],
    "volume_after_fill_ml": "18.1234567",
    "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300.5"},
    "bridge": {"given": False, "reason_not_given": "same concentration"},
    "pump_running": True,
}


VIEWS = (
    *("pump", "refill_visit", "programme", "alarm", "alarm_snooze", "mri", "replacement_plan", "correction"),
    *("score", "diary", "medicine", "plan", "risk_change"),
    *("fluid", "deferral", "waste", "contact", "booking", "transfer", "near_miss_cause", "accepted_ratio"),
    *("refused_row", "closure", "capacity"),
)


class Said:
    """Says things into a log and looks at its views."""

    def __init__(self, log: Logbook) -> None:
        self.log = log

    def say(self, kind: str, body: Mapping[str, Any], *, about: str = "P1") -> str:
        number = self.log.head().row_count + 1
        event = new(number, pump=about, kind=kind, body={"kind": kind, "pump_serial": about, **body})
        return self.log.append(event, seen=self.log.latest(about)).event_id

    def correct(self, target: str, replacement: Mapping[str, Any] | None = None) -> str:
        how = "entered_in_error" if replacement is None else "replaced"
        body = {"target_event_id": target, "how": how, "reason": "a slip", "replacement": replacement}
        return self.say("corrected", body)

    def see(self, question: str) -> list[dict[str, Any]]:
        with self.log._database.reading() as cursor:
            found = cursor.execute(question)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture
def said(log: Logbook) -> Said:
    return Said(log)


def test_a_pump_is_seen_with_its_patient_and_typed_volumes(said: Said) -> None:
    said.say("registered", REGISTERED)
    (pump,) = said.see("FROM pump")
    assert pump["patient_id"] == "MRN-1"
    assert pump["date_of_birth"] == date(1960, 2, 29)
    assert (pump["capacity_ml"], pump["alarm_volume_ml"]) == (Decimal("20.000000"), Decimal("2.000000"))
    assert pump["has_alarm"] is True
    assert pump["risk_flags_json"] == '["pregnancy"]'
    assert (pump["registered_at_utc"], pump["retired_at_utc"], pump["corrected_how"]) == (
        datetime(2026, 5, 5, 13, 0, 0, 123456),  # noqa: DTZ001
        None,
        None,
    )


def test_a_retired_pump_says_when_and_why(said: Said) -> None:
    said.say("registered", REGISTERED)
    said.say("registered", REGISTERED, about="P2")
    said.say("retired", {"reason": "transferred", "to_clinic": "St. Elsewhere"})
    seen = {pump["pump_id"]: (pump["retired_reason"], pump["to_clinic"]) for pump in said.see("FROM pump")}
    assert seen == {"P1": ("transferred", "St. Elsewhere"), "P2": (None, None)}


def test_a_refill_is_seen_with_exact_amounts(said: Said) -> None:
    said.say("refilled", REFILLED)
    (visit,) = said.see("FROM refill_visit")
    assert (visit["drug"], visit["lot"], visit["expiry_on"]) == ("baclofen", "L1", date(2027, 1, 31))
    assert visit["concentration_mcg_per_ml"] == Decimal(2000)
    assert visit["volume_after_fill_ml"] == Decimal("18.123457")
    assert visit["drawn_ml"] == Decimal("3.1")
    assert (visit["remeasured_ml"], visit["bridge_given"], visit["pump_running"]) == (None, False, True)
    assert '"morphine"' in visit["fluid_json"]


def test_a_programme_is_seen_whoever_set_it(said: Said) -> None:
    said.say("refilled", REFILLED)
    said.say("reprogrammed", {"programme": {"mode": "periodic_bolus", "bolus_mcg": "10", "every_hours": "6"}})
    seen = said.see(
        "SELECT set_by_kind, mode, dose_mcg_per_day, bolus_mcg, every_hours FROM programme ORDER BY sequence"
    )
    assert [tuple(row.values()) for row in seen] == [
        ("refilled", "simple_continuous", Decimal("300.5"), None, None),
        ("reprogrammed", "periodic_bolus", None, Decimal(10), Decimal(6)),
    ]


def test_an_alarm_is_open_until_it_is_closed(said: Said) -> None:
    heard = said.say("alarm_heard", {"alarm": "LOW_RESERVOIR", "tone": "single"})
    (alarm,) = said.see("FROM alarm")
    assert (alarm["alarm"], alarm["tone"], alarm["closed_at_utc"]) == ("LOW_RESERVOIR", "single", None)
    closing = said.say("alarm_closed", {"alarm_event_id": heard, "found": "low", "action": "refilled"})
    (alarm,) = said.see("FROM alarm")
    assert (alarm["closed_at_utc"], alarm["found"], alarm["action"]) == (
        (NOON + timedelta(hours=2)).replace(tzinfo=None),
        "low",
        "refilled",
    )
    said.correct(closing)
    (alarm,) = said.see("FROM alarm")
    assert alarm["closed_at_utc"] is None


def test_an_alarm_is_seen_with_each_step_its_time_and_its_person(said: Said) -> None:
    said.say("alarm_heard", {"alarm": "OTHER"}, about="P2")
    heard = said.say("alarm_heard", {"alarm": "MOTOR_STALL", "heard_by": "radiology", "reported_at": AT})
    said.say("alarm_taken_on", {"alarm_event_id": heard, "owner": "J. Frey"})
    said.say("alarm_interrogated", {"alarm_event_id": heard, "pump_running": False, "interrogated_by": "J. Frey"})
    wrong = said.say("alarm_interrogated", {"alarm_event_id": heard, "pump_running": False, "alarm": "OTHER"})
    said.say("alarm_interrogated", {"alarm_event_id": heard, "pump_running": True, "alarm": "MOTOR_STALL"})
    said.correct(wrong)
    closing = {"alarm_event_id": heard, "found": "ran again", "action": "none", "cleared_by": "Dr Sand"}
    said.say("alarm_closed", closing)
    (alarm,) = said.see("FROM alarm WHERE pump_id = 'P1'")
    moments = ("heard_at_utc", "reported_at_utc", "taken_on_at_utc", "interrogated_at_utc", "closed_at_utc")
    assert None not in [alarm[name] for name in moments]
    people = [alarm[name] for name in ("heard_by", "owner", "interrogated_by", "cleared_by")]
    assert people == ["radiology", "J. Frey", "J. Frey", "Dr Sand"]
    assert (alarm["alarm_shown"], alarm["pump_running"]) == ("MOTOR_STALL", True)
    (other,) = said.see("FROM alarm WHERE pump_id = 'P2'")
    assert [other[name] for name in moments[1:]] == [None] * 4


AT = "2026-05-05T12:30:00Z"


def test_a_snooze_is_seen_with_its_end_its_reason_and_its_cancelling(said: Said) -> None:
    heard = said.say("alarm_heard", {"alarm": "LOW_RESERVOIR"})
    said.say("alarm_snoozed", {"alarm_event_id": heard, "ends_at": AT, "reason": "on the way"})
    (snooze,) = said.see("FROM alarm_snooze")
    assert (snooze["reason"], snooze["cancelled_at_utc"]) == ("on the way", None)
    assert snooze["ends_at_utc"] == datetime(2026, 5, 5, 12, 30)  # noqa: DTZ001
    said.say("snooze_cancelled", {"alarm_event_id": heard})
    said.say("alarm_snoozed", {"alarm_event_id": heard, "ends_at": AT, "reason": "again"})
    seen = {row["reason"]: row["cancelled_at_utc"] is None for row in said.see("FROM alarm_snooze")}
    assert seen == {"on the way": False, "again": True}


def test_scans_and_planned_replacements_are_seen(said: Said) -> None:
    said.say("imaged", {"how": "planned", "planned_at": AT, "field_strength": "1.5 T", "where": "North"})
    said.say("replacement_planned", {"planned_on": "2026-09-01", "where": "North"})
    (scan,) = said.see("FROM mri")
    assert (scan["how"], scan["field_strength"], scan["scanned_where"]) == ("planned", "1.5 T", "North")
    (plan,) = said.see("FROM replacement_plan")
    assert (plan["planned_on"], plan["planned_where"]) == (date(2026, 9, 1), "North")


def test_a_closing_holds_for_the_replaced_alarm(said: Said) -> None:
    heard = said.say("alarm_heard", {"alarm": "LOW_RESERVOIR"})
    said.say("alarm_closed", {"alarm_event_id": heard, "found": "low", "action": "refilled"})
    said.correct(heard, alarm_said("two_tone"))
    seen = said.see("SELECT tone, corrected_how, closed_at_utc IS NULL AS open FROM alarm ORDER BY sequence")
    assert [tuple(row.values()) for row in seen] == [(None, "replaced", False), ("two_tone", None, False)]


def alarm_said(tone: str) -> dict[str, str]:
    return {"kind": "alarm_heard", "alarm": "LOW_RESERVOIR", "tone": tone, "happened_at": "2026-05-01T08:00:00Z"}


def test_a_score_is_a_row_a_grade_and_stays_text(said: Said) -> None:
    scored = {
        "ashworth": [{"joint": "knee", "side": "left", "grade": "1+"}],
        "penn_frequency": "2",
        "pain": "10",
        "falls_count": 3,
        "signs": ["fever"],
    }
    said.say("scored", scored)
    rows = said.see("SELECT scale, joint, side, grade FROM score ORDER BY scale")
    assert [tuple(row.values()) for row in rows] == [
        ("falls", None, None, "3"),
        ("modified_ashworth", "knee", "left", "1+"),
        ("pain", None, None, "10"),
        ("penn_frequency", None, None, "2"),
        ("sign", None, None, "fever"),
    ]


def test_a_diary_day_is_a_row_a_drug_and_one_row_without_any(said: Said) -> None:
    doses = [{"drug": "baclofen", "taken": "part", "dose_mcg_per_day": "15000"}, {"drug": "x", "taken": "missed"}]
    said.say("diary", {"diary_on": "2026-05-04", "oral_doses": doses})
    said.say("diary", {"diary_on": "2026-05-05", "tone": "tighter", "oral_doses": []})
    rows = said.see("SELECT diary_on, tone, drug, taken, dose_mcg_per_day FROM diary ORDER BY ALL NULLS LAST")
    assert [tuple(row.values()) for row in rows] == [
        (date(2026, 5, 4), None, "baclofen", "part", Decimal(15000)),
        (date(2026, 5, 4), None, "x", "missed", None),
        (date(2026, 5, 5), "tighter", None, None, None),
    ]


def test_a_list_of_medicines_shows_the_class_that_was_ticked(said: Said) -> None:
    one = {"name": "lisinopril", "dose": "10 mg", "interacting_class": "blood_pressure"}
    said.say("medicines", {"takes_any": True, "medicines": [one], "alcohol": True, "pregnancy": "breastfeeding"})
    said.say("medicines", {"takes_any": False, "medicines": []})
    rows = said.see("SELECT name, interacting_class, alcohol, pregnancy FROM medicine ORDER BY sequence")
    assert [tuple(row.values()) for row in rows] == [
        ("lisinopril", "blood_pressure", True, "breastfeeding"),
        (None, None, None, None),
    ]


def test_a_plan_is_a_row_a_step_until_it_is_ended(said: Said) -> None:
    steps = [{"from_on": "2026-05-05", "dose_mcg_per_day": "100"}, {"from_on": "2026-05-12", "dose_mcg_per_day": "0"}]
    made = said.say(
        "plan_made", {"route": "intrathecal", "drug": "baclofen", "prescriber": "Dr Sand", "steps": steps}
    )
    rows = said.see("SELECT route, from_on, dose_mcg_per_day, ended_at_utc FROM plan ORDER BY from_on")
    assert [tuple(row.values()) for row in rows] == [
        ("intrathecal", date(2026, 5, 5), Decimal(100), None),
        ("intrathecal", date(2026, 5, 12), Decimal(0), None),
    ]
    said.say("plan_ended", {"plan_event_id": made, "how": "stopped", "reason": "spasms"})
    assert {row["ended_how"] for row in said.see("FROM plan")} == {"stopped"}


def test_a_change_of_risks_is_a_row(said: Said) -> None:
    said.say("risk_flags_changed", {"risk_flags": ["pregnancy"], "reason": "test positive"})
    (row,) = said.see("SELECT risk_flags_json, reason FROM risk_change")
    assert tuple(row.values()) == ('["pregnancy"]', "test positive")


def test_a_fluid_is_a_row_a_drug_in_its_order(said: Said) -> None:
    said.say("refilled", REFILLED)
    rows = said.see("SELECT place_count, drug, concentration_mcg_per_ml, lot FROM fluid ORDER BY place_count")
    assert [tuple(row.values()) for row in rows] == [
        (1, "baclofen", Decimal(2000), "L1"),
        (2, "morphine", Decimal(1500), None),
    ]


def test_waste_is_a_row_wherever_it_was_told(said: Said) -> None:
    waste = {"volume_ml": "2", "witness": "J. Frey", "method": "sink"}
    said.say(
        "refilled", {**REFILLED, "drawn_waste": {**waste, "volume_ml": "3"}, "waste": {**waste, "mass_mcg": "4000"}}
    )
    said.say("deferred", {"reason": "x", "volume_left_ml": "1", "drawn_waste": {**waste, "volume_ml": "5"}})
    said.say("wasted", {"drug": "morphine", "concentration_mcg_per_ml": "10000", "lot": "L9", "waste": waste})
    rows = said.see(
        "SELECT wasted_as, told_by_kind, drug, concentration_mcg_per_ml, volume_ml FROM waste ORDER BY ALL"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("drawn", "deferred", None, None, Decimal(5)),
        ("drawn", "refilled", None, None, Decimal(3)),
        ("filling", "refilled", "baclofen", Decimal(2000), Decimal(2)),
        ("other", "wasted", "morphine", Decimal(10000), Decimal(2)),
    ]


def test_a_booking_is_seen_as_it_stands_now(said: Said) -> None:
    booked = said.say("booked", {"booking": {"visit_on": "2026-06-01", "visit_time": "10:30", "site": "North"}})
    called = said.say("contacted", {"outcome": "booked", "booking": {"visit_on": "2026-06-02"}})
    said.say("contacted", {"outcome": "no_answer", "called_by": "J. Frey"})
    said.say("booking_changed", {"booking_event_id": booked, "change": "cancelled", "reason": "ill"})
    moved = {
        "booking_event_id": booked,
        "change": "moved",
        "reason": "holiday",
        "booking": {"visit_on": "2026-06-08"},
    }
    said.say("booking_changed", moved)
    said.say("booking_changed", {"booking_event_id": called, "change": "missed"})
    rows = said.see(
        "SELECT booking_event_id, visit_on, visit_time, first_visit_on, status, change_reason, changes_count "
        "FROM booking ORDER BY sequence"
    )
    assert [tuple(row.values()) for row in rows] == [
        (booked, date(2026, 6, 8), None, date(2026, 6, 1), "open", "holiday", 2),
        (called, date(2026, 6, 2), None, date(2026, 6, 2), "missed", None, 1),
    ]
    contacts = said.see("SELECT outcome, called_by, visit_on FROM contact ORDER BY sequence")
    assert [tuple(row.values()) for row in contacts] == [
        ("booked", "R. Nurse", date(2026, 6, 2)),
        ("no_answer", "J. Frey", None),
    ]


def test_the_clinics_days_and_refused_rows_say_whether_they_still_hold(said: Said) -> None:
    closing = {"first_on": "2026-12-24", "last_on": "2026-12-28", "reason": "holidays", "pump_serial": None}
    first = said.say("closure_set", closing, about="clinic")
    said.say("closure_set", closing, about="clinic")
    said.say("closure_lifted", {"closure_event_id": first, "reason": "staffed"}, about="clinic")
    said.say("capacity_set", {"day_date": "2026-12-29", "visits_count": 3, "reason": "one nurse"}, about="clinic")
    row = said.say("row_refused", {"sheet": "a.csv", "line_count": 7, "faults": [], "rest_digest": "d"})
    said.say("row_settled", {"row_event_id": row, "how": "dismissed", "reason": "a test"})
    rows = said.see("SELECT last_on, lifted_reason FROM closure ORDER BY sequence")
    assert [tuple(one.values()) for one in rows] == [(date(2026, 12, 28), "staffed"), (date(2026, 12, 28), None)]
    (room,) = said.see("SELECT day_on, visits_count FROM capacity")
    assert tuple(room.values()) == (date(2026, 12, 29), 3)
    (refused,) = said.see("SELECT sheet, line_count, settled_how, settled_reason FROM refused_row")
    assert tuple(refused.values()) == ("a.csv", 7, "dismissed", "a test")


def test_an_entry_in_error_stays_in_sight_and_says_so(said: Said) -> None:
    visit = said.say("refilled", REFILLED)
    said.correct(visit)
    (seen,) = said.see("FROM refill_visit")
    assert seen["corrected_how"] == "entered_in_error"
    (correction,) = said.see("FROM correction")
    assert (correction["target_event_id"], correction["reason"]) == (visit, "a slip")
    assert said.see("FROM refill_visit WHERE corrected_how IS NULL") == []


def test_of_several_replacements_the_newest_holds(said: Said) -> None:
    visit = said.say("refilled", REFILLED)
    first = said.correct(visit, drawn("1"))
    second = said.correct(visit, drawn("2"))
    seen = said.see("SELECT event_id, drawn_ml, corrected_how FROM refill_visit ORDER BY sequence")
    assert [tuple(row.values()) for row in seen] == [
        (visit, Decimal("3.1"), "replaced"),
        (first, Decimal(1), "replaced"),
        (second, Decimal(2), None),
    ]
    assert {row["first_event_id"] for row in said.see("FROM entry")} == {visit}
    (holds,) = said.see("FROM refill_visit WHERE corrected_how IS NULL")
    assert (holds["event_id"], holds["happened_at_utc"]) == (second, datetime(2026, 5, 1, 8))  # noqa: DTZ001
    said.correct(visit)
    assert said.see("FROM refill_visit WHERE corrected_how IS NULL") == []


def test_a_correction_taken_back_lets_the_earlier_entry_hold_again(said: Said) -> None:
    visit = said.say("refilled", REFILLED)
    first = said.correct(visit, drawn("1"))
    second = said.correct(first)
    seen = {row["event_id"]: row["corrected_how"] for row in said.see("FROM refill_visit")}
    assert seen == {visit: None, first: "entered_in_error"}
    said.correct(second)
    seen = {row["event_id"]: row["corrected_how"] for row in said.see("FROM refill_visit")}
    assert seen == {visit: "replaced", first: None}


def test_a_correction_under_another_pump_touches_nothing(said: Said) -> None:
    visit = said.say("refilled", REFILLED)
    said.say("corrected", {"target_event_id": visit, "how": "entered_in_error", "reason": "x"}, about="P2")
    assert [row["corrected_how"] for row in said.see("FROM refill_visit")] == [None]


def drawn(drawn_ml: str) -> dict[str, Any]:
    return {**REFILLED, "kind": "refilled", "drawn_ml": drawn_ml, "happened_at": "2026-05-01T10:00:00+02:00"}


STRANGE: list[dict[str, Any]] = [
    {"kind": 7},
    {"patient": 3, "pump": [], "fluid": "x", "programme": None, "drawn_ml": {"a": 1}, "pump_running": "perhaps"},
    {"volume_after_fill_ml": "1e400", "next_visit_on": "someday", "fluid": [4], "tone": [1]},
    {"target_event_id": ["x"], "how": 4, "replacement": [1], "alarm_event_id": {}},
    {"target_event_id": "event-1", "how": "replaced", "replacement": {"happened_at": "never", "kind": None}},
    {"target_event_id": "event-3", "how": "replaced", "replacement": {"kind": "refilled", "fluid": 1}},
    {"booking": 4, "fluid": [[1]], "waste": [], "drawn_waste": {"mass_mcg": "x"}, "visit_event_ids": 3, "change": []},
    {
        "booking": {"visit_on": [1], "visit_time": "never"},
        "booking_event_id": 5,
        "row_event_id": {},
        "line_count": "x",
    },
    {"alarm_event_id": "event-1", "ends_at": "never", "planned_at": [1], "planned_on": 7, "reported_at": "x"},
    {"a\u0000b": "\ud800", "": None},
]


def test_no_body_breaks_a_view(said: Said) -> None:
    said.say("refilled", {**REFILLED, "drawn_ml": "7"}, about="P2")
    strange = [(kind, body) for kind in (*KINDS, "x") for body in STRANGE]
    events = [new(number, kind=kind, body=body) for number, (kind, body) in enumerate(strange, start=2)]
    said.log.append_all(events, seen={"P1": 0})
    for view in ("entry", *VIEWS):
        assert said.see(f"FROM {view}") or view in ("score", "plan"), view
    assert said.see("SELECT drawn_ml FROM refill_visit WHERE pump_id = 'P2'") == [{"drawn_ml": Decimal(7)}]


def test_the_views_are_there_for_whoever_opens_the_file_alone(path: Path) -> None:
    with Logbook.open(path) as log:
        Said(log).say("refilled", REFILLED)
    with duckdb.connect(path, read_only=True) as connection:
        assert connection.execute("SELECT drug FROM refill_visit").fetchall() == [("baclofen",)]


def test_an_unknown_kind_is_in_no_typed_view(said: Said) -> None:
    said.say("telepathy", {"drawn_ml": "1"})
    assert [entry["kind"] for entry in said.see("FROM entry")] == ["telepathy"]
    for view in VIEWS:
        assert said.see(f"FROM {view}") == []


@pytest.mark.parametrize("view", VIEWS)
def test_numbers_are_decimals_with_their_unit_in_the_name(said: Said, view: str) -> None:
    columns = said.see(f"DESCRIBE {view}")
    units = ("_ml", "_mcg", "_ratio", "_mcg_per_ml", "_mcg_per_day", "_ml_per_day", "_hours", "_cm", "_ml_per_cm")
    for column in columns:
        name, kind = column["column_name"], column["column_type"]
        assert (kind == "DECIMAL(18,6)") == name.endswith(units), name
        assert (kind == "DATE") == (name.endswith("_on") or name == "date_of_birth"), name
        assert (kind == "TIMESTAMP") == name.endswith("_at_utc"), name
