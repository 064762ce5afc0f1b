"""What a correction or a late entry moves: said in sentences before it is saved and after; silence is said too."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pumplog.rules.moved import NOTHING_MOVES
from tests.stories.clinic import NURSE, SERIAL, Clinic, Opened, told

FILL = f"fill {SERIAL}"


@pytest.fixture
def two_fills(tmp_path: Path) -> Opened:
    """Case D1, filled again on 2 Mar 2026 with 11.6 mL drawn, as expected: alarm 30 Jun, refill by 23 Jun."""
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    opened.say("refilled", "2026-03-02T09:00Z", event="second", drawn_ml="11.6")
    opened.clinic.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    return opened


def correct(opened: Opened, target: str, replacement: dict[str, Any] | None = None) -> tuple[str, ...]:
    """What the preview says, which must be what is said after saving."""
    how = "entered_in_error" if replacement is None else "replaced"
    fields: dict[str, Any] = {"target_event_id": target, "how": how}
    if replacement is not None:
        fields["replacement"] = replacement
    at = "2026-03-03T11:00Z"
    reasons = {"residual_evaluate": "read twice", "residual_stop": "x", "lasts_too_short": "x"}
    preview = opened.desk.preview(opened.read("corrected", at, **fields), by=NURSE)
    recorded = opened.say("corrected", at, confirmed=reasons, **fields)
    assert recorded.moved == preview.moved
    return preview.moved


def test_a_weaker_fill_moves_the_dates(two_fills: Opened) -> None:
    moved = correct(
        two_fills, "second", told("refilled", "2026-03-02T09:00Z", volume_after_fill_ml="14", drawn_ml="11.6")
    )
    assert moved == (
        "Refill by was 23 Jun 2026, is 14 May 2026.",
        "The alarm date was 30 Jun 2026, is 21 May 2026.",
        "The empty date was 13 Jul 2026, is 3 Jun 2026.",
    )


def test_an_earlier_fill_moves_what_was_expected_at_a_later_visit(two_fills: Opened) -> None:
    moved = correct(two_fills, FILL, told("refilled", "2026-01-05T09:00Z", volume_after_fill_ml="18"))
    assert moved == (
        "At the refill visit of 2 Mar 2026 the expected residual was 11.6 mL, is 9.6 mL.",
        "At the refill visit of 2 Mar 2026 the finding was within, is evaluate.",
    )


def test_the_last_fill_taken_back_says_tier_and_dates(two_fills: Opened) -> None:
    two_fills.clinic.now = datetime(2026, 4, 30, 12, tzinfo=UTC)
    moved = correct(two_fills, "second")
    assert moved == (
        "The tier was on track, is overdue.",
        "Refill by was 23 Jun 2026, is 28 Apr 2026.",
        "The alarm date was 30 Jun 2026, is 5 May 2026.",
        "The empty date was 13 Jul 2026, is 18 May 2026.",
        "The last day the drug is good was 29 Aug 2026, is 4 Jul 2026.",
    )


def test_a_retirement_taken_back_brings_the_pump_back(two_fills: Opened) -> None:
    two_fills.say("retired", "2026-03-03T08:00Z", event="left", reason="explanted")
    assert correct(two_fills, "left") == ("The pump comes back to the board: on track.",)


def test_an_alarm_that_was_closed_in_error_is_open_again(two_fills: Opened) -> None:
    two_fills.say("alarm_heard", "2026-03-03T08:00Z", event="beep", alarm="LOW_RESERVOIR")
    two_fills.say("alarm_closed", "2026-03-03T09:00Z", event="closing", alarm_event_id="beep")
    moved = correct(two_fills, "closing")
    assert moved[0] == "The tier was on track, is past the alarm date."
    assert "An alarm is open again: " in moved[-1]


def test_risks_and_plans_that_move_are_said(two_fills: Opened) -> None:
    two_fills.say("risk_flags_changed", "2026-03-03T08:00Z", event="risks", risk_flags=["pregnancy"], reason="told")
    assert correct(two_fills, "risks") == ("The risks on record were pregnancy, are none.",)


def test_a_score_taken_back_moves_nothing_and_says_so(two_fills: Opened) -> None:
    two_fills.say("scored", "2026-03-03T08:00Z", event="scores", pain="3")
    assert correct(two_fills, "scores") == (NOTHING_MOVES,)


def test_a_late_entry_says_what_it_moves_and_one_in_its_turn_says_nothing(two_fills: Opened) -> None:
    change = {"programme": {"mode": "simple_continuous", "dose_mcg_per_day": "420"}}
    late = {"late_reason": "paper form of a home visit, typed in afterwards", "place": "home"}
    preview = two_fills.desk.preview(two_fills.read("reprogrammed", "2026-02-02T09:00Z", **change, **late), by=NURSE)
    assert preview.moved == (
        "At the refill visit of 2 Mar 2026 the expected residual was 11.6 mL, is 9.9 mL.",
        "At the refill visit of 2 Mar 2026 the finding was within, is evaluate.",
    )
    turn = two_fills.desk.preview(two_fills.read("reprogrammed", "2026-03-03T09:00Z", **change), by=NURSE)
    assert turn.moved == ()
