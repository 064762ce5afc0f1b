"""A person accepts the pump's own flow ratio, measured over several visits."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from pumplog.entries.base import PumpEntry, Words


class RatioAccepted(PumpEntry):
    """From now on the band lies around this ratio; the dates to plan by, and the tier, do not move.

    `visit_event_ids` are the visits that it was measured at: it holds only while they stand.
    """

    kind: Literal["ratio_accepted"] = "ratio_accepted"
    flow_ratio: Annotated[Decimal, Field(gt=0, le=10, max_digits=6, allow_inf_nan=False)]
    visit_event_ids: Annotated[tuple[Words, ...], Field(min_length=1, max_length=40)]
    reason: Words
