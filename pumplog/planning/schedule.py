"""A date for each pump: never after its refill-by date, on open days, within their room, with least drug left over.

Three steps, each before the next: the red pumps on the first open days, worst first; then as many of the others as
fit, those whose drug does the most harm before the rest; then the least cost. The cost is in mL: the drug left in
the pumps at their visits, which is thrown away, and house policy's price for crowding a day. It is counted in mL
since micrograms of different drugs cannot be added, and a mL is what leaves the cupboard.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from pumplog.clinic_days import ClinicCalendar
from pumplog.clinic_days.calendar import days_between
from pumplog.planning.flow import Choice, cheapest_days
from pumplog.planning.needs import MICROLITRES_IN_ML, Need
from pumplog.planning.open_days import OpenDays, open_days_of
from pumplog.planning.proposed import Cost, Kept, Proposal, Room, Schedule, Waiting

HORIZON_WEEKS: Final = 26
_HARM_RANKS_COUNT: Final = 4
_DEAREST_TO_OPEN: Final = 4
Progress = Callable[[int, str], None]


def propose(
    needs: Sequence[Need],
    calendar: ClinicCalendar,
    today: date,
    *,
    weeks_count: int = HORIZON_WEEKS,
    progress: Progress | None = None,
) -> Schedule:
    """Propose a date for each pump that has no good booking; bookings stand and count against the room.

    The same needs give the same plan.
    """
    tell = progress or _told_to_nobody
    last = today + timedelta(weeks=weeks_count)
    booked = Counter(one.booked_on for one in needs if one.booked_on is not None)
    booked.update(day for one in needs for day in one.also_booked_on)
    days = open_days_of(calendar, today, last, booked)
    kept, wanting, later = _sorted_out(needs, calendar, days, last)
    urgent = [one for one in wanting if one.urgent]
    others = [one for one in wanting if not one.urgent]
    tell(10, "The red pumps, worst first")
    first_places, days_then, pushed = _urgent_first(urgent, days)
    tell(20, f"{len(others):,} pumps on {len(days.days_on):,} open days")
    found = cheapest_days(
        _choices(others, days_then), [days_then.prices(place) for place in range(len(days.days_on))]
    )
    placed = {one.pump_id: place for one, place in zip(others, found, strict=True) if place is not None}
    left_out = [one for one in others if one.pump_id not in placed]
    tell(70, "What would make room")
    room = _room(others, left_out, len(urgent), pushed, days_then, calendar, today)
    tell(80, "What it costs, beside first come, first served")
    all_places = {**first_places, **placed}
    proposals = [
        _proposal(one, days.days_on[all_places[one.pump_id]]) for one in wanting if one.pump_id in all_places
    ]
    better, unmoved = _earlier_than_booked(proposals)
    seen_to = days_then.with_taken(Counter(placed.values()))
    schedule = Schedule(
        today=today,
        last_on=last,
        proposals=tuple(sorted(better, key=lambda one: (one.on, one.need.rank))),
        kept=(*kept, *unmoved),
        not_fitting=tuple(_left_out(one, seen_to) for one in [*left_out, *_never(urgent, first_places)]),
        later=tuple(later),
        room=room,
        cost=_cost(others, placed, days_then),
        bound_ml=_bound_ml([one for one in others if one.pump_id in placed], days_then),
        first_come=_first_come(others, days_then),
    )
    tell(100, "Done")
    return schedule


def _told_to_nobody(percent: int, doing: str) -> None:
    """Nobody waits."""


def _sorted_out(
    needs: Sequence[Need], calendar: ClinicCalendar, days: OpenDays, last: date
) -> tuple[list[Kept], list[Need], list[Waiting]]:
    """Whose booking stands, who wants a date, and whose refill is not due within the plan."""
    kept, wanting, later = [], [], []
    first_open = days.days_on[0] if days.days_on else None
    for one in needs:
        by = first_open if one.urgent else one.refill_by
        good = one.booked_on is not None and by is not None and one.booked_on <= by
        if one.booked_on is not None and good and calendar.is_open(one.booked_on):
            kept.append(Kept(one, one.booked_on))
        elif not one.urgent and one.refill_by is not None and one.refill_by > last:
            later.append(Waiting(one, "refill-by lies after the weeks planned"))
        else:
            wanting.append(one)
    return kept, wanting, later


def _urgent_first(urgent: Sequence[Need], days: OpenDays) -> tuple[dict[str, int], OpenDays, int]:
    """The red pumps on the first open days with room, worst first; how many the first open day could not take."""
    places: dict[str, int] = {}
    taken = list(days.taken_count)
    place = 0
    for one in sorted(urgent, key=lambda one: one.rank):
        while place < len(taken) and taken[place] >= days.capacity_count[place]:
            place += 1
        if place == len(taken):
            break
        places[one.pump_id] = place
        taken[place] += 1
    pushed = sum(place > 0 for place in places.values()) + len(urgent) - len(places)
    return places, replace(days, taken_count=tuple(taken)), pushed


def _choices(needs: Sequence[Need], days: OpenDays) -> list[Choice]:
    """What each pump may have and what that costs [µL]; not to be placed costs more than any plan could save."""
    in_time = [days.in_time(one) for one in needs]
    lefts = [
        _left_ul(one, [days.days_on[place] for place in places]) for one, places in zip(needs, in_time, strict=True)
    ]
    dearest = 1 + days.spread_ul + max((max(left, default=0) for left in lefts), default=0)
    harm_step = dearest * (len(needs) + 1)
    placed_first = harm_step * _HARM_RANKS_COUNT * (len(needs) + 1)
    return [
        Choice(places, left, placed_first + harm_step * (_HARM_RANKS_COUNT - one.harm_rank))
        for one, places, left in zip(needs, in_time, lefts, strict=True)
    ]


def _left_ul(need: Need, days: Sequence[date]) -> list[int]:
    return need.left.on_days(days) if need.left else [0] * len(days)


def _proposal(need: Need, on: date) -> Proposal:
    if need.urgent:
        because = "red on the board: the first open day with a free place"
    elif need.booked_on is not None:
        because = "the booking stands after refill-by or on a closed day"
    else:
        because = "nothing is booked"
    return Proposal(need, on, need.left.on_ml(on) if need.left else None, because)


def _earlier_than_booked(proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[Kept]]:
    """The proposals that are worth a call, and the bookings of red pumps that nothing earlier could replace."""
    better, unmoved = [], []
    for one in proposals:
        booked = one.need.booked_on
        if one.need.urgent and booked is not None and booked <= one.on:
            unmoved.append(Kept(one.need, booked))
        else:
            better.append(one)
    return better, unmoved


def _never(urgent: Sequence[Need], places: Mapping[str, int]) -> list[Need]:
    return [one for one in urgent if one.pump_id not in places]


def _left_out(need: Need, days: OpenDays) -> Waiting:
    """Why a pump has no date, and the first day with a free place all the same."""
    free = [day for place, day in enumerate(days.days_on) if days.taken_count[place] < days.capacity_count[place]]
    after = [day for day in free if need.refill_by is None or day > need.refill_by]
    if not days.in_time(need):
        because = "no open day lies before its refill-by date"
    elif need.urgent:
        because = "every open day of the plan is full"
    else:
        because = "every open day before its refill-by date is full"
    return Waiting(need, because, after[0] if after else None)


def _room(
    needs: Sequence[Need],
    left_out: Sequence[Need],
    urgent_count: int,
    pushed: int,
    days: OpenDays,
    calendar: ClinicCalendar,
    today: date,
) -> tuple[Room, ...]:
    """The fewest further visits that would let everybody in: on open days if that is enough, else on closed ones."""
    wanted: Counter[date] = Counter()
    if left_out:
        wanted += _further_visits(needs, days, calendar, today)
    first_open = days.days_on[0] if days.days_on else None
    if wanted and (first_open is None or min(wanted) < first_open):
        wanted[min(wanted)] += urgent_count  # whatever opens first, the red pumps come first
    elif pushed and first_open is not None:
        wanted[first_open] += pushed
    for day in wanted:
        wanted[day] += days.over_booked(day)
    return tuple(Room(day, count, calendar.closed_because(day)) for day, count in sorted(wanted.items()))


def _further_visits(needs: Sequence[Need], days: OpenDays, calendar: ClinicCalendar, today: date) -> Counter[date]:
    """The same flow, in which each day, open or not, takes further visits at a price that nobody pays in vain."""
    latest = max(one.refill_by for one in needs if one.refill_by is not None)
    open_place = {day: place for place, day in enumerate(days.days_on)}
    every_day = list(days_between(today, latest))
    wide = replace(days, days_on=tuple(every_day))
    choices = _choices(needs, wide)
    further = min(one.unplaced_cost for one in choices)
    free = [days.prices(open_place[day]) if day in open_place else [] for day in every_day]
    dear = [further if day in open_place else further * _closed_price(day, calendar) for day in every_day]
    never = further * _DEAREST_TO_OPEN * 2
    found = cheapest_days([replace(one, unplaced_cost=never) for one in choices], free, further_prices=dear)
    used = Counter(place for place in found if place is not None)
    return Counter(
        {every_day[place]: more for place, count in used.items() if (more := count - len(free[place])) > 0}
    )


def _closed_price(day: date, calendar: ClinicCalendar) -> int:
    """How hard it is to open a day: a closure of the clinic's own is lifted before anybody works on a holiday."""
    if any(one.covers(day) for one in calendar.said.closures):
        return 2
    return _DEAREST_TO_OPEN if calendar.holiday(day) else 3


def _cost(needs: Sequence[Need], placed: Mapping[str, int], days: OpenDays) -> Cost:
    """What a plan of pumps that are not red costs."""
    left_ul = sum(_left_ul(one, [days.days_on[placed[one.pump_id]]])[0] for one in needs if one.pump_id in placed)
    crowding_ul = sum(sum(days.prices(place)[:count]) for place, count in Counter(placed.values()).items())
    ml = MICROLITRES_IN_ML
    return Cost(Fraction(left_ul, ml), Fraction(crowding_ul, ml), len(placed), len(needs) - len(placed))


def _bound_ml(placed: Sequence[Need], days: OpenDays) -> Fraction:
    """What no plan for these pumps can undercut: each on its own best day, and the cheapest places there are."""
    best_ul = sum(min(_left_ul(one, [days.days_on[place] for place in days.in_time(one)])) for one in placed)
    prices = sorted(price for place in range(len(days.days_on)) for price in days.prices(place))
    return Fraction(best_ul + sum(prices[: len(placed)]), MICROLITRES_IN_ML)


def _first_come(needs: Sequence[Need], days: OpenDays) -> Cost:
    """What it costs to give each pump in turn, by its refill-by date, the last free place in time."""
    free = [capacity - taken for capacity, taken in zip(days.capacity_count, days.taken_count, strict=True)]
    placed: dict[str, int] = {}
    for one in sorted(needs, key=lambda one: (one.refill_by or date.max, one.rank)):
        place = next((place for place in reversed(days.in_time(one)) if free[place] > 0), None)
        if place is not None:
            placed[one.pump_id] = place
            free[place] -= 1
    return _cost(needs, placed, days)
