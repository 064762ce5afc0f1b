"""What was filled: the drugs of the fluid, one row each, and the volumes."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial

import streamlit as st

from pumplog.entries.refilled import Component
from pumplog.quantities import Unit, show
from pumplog.reference import Drug, Reference
from pumplog.rules.filling import faults_of_volumes, finding_of_day
from pumplog.screens.fields import fault_html
from pumplog.screens.findings_panel import finding_html
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.look import as_words
from pumplog.screens.package_scan import scanned_words, take_package
from pumplog.screens.programme_fields import drug_amount, mass_unit
from pumplog.screens.scan_box import scan_box
from pumplog.state import Standing

MOST_DRUGS = 6


def fluid_fields(form: Form, reference: Reference, ground: Ground) -> list[Component]:
    """Ask for every drug of the fluid, the primary one first; returns those whose concentration is typed.

    A row is remembered by a number of its own, so that taking one away leaves the others as they are. The numbers
    are words: a draft keeps them beside what was typed.
    """
    rows: list[str] = st.session_state.setdefault(form.key("fluid-rows"), ["0"])
    told = [_row(form, place, row, reference, ground) for place, row in enumerate(rows)]
    if len(rows) < MOST_DRUGS:
        form.page.button(
            "Add a drug of the mixture", key=form.key("fluid-more"), on_click=_add, args=(form.key("fluid-rows"),)
        )
    return [component for component in told if component is not None]


def _row(form: Form, place: int, row: str, reference: Reference, ground: Ground) -> Component | None:
    part = form.part(f"fluid.{place}", keyed=f"fluid.row{row}")
    with form.page.container(border=place > 0, key=part.key("row")):
        component = _component(part, place, reference, ground)
        if place == 0:
            _how_filled(form, reference, part.heard("drug"))
        if place > 0:
            args = (form.key("fluid-rows"), row)
            form.page.button(f"Take drug {place + 1} away", key=part.key("away"), on_click=_take_away, args=args)
    return component


def _add(key: str) -> None:
    rows = st.session_state[key]
    st.session_state[key] = [*rows, str(max(map(int, rows)) + 1)]


def _take_away(key: str, row: str) -> None:
    st.session_state[key] = [one for one in st.session_state[key] if one != row]


def _component(part: Form, place: int, reference: Reference, ground: Ground) -> Component | None:
    before = ground.before if place == 0 else None
    words = {drug.name: drug.name.capitalize() for drug in reference.drugs}
    name = part.one_of("drug", "Drug" if place == 0 else f"Drug {place + 1}", words, required=True)
    drug = reference.drug(name) if name else None
    left, right = part.page.columns(2)
    with left:
        mass = mass_unit(part, "mass", "Concentration in")
    with right:
        concentration = drug_amount(
            part,
            "concentration_mcg_per_ml",
            "Concentration",
            Unit.MCG_PER_ML,
            mass,
            hint=_last_words(before) or "Type it from the label.",
            required=True,
        )
    _package(part, place, drug, _day_of(part, ground))
    with part.page.container():
        _warn_of_change(part, before, concentration)
    if name is None or concentration is None or concentration <= 0:
        return None
    return Component(drug=name, concentration_mcg_per_ml=concentration)


def _package(part: Form, place: int, drug: Drug | None, on: date) -> None:
    """Lot and dates, typed or scanned from the package; what has passed is said at once."""
    if part.shown:
        scan_box(
            "Scan the package: fills the lot and the expiry date, never the concentration",
            key=part.key("package"),
            placeholder="Scan here",
            take=partial(take_package, part.key("")),
        )
    says = scanned_words(part.key(""))
    if says:
        part.page.html(says)
    one, two, three = part.page.columns(3)
    with one:
        part.text("lot", "Lot")
    with two:
        expiry_on = part.day("expiry_on", "Expiry date")
    with three:
        beyond_use_on = part.day("beyond_use_on", "Pharmacy's beyond-use date", hint=_beyond_use_hint(drug))
    part.say("gtin", st.session_state.get(part.key("gtin")))
    with part.page.container():
        for name, day in (("expiry_on", expiry_on), ("beyond_use_on", beyond_use_on)):
            named = drug.name.capitalize() if drug else "This drug"
            passed = finding_of_day(named, name, day, on, place=place)
            if passed is not None:
                part.page.html(finding_html(passed))


def _day_of(part: Form, ground: Ground) -> date:
    """The day of the fill, as it was said in step 1."""
    said = part.said.get("happened_at") or part.said.get("replacement.happened_at")
    return datetime.fromisoformat(said).date() if said else ground.at.date()


def _last_words(before: Standing | None) -> str:
    if before is None:
        return ""
    last = before.fluid[0]
    return f"Last fill: {last.drug} {show(last.concentration_mcg_per_ml, Unit.MCG_PER_ML)}. Type it from the label."


def _beyond_use_hint(drug: Drug | None) -> str:
    if drug is not None and drug.beyond_use_date_required:
        return f"Needed for {drug.name}: without it no refill date can be given."
    return ""


def _how_filled(form: Form, reference: Reference, name: str | None) -> None:
    """Asked only of a drug whose limit depends on it."""
    drug = reference.drug(name) if name else None
    with form.page.container():
        if drug is not None and drug.diluted_limit_days is not None:
            form.yes_no("diluted", "Diluted?")
        if drug is not None and drug.first_fill_limit_days is not None:
            form.yes_no("first_fill", "First fill with this drug?")


def _warn_of_change(part: Form, before: Standing | None, concentration: Decimal | None) -> None:
    if before is None or concentration is None or concentration == before.concentration_mcg_per_ml:
        return
    old, new = (show(one, Unit.MCG_PER_ML) for one in (before.concentration_mcg_per_ml, concentration))
    part.page.warning(
        as_words(
            f"The concentration changes from {old} to {new}. "
            "Old drug is still in the tubing and catheter: answer the bridge bolus in the next step."
        )
    )


def volume_fields(form: Form, capacity_ml: Decimal) -> Decimal | None:
    """Ask what stayed in or went back, what was injected, what is in the pump now; say at once what cannot be."""
    one, two, three = form.page.columns(3)
    with one:
        left = form.number("volume_left_ml", "Left in or returned", Unit.ML, hint="Empty counts as 0 mL.")
    with two:
        injected = form.number("injected_ml", "Injected", Unit.ML)
    with three:
        hint = f"The reservoir holds {show(capacity_ml, Unit.ML)}."
        after = form.number("volume_after_fill_ml", "Volume after fill", Unit.ML, hint=hint, required=True)
    typed = {"volume_left_ml": left, "injected_ml": injected, "volume_after_fill_ml": after}
    volumes = {name: reading.value if reading else None for name, reading in typed.items()}
    with form.page.container():
        for fault in faults_of_volumes(volumes, capacity_ml):
            form.page.html(fault_html(fault.says))
    return after.value if after else None
