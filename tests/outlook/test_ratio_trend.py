"""The flow ratio over time: a drift is said, the pump's own ratio is offered, and only a person takes it into use.

Whatever is accepted, the dates to plan by and the tier stay as they were: the band alone moves.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplog.errors import EntryRefused
from pumplog.outlook import Outlook, drift_says
from tests.stories.clinic import SERIAL, Clinic, Opened

FIRST = datetime(2025, 6, 2, 9, tzinfo=UTC)
EVERY_DAYS = 40
"""6 mL are programmed in this time: so much more or less drawn is a ratio."""
NEVER_MOVES = ("tier", "refill_by", "alarm_date", "empty_date", "stability_date", "limited_by", "book_on")


def with_ratios(opened: Opened, *ratios: str) -> datetime:
    """Fills with these ratios measured between them; the moment of the last one."""
    opened.register(happened_at=FIRST.isoformat())
    at = FIRST
    opened.say("refilled", at.isoformat(), event="fill")
    for place, ratio in enumerate(ratios, 1):
        at += timedelta(days=EVERY_DAYS)
        drawn_ml = str(20 - 6 * Decimal(ratio))
        opened.say("refilled", at.isoformat(), drawn_ml=drawn_ml, event=f"v{place}", **calm(ratio))
    return at


def calm(ratio: str) -> dict[str, Any]:
    """What is said where a residual asks for a reason."""
    if Decimal("0.85") <= Decimal(ratio) <= Decimal("1.15"):
        return {}
    return {"confirmed": dict.fromkeys(("residual_evaluate", "residual_stop", "residual"), "looked into")}


def accept(opened: Opened, ratio: str, *visits: str, at: datetime, **fields: Any) -> None:
    said = {"flow_ratio": ratio, "visit_event_ids": list(visits), "reason": "steady for months"}
    opened.say_now("ratio_accepted", at.isoformat(), **{**said, **fields})


def faults(opened: Opened, ratio: str, *visits: str, at: datetime) -> dict[str, str]:
    with pytest.raises(EntryRefused) as refused:
        accept(opened, ratio, *visits, at=at)
    return {fault.field: fault.says for fault in refused.value.faults}


SIX = ("v1", "v2", "v3", "v4", "v5", "v6")


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return Clinic(tmp_path).on_paper()


def planned_by(row: Outlook) -> list[Any]:
    return [getattr(row, name) for name in NEVER_MOVES]


@pytest.mark.parametrize(
    ("ratios", "drifts"),
    [
        (("1", "1.16", "1.16"), True),
        (("1", "1.16", "0.84"), True),
        (("1", "0.84", "0.84"), True),
        (("1.16", "1.16", "1"), False),
        (("1.16", "1", "1.16"), False),
        (("1", "1.15", "1.15"), False),
        (("1", "0.85", "0.85"), False),
        (("1", "1", "1.16"), False),
        (("1.16", "1.16"), True),
        (("1.16",), False),
    ],
)
def test_two_visits_running_outside_the_devices_accuracy_are_a_drift(
    ratios: tuple[str, ...], drifts: bool, opened: Opened
) -> None:
    with_ratios(opened, *ratios)
    assert bool(opened.desk.story(SERIAL).ratio_trend.drift) is drifts


def test_a_drift_is_said_while_the_second_of_the_two_visits_is_checked(opened: Opened) -> None:
    at = with_ratios(opened, "1", "1.2") + timedelta(days=EVERY_DAYS)
    opened.clinic.now = at
    entry = opened.read("refilled", at.isoformat(), drawn_ml="12.8")
    preview = opened.desk.preview(entry, by="M. Keller")
    (said,) = [finding for finding in preview.findings if finding.code == "ratio_drift"]
    assert said.says == (
        "The flow drifts: two visits running lie outside 0.85 to 1.15, 1.2 on 21 Aug 2025 and 1.2 on "
        "30 Sep 2025; more left the reservoir than was programmed. Evaluate the pump."
    )


@pytest.mark.parametrize(
    ("drawn_ml", "says"),
    [
        (("12.6", "12.8"), "1.23 on 12 Jul 2025 and 1.2 on 21 Aug 2025; more left the reservoir than was programmed"),
        (("15.2", "15.4"), "0.8 on 12 Jul 2025 and 0.77 on 21 Aug 2025; less left it than was programmed"),
        (("12.8", "15.2"), "1.2 on 12 Jul 2025 and 0.8 on 21 Aug 2025; first one way, then the other"),
        (("15.2", "12.8"), "0.8 on 12 Jul 2025 and 1.2 on 21 Aug 2025; first one way, then the other"),
    ],
)
def test_a_drift_says_what_was_measured_and_which_way(drawn_ml: tuple[str, str], says: str, opened: Opened) -> None:
    with_ratios(opened, *(str((20 - Decimal(one)) / 6) for one in drawn_ml))
    trend = opened.desk.story(SERIAL).ratio_trend
    assert drift_says(trend.drift, opened.desk.reference.policy) == (
        f"The flow drifts: two visits running lie outside 0.85 to 1.15, {says}. Evaluate the pump."
    )


@pytest.mark.parametrize("ratio", ["0.85", "1.15"])
def test_a_ratio_at_the_bound_of_the_accuracy_is_offered(ratio: str, opened: Opened) -> None:
    with_ratios(opened, *[ratio] * 6)
    offer = opened.desk.story(SERIAL).ratio_trend.offer
    assert offer is not None
    assert offer.flow_ratio == Decimal(ratio)


def test_one_visit_to_evaluate_among_others_does_not_stand_against_an_offer(opened: Opened) -> None:
    with_ratios(opened, "1.2", *["1"] * 5)
    assert opened.desk.story(SERIAL).ratio_trend.offer is not None


def test_the_offer_is_over_the_last_six_and_comes_again_with_a_visit_since_it_was_accepted(opened: Opened) -> None:
    at = with_ratios(opened, *["1.1"] * 7)
    last_six = ["v2", "v3", "v4", "v5", "v6", "v7"]
    offer = opened.desk.story(SERIAL).ratio_trend.offer
    assert offer is not None
    assert [one.event_id for one in offer.measured] == last_six
    accept(opened, "1.1", *last_six, at=at)
    assert opened.desk.story(SERIAL).ratio_trend.offer is None
    opened.say("refilled", (at + timedelta(days=EVERY_DAYS)).isoformat(), drawn_ml="13.4", event="v8")
    again = opened.desk.story(SERIAL).ratio_trend.offer
    assert again is not None
    assert [one.event_id for one in again.measured] == [*last_six[1:], "v8"]


def test_more_visits_than_are_needed_may_be_accepted_over(opened: Opened) -> None:
    at = with_ratios(opened, *["1.1"] * 7)
    accept(opened, "1.1", *SIX, "v7", at=at)
    accepted = opened.desk.story(SERIAL).ratio_trend.accepted
    assert accepted is not None
    assert len(accepted.said.visit_event_ids) == 7


def test_the_pumps_own_ratio_is_offered_from_the_sixth_measured_visit_on_and_never_applied(opened: Opened) -> None:
    with_ratios(opened, *["1.1"] * 5)
    assert opened.desk.story(SERIAL).ratio_trend.offer is None
    at = FIRST + timedelta(days=6 * EVERY_DAYS)
    opened.say("refilled", at.isoformat(), drawn_ml="13.4", event="v6")
    story = opened.desk.story(SERIAL)
    offer = story.ratio_trend.offer
    assert offer is not None
    assert (offer.flow_ratio, [one.event_id for one in offer.measured]) == (Decimal("1.1"), list(SIX))
    assert story.state.own_ratio is None
    assert story.outlook.early_alarm_date == at.date() + timedelta(days=104)


@pytest.mark.parametrize(
    "ratios",
    [
        ["1.1"] * 4 + ["1.2", "1.2"],
        ["1.2"] * 4 + ["1", "1.2"],
        ["0.8"] * 4 + ["1", "0.8"],
        ["0.6"] + ["1"] * 5,
    ],
    ids=["drift", "above", "below", "stop"],
)
def test_no_ratio_is_offered_of_a_pump_that_drifts_lies_outside_or_had_a_stop(
    ratios: list[str], opened: Opened
) -> None:
    opened.register(happened_at=FIRST.isoformat())
    opened.say("refilled", FIRST.isoformat())
    for place, ratio in enumerate(ratios, 1):
        at = (FIRST + timedelta(days=EVERY_DAYS * place)).isoformat()
        stop = {"second_checker": "J. Frey", "confirmed": {"residual_stop": "looked into"}} if ratio == "0.6" else {}
        opened.say("refilled", at, drawn_ml=str(20 - 6 * Decimal(ratio)), **(stop or calm(ratio)))
    assert opened.desk.story(SERIAL).ratio_trend.offer is None


def test_once_accepted_the_band_alone_moves_from_then_on(opened: Opened) -> None:
    at = with_ratios(opened, *["1.1"] * 6)
    before = opened.desk.story(SERIAL).outlook
    opened.clinic.now = at + timedelta(days=1)
    accept(opened, "1.1", *SIX, at=opened.clinic.now)
    story = opened.desk.story(SERIAL)
    assert planned_by(story.outlook) == planned_by(before)
    assert story.ratio_trend.offer is None
    assert story.ratio_trend.accepted is not None
    assert story.ratio_trend.accepted.accepted_by == "M. Keller"
    fast, slow = Decimal("1.1") * Decimal("1.15"), Decimal("1.1") * Decimal("0.85")
    assert story.outlook.early_alarm_date == at.date() + timedelta(days=int(120 / fast))
    assert story.outlook.late_alarm_date == at.date() + timedelta(days=int(120 / slow))
    assert opened.desk.story(SERIAL, at.date()).outlook.early_alarm_date == before.early_alarm_date


def test_a_slow_pump_never_warns_later_than_its_own_alarm_date(opened: Opened) -> None:
    at = with_ratios(opened, *["0.86"] * 6)
    accept(opened, "0.86", *SIX, at=at)
    row = opened.desk.story(SERIAL).outlook
    assert row.early_alarm_date == row.alarm_date
    assert row.late_alarm_date == at.date() + timedelta(days=int(120 / (Decimal("0.86") * Decimal("0.85"))))


@pytest.mark.parametrize("how", ["corrected", "taken back", "a fill told late"])
def test_it_holds_only_while_its_visits_stand(how: str, opened: Opened) -> None:
    at = with_ratios(opened, *["1.1"] * 6)
    accept(opened, "1.1", *SIX, at=at)
    band = opened.desk.story(SERIAL).outlook.early_alarm_date
    if how == "a fill told late":
        late = (FIRST + timedelta(days=EVERY_DAYS + 10)).isoformat()
        opened.say_now("refilled", late, late_reason="paper form", programme=dict(MORE), event="late")
    else:
        wrong: dict[str, Any] = {"target_event_id": "v3", "how": "entered_in_error", "reason": "of another pump"}
        if how == "corrected":
            third = (FIRST + timedelta(days=3 * EVERY_DAYS)).isoformat()
            entry = opened.read("refilled", third, drawn_ml="14").model_dump(mode="json", exclude_none=True)
            wrong |= {"how": "replaced", "replacement": entry}
        opened.say_now("corrected", at.isoformat(), **wrong)
    story = opened.desk.story(SERIAL)
    assert story.state.own_ratio is None
    assert story.outlook.early_alarm_date == at.date() + timedelta(days=104) != band


MORE = {"mode": "simple_continuous", "dose_mcg_per_day": "360"}


def test_it_is_given_up_by_taking_the_acceptance_back(opened: Opened) -> None:
    at = with_ratios(opened, *["1.1"] * 6)
    accept(opened, "1.1", *SIX, at=at, event="own")
    opened.say_now("corrected", at.isoformat(), target_event_id="own", how="entered_in_error", reason="too early")
    story = opened.desk.story(SERIAL)
    assert story.state.own_ratio is None
    assert story.ratio_trend.offer is not None


def test_what_the_visits_do_not_give_is_refused(opened: Opened) -> None:
    at = with_ratios(opened, *["1.1"] * 7)
    assert "give a ratio of 1.1" in faults(opened, "1", *SIX, at=at)["flow_ratio"]
    assert "6 visits or more" in faults(opened, "1.1", *SIX[:5], at=at)["visit_event_ids"]
    for visits in (("fill", *SIX[1:]), (*SIX[:5], "v7"), ("v1", *SIX[:5]), ("none",)):
        assert "not visits running" in faults(opened, "1.1", *visits, at=at)["visit_event_ids"]
    before_the_last = at - timedelta(days=EVERY_DAYS * 2)
    assert "not visits running" in faults(opened, "1.1", *SIX, at=before_the_last)["visit_event_ids"]


def test_nothing_is_accepted_of_a_pump_that_drifts(opened: Opened) -> None:
    at = with_ratios(opened, *["1.05"] * 6, "1.2", "1.2")
    assert "drifts" in faults(opened, "1.05", *SIX, at=at)["flow_ratio"]


@given(ratios=st.lists(st.integers(86, 114), min_size=6, max_size=6), days=st.integers(0, 200))
def test_no_accepted_ratio_moves_what_is_planned_by(ratios: list[int], days: int) -> None:
    with TemporaryDirectory() as folder:
        opened = Clinic(Path(folder)).on_paper()
        at = with_ratios(opened, *(str(Decimal(one) / 100) for one in ratios))
        on = at.date() + timedelta(days=days)
        before = opened.row(on)
        offer = opened.desk.story(SERIAL).ratio_trend.offer
        assert before is not None
        assert offer is not None
        accept(opened, str(offer.flow_ratio), *SIX, at=at)
        after = opened.row(on)
        assert after is not None
        assert planned_by(after) == planned_by(before)
        early, alarm, late = after.early_alarm_date, after.alarm_date, after.late_alarm_date
        assert (early or date.max) <= (alarm or date.min) <= (late or date.min)
