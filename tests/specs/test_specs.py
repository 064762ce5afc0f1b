"""Every row of the specifications, explained and as a column."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import pytest

from pumplog.calc.bridge import BRIDGE, FORGOTTEN_BRIDGE, MIXED, PATH
from pumplog.calc.course import Course, Leg, days_to_alarm, days_to_empty
from pumplog.calc.dose import FLOW_DOSE, PERIODIC_BOLUS, flex_day_dose_mcg, lasting_days
from pumplog.calc.formula import Calculation, is_date, shown, spoken, unit_of
from pumplog.calc.low_alarm import LOW_ALARM
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.residual import RESIDUAL
from pumplog.calc.table import over, value_of
from pumplog.entries.programme import Flex
from pumplog.entries.refilled import Component
from pumplog.errors import CalculationRefused, EntryRefused
from pumplog.outlook import Tier, alarmed_tier, projected_tier
from pumplog.quantities import Comma, Unit, read_date, read_quantity, show
from pumplog.state import KnownVolume, Standing
from pumplog.state.course import course_of
from tests.specs.tables import WHY, Row, every_row, headings, rows

CALCULATIONS: dict[tuple[str, str], Calculation] = {
    ("next_refill.md", "The dates"): NEXT_REFILL,
    ("next_refill.md", "A volume that was put back, not filled anew"): NEXT_REFILL,
    ("next_refill.md", "The band"): NEXT_REFILL,
    ("next_refill.md", "Refused"): NEXT_REFILL,
    ("residual.md", "Findings"): RESIDUAL,
    ("residual.md", "Refused"): RESIDUAL,
    ("low_alarm.md", "Heard"): LOW_ALARM,
    ("low_alarm.md", "Refused"): LOW_ALARM,
    ("bridge.md", "The path"): PATH,
    ("bridge.md", "The bridge"): BRIDGE,
    ("bridge.md", "If the bridge is forgotten"): FORGOTTEN_BRIDGE,
    ("bridge.md", "Mixed in the reservoir"): MIXED,
    ("doses.md", "Periodic bolus"): PERIODIC_BOLUS,
    ("doses.md", "Known flow"): FLOW_DOSE,
}
OTHERS = {
    ("bridge.md", "A bridge takes volume: the days ahead"),
    ("doses.md", "Flex, one day"),
    ("doses.md", "How long a fill lasts"),
    ("doses.md", "Flex by weekday: the days actually ahead"),
    ("tiers.md", "By the dates"),
    ("tiers.md", "By open alarms"),
    ("numbers.md", "Understood"),
    ("numbers.md", "Refused"),
}
ALSO_CALLED = {
    "bridge dose": "bridge_mcg",
    "bridge time": "bridge_hours",
    "dose that arrives": "if_forgotten_mcg_per_day",
    "for how long": "if_forgotten_hours",
}
FILES = ("next_refill.md", "residual.md", "low_alarm.md", "bridge.md", "doses.md", "tiers.md", "numbers.md")
CASES = [row for file, heading in CALCULATIONS for row in rows(file, heading)]


def test_every_table_of_the_specifications_is_run() -> None:
    there = {(file, heading) for file in FILES for heading in headings(file)}
    assert there == CALCULATIONS.keys() | OTHERS


def test_there_are_enough_rows_to_mean_something() -> None:
    assert sum(len(every_row(file)) for file in FILES) > 120


# --- a row as a calculation takes it ---


@cache
def names_of(title: str) -> dict[str, str]:
    """The quantity behind each header of a calculation's table."""
    calculation = next(one for one in CALCULATIONS.values() if one.title == title)
    names = (*calculation.inputs, *(function.__name__ for function in calculation.formulas))
    return {spoken(name): name for name in names} | ALSO_CALLED


def calculation_of(row: Row) -> Calculation:
    return CALCULATIONS[row.file, row.heading]


def amount(text: str, unit: Unit) -> Decimal:
    return read_quantity(text, field="cell", base=unit, assumed=None, comma=Comma.THOUSANDS).value


def given(row: Row) -> dict[str, Any]:
    calculation = calculation_of(row)
    names = names_of(calculation.title)
    known: dict[str, Any] = {}
    for header, text in row.cells.items():
        name = names.get(header)
        if name not in calculation.inputs or not text:
            continue
        unit = unit_of(name)
        known[name] = read_date(text, field=header, date_order=None) if unit is None else amount(text, unit)
    return known


def expected(row: Row) -> dict[str, str]:
    calculation = calculation_of(row)
    names = names_of(calculation.title)
    unknown = row.cells.keys() - names.keys() - {WHY, "refused"}
    assert not unknown, f"{row} has columns that nobody works out: {unknown}"
    return {names[header]: text for header, text in row.cells.items() if names.get(header) in worked_out(calculation)}


def worked_out(calculation: Calculation) -> set[str]:
    return {function.__name__ for function in calculation.formulas}


@pytest.mark.parametrize("row", CASES, ids=str)
def test_a_row_explained(row: Row) -> None:
    calculation = calculation_of(row)
    if row.cells.get("refused"):
        with pytest.raises(CalculationRefused) as refused:
            calculation.explain(given(row))
        assert_reasons(row, refused.value.reasons)
        return
    working = {line.name: line.shown for line in calculation.explain(given(row)).working}
    assert expected(row)
    assert {name: working[name] for name in expected(row)} == expected(row)


def assert_reasons(row: Row, reasons: tuple[str, ...]) -> None:
    wanted = row["refused"].split("; ")
    assert len(reasons) == len(wanted)
    assert [part for part, reason in zip(wanted, reasons, strict=True) if part not in reason] == []


@pytest.mark.parametrize(("file", "heading"), CALCULATIONS, ids=lambda part: str(part).replace(" ", "_"))
def test_a_table_as_a_column(file: str, heading: str) -> None:
    calculation = CALCULATIONS[file, heading]
    table = rows(file, heading)
    known = [given(row) for row in table]
    present = [name for name in calculation.inputs if any(name in one for one in known)]
    answers = over(calculation, {name: [one.get(name) for one in known] for name in present})
    said: dict[int, dict[str, str]] = {}
    for places, columns, whole in (
        (answers.whole_rows, answers.whole, True),
        (answers.exact_rows, answers.exact, False),
    ):
        for place, row in enumerate(places):
            said[int(row)] = {
                name: text_of(name, columns[name][place], whole=whole) for name in expected(table[int(row)])
            }
    for place, row in enumerate(table):
        if row.cells.get("refused"):
            assert_reasons(row, answers.refused[place])
        else:
            assert said[place] == expected(row), str(row)
    assert len(said) + len(answers.refused) == len(table)


def text_of(name: str, value: Any, *, whole: bool) -> str:
    exact = value_of(name, value) if whole else value
    return shown(name, date.fromordinal(exact) if is_date(name) and isinstance(exact, int) else exact)


# --- tables without a calculation of their own ---


@pytest.mark.parametrize("row", rows("bridge.md", "A bridge takes volume: the days ahead"), ids=str)
def test_the_days_ahead_with_a_bridge(row: Row) -> None:
    flow = Fraction(amount(row["flow per day"], Unit.ML_PER_DAY))
    bridge_days = Fraction(amount(row["bridge time"], Unit.HOURS)) / 24
    bridge_ml = Fraction(amount(row["bridge volume"], Unit.ML))
    first = (Leg(bridge_days, bridge_ml / bridge_days),) if bridge_days else ()
    course = Course(Fraction(amount(row["left at once"], Unit.ML)), first, (Leg(Fraction(1), flow),))
    volume, alarm = (Fraction(amount(row[name], Unit.ML)) for name in ("volume after fill", "alarm volume"))
    assert show(days_to_alarm(volume - alarm, course), Unit.DAYS) == row["days to alarm"]
    assert show(days_to_empty(volume, course), Unit.DAYS) == row["days to empty"]


@pytest.mark.parametrize("row", rows("doses.md", "Flex, one day"), ids=str)
def test_a_day_of_steps(row: Row) -> None:
    steps = [step.split(" h at ") for step in row["steps"].split(", ")]
    hours, rates = ([Fraction(step[place]) for step in steps] for place in (0, 1))
    assert show(flex_day_dose_mcg(hours, rates), Unit.MCG) == row["dose"]


@pytest.mark.parametrize("row", rows("doses.md", "How long a fill lasts"), ids=str)
def test_how_long_a_fill_lasts(row: Row) -> None:
    volume, flow = amount(row["volume"], Unit.ML), amount(row["flow"], Unit.ML_PER_DAY)
    assert show(lasting_days(Fraction(volume), Fraction(flow)), Unit.DAYS) == row["days"]


def weekday_programme() -> Flex:
    def day(weekdays: list[str], evening_mcg_per_hour: str) -> dict[str, Any]:
        steps = [
            {"hours": "16", "rate_mcg_per_hour": "10"},
            {"hours": "8", "rate_mcg_per_hour": evening_mcg_per_hour},
        ]
        return {"weekdays": weekdays, "steps": steps}

    return Flex.model_validate(
        {"days": [day(["mon", "tue", "wed", "thu", "fri"], "30"), day(["sat", "sun"], "22.5")]}
    )


@pytest.mark.parametrize("row", rows("doses.md", "Flex by weekday: the days actually ahead"), ids=str)
def test_a_week_of_steps_walks_the_days_actually_ahead(row: Row) -> None:
    filled_on = read_date(row["fill date"], field="fill date", date_order=None)
    usable = Fraction(amount(row["usable"], Unit.ML))
    standing = Standing(
        event_id="fill",
        since=datetime.combine(filled_on, datetime.min.time(), tzinfo=ZoneInfo("UTC")),
        is_fill=True,
        volume=KnownVolume(usable + 2),
        alarm_volume_ml=Decimal(2),
        fluid=(Component(drug="baclofen", concentration_mcg_per_ml=Decimal(2000)),),
        filled_on=filled_on,
        first_fill=False,
        diluted=False,
        programme=weekday_programme(),
        at_once_ml=Fraction(0),
        bridge_ml=Fraction(0),
        bridge_hours=Decimal(0),
    )
    assert show(days_to_alarm(usable, course_of(standing)), Unit.DAYS) == row["days to alarm"]


TIER_DAY = date(2026, 3, 10)
DUE_SOON_DAYS = 14


def tier_in_words(tier: Tier) -> str:
    return tier.value.replace("_", " ")


def day_or_none(text: str) -> date | None:
    return read_date(text, field="cell", date_order=None) if text else None


@pytest.mark.parametrize("row", rows("tiers.md", "By the dates"), ids=str)
def test_the_tier_of_the_dates(row: Row) -> None:
    assert tier_in_words(tier_on(TIER_DAY, row)) == row["tier"]


def tier_on(day: date, row: Row) -> Tier:
    return projected_tier(
        day,
        refill_by=day_or_none(row["refill by"]),
        alarm_date=day_or_none(row["alarm date"]),
        empty_date=day_or_none(row["empty date"]),
        refused=row["refused"] == "yes",
        due_soon_days=DUE_SOON_DAYS,
    )


@pytest.mark.parametrize("row", rows("tiers.md", "By the dates"), ids=str)
def test_the_passing_of_days_never_lowers_a_tier(row: Row) -> None:
    days = [TIER_DAY + timedelta(days=step) for step in range(-60, 4000, 3)]
    ranks = [tier_on(day, row).rank for day in days]
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("row", rows("tiers.md", "By open alarms"), ids=str)
def test_the_tier_of_open_alarms(row: Row) -> None:
    codes = [code for code in row["open alarms"].split(", ") if code]
    assert tier_in_words(alarmed_tier(codes, running=row["running"] == "yes")) == row["tier"]


# --- numbers ---


@pytest.mark.parametrize("row", every_row("numbers.md"), ids=str)
def test_a_typed_number(row: Row) -> None:
    unit, where = Unit(row["field"]), row["where"]
    comma = Comma.ASK if "screen" in where else Comma.REFUSE if "volume" in where else Comma.THOUSANDS
    assumed = None if "no unit" in where else unit
    text = row["typed"].strip('"')
    kind, _, part = row["understood"].partition(": ")
    if kind == "refused":
        with pytest.raises(EntryRefused, match=re.escape(part)) as refused:
            read_quantity(text, field="cell", base=unit, assumed=assumed, comma=comma)
        assert refused.value.faults[0].field == "cell"
    else:
        said = read_quantity(text, field="cell", base=unit, assumed=assumed, comma=comma).says
        assert said == row["understood"]


@pytest.mark.parametrize("typed", ["03/04/2026", "3.4.2026", "03-04-2026"])
def test_a_date_that_can_be_two_days_is_asked_about(typed: str) -> None:
    with pytest.raises(EntryRefused, match="can mean 3 Apr 2026 or 4 Mar 2026"):
        read_date(typed, field="visit_date", date_order=None)
    for order, day in (("dmy", date(2026, 4, 3)), ("mdy", date(2026, 3, 4))):
        assert read_date(typed, field="visit_date", date_order=cast("Literal['dmy', 'mdy']", order)) == day
