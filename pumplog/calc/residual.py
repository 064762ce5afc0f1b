"""What should be left in the reservoir, against what was drawn."""

from fractions import Fraction

import numpy as np

from pumplog.calc.carriers import Carrier, choose, is_column, ratio_or_none
from pumplog.calc.formula import Calculation, Requirement, formula

WITHIN, EVALUATE, STOP = "within", "evaluate", "stop and investigate"


@formula(written="volume_after_fill_ml − programmed_ml", source_key="asra_2017")
def expected_ml(volume_after_fill_ml: Carrier, programmed_ml: Carrier) -> Carrier:
    """Volume that should be left in the reservoir.

    Parameters: volume_after_fill_ml [mL] of the last fill; programmed_ml [mL], all doses and boluses since,
    over every programme change. Returns: expected residual [mL]; below 0 when more was programmed than filled.
    Limits: nominal flow. References: asra_2017.

    >>> expected_ml(Fraction(20), Fraction(27, 2))
    Fraction(13, 2)
    """
    return volume_after_fill_ml - programmed_ml


@formula(written="expected_ml − drawn_ml", source_key="asra_2017")
def discrepancy_ml(expected_ml: Carrier, drawn_ml: Carrier) -> Carrier:
    """Expected less drawn: positive when less was found than expected.

    Positive: over-delivery, incomplete aspiration, or the last fill went partly beside the pump.
    Negative: under-delivery, from a stall, a kinked or blocked catheter, or a stop nobody noticed.

    Parameters: expected_ml [mL]; drawn_ml [mL]. Returns: discrepancy [mL].
    Limits: a leak or disconnection beyond the pump gives a normal volume. References: asra_2017.

    >>> discrepancy_ml(Fraction(13, 2), Fraction(63, 10))
    Fraction(1, 5)
    """
    return expected_ml - drawn_ml


@formula(written="(volume_after_fill_ml − drawn_ml) ÷ programmed_ml", source_key="flow_accuracy_2023")
def flow_ratio(volume_after_fill_ml: Carrier, drawn_ml: Carrier, programmed_ml: Carrier) -> Carrier:
    """Measured flow over programmed flow since the last fill.

    Parameters: volume_after_fill_ml, drawn_ml, programmed_ml [mL]. Returns: ratio, or none when nothing was
    programmed. Limits: one reading often does not repeat: trend it. References: flow_accuracy_2023.

    >>> flow_ratio(Fraction(20), Fraction(13, 2), Fraction(27, 2))
    Fraction(1, 1)
    """
    return ratio_or_none(volume_after_fill_ml - drawn_ml, programmed_ml)


@formula(
    written=(
        "stop and investigate when discrepancy_ml is below stop_ml and flow_ratio below finding_low_ratio; "
        "evaluate when discrepancy_ml lies more than evaluate_ml off, or flow_ratio is not from "
        "finding_low_ratio to finding_high_ratio; else within"
    ),
    source_key="asra_2017",
)
def finding(
    discrepancy_ml: Carrier,
    flow_ratio: Carrier,
    evaluate_ml: Carrier,
    stop_ml: Carrier,
    finding_low_ratio: Carrier,
    finding_high_ratio: Carrier,
) -> Carrier:
    """What the reading asks for: nothing, a look, or a stop before refilling.

    Compared unrounded; the bounds themselves count as within. A large negative discrepancy comes before a
    refill that can overdose (sgouros_2010), so it stops the visit.

    Parameters: discrepancy_ml [mL]; flow_ratio or none; evaluate_ml and stop_ml [mL], 2 and −2 unless a clinic
    set its own; finding_low_ratio and finding_high_ratio, 0.85 and 1.15 unless a clinic set its own.
    Returns: within, evaluate, or stop and investigate.
    References: asra_2017, flow_accuracy_2023, sgouros_2010.

    >>> finding(Fraction(1, 5), Fraction(1), 2, -2, Fraction(85, 100), Fraction(115, 100))
    'within'
    >>> finding(Fraction(-12, 5), Fraction(822, 1000), 2, -2, Fraction(85, 100), Fraction(115, 100))
    'stop and investigate'
    """
    known = flow_ratio != None if is_column(flow_ratio) else flow_ratio is not None  # noqa: E711
    ratio = choose(known, flow_ratio, Fraction(1))
    low, high = ratio < finding_low_ratio, ratio > finding_high_ratio
    stop = (discrepancy_ml < stop_ml) & low
    evaluate = (discrepancy_ml < -evaluate_ml) | (discrepancy_ml > evaluate_ml) | low | high
    answer = choose(stop, STOP, choose(evaluate, EVALUATE, WITHIN))
    return answer.astype(object) if isinstance(answer, np.ndarray) else answer


TOLERANCES = {
    "evaluate_ml": Fraction(2),
    "stop_ml": Fraction(-2),
    "finding_low_ratio": Fraction(85, 100),
    "finding_high_ratio": Fraction(115, 100),
}

RESIDUAL = Calculation(
    title="Residual: expected against drawn",
    inputs=("volume_after_fill_ml", "programmed_ml", "drawn_ml", *TOLERANCES),
    optional=TOLERANCES,
    requirements=(
        Requirement(
            ("volume_after_fill_ml",),
            lambda volume: volume > 0,
            "The volume after fill is 0 mL or less: type the volume in the reservoir after the last fill.",
        ),
        Requirement(
            ("programmed_ml",),
            lambda programmed: programmed >= 0,
            "The programmed volume is below 0 mL: type what was programmed since the last fill.",
        ),
        Requirement(
            ("drawn_ml",),
            lambda drawn: drawn >= 0,
            "The drawn volume is below 0 mL: read it from the syringe and type it again.",
        ),
    ),
    formulas=(expected_ml, discrepancy_ml, flow_ratio, finding),
)
