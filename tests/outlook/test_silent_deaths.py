"""How an overdue flag dies silently, and that it cannot here: the desk over a real log, asked day by day.

Each death is named after what once happened elsewhere. Its fact is told by a function that a test runs as it is,
and once more with each defect put back: then the fact must not hold any more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from pumplog.desk import Desk, Story
from pumplog.outlook import Outlook, StabilityLimit, Tier, outlook, projected_tier
from pumplog.outlook.projection import stability_limit
from pumplog.reference import Reference
from pumplog.state import PumpState, Standing
from pumplog.state.folding import Folding

TODAY = date(2026, 6, 1)
DAYS_TO_REFILL_BY, DAYS_TO_ALARM, DAYS_TO_EMPTY = 113, 120, 133  # 20 mL of 2,000 mcg/mL at 300 mcg/day
DUE_SOON_DAYS = 14


@dataclass
class Clinic:
    """A clinic whose clock is set by hand: recording goes by the day, looking by another."""

    folder: Path
    today: date = TODAY

    def now(self) -> datetime:
        return datetime.combine(self.today, time(12), tzinfo=UTC)

    @contextmanager
    def desk(self, on: date | None = None) -> Iterator[Desk]:
        """The desk, opened anew, as on a morning after the server was off."""
        self.today = on or self.today
        with Desk.open(self.folder / "clinic.duckdb", now=self.now) as desk:
            yield desk


def day_of(days_ago: int) -> date:
    return TODAY - timedelta(days=days_ago)


def say(desk: Desk, kind: str, serial: str, on: date, **fields: Any) -> None:
    entry = desk.read_entry({"kind": kind, "pump_serial": serial, "happened_at": on.isoformat(), **fields})
    desk.record(entry, by="M. Keller", seen=desk.seen_of(entry), event_id=f"{kind} {serial} {on}")


def register(desk: Desk, serial: str, on: date = date(2015, 1, 5), **pump: Any) -> None:
    known = {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2", **pump}
    say(desk, "registered", serial, on, patient={"patient_id": f"P-{serial}", "name": "Example"}, pump=known)


def refill(desk: Desk, serial: str, on: date, drug: str = "baclofen", **fields: Any) -> None:
    said: dict[str, Any] = {
        "fluid": [{"drug": drug, "concentration_mcg_per_ml": "2000"}],
        "volume_after_fill_ml": "20",
        "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
        "pump_running": True,
        "confirmed": {"beyond_use_missing": "the pharmacy will send it"},
    }
    say(desk, "refilled", serial, on, **{**said, **fields})


def filled(desk: Desk, serial: str, days_ago: int, **fields: Any) -> None:
    register(desk, serial)
    refill(desk, serial, day_of(days_ago), **fields)


def tiers(desk: Desk, on: date | None = None) -> dict[str, Tier]:
    board = desk.board(on)
    found = {row.pump_serial: row.tier for row in board.rows}
    assert len(found) == len(board.rows), "a pump is on the board once"
    assert sum(board.counts.values()) == len(board.rows)
    return found


# --- 1. Dead branch: the top tier was compared with something undefined and never fired ---

A_PUMP_IN_EACH_TIER = {
    Tier.EXPECTED_EMPTY: DAYS_TO_EMPTY,
    Tier.PAST_ALARM: DAYS_TO_ALARM,
    Tier.OVERDUE: DAYS_TO_REFILL_BY + 1,
    Tier.DUE_SOON: DAYS_TO_REFILL_BY - DUE_SOON_DAYS,
    Tier.ON_TRACK: DAYS_TO_REFILL_BY - DUE_SOON_DAYS - 1,
}


def every_tier_fires(clinic: Clinic) -> None:
    with clinic.desk() as desk:
        for tier, days_ago in A_PUMP_IN_EACH_TIER.items():
            filled(desk, tier.name, days_ago)
        filled(desk, "STOPPED", 3, programme={"mode": "stopped"})
        for code in ("EMPTY_RESERVOIR", "LOW_RESERVOIR", "MOTOR_STALL"):
            filled(desk, code, 3)
            say(desk, "alarm_heard", code, day_of(1), alarm=code)
        found = tiers(desk)
        counts = desk.board().counts
    expected = {tier.name: tier for tier in A_PUMP_IN_EACH_TIER} | {
        "STOPPED": Tier.CANNOT_PROJECT,
        "EMPTY_RESERVOIR": Tier.EXPECTED_EMPTY,
        "LOW_RESERVOIR": Tier.PAST_ALARM,
        "MOTOR_STALL": Tier.CANNOT_PROJECT,
    }
    assert found == expected
    assert [tier for tier in Tier if not counts[tier]] == []


# --- 2. Edge-triggered: it fired in the one hour, and the server was asleep ---


def red_whenever_somebody_looks(clinic: Clinic) -> None:
    with clinic.desk(day_of(0)) as desk:
        filled(desk, "NG1", 0)
    expected = {
        DAYS_TO_REFILL_BY: Tier.DUE_SOON,
        DAYS_TO_REFILL_BY + 2: Tier.OVERDUE,
        DAYS_TO_ALARM + 2: Tier.PAST_ALARM,
        DAYS_TO_EMPTY + 2: Tier.EXPECTED_EMPTY,
        DAYS_TO_EMPTY + 400: Tier.EXPECTED_EMPTY,
    }
    for days, tier in expected.items():
        with clinic.desk(TODAY + timedelta(days=days)) as desk:
            assert tiers(desk) == {"NG1": tier}, f"first looked at after {days} days"


# --- 3. Self-clearing: a reminder that was past due moved itself forward ---


def only_care_moves_the_date(clinic: Clinic) -> None:
    with clinic.desk() as desk:
        filled(desk, "NG1", 90)
        filled(desk, "BOOKED", 90, next_visit_on=(TODAY + timedelta(days=300)).isoformat())
        was = {row.pump_serial: row.refill_by for row in desk.board().rows}
        worst_so_far = dict.fromkeys(was, Tier.ON_TRACK.rank)
        for ahead in range(0, 500, 7):
            for row in desk.board(TODAY + timedelta(days=ahead)).rows:
                assert row.refill_by == was[row.pump_serial]
                assert row.tier.rank <= worst_so_far[row.pump_serial]
                worst_so_far[row.pump_serial] = row.tier.rank
        assert set(worst_so_far.values()) == {Tier.EXPECTED_EMPTY.rank}
    with clinic.desk(TODAY + timedelta(days=200)) as desk:
        say(desk, "alarm_heard", "NG1", clinic.today, alarm="LOW_RESERVOIR")
        say(
            desk,
            "alarm_closed",
            "NG1",
            clinic.today,
            alarm_event_id=f"alarm_heard NG1 {clinic.today}",
            found="heard by the patient",
            action="telephoned",
        )
        assert tiers(desk) == {"NG1": Tier.EXPECTED_EMPTY, "BOOKED": Tier.EXPECTED_EMPTY}
        refill(desk, "NG1", clinic.today)
        assert tiers(desk) == {"NG1": Tier.ON_TRACK, "BOOKED": Tier.EXPECTED_EMPTY}


# --- 4. Ageing out: dropped from the list after a year ---


def nothing_is_too_old_to_be_seen(clinic: Clinic) -> None:
    with clinic.desk() as desk:
        filled(desk, "NG1", 3 * 365)
        register(desk, "NEVER-FILLED", date(2015, 1, 5))
        filled(desk, "ALARM", 20)
        say(desk, "alarm_heard", "ALARM", day_of(19), alarm="MOTOR_STALL")
        expected = {
            "NG1": Tier.EXPECTED_EMPTY,
            "NEVER-FILLED": Tier.CANNOT_PROJECT,
            "ALARM": Tier.CANNOT_PROJECT,
        }
        assert tiers(desk) == expected
        later = TODAY + timedelta(days=10 * 365)
        assert tiers(desk, later) == {**expected, "ALARM": Tier.EXPECTED_EMPTY}
        assert all(row.tier.is_red for row in desk.board(later).rows)


# --- 5. Missing data is silence: a row without a next date was not listed ---


def a_pump_without_a_date_is_on_the_board(clinic: Clinic) -> None:
    with clinic.desk() as desk:
        register(desk, "NO-FILL")
        filled(desk, "NO-BEYOND-USE-DATE", 5, drug="clonidine")
        filled(desk, "STOPPED", 5, programme={"mode": "stopped"})
        filled(desk, "NOT-RUNNING", 5, pump_running=False, confirmed={"not_running": "left stopped for a scan"})
        filled(desk, "FINE", 5)
        rows = {row.pump_serial: row for row in desk.board().rows}
    assert {serial: row.tier for serial, row in rows.items() if serial != "FINE"} == dict.fromkeys(
        ("NO-FILL", "NO-BEYOND-USE-DATE", "STOPPED", "NOT-RUNNING"), Tier.CANNOT_PROJECT
    )
    assert [serial for serial, row in rows.items() if row.tier is Tier.CANNOT_PROJECT and not row.reasons] == []


# --- 6. Leak between subjects: one item's threshold was used for the next ---

THEIR_OWN: dict[str, dict[str, Any]] = {
    "ALARM-AT-2": {},
    "ALARM-AT-4": {"alarm_volume_ml": "4"},
    "FIXED": {"model": "Codman 3000", "capacity_ml": "20", "alarm_volume_ml": "0", "has_alarm": False},
    "ZICONOTIDE": {},
}


def each_pump_goes_by_its_own(clinic: Clinic) -> None:
    shared: list[dict[str, tuple[Any, ...]]] = []
    alone: dict[str, tuple[Any, ...]] = {}
    for name, order in (("forth", list(THEIR_OWN)), ("back", list(reversed(THEIR_OWN)))):
        with Clinic(clinic.folder / name).desk() as desk:
            fill_all(desk, order)
            shared.append(dates_of(desk))
    for serial in THEIR_OWN:
        with Clinic(clinic.folder / serial).desk() as desk:
            fill_all(desk, [serial])
            alone |= dates_of(desk)
    assert len(set(alone.values())) == len(THEIR_OWN), "the pumps differ, so that a leak would show"
    assert alone["ALARM-AT-2"][1] == day_of(30) + timedelta(days=120)
    assert alone["ALARM-AT-4"][1] == day_of(30) + timedelta(days=106)
    assert shared == [alone, alone]


def fill_all(desk: Desk, serials: list[str]) -> None:
    for serial in serials:
        register(desk, serial, **THEIR_OWN[serial])
        drug = serial.lower() if serial == "ZICONOTIDE" else "baclofen"
        refill(desk, serial, day_of(30), drug=drug)


def dates_of(desk: Desk) -> dict[str, tuple[Any, ...]]:
    return {
        row.pump_serial: (row.tier, row.alarm_date, row.stability_date, row.refill_by, row.limited_by_says)
        for row in desk.board().rows
    }


# --- the boundary twin: the list said < and the page said <= ---


def the_list_and_the_page_say_the_same(clinic: Clinic) -> None:
    bounds = (DAYS_TO_REFILL_BY - DUE_SOON_DAYS, DAYS_TO_REFILL_BY, DAYS_TO_ALARM, DAYS_TO_EMPTY)
    with clinic.desk() as desk:
        filled(desk, "NG1", 0)
        for days in bounds:
            for on in (TODAY + timedelta(days=days + beside) for beside in (-1, 0, 1)):
                [row] = desk.board(on).rows
                assert desk.story("NG1", on).outlook.tier is row.tier, f"{on} by the list and by the page"
                assert desk.story("NG1", on).outlook == row


# --- the defects, put back ---

Fact = Callable[[Clinic], None]
PutBack = Callable[[pytest.MonkeyPatch], None]
REAL_ROW = Desk._row
REAL_STORY = Desk.story_of
REAL_START = Desk.__init__
REAL_ALARM_VOLUME = Folding._alarm_volume_ml


def tier_instead(change: Callable[..., Tier]) -> PutBack:
    return lambda patch: patch.setattr("pumplog.outlook.board.projected_tier", change)


def never_reaches(dead: str) -> PutBack:
    """The branch that compares this date is dead."""

    def change(today: date, **known: Any) -> Tier:
        missing = {dead: TODAY + timedelta(days=9999)} if dead != "refused" else {}
        tier = projected_tier(today, **{**known, **missing})
        return Tier.ON_TRACK if dead == "refused" and tier is Tier.CANNOT_PROJECT else tier

    return tier_instead(change)


def alarms_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("pumplog.outlook.board.alarmed_tier", lambda *_codes, **_running: Tier.ON_TRACK)


def fires_on_the_day_alone(patch: pytest.MonkeyPatch) -> None:
    def change(today: date, **known: Any) -> Tier:
        for name, tier in (("empty_date", Tier.EXPECTED_EMPTY), ("alarm_date", Tier.PAST_ALARM)):
            if known[name] == today:
                return tier
        return Tier.DUE_SOON

    tier_instead(change)(patch)


def rows_instead(change: Callable[[Outlook], Outlook]) -> PutBack:
    def worked_out(state: PumpState, reference: Reference, today: date, **how: Any) -> Outlook:
        return change(outlook(state, reference, today, **how))

    return lambda patch: patch.setattr("pumplog.desk.reading.outlook", worked_out)


def moves_itself_forward(row: Outlook) -> Outlook:
    if row.refill_by is None or row.refill_by >= row.today:
        return row
    return replace(row, refill_by=row.refill_by + timedelta(days=90), tier=Tier.ON_TRACK)


def a_booking_calms(row: Outlook) -> Outlook:
    return replace(row, tier=Tier.ON_TRACK) if row.next_visit_on else row


def closing_an_alarm_calms(patch: pytest.MonkeyPatch) -> None:
    def worked_out(state: PumpState, reference: Reference, today: date, **how: Any) -> Outlook:
        row = outlook(state, reference, today, **how)
        calmed = any(line.said.entry.kind == "alarm_closed" for line in state.log)
        return replace(row, tier=Tier.ON_TRACK) if calmed else row

    patch.setattr("pumplog.desk.reading.outlook", worked_out)


def rows_left_out(unwanted: Callable[[Outlook], bool]) -> PutBack:
    def found(desk: Desk, pump_id: str, day: date) -> Outlook | None:
        row = REAL_ROW(desk, pump_id, day)
        return None if row is None or unwanted(row) else row

    return lambda patch: patch.setattr(Desk, "_row", found)


def is_a_year_old(row: Outlook) -> bool:
    return row.last_fill_on is not None and (row.today - row.last_fill_on).days > 365


def has_no_date(row: Outlook) -> bool:
    return row.refill_by is None


def has_no_reasons(patch: pytest.MonkeyPatch) -> None:
    rows_instead(lambda row: replace(row, reasons=()))(patch)


def kept_while_the_desk_is_open(patch: pytest.MonkeyPatch) -> list[Any]:
    """What a careless desk keeps from one pump to the next."""
    kept: list[Any] = []

    def start(desk: Desk, *given: Any, **named: Any) -> None:
        kept.clear()
        REAL_START(desk, *given, **named)

    patch.setattr(Desk, "__init__", start)
    return kept


def the_first_limit_serves_all(patch: pytest.MonkeyPatch) -> None:
    kept = kept_while_the_desk_is_open(patch)

    def limit(standing: Standing, reference: Reference) -> StabilityLimit:
        kept.append(stability_limit(standing, reference))
        return cast(StabilityLimit, kept[0])

    patch.setattr("pumplog.outlook.projection.stability_limit", limit)


def the_first_alarm_volume_serves_all(patch: pytest.MonkeyPatch) -> None:
    kept = kept_while_the_desk_is_open(patch)

    def volume(folding: Folding, *given: Any, **named: Any) -> Decimal:
        kept.append(REAL_ALARM_VOLUME(folding, *given, **named))
        return cast(Decimal, kept[0])

    patch.setattr(Folding, "_alarm_volume_ml", volume)


def the_page_compares_by_itself(patch: pytest.MonkeyPatch) -> None:
    """The page says `<` where the list says `<=`: it is one day behind."""

    def told(desk: Desk, pump_id: str, on: date | None = None) -> Story:
        story = REAL_STORY(desk, pump_id, on)
        day_before = outlook(story.state, desk.reference, story.on - timedelta(days=1), calendar=desk.calendar())
        return replace(story, outlook=replace(story.outlook, tier=day_before.tier))

    patch.setattr(Desk, "story_of", told)


DEFECTS: dict[Fact, dict[str, PutBack]] = {
    every_tier_fires: {
        "the empty date is never reached": never_reaches("empty_date"),
        "the alarm date is never reached": never_reaches("alarm_date"),
        "the refill-by date is never reached": never_reaches("refill_by"),
        "a refusal is fine": never_reaches("refused"),
        "alarms are not looked at": alarms_are_not_looked_at,
    },
    red_whenever_somebody_looks: {"it fires on the day alone": fires_on_the_day_alone},
    only_care_moves_the_date: {
        "a date that passed moves itself forward": rows_instead(moves_itself_forward),
        "a booking calms": rows_instead(a_booking_calms),
        "closing an alarm calms": closing_an_alarm_calms,
    },
    nothing_is_too_old_to_be_seen: {"a year is the end": rows_left_out(is_a_year_old)},
    a_pump_without_a_date_is_on_the_board: {
        "a row without a date is left out": rows_left_out(has_no_date),
        "a row without a date is fine": never_reaches("refused"),
        "nobody says why": has_no_reasons,
    },
    each_pump_goes_by_its_own: {
        "the first drug's limit serves all": the_first_limit_serves_all,
        "the first pump's alarm volume serves all": the_first_alarm_volume_serves_all,
    },
    the_list_and_the_page_say_the_same: {"the page compares by itself": the_page_compares_by_itself},
}


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


def test_dead_branch(clinic: Clinic) -> None:
    every_tier_fires(clinic)


def test_edge_triggered(clinic: Clinic) -> None:
    red_whenever_somebody_looks(clinic)


def test_self_clearing(clinic: Clinic) -> None:
    only_care_moves_the_date(clinic)


def test_ageing_out(clinic: Clinic) -> None:
    nothing_is_too_old_to_be_seen(clinic)


def test_missing_data_is_silence(clinic: Clinic) -> None:
    a_pump_without_a_date_is_on_the_board(clinic)


def test_leak_between_subjects(clinic: Clinic) -> None:
    each_pump_goes_by_its_own(clinic)


def test_boundary_twin(clinic: Clinic) -> None:
    the_list_and_the_page_say_the_same(clinic)


@pytest.mark.parametrize(
    ("fact", "defect"),
    [
        pytest.param(fact, defect, id=f"{fact.__name__}-{name}")
        for fact, defects in DEFECTS.items()
        for name, defect in defects.items()
    ],
)
def test_a_defect_that_is_put_back_is_found(
    fact: Fact, defect: PutBack, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    defect(monkeypatch)
    with pytest.raises(AssertionError):
        fact(clinic)
