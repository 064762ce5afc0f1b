"""`pumplog calc`: the worked cases from the terminal, options named as their columns, JSON a script can trust."""

import csv
import json
from collections.abc import Mapping
from decimal import Decimal

import pytest
import typer

from pumplog.cases import CALCULATORS
from pumplog.cli.app import app
from tests.cli.terminal import DATA, PYTHON, assert_sentences, inside, options, outside

D1 = {
    "filled_on": "2026-01-05",
    "volume_after_fill_ml": "20",
    "alarm_volume_ml": "2",
    "concentration_mcg_per_ml": "2000",
    "dose_mcg_per_day": "300",
}
INPUTS = {
    "next-refill": (*D1, "max_patient_bolus_mcg_per_day", "stability_limit_days", "margin_days"),
    "residual": ("volume_after_fill_ml", "programmed_ml", "drawn_ml"),
    "bridge": (
        *("tubing_ml", "catheter_cm", "ml_per_cm", "old_mcg_per_ml", "new_mcg_per_ml"),
        *("old_dose_mcg_per_day", "new_dose_mcg_per_day"),
    ),
}
FILES = {"next-refill": "next_refill.csv", "residual": "residual.csv", "bridge": "bridge.csv"}
BESIDE = ("case", "doc")


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / "golden" / FILES[name]).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cases() -> list[tuple[str, dict[str, str]]]:
    return [(name, row) for name in FILES for row in rows(name)]


def answers_of(name: str) -> tuple[str, ...]:
    return tuple(column for column in rows(name)[0] if column not in (*INPUTS[name], *BESIDE))


def agrees(column: str, golden: str, said: str | int | None) -> bool:
    """As the worked cases are compared: exactly, a ratio to 3 decimals, hours to 2."""
    if golden == "" or said is None:
        return golden == "" and said is None
    if column == "flow_ratio":
        return round(Decimal(said), 3) == Decimal(golden)
    if column.endswith("_hours"):
        return round(Decimal(said), 2) == Decimal(golden)
    return str(said) == golden


@pytest.mark.parametrize(("name", "row"), cases(), ids=lambda case: case["case"] if isinstance(case, dict) else "")
def test_answers_each_worked_case(name: str, row: dict[str, str]) -> None:
    said = inside("calc", name, *options({i: row[i] for i in INPUTS[name] if row[i]}), "--format", "json")
    assert (said.code, said.err) == (0, "")
    assert {c: said.json[c] for c in answers_of(name) if not agrees(c, row[c], said.json[c])} == {}


@pytest.mark.parametrize("name", FILES)
def test_options_are_the_input_columns_of_the_worked_cases(name: str) -> None:
    calc = typer.main.get_command(app).commands["calc"]  # type: ignore[attr-defined]
    command = calc.commands[name]
    named = {word for parameter in command.params for word in parameter.opts}
    ours = {"--cases", "--out", "--format", "--database"}
    assert named - ours == {f"--{column.replace('_', '-')}" for column in INPUTS[name]}
    assert set(INPUTS[name]) | {*answers_of(name), *BESIDE} == set(rows(name)[0])


def test_the_calculators_answer_the_columns_of_the_worked_cases() -> None:
    for calculator in CALCULATORS:
        assert calculator.inputs == INPUTS[calculator.name]
        assert calculator.answers[: len(answers_of(calculator.name))] == answers_of(calculator.name)


def test_margin_is_7_bolus_0_and_no_stability_limit_unless_said() -> None:
    plainly = inside("calc", "next-refill", *options(D1), "--format", "json").json
    spelled = {"margin_days": "7", "max_patient_bolus_mcg_per_day": "0"}
    assert plainly == inside("calc", "next-refill", *options(D1 | spelled), "--format", "json").json
    assert plainly["refill_by"] == "2026-04-28"
    assert plainly["stability_date"] is None
    assert plainly["limited_by"] == "alarm"


def test_json_has_the_answers_at_the_top_with_grace_early_alarm_and_working() -> None:
    said = inside("calc", "next-refill", *options(D1 | {"stability_limit_days": "180"}), "--format", "json").json
    assert list(said) == [*answers_of("next-refill"), "days_of_grace", "early_alarm_date", "working"]
    assert {name: value for name, value in said.items() if name != "working"} == {
        "flow_ml_per_day": "0.15",
        "days_to_alarm": 120,
        "alarm_date": "2026-05-05",
        "empty_date": "2026-05-18",
        "stability_date": "2026-07-04",
        "refill_by": "2026-04-28",
        "limited_by": "alarm",
        "days_of_grace": 13,
        "early_alarm_date": "2026-04-19",
    }


@pytest.mark.parametrize(("name", "row"), cases(), ids=lambda case: case["case"] if isinstance(case, dict) else "")
def test_every_answer_has_its_line_of_working(name: str, row: dict[str, str]) -> None:
    said = inside("calc", name, *options({i: row[i] for i in INPUTS[name] if row[i]}), "--format", "json").json
    lines = {line["name"]: line for line in said["working"]}
    for line in said["working"]:
        assert {"name", "meaning", "written", "value", "unit", "source"} <= set(line)
        assert line["meaning"].endswith(".")
        assert line["written"]
        assert line["source"]
    answered = {name: value for name, value in said.items() if name != "working" and value is not None}
    assert {name: lines[name]["value"] for name in answered} == answered


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"dose_mcg_per_day": "700"}, "0.35"),
        ({"dose_mcg_per_day": "70.0000001"}, "0.03500000005"),
        ({"concentration_mcg_per_ml": "900", "dose_mcg_per_day": "100"}, "0.111111111111"),
        ({"concentration_mcg_per_ml": "900", "dose_mcg_per_day": "500"}, "0.555555555556"),
        ({"concentration_mcg_per_ml": "2,000", "dose_mcg_per_day": "1,000"}, "0.5"),
        ({"concentration_mcg_per_ml": "2 mg/mL", "dose_mcg_per_day": "0.3 mg/day"}, "0.15"),
        ({"dose_mcg_per_day": "400.00"}, "0.2"),
    ],
)
def test_numbers_are_plain_and_end_after_12_decimals_half_even(change: Mapping[str, str], number: str) -> None:
    said = inside("calc", "next-refill", *options({**D1, **change}), "--format", "json")
    assert said.json["flow_ml_per_day"] == number


def test_nothing_programmed_has_no_flow_ratio() -> None:
    asked = {"volume_after_fill_ml": "20", "programmed_ml": "0", "drawn_ml": "20"}
    said = inside("calc", "residual", *options(asked), "--format", "json").json
    assert (said["flow_ratio"], said["finding"], said["discrepancy_ml"]) == (None, "within", "0")


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        (("tubing_ml", "catheter_cm", "ml_per_cm"), {"path_ml"}),
        (("tubing_ml", "catheter_cm", "ml_per_cm", "old_mcg_per_ml"), {"path_ml", "bridge_mcg"}),
        (
            ("tubing_ml", "catheter_cm", "ml_per_cm", "old_mcg_per_ml", "old_dose_mcg_per_day"),
            {"path_ml", "bridge_mcg", "bridge_hours"},
        ),
        (("old_mcg_per_ml", "new_mcg_per_ml"), {"direction"}),
        (("old_mcg_per_ml", "new_mcg_per_ml", "new_dose_mcg_per_day"), {"direction", "if_forgotten_mcg_per_day"}),
        (
            ("tubing_ml", "catheter_cm", "ml_per_cm", "new_mcg_per_ml", "new_dose_mcg_per_day"),
            {"path_ml", "if_forgotten_hours"},
        ),
    ],
)
def test_a_bridge_answers_what_its_inputs_allow(given: tuple[str, ...], answered: set[str]) -> None:
    whole = rows("bridge")[0]
    said = inside("calc", "bridge", *options({name: whole[name] for name in given}), "--format", "json")
    assert said.code == 0
    found = {name: value for name, value in said.json.items() if name != "working" and value is not None}
    assert set(found) == answered
    assert all(agrees(name, whole[name], value) for name, value in found.items())


RUBBISH = ("abc", "NaN", "inf", "-inf", "1e400", "1e3", "-1", "", " ", "12 34", "99999999999999999999", "2..5", "٢٠")


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("name", [name for name in D1 if name != "filled_on"])
def test_refuses_rubbish_with_a_sentence_that_names_the_quantity(name: str, rubbish: str) -> None:
    said = inside("calc", "next-refill", *options(D1 | {name: rubbish}), "--format", "json")
    assert said.code == 1
    (reason,) = said.json["refused"]
    assert set(said.json) == {"refused"}
    assert name.split("_")[0] in reason.casefold()
    assert said.err == f"{reason}\n"
    assert_sentences(said.err)


@pytest.mark.parametrize("name", ["volume_after_fill_ml", "concentration_mcg_per_ml", "dose_mcg_per_day"])
def test_refuses_zero(name: str) -> None:
    said = inside("calc", "next-refill", *options(D1 | {name: "0"}), "--format", "json")
    assert said.code == 1
    assert any(f"The {name.rsplit('_ml')[0].split('_mcg')[0].replace('_', ' ')}" in r for r in said.json["refused"])
    assert_sentences(said.err)


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "05/06/2026", "yesterday", "20260105", "26-01-05", ""])
def test_refuses_a_fill_date_that_is_no_day_or_two(day: str) -> None:
    said = inside("calc", "next-refill", *options(D1 | {"filled_on": day}), "--format", "json")
    assert said.code == 1
    (reason,) = said.json["refused"]
    assert reason.startswith(("Filled on:", "Fill date is not given"))


@pytest.mark.parametrize("left_out", D1)
def test_refuses_a_missing_input_by_name(left_out: str) -> None:
    said = inside("calc", "next-refill", *options({n: v for n, v in D1.items() if n != left_out}), "--format", "json")
    assert said.code == 1
    (reason,) = said.json["refused"]
    assert reason.endswith("is not given: type it.")


def test_refuses_with_every_reason_at_once() -> None:
    wrong = {"volume_after_fill_ml": "abc", "concentration_mcg_per_ml": "0", "margin_days": "1.5"}
    said = inside("calc", "next-refill", *options(D1 | wrong), "--format", "json")
    assert [reason.split(":")[0] for reason in said.json["refused"]] == [
        "Volume after fill",
        "The concentration is 0 mcg/mL or less",
        "The margin is not a whole number of days from 0 to 365",
    ]
    assert said.err.splitlines() == said.json["refused"]


def test_refuses_a_fill_at_the_alarm_volume_in_text_too() -> None:
    said = inside("calc", "next-refill", *options(D1 | {"volume_after_fill_ml": "2"}))
    assert (said.code, said.out) == (1, "")
    assert "at or below the alarm volume" in said.err


def test_text_shows_the_answer_and_its_working_with_units() -> None:
    said = inside("calc", "next-refill", *options(D1))
    assert said.code == 0
    assert "28 Apr 2026" in said.out
    assert "18 mL × 2,000 mcg/mL ÷ 300 mcg/day, whole days = 120 days" in said.out


def test_takes_the_database_option_as_every_command_does() -> None:
    asked = options(D1)
    before = inside("--database", "no.duckdb", "calc", "next-refill", *asked)
    after = inside("calc", "next-refill", *asked, "--database", "no.duckdb")
    assert before == after == inside("calc", "next-refill", *asked)


@pytest.mark.parametrize(
    "words",
    [
        ("calc",),
        ("calc", "next-refill"),
        ("calc", "nothing"),
        ("calc", "next-refill", "--no-such-option", "1"),
        ("calc", "next-refill", "--margin-days"),
        ("calc", "next-refill", "--margin-days", "7", "--format", "xml"),
        ("calc", "next-refill", "--cases", "in.csv"),
        ("calc", "next-refill", "--out", "out.csv"),
        ("calc", "next-refill", "--cases", "in.csv", "--out", "out.csv", "--margin-days", "7"),
    ],
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...]) -> None:
    said = inside(*words)
    assert said.code == 2
    assert said.out + said.err


def test_a_calculation_loads_no_database_no_screens_and_no_tables() -> None:
    program = "import sys; from pumplog.cli import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    said = outside("-c", program, "calc", "next-refill", *options(D1), "--format", "json", program=(PYTHON,))
    loaded = said.err.split()
    assert json.loads(said.out)["days_to_alarm"] == 120
    heavy = {
        "duckdb",
        "streamlit",
        "pandas",
        "pyarrow",
        "altair",
        "openpyxl",
        "rich",
        "pumplog.desk",
        "pumplog.entries",
    }
    assert heavy.isdisjoint(loaded)
