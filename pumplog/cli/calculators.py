"""`pumplog calc`: one case with its working, or a file of cases."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumplog.cli.common import Format, FormatOption, refusals_told, refuse, say, say_json
from pumplog.errors import CalculationRefused

if TYPE_CHECKING:
    from pumplog.calc.formula import Line
    from pumplog.cases import Calculator

app = typer.Typer(help="Calculate, with every line of working.", no_args_is_help=True)

CasesOption = Annotated[Path | None, typer.Option("--cases", help="A CSV file of cases, one a line.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Where to write the answers of --cases.")]
Amount = Annotated[str | None, typer.Option(help="A number in the unit of its name.")]
Day = Annotated[str | None, typer.Option(help="A date, as 2026-05-05.")]
NoDatabase = Annotated[
    Path | None, typer.Option("--database", hidden=True, help="Taken as everywhere; a calculator needs none.")
]


@app.command("next-refill")
def next_refill_command(
    filled_on: Day = None,
    volume_after_fill_ml: Amount = None,
    alarm_volume_ml: Amount = None,
    concentration_mcg_per_ml: Amount = None,
    dose_mcg_per_day: Amount = None,
    max_patient_bolus_mcg_per_day: Amount = None,
    stability_limit_days: Amount = None,
    margin_days: Amount = None,
    cases: CasesOption = None,
    out: OutOption = None,
    output: FormatOption = Format.TEXT,
    _database: NoDatabase = None,
) -> None:
    """When the next refill is due, and what decided it."""
    from pumplog.cases import NEXT_REFILL_CALCULATOR

    typed = {
        "filled_on": filled_on,
        "volume_after_fill_ml": volume_after_fill_ml,
        "alarm_volume_ml": alarm_volume_ml,
        "concentration_mcg_per_ml": concentration_mcg_per_ml,
        "dose_mcg_per_day": dose_mcg_per_day,
        "max_patient_bolus_mcg_per_day": max_patient_bolus_mcg_per_day,
        "stability_limit_days": stability_limit_days,
        "margin_days": margin_days,
    }
    _answer(NEXT_REFILL_CALCULATOR, typed, cases, out, output)


@app.command("residual")
def residual_command(
    volume_after_fill_ml: Amount = None,
    programmed_ml: Amount = None,
    drawn_ml: Amount = None,
    cases: CasesOption = None,
    out: OutOption = None,
    output: FormatOption = Format.TEXT,
    _database: NoDatabase = None,
) -> None:
    """What should be left in the reservoir, against what was drawn."""
    from pumplog.cases import RESIDUAL_CALCULATOR

    typed = {
        "volume_after_fill_ml": volume_after_fill_ml,
        "programmed_ml": programmed_ml,
        "drawn_ml": drawn_ml,
    }
    _answer(RESIDUAL_CALCULATOR, typed, cases, out, output)


@app.command("bridge")
def bridge_command(
    tubing_ml: Amount = None,
    catheter_cm: Amount = None,
    ml_per_cm: Amount = None,
    old_mcg_per_ml: Amount = None,
    new_mcg_per_ml: Amount = None,
    old_dose_mcg_per_day: Amount = None,
    new_dose_mcg_per_day: Amount = None,
    cases: CasesOption = None,
    out: OutOption = None,
    output: FormatOption = Format.TEXT,
    _database: NoDatabase = None,
) -> None:
    """The bridge bolus after a concentration change, and what happens if it is forgotten."""
    from pumplog.cases import BRIDGE_CALCULATOR

    typed = {
        "tubing_ml": tubing_ml,
        "catheter_cm": catheter_cm,
        "ml_per_cm": ml_per_cm,
        "old_mcg_per_ml": old_mcg_per_ml,
        "new_mcg_per_ml": new_mcg_per_ml,
        "old_dose_mcg_per_day": old_dose_mcg_per_day,
        "new_dose_mcg_per_day": new_dose_mcg_per_day,
    }
    _answer(BRIDGE_CALCULATOR, typed, cases, out, output)


def _answer(
    calculator: "Calculator",
    typed: Mapping[str, str | None],
    cases: Path | None,
    out: Path | None,
    output: Format,
) -> None:
    given = {name: text for name, text in typed.items() if text is not None}
    if cases is not None or out is not None:
        if cases is None or out is None or given:
            raise typer.BadParameter("--cases and --out go together, and without single values.")
        _answer_file(calculator, cases, out, output)
        return
    if not given:
        raise typer.BadParameter("Give the values of one case, or --cases FILE --out FILE.")
    _answer_one(calculator, given, output)


def _answer_file(calculator: "Calculator", cases: Path, out: Path, output: Format) -> None:
    from pumplog.cases.file import answer_file

    with refusals_told(output):
        rows_count, refused_count = answer_file(calculator, cases, out)
    if output is Format.JSON:
        say_json({"rows": rows_count, "refused_rows": refused_count, "out": str(out)})
    else:
        say(f"{rows_count:,} cases answered into {out}, {refused_count:,} of them refused with their reasons.")


def _answer_one(calculator: "Calculator", given: Mapping[str, str], output: Format) -> None:
    from pumplog.cases import explain_case
    from pumplog.exports.values import answer_record, working_records

    try:
        values, lines = explain_case(calculator, given)
    except CalculationRefused as refused:
        if output is Format.JSON:
            say_json({"refused": list(refused.reasons)})
        refuse(*refused.reasons)
    if output is Format.JSON:
        say_json(answer_record(values, calculator.answers) | {"working": working_records(lines)})
        return
    _print_working(values, lines)


def _print_working(values: Mapping[str, Any], lines: "list[Line]") -> None:
    from pumplog.calc.formula import shown, spoken
    from pumplog.sources import source

    for name, value in values.items():
        say(f"{spoken(name):<34} {shown(name, value)}")
    say()
    say("Working")
    for line in lines:
        cited = source(line.source)
        say(f"  {line.meaning}")
        say(f"    {spoken(line.name)} = {line.written}")
        say(f"    = {line.with_numbers} = {line.shown}   [{cited.kind}: {cited.title}]")
