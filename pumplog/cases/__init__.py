"""The calculators for whoever has numbers and no pump on record: one case, or a file of them."""

from pumplog.cases.one import (
    BRIDGE_CALCULATOR,
    CALCULATORS,
    NEXT_REFILL_CALCULATOR,
    RESIDUAL_CALCULATOR,
    Calculator,
    explain_case,
)

__all__ = [
    "BRIDGE_CALCULATOR",
    "CALCULATORS",
    "NEXT_REFILL_CALCULATOR",
    "RESIDUAL_CALCULATOR",
    "Calculator",
    "explain_case",
]
