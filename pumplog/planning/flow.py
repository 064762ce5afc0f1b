"""Who goes on which day at least cost: a flow from pumps to days, on whole numbers alone.

Each pump sends one unit to one of its days; a day takes one unit through each of its places, whose prices rise,
so that the cheapest ones fill first. The cost is convex and everything is whole, so the flow found is the best
plan there is, exactly: a test tries every other one on small clinics.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pumplog.errors import CalculationRefused


@dataclass(frozen=True)
class Choice:
    """One pump: the days it may have (by their place in the list of days), what each costs, and not to be placed."""

    days: Sequence[int]
    costs: Sequence[int]
    unplaced_cost: int


def cheapest_days(
    choices: Sequence[Choice], places: Sequence[Sequence[int]], *, further_prices: Sequence[int] = ()
) -> list[int | None]:
    """The day of each pump, None for who is not placed; `places` holds the rising prices of each day's places.

    With `further_prices`, each day takes any number of further pumps at its price.

    Raises CalculationRefused when the solver gives up, which whole numbers of this size do not make it do.
    """
    if not choices:
        return []
    pumps_count, days_count = len(choices), len(places)
    sink = pumps_count + days_count
    lengths = [len(one.days) for one in choices]
    arcs_count = sum(lengths)
    day_of_arc = np.fromiter((day for one in choices for day in one.days), np.int64, arcs_count)
    tails = [np.repeat(np.arange(pumps_count), lengths)]
    heads = [day_of_arc + pumps_count]
    costs = [np.fromiter((cost for one in choices for cost in one.costs), np.int64, arcs_count)]
    sizes = [len(prices) for prices in places]
    tails += [np.repeat(np.arange(days_count) + pumps_count, sizes), np.arange(pumps_count)]
    heads += [np.full(sum(sizes), sink), np.full(pumps_count, sink)]
    costs += [
        np.fromiter((price for prices in places for price in prices), np.int64, sum(sizes)),
        np.fromiter((one.unplaced_cost for one in choices), np.int64, pumps_count),
    ]
    tail, head = np.concatenate(tails).astype(np.int32), np.concatenate(heads).astype(np.int32)
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # takes memory and time: for who plans alone

    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(tail, head, np.ones(len(tail), np.int64), np.concatenate(costs))
    if further_prices:
        flow.add_arcs_with_capacity_and_unit_cost(
            np.arange(pumps_count, sink, dtype=np.int32),
            np.full(days_count, sink, np.int32),
            np.full(days_count, pumps_count, np.int64),
            np.asarray(further_prices, np.int64),
        )
    supplies = np.zeros(sink + 1, np.int64)
    supplies[:pumps_count], supplies[sink] = 1, -pumps_count
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supplies)
    if flow.solve() != flow.OPTIMAL:
        raise CalculationRefused("The schedule could not be worked out: plan fewer weeks ahead.")
    used = np.flatnonzero(flow.flows(np.arange(arcs_count, dtype=np.int32)))
    found: list[int | None] = [None] * pumps_count
    for arc in used:
        found[int(tail[arc])] = int(day_of_arc[arc])
    return found
