"""Controlled drug that is thrown away: how much, its mass with the working, in front of whom, and what is missing."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Literal

from pumplog.desk import Desk
from pumplog.entries.refilled import Component
from pumplog.entries.waste import Waste
from pumplog.errors import EntryRefused
from pumplog.quantities import Unit
from pumplog.rules.waste import working
from pumplog.screens.form import Form
from pumplog.screens.programme_fields import drug_amount, mass_unit

Of = Literal["drawn", "vial"]
_TITLES = {"drawn": "Drawn fluid thrown away", "vial": "Drug thrown away from the vial or syringe"}


def waste_fields(waste: Form, desk: Desk, fluid: Sequence[Component], *, of: Of) -> None:
    """Ask about waste of this fluid: open where one of its drugs is on the list of controlled ones."""
    controlled = [one.drug for one in fluid if _is_controlled(desk, one.drug)]
    with waste.page.container(), waste.page.expander(f"{_TITLES[of]}: controlled drugs", expanded=bool(controlled)):
        if not controlled:
            waste.page.caption("For what your own country or clinic counts as controlled.")
        amount_fields(waste, fluid, of=of)


def amount_fields(waste: Form, fluid: Sequence[Component], *, of: Of, required: bool = False) -> None:
    """Ask how much, in front of whom and how; show the mass of it."""
    one, two, three = waste.page.columns(3)
    with one:
        volume = waste.number("volume_ml", "Thrown away", Unit.ML, required=required)
    if of == "vial":
        with two:
            hint = "All vials or syringes of this drug together."
            supplied = waste.number("supplied_ml", "In the vials or the syringe", Unit.ML, hint=hint)
        with three:
            kept = waste.number("kept_ml", "Kept", Unit.ML, hint="Put back, if any.")
        if volume is None and (supplied is not None or kept is not None):
            waste.fault("volume_ml", "Thrown away: type the volume, 0 if none was.")
    with waste.page.container():
        if volume is not None:
            _said_of(waste, fluid, volume.value)


def _said_of(waste: Form, fluid: Sequence[Component], volume_ml: Decimal) -> None:
    component = _component(waste, fluid)
    left, right = waste.page.columns(2)
    with left:
        waste.text("witness", "Witness, not the one who records", required=True)
        mass = mass_unit(waste, "mass", "Mass in")
    with right:
        waste.text("method", "How it was thrown away", example="disposal container", required=True)
        hint = "As counted; it is checked against volume and concentration."
        drug_amount(waste, "mass_mcg", "Mass", Unit.MCG, mass, hint=hint)
    if component is not None:
        said = Waste(volume_ml=volume_ml, witness="?", method="?")
        waste.page.html(f'<p class="pl-read pl-worked">Worked out: <b>{escape(working(said, component))}</b></p>')


def _component(waste: Form, fluid: Sequence[Component]) -> Component | None:
    """The drug whose mass is counted; asked where there are several."""
    if len(fluid) < 2:
        return fluid[0] if fluid else None
    words = {one.drug: one.drug.capitalize() for one in fluid}
    named = waste.one_of("drug", "Mass of which drug?", words, required=True)
    return next((one for one in fluid if one.drug == named), None)


def _is_controlled(desk: Desk, name: str) -> bool:
    try:
        return desk.reference.drug(name).controlled is not None
    except EntryRefused:
        return False
