"""Every calculation in the order in which it is read, each with a case that is worked out when it is shown."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Final

from pumplog.calc.bridge import BRIDGE, FORGOTTEN_BRIDGE, MIXED, PATH
from pumplog.calc.course import NEXT_REFILL_IN_LEGS, Course, Leg
from pumplog.calc.dose import FLOW_DOSE, PERIODIC_BOLUS
from pumplog.calc.formula import FORMULAS, Answer, Calculation, Formula
from pumplog.calc.low_alarm import LOW_ALARM
from pumplog.calc.next_refill import NEXT_REFILL
from pumplog.calc.residual import RESIDUAL
from pumplog.calc.without_alarm import NEXT_REFILL_WITHOUT_ALARM
from pumplog.reference import data_folder

CALCULATIONS: Final = (
    NEXT_REFILL,
    NEXT_REFILL_IN_LEGS,
    NEXT_REFILL_WITHOUT_ALARM,
    RESIDUAL,
    LOW_ALARM,
    PATH,
    BRIDGE,
    FORGOTTEN_BRIDGE,
    MIXED,
    PERIODIC_BOLUS,
    FLOW_DOSE,
)


@dataclass(frozen=True)
class WorkedCase:
    """A case in a sentence, and its inputs."""

    says: str
    known: Mapping[str, Any]


def worked(calculation: Calculation) -> tuple[WorkedCase, Answer]:
    """The case of a calculation and its answer, worked out now."""
    case = _cases()[calculation.title]
    return case, calculation.explain(case.known)


def building_blocks() -> tuple[Formula, ...]:
    """The formulas that stand in no calculation of their own."""
    used = {function for calculation in CALCULATIONS for function in calculation.formulas}
    return tuple(one for one in FORMULAS.values() if one.function not in used)


@cache
def _cases() -> Mapping[str, WorkedCase]:
    file = data_folder("reference") / "worked_cases.toml"
    told = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)["case"]
    return {one.pop("calculation"): WorkedCase(one.pop("says"), _known(one)) for one in told}


def _known(told: dict[str, Any]) -> Mapping[str, Any]:
    return {name: _course(value) if name == "course" else value for name, value in told.items()}


def _course(told: Mapping[str, Any]) -> Course:
    """A bridge that runs once, if any, and then one flow."""
    bridge_days = Fraction(told["bridge_hours"]) / 24
    first = (Leg(bridge_days, Fraction(told["bridge_ml"]) / bridge_days),) if bridge_days else ()
    return Course(Fraction(told["at_once_ml"]), first, (Leg(Fraction(1), Fraction(told["flow_ml_per_day"])),))
