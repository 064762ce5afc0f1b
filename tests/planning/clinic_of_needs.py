"""Pumps as a plan sees them, made up, without a log: for properties, brute force and the bench."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from pumplog.clinic_days import ClinicCalendar
from pumplog.planning import Need
from pumplog.planning.needs import Left
from pumplog.reference import load_reference
from pumplog.state import ClinicDays, Closure

TODAY = date(2026, 3, 2)
"""A Monday."""
DAY = timedelta(days=1)


def need(name: str, due_days: int | None, *, rank: int = 0, **more: Any) -> Need:
    """A pump that is due so many days after today, with 20 mL in it on that day's eve, at 0.2 mL/day."""
    refill_by = None if due_days is None else TODAY + due_days * DAY
    told: dict[str, Any] = {
        "pump_id": name,
        "rank": rank,
        "urgent": due_days is None or due_days < 0,
        "harm_rank": 0,
        "refill_by": refill_by,
        "booked_on": None,
        "left": Left(TODAY, Fraction(20), Fraction(1, 5)),
    }
    return Need(**{**told, **more})


def calendar(
    room_count: int, *closed: tuple[int, int], visits: dict[date, int] | None = None, spread: str = "1"
) -> ClinicCalendar:
    """Monday to Friday with so much room a day; closures as days counted from today, both ends in."""
    reference = load_reference()
    policy = reference.policy
    room = policy.visits_per_day_count.model_copy(update={"value": room_count})
    price = policy.spread_ml.model_copy(update={"value": Fraction(spread)})
    changed = replace(reference, policy=policy.model_copy(update={"visits_per_day_count": room, "spread_ml": price}))
    said_at = datetime(2026, 3, 1, tzinfo=UTC)
    closures = tuple(
        Closure(f"closure {place}", TODAY + first * DAY, TODAY + last * DAY, "away", "M. Keller", said_at)
        for place, (first, last) in enumerate(closed)
    )
    return ClinicCalendar(changed, ClinicDays(closures, visits or {}))


def big_clinic(pumps_count: int, seed: int = 1) -> list[Need]:
    """A registry's worth of pumps: 20 and 40 mL, 0.06 to 0.5 mL/day, filled at random since their last visit."""
    random = Random(seed)  # noqa: S311  made-up pumps, not a secret
    needs = []
    for number in range(pumps_count):
        capacity_ml = random.choice((20, 40))
        flow = Fraction(random.randint(60, 500), 1000)
        lasting_days = min(int((capacity_ml - 2) / flow) - 7, 180)
        since = TODAY - random.randint(0, lasting_days) * DAY
        needs.append(
            Need(
                pump_id=f"pump {number:05}",
                rank=number,
                urgent=False,
                harm_rank=random.choice((0, 0, 1, 3)),
                refill_by=since + lasting_days * DAY,
                booked_on=None,
                left=Left(since, Fraction(capacity_ml), flow),
            )
        )
    return needs
