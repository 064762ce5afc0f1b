"""From the story files to the events of the demo clinic, pump by pump."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pumplog.demo.chance import between, on_a_weekday
from pumplog.demo.files import DemoFiles, Told
from pumplog.demo.teller import Line, Teller
from pumplog.reference import Reference

MOST_DAYS_BEFORE = 9
NOT_BOOKED_ONE_IN = 8


def lines_of(files: DemoFiles, *, today: date, reference: Reference) -> list[Line]:
    """Every event of the demo clinic in the order in which it was recorded."""
    lines: list[Line] = []
    for story in files.stories.values():
        teller = Teller(story["serial"], today=today, habits=files.habits, reference=reference)
        tell_story(teller, story)
        lines += teller.lines
    for patient in files.regulars:
        teller = Teller(patient["serial"], today=today, habits=files.habits, reference=reference)
        tell_regular(teller, patient, today)
        lines += teller.lines
    return sorted(lines, key=lambda line: line.recorded_at)


def tell_story(teller: Teller, story: Told) -> None:
    """Tell a story written by hand: the registration, then its entries; `usual` holds for every refill."""
    teller.tell("registered", {"event": "registration", **story["registered"]})
    usual = story.get("usual", {})
    for told in story.get("entry", ()):
        for one in _again(told):
            kind = one.pop("kind")
            teller.tell(kind, {**usual, **one} if kind == "refilled" else one)


def _again(told: Told) -> Iterator[dict[str, Any]]:
    """An entry as often as it is told: `again_every_days` until `last_days_ago`; a list of ratios goes by turns."""
    one = dict(told)
    every_days = one.pop("again_every_days", None)
    if every_days is None:
        yield one
        return
    first, last = one.pop("days_ago"), one.pop("last_days_ago")
    ratios = list(one.pop("drawn_at_flow_ratios", ()))
    for turn, days_ago in enumerate(range(first, last - 1, -every_days)):
        ratio = {"drawn_at_flow_ratio": ratios[turn]} if turn < len(ratios) else {}
        yield {**one, **ratio, "days_ago": days_ago}


def tell_regular(teller: Teller, patient: Told, today: date) -> None:
    """A patient who comes when booked: from the registration to the last visit before today."""
    since = patient["since_days_ago"]
    teller.tell("registered", {"event": "registration", "days_ago": since, **patient["registered"]})
    doses = patient["doses_mcg_per_day"]
    visit_on: date | None = on_a_weekday(teller.day(since))
    turn = 0
    while visit_on is not None and visit_on < today:
        programme = {"mode": "simple_continuous", "dose_mcg_per_day": doses[min(turn, len(doses) - 1)]}
        days_before = between(1, MOST_DAYS_BEFORE, teller.serial, turn, "next")
        booked = between(1, NOT_BOOKED_ONE_IN, teller.serial, turn, "booked") > 1
        told = {**patient["refill"], "programme": programme, "on": visit_on, "first_fill": turn == 0}
        teller.tell("refilled", told | ({"books_days_before": days_before} if booked else {}))
        comes_by = teller.refill_by
        visit_on = on_a_weekday(comes_by - timedelta(days=days_before)) if comes_by else None
        turn += 1
