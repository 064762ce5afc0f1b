"""What a correction or a late entry moves: every date, tier and finding that is another than before, in sentences."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from pumplog.outlook import Outlook, Tier
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import ALARM_KINDS, Policy
from pumplog.rules.visit import residual_of
from pumplog.state import Alarm, PumpState, Visit

TIER_NAMES: Final = {
    Tier.EXPECTED_EMPTY: "expected empty",
    Tier.CANNOT_PROJECT: "cannot be projected",
    Tier.PAST_ALARM: "past the alarm date",
    Tier.OVERDUE: "overdue",
    Tier.DUE_SOON: "due soon",
    Tier.ON_TRACK: "on track",
}
_DATES: Final = (
    ("refill_by", "Refill by"),
    ("alarm_date", "The alarm date"),
    ("empty_date", "The empty date"),
    ("stability_date", "The last day the drug is good"),
)
_VISIT_WORDS: Final = {
    "refilled": "refill visit",
    "deferred": "visit without a refill",
    "reprogrammed": "programme change",
}
NOTHING_MOVES: Final = "Nothing else moves: the dates, the tier and the later visits stay as they were."


def what_moved(
    before: PumpState, after: PumpState, old: Outlook | None, new: Outlook | None, policy: Policy
) -> tuple[str, ...]:
    """What of one pump is another than before, in its state and on the board; one sentence when nothing is."""
    said = (*_board(old, new), *_state(before, after), *_residuals(before, after, policy))
    return said or (NOTHING_MOVES,)


def _board(old: Outlook | None, new: Outlook | None) -> Iterator[str]:
    if old is None or new is None:
        if old is not None:
            yield "The pump leaves the board."
        if new is not None:
            yield f"The pump comes back to the board: {TIER_NAMES[new.tier]}."
        return
    if old.tier is not new.tier:
        yield f"The tier was {TIER_NAMES[old.tier]}, is {TIER_NAMES[new.tier]}."
    for name, words in _DATES:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{words} was {_day(was)}, is {_day(now)}."
    for words, was_said, now_said in (
        ("The drug in the pump", old.fluid_says, new.fluid_says),
        ("The dose", old.dose_says, new.dose_says),
    ):
        if was_said != now_said:
            yield f"{words} was {was_said or 'not known'}, is {now_said or 'not known'}."


def _day(day: date | None) -> str:
    return show_date(day) if day is not None else "not known"


def _state(before: PumpState, after: PumpState) -> Iterator[str]:
    old_alarms, new_alarms = ({one.event_id: _words(one) for one in state.open_alarms} for state in (before, after))
    for event_id, words in new_alarms.items():
        if event_id not in old_alarms:
            yield f"An alarm is open again: {words}."
        elif old_alarms[event_id] != words:
            yield f"The open alarm was {old_alarms[event_id]}, is {words}."
    for event_id, words in old_alarms.items():
        if event_id not in new_alarms:
            yield f"An alarm is not open any more: {words}."
    if before.running != after.running:
        yield f"The pump counted as {_running(before)}, now counts as {_running(after)}."
    if before.emptied is None and after.emptied is not None:
        yield "The pump counts as emptied, and waits for its refill."
    if before.emptied is not None and after.emptied is None:
        yield "The pump does not count as emptied any more."
    if set(before.risk_flags) != set(after.risk_flags):
        yield f"The risks on record were {_risks(before)}, are {_risks(after)}."
    if len(before.clinical.open_plans) != len(after.clinical.open_plans):
        yield f"Running plans: {len(before.clinical.open_plans)} before, {len(after.clinical.open_plans)} now."


def _words(alarm: Alarm) -> str:
    return " and ".join(ALARM_KINDS[code].words for code in alarm.codes)


def _risks(state: PumpState) -> str:
    return ", ".join(flag.replace("_", " ") for flag in state.risk_flags) or "none"


def _running(state: PumpState) -> str:
    return "running" if state.running else "not running"


def _residuals(before: PumpState, after: PumpState, policy: Policy) -> Iterator[str]:
    """What was expected at the visits that both know, and what was found of it."""
    old_visits = {visit.event_id: visit for visit in before.visits}
    for visit in after.visits:
        old = old_visits.get(visit.event_id)
        if old is not None:
            yield from _residual(old, visit, policy)


def _residual(old: Visit, new: Visit, policy: Policy) -> Iterator[str]:
    was, now = residual_of(old, policy), residual_of(new, policy)
    which = f"At the {_VISIT_WORDS[new.entry.kind]} of {show_date(new.at.date())}"
    if was is None or now is None:
        if (was is None) != (now is None):
            has = "no residual can be worked out any more" if now is None else f"the residual is now {now['finding']}"
            yield f"{which} {has}."
        return
    if was["expected_ml"] != now["expected_ml"]:
        volumes = (show(one["expected_ml"], Unit.ML, 1) for one in (was, now))
        yield "{} the expected residual was {}, is {}.".format(which, *volumes)
    if was["finding"] != now["finding"]:
        yield f"{which} the finding was {was['finding']}, is {now['finding']}."
