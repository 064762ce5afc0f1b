"""What the pump is programmed to do: every mode, with the fields that mode needs."""

from decimal import Decimal
from typing import Final

from pumplog.entries.programme import Programme, programme_or_none
from pumplog.quantities import Unit
from pumplog.reference import PumpModel
from pumplog.screens.flex_editor import flex_editor
from pumplog.screens.form import Form
from pumplog.screens.offers import offer_words
from pumplog.screens.paths import nested, under
from pumplog.screens.wording import MODE_WORDS

_MASS: Final = ("mcg", "mg")
_IN_MG: Final = {Unit.MCG: Unit.MG, Unit.MCG_PER_ML: Unit.MG_PER_ML, Unit.MCG_PER_DAY: Unit.MG_PER_DAY}


def mass_unit(form: Form, path: str, label: str) -> str | None:
    """Ask whether amounts of drug are typed in mcg or mg; never assumed."""
    return form.page.radio(label, _MASS, index=None, horizontal=True, key=form.key(path), persist_state="session")


def drug_amount(
    form: Form,
    path: str,
    label: str,
    base: Unit,
    mass: str | None,
    *,
    example: str = "",
    hint: str = "",
    required: bool = False,
) -> Decimal | None:
    """Ask for an amount of drug in the unit that was chosen; before one is chosen it has to be typed."""
    reading = form.number(
        path,
        label,
        base,
        typed_in=_IN_MG[base] if mass == "mg" else base,
        unit_in_label=mass is not None,
        example=example,
        hint=hint,
        required=required,
    )
    return reading.value if reading else None


def programme_said(form: Form) -> Programme | None:
    """The programme as typed so far, or None while it is not whole."""
    said = nested(under("programme", form.said)).get("programme")
    return programme_or_none(said) if isinstance(said, dict) else None


def programme_fields(form: Form, model: PumpModel | None) -> None:
    """Ask for the mode and what belongs to it."""
    programme = form.part("programme")
    mode = programme.one_of("mode", "The pump now runs", MODE_WORDS)
    form.mark("programme")
    if mode is None:
        form.fault("programme", "Programme: choose what the pump is programmed to do.")
    with form.page.container():
        if mode is not None:
            _fields_of(mode, programme, model)


def _fields_of(mode: str, programme: Form, model: PumpModel | None) -> None:
    mass: str | None = None
    if mode == "simple_continuous":
        mass = _one_amount(programme, "dose_mcg_per_day", "Dose per day", Unit.MCG_PER_DAY)
    elif mode == "flex":
        mass = mass_unit(programme, "mass", "Amounts of drug in")
        flex_editor(programme, model, mass)
    elif mode == "periodic_bolus":
        mass = _periodic_bolus(programme)
    elif mode == "single_bolus":
        _one_amount(programme, "bolus_mcg", "Bolus", Unit.MCG)
    elif mode in ("minimum_rate", "fixed_flow"):
        offer = model.minimum_flow_ml_per_day if model and mode == "minimum_rate" else None
        hint = f"Listed: {offer_words(offer, Unit.ML_PER_DAY)}" if offer else "Per day, not per hour."
        programme.number("flow_ml_per_day", "Flow", Unit.ML_PER_DAY, hint=hint, required=True)
    if mode not in ("stopped", "single_bolus", "fixed_flow"):
        _patient_boluses(programme, mass)


def _one_amount(programme: Form, path: str, label: str, base: Unit) -> str | None:
    left, right = programme.page.columns(2)
    with left:
        mass = mass_unit(programme, "mass", "Amounts of drug in")
    with right:
        drug_amount(programme, path, label, base, mass, required=True)
    return mass


def _periodic_bolus(programme: Form) -> str | None:
    mass = mass_unit(programme, "mass", "Amounts of drug in")
    one, two, three = programme.page.columns(3)
    with one:
        drug_amount(programme, "bolus_mcg", "Each bolus", Unit.MCG, mass, required=True)
    with two:
        programme.number("every_hours", "Every", Unit.HOURS, example="6", required=True)
    with three:
        hint = "Leave empty if there is none."
        drug_amount(programme, "background_mcg_per_day", "Background", Unit.MCG_PER_DAY, mass, hint=hint)
    return mass


def _patient_boluses(programme: Form, mass: str | None) -> None:
    if not programme.page.checkbox(
        "The patient may ask for boluses", key=programme.key("boluses"), persist_state="session"
    ):
        return
    if mass is None:
        mass = mass_unit(programme, "bolus-mass", "Amounts of bolus in")
    left, right = programme.page.columns(2)
    with left:
        drug_amount(programme, "max_patient_bolus_mcg_per_day", "Most allowed", Unit.MCG_PER_DAY, mass, required=True)
    with right:
        hint = "If the pump's log shows it. Dates are planned with the most allowed."
        drug_amount(programme, "actual_patient_bolus_mcg_per_day", "In fact used", Unit.MCG_PER_DAY, mass, hint=hint)
    left, right = programme.page.columns(2)
    with left:
        drug_amount(programme, "patient_bolus_mcg", "Each bolus asked for", Unit.MCG, mass)
    with right:
        hint = "How long the pump waits after each."
        programme.number("patient_bolus_lockout_hours", "Lock-out", Unit.HOURS, hint=hint)
