"""What to have in the cupboard: drug by drug, concentration by concentration, for the visits of the coming days."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from pumplog.outlook import Outlook
from pumplog.state import PumpState

ORDER_DAYS: Final = 14
NOT_ON_RECORD: Final = "drug not on record: ask before ordering"


@dataclass(frozen=True)
class OrderLine:
    """One fluid in one size of reservoir: how many visits, and mL enough to fill each reservoir to its capacity.

    `fill_ml` is None where no capacity is on record. A visit takes one refill kit.
    """

    fluid_says: str
    reservoir_ml: Decimal | None
    visits_count: int
    fill_ml: Decimal | None


def expected_visit_on(row: Outlook, first_open: date | None) -> date | None:
    """The day of a pump's next refill: as booked when in time, else the day to book by, else the first open day."""
    booked = row.next_visit_on
    if booked is not None and (row.refill_by is None or booked <= row.refill_by) and not row.tier.is_red:
        return booked
    return first_open if row.tier.is_red or row.book_on is None else row.book_on


def order_lines(
    pumps: Iterable[tuple[Outlook, PumpState]], today: date, first_open: date | None, *, days_count: int = ORDER_DAYS
) -> list[OrderLine]:
    """What the visits of the coming days take, by fluid and reservoir; who is already late is among them."""
    last = today + timedelta(days=days_count - 1)
    counted: defaultdict[tuple[str, Decimal | None], int] = defaultdict(int)
    for row, state in pumps:
        on = expected_visit_on(row, first_open)
        if on is not None and on <= last:
            capacity_ml = state.registered.pump.capacity_ml if state.registered else None
            counted[row.fluid_says or NOT_ON_RECORD, capacity_ml] += 1
    ordered = sorted(counted.items(), key=lambda one: (one[0][0], one[0][1] or Decimal(0)))
    return [
        OrderLine(fluid, capacity_ml, count, capacity_ml * count if capacity_ml is not None else None)
        for (fluid, capacity_ml), count in ordered
    ]
