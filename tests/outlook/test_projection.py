"""Which calculation answers for a pump, for how long its drug is good, and every reason why a date is missing."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pumplog.calc.course import NEXT_REFILL_IN_LEGS
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.without_alarm import NEXT_REFILL_WITHOUT_ALARM
from pumplog.entries import read_entry
from pumplog.outlook import Projection, project
from pumplog.reference import load_reference
from pumplog.state import Said, fold_pump

REFERENCE = load_reference()
BACLOFEN = {"drug": "baclofen", "concentration_mcg_per_ml": "2000"}
CLONIDINE = {"drug": "clonidine", "concentration_mcg_per_ml": "500"}
FILLED_ON = date(2026, 1, 5)
MORE = {"mode": "simple_continuous", "dose_mcg_per_day": "330"}


def fill(*fluid: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "kind": "refilled",
        "happened_at": "2026-01-05T09:00Z",
        "fluid": list(fluid or (BACLOFEN,)),
        "volume_after_fill_ml": "20",
        "alarm_volume_ml": "2",
        "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
        "pump_running": True,
        **fields,
    }


def projected(*said: dict[str, Any]) -> Projection:
    entries = [read_entry({"pump_serial": "S1", **one}) for one in said]
    recorded_at = datetime(2026, 6, 1, tzinfo=UTC)
    told = [Said(f"e{place}", place, entry, recorded_at, "M. Keller") for place, entry in enumerate(entries, 1)]
    return project(fold_pump("p1", told, zone=ZoneInfo("UTC")), REFERENCE)


def beyond_use(on: str) -> Projection:
    return projected(fill(CLONIDINE | {"beyond_use_on": on}))


# --- for how long the drug is good ---


def test_every_drug_of_a_mixture_says_what_is_missing() -> None:
    unknown = [{"drug": name, "concentration_mcg_per_ml": "2000"} for name in ("baclofenn", "clonidinn")]
    found = projected(fill(*unknown, CLONIDINE))
    assert found.reasons == (
        'The drug "baclofenn" is not in the reference list: correct the entry.',
        'The drug "clonidinn" is not in the reference list: correct the entry.',
        "Clonidine has no beyond-use date on record: correct the last fill and type the pharmacy's date.",
    )


def test_one_known_limit_does_not_answer_for_another_drug_without_one() -> None:
    found = projected(fill(BACLOFEN, CLONIDINE))
    assert (found.stability.limit_days, found.stability.says) == (None, "")
    assert found.refused
    assert [found.day(name) for name in ("refill_by", "stability_date")] == [None, None]
    assert found.values["limited_by"] is None
    assert found.day("alarm_date") == date(2026, 5, 5)


@pytest.mark.parametrize(("on", "is_good"), [("2026-01-04", False), ("2026-01-05", False), ("2026-01-06", True)])
def test_a_drug_is_refused_at_its_beyond_use_date_and_good_until_the_day_before(on: str, is_good: bool) -> None:
    found = beyond_use(on)
    assert found.refused is not is_good
    assert ("was at its beyond-use date" in " ".join(found.reasons)) is not is_good


def test_the_shortest_limit_holds_and_says_what_it_is() -> None:
    pharmacy = projected(fill(BACLOFEN | {"beyond_use_on": "2026-02-04"}))
    assert pharmacy.stability.limit_days == 30
    assert pharmacy.stability.says == "the pharmacy's beyond-use date of baclofen, 4 Feb 2026"
    assert pharmacy.day("stability_date") == date(2026, 2, 4)
    label = projected(fill(BACLOFEN | {"beyond_use_on": "2027-02-04"}))
    assert (label.stability.limit_days, label.stability.says) == (180, "baclofen is good for 180 days in the pump")


# --- which calculation ---


def test_a_plain_fill_is_answered_by_the_plain_line_of_arithmetic_and_anything_else_in_legs() -> None:
    again = {"kind": "reprogrammed", "happened_at": "2026-02-05T09:00Z", "programme": MORE, "pump_running": True}
    flex = {
        "mode": "flex",
        "days": [
            {
                "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                "steps": [{"hours": "24", "rate_mcg_per_hour": "12.5"}],
            }
        ],
    }
    bridge = {"given": True, "path_ml": "0.375", "bridge_mcg": "187.5", "bridge_hours": "45"}
    asked = {
        "plain": (fill(),),
        "primed": (fill(priming_ml="0.2"),),
        "bridged": (fill(), fill(bridge=bridge, happened_at="2026-01-06T09:00Z")),
        "flex": (fill(programme=flex),),
        "reprogrammed": (fill(), again),
    }
    found = {name: projected(*said).calculation for name, said in asked.items()}
    assert found == {"plain": NEXT_REFILL} | dict.fromkeys(
        ("primed", "bridged", "flex", "reprogrammed"), NEXT_REFILL_IN_LEGS
    )


def test_a_pump_without_an_alarm_goes_by_the_calendar() -> None:
    registered = {
        "kind": "registered",
        "happened_at": "2026-01-05T08:00Z",
        "patient": {"patient_id": "1", "name": "Example, Ada"},
        "pump": {"model": "Other", "capacity_ml": "20", "has_alarm": False, "alarm_volume_ml": "0"},
    }
    found = projected(registered, fill())
    assert found.calculation == NEXT_REFILL_WITHOUT_ALARM
    assert found.day("alarm_date") is None
    assert found.day("empty_date") is not None


# --- an empty reservoir ---


@pytest.mark.parametrize(("left_ml", "empty_on"), [("0", date(2026, 2, 5)), ("0.5", None), ("1", None)])
def test_a_reservoir_without_a_drop_is_empty_whatever_else_is_refused(left_ml: str, empty_on: date | None) -> None:
    emptied = {"kind": "deferred", "happened_at": "2026-02-05T09:00Z", "reason": "fever", "volume_left_ml": left_ml}
    found = projected(fill(programme={"mode": "stopped"}), emptied)
    assert found.refused
    assert found.day("empty_date") == empty_on
    assert found.explain() is None
