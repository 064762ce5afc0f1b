"""The run of near misses: a bar for each month and cause, from the first one to today, months of none included."""

from datetime import UTC, date, datetime

import pytest

from pumplog.entries import NearMissExplained
from pumplog.outlook import HowNear, NearMiss
from pumplog.screens.near_miss_list import WITH, WITHOUT, near_miss_chart


def near_miss(refilled_on: date, *, explained: bool) -> NearMiss:
    cause = NearMissExplained(
        happened_at=datetime(2026, 6, 1, tzinfo=UTC), pump_serial="S1", visit_event_id="e", cause="nobody_called"
    )
    how = (HowNear.AFTER_REFILL_BY,)
    said = cause if explained else None
    return NearMiss("p", "S1", None, None, f"e{refilled_on}", refilled_on, how, None, None, None, said)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_month_has_its_count_with_and_without_a_cause(theme: str) -> None:
    days = (date(2025, 11, 3), date(2025, 11, 30), date(2026, 1, 31))
    found = [near_miss(day, explained=day.day == 30) for day in days]
    (drawn,) = near_miss_chart(found, date(2026, 2, 1), theme).to_dict(validate=False)["datasets"].values()
    bars = {(bar["month"][:7], bar["cause"]): bar["count"] for bar in drawn}
    none = {(month, cause): 0 for month in ("2025-12", "2026-02") for cause in (WITH, WITHOUT)}
    some = {
        ("2025-11", WITH): 1,
        ("2025-11", WITHOUT): 1,
        ("2026-01", WITH): 0,
        ("2026-01", WITHOUT): 1,
    }
    assert bars == none | some
