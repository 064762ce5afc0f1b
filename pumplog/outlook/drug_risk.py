"""What stopping each drug of a pump does, in words for the board: no score, and how far it is verified."""

from collections.abc import Sequence
from dataclasses import dataclass

from pumplog.entries.refilled import Component
from pumplog.outlook.projection import drug_or_none
from pumplog.reference import Interruption, Reference
from pumplog.sources import SOURCES


@dataclass(frozen=True, slots=True)
class DrugRisk:
    """One drug: what its interruption does, whether that is unverified, and whether its label has a boxed warning."""

    drug: str
    interruption: Interruption
    unverified: bool
    boxed_warning: bool


def drug_risks_of(fluid: Sequence[Component], reference: Reference) -> tuple[DrugRisk, ...]:
    """The known drugs of a fluid, the worst interruption first."""
    drugs = [drug for component in fluid if (drug := drug_or_none(reference, component.drug)) is not None]
    risks = [
        DrugRisk(
            drug.name,
            drug.interruption,
            SOURCES[drug.interruption_source].unverified,
            drug.boxed_warning is not None,
        )
        for drug in drugs
    ]
    return tuple(sorted(risks, key=lambda one: one.interruption.board_rank))
