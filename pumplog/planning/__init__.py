"""WHAT TO DO WHEN: a date for each pump, a closure or a dose tried out, what to order. Pure: writes nothing."""

from pumplog.planning.closing import Caught, Closing, caught_by_closure
from pumplog.planning.needs import Need, needs_of
from pumplog.planning.ordering import ORDER_DAYS, OrderLine, order_lines
from pumplog.planning.proposed import Cost, Kept, Proposal, Room, Schedule, Waiting
from pumplog.planning.schedule import HORIZON_WEEKS, Progress, propose
from pumplog.planning.what_if import Tried, WhatIf, what_if

__all__ = [
    "HORIZON_WEEKS",
    "ORDER_DAYS",
    "Caught",
    "Closing",
    "Cost",
    "Kept",
    "Need",
    "OrderLine",
    "Progress",
    "Proposal",
    "Room",
    "Schedule",
    "Tried",
    "Waiting",
    "WhatIf",
    "caught_by_closure",
    "needs_of",
    "order_lines",
    "propose",
    "what_if",
]
