"""What a row says of its drugs' risks, and what the chart of the coming weeks draws: closed days, room, bars."""

import re
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.entries.clinic_days import CapacitySet, ClosureSet
from pumplog.reference import Interruption
from pumplog.screens.board_chart import rows_ahead, weeks_chart
from pumplog.screens.sentences import RISK_WORDS, row_html
from tests.screens.filling import REFILLED, REGISTERED, one_pump

CLOSURE = {
    "kind": "closure_set",
    "happened_at": "2026-06-01T09:00",
    "first_on": "2026-07-01",
    "last_on": "2026-07-03",
    "reason": "Mrs Weber's nurse is ill",
}
ROOM = {
    "kind": "capacity_set",
    "happened_at": "2026-06-01T09:00",
    "day_date": "2026-06-29",
    "visits_count": 1,
    "reason": "one nurse alone",
}


def said_of(desk: Desk, *drugs: tuple[str, str]) -> str:
    """The words of a row whose pump holds these drugs, each with its concentration [mcg/mL]."""
    fluid = [
        {"drug": drug, "concentration_mcg_per_ml": strength, "beyond_use_on": "2026-12-01"}
        for drug, strength in drugs
    ]
    for said in (REGISTERED, {**REFILLED, "fluid": fluid}):
        entry = desk.read_entry(said)
        desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))
    (row,) = desk.board().rows
    return re.sub(r"<[^>]+>", "", row_html(row))


@pytest.mark.parametrize(
    ("drug", "strength", "words"),
    [
        ("baclofen", "500", "Baclofen: dangerous to interrupt, boxed warning."),
        ("morphine", "5000", "Morphine: opioid withdrawal if interrupted (unverified)."),
    ],
)
def test_a_row_says_what_stopping_its_drug_does(desk: Desk, drug: str, strength: str, words: str) -> None:
    assert words in said_of(desk, (drug, strength))


def test_of_a_mixture_each_drug_is_named_the_worst_first(desk: Desk) -> None:
    words = said_of(desk, ("morphine", "5000"), ("baclofen", "500"))
    assert 0 < words.index("Baclofen: dangerous to interrupt") < words.index("Morphine: opioid withdrawal")


def test_every_class_of_interruption_has_words_of_its_own() -> None:
    assert set(RISK_WORDS) == set(Interruption)
    assert len(set(RISK_WORDS.values())) == len(Interruption)


@pytest.fixture
def closed_desk(desk: Desk) -> Desk:
    """The desk with a pump to be refilled by 2 July, in a closure of three days; 29 June has room for one visit."""
    one_pump(desk, {**REFILLED, "happened_at": "2026-04-10T09:30", "drawn_ml": "12.4"})
    for said in (CLOSURE, ROOM):
        entry = desk.read_entry(said)
        assert isinstance(entry, ClosureSet | CapacitySet)
        desk.plan_days(entry, by="T. Lindqvist", seen=desk.calendar().latest)
    return desk


def layers_of(desk: Desk) -> list[list[dict[str, Any]]]:
    """The rows of data that the chart's layers draw, in their order."""
    board = desk.board()
    drawn = weeks_chart(rows_ahead(board.rows, board.on), board.on, "light", desk.calendar()).to_dict()
    return [drawn["datasets"][layer["data"]["name"]] for layer in drawn["layer"]]


def test_closed_days_are_shaded_and_say_why_without_typed_words(closed_desk: Desk) -> None:
    closed, *_ = layers_of(closed_desk)
    why = {band["day"]: band["why"] for band in closed}
    assert [why[f"2026-07-{day}"] for day in ("01", "02", "03")] == ["Closed by the clinic"] * 3
    assert why["2026-06-06"] == "Closed on a Saturday"
    assert "2026-06-30" not in why
    assert len(why) == 3 + 2 * 8
    assert "Weber" not in str(layers_of(closed_desk))


def test_a_pump_stands_at_the_last_open_day_before_a_closure(closed_desk: Desk) -> None:
    (row,) = closed_desk.board().rows
    assert str(row.refill_by) == "2026-07-02"
    _, bars, *_ = layers_of(closed_desk)
    assert [(bar["day"], bar["low"], bar["top"]) for bar in bars] == [("2026-06-30", 0, 1)]


def test_room_is_a_line_over_its_day_where_it_is_on_the_chart(closed_desk: Desk) -> None:
    _, bars, room, taps = layers_of(closed_desk)
    assert [(line["day"], line["visits"]) for line in room] == [("2026-06-29", 1)]
    assert [tap["day"] for tap in taps] == [bar["day"] for bar in bars]
