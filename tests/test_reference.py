"""Reference data: what the files hold, how it is looked up, and how a clinic sets its own policy."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pumplog.errors import EntryRefused, PumplogError
from pumplog.reference import (
    ALARM_KINDS,
    AlarmWeight,
    Graded,
    GradedCount,
    Interruption,
    PumpKind,
    data_folder,
    load_reference,
)
from pumplog.sources import SOURCES

REFERENCE = load_reference()
SYNCHROMED_II = ("SynchroMed II 8637-20", "SynchroMed II 8637-40")
SYNCHROMED_III = ("SynchroMed III 8667-20", "SynchroMed III 8667-40")
PROMETRA = ("Prometra 20", "Prometra II 20", "Prometra II 40")
FIXED_FLOW = ("Codman 3000", "Archimedes", "IsoMed")


def tables(node: Any) -> Iterator[dict[str, Any]]:
    """Every table of a TOML file, at any depth."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from tables(inner)


def toml_files() -> list[Path]:
    """The files with facts; the worked cases are invented numbers to calculate with."""
    files = sorted(data_folder("reference").glob("*.toml"))
    return [path for path in files if path.name != "worked_cases.toml"]


def number(value: Graded | GradedCount | None) -> Decimal:
    assert value is not None
    return Decimal(value.value)


# What the files hold


@pytest.mark.parametrize("path", toml_files(), ids=lambda path: path.name)
def test_every_source_named_in_a_file_exists(path: Path) -> None:
    content = tomllib.loads(path.read_text("utf-8"))
    named = [value for table in tables(content) for key, value in table.items() if key.split("_")[-1] == "source"]
    assert named
    assert set(named) <= set(SOURCES)


@pytest.mark.parametrize("path", toml_files(), ids=lambda path: path.name)
def test_every_number_in_a_file_stands_beside_its_source(path: Path) -> None:
    content = tomllib.loads(path.read_text("utf-8"))
    for table in tables(content):
        numbers = [key for key, value in table.items() if type(value) in (int, float)]
        assert not numbers or "source" in table, f"{numbers} without a source"


def test_a_row_with_an_unknown_source_is_refused() -> None:
    with pytest.raises(ValidationError, match="somebody_said"):
        Graded(value=Decimal(2), source="somebody_said")


@pytest.mark.parametrize(("key", "grade"), [("asra_2017", "S"), ("arithmetic", "D"), ("general_knowledge", "U")])
def test_a_value_has_the_grade_of_its_source(key: str, grade: str) -> None:
    value = Graded(value=Decimal(2), source=key)
    assert value.grade.value == grade
    assert value.unverified == (grade == "U")


def test_numbers_are_exactly_as_written() -> None:
    pump = REFERENCE.pump_model("SynchroMed II 8637-20")
    assert str(number(pump.catheter_ml_per_cm)) == "0.0022"
    assert isinstance(REFERENCE.policy.band_fast_ratio.value, Decimal)
    assert type(REFERENCE.policy.margin_days.value) is int


@pytest.mark.parametrize("row", [*REFERENCE.pumps, *REFERENCE.drugs], ids=lambda row: row.name)
def test_rows_cannot_be_changed(row: Any) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        row.name = "something else"


# Pumps


@pytest.mark.parametrize(
    ("name", "capacity_ml"),
    list(zip((*SYNCHROMED_II, *SYNCHROMED_III, *PROMETRA), (20, 40, 20, 40, 20, 20, 40), strict=True)),
)
def test_programmable_pumps_hold_what_their_maker_says(name: str, capacity_ml: int) -> None:
    pump = REFERENCE.pump_model(name)
    assert pump.kind is PumpKind.PROGRAMMABLE
    assert number(pump.capacity_ml) == capacity_ml


@pytest.mark.parametrize("name", SYNCHROMED_II)
def test_synchromed_ii_sourced_values_are_sourced(name: str) -> None:
    pump = REFERENCE.pump_model(name)
    assert pump.capacity_ml is not None
    assert not pump.capacity_ml.unverified
    assert pump.alarm_volume_ml is not None
    assert not pump.alarm_volume_ml.unverified
    assert number(pump.alarm_volume_ml) == 2
    assert [(offer.value, offer.source) for offer in pump.alarm_volume_ml_offers] == [
        (Decimal(2), "manufacturer_data"),
        (Decimal(4), "neurosurgery_2004"),
    ]
    assert number(pump.flex_steps_a_day_count) == 13
    assert "fda_2017" in {note.source for note in pump.notes}


@pytest.mark.parametrize("name", SYNCHROMED_II)
def test_synchromed_ii_unverified_values_are_flagged(name: str) -> None:
    pump = REFERENCE.pump_model(name)
    assert [offer.value for offer in pump.tubing_volume_ml_offers] == [Decimal("0.199"), Decimal("0.140")]
    assert all(offer.unverified for offer in pump.tubing_volume_ml_offers)
    assert pump.catheter_ml_per_cm is not None
    assert pump.catheter_ml_per_cm.unverified
    assert number(pump.minimum_flow_ml_per_day) == Decimal("0.048")
    assert pump.minimum_flow_ml_per_day is not None
    assert pump.minimum_flow_ml_per_day.unverified
    assert pump.unverified_fields == ("tubing_volume_ml", "catheter_ml_per_cm")


@pytest.mark.parametrize("name", SYNCHROMED_III)
def test_synchromed_iii_volumes_are_flagged_as_unverified(name: str) -> None:
    pump = REFERENCE.pump_model(name)
    assert number(pump.alarm_volume_ml) == 2
    assert number(pump.catheter_ml_per_cm) == Decimal("0.0022")
    assert pump.unverified_fields == ("capacity_ml", "alarm_volume_ml", "catheter_ml_per_cm", "has_alarm")
    assert any("1.5 T and 3 T" in note.says and not note.unverified for note in pump.notes)


@pytest.mark.parametrize("name", PROMETRA)
def test_prometra_is_planned_to_three_millilitres(name: str) -> None:
    pump = REFERENCE.pump_model(name)
    assert pump.alarm_volume_ml is None
    assert pump.planning_volume_ml is not None
    assert not pump.planning_volume_ml.unverified
    assert number(pump.planning_volume_ml) == 3
    assert number(pump.catheter_length_cm) == 110
    assert number(pump.catheter_ml_per_cm) == Decimal("0.0026")
    assert pump.unverified_fields == ("has_alarm",)
    told = " ".join(note.says for note in pump.notes)
    assert all(fact in told for fact in ("MRI", "22 years", "500 to 2,000 mcg/mL", "no patient boluses"))


@pytest.mark.parametrize("name", FIXED_FLOW)
def test_a_fixed_flow_pump_has_no_alarm_and_its_capacity_is_typed(name: str) -> None:
    pump = REFERENCE.pump_model(name)
    assert pump.kind is PumpKind.FIXED_FLOW
    assert not pump.has_alarm
    assert pump.capacity_ml is None
    assert pump.planning_volume_ml is None
    assert pump.unverified_fields == ("has_alarm",)


def test_a_pump_on_no_list_can_be_registered() -> None:
    pump = REFERENCE.pump_model("other")
    assert pump.kind is PumpKind.OTHER
    assert pump.capacity_ml is None
    assert pump.alarm_volume_ml is None


@pytest.mark.parametrize(
    "text",
    ["SynchroMed II 8637-20", " synchromed ii  8637 20", "Medtronic SynchroMed II 8637-20", "8637-20"],
)
def test_a_pump_model_is_found_however_it_is_spelt(text: str) -> None:
    assert REFERENCE.pump_model(text).name == "SynchroMed II 8637-20"


def test_every_name_leads_to_one_row() -> None:
    for rows, named in (
        (REFERENCE.pumps, REFERENCE.named_pumps),
        (REFERENCE.drugs, REFERENCE.named_drugs),
    ):
        names = {"".join(filter(str.isalnum, name.casefold())): row.name for row in rows for name in row.names}
        assert {name: row.name for name, row in named.items()} == names
        assert len(names) == sum(
            len({"".join(filter(str.isalnum, name.casefold())) for name in row.names}) for row in rows
        )


def test_an_unknown_pump_model_is_refused_with_a_suggestion() -> None:
    with pytest.raises(EntryRefused) as refusal:
        REFERENCE.pump_model("Prometra III 20")
    (fault,) = refusal.value.faults
    assert fault.field == "pump_model"
    assert "Did you mean Prometra II 20" in fault.says
    assert fault.says.endswith("IsoMed or Other.")


# Drugs


def test_baclofen_is_as_published() -> None:
    baclofen = REFERENCE.drug("baclofen")
    assert [strength.concentration_mcg_per_ml for strength in baclofen.strengths] == [50, 500, 1000, 2000]
    assert [strength.screening_only for strength in baclofen.strengths] == [True, False, False, False]
    assert baclofen.in_pump_limit_days is not None
    assert baclofen.in_pump_limit_days.value == 180
    assert baclofen.in_pump_limit_days.source == "pubmed_38043050"
    assert baclofen.interruption is Interruption.HIGH
    assert not baclofen.beyond_use_date_required


def test_the_boxed_warning_of_baclofen_comes_from_its_label() -> None:
    warning = REFERENCE.drug("baclofen").boxed_warning
    assert warning is not None
    assert warning.source == "gablofen_label"
    assert "high fever" in warning.says
    assert "death" in warning.says


def test_baclofen_warning_levels_are_as_published() -> None:
    baclofen = REFERENCE.drug("baclofen")
    levels = {level.population: (level.low_mcg_per_day, level.high_mcg_per_day) for level in baclofen.dose_levels}
    assert levels == {
        "spinal": (Decimal(300), Decimal(800)),
        "cerebral": (Decimal(90), Decimal(703)),
        "any": (None, Decimal(1000)),
    }
    steps = {step.population: (step.low_ratio, step.high_ratio) for step in baclofen.titration_steps}
    assert steps == {
        "spinal": (Decimal("0.10"), Decimal("0.30")),
        "cerebral and children": (Decimal("0.05"), Decimal("0.15")),
        "high dose": (None, Decimal("0.20")),
    }
    assert not any(row.unverified for row in (*baclofen.dose_levels, *baclofen.titration_steps))


def test_baclofen_signs_are_listed_and_flagged_as_unverified() -> None:
    baclofen = REFERENCE.drug("baclofen")
    assert baclofen.withdrawal is not None
    assert baclofen.overdose is not None
    assert baclofen.withdrawal.signs == (
        "return of spasticity",
        "itch without rash",
        "low or unstable blood pressure",
        "tingling",
        "fever",
        "altered mental state",
    )
    assert "1 to 3 days" in baclofen.withdrawal.says
    assert baclofen.overdose.signs == (
        "drowsiness",
        "light-headedness",
        "weak breathing",
        "seizures",
        "floppiness rising from the legs",
        "coma",
    )
    assert baclofen.withdrawal.unverified
    assert baclofen.overdose.unverified


def test_morphine_may_stay_ninety_days() -> None:
    morphine = REFERENCE.drug("Morphine")
    assert [strength.concentration_mcg_per_ml for strength in morphine.strengths] == [10_000, 25_000]
    assert number(morphine.in_pump_limit_days) == 90
    assert morphine.interruption is Interruption.OPIOID
    assert "respiratory depression" in morphine.interruption_says


@pytest.mark.parametrize(
    ("first_fill", "diluted", "days"),
    [
        (True, False, 14),
        (True, True, 14),
        (False, False, 84),
        (False, True, 40),
        (False, None, 40),
        (None, False, 14),
        (None, None, 14),
    ],
)
def test_ziconotide_limit_is_the_shortest_of_what_may_be_so(
    first_fill: bool | None, diluted: bool | None, days: int
) -> None:
    limit = REFERENCE.drug("ziconotide").limit_days(first_fill=first_fill, diluted=diluted)
    assert number(limit) == days


def test_dilution_and_first_fill_change_nothing_for_other_drugs() -> None:
    assert number(REFERENCE.drug("baclofen").limit_days(first_fill=None, diluted=True)) == 180


@pytest.mark.parametrize("name", ["hydromorphone", "clonidine", "bupivacaine", "fentanyl", "sufentanil", "other"])
def test_a_compounded_drug_needs_the_pharmacy_date(name: str) -> None:
    drug = REFERENCE.drug(name)
    assert drug.beyond_use_date_required
    assert drug.limit_days(first_fill=None, diluted=None) is None


def test_interruption_of_each_drug_is_as_listed() -> None:
    assert {drug.name: drug.interruption.value for drug in REFERENCE.drugs} == {
        "baclofen": "high",
        "morphine": "opioid",
        "hydromorphone": "opioid",
        "ziconotide": "none",
        "clonidine": "high",
        "bupivacaine": "none",
        "fentanyl": "other",
        "sufentanil": "other",
        "other": "other",
    }


def test_the_board_ranks_interruption_high_opioid_other_none() -> None:
    ranked = sorted(Interruption, key=lambda interruption: interruption.board_rank)
    assert [interruption.value for interruption in ranked] == ["high", "opioid", "other", "none"]


@pytest.mark.parametrize("text", ["baclofen", " BACLOFEN ", "Gablofen", "Baclofen (intrathecal)"])
def test_a_drug_is_found_however_it_is_spelt(text: str) -> None:
    assert REFERENCE.drug(text).name == "baclofen"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("baclofn", "baclofen"),
        ("morfine", "morphine"),
        ("hydromorfone", "hydromorphone"),
        ("zikonotide", "ziconotide"),
        ("sufentanyl", "sufentanil or fentanyl"),
    ],
)
def test_a_misspelt_drug_is_refused_with_a_suggestion(typed: str, meant: str) -> None:
    with pytest.raises(EntryRefused) as refusal:
        REFERENCE.drug(typed)
    (fault,) = refusal.value.faults
    assert fault.field == "drug"
    assert fault.says.startswith(f'Unknown drug "{typed}". Did you mean {meant}?')


def test_a_drug_like_no_other_is_refused_with_the_whole_list() -> None:
    with pytest.raises(EntryRefused) as refusal:
        REFERENCE.drug("water")
    assert str(refusal.value) == (
        'Unknown drug "water". Write baclofen, morphine, hydromorphone, ziconotide, clonidine, '
        "bupivacaine, fentanyl, sufentanil or other."
    )


@pytest.mark.parametrize("text", ["", "   ", "-"])
def test_a_missing_drug_is_called_missing(text: str) -> None:
    with pytest.raises(EntryRefused, match="The drug is missing"):
        REFERENCE.drug(text)


# Alarm kinds


def test_alarm_kinds_weigh_what_their_source_says() -> None:
    by_weight = {
        weight: {code for code, kind in ALARM_KINDS.items() if kind.weight is weight} for weight in AlarmWeight
    }
    assert by_weight == {
        AlarmWeight.NON_CRITICAL: {
            "LOW_RESERVOIR",
            "ELECTIVE_REPLACEMENT",
            "MEMORY_ERROR_NONCRITICAL",
            "UNKNOWN_SINGLE_BEEP",
        },
        AlarmWeight.CRITICAL: {
            "EMPTY_RESERVOIR",
            "END_OF_SERVICE",
            "MOTOR_STALL",
            "STOPPED_OVER_48H",
            "MEMORY_ERROR_CRITICAL",
            "LOW_BATTERY_RESET",
            "UNKNOWN_TWO_TONE",
        },
        AlarmWeight.LOGGED: {"MOTOR_STALL_RECOVERY", "PUMP_RESET", "TELEMETRY_FAILURE", "OTHER"},
    }


def test_only_alarms_with_a_tone_carry_the_alarm_source() -> None:
    for code, kind in ALARM_KINDS.items():
        assert kind.code == code
        assert (kind.tone is not None) == (kind.source == "gillette_va_al09_24")
        assert kind.critical == (kind.tone == "two-tone")


# Policy


def test_policy_values_and_their_sources() -> None:
    policy = REFERENCE.policy
    held = {
        name: (Decimal(value.value), value.source)
        for name in type(policy).model_fields
        if isinstance(value := getattr(policy, name), Graded | GradedCount)
    }
    assert held == {
        "margin_days": (7, "house_policy"),
        "near_empty_days": (3, "house_policy"),
        "due_soon_days": (14, "house_policy"),
        "band_fast_ratio": (Decimal("1.15"), "flow_accuracy_2023"),
        "band_slow_ratio": (Decimal("0.85"), "flow_accuracy_2023"),
        "evaluate_ml": (2, "asra_2017"),
        "stop_ml": (-2, "asra_2017"),
        "finding_low_ratio": (Decimal("0.85"), "flow_accuracy_2023"),
        "finding_high_ratio": (Decimal("1.15"), "flow_accuracy_2023"),
        "remeasured_in_20_ml_pump_ml": (1, "maino_2017"),
        "remeasured_in_40_ml_pump_ml": (2, "maino_2017"),
        "shortest_plausible_days": (5, "house_policy"),
        "dose_step_ratio": (Decimal("0.3"), "house_policy"),
        "bridge_ratio": (Decimal("0.1"), "house_policy"),
        "programmer_alarm_days": (1, "house_policy"),
        "programmer_dose_ratio": (Decimal("0.02"), "house_policy"),
        "programmer_volume_ml": (Decimal("0.1"), "house_policy"),
        "import_rows_ceiling_count": (50_000, "house_policy"),
        "import_bytes_ceiling_count": (64_000_000, "house_policy"),
        "idle_lock_minutes": (5, "house_policy"),
        "session_hours": (12, "house_policy"),
        "replacement_ahead_days": (92, "boster_2016"),
        "visits_per_day_count": (8, "house_policy"),
        "spread_ml": (1, "house_policy"),
        "own_ratio_visits_count": (6, "house_policy"),
    }
    assert policy.administrators_need_code is False
    assert (policy.zone, policy.zone_info.key) == ("UTC", "UTC")


def test_every_policy_value_lies_within_its_own_bounds() -> None:
    for name in type(REFERENCE.policy).model_fields:
        value = getattr(REFERENCE.policy, name)
        if not isinstance(value, str | bool):
            assert value.lowest <= value.value <= value.highest, name


def test_the_remeasured_limit_is_known_for_the_published_capacities_only() -> None:
    policy = REFERENCE.policy
    assert number(policy.remeasured_limit_ml(Decimal(20))) == 1
    assert number(policy.remeasured_limit_ml(Decimal("40.0"))) == 2
    assert policy.remeasured_limit_ml(Decimal(30)) is None


def settings(folder: Path, text: str) -> Path:
    path = folder / "clinic.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_clinic_sets_its_own_policy(tmp_path: Path) -> None:
    path = settings(
        tmp_path,
        'clinic_name = " North clinic "\nzone = "Europe/London"\nmargin_days = 5\nevaluate_ml = 1.5\n',
    )
    policy = load_reference(path).policy
    assert policy.clinic_name == "North clinic"
    assert policy.zone_info.key == "Europe/London"
    assert (policy.margin_days.value, policy.margin_days.source) == (5, "clinic_setting")
    assert policy.evaluate_ml.value == Decimal("1.5")
    assert policy.due_soon_days == REFERENCE.policy.due_soon_days


def test_a_clinics_own_numbers_and_words_are_empty_until_it_writes_them(tmp_path: Path) -> None:
    shipped = REFERENCE.policy
    assert (shipped.phone, shipped.emergency_phone, shipped.protocol, shipped.card_says) == ("", "", "", "")
    own = load_reference(settings(tmp_path, 'phone = " 020 7946 0100"\nprotocol = "Ring the consultant."\n')).policy
    assert (own.phone, own.protocol, own.emergency_phone) == ("020 7946 0100", "Ring the consultant.", "")


def test_a_whole_number_is_taken_where_decimals_are_allowed(tmp_path: Path) -> None:
    value = load_reference(settings(tmp_path, "evaluate_ml = 3")).policy.evaluate_ml.value
    assert isinstance(value, Decimal)
    assert value == 3


def test_a_clinic_setting_changes_the_version_and_not_what_ships(tmp_path: Path) -> None:
    own = load_reference(settings(tmp_path, "margin_days = 5"))
    assert own.version != REFERENCE.version
    assert load_reference() is REFERENCE
    assert REFERENCE.policy.margin_days.value == 7


def test_a_changed_settings_file_is_read_again(tmp_path: Path) -> None:
    assert load_reference(settings(tmp_path, "margin_days = 5")).policy.margin_days.value == 5
    assert load_reference(settings(tmp_path, "margin_days = 6")).policy.margin_days.value == 6


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        ("margin_dys = 3", "margin_dys", "margin_dys is not a setting. Did you mean margin_days?"),
        ("pumps = []", "pumps", "pumps is not a setting. The settings are clinic_name, zone"),
        ("margin_days = 400", "margin_days", "write a whole number from 0 to 60"),
        ("margin_days = -1", "margin_days", "margin_days cannot be -1"),
        ("margin_days = 7.5", "margin_days", "margin_days cannot be 7.5: write a whole number"),
        ('margin_days = "7"', "margin_days", 'margin_days cannot be "7"'),
        ("margin_days = true", "margin_days", "margin_days cannot be True"),
        ("evaluate_ml = nan", "evaluate_ml", "write a number from 0.1 to 10"),
        ("evaluate_ml = inf", "evaluate_ml", "write a number from 0.1 to 10"),
        ("evaluate_ml = 0", "evaluate_ml", "evaluate_ml cannot be 0"),
        ("stop_ml = 2", "stop_ml", "write a number from -10 to -0.1"),
        ("band_fast_ratio = 0.9", "band_fast_ratio", "write a number from 1 to 2"),
        ('zone = "Europe/Lodnon"', "zone", "is not a time zone. Did you mean Europe/London?"),
        ('zone = ""', "zone", "is not a time zone"),
        ('zone = "/etc/passwd"', "zone", "is not a time zone"),
        ('zone = "Europe"', "zone", "is not a time zone"),
        ("zone = 1", "zone", "zone must be a name in quotes"),
        ('clinic_name = " "', "clinic_name", "clinic_name must be words in quotes"),
        ('phone = ""', "phone", 'phone must be words in quotes, as in phone = "020 7946 0100"'),
        ("emergency_phone = 999", "emergency_phone", "emergency_phone must be words in quotes"),
        (f'card_says = "{"x" * 401}"', "card_says", "card_says is too long: write it in 400 letters or fewer"),
        (f'phone = "{"1" * 41}"', "phone", "phone is too long"),
        ("clinic_name = 1", "clinic_name", "clinic_name must be words in quotes"),
        ("margin_days 7", "clinic", "cannot be read"),
        ("margin_days = 7\nmargin_days = 8", "clinic", "cannot be read"),
        ("evaluate_ml = 1e400", "evaluate_ml", "write a number from 0.1 to 10"),
        ("evaluate_ml = 1e9999999999999999999", "clinic", "absurdly large"),
        pytest.param("margin_days = " + "9" * 5000, "clinic", "absurdly large", id="5,000 digits"),
        ("[margin_days]\nvalue = 5", "margin_days", "without quotes"),
    ],
)
def test_a_setting_that_cannot_be_taken_is_refused_by_name(tmp_path: Path, line: str, field: str, says: str) -> None:
    with pytest.raises(EntryRefused) as refusal:
        load_reference(settings(tmp_path, line))
    (fault,) = refusal.value.faults
    assert fault.field == field
    assert fault.says.startswith("clinic.toml")
    assert says in fault.says


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(EntryRefused) as refusal:
        load_reference(settings(tmp_path, 'zone = "Mars"\nmargin_days = 99\ndue_soon_days = 10'))
    assert [fault.field for fault in refusal.value.faults] == ["zone", "margin_days"]


def test_a_settings_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EntryRefused, match="save the file as UTF-8"):
        load_reference(path)


def test_a_settings_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EntryRefused, match=r"nowhere\.toml cannot be read"):
        load_reference(tmp_path / "nowhere.toml")


# Where the files lie


def test_a_missing_data_folder_is_said_in_words() -> None:
    with pytest.raises(PumplogError, match="install pumplog again"):
        data_folder("nothing_of_the_kind")


def test_an_installed_package_brings_its_own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "site-packages" / "pumplog"
    (installed / "data" / "reference").mkdir(parents=True)
    (tmp_path / "site-packages" / "data" / "reference").mkdir(parents=True)
    monkeypatch.setattr("pumplog.reference.folder._PACKAGE", installed)
    assert data_folder("reference") == installed / "data" / "reference"
