import shutil
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pumplog.demo import ensure_demo, fill_demo, is_demo, is_demo_log
from pumplog.demo.files import read_demo_files
from pumplog.desk import Board, Desk
from pumplog.entries import (
    AlarmClosed,
    AlarmHeard,
    AnyEntry,
    ClinicEntry,
    Corrected,
    Deferred,
    Refilled,
    Registered,
    Reprogrammed,
    Retired,
    RowRefused,
    upcast,
)
from pumplog.entries.programme import Flex, MinimumRate, PeriodicBolus, SimpleContinuous
from pumplog.errors import EntryRefused
from pumplog.logbook import Event, Logbook
from pumplog.outlook import Asking, Tier
from pumplog.outlook.plans import plans_against_fact
from pumplog.rules import judge, unanswered
from pumplog.state import Said

SUNDAY = date(2026, 11, 22)
DAYS = [
    SUNDAY,
    date(2027, 3, 29),  # a Monday, after the clocks changed
    date(2028, 2, 29),  # a Tuesday, leap day
    date(2026, 6, 17),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 6, 5),  # a Saturday
]
FOLDER = Path(__file__).parent.parent / "data" / "demo"


def desk_on(database: Path, day: date) -> Desk:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Desk.open(database, now=lambda: noon)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    assert fill_demo(database, today=SUNDAY) > 500
    return database


@pytest.fixture(scope="module")
def desk(demo: Path) -> Iterator[Desk]:
    with desk_on(demo, SUNDAY) as opened:
        yield opened


@pytest.fixture(scope="module")
def board(desk: Desk) -> Board:
    return desk.board()


@pytest.fixture(scope="module")
def events(desk: Desk) -> list[Event]:
    return desk.logbook.events()


@pytest.fixture(scope="module")
def entries(events: list[Event]) -> list[AnyEntry]:
    return [upcast(event.kind, event.body_version, event.body) for event in events]


@pytest.fixture(scope="module")
def refills(entries: list[AnyEntry]) -> list[Refilled]:
    return [entry for entry in entries if isinstance(entry, Refilled)]


@pytest.fixture(scope="module")
def models(entries: list[AnyEntry]) -> set[str]:
    return {entry.pump.model for entry in entries if isinstance(entry, Registered)}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.toml")), ids=lambda path: path.name)
def test_every_story_file_parses(path: Path) -> None:
    assert tomllib.loads(path.read_text("utf-8"))


def test_there_are_about_60_pumps_over_three_years(desk: Desk, events: list[Event]) -> None:
    assert 55 <= len(desk.pumps()) <= 70
    first = min(event.happened_at_utc for event in events).date()
    assert timedelta(days=1000) < SUNDAY - first < timedelta(days=1100)
    assert len(events) > 500


@dataclass(frozen=True)
class Told:
    today: date
    board: Board
    events: list[Event]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    today: date = request.param
    if today == SUNDAY:
        return Told(today, request.getfixturevalue("board"), request.getfixturevalue("events"))
    database = tmp_path_factory.mktemp("told") / "demo.duckdb"
    fill_demo(database, today=today)
    with desk_on(database, today) as desk:
        return Told(today, desk.board(), desk.logbook.events())


def test_every_tier_is_there_and_few_pumps_are_red(told: Told) -> None:
    counts = told.board.counts
    assert all(counts[tier] > 0 for tier in Tier)
    assert 8 <= sum(counts[tier] for tier in Tier if tier.is_red) <= 12
    assert counts[Tier.DUE_SOON] >= 3
    assert counts[Tier.ON_TRACK] > len(told.board.rows) / 2


def test_nothing_happened_or_was_recorded_today_or_later(told: Told) -> None:
    midnight = datetime(told.today.year, told.today.month, told.today.day, tzinfo=UTC)
    assert max(event.happened_at_utc for event in told.events) < midnight
    recorded = [event.recorded_at_utc for event in told.events]
    assert max(recorded) < midnight
    assert recorded == sorted(recorded)


def test_a_story_of_a_tier_ends_in_it_whatever_the_day_of_the_week(told: Told) -> None:
    expected = {
        "DEMO2001": Tier.EXPECTED_EMPTY,
        "DEMO2002": Tier.PAST_ALARM,
        "DEMO2003": Tier.PAST_ALARM,
        "DEMO2004": Tier.OVERDUE,
        "DEMO2005": Tier.OVERDUE,
        "DEMO2006": Tier.CANNOT_PROJECT,
        "DEMO2007": Tier.CANNOT_PROJECT,
        "DEMO2008": Tier.CANNOT_PROJECT,
        "DEMO2009": Tier.CANNOT_PROJECT,
        "DEMO2010": Tier.ON_TRACK,
        "DEMO2011": Tier.CANNOT_PROJECT,
        "DEMO2031": Tier.DUE_SOON,
    }
    found = {row.pump_serial: row.tier for row in told.board.rows}
    assert {serial: found[serial] for serial in expected} == expected


def test_the_same_day_gives_the_same_log_to_the_last_hash(demo: Path, desk: Desk, tmp_path: Path) -> None:
    fill_demo(tmp_path / "again.duckdb", today=SUNDAY)
    with Logbook.open(tmp_path / "again.duckdb") as again:
        assert again.head() == desk.head()


def test_every_entry_passes_the_rules_as_if_recorded_at_its_time(desk: Desk, events: list[Event]) -> None:
    said: dict[str, list[Said]] = {}
    for event in events:
        entry = upcast(event.kind, event.body_version, event.body)
        before = said.setdefault(event.pump_id, [])
        if isinstance(entry, RowRefused | ClinicEntry):
            continue
        imported = not event.event_id.startswith("demo-")
        judged = judge(
            entry,
            tuple(before),
            pump_id=event.pump_id,
            by=event.recorded_by,
            now=event.recorded_at_utc,
            reference=desk.reference,
            imported=imported,
        )
        if not imported:
            assert unanswered(entry, judged.findings, by=event.recorded_by) == [], event.event_id
        before.append(Said(event.event_id, event.sequence, entry, event.recorded_at_utc, event.recorded_by))


def test_the_weeks_ahead_look_like_a_clinic(told: Told) -> None:
    board = told.board
    ahead = [
        row.refill_by - board.on for row in board.rows if row.refill_by is not None and row.refill_by >= board.on
    ]
    weeks = Counter(gap.days // 7 for gap in ahead)
    assert len([week for week in range(10) if weeks[week]]) >= 8
    assert max(weeks.values()) <= len(board.rows) / 5
    booked = [row for row in board.rows if row.next_visit_on is not None]
    assert len(board.rows) * 0.5 < len(booked) < len(board.rows) * 0.95
    assert any(row.may_alarm_already for row in board.rows if not row.tier.is_red)


def test_mixtures_and_compounded_drugs_with_their_dates(refills: list[Refilled]) -> None:
    mixtures = [refill.fluid for refill in refills if len(refill.fluid) > 1]
    assert any(len(fluid) == 3 for fluid in mixtures)
    assert any(component.beyond_use_on for fluid in mixtures for component in fluid)
    drugs = {component.drug for refill in refills for component in refill.fluid}
    assert {"baclofen", "morphine", "hydromorphone", "ziconotide", "bupivacaine", "clonidine"} <= drugs


def test_flex_the_same_every_day_and_by_weekday(refills: list[Refilled]) -> None:
    days = [len(refill.programme.days) for refill in refills if isinstance(refill.programme, Flex)]
    assert set(days) == {1, 2}


def test_periodic_boluses_and_the_minimum_rate(refills: list[Refilled]) -> None:
    modes = {type(refill.programme) for refill in refills}
    assert {PeriodicBolus, MinimumRate} <= modes


def test_patient_boluses_allotted_and_fewer_used(refills: list[Refilled], desk: Desk) -> None:
    asked = [
        refill
        for refill in refills
        if isinstance(refill.programme, SimpleContinuous) and refill.programme.max_patient_bolus_mcg_per_day > 0
    ]
    assert any(refill.patient_boluses_used_mcg for refill in asked)
    story = desk.story(asked[0].pump_serial)
    assert story.as_used is not None
    assert story.as_used.refill_by is not None
    assert story.outlook.refill_by is not None
    assert story.as_used.refill_by >= story.outlook.refill_by


def test_a_fixed_flow_pump_without_an_alarm(desk: Desk, board: Board) -> None:
    row = next(row for row in board.rows if row.pump_model == "Codman 3000")
    assert row.alarm_date is None
    assert row.empty_date is not None
    assert row.limited_by in ("empty", "stability")


def test_a_concentration_change_with_a_bridge_and_one_without(refills: list[Refilled]) -> None:
    bridges = [refill.bridge for refill in refills if refill.bridge is not None]
    assert any(bridge.given and bridge.bridge_hours for bridge in bridges)
    assert any(not bridge.given and bridge.reason_not_given for bridge in bridges)


def test_a_flow_ratio_drifts_from_visit_to_visit(desk: Desk) -> None:
    lines = desk.story("DEMO2021").visits
    ratios = [line.residual["flow_ratio"] for line in lines if line.residual is not None]
    assert ratios[0] > 0.97
    assert ratios[-1] < 0.85
    assert all(later < earlier + 0.02 for earlier, later in pairwise(ratios))
    assert ratios[0] - ratios[-1] > 0.1


def test_one_correction_replaces_and_one_takes_back(entries: list[AnyEntry]) -> None:
    assert {entry.how for entry in entries if isinstance(entry, Corrected)} == {"entered_in_error", "replaced"}


def test_a_pump_stopped_one_not_confirmed_running_one_without_a_fill(board: Board) -> None:
    reasons = [reason for row in board.rows for reason in row.reasons]
    assert any("The pump is stopped" in reason for reason in reasons)
    assert any("recorded the pump as not running" in reason for reason in reasons)
    assert any("No fill is on record" in reason for reason in reasons)
    assert any("has no beyond-use date on record" in reason for reason in reasons)


def test_one_pump_retired_of_each_reason(entries: list[AnyEntry], board: Board, desk: Desk) -> None:
    retired = [entry for entry in entries if isinstance(entry, Retired)]
    assert sorted(entry.reason for entry in retired) == ["died", "explanted", "transferred"]
    assert [entry.to_clinic for entry in retired if entry.reason == "transferred"] != [None]
    serials = {entry.pump_serial for entry in retired}
    assert not serials & {row.pump_serial for row in board.rows}
    assert len(desk.pumps()) == len(board.rows) + len(serials)


def test_alarms_open_and_closed(entries: list[AnyEntry], board: Board) -> None:
    open_codes = {code for row in board.rows for code in row.open_alarm_codes}
    assert open_codes == {"LOW_RESERVOIR", "MOTOR_STALL"}
    assert [entry for entry in entries if isinstance(entry, AlarmClosed)]
    assert len([entry for entry in entries if isinstance(entry, AlarmHeard)]) >= 3


def test_a_deferred_visit_followed_by_a_refill(desk: Desk) -> None:
    entries = [line.visit.entry for line in desk.story("DEMO2026").visits]
    assert isinstance(entries[-2], Deferred)
    assert isinstance(entries[-1], Refilled)


def test_every_family_of_pumps(models: set[str]) -> None:
    for family in ("SynchroMed II ", "SynchroMed III ", "Prometra", "Codman"):
        assert any(model.startswith(family) for model in models), family


def test_a_late_entry_with_its_reason(events: list[Event], entries: list[AnyEntry]) -> None:
    late = [
        entry
        for entry, event in zip(entries, events, strict=True)
        if isinstance(entry, Reprogrammed) and entry.late_reason and event.event_id.startswith("demo-")
    ]
    assert late


def test_visits_at_home_and_waste_of_controlled_drugs(refills: list[Refilled]) -> None:
    assert {refill.place for refill in refills} == {"clinic", "home"}
    wasted = [refill for refill in refills if refill.waste is not None]
    assert wasted
    assert all(refill.waste.witness != refill.refilled_by for refill in wasted if refill.waste)


def test_a_residual_that_stops_and_one_to_evaluate(entries: list[AnyEntry]) -> None:
    confirmed = {code for entry in entries for code in entry.confirmed}
    assert {
        "residual_stop",
        "residual_evaluate",
        "concentration_change",
        "bridge_not_given",
        "not_running",
    } <= confirmed


def test_a_refused_row_of_a_sheet_is_on_the_banner_and_on_its_pump(board: Board) -> None:
    (refused,) = board.open_rows
    assert "2000" in refused.row.faults[0].says
    row = next(row for row in board.rows if row.pump_serial == refused.row.pump_serial)
    assert any("was refused" in reason for reason in row.reasons)


def test_each_page_has_something_to_show(desk: Desk, board: Board) -> None:
    whole = desk.story("DEMO2032")
    told = whole.state.clinical
    assert len(told.scores) >= 3
    assert len(told.diary) >= 3
    assert told.medicines is not None
    assert [one.plan.made.route for one in plans_against_fact(whole.state, SUNDAY)] == ["oral", "intrathecal"]
    assert [len(one.facts) > 1 for one in plans_against_fact(whole.state, SUNDAY)] == [True, True]
    listed = desk.call_list()
    assert all(listed.counts[asking] for asking in (Asking.CALL_AGAIN, Asking.NOTHING_BOOKED, Asking.NOT_FOLLOWED_UP))
    assert len(listed.transfers) == 1
    assert {row.calling.last_contact.said.outcome for row in board.rows if row.calling.last_contact} >= {
        "no_answer",
        "call_again",
    }
    explained = [one.explained is not None for one in desk.near_misses(SUNDAY - timedelta(days=365))]
    assert {True, False} == set(explained)
    days = desk.calendar().said
    assert [one.first_on > SUNDAY for one in days.closures] == [True]
    assert list(days.visits.values()) == [3]
    assert desk.alarms().replacements


def test_nobody_in_it_is_real(entries: list[AnyEntry]) -> None:
    registered = [entry for entry in entries if isinstance(entry, Registered)]
    assert all(entry.pump_serial.startswith("DEMO") for entry in registered)
    phones = [entry.patient.phone for entry in registered if entry.patient.phone]
    assert phones
    assert all(phone.startswith(("01632 960", "07700 900")) and len(phone) == 12 for phone in phones)
    assert len(set(phones)) == len(phones)
    names = [entry.patient.name for entry in registered]
    assert len(set(names)) == len(names)


def test_refuses_to_fill_a_log_that_has_events(demo: Path, desk: Desk) -> None:
    before = desk.head()
    with pytest.raises(EntryRefused, match=r"demo\.duckdb has events in it already"):
        fill_demo(demo, today=SUNDAY)
    assert desk.head() == before


def test_a_demo_stays_a_demo_under_another_name(demo: Path, desk: Desk) -> None:
    assert is_demo(demo)
    assert is_demo_log(desk.logbook)


def register_one(database: Path, day: date) -> None:
    with desk_on(database, day) as desk:
        said: dict[str, Any] = {
            "kind": "registered",
            "pump_serial": "NG000001H",
            "happened_at": (day - timedelta(days=1)).isoformat(),
            "patient": {"patient_id": "1", "name": "Somebody"},
            "pump": {"model": "Other", "capacity_ml": "20", "alarm_volume_ml": "2"},
        }
        desk.record(desk.read_entry(said), by="M. Keller", seen=0)


def test_a_real_clinic_is_no_demo_even_when_its_file_is_called_demo(tmp_path: Path) -> None:
    database = tmp_path / "demo.duckdb"
    assert not is_demo(database)
    register_one(database, SUNDAY)
    assert not is_demo(database)


def test_a_real_clinic_is_never_replaced_by_a_demo(tmp_path: Path) -> None:
    database = tmp_path / "demo.duckdb"
    register_one(database, SUNDAY)
    with pytest.raises(EntryRefused, match="holds a real log"):
        ensure_demo(database, today=SUNDAY + timedelta(days=400))
    with Logbook.open(database) as logbook:
        assert logbook.head().row_count == 1


def test_a_missing_or_empty_demo_is_told(tmp_path: Path) -> None:
    ensure_demo(tmp_path / "missing.duckdb", today=SUNDAY)
    assert is_demo(tmp_path / "missing.duckdb")
    Logbook.open(tmp_path / "empty.duckdb").close()
    ensure_demo(tmp_path / "empty.duckdb", today=SUNDAY)
    assert is_demo(tmp_path / "empty.duckdb")


def test_a_fresh_demo_is_kept_and_a_stale_one_told_anew(demo: Path, tmp_path: Path) -> None:
    for path in demo.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    database = tmp_path / demo.name
    with Logbook.open(database) as logbook:
        first = logbook.head()
    ensure_demo(database, today=SUNDAY + timedelta(days=6))
    with Logbook.open(database) as logbook:
        assert logbook.head() == first
    later = SUNDAY + timedelta(days=90)
    ensure_demo(database, today=later)
    with desk_on(database, later) as desk:
        assert desk.head() != first
        assert desk.verify().ok
        assert desk.board().counts[Tier.ON_TRACK] > 30
    assert [path for path in tmp_path.iterdir() if not path.name.startswith("demo.duckdb")] == []


def test_a_clinics_own_zone_holds_for_its_demo(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text('zone = "Pacific/Auckland"\nmargin_days = 3\n')
    fill_demo(tmp_path / "demo.duckdb", today=SUNDAY)
    with desk_on(tmp_path / "demo.duckdb", SUNDAY) as desk:
        hours = {
            upcast(event.kind, event.body_version, event.body).happened_at.astimezone(desk.zone).hour
            for event in desk.logbook.events()
            if event.kind == "refilled" and event.event_id.startswith("demo-")
        }
        assert min(hours) >= 8
        assert max(hours) < 17


def test_the_mark_is_in_the_pattern_file() -> None:
    assert any(patient["serial"] == "DEMO1001" for patient in read_demo_files().regulars)
