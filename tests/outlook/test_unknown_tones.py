"""A tone whose kind nobody knows yet: two kinds of ours beside the pumps' own. They can only raise a tier."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pumplog.outlook import Outlook, Tier
from pumplog.reference import ALARM_KINDS
from tests.stories.clinic import Clinic, Opened

UNKNOWN = {"UNKNOWN_TWO_TONE": Tier.CANNOT_PROJECT, "UNKNOWN_SINGLE_BEEP": Tier.PAST_ALARM}
DAYS = {
    date(2026, 4, 1): Tier.ON_TRACK,
    date(2026, 4, 14): Tier.DUE_SOON,
    date(2026, 4, 29): Tier.OVERDUE,
    date(2026, 5, 5): Tier.PAST_ALARM,
    date(2026, 5, 18): Tier.EXPECTED_EMPTY,
}
"""A day of each tier that the dates of case D1 can give."""
DATES = ("refill_by", "alarm_date", "empty_date", "stability_date", "early_alarm_date", "book_on", "limited_by")


def rows(opened: Opened) -> dict[date, Outlook]:
    found = {day: opened.row(day) for day in DAYS}
    return {day: row for day, row in found.items() if row is not None}


def test_these_two_are_the_only_kinds_of_ours() -> None:
    assert {code for code, kind in ALARM_KINDS.items() if not kind.known} == set(UNKNOWN)


@pytest.mark.parametrize("beside", [None, *ALARM_KINDS])
@pytest.mark.parametrize("code", UNKNOWN)
def test_an_unknown_tone_raises_a_tier_or_leaves_it_whatever_else_is_open(
    tmp_path: Path, code: str, beside: str | None
) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    if beside is not None:
        opened.say("alarm_heard", "2026-03-01T08:00Z", alarm=beside)
    before = rows(opened)
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm=code, event="tone")
    heard = rows(opened)
    for day, tier in DAYS.items():
        assert beside is not None or before[day].tier is tier
        assert heard[day].tier.rank == min(before[day].tier.rank, UNKNOWN[code].rank)
        assert all(getattr(heard[day], name) == getattr(before[day], name) for name in DATES)
    known: dict[str, Any] = {"alarm_event_id": "tone", "alarm": "OTHER", "pump_running": True}
    opened.say("alarm_interrogated", "2026-03-02T09:00Z", **known)
    assert [row.tier for row in rows(opened).values()] == [row.tier for row in heard.values()]
    opened.say("alarm_closed", "2026-03-02T10:00Z", alarm_event_id="tone", found="seen", action="none needed")
    assert [row.tier for row in rows(opened).values()] == [row.tier for row in before.values()]
