"""Reference data and policy as tables: each value with its source, and what is unverified marked as such."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape

from pumplog.calc.formula import unit_of
from pumplog.quantities import Unit, label, show
from pumplog.reference import (
    ALARM_KINDS,
    DoseLevel,
    Drug,
    Graded,
    GradedCount,
    Policy,
    PolicyCount,
    PolicyNumber,
    PumpModel,
    Signs,
    Sourced,
    Strength,
    TitrationStep,
)
from pumplog.screens.method_sources import source_html
from pumplog.screens.tables import table_of_html

_Cells = tuple[str, str, str]


def pump_html(pump: PumpModel) -> str:
    """Return a pump model, folded: every value of it with its source."""
    maker = f", {escape(pump.maker)}" if pump.maker else ""
    kind = "has an alarm" if pump.has_alarm else "has no alarm: the calendar alone decides"
    rows = [_cells("Alarm", kind, "", pump.has_alarm_source), *_rows_of(pump)]
    return _folded(f"<b>{escape(pump.name)}</b>{maker}", rows)


def drug_html(drug: Drug) -> str:
    """Return a drug, folded: every value of it with its source."""
    rows = [
        _cells("When it is interrupted", drug.interruption.value, drug.interruption_says, drug.interruption_source)
    ]
    if drug.beyond_use_date_required:
        rows.append(_cells("Beyond-use date", "required", "compounded: the pharmacy's date decides", "house_policy"))
    return _folded(f"<b>{escape(drug.name.capitalize())}</b>", [*rows, *_rows_of(drug)])


def alarms_html() -> str:
    """Return every kind of alarm with its weight and source."""
    return _table([_cells(kind.words, kind.weight.value, kind.says, kind.source) for kind in ALARM_KINDS.values()])


def policy_html(policy: Policy) -> str:
    """Return what the program decides by, with what a clinic may set instead."""
    rows = []
    for name in type(policy).model_fields:
        value = getattr(policy, name)
        if isinstance(value, PolicyNumber | PolicyCount):
            bounds = f"a clinic may set {_number(name, value.lowest)} to {_number(name, value.highest)}"
            rows.append(_cells(_named(name), _number(name, value.value), f"{value.says}; {bounds}.", value.source))
    return _table(rows)


def _rows_of(row: PumpModel | Drug) -> Iterator[_Cells]:
    for name in type(row).model_fields:
        value = getattr(row, name)
        each = value if isinstance(value, tuple) else (value,)
        what = _named(name.removesuffix("s") if each is value else name)
        for one in each:
            if isinstance(one, Sourced):
                yield _cells(what, _value(name, one), one.says, one.source)


def _value(name: str, one: Sourced) -> str:
    """The value of a row in words, with its unit; a note has none besides what it says."""
    match one:
        case Graded() | GradedCount():
            return _number(name, one.value)
        case Strength():
            return one.as_supplied + (" (screening only)" if one.screening_only else "")
        case DoseLevel():
            return f"{one.population}: up to {show(one.high_mcg_per_day, Unit.MCG_PER_DAY)}"
        case TitrationStep():
            return f"{one.population}: up to {show(one.high_ratio * 100, Unit.RATIO)} % in one step"
        case Signs():
            return ", ".join(one.signs)
        case _:
            return ""  # a note: what it says is all


def _number(name: str, value: Decimal | int) -> str:
    return show(value, unit_of(name.removesuffix("_offers")) or Unit.RATIO)


def _named(name: str) -> str:
    words = label(name.removesuffix("_offer"))
    return words.replace(" ml ", " mL ")


def _cells(what: str, value: str, says: str, source_key: str) -> _Cells:
    shown = f"<b>{escape(value)}</b>" if value else ""
    said = f'<div class="pl-quiet">{escape(says[:1].upper() + says[1:])}</div>' if says else ""
    return (escape(what), shown + said, source_html(source_key))


def _table(rows: Sequence[_Cells]) -> str:
    return table_of_html(("What", "Value", "Source"), rows, kind="pl-reference")


def _folded(title: str, rows: Sequence[_Cells]) -> str:
    return f'<details class="pl-fold"><summary><span>{title}</span></summary>{_table(rows)}</details>'
