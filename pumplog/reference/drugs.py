"""Drugs that a pump may hold: strengths, limits, warning levels, and what an interruption does."""

from decimal import Decimal
from enum import StrEnum

from pumplog.reference.graded import GradedCount, Note, Row, Sourced, SourceKey


class Interruption(StrEnum):
    """What an interruption of the drug does, in the order of the board: the worst first."""

    HIGH = "high"
    OPIOID = "opioid"
    OTHER = "other"
    NONE = "none"

    @property
    def board_rank(self) -> int:
        """Where it sorts on the board; 0 comes first."""
        return list(Interruption).index(self)


class Strength(Sourced):
    """A concentration as the drug is supplied, in the supplier's words and in mcg/mL."""

    as_supplied: str
    concentration_mcg_per_ml: Decimal
    screening_only: bool = False


class DoseLevel(Sourced):
    """The usual daily doses of a population: a warning level, never a block."""

    population: str
    low_mcg_per_day: Decimal | None = None
    high_mcg_per_day: Decimal


class TitrationStep(Sourced):
    """The usual change of dose in one step, as a part of the dose: a warning level, never a block."""

    population: str
    low_ratio: Decimal | None = None
    high_ratio: Decimal


class Signs(Sourced):
    """Signs to list on a screen; the clinic's own protocol goes beside them."""

    signs: tuple[str, ...]


class Drug(Row):
    """One drug that a pump may hold."""

    name: str
    aliases: tuple[str, ...] = ()
    strengths: tuple[Strength, ...] = ()
    in_pump_limit_days: GradedCount | None = None
    first_fill_limit_days: GradedCount | None = None
    diluted_limit_days: GradedCount | None = None
    beyond_use_date_required: bool
    interruption: Interruption
    interruption_says: str
    interruption_source: SourceKey
    controlled: Note | None = None
    boxed_warning: Note | None = None
    withdrawal: Signs | None = None
    overdose: Signs | None = None
    dose_levels: tuple[DoseLevel, ...] = ()
    titration_steps: tuple[TitrationStep, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by."""
        return (self.name, *self.aliases)

    def limit_days(self, *, first_fill: bool | None, diluted: bool | None) -> GradedCount | None:
        """How long this fill may stay in the pump, or None where only the pharmacy's date says.

        What nobody said (None) counts as the case with the shorter limit, towards the earlier refill.
        """
        if self.in_pump_limit_days is None:
            return None
        limits = [self.in_pump_limit_days]
        if self.first_fill_limit_days is not None and first_fill is not False:
            limits.append(self.first_fill_limit_days)
        if self.diluted_limit_days is not None and diluted is not False:
            limits.append(self.diluted_limit_days)
        return min(limits, key=lambda limit: limit.value)
