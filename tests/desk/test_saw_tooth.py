"""The saw-tooth shows what was in the reservoir: never a line above the true level."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from pumplog.desk import Desk, Level, Story
from pumplog.entries import read_entry

FILLED_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A pump of case D1: 20 mL at 0.15 mL/day, empty after 133 and a third days."""
    desk = Desk.open(tmp_path / "clinic.duckdb", now=lambda: datetime(2026, 9, 1, 12, tzinfo=UTC))
    registered = {
        "kind": "registered",
        "pump_serial": "NG1",
        "happened_at": "2026-01-05T11:00Z",
        "patient": {"patient_id": "1", "name": "Invented, Name"},
        "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"},
    }
    refilled = {
        "kind": "refilled",
        "pump_serial": "NG1",
        "happened_at": "2026-01-05T12:00Z",
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
        "volume_after_fill_ml": "20",
        "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
        "pump_running": True,
    }
    for said in (registered, refilled):
        entry = read_entry(said)
        desk.record(entry, by="M. Keller", seen=desk.seen_of(entry))
    return desk


def part(story: Story, name: str) -> list[Level]:
    return [level for level in story.levels if level.part == name]


def test_a_pump_past_empty_reaches_0_ml_on_the_day_it_ran_dry_and_stays_there(desk: Desk) -> None:
    expected = part(desk.story("NG1"), "expected")
    assert [level.volume_ml for level in expected] == [20, 0, 0]
    assert expected[1].at == FILLED_AT + timedelta(days=133, hours=8)


def test_each_end_of_the_band_is_empty_on_its_own_day(desk: Desk) -> None:
    story = desk.story("NG1", date(2026, 2, 1))
    early, late = part(story, "early")[-1], part(story, "late")[-1]
    assert max(early.volume_ml, late.volume_ml) < Fraction(1, 1_000_000)
    assert (early.at.date(), late.at.date()) == (date(2026, 5, 1), date(2026, 6, 11))


def test_looking_back_the_projection_starts_on_that_day(desk: Desk) -> None:
    story = desk.story("NG1", date(2026, 2, 1))
    assert part(story, "expected")[-1].at.date() == date(2026, 2, 1)
    assert part(story, "projected")[0].at.date() == date(2026, 2, 1)
    assert part(story, "projected")[0].volume_ml == pytest.approx(
        Fraction(20) - Fraction(3, 20) * Fraction(55, 2), abs=1e-4
    )


def test_a_retired_pump_is_drawn_to_its_retirement_and_not_projected(desk: Desk) -> None:
    retired = {"kind": "retired", "pump_serial": "NG1", "happened_at": "2026-03-01T12:00Z", "reason": "explanted"}
    entry = read_entry(retired)
    desk.record(entry, by="M. Keller", seen=desk.seen_of(entry))
    story = desk.story("NG1")
    assert part(story, "expected")[-1].at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert part(story, "projected") == []


def refill(desk: Desk, at: str, **fields: str) -> None:
    said = {
        "kind": "refilled",
        "pump_serial": "NG1",
        "happened_at": at,
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
        "volume_after_fill_ml": "20",
        "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
        "pump_running": True,
        **fields,
    }
    entry = read_entry(said)
    desk.record(entry, by="M. Keller", seen=desk.seen_of(entry))


def test_the_band_is_drawn_over_what_is_past_too_on_either_side_of_the_expected_level(desk: Desk) -> None:
    refill(desk, "2026-03-06T12:00Z")
    story = desk.story("NG1")
    refilled_at = FILLED_AT + timedelta(days=60)
    taken = Fraction(3, 20) * 60
    for name, ratio in (("early", Fraction(115, 100)), ("late", Fraction(85, 100))):
        levels = [level.volume_ml for level in part(story, name) if level.at <= refilled_at]
        assert levels == [20, 20 - taken * ratio, 20]


def test_it_crosses_the_alarm_volume_and_empty_on_the_days_of_the_board_also_where_that_is_past(desk: Desk) -> None:
    story = desk.story("NG1", date(2026, 2, 1))
    (alarm,), (empty,) = part(story, "at alarm volume"), part(story, "at empty")
    assert (alarm.at.date(), alarm.volume_ml) == (story.outlook.alarm_date, Fraction(2))
    assert (empty.at.date(), empty.volume_ml) == (story.outlook.empty_date, Fraction(0))
    refill(desk, "2026-05-10T12:00Z")
    later = desk.story("NG1", date(2026, 5, 20))
    crossed = [level.at.date() for level in part(later, "at alarm volume")]
    assert crossed == [alarm.at.date(), date(2026, 9, 7)]
    assert [level.at.date() for level in part(later, "at empty")] == [date(2026, 9, 20)]


def test_a_refill_in_time_crosses_nothing(desk: Desk) -> None:
    refill(desk, "2026-03-06T12:00Z")
    story = desk.story("NG1", date(2026, 3, 10))
    assert [level.at.date() for level in part(story, "at alarm volume")] == [date(2026, 7, 4)]
