"""A bundle back to refills: fact for fact what the log said, or a refusal in words that names the place."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.desk.data_out import refuse_lost
from pumplog.entries import Refilled, read_entry
from pumplog.errors import EntryRefused
from pumplog.exports.fhir import Asked, PumpAsked, fhir_bundle
from pumplog.fhir import json_text
from pumplog.fhir.facts import CARRIED
from pumplog.imports.fhir_bundle import MOST_BYTES, refills_of_bundle
from pumplog.reference import load_reference
from pumplog.state import PumpState, fold_pump
from tests.state.telling import SERIAL, lives, said_of

REFERENCE = load_reference()
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
EXACT = Decimal("0.000000000001")


def state_of(life: list[dict[str, Any]]) -> PumpState:
    return fold_pump(SERIAL, said_of(life), zone=ZoneInfo("UTC"))


def bundle_of(state: PumpState) -> bytes:
    return fhir_bundle(Asked((PumpAsked(state, None, ()),), REFERENCE, NOW))


def facts(entry: Refilled) -> dict[str, Any]:
    return entry.model_dump(include=set(CARRIED))


def texts() -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
        str.strip
    )


@st.composite
def richer(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A life whose refills say all that a bundle can carry, in any words and to the last digit."""
    life = draw(lives(length=4))
    for said in life:
        if said["kind"] != "refilled":
            continue
        optional: dict[str, Any] = {
            "place": draw(st.sampled_from(("clinic", "home"))),
            "refilled_by": draw(texts()),
            "second_checker": draw(texts()),
            "note": draw(texts()),
            "diluted": draw(st.booleans()),
            "first_fill": draw(st.booleans()),
            "remeasured_ml": str(draw(st.decimals(0, 40, places=12))),
            "injected_ml": str(draw(st.decimals(0, 40, places=3))),
            "volume_left_ml": "0",
            "single_bolus_mcg": str(draw(st.decimals(EXACT, 900, places=12))),
        }
        said |= {name: value for name, value in optional.items() if draw(st.booleans())}
        package = {"lot": draw(texts()), "expiry_on": "2027-01-31", "gtin": "09506000134352"}
        said["fluid"] = [{**part, **(package if draw(st.booleans()) else {})} for part in said["fluid"]]
    return life


@settings(max_examples=25, deadline=None)
@given(richer())
def test_refills_come_back_fact_for_fact(life: list[dict[str, Any]]) -> None:
    state = state_of(life)
    content = bundle_of(state)
    wanted = [entry for one in life if isinstance(entry := read_entry(one), Refilled)]
    assert [facts(one) for one in refills_of_bundle(content)] == [facts(one) for one in wanted]
    refuse_lost(content, [state], lambda _: True)


LIFE: list[dict[str, Any]] = [
    {
        "kind": "registered",
        "pump_serial": SERIAL,
        "happened_at": "2026-01-01T09:00Z",
        "patient": {"patient_id": "1", "name": "Example"},
        "pump": {"model": "Other", "capacity_ml": "40", "alarm_volume_ml": "2"},
    },
    {
        "kind": "refilled",
        "pump_serial": SERIAL,
        "happened_at": "2026-01-02T09:00Z",
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
        "volume_after_fill_ml": "20",
        "drawn_ml": "3.1",
        "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
    },
]


@cache
def plain_bundle() -> dict[str, Any]:
    bundle: dict[str, Any] = json.loads(bundle_of(state_of(LIFE)), parse_float=Decimal)
    return bundle


def of_kind(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind
    )
    return found


def read_again(change: Callable[[dict[str, Any]], object]) -> tuple[Refilled, ...]:
    bundle = copy.deepcopy(plain_bundle())
    change(bundle)
    return refills_of_bundle(json_text(bundle).encode())


def test_a_changed_fact_is_noticed_before_the_bundle_leaves() -> None:
    state = state_of(LIFE)
    content = bundle_of(state)
    refuse_lost(content, [state], lambda _: True)
    with pytest.raises(EntryRefused, match="nothing was written"):
        refuse_lost(content.replace(b'"value":20,', b'"value":19,'), [state], lambda _: True)


def test_a_bundle_without_our_extensions_is_a_simple_continuous_programme_by_its_rate() -> None:
    (entry,) = read_again(lambda bundle: of_kind(bundle, "MedicationAdministration").pop("extension"))
    assert entry.programme.model_dump(exclude_defaults=True) == {"dose_mcg_per_day": Decimal(300)}
    assert (entry.drawn_ml, entry.volume_after_fill_ml) == (Decimal("3.1"), Decimal(20))


@pytest.mark.parametrize("change", [{"status": "entered-in-error"}, {"category": {"text": "programme change"}}])
def test_a_refill_entered_in_error_and_a_change_of_programme_are_no_refills(change: dict[str, Any]) -> None:
    assert read_again(lambda bundle: of_kind(bundle, "MedicationAdministration").update(change)) == ()


def _medication(bundle: dict[str, Any]) -> dict[str, Any]:
    return of_kind(bundle, "Medication")


def _drop(bundle: dict[str, Any], kind: str, name: str) -> None:
    bundle["entry"] = [
        one
        for one in bundle["entry"]
        if not (one["resource"]["resourceType"] == kind and name in json_text(one["resource"]))
    ]


def _without_volume(bundle: dict[str, Any]) -> None:
    gone = {
        one["fullUrl"]
        for one in bundle["entry"]
        if one["resource"]["resourceType"] == "Observation" and "volume_after_fill_ml" in json_text(one["resource"])
    }
    _drop(bundle, "Observation", "volume_after_fill_ml")
    for one in bundle["entry"]:
        targets = one["resource"].get("target", [])
        one["resource"] |= {"target": [t for t in targets if t["reference"] not in gone]} if targets else {}


def _strength(bundle: dict[str, Any]) -> dict[str, Any]:
    strength: dict[str, Any] = _medication(bundle)["ingredient"][0]["strength"]
    return strength


def _rate(bundle: dict[str, Any]) -> dict[str, Any]:
    rate: dict[str, Any] = of_kind(bundle, "MedicationAdministration")["dosage"]["rateQuantity"]
    return rate


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "strength in another unit": (lambda b: _strength(b)["numerator"].update(code="mg"), r"is in mg: give it in ug"),
    "strength for two millilitres": (
        lambda b: _strength(b)["denominator"].update(value=2),
        r"is for 2 mL: give it for 1",
    ),
    "no strength": (lambda b: _medication(b)["ingredient"][0].pop("strength"), r"has no number: give it in"),
    "no ingredient": (lambda b: _medication(b).pop("ingredient"), r"without an ingredient: give its strength"),
    "no name of the drug": (lambda b: _medication(b)["code"].pop("text"), r"Drug.* is missing: type it"),
    "another rate": (lambda b: _rate(b).update(value=310), r"is 310 ug/d, but the programme beside it gives 300"),
    "rate by the hour": (lambda b: _rate(b).update(code="ug/h"), r"is in ug/h: give it in ug/d"),
    "no serial": (lambda b: of_kind(b, "Device").pop("serialNumber"), r"without serialNumber: add it"),
    "no device": (lambda b: of_kind(b, "MedicationAdministration").pop("device"), r"names 0 devices"),
    "no volume": (_without_volume, r"Volume after fill is missing: type it"),
    "a programme that is none": (
        lambda b: of_kind(b, "MedicationAdministration")["extension"][-1].update(valueString="{"),
        r"holds no JSON that can be read",
    ),
    "a year that cannot be": (
        lambda b: of_kind(b, "MedicationAdministration").update(effectiveDateTime="1026-01-02T09:00:00Z"),
        r"The year 1026 cannot be right",
    ),
    "not FHIR": (lambda b: b.update(type="heap"), r"must be one of document"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_taken_is_refused_in_words_with_its_place(name: str) -> None:
    change, says = WRONG[name]
    with pytest.raises(EntryRefused, match=says) as refused:
        read_again(change)
    assert all(fault.field.startswith("Bundle") for fault in refused.value.faults)


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"resourceType": NaN}', b"null"])
def test_a_file_that_is_no_bundle_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(EntryRefused, match="bundle"):
        refills_of_bundle(content)


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(EntryRefused, match="64 MiB: give a shorter period"):
        refills_of_bundle(b" " * (MOST_BYTES + 1))
