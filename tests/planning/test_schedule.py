"""The proposed schedule: what it never does, what it always says, and that no other plan is cheaper."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.clinic_days import ClinicCalendar
from pumplog.planning import Need, Schedule, propose
from pumplog.state import ClinicDays
from tests.planning.clinic_of_needs import DAY, TODAY, big_clinic, calendar, need

dues = st.one_of(st.none(), st.integers(-3, 40), st.integers(190, 220))
booked = st.one_of(st.none(), st.none(), st.integers(0, 45))
flows = st.integers(0, 600).map(lambda one: Fraction(one, 1000))


@dataclass
class Told:
    """Pumps, the room of a day, and a closure, in few words for whoever reads a failure."""

    needs: list[Need]
    room_count: int
    closed: tuple[int, int]

    def days(self) -> ClinicCalendar:
        return calendar(self.room_count, self.closed)


@st.composite
def clinics(draw: st.DrawFn) -> Told:
    """Up to a dozen pumps, some booked, some red, in a clinic with little room and a closure."""
    told = draw(st.lists(st.tuples(dues, booked, flows, st.integers(0, 3)), max_size=12))
    needs = []
    for rank, (due, on, flow, harm) in enumerate(told):
        one = need(f"pump {rank}", due, rank=rank, harm_rank=harm)
        assert one.left is not None
        left = replace(one.left, flow_ml_per_day=flow)
        needs.append(replace(one, left=left, booked_on=None if on is None else TODAY + on * DAY))
    first, length = draw(st.integers(0, 30)), draw(st.integers(0, 14))
    return Told(needs, draw(st.integers(1, 3)), (first, first + length))


def dates_of(plan: Schedule) -> dict[str, date]:
    return {one.need.pump_id: one.on for one in plan.proposals}


@given(clinics())
@settings(max_examples=60)
def test_nobody_is_proposed_after_refill_by_nor_on_a_closed_day_nor_over_the_room(
    clinic: Told,
) -> None:
    needs, days = clinic.needs, clinic.days()
    plan = propose(needs, days, TODAY)
    stand = Counter(one.booked_on for one in needs if one.booked_on is not None)
    proposed = Counter(one.on for one in plan.proposals)
    for one in plan.proposals:
        assert days.is_open(one.on)
        assert TODAY <= one.on <= plan.last_on
        assert one.need.urgent or (one.need.refill_by is not None and one.on <= one.need.refill_by)
    assert all(count + stand[day] <= days.capacity(day) for day, count in proposed.items())


@given(clinics())
@settings(max_examples=60)
def test_every_pump_is_placed_or_named_and_only_once(clinic: Told) -> None:
    needs, days = clinic.needs, clinic.days()
    plan = propose(needs, days, TODAY)
    named = [one.need.pump_id for part in (plan.proposals, plan.kept, plan.not_fitting, plan.later) for one in part]
    assert Counter(named) == Counter(one.pump_id for one in needs)
    assert all(one.because for part in (plan.proposals, plan.not_fitting, plan.later) for one in part)


@given(clinics())
@settings(max_examples=60)
def test_a_booking_in_time_on_an_open_day_is_kept(clinic: Told) -> None:
    needs, days = clinic.needs, clinic.days()
    kept = {one.need.pump_id: one.on for one in propose(needs, days, TODAY).kept}
    for one in needs:
        if one.urgent or one.booked_on is None or one.refill_by is None:
            continue
        good = one.booked_on <= one.refill_by and days.is_open(one.booked_on)
        assert (kept.get(one.pump_id) == one.booked_on) == good


def with_more_room(days: ClinicCalendar, more: dict[date, int], stand: Counter[date]) -> ClinicCalendar:
    """The calendar once somebody has made that room: each day of a touched closure is said by itself."""
    touched = [one for one in days.said.closures if any(one.covers(day) for day in more)]
    span = [TODAY + number * DAY for number in range(60)]
    shut = {day: 0 for day in span if any(one.covers(day) for one in touched)}
    opened = {day: count + (days.capacity(day) if days.is_open(day) else stand[day]) for day, count in more.items()}
    closures = tuple(one for one in days.said.closures if one not in touched)
    return ClinicCalendar(days.reference, ClinicDays(closures, {**shut, **opened}))


@given(clinics())
@settings(max_examples=60)
def test_the_room_that_is_asked_for_lets_everybody_in(clinic: Told) -> None:
    needs, days = clinic.needs, clinic.days()
    plan = propose(needs, days, TODAY)
    more = {one.on: one.visits_count for one in plan.room}
    missing = [one for one in plan.not_fitting if not one.need.urgent]
    assert bool(missing) <= bool(more)
    roomier = with_more_room(days, more, Counter(one.booked_on for one in needs if one.booked_on is not None))
    again = propose(needs, roomier, TODAY)
    assert [one for one in again.not_fitting if not one.need.urgent] == []


@given(clinics())
@settings(max_examples=40)
def test_the_same_needs_give_the_same_plan(clinic: Told) -> None:
    needs, days = clinic.needs, clinic.days()
    assert propose(needs, days, TODAY) == propose(list(needs), days, TODAY)


# --- no other plan is cheaper: every plan there is, tried one by one ---


def crowding(counts: Counter[date], days: ClinicCalendar, stand: Counter[date]) -> int:
    spread_ul = int(days.reference.policy.spread_ml.value * 1000)
    return sum(
        spread_ul * number // days.capacity(day)
        for day, count in counts.items()
        for number in range(stand[day], stand[day] + count)
    )


def cheapest_of_all(needs: Sequence[Need], days: ClinicCalendar, last: date) -> tuple[int, int, int]:
    """Not placed, the harm of those, and the cost [µL] of the best of every plan there could be."""
    open_days = [day for day in (TODAY + n * DAY for n in range((last - TODAY).days + 1)) if days.is_open(day)]
    choices = [[None, *(day for day in open_days if one.refill_by and day <= one.refill_by)] for one in needs]
    best: tuple[int, int, int] | None = None
    for plan in product(*choices):
        counts = Counter(day for day in plan if day is not None)
        if any(count > days.capacity(day) for day, count in counts.items()):
            continue
        left_out = [one for one, day in zip(needs, plan, strict=True) if day is None]
        left = 0
        for one, day in zip(needs, plan, strict=True):
            if day is not None and one.left is not None:
                left += int(one.left.on_ml(day) * 1000)
        found = (
            len(left_out),
            sum(4 - one.harm_rank for one in left_out),
            left + crowding(counts, days, Counter()),
        )
        best = found if best is None or found < best else best
    assert best is not None
    return best


@given(
    st.lists(st.tuples(st.integers(0, 7), flows, st.integers(0, 3)), min_size=1, max_size=4),
    st.integers(1, 2),
    st.sampled_from(["0", "1", "5"]),
)
@settings(max_examples=60)
def test_of_every_plan_there_is_none_places_more_or_costs_less(
    told: list[tuple[int, Fraction, int]], room_count: int, spread: str
) -> None:
    needs = []
    for rank, (due, flow, harm) in enumerate(told):
        one = need(f"pump {rank}", due, rank=rank, harm_rank=harm)
        assert one.left is not None
        needs.append(replace(one, left=replace(one.left, flow_ml_per_day=flow)))
    days = calendar(room_count, (2, 3), spread=spread)
    plan = propose(needs, days, TODAY, weeks_count=2)
    unplaced, harm, cost_ul = cheapest_of_all(needs, days, TODAY + 8 * DAY)
    assert plan.cost.unplaced_count == unplaced
    assert sum(4 - one.need.harm_rank for one in plan.not_fitting) == harm
    assert plan.cost.total_ml * 1000 == cost_ul


# --- single facts ---


def test_the_red_pumps_go_first_the_worst_on_the_first_open_day() -> None:
    needs = [
        need("worst", -9, rank=0),
        need("bad", -1, rank=1),
        need("unknown", None, rank=2),
        need("calm", 1, rank=3),
    ]
    plan = propose(needs, calendar(2), TODAY)
    assert dates_of(plan) == {"worst": TODAY, "bad": TODAY, "unknown": TODAY + DAY, "calm": TODAY + DAY}
    assert [(one.on, one.visits_count, one.closed_because) for one in plan.room] == [(TODAY, 1, None)]


def test_a_red_pump_in_front_of_a_closure_goes_on_the_first_day_after_it() -> None:
    assert dates_of(propose([need("bad", -1)], calendar(1, (0, 9)), TODAY)) == {"bad": TODAY + 10 * DAY}


def test_least_drug_is_left_over_when_a_day_has_room_for_one() -> None:
    fast = need("fast", 1)
    slow = need("slow", 1, rank=1)
    assert fast.left is not None
    fast = replace(fast, left=replace(fast.left, flow_ml_per_day=Fraction(4, 5)))
    assert dates_of(propose([fast, slow], calendar(1), TODAY)) == {"slow": TODAY, "fast": TODAY + DAY}


def test_a_crowded_day_gives_way_to_an_empty_one_unless_that_wastes_more() -> None:
    needs = [need(f"pump {rank}", 1, rank=rank) for rank in range(4)]
    spread = Counter(dates_of(propose(needs, calendar(4, spread="4"), TODAY)).values())
    assert spread == {TODAY: 2, TODAY + DAY: 2}
    together = Counter(dates_of(propose(needs, calendar(4, spread="0"), TODAY)).values())
    assert together == {TODAY + DAY: 4}


def test_who_does_not_fit_is_named_with_what_would_make_room() -> None:
    needs = [need(f"pump {rank}", 1, rank=rank, harm_rank=rank) for rank in range(3)]
    plan = propose(needs, calendar(1), TODAY)
    (left_out,) = plan.not_fitting
    assert left_out.need.pump_id == "pump 2", "the one whose drug does least harm"
    assert left_out.because == "every open day before its refill-by date is full"
    assert left_out.first_free_on == TODAY + 2 * DAY
    assert sum(one.visits_count for one in plan.room) == 1
    assert all(one.closed_because is None for one in plan.room)


def test_without_an_open_day_the_closure_that_stands_in_the_way_is_named() -> None:
    plan = propose([need("caught", 3)], calendar(1, (0, 11)), TODAY)
    (left_out,) = plan.not_fitting
    assert left_out.because == "no open day lies before its refill-by date"
    assert left_out.first_free_on == TODAY + 14 * DAY
    (room,) = plan.room
    assert room.closed_because == "closed: away"
    assert TODAY <= room.on <= TODAY + 3 * DAY


def test_a_booking_after_refill_by_stands_in_the_count_and_an_earlier_day_is_proposed() -> None:
    late = need("late", 3, booked_on=TODAY + 7 * DAY)
    plan = propose([late, need("other", 7, rank=1)], calendar(1), TODAY)
    assert plan.proposals[0].because == "the booking stands after refill-by or on a closed day"
    assert dates_of(plan)["late"] <= TODAY + 3 * DAY
    assert dates_of(plan)["other"] < TODAY + 7 * DAY


def test_a_plan_costs_no_less_than_its_bound_and_no_more_than_first_come() -> None:
    needs = big_clinic(300)
    plan = propose(needs, calendar(6), TODAY)
    assert plan.cost.unplaced_count <= plan.first_come.unplaced_count
    assert plan.bound_ml <= plan.cost.total_ml
    if plan.cost.unplaced_count == plan.first_come.unplaced_count:
        assert plan.cost.total_ml <= plan.first_come.total_ml


def test_progress_is_told_from_the_first_step_to_the_last() -> None:
    told: list[int] = []
    propose(big_clinic(20), calendar(2), TODAY, progress=lambda percent, _: told.append(percent))
    assert told == sorted(told)
    assert told[-1] == 100


@pytest.mark.parametrize("weeks_count", [1, 4])
def test_who_is_due_after_the_weeks_planned_is_named_as_later(weeks_count: int) -> None:
    plan = propose([need("later", 40)], calendar(1), TODAY, weeks_count=weeks_count)
    assert [one.need.pump_id for one in plan.later] == ["later"]
    assert plan.proposals == ()


def test_an_empty_clinic_has_an_empty_plan() -> None:
    plan = propose([], calendar(1), TODAY)
    assert (plan.proposals, plan.not_fitting, plan.room) == ((), (), ())
