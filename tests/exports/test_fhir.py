"""FHIR bundles: held against the R4 definitions, a second validator, the R4 JSON schema, and our own check."""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fhir.resources.R4B import get_fhir_model_class

from pumplog.demo import fill_demo
from pumplog.desk import Desk
from pumplog.errors import EntryRefused
from pumplog.fhir import json_text, refuse_unfit
from pumplog.fhir.codes import DISPLAYS
from pumplog.fhir.shape import RESOURCES, SHAPES
from tests.stories.clinic import SERIAL, Clinic

FOLDER = Path(__file__).parents[1] / "data" / "fhir_r4"
DEFINITIONS: dict[str, Any] = json.loads((FOLDER / "definitions.json").read_text("utf-8"))
SCHEMA: dict[str, Any] = json.loads((FOLDER / "schema.json").read_text("utf-8"))


def told(opened: Any) -> None:
    """A pump with everything in its life that a bundle carries."""
    pump = {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2", "gtin": "09506000134352"}
    opened.register(SERIAL, pump=pump, risk_flags=["previous_withdrawal"])
    opened.say("refilled", "2026-01-05T09:00Z", refilled_by="J. Frey", event="fill")
    opened.say("scored", "2026-01-05T10:00Z", ashworth=[{"joint": "knee", "side": "left", "grade": "1+"}], pain="3")
    opened.say("alarm_heard", "2026-02-20T08:00Z", alarm="LOW_RESERVOIR", event="alarm")
    opened.say("booked", "2026-02-20T09:00Z", booking={"visit_on": "2026-03-20", "visit_time": "10:30"})
    opened.say("booked", "2026-02-20T09:30Z", booking={"visit_on": "2026-04-20", "clinician": "Dr Sand"})


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Clinic(tmp_path_factory.mktemp("one")).open() as opened:
        told(opened)
        opened.at(date(2026, 7, 25))
        yield opened.desk


def resources(desk: Desk, **asked: Any) -> list[dict[str, Any]]:
    (content,) = desk.export_fhir(by="an auditor", **asked).files.values()
    return [entry["resource"] for entry in json.loads(content, parse_float=Decimal).get("entry", [])]


def of_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in found if one["resourceType"] == kind]


# --- our tables against the definitions ---


def test_every_element_we_use_is_as_the_definitions_say() -> None:
    known = DEFINITIONS["elements"]
    for shape, elements in SHAPES.items():
        for element in elements:
            path = f"{shape}.{element.name}"
            if path == "Bundle.entry.resource":
                continue  # the definitions have it under a name of their own
            defined = known[path]
            assert (defined["min"], defined["max"] == "*") == (element.least_count, element.many), path
            assert set(element.types) <= set(defined["types"]), path
            assert set(element.codes) <= set(defined.get("codes", ())), path
            assert bool(element.codes) == ("codes" in defined), path


def test_every_required_element_of_a_shape_we_use_is_in_our_table() -> None:
    for path, defined in DEFINITIONS["elements"].items():
        shape, _, name = path.rpartition(".")
        if defined["min"] and shape in SHAPES:
            assert name in {element.name for element in SHAPES[shape]}, path


def test_every_code_we_use_is_in_the_definitions_with_its_display() -> None:
    for (system, code), display in DISPLAYS.items():
        assert DEFINITIONS["codes"][system][code] == display


# --- bundles ---


def test_a_bundle_of_one_pump_holds_every_kind_of_resource_and_says_what_the_record_says(one: Desk) -> None:
    found = resources(one, pump_serial=SERIAL)
    assert {each["resourceType"] for each in found} == set(RESOURCES)
    (device,) = of_kind(found, "Device")
    (carrier,) = device["udiCarrier"]
    assert carrier["deviceIdentifier"] == "09506000134352"
    assert carrier["carrierHRF"] == f"(01)09506000134352(21){SERIAL}"
    (refill,) = of_kind(found, "MedicationAdministration")
    assert refill["dosage"]["route"]["coding"][0]["code"] == "72607000"
    rate = refill["dosage"]["rateQuantity"]
    assert (rate["system"], rate["code"]) == ("http://unitsofmeasure.org", "ug/d")
    (knee,) = [each for each in of_kind(found, "Observation") if "bodySite" in each]
    assert (knee["valueString"], knee["bodySite"]["text"]) == ("1+", "left knee")
    assert [each["status"] for each in of_kind(found, "Flag")] == ["active", "active"]
    assert sorted(each["start"] for each in of_kind(found, "Appointment")) == [
        "2026-03-20T10:30:00Z",
        "2026-04-20T00:00:00Z",
    ]
    (issue,) = of_kind(found, "DetectedIssue")
    assert issue["code"]["coding"][0]["code"] == "TOOLATE"
    assert len(of_kind(found, "AuditEvent")) == len(one.story(SERIAL).state.log)


def test_a_second_checker_is_the_verifier_of_the_provenance(tmp_path: Path) -> None:
    with Clinic(tmp_path).open() as opened:
        opened.register()
        opened.say("refilled", "2026-01-05T09:00Z")
        opened.say("refilled", "2026-01-20T09:00Z", second_checker="Dr Sand", drawn_ml="17.5")
        opened.at(date(2026, 2, 1))
        found = resources(opened.desk, pump_serial=SERIAL)
    verifiers = [
        agent["who"]["display"]
        for each in of_kind(found, "Provenance")
        for agent in each["agent"]
        if agent["type"]["text"] == "verifier"
    ]
    assert verifiers == ["Dr Sand"]
    early = of_kind(found, "DetectedIssue")
    assert [each["code"]["coding"][0]["code"] for each in early] == ["TOOSOON"]


def test_an_entry_in_error_is_in_the_audit_trail_alone(tmp_path: Path) -> None:
    with Clinic(tmp_path).open() as opened:
        opened.ordinary()
        visit = opened.say("refilled", "2026-01-20T09:00Z", drawn_ml="17.5", event="slip")
        assert visit is not None
        opened.say("corrected", "2026-01-21T09:00Z", target_event_id="slip", how="entered_in_error", reason="x")
        found = resources(opened.desk, pump_serial=SERIAL)
    assert len(of_kind(found, "MedicationAdministration")) == 1
    said = {each["entity"][0]["name"]: each["action"] for each in of_kind(found, "AuditEvent")}
    assert said == {"registered": "C", "refilled": "C", "corrected": "U"}


def test_a_period_takes_what_happened_in_it_and_nothing_else(one: Desk) -> None:
    found = resources(one, first=date(2026, 1, 1), last=date(2026, 1, 31))
    assert {each["recorded"][:7] for each in of_kind(found, "AuditEvent")} == {"2026-01"}
    assert of_kind(found, "Appointment") == []
    assert resources(one, first=date(2020, 1, 1), last=date(2020, 1, 2)) == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "pump_serial"),
        ({"first": date(2026, 1, 1)}, "pump_serial"),
        ({"first": date(2026, 2, 1), "last": date(2026, 1, 1)}, "to"),
        ({"pump_serial": "NOBODY"}, "pump_serial"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(one: Desk, asked: dict[str, Any], field: str) -> None:
    with pytest.raises(EntryRefused) as refused:
        one.export_fhir(by="x", **asked)
    assert [fault.field for fault in refused.value.faults] == [field]


# --- somebody else's opinion ---


@cache
def validator(kind: str) -> Any:
    wanted = {"$ref": f"#/definitions/{kind}", "definitions": SCHEMA["definitions"]}
    return jsonschema.Draft6Validator(wanted)


def plain_json(value: Any) -> Any:
    return json.loads(json_text(value))


def assert_valid(found: list[dict[str, Any]]) -> None:
    for each in found:
        read = plain_json(each)
        assert list(validator(each["resourceType"]).iter_errors(read)) == []
        get_fhir_model_class(each["resourceType"]).model_validate(read)


def test_two_other_validators_take_every_resource(one: Desk) -> None:
    assert_valid(resources(one, pump_serial=SERIAL))


def test_two_other_validators_take_the_demo_clinic(tmp_path: Path) -> None:
    day = date(2026, 11, 22)
    fill_demo(tmp_path / "demo.duckdb", today=day)
    with Desk.open(tmp_path / "demo.duckdb", now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)) as desk:
        found = resources(desk, first=date(2026, 9, 1), last=day)
    kinds = Counter(each["resourceType"] for each in found)
    assert set(kinds) >= {"MedicationAdministration", "DetectedIssue", "Flag", "Provenance"}
    assert_valid(found)


def test_the_other_validators_refuse_what_is_broken(one: Desk) -> None:
    (refill,) = of_kind(resources(one, pump_serial=SERIAL), "MedicationAdministration")
    del refill["subject"]
    read = plain_json(refill)
    assert list(validator("MedicationAdministration").iter_errors(read))
    with pytest.raises(ValueError, match="subject"):
        get_fhir_model_class("MedicationAdministration").model_validate(read)


# --- our own check ---

Broken = Callable[[dict[str, Any]], object]
BREAKS: dict[str, tuple[str, str, Broken]] = {
    "a required code": ("MedicationAdministration", "status", lambda one: one.update(status="done")),
    "a code of our own": ("DetectedIssue", "severity", lambda one: one.update(severity="grave")),
    "a missing element": ("MedicationAdministration", "subject", lambda one: one.pop("subject")),
    "an unknown element": ("Patient", "colour", lambda one: one.update(colour="blue")),
    "a list that is none": ("Patient", "name", lambda one: one.update(name={"text": "x"})),
    "an empty list": ("Appointment", "participant", lambda one: one.update(participant=[])),
    "a choice made twice": ("Observation", "value[x]", lambda one: one.update(valueString="1", valueBoolean=True)),
    "a number as text": (
        "Medication",
        "ingredient[0].isActive",
        lambda one: one["ingredient"][0].update(isActive="yes"),
    ),
    "no date": ("Patient", "birthDate", lambda one: one.update(birthDate="5 May 1960")),
    "no instant": ("AuditEvent", "recorded", lambda one: one.update(recorded="2026-01-05")),
    "a dosage without anything": (
        "MedicationAdministration",
        "dosage",
        lambda one: one["dosage"].pop("rateQuantity"),
    ),
    "a start alone": ("Appointment", "", lambda one: one.pop("end")),
    "a reference to nobody": ("Flag", "subject.reference", lambda one: one["subject"].update(reference="urn:uuid:0")),
    "an agent without a name": ("Provenance", "agent[0].who", lambda one: one["agent"][0].pop("who")),
}


@pytest.fixture(scope="module")
def whole(one: Desk) -> dict[str, Any]:
    (content,) = one.export_fhir(by="x", pump_serial=SERIAL).files.values()
    bundle: dict[str, Any] = json.loads(content, parse_float=Decimal)
    return bundle


@pytest.mark.parametrize("name", BREAKS)
def test_the_check_names_the_place_of_what_is_broken(whole: dict[str, Any], name: str) -> None:
    kind, path, broken = BREAKS[name]
    bundle = copy.deepcopy(whole)
    place = next(
        place
        for place, entry in enumerate(bundle["entry"])
        if entry["resource"]["resourceType"] == kind
        and (name != "a choice made twice" or "bodySite" in entry["resource"])
    )
    broken(bundle["entry"][place]["resource"])
    with pytest.raises(EntryRefused) as refused:
        refuse_unfit(bundle)
    (first, *_) = refused.value.faults
    assert first.field.startswith(f"Bundle.entry[{place}].resource")
    assert first.field.endswith(path)
    assert "FHIR R4" in first.says


def test_a_bundle_with_one_address_twice_or_of_another_kind_is_refused(whole: dict[str, Any]) -> None:
    refuse_unfit(whole)
    bundle = copy.deepcopy(whole)
    bundle["entry"].append(copy.deepcopy(bundle["entry"][0]))
    with pytest.raises(EntryRefused, match="bdl-7"):
        refuse_unfit(bundle)
    others: tuple[object, ...] = ([], {"resourceType": "Patient"}, None)
    for other in others:
        with pytest.raises(EntryRefused, match="no FHIR bundle"):
            refuse_unfit(other)


def test_a_decimal_keeps_every_digit_and_a_binary_float_is_no_decimal() -> None:
    assert json_text({"value": Decimal("123456.123456789012")}) == '{"value":123456.123456789012}'
    with pytest.raises(TypeError):
        json_text({"value": 0.1})
