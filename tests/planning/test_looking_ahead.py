"""A closure tried out, another dose tried out, what to order: at the desk of a clinic of a few pumps."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pumplog.errors import CalculationRefused, EntryRefused
from pumplog.exports.ordering import ORDER_COLUMNS, order_csv
from pumplog.planning import OrderLine, Tried
from tests.stories.clinic import SERIAL, Clinic, Opened

DAY = timedelta(days=1)
REFILL_BY, ALARM, EMPTY = date(2026, 4, 28), date(2026, 5, 5), date(2026, 5, 18)
"""Of the ordinary pump: case D1 of the worked cases."""


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    opened.at(date(2026, 3, 2))
    return opened


# --- a closure ---


@pytest.mark.parametrize(
    ("first", "last", "passes"),
    [
        (REFILL_BY - 9 * DAY, REFILL_BY - DAY, None),
        (REFILL_BY - 9 * DAY, REFILL_BY, "refill_by"),
        (REFILL_BY, REFILL_BY, "refill_by"),
        (REFILL_BY + DAY, ALARM - DAY, None),
        (REFILL_BY + DAY, ALARM, "alarm"),
        (REFILL_BY, ALARM, "alarm"),
        (ALARM + DAY, EMPTY, "empty"),
        (REFILL_BY, EMPTY, "empty"),
        (EMPTY + DAY, EMPTY + 20 * DAY, None),
    ],
)
def test_a_pump_is_caught_by_the_worst_that_would_happen_in_the_closure(
    opened: Opened, first: date, last: date, passes: str | None
) -> None:
    caught = opened.desk.try_closure(first, last).caught
    assert [one.passes for one in caught] == ([passes] if passes else [])


def test_the_closed_days_behind_a_closure_belong_to_it(opened: Opened) -> None:
    friday = date(2026, 4, 24)
    closing = opened.desk.try_closure(date(2026, 4, 20), friday)
    assert closing.opens_on == date(2026, 4, 27)
    assert closing.caught == ()
    (caught,) = opened.desk.try_closure(date(2026, 4, 20), REFILL_BY - DAY + 2 * DAY).caught
    assert caught.passes == "refill_by"


def test_each_pump_caught_has_its_last_safe_day_or_is_told_that_there_is_none(opened: Opened) -> None:
    (caught,) = opened.desk.try_closure(date(2026, 4, 27), date(2026, 5, 1)).caught
    assert caught.last_safe.on == date(2026, 4, 24)
    (too_late,) = opened.desk.try_closure(date(2026, 3, 2), date(2026, 5, 1)).caught
    assert too_late.last_safe.on is None
    assert "No open day from today to refill-by" in too_late.last_safe.says


def test_a_pump_without_dates_is_caught_by_every_closure_and_the_empty_one_comes_first(opened: Opened) -> None:
    opened.register("NGX200002")
    opened.at(date(2026, 3, 2))
    caught = opened.desk.try_closure(REFILL_BY, EMPTY).caught
    assert [(one.row.pump_serial, one.passes) for one in caught] == [(SERIAL, "empty"), ("NGX200002", "unknown")]


def test_every_visit_booked_in_the_closure_is_caught_also_a_second_one_and_one_typed_at_the_refill(
    opened: Opened,
) -> None:
    opened.say("refilled", "2026-03-02T13:00Z", next_visit_on="2026-04-01")
    typed = opened.desk.try_closure(date(2026, 4, 1), date(2026, 4, 1)).caught
    assert [one.passes for one in typed] == ["booked"]
    opened.say("booked", "2026-03-02T14:00Z", booking={"visit_on": "2026-04-15"}, event="second")
    second = opened.desk.try_closure(date(2026, 4, 13), date(2026, 4, 17)).caught
    assert [one.passes for one in second] == ["booked"]
    opened.say("booking_changed", "2026-03-02T15:00Z", booking_event_id="second", change="cancelled")
    assert opened.desk.try_closure(date(2026, 4, 13), date(2026, 4, 17)).caught == ()


def test_plan_order_board_and_closure_go_by_the_same_bookings(opened: Opened) -> None:
    opened.say("refilled", "2026-03-02T13:00Z", next_visit_on="2026-03-12", event="typed")
    board = opened.desk.board()
    assert [row.next_visit_on for row in board.rows] == [date(2026, 3, 12)]
    assert [kept.on for kept in opened.desk.plan().schedule.kept] == [date(2026, 3, 12)]
    assert [line.visits_count for line in opened.desk.order()] == [1]
    moved_to = {"visit_on": "2026-03-31"}
    opened.say("booking_changed", "2026-03-02T14:00Z", booking_event_id="typed", change="moved", booking=moved_to)
    assert [row.next_visit_on for row in opened.desk.board().rows] == [date(2026, 3, 31)]
    assert [kept.on for kept in opened.desk.plan().schedule.kept] == [date(2026, 3, 31)]
    assert opened.desk.order() == []
    assert opened.desk.try_closure(date(2026, 3, 31), date(2026, 3, 31)).caught[0].passes == "booked"


def test_looking_at_a_closure_writes_nothing_and_days_in_the_wrong_order_are_refused(opened: Opened) -> None:
    head = opened.head()
    opened.desk.try_closure(REFILL_BY, EMPTY)
    assert opened.head() == head
    assert opened.desk.calendar().said.closures == ()
    with pytest.raises(EntryRefused, match="before its first"):
        opened.desk.try_closure(EMPTY, REFILL_BY)


# --- another dose ---


def test_a_higher_dose_gives_earlier_dates_and_writes_nothing(opened: Opened) -> None:
    head, pump_id = opened.head(), opened.desk.pump_id(SERIAL)
    found = opened.desk.what_if(pump_id, Tried(dose_mcg_per_day=Decimal(400)))
    assert found.today.refill_by == REFILL_BY
    assert found.tried.refill_by is not None
    assert found.tried.refill_by < REFILL_BY
    assert "As if reprogrammed now" in found.says
    assert found.tried.projection.explain() is not None
    assert opened.head() == head
    assert opened.desk.story(SERIAL).outlook.refill_by == REFILL_BY


def test_nothing_tried_gives_the_dates_that_stand_or_rounds_them_to_the_day_before(opened: Opened) -> None:
    found = opened.desk.what_if(opened.desk.pump_id(SERIAL), Tried())
    assert found.tried.alarm_date in (ALARM, ALARM - DAY)
    assert found.tried.empty_date in (EMPTY, EMPTY - DAY)


def test_another_concentration_is_tried_as_if_refilled_now(opened: Opened) -> None:
    found = opened.desk.what_if(opened.desk.pump_id(SERIAL), Tried(concentration_mcg_per_ml=Decimal(1000)))
    assert found.says == "As if refilled now"
    assert found.tried.alarm_date == date(2026, 3, 2) + 60 * DAY  # (20 − 2) mL × 1,000 mcg/mL ÷ 300 mcg/day
    assert found.tried.fluid_says == "baclofen 1,000 mcg/mL"


def test_a_higher_alarm_volume_gives_no_later_date(opened: Opened) -> None:
    found = opened.desk.what_if(opened.desk.pump_id(SERIAL), Tried(alarm_volume_ml=Decimal(4)))
    assert found.tried.alarm_date is not None
    assert found.tried.alarm_date < ALARM
    assert found.tried.empty_date == EMPTY


def test_what_cannot_be_tried_is_refused_in_words(opened: Opened) -> None:
    pump_id = opened.desk.pump_id(SERIAL)
    with pytest.raises(CalculationRefused, match="holds 20 mL"):
        opened.desk.what_if(pump_id, Tried(volume_ml=Decimal(21)))
    opened.register("NGX200002")
    with pytest.raises(CalculationRefused, match="record its fill first"):
        opened.desk.what_if(opened.desk.pump_id("NGX200002"), Tried(dose_mcg_per_day=Decimal(1)))


# --- what to order ---


def test_what_is_due_in_the_coming_days_is_ordered_by_drug_and_reservoir(opened: Opened) -> None:
    assert opened.desk.order() == []
    opened.at(REFILL_BY - 13 * DAY)
    assert opened.desk.order() == [OrderLine("baclofen 2,000 mcg/mL", Decimal(20), 1, Decimal(20))]
    opened.at(REFILL_BY - 14 * DAY)
    assert opened.desk.order() == []


def test_who_is_late_or_of_whom_nothing_is_known_is_counted(opened: Opened) -> None:
    opened.register("NGX200002")
    opened.at(EMPTY + 30 * DAY)
    lines = opened.desk.order()
    assert [(line.fluid_says, line.visits_count) for line in lines] == [
        ("baclofen 2,000 mcg/mL", 1),
        ("drug not on record: ask before ordering", 1),
    ]


def test_the_file_holds_no_formula_and_no_patient() -> None:
    lines = [
        OrderLine('=HYPERLINK("x")', None, 2, None),
        OrderLine("baclofen 500 mcg/mL", Decimal(40), 3, Decimal(120)),
    ]
    rows = list(csv.reader(io.StringIO(order_csv(lines))))
    assert rows == [
        list(ORDER_COLUMNS),
        ['\'=HYPERLINK("x")', "", "2", "", "2"],
        ["baclofen 500 mcg/mL", "40", "3", "120", "3"],
    ]
