"""Controlled drug thrown away: two people, a mass that fits its volume, and everything supplied accounted for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pumplog.calc.waste import unaccounted_ml, wasted_mcg
from pumplog.entries import AnyEntry, Deferred, Refilled, Wasted
from pumplog.entries.refilled import Component
from pumplog.entries.waste import Waste
from pumplog.errors import Fault
from pumplog.outlook import drug_or_none
from pumplog.quantities import Unit, show
from pumplog.reference import Reference
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState


@dataclass(frozen=True)
class Thrown:
    """One waste of an entry: where it stands, what the fluid was, and what became of the rest of the same supply.

    `supplied_ml` and `used_ml` are None where nobody said them; `used_words` says what the use was.
    """

    path: str
    waste: Waste
    fluid: Sequence[Component]
    supplied_ml: Decimal | None
    used_ml: Decimal | None
    used_words: str

    @property
    def component(self) -> Component | None:
        """The drug whose mass is counted: as named, else the first of the fluid."""
        named = self.waste.drug
        fitting = [one for one in self.fluid if named is None or one.drug.casefold() == named.casefold()]
        return fitting[0] if fitting else None


def thrown_in(entry: AnyEntry, before: Sequence[Component]) -> Iterator[Thrown]:
    """Every waste that an entry tells of; `before` is the fluid that was in the pump until then."""
    if isinstance(entry, Wasted):
        fluid = (Component(drug=entry.drug, concentration_mcg_per_ml=entry.concentration_mcg_per_ml),)
        yield Thrown("waste", entry.waste, fluid, entry.waste.supplied_ml, Decimal(0), "used")
    if isinstance(entry, Refilled) and entry.waste is not None:
        yield Thrown("waste", entry.waste, entry.fluid, entry.waste.supplied_ml, entry.injected_ml, "injected")
    if isinstance(entry, Refilled | Deferred) and entry.drawn_waste is not None:
        returned_ml = entry.volume_left_ml or Decimal(0)
        yield Thrown("drawn_waste", entry.drawn_waste, before, entry.drawn_ml, returned_ml, "left in or returned")


def faults_of_waste(entry: AnyEntry, before: PumpState, *, by: str) -> Iterator[Fault]:
    """One person in both roles; a drug that was not in the fluid; a mass that does not fit its volume."""
    fluid = before.standing.fluid if before.standing else ()
    for thrown in thrown_in(entry, fluid):
        waste, path = thrown.waste, thrown.path
        if by and _same(waste.witness, by):
            says = "The witness of the waste is another person than the one who records: name who stood by."
            yield Fault(f"{path}.witness", says)
        component = thrown.component
        if component is None and waste.drug is not None and thrown.fluid:
            yield Fault(f"{path}.drug", f"{waste.drug} is not in this fluid: name one of its drugs.")
        elif component is not None and waste.mass_mcg is not None and not _fits(waste, component):
            yield Fault(
                f"{path}.mass_mcg",
                f"The wasted mass, {show(waste.mass_mcg, Unit.MCG)}, does not fit: {working(waste, component)}. "
                "Check the volume, the concentration and the unit.",
            )


def working(waste: Waste, component: Component) -> str:
    """The mass of a waste with its working, as it is shown."""
    concentration = component.concentration_mcg_per_ml
    mass = wasted_mcg(Fraction(waste.volume_ml), Fraction(concentration))
    return (
        f"{show(waste.volume_ml, Unit.ML)} × {show(concentration, Unit.MCG_PER_ML)} of {component.drug} = "
        f"{show(mass, Unit.MCG)} ({show(mass / 1000, Unit.MG)})"
    )


def _fits(waste: Waste, component: Component) -> bool:
    """Whether a typed mass is the worked-out one, as far as its decimals go."""
    assert waste.mass_mcg is not None  # noqa: S101  asked of a typed mass only
    mass = wasted_mcg(Fraction(waste.volume_ml), Fraction(component.concentration_mcg_per_ml))
    exponent = waste.mass_mcg.normalize().as_tuple().exponent
    places_count = max(0, -exponent) if isinstance(exponent, int) else 0
    return bool(round(mass, places_count) == Fraction(waste.mass_mcg))


def findings_of_waste(entry: AnyEntry, before: Sequence[Component], reference: Reference) -> Iterator[Finding]:
    """A difference between what was supplied and what became of it; a controlled drug without a word on its waste."""
    for thrown in thrown_in(entry, before):
        if thrown.supplied_ml is None or thrown.used_ml is None:
            continue
        waste = thrown.waste
        kept_ml = waste.kept_ml or Decimal(0)
        missing_ml = unaccounted_ml(thrown.supplied_ml, thrown.used_ml, waste.volume_ml, kept_ml)
        if missing_ml != 0:
            where = "drawn" if thrown.path == "drawn_waste" else "in the vials or the syringe"
            parts = f"{show(thrown.used_ml, Unit.ML)} {thrown.used_words}, {show(waste.volume_ml, Unit.ML)} wasted"
            kept = f", {show(kept_ml, Unit.ML)} kept" if kept_ml else ""
            off = f"{show(abs(missing_ml), Unit.ML)} {'is not accounted for' if missing_ml > 0 else 'too much'}"
            says = f"{show(thrown.supplied_ml, Unit.ML)} {where}: {parts}{kept}; {off}. Count again, or say why."
            yield Finding(
                Weight.CONFIRM, f"{thrown.path}_unaccounted", says, f"{thrown.path}.volume_ml", "cfr_1304_22"
            )
    if isinstance(entry, Refilled) and entry.waste is None:
        named = [drug for one in entry.fluid if (drug := drug_or_none(reference, one.drug)) and drug.controlled]
        for drug in named:
            assert drug.controlled is not None  # noqa: S101  chosen for it just above
            says = (
                f"{drug.name.capitalize()} is a controlled drug: if any of it was wasted, record it with a witness."
            )
            yield Finding(Weight.NOTE, "controlled_without_waste", says, "waste", drug.controlled.source)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
