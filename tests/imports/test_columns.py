"""Headers are recognised in the spellings of clinics, and refused when they could mean something else."""

import pytest

from pumplog.imports import FIELDS, REQUIRED, recognise_columns
from pumplog.quantities import Unit

NEEDED = list(REQUIRED)


def understood(header: str) -> tuple[str, Unit | None]:
    (column,) = recognise_columns([header]).understood
    return column.field, column.unit


def fault(header: str) -> str:
    return " ".join(f.says for f in recognise_columns([header]).faults if "no column for" not in f.says)


@pytest.mark.parametrize("field", FIELDS)
def test_recognises_each_field_by_its_own_name(field: str) -> None:
    assert understood(field)[0] == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("MRN", "patient_id"),
        ("Hospital no", "patient_id"),
        ("hospital_no.", "patient_id"),
        ("HOSPITAL NUMBER (MRN)", "patient_id"),
        ("Patient ID", "patient_id"),
        ("Patient's name", "patient_name"),
        ("Name", "patient_name"),
        ("D.O.B.", "date_of_birth"),
        ("Date of birth (dd/mm/yyyy)", "date_of_birth"),
        ("Model", "pump_model"),
        ("S/N", "pump_serial"),
        ("Serial number", "pump_serial"),
        ("pump serial no", "pump_serial"),
        ("Reservoir size", "capacity_ml"),
        ("Reservoir (mL)", "capacity_ml"),
        ("Low reservoir alarm volume [ml]", "alarm_volume_ml"),
        ("Alarm volume", "alarm_volume_ml"),
        ("date of visit", "visit_date"),
        ("Refill date", "visit_date"),
        ("residual", "drawn_ml"),
        ("Residual volume, cc", "drawn_ml"),
        ("Volume withdrawn (mL)*", "drawn_ml"),
        ("Medication", "drug"),
        ("conc.", "concentration"),
        ("volume after fill", "volume_after_fill_ml"),
        ("Volume (after fill)", "volume_after_fill_ml"),
        ("filled to", "volume_after_fill_ml"),
        ("Fill volume mL", "volume_after_fill_ml"),
        ("dose per day", "daily_dose"),
        ("Dose/day", "daily_dose"),
        ("rate per day", "daily_dose"),
        ("Dose per 24 h", "daily_dose"),
        ("  Infusion   MODE ", "mode"),
        ("Batch no.", "lot"),
        ("Exp. date", "expiry"),
        ("Refilled by", "nurse"),
        ("Comments", "notes"),
    ],
)
def test_recognises_what_clinics_call_a_field(header: str, field: str) -> None:
    assert understood(header)[0] == field


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Concentration (mcg/mL)", Unit.MCG_PER_ML),
        ("conc. [mg/ml]", Unit.MG_PER_ML),
        ("concentration_mcg_per_ml", Unit.MCG_PER_ML),
        ("Concentration µg/mL", Unit.MCG_PER_ML),
        ("mg/mL", Unit.MG_PER_ML),
        ("Daily dose (mcg/day)", Unit.MCG_PER_DAY),
        ("Daily dose (mg)", Unit.MG_PER_DAY),
        ("dose mcg per day", Unit.MCG_PER_DAY),
        ("Dose, mg/24h", Unit.MG_PER_DAY),
        ("mcg/day", Unit.MCG_PER_DAY),
        ("Daily dose", None),
        ("Drawn (mL)", Unit.ML),
        ("Drawn", None),
    ],
)
def test_reads_the_unit_in_a_header(header: str, unit: Unit | None) -> None:
    assert understood(header)[1] is unit


@pytest.mark.parametrize("header", ["Concentration (mg)", "Drawn (mcg)", "Dose (mcg)", "Daily dose (mL/day)"])
def test_refuses_a_header_in_a_unit_that_does_not_fit(header: str) -> None:
    assert "in a unit that" in fault(header)


@pytest.mark.parametrize(
    "header",
    ["Reservoir volume", "Next refill", "Volume", "ID", "Age", "Concentration (old)", "Drawn (total)", "Lot (mL)"],
)
def test_refuses_a_header_that_could_mean_something_else(header: str) -> None:
    assert f'"{header}" is not known' in fault(header)


def test_suggests_the_nearest_field_for_an_unknown_header() -> None:
    assert "Did you mean concentration (concentration)?" in fault("Concentraton")


def test_refuses_two_headers_for_one_field() -> None:
    says = [fault.says for fault in recognise_columns([*NEEDED, "Residual", "Drawn (mL)"]).faults]
    assert says == ['The columns "Residual" and "Drawn (mL)" both say drawn: keep one of them, or rename the other.']


def test_names_every_required_column_that_is_missing() -> None:
    (fault,) = recognise_columns(NEEDED[2:]).faults
    assert fault.field == "columns"
    assert "patient id (patient_id), patient name (patient_name)" in fault.says


def test_leaves_columns_without_a_header_out() -> None:
    columns = recognise_columns([*NEEDED, "", "  "])
    assert not columns.faults
    assert [column.field for column in columns.understood] == NEEDED
