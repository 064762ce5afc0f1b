"""The proposed schedule of a registry: how long it takes, and what it costs beside its bound and first come."""

from time import perf_counter

from pumplog.planning import Schedule, propose
from tests.planning.clinic_of_needs import TODAY, big_clinic, calendar

PUMPS_COUNT = 5_000
ROOM_COUNT = 140
CLOSED = (24, 28)
"""A closure of five days, three and a half weeks ahead."""


def seconds_of_plan() -> tuple[float, Schedule]:
    """One proposal for the whole registry over 26 weeks."""
    needs, days = big_clinic(PUMPS_COUNT), calendar(ROOM_COUNT, CLOSED)
    started = perf_counter()
    plan = propose(needs, days, TODAY)
    return perf_counter() - started, plan


def plan_lines(plan: Schedule) -> list[str]:
    """What the plan costs, beside what no plan can undercut and beside first come, first served."""
    cost, first = plan.cost, plan.first_come
    return [
        f"    {cost.placed_count:,} placed, {cost.unplaced_count:,} do not fit: {float(cost.total_ml):,.1f} mL "
        f"({float(cost.left_ml):,.1f} left over, {float(cost.crowding_ml):,.1f} for crowded days)",
        f"    no plan costs less than {float(plan.bound_ml):,.1f} mL",
        f"    first come, first served: {first.placed_count:,} placed, {first.unplaced_count:,} do not fit: "
        f"{float(first.total_ml):,.1f} mL ({float(first.left_ml):,.1f} left over, "
        f"{float(first.crowding_ml):,.1f} for crowded days)",
    ]
